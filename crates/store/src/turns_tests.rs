//! Tests turns: what is shown of them, what ends them, what goes with them.

use super::*;
use crate::conversations::tests::{a_desk, answer, person};
use crate::tests::temporary;
use crate::{conversations, deletions};

fn model(text: &str, end: AnswerEnd) -> Said {
    Said::Model(Box::new(answer(text, end)))
}

/// Returns the texts of the turns that are shown.
async fn shown(db: &mut SqliteConnection, conversation: Id) -> Vec<String> {
    let shown = list(db, conversation).await.expect("the turns").into_iter().filter(|turn| turn.shown);
    let text = |turn: Turn| match turn.said {
        Said::Person { text } => text,
        Said::Model(answer) => answer.text,
    };
    shown.map(text).collect()
}

#[tokio::test]
async fn one_variant_is_shown_with_what_followed_it() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let id = conversations::insert(&mut db, 1, None, &a_desk(), 1).await.expect("a conversation");
    let asked = insert(&mut db, id, (1, None), &person("Why?"), 1).await.expect("a turn");
    let first =
        insert(&mut db, id, (1, Some(asked)), &model("One", AnswerEnd::Length), 1).await.expect("a turn");
    let next = insert(&mut db, id, (1, Some(first)), &person("And?"), 1).await.expect("a turn");
    insert(&mut db, id, (2, None), &person("Why, too?"), 1).await.expect("a turn of another column");
    let second =
        insert(&mut db, id, (1, Some(asked)), &model("Two", AnswerEnd::Length), 1).await.expect("a turn");
    assert_eq!(shown(&mut db, id).await, ["Why?", "Why, too?", "Two"]);
    show(&mut db, id, next).await.expect("a way back");
    assert_eq!(shown(&mut db, id).await, ["Why?", "One", "And?", "Why, too?"]);
    let nodes = nodes(&mut db, id).await.expect("the nodes");
    assert_eq!(nodes.iter().filter(|node| node.shown).count(), 4);
    assert!(nodes.contains(&Node { id: second, column: 1, parent: Some(asked), shown: false }));
    let lines = lines_to(&mut db, next).await.expect("the lines");
    let texts: Vec<_> = lines.iter().map(|line| (line.is_model, line.text.as_str())).collect();
    assert_eq!(texts, [(false, "Why?"), (true, "One"), (false, "And?")]);
}

#[tokio::test]
async fn what_has_ended_grows_no_more_unless_it_is_opened_again() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let id = conversations::insert(&mut db, 1, None, &a_desk(), 1).await.expect("a conversation");
    let asked = insert(&mut db, id, (1, None), &person("Why?"), 1).await.expect("a turn");
    let turn = insert(&mut db, id, (1, Some(asked)), &model("", AnswerEnd::Open), 1).await.expect("a turn");
    assert!(put(&mut db, turn, &answer("Be", AnswerEnd::Open)).await.expect("it grows"));
    assert_eq!(open(&mut db, id).await.expect("the open ones").len(), 1);
    stop_open(&mut db).await.expect("a stop");
    assert!(!put(&mut db, turn, &answer("Because", AnswerEnd::Open)).await.expect("it has ended"));
    let stopped = Said::Model(Box::new(answer("Be", AnswerEnd::Stopped)));
    assert_eq!(find(&mut db, id, turn).await.expect("it").said, stopped);
    reopen(&mut db, turn).await.expect("it is opened");
    let failure = ipc::Failure::new(ipc::Code::Other, "No.");
    let failed = answer("Because", AnswerEnd::Failed { failure });
    assert!(put(&mut db, turn, &failed).await.expect("it ends"));
    assert_eq!(find(&mut db, id, turn).await.expect("it").said, Said::Model(Box::new(failed)));
    assert!(matches!(find(&mut db, id + 1, turn).await, Err(StoreError::Gone("turn"))), "of another one");
}

#[tokio::test]
async fn a_long_conversation_goes_from_any_turn_on_and_comes_back_whole() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let id = conversations::insert(&mut db, 1, None, &a_desk(), 1).await.expect("a conversation");
    let mut parent = None;
    // More than SQLite cascades.
    for place in 0..3000 {
        let said = person(&place.to_string());
        parent = Some(insert(&mut db, id, (1, parent), &said, 1).await.expect("a turn"));
    }
    let whole = list(&mut db, id).await.expect("the turns");
    let deletion = deletions::begin(&mut db).await.expect("a recording");
    let gone = delete(&mut db, id, &whole[10]).await.expect("a deletion");
    deletions::end(&mut db, deletion).await.expect("the end");
    assert_eq!((gone.len(), shown(&mut db, id).await.len()), (2990, 10));
    deletions::undo(&mut db, deletion).await.expect("it is taken back");
    assert_eq!(list(&mut db, id).await.expect("the turns"), whole);

    let deletion = deletions::begin(&mut db).await.expect("a recording");
    conversations::delete(&mut db, id).await.expect("a deletion");
    deletions::end(&mut db, deletion).await.expect("the end");
    assert_eq!(list(&mut db, id).await.expect("no turns"), []);
    deletions::undo(&mut db, deletion).await.expect("it is taken back");
    assert_eq!(list(&mut db, id).await.expect("the turns"), whole);
    db.commit().await.expect("a commit");
}
