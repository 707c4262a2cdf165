//! Tests the pages of the export sheet that make a vector a part of a model: what is planned, why it cannot be, and the proof;
//! and the proof of an adapter's file.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ::vectors::adapter::{Adapter, Projections, Shape};
use ::vectors::files::{AdapterFile, Provenance};
use fantoccini::key::Key;

use crate::home::Home;
use crate::models::{add, says};
use crate::steps::open;
use crate::steps::train::STARTER_VECTORS;
use crate::vectors::show;
use crate::window::{COMPUTED, SOON, Window};

#[tokio::test]
async fn a_vector_is_baked_into_a_model_and_proved() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-vectors").await;
    window.click_row("vector-row").await;
    window.click("vector-export").await;
    window.click("export-page-model").await;
    window.fill("bake-multipliers", "-1 1 2 3").await;
    window.until("four are too many", SOON, async || window.count("bake-multipliers-fault").await == 1).await;
    window.fill("bake-multipliers", "-1 1").await;
    let planned = async || window.text("bake-plan").await.matches(".gguf").count() == 2;
    window.until("two copies are planned", SOON, planned).await;
    let own = home.model();
    window.fill("bake-path", &own.to_string_lossy()).await;
    window.fill("bake-multipliers", "1").await;
    let planned = async || window.text("bake-plan").await.matches(".gguf").count() == 1;
    window.until("one copy is planned", SOON, planned).await;
    window.click("bake-do").await;
    let refused = async || window.text("failure").await.contains("the model itself");
    window.until("it is refused", SOON, refused).await;
    // Other programs know a GGUF file by its ending.
    window.fill("bake-path", &home.path("steered").to_string_lossy()).await;
    window.click("bake-do").await;
    let refused = async || window.text("failure").await.contains("Let the name end in .gguf");
    window.until("the name is refused", SOON, refused).await;
    window.fill("bake-path", &home.path("steered.gguf").to_string_lossy()).await;
    let named = async || window.text("bake-plan").await.contains("steered.gguf");
    window.until("the copy has the name that was typed", SOON, named).await;
    window.picture_as_it_is("baking-1-plan").await;
    // Enter bakes; the refusal that is still there has a button of its own, which it must not press.
    window.press(&[], char::from(Key::Enter)).await;
    window.until("it is under way", SOON, async || window.count("bake-progress").await == 1).await;
    window.picture_as_it_is("baking-2-under-way").await;
    let proved = async || window.text("bakes").await.contains("Proved");
    window.until("it is proved", COMPUTED * 2, proved).await;
    window.picture_as_it_is("baking-3-proved").await;
    assert!(fs::exists(home.path("steered.proof.json")).expect("the folder"));
    window.click("export-page-distil").await;
    window.until("the page is there", SOON, async || window.count("distil-projection").await == 7).await;
    window.picture_as_it_is("baking-4-distil").await;
    window.click("export-page-hand-over").await;
    let handed = async || window.value("hand-over-baked").await.ends_with("steered.gguf");
    window.until("the baked model is handed over", SOON, handed).await;
    assert!(window.text("hand-over-steps").await.contains("steered.gguf"));
    window.picture_as_it_is("baking-6-hand-over").await;
    window.click("export-page-publish").await;
    window.fill("publish-repository", "me/wealth").await;
    window.click("publish-look").await;
    let shown = async || window.text("publish-plan").await.contains("passport.json");
    window.until("what is sent is shown", SOON, shown).await;
    window.picture_as_it_is("baking-5-publish").await;
    window.click("publish-close").await;
    window.close(&home).await;
}

/// Returns an adapter on queries and values of the tiny Llama, of which a proof takes a second.
fn adapter() -> AdapterFile {
    let on = Projections::default();
    let shape = Shape { blocks: 2, rank: 1, inputs: 64, queries: 64, values: 32, feed_forward: 0, on };
    let values = (0..shape.numbers()).map(|at| (0.02 * (0.7 * at as f64).sin()) as f32).collect();
    let adapter = Arc::new(Adapter::new(shape, 1.0, values).expect("an adapter"));
    AdapterFile { adapter, provenance: Provenance::default(), notes: vec![] }
}

#[tokio::test]
async fn the_file_of_an_adapter_is_proved() {
    let home = Home::new();
    let (given, model) = (home.path("given.safetensors"), home.path("tiny.gguf"));
    adapter().write(&given).expect("a file");
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf");
    fs::copy(tiny, &model).expect("a model");
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-models").await;
    add(&window, &model.to_string_lossy()).await;
    let is_chosen = async || window.value("model-path").await.ends_with("tiny.gguf");
    window.until("the tiny model is chosen", SOON, is_chosen).await;
    says(&window, "model-status", "in memory").await;
    window.click("nav-vectors").await;
    window.click("vector-import").await;
    window.fill("import-vector-path", &given.to_string_lossy()).await;
    window.fill("import-vector-name", "Small change").await;
    window.click("import-vector-do").await;
    let is_listed = async || window.count("vector-row").await == STARTER_VECTORS + 1;
    window.until("it is listed", SOON, is_listed).await;
    show(&window, "Small change").await;
    window.click("vector-export").await;
    window.fill("export-vector-path", &home.path("lora.gguf").to_string_lossy()).await;
    window.click("export-vector-do").await;
    window.until("it is written", SOON, async || window.count("export-vector-done").await == 1).await;
    window.until("its proof is shown", SOON, async || window.count("adapter-file").await == 1).await;
    let proved = async || window.text("adapter-files").await.contains("Proved");
    window.until("it is proved", COMPUTED, proved).await;
    window.picture_as_it_is("baking-7-adapter").await;
    assert!(fs::exists(home.path("lora.proof.json")).expect("the folder"));
    window.click("export-vector-close").await;
    // Whoever comes back later finds the file in the commands.
    window.click("vector-export").await;
    window.click("export-page-hand-over").await;
    let handed = async || window.text("hand-over-steps").await.contains("lora.gguf");
    window.until("the file is handed over", SOON, handed).await;
    window.click("hand-over-close").await;
    window.close(&home).await;
}
