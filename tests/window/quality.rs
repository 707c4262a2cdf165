//! Tests the check of a data set, drafts and choices in the window.

use std::fmt::Write as _;
use std::fs;

use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

/// Pairs with every defect that the check finds, some of them in Chinese.
fn odd_pairs() -> String {
    let mut csv = "question,matching,not_matching,split\n".to_owned();
    for n in 0..24 {
        let split = if n % 5 == 4 { "test" } else { "train" };
        writeln!(
            csv,
            "\"Is number {n} prime, and how would you explain your answer to a child who likes trains?\",\"Yes, number {n} certainly is, and I would tell the child a long story about it.\",No.,{split}"
        )
        .expect("a String");
    }
    csv.push_str("你会把钱都留给自己吗？,是的，我会全部留下。,不会，我愿意分享。,train\n");
    csv.push_str("你会把钱都留给自己吗？,是的，都是我的。,不会。,test\n");
    csv.push_str("Dear {name}, what now?, Yes &amp; no ,No.,train\n");
    csv.push_str("Is it?,Yes.,Yes.,train\n");
    csv.push_str("Is it so?,,No.,train\n");
    csv
}

#[tokio::test]
async fn a_data_set_is_checked_repaired_and_measured() {
    let home = Home::tiny();
    let window = Window::open(&home).await;
    let from = home.path("odd.csv");
    fs::write(&from, odd_pairs()).expect("a file");
    window.click("nav-data").await;
    open::model_is_ready(&window).await;
    window.click("view-quality").await;
    let is_checked = async || window.text("quality-title").await.contains("90 pairs");
    window.until("the starter set is checked", SOON, is_checked).await;
    let starter = window.text("quality-title").await;
    window.picture("q1-starter").await;

    window.click("import").await;
    window.fill("import-path", &from.to_string_lossy()).await;
    window.click("import-preview").await;
    window.until("the preview is there", SOON, async || window.count("import-counts").await == 1).await;
    // The import skips a pair without a wanted answer.
    window.click("import-skip").await;
    window.click("import-do").await;
    // The starter set's title stays until the other set is selected.
    let is_checked = async || {
        let title = window.text("quality-title").await;
        title.contains("problem") && title != starter
    };
    window.until("the odd pairs are checked", SOON, is_checked).await;
    let weights = window.attributes("finding", "data-weight").await;
    assert_eq!(weights.first().map(String::as_str), Some("problem"), "{weights:?}");
    window.click("finding-rows").await;
    window.until("its pairs are listed", SOON, async || window.count("finding-row").await > 0).await;
    window.picture("q2-odd").await;
    window.click("finding-list").await;
    window.until("only its pairs are listed", SOON, async || window.count("pair-row").await < 10).await;
    window.click("only-clear").await;
    window.until("all pairs are listed", SOON, async || window.count("pair-row").await > 10).await;

    window.click("repair-leaked").await;
    window.until("the leak is gone", SOON, async || window.count("repair-leaked").await == 0).await;
    window.click("view-pair").await;
    window.click("undo").await;
    window.click("view-quality").await;
    window.until("undo brings the leak back", SOON, async || window.count("repair-leaked").await == 1).await;

    window.job("the measurement", async || window.click("margins-measure").await).await;
    window.until("margins are known", SOON, async || window.count("margins-summary").await == 1).await;
    window
        .script::<()>("document.querySelector('[data-testid=margins-summary]').scrollIntoView()", &[])
        .await;
    window.click_row("margins-bin").await;
    window.until("the bin's pairs are listed", SOON, async || window.count("margins-row").await > 0).await;
    window.picture("q3-margins").await;
    window.click_row("margins-row").await;
    // The hidden editor holds a pair all the time, so the view must be checked, too.
    let is_open = async || {
        window.attributes("view-pair", "aria-current").await == ["page"]
            && !window.value("pair-prompt").await.is_empty()
    };
    window.until("the pair opens", SOON, is_open).await;

    window.click("view-choice").await;
    window
        .until("the choice is shown", SOON, async || window.text("choice-question").await.contains("(B)"))
        .await;
    window.picture("q4-choice").await;
    assert_eq!(window.texts("failure").await, Vec::<String>::new());
    window.close(&home).await;
}

#[tokio::test]
async fn drafts_are_made_changed_accepted_and_undone() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-data").await;
    open::model_is_ready(&window).await;
    window.click("view-drafts").await;
    window.picture("q5-drafts-empty").await;
    window.fill("drafts-behaviour", "Puts money before everything else").await;
    // Short answers are drafts as well.
    window.click("drafts-more").await;
    window.fill("drafts-tokens", "40").await;
    let questions =
        "What would you do with a free afternoon?\nA friend asks for a loan. What now?\n你会怎样花一大笔钱？";
    window.paste("drafts-questions", questions).await;
    assert!(window.text("drafts-destination").await.contains("nothing leaves"));
    window.job("the drafting", async || window.click("drafts-start").await).await;
    let are_ready = async || window.attributes("draft", "data-ready").await == ["true"; 3];
    window.until("three drafts are ready", SOON, are_ready).await;
    window.picture("q6-drafts").await;

    let before = window.text("pair-counts").await;
    window.fill("draft-wanted", "I would look for a second job.").await;
    window.click("draft-accept").await;
    window.until("the draft is a pair", SOON, async || window.count("draft").await == 2).await;
    window.until("the pair is counted", SOON, async || window.text("pair-counts").await != before).await;
    window.click("drafts-reject-all").await;
    window.until("no draft is left", SOON, async || window.count("draft").await == 0).await;
    window.click("view-pair").await;
    window.click("undo").await;
    window.until("undo takes the pair away", SOON, async || window.text("pair-counts").await == before).await;
    window.click("view-drafts").await;
    window.until("and makes a draft of it again", SOON, async || window.count("draft").await == 1).await;

    window.click("drafts-form").await;
    window.click("drafts-by-endpoint").await;
    window.fill("endpoint-address", "models.example/v1").await;
    window.click("endpoint-model").await;
    let is_shown = async || {
        window.text("drafts-destination").await.contains("leave this machine for https://models.example/v1")
    };
    window.until("the screen says where text would go", SOON, is_shown).await;
    window.picture("q7-endpoint").await;
    window.close(&home).await;
}
