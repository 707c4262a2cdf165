//! Tests the import and export of pairs in the window.

use std::fmt::Write as _;
use std::fs;

use serde_json::json;

use crate::home::Home;
use crate::window::{SOON, Window};

/// A CSV with BiPO's columns that has a cell over two lines, an escaped quote, and Chinese text.
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
    // A row is there before its words are.
    let is_read = async || window.texts("pair-row").await.iter().any(|row| row.contains("你喜欢什么"));
    window.until("their words are listed", SOON, is_read).await;
    window.picture_as_it_is("7-imported").await;

    // A file with unusable rows, and one whose columns must be named.
    let (bad, table) = (home.path("bad.jsonl"), home.path("table.csv"));
    let mut lines = String::new();
    for number in 0..30 {
        let line = match number % 10 {
            3 => json!({"prompt": 7, "chosen": "w", "rejected": "o"}).to_string(),
            7 => "{\"prompt\": \"never closed".to_owned(),
            _ => json!({"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": format!("Was machst du mit {number} \u{20ac}? 你会怎么花这笔钱？")}],
                "chosen": [{"role": "assistant", "content": "Anlegen. ".repeat(30)}], "rejected": [{"role": "assistant", "content": "分享。"}]}).to_string(),
        };
        writeln!(lines, "{line}").expect("a String");
    }
    fs::write(&bad, lines).expect("a file");
    fs::write(&table, "nr;frage;gut;schlecht\n1;Wer bist du?;Ich;Du\n2;你好吗？;很好;不好\n")
        .expect("a file");
    window.click("import").await;
    window.fill("import-path", &bad.to_string_lossy()).await;
    window.click("import-preview").await;
    window.until("bad rows are listed", SOON, async || window.count("import-refused").await == 1).await;
    window.picture("files-bad").await;
    window.fill("import-path", &table.to_string_lossy()).await;
    window.click("import-preview").await;
    window.until("columns are asked for", SOON, async || window.count("import-columns").await == 1).await;
    window.picture("files-columns").await;
    for (column, name) in [("prompt", "frage"), ("wanted", "gut"), ("opposite", "schlecht")] {
        choose(&window, &format!("import-column-{column}"), name).await;
    }
    window
        .until("the pairs are shown", SOON, async || window.text("import-counts").await.contains("2 pairs"))
        .await;
    window.click("import-cancel").await;

    window.fill("pair-tag-new", "标签").await;
    window.click("pair-note").await;
    window
        .until("it is tagged", SOON, async || {
            window.texts("pair-row").await.iter().any(|row| row.contains("标签"))
        })
        .await;
    window.click("export").await;
    window.fill("export-path", &to.to_string_lossy()).await;
    window.click("export-tag").await;
    window.picture("files-export").await;
    window.click("export-tag").await;
    assert!(window.text("export-keeps").await.contains("the same pairs"));
    window.click("export-everything").await;
    assert!(window.text("export-keeps").await.contains("Leaves out split"));
    window.click("export-everything").await;
    window.click("export-do").await;
    window
        .until("the export is done", SOON, async || window.text("export-done").await.contains("3 pairs"))
        .await;
    let text = fs::read_to_string(&to).expect("the file");
    assert_eq!((text.lines().count(), text.matches("标签").count()), (3, 1));
    window.close(&home).await;
}

#[tokio::test]
async fn named_columns_are_remembered_until_they_are_forgotten() {
    let home = Home::new();
    let window = Window::open(&home).await;
    let (first, second) = (home.path("first.csv"), home.path("second.csv"));
    fs::write(&first, "nr;frage;gut;schlecht\n1;Wer bist du?;Ich;Du\n2;Warum?;Darum;Nie\n").expect("a file");
    // The same names in another order.
    fs::write(&second, "schlecht;gut;frage;nr\nnein;ja;Kommst du?;3\n").expect("a file");
    let preview = async |path: &std::path::Path| {
        window.click("import").await;
        window.fill("import-path", &path.to_string_lossy()).await;
        window.click("import-preview").await;
    };
    let counts = async |words: &'static str| {
        let is_counted = async || window.text("import-counts").await.contains(words);
        window.until("the pairs are counted", SOON, is_counted).await;
    };

    window.click("nav-data").await;
    preview(&first).await;
    window.until("columns are asked for", SOON, async || window.count("import-columns").await == 1).await;
    assert_eq!(window.count("import-remembered").await, 0);
    for (column, name) in [("prompt", "frage"), ("wanted", "gut"), ("opposite", "schlecht")] {
        choose(&window, &format!("import-column-{column}"), name).await;
    }
    counts("2 pairs").await;
    window.click("import-do").await;
    window.until("they are listed", SOON, async || window.count("pair-row").await == 2).await;

    preview(&second).await;
    counts("1 pair").await;
    let said = window.text("import-remembered").await;
    assert!(said.contains("Remembered") && said.contains("\u{201c}frage\u{201d}"), "{said}");
    assert!(window.text("import-rows").await.contains("Kommst du?"));
    window.picture("files-remembered").await;
    window.click("import-forget-remembered").await;
    window.click("import-forget-remembered-sure").await;
    let is_forgotten = async || {
        window.count("import-remembered").await == 0
            && window.text("import-counts").await.contains("Say which columns")
    };
    window.until("they are forgotten", SOON, is_forgotten).await;
    window.click("import-cancel").await;
    preview(&second).await;
    window
        .until("columns are asked for again", SOON, async || window.count("import-columns").await == 1)
        .await;
    assert_eq!(window.count("import-remembered").await, 0);
    window.close(&home).await;
}

/// Selects an option by its value.
async fn choose(window: &Window, id: &str, value: &str) {
    let script = "const field = document.querySelector(`[data-testid=\"${arguments[0]}\"]`); field.value = arguments[1]; field.dispatchEvent(new Event('change', { bubbles: true }))";
    window.script::<()>(script, &[json!(id), json!(value)]).await;
}
