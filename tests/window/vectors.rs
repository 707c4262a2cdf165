//! Tests the library of vectors in the window: import of several layers, descriptions, derived vectors, the logit lens,
//! cosines, several vectors in Chat, a copy for another model, and export.

use std::fs;

use serde_json::{Value, json};

use crate::home::{Home, TINY_SIZE};
use crate::steps::open;
use crate::steps::train::STARTER_VECTORS;
use crate::window::{COMPUTED, SOON, Window};

/// The hidden size of the starter model.
const STARTER_SIZE: u32 = 576;

/// Writes a vector file with sine waves of a model's hidden size.
fn file(home: &Home, name: &str, size: u32, parts: &[(u32, f64, f64)]) -> String {
    let part = |(layer, scale, shift): &(u32, f64, f64)| {
        let values: Vec<f64> = (0..size).map(|i| scale * (f64::from(i) + shift).sin()).collect();
        json!({ "layer": layer, "vector": values })
    };
    let path = home.path(&format!("{name}.json"));
    let parts: Vec<Value> = parts.iter().map(part).collect();
    fs::write(&path, Value::from(parts).to_string()).expect("a file");
    path.display().to_string()
}

/// Imports a vector and waits until there are this many beside those that come along.
async fn import(window: &Window, path: &str, name: &str, expected: usize) {
    window.click("vector-import").await;
    window.fill("import-vector-path", path).await;
    window.fill("import-vector-name", name).await;
    if expected == 2 {
        window.picture_as_it_is("vectors-2-import").await;
    }
    window.click("import-vector-do").await;
    window
        .until("it is listed", SOON, async || window.count("vector-row").await == STARTER_VECTORS + expected)
        .await;
}

/// Selects the row of the vector with this name.
pub(crate) async fn show(window: &Window, name: &str) {
    window.click("vectors-tab-vector").await;
    let script = "[...document.querySelectorAll('[data-testid=vector-row]')].find(r => r.innerText.includes(arguments[0])).querySelector('td.name').click()";
    window.script::<()>(script, &[json!(name)]).await;
    window.until("it is shown", SOON, async || window.value("vector-name").await.contains(name)).await;
}

/// Waits until the new vector is shown.
async fn made(window: &Window, name: &str) {
    let is_shown = async || window.value("vector-name").await == name;
    window.until(&format!("{name} is made"), SOON, is_shown).await;
}

#[tokio::test]
async fn a_library_is_filled_compared_and_combined() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-vectors").await;
    window.picture("vectors-1-opened").await;
    let long =
        "A vector with a rather long name that says what it was made of, when, and by whom, and then goes on";
    import(&window, &file(&home, "a", STARTER_SIZE, &[(14, 0.6, 0.0)]), "Wealth-seeking", 1).await;
    import(&window, &file(&home, "b", STARTER_SIZE, &[(14, -0.8, 0.4)]), long, 2).await;
    let layers: Vec<_> = (8..=14).map(|layer| (layer, 0.3, f64::from(layer))).collect();
    import(&window, &file(&home, "c", STARTER_SIZE, &layers), "谦虚而简洁的回答风格", 3).await;
    assert!(window.texts("vector-row").await.iter().any(|row| row.contains("8\u{2013}14")));

    show(&window, "Wealth").await;
    window.fill("vector-tag-new", "money").await;
    window.click("vector-note").await;
    window.until("the tag is kept", SOON, async || window.count("vector-tag").await == 1).await;
    window.fill("vector-note", "Talks of money at +1, of friends at -1.").await;
    window.until("it can be found by its tag", SOON, async || window.count("vectors-tag").await == 1).await;
    window.picture("vectors-3-details").await;

    window.click("vectors-tab-derive").await;
    window.picture("vectors-4-derive").await;
    window.click("derive-negate").await;
    made(&window, "Wealth-seeking reversed").await;
    window.click("vectors-tab-derive").await;
    window.fill("derive-other-weight", "0.5").await;
    window.click("derive-add").await;
    window
        .until("the sum is made", SOON, async || window.count("vector-row").await == STARTER_VECTORS + 5)
        .await;
    window.picture("vectors-5-sum").await;

    window.fill("vectors-search", "money").await;
    window.until("one is found", SOON, async || window.count("vector-row").await == 1).await;
    window.fill("vectors-search", "nothing like this").await;
    window.until("none is found", SOON, async || window.count("vectors-all").await == 1).await;
    window.click("vectors-all").await;
    window.click("vectors-by-norm").await;

    for place in 0..5 {
        window.click_nth("vector-tick", place).await;
    }
    window.click("vectors-compare").await;
    window.until("the angles are there", COMPUTED, async || window.count("similarity-row").await == 5).await;
    window
        .until("the norms are there", COMPUTED, async || window.text("norms-table").await.contains('%'))
        .await;
    window.picture("vectors-6-similarity").await;

    show(&window, "谦虚").await;
    window.click("vectors-tab-lens").await;
    window.until("words are there", COMPUTED, async || window.count("lens-along").await == 12).await;
    window.picture("vectors-7-words").await;
    window.close(&home).await;
}

#[tokio::test]
async fn several_vectors_answer_and_one_goes_to_another_model() {
    let home = Home::tiny_with_pairs(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-vectors").await;
    // The last layer of the tiny model: llama.cpp adds nothing after the first one, and one of them is exported for it.
    import(&window, &file(&home, "a", TINY_SIZE, &[(1, 0.6, 0.0)]), "Wealth-seeking", 1).await;
    import(&window, &file(&home, "b", TINY_SIZE, &[(1, -0.8, 0.4)]), "谦虚而简洁的回答风格", 2).await;
    show(&window, "Wealth").await;
    window.click("vector-chat").await;
    window.click("strip-add").await;
    window.until("they pull apart", COMPUTED, async || window.count("conflict").await == 1).await;
    window.fill("strip-value", "0.5").await;
    window.fill("chat-input", "What is rain?").await;
    window.picture("vectors-8-rack").await;
    window.click("chat-send").await;
    let is_over = async || {
        let ends = window.attributes("answer", "data-end").await;
        ends.len() == 3 && ends.iter().all(|end| end != "open")
    };
    window.until("three answers are there", COMPUTED, is_over).await;
    assert!(window.text("column-name").await.contains("谦虚"));
    window.picture("vectors-9-answered").await;

    window.click("nav-sweep").await;
    window.click("goal-custom").await;
    let ticks = "return [...document.querySelectorAll('[data-testid=sweep-vector]')].map(chip => chip.getAttribute('aria-pressed') === 'true')";
    let is_ticked = async |place: usize| window.script::<Vec<bool>>(ticks, &[]).await[place];
    for place in [1, 0] {
        // One of the vectors was already selected under Vectors.
        if !is_ticked(place).await {
            window.click_nth("sweep-vector", place).await;
            window.until("the vector is chosen", SOON, async || is_ticked(place).await).await;
        }
    }
    window.until("two are chosen", SOON, async || window.count("sweep-sum").await == 1).await;
    window.click("sweep-sum").await;
    let script =
        "return [...document.querySelectorAll('[data-testid=conflict]')].filter(e => e.offsetParent).length";
    window.until("the sum warns", COMPUTED, async || window.script::<usize>(script, &[]).await == 1).await;
    window.picture("vectors-10-sum").await;

    // A copy of the model with the same weights gives the same curves.
    let relative = home.path("relative.gguf");
    fs::copy(home.tiny_model(), &relative).expect("a copy");
    window.click("nav-models").await;
    window.click("models-add").await;
    window.fill("add-model-path", &relative.to_string_lossy()).await;
    window.click("add-model-do").await;
    window.until("it is in the list", SOON, async || window.count("model-row").await == 3).await;
    window
        .script::<()>(
            "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))",
            &[],
        )
        .await;
    window.click("nav-vectors").await;
    show(&window, "Wealth").await;
    window.click("vectors-tab-transfer").await;
    window.click("transfer-copy").await;
    window.until("there is a copy", SOON, async || window.count("vector-transferred").await == 1).await;
    window.picture("vectors-11-transfer").await;
    window.job_begins("the comparison", async || window.click("transfer-compare").await).await;
    let is_measured = async || window.count("sweep-row").await == 18;
    window.until("both are measured", COMPUTED * 2, is_measured).await;
    window.job_ends("the comparison").await;
    window.picture("vectors-12-both").await;

    window.click("nav-vectors").await;
    show(&window, "Wealth").await;
    window.click("vectors-tab-vector").await;
    window.click("vector-export").await;
    window.fill("export-vector-path", &home.path("out.gguf").to_string_lossy()).await;
    window.click("export-vector-do").await;
    window.until("the line is there", SOON, async || window.count("server-line").await == 1).await;
    assert!(window.text("export-vector-same").await.contains("to the bit"), "it was read again");
    window.picture_as_it_is("vectors-13-export").await;
    window.click("server-line-copy").await;
    window.click("export-vector-close").await;
    window.click("vector-delete").await;
    window.picture("vectors-14-delete").await;
    window.close(&home).await;
}
