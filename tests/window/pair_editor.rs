//! Tests the editor of pairs in the window: conversations, tags, many pairs at once, search, tokens, splits, versions.

use std::fmt::Write as _;
use std::fs;

use serde_json::json;

use crate::home::Home;
use crate::window::{COMPUTED, SOON, Window};

pub(crate) const LONG: &str = "A very long answer that goes on and on, to see how the editor deals with texts that need many lines of the window, one after another. ";

#[tokio::test]
async fn pairs_are_written_tagged_split_and_restored() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-data").await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 5).await;

    // Makes a data set, which is empty at first.
    window.click("data-set-menu").await;
    window.fill("data-set-new-name", "工作室 Studio").await;
    window.click("data-set-create").await;
    window.until("it is empty", SOON, async || window.count("pairs-empty").await == 1).await;
    window.picture("studio-empty").await;

    window.click("empty-add").await;
    window.until("a pair is open", SOON, async || window.count("pair-prompt").await == 1).await;
    window.fill("pair-prompt", "你会怎么花这笔钱？").await;
    window.fill("pair-wanted", &LONG.repeat(6)).await;
    window.fill("pair-opposite", "我会分享它。").await;
    window.click("system-add").await;
    window.fill("pair-system", "You answer in Chinese.").await;
    window.click("turn-add").await;
    window.fill("turn-text", "Hello! I have won some money.").await;
    window.fill("pair-tag-new", "money").await;
    window.click("pair-note").await;
    window.fill("pair-note", "Check the tone.").await;
    is_saved(&window).await;
    window.until("the tag is there", SOON, async || window.texts("pair-tag").await.len() == 1).await;
    let has_mark = async || window.texts("pair-row").await.iter().any(|row| row.contains("unbalanced"));
    window.until("the list marks the pair", SOON, has_mark).await;

    // Shows the tokens that the model reads.
    window
        .until("the model is there", COMPUTED, async || {
            window.attributes("model-state", "data-state").await == ["ready"]
        })
        .await;
    window.click("tokens-open").await;
    window.until("tokens are shown", SOON, async || window.count("token").await > 20).await;
    let tokens = window.texts("token").await;
    assert!(tokens.iter().filter(|token| token.contains("<|im_end|>")).count() >= 4, "{tokens:?}");
    window.picture("studio-editor").await;
    scroll_to(&window, "tokens").await;
    window.picture("studio-tokens").await;
    window.click("tokens-open").await;

    // Makes three copies, tags all of them at once, and undoes it.
    for copies in 2..=4 {
        window.click("pair-duplicate").await;
        window.until("a copy is listed", SOON, async || window.count("pair-row").await == copies).await;
    }
    press(&window, "pair-list", "a", true).await;
    window.until("all are selected", SOON, async || window.text("many-count").await.starts_with('4')).await;
    window.fill("many-tag", "batch").await;
    press_in(&window, "many-tag", "Enter").await;
    let tagged = async || window.texts("pair-row").await.iter().filter(|row| row.contains("batch")).count();
    window.until("all are tagged", SOON, async || tagged().await == 4).await;
    window.picture("studio-many").await;
    window.click("undo").await;
    window.until("the tag is gone from all", SOON, async || tagged().await == 0).await;
    assert!(window.text("pair-status").await.contains("Tag 4 pairs"), "{}", window.text("pair-status").await);
    window.click("redo").await;
    window.until("and back", SOON, async || tagged().await == 4).await;
    window.click("many-none").await;

    // Stores a version, makes a split, and restores the version.
    window.click("versions-open").await;
    window.fill("version-name", "Before the split").await;
    window.click("version-keep").await;
    window.until("it is kept", SOON, async || window.count("version-row").await == 1).await;
    window.click("versions-close").await;
    window.click("split-open").await;
    window.fill("split-share", "100").await;
    window.until("a plan", SOON, async || window.text("split-changes").await.contains("4 pairs")).await;
    window.picture_as_it_is("studio-split").await;
    window.click("split-do").await;
    window
        .until("all are held out", SOON, async || window.text("pair-counts").await.contains("4 held out"))
        .await;
    window.click("versions-open").await;
    window.click_row("version-row").await;
    window
        .until("it differs", SOON, async || window.text("version-differences").await.contains("4 changed"))
        .await;
    window.picture_as_it_is("studio-version").await;
    window.click("version-put-back").await;
    window
        .until("none is held out", SOON, async || window.text("pair-counts").await.contains("0 held out"))
        .await;
    window.close(&home).await;

    // Undo works after a restart.
    let window = Window::open(&home).await;
    window.until("the pairs are there again", SOON, async || window.count("pair-row").await == 4).await;
    window.click("undo").await;
    let is_split = async || window.text("pair-counts").await.contains("4 held out");
    window.until("the split is back", SOON, async || is_split().await).await;

    // A copy of the data set has its pairs in their splits, and is in use.
    window.click("data-set-menu").await;
    window.click("data-set-duplicate").await;
    let name = "return document.querySelector('[data-testid=data-set]').selectedOptions[0]?.text ?? ''";
    let is_used = async || window.script::<String>(name, &[]).await.contains("Studio copy");
    window.until("the copy is in use", SOON, is_used).await;
    let is_whole = async || window.count("pair-row").await == 4 && is_split().await;
    window.until("it has the pairs", SOON, is_whole).await;
    window.close(&home).await;
}

#[tokio::test]
async fn fields_grow_when_the_window_narrows() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    window.click("nav-data").await;
    window.click("pair-row").await;
    window.fill("pair-wanted", &LONG.repeat(6)).await;
    is_saved(&window).await;
    grows(&window, "pair-wanted").await;
    window.click("nav-chat").await;
    window.fill("chat-input", &LONG.repeat(2)).await;
    grows(&window, "chat-input").await;
    window.close(&home).await;
}

/// Waits until a field shows all of its text in a wide window, and in a narrow one, where it must be higher.
async fn grows(window: &Window, field: &str) {
    let heights = "const field = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
        return [field.clientHeight, field.scrollHeight]";
    let height = async || {
        let [shown, whole] = window.script::<[u32; 2]>(heights, &[json!(field)]).await;
        (shown >= whole).then_some(shown)
    };
    // Below the width at which Chat lists its conversations beside the field.
    window.resize(1180, 860).await;
    window.until("all of the text is seen", SOON, async || height().await.is_some()).await;
    let wide = height().await;
    window.resize(1010, 702).await;
    window.until("the field is higher", SOON, async || height().await > wide).await;
}

#[tokio::test]
async fn pairs_are_dragged_to_another_place() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let path = home.path("some.csv");
    let mut csv = "question,matching,not_matching\n".to_owned();
    for number in 1..=200 {
        writeln!(csv, "Q{number}?,Yes {number}.,No {number}.").expect("text");
    }
    fs::write(&path, csv).expect("a file");
    window.click("nav-data").await;
    window.click("import").await;
    window.fill("import-path", &path.to_string_lossy()).await;
    window.click("import-preview").await;
    window.until("they are found", SOON, async || window.text("import-counts").await.contains("200")).await;
    window.click("import-do").await;
    let order = async || -> Vec<String> {
        let script = "return [...document.querySelectorAll('[data-testid=\"pair-row\"]')].sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)).map(e => e.innerText.match(/Q\\d+/)?.[0] ?? '')";
        window.script::<Vec<String>>(script, &[]).await
    };
    let begins = async |expected: &[&str]| order().await.iter().take(expected.len()).eq(expected.iter());
    window.until("they are listed", SOON, async || begins(&["Q1", "Q2", "Q3"]).await).await;

    // Moves one row, which is not the open one.
    let open = window.value("pair-prompt").await;
    window.drag("pair-row", 1, 4, 6).await;
    window
        .until("a line shows where it would fall", SOON, async || window.text("drop-line").await == "1 pair")
        .await;
    window.let_go().await;
    window.until("it has fallen", SOON, async || begins(&["Q1", "Q3", "Q4", "Q5", "Q2", "Q6"]).await).await;
    assert_eq!((window.value("pair-prompt").await, window.count("drop-line").await), (open, 0));

    // Moves several rows at once that are not adjacent.
    let toggle = "const rows = document.querySelectorAll('[data-testid=\"pair-row\"]'); for (const place of arguments[0]) rows[place].dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))";
    window.click_nth("pair-row", 1).await;
    window.script::<()>(toggle, &[json!([3, 5])]).await;
    window.until("three are selected", SOON, async || window.text("many-count").await.starts_with('3')).await;
    window.drag("pair-row", 3, 8, 6).await;
    window.until("the line counts them", SOON, async || window.text("drop-line").await == "3 pairs").await;
    window.picture_as_it_is("studio-drag").await;
    window.let_go().await;
    let moved = ["Q1", "Q4", "Q2", "Q7", "Q8", "Q9", "Q3", "Q5", "Q6", "Q10"];
    window.until("they stand together", SOON, async || begins(&moved).await).await;
    window.click("undo").await;
    let undone = ["Q1", "Q3", "Q4", "Q5", "Q2", "Q6", "Q7"];
    window.until("one undo takes all back", SOON, async || begins(&undone).await).await;

    // Escape cancels the drag, and dragging to the lower edge scrolls the list.
    window.click("many-none").await;
    window.drag("pair-row", 0, 9, 6).await;
    window.until("it is under way", SOON, async || window.count("drop-line").await == 1).await;
    press_in(&window, "pair-list", "Escape").await;
    window.until("it is over", SOON, async || window.count("drop-line").await == 0).await;
    window.let_go().await;
    assert!(begins(&undone).await);
    let scrolled = async || {
        let top = "return document.querySelector('[data-testid=\"pair-list\"]').scrollTop";
        window.script::<f64>(top, &[]).await
    };
    let last = window.script::<usize>("const list = document.querySelector('[data-testid=\"pair-list\"]'); const bottom = list.getBoundingClientRect().bottom; return [...document.querySelectorAll('[data-testid=\"pair-row\"]')].filter(row => row.getBoundingClientRect().bottom < bottom).length - 1", &[]).await;
    window.drag("pair-row", 0, last, 10).await;
    window.until("the list scrolls", SOON, async || scrolled().await > 600.0).await;
    window.let_go().await;
    window.script::<()>("document.querySelector('[data-testid=\"pair-list\"]').scrollTop = 0", &[]).await;
    window.until("and no longer the first", SOON, async || begins(&["Q3", "Q4"]).await).await;
    window.close(&home).await;
}

pub(crate) async fn is_saved(window: &Window) {
    let is_saved = async || window.attributes("save-state", "data-state").await == ["saved"];
    window.until("the change is saved", SOON, is_saved).await;
}

async fn scroll_to(window: &Window, id: &str) {
    let script =
        "document.querySelector(`[data-testid=\"${arguments[0]}\"]`).scrollIntoView({ block: 'end' })";
    window.script::<()>(script, &[json!(id)]).await;
}

/// Presses a key with Ctrl on an element.
async fn press(window: &Window, id: &str, key: &str, ctrl: bool) {
    let script = "const e = document.querySelector(`[data-testid=\"${arguments[0]}\"]`); e.focus(); \
        e.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[1], ctrlKey: arguments[2], bubbles: true, cancelable: true }));";
    window.script::<()>(script, &[json!(id), json!(key), json!(ctrl)]).await;
}

async fn press_in(window: &Window, id: &str, key: &str) {
    press(window, id, key, false).await;
}
