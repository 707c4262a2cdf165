//! What is read in the columns of Chat stays in view while they change.

use fantoccini::key::Key;

use crate::window::{SOON, Window};

/// Whether every column shows its end.
const SHOWS_ENDS: &str = "
    const isAtEnd = list => list.scrollHeight - list.scrollTop - list.clientHeight < 2;
    return [...document.querySelectorAll('[data-testid=chat-turns]')].every(isAtEnd);
";

/// Scrolls every column to its end, and the first one to the middle of its turns.
const SCROLL: &str = "
    const lists = [...document.querySelectorAll('[data-testid=chat-turns]')];
    lists.forEach((list, at) => { list.scrollTop = (list.scrollHeight - list.clientHeight) / (at ? 1 : 2); });
";

/// What is read in each column: the turn at the top of the view, with its distance from there, or the end.
const READ: &str = "
    const place = list => {
        if (list.scrollHeight - list.scrollTop - list.clientHeight < 2) return ['the end', 0];
        const top = list.getBoundingClientRect().top;
        const edges = turn => turn.getBoundingClientRect();
        const turn = [...list.querySelectorAll('[data-turn]')].find(turn => edges(turn).bottom > top);
        return [turn.dataset.turn, edges(turn).top - top];
    };
    return [...document.querySelectorAll('[data-testid=chat-column]')]
        .map(column => [column.dataset.column, ...place(column.querySelector('[data-testid=chat-turns]'))]);
";

/// Returns what is read in each column, in the order of their ids.
async fn read(window: &Window) -> Vec<(String, String, f64)> {
    let mut read: Vec<(String, String, f64)> = window.script(READ, &[]).await;
    read.sort_by(|a, b| a.0.cmp(&b.0));
    read
}

/// Whether the same is read, to two pixels.
fn is_same(before: &[(String, String, f64)], now: &[(String, String, f64)]) -> bool {
    let is_same = |(before, now): (&(String, String, f64), &(String, String, f64))| {
        before.1 == now.1 && (before.2 - now.2).abs() <= 2.0
    };
    before.len() == now.len() && before.iter().zip(now).all(is_same)
}

/// Waits until the columns, which have followed their answers, show the ends of these.
pub(crate) async fn ends_are_shown(window: &Window, after: &str) {
    let are_shown = async || window.script::<bool>(SHOWS_ENDS, &[]).await;
    window.until(&format!("the ends of the answers are shown {after}"), SOON, are_shown).await;
}

/// Waits until the conversation has this number of columns.
pub(crate) async fn are_columns(window: &Window, count: usize) {
    let are = async || window.count("chat-column").await == count;
    window.until(&format!("there are {count} columns"), SOON, are).await;
}

/// Moves the first column by keys, which it keeps, and back, while in each column the same is read; closes it, and takes that
/// back.
pub(crate) async fn a_column_is_moved_closed_and_taken_back(window: &Window) {
    let ids = async || window.attributes("chat-column", "data-column").await;
    let before = ids().await;
    // In a small window the turns are higher than their lists.
    window.resize(960, 640).await;
    window.script::<()>(SCROLL, &[]).await;
    // The lists have heard of it, and have added what may come into view, a few frames later.
    window.frames(8).await;
    let was_read = read(window).await;
    let at_ends = was_read.iter().filter(|(_, turn, _)| turn == "the end").count();
    assert_eq!(at_ends, 2, "one column of three is scrolled up: {was_read:?}");
    window.script::<()>("document.querySelector('[data-testid=column-name]').focus()", &[]).await;
    for (key, place) in [(Key::Right, 1), (Key::Right, 2), (Key::Left, 1), (Key::Left, 0)] {
        window.press(&[Key::Alt, Key::Shift], char::from(key)).await;
        let is_there = async || ids().await[place] == before[0] && window.focused().await == "column-name";
        window.until(&format!("the column is at place {place} with the focus"), SOON, is_there).await;
        let stays = async || is_same(&was_read, &read(window).await);
        window.until("in each column the same is read", SOON, stays).await;
    }
    window.frames(8).await;
    let now = read(window).await;
    assert!(is_same(&was_read, &now), "it stays so: {was_read:?}, then {now:?}");
    window.resize(1280, 860).await;
    window.click("column-menu").await;
    window.click("column-menu-close").await;
    are_columns(window, 2).await;
    window.press(&[Key::Control], 'z').await;
    are_columns(window, 3).await;
    assert_eq!(ids().await, before);
}
