//! Pairs come from another program's file and go into one.

use std::fs;

use crate::home::Home;
use crate::window::{SOON, Window};

/// BiPO's columns: a cell over two lines, a quoted quote, Chinese.
const CSV: &str = "question,matching,not_matching\n\
    \"How do you\nspend a Sunday?\",I count my money.,I call my friends.\n\
    \"What is \"\"enough\"\"?\",There is no such thing.,\"A roof, a table and some time.\"\n\
    你喜欢什么？,我喜欢钱。,我喜欢散步。\n";

#[tokio::test]
async fn pairs_come_from_a_file_and_go_into_one() {
    let home = Home::new();
    let window = Window::open(&home).await;
    let (from, to) = (home.path("from.csv"), home.path("to.jsonl"));
    fs::write(&from, CSV).expect("a file");

    window.click("nav-data").await;
    window.click("import").await;
    window.fill("import-path", &from.to_string_lossy()).await;
    window.click("import-preview").await;
    let is_counted = async || window.text("import-counts").await.contains('3');
    window.until("three pairs are found", SOON, is_counted).await;
    window.fill("import-name", "From a file").await;
    window.picture_as_it_is("7-import").await;
    window.click("import-do").await;
    let is_listed =
        async || window.count("pair-row").await == 3 && window.text("pair-counts").await.contains("3 pairs");
    window.until("the three pairs are listed", SOON, is_listed).await;
    assert!(window.texts("pair-row").await.iter().any(|row| row.contains("你喜欢什么")));
    window.picture_as_it_is("7-imported").await;

    window.click("export").await;
    window.fill("export-path", &to.to_string_lossy()).await;
    window.picture_as_it_is("8-export").await;
    window.click("export-do").await;
    window
        .until("the export is done", SOON, async || window.text("export-done").await.contains("3 pairs"))
        .await;
    assert_eq!(fs::read_to_string(&to).expect("the file").lines().count(), 3);
    window.close(&home).await;
}
