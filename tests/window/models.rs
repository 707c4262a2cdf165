//! Tests the library of models: add, search, download, switch, and find a file that has moved.

use std::fs;
use std::time::Duration;

use crate::home::{Home, tiny_llama};
use crate::hub::{Fault, TestHub};
use crate::window::{COMPUTED, SOON, Window};

/// Copies the model file to another name.
fn copy(home: &Home, name: &str) -> std::path::PathBuf {
    let path = home.path(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    if fs::hard_link(home.model(), &path).is_err() {
        fs::copy(home.model(), &path).expect("a copy");
    }
    path
}

pub(crate) async fn says(window: &Window, id: &str, words: &str) {
    let is_said = async || window.texts(id).await.iter().any(|text| text.contains(words));
    window.until(&format!("{id} says {words:?}"), COMPUTED, is_said).await;
}

pub(crate) async fn add(window: &Window, path: &str) {
    window.click("models-add").await;
    window.fill("add-model-path", path).await;
    window.click("add-model-do").await;
}

#[tokio::test]
async fn models_are_added_switched_lost_and_found() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-models").await;
    says(&window, "model-status", "in memory").await;
    says(&window, "machine-free", "free now").await;
    window.picture("models-1-starter").await;

    // A long Chinese name must not push the columns out of the window.
    let second = copy(&home, "第二个模型-带有非常非常长的名字-用来检查表格的列宽是否仍然正确.gguf");
    add(&window, "/nowhere/at-all.gguf").await;
    window.until("a missing file is reported", SOON, async || window.count("failure").await > 0).await;
    window.picture_as_it_is("models-2-add-refused").await;
    window.fill("add-model-path", &second.to_string_lossy()).await;
    window.click("add-model-do").await;
    window.until("there are two", SOON, async || window.count("model-row").await == 2).await;
    // Both models have the same name in memory, so only the path shows which one is selected.
    let is_shown = async || window.value("model-path").await.contains("第二个模型");
    window.until("the second one is shown", SOON, is_shown).await;
    says(&window, "model-status", "in memory").await;
    window
        .until("its fingerprint is taken", COMPUTED, async || {
            window.value("model-fingerprint").await.len() == 64
        })
        .await;

    // One model is in memory at a time. The top bar switches to the other one and back.
    window.click("model-state").await;
    window.picture_as_it_is("models-3-menu").await;
    window.click_nth("model-menu-row", 0).await;
    let states = async || window.texts("model-row").await;
    let only_first = async || {
        let rows = states().await;
        let mut there = rows.iter().filter(|row| row.contains("in memory"));
        there.next().is_some_and(|row| !row.contains("第二个模型"))
            && there.next().is_none()
            && window.attributes("model-state", "data-state").await == ["ready"]
    };
    window.until("the first one is back and alone", COMPUTED, only_first).await;

    // Searches a folder that also has a file that is not a model.
    copy(&home, "many/a/third.gguf");
    fs::write(home.path("many/broken.gguf"), "GGUF and nothing more").expect("a file");
    window.click("models-add").await;
    window.fill("add-model-path", &home.path("many").to_string_lossy()).await;
    window.click("add-model-search").await;
    says(&window, "scan-counts", "1 new").await;
    window.until("there are three", SOON, async || window.count("model-row").await == 3).await;
    window.click("models-by-state").await;
    window.picture("models-4-searched").await;
    window.click("scan-dismiss").await;

    // The file moves while the window is in the background.
    let moved = home.path("moved.gguf");
    fs::rename(&second, &moved).expect("the file moves");
    window.script::<()>("window.dispatchEvent(new Event('focus'))", &[]).await;
    says(&window, "model-row", "file gone").await;
    window.click("models-by-state").await;
    window.click_row("model-row").await;
    window.until("it is reported", SOON, async || window.count("model-gone").await == 1).await;
    window.picture("models-5-gone").await;
    window.fill("model-find-path", &moved.to_string_lossy()).await;
    window.click("model-find-do").await;
    window.until("it is found", SOON, async || window.count("model-gone").await == 0).await;

    window.click("model-forget").await;
    window.click("model-forget-sure").await;
    window.until("there are two again", SOON, async || window.count("model-row").await == 2).await;
    assert!(moved.exists());
    window.close(&home).await;
}

#[tokio::test]
async fn a_model_is_downloaded_beside_everything_else() {
    let home = Home::new();
    // Zeros behind the last weight make a tiny model large enough to be paused in the middle.
    let mut content = fs::read(tiny_llama()).expect("a tiny model");
    content.resize(40_000_000, 0);
    let hub = TestHub::start(&[("SmolLM2-135M-Instruct-Q4_1.gguf", &content), ("README.md", b"Small.")]);
    let window = Window::open_with(&home, &[("HF_ENDPOINT", hub.address())]).await;
    window.click("nav-models").await;
    window.click("models-download").await;
    says(&window, "download-contacts", "127.0.0.1").await;
    hub.want_token("hf_good");
    window.fill("download-address", "org/model").await;
    window.click("download-list").await;
    window.until("a token is wanted", SOON, async || window.count("token").await == 1).await;
    window.picture_as_it_is("models-6-gated").await;
    window.fill("token", "hf_good").await;
    window.click("token-keep").await;
    window.until("the files are listed", SOON, async || window.count("download-choice").await == 1).await;
    says(&window, "download-space", "40 MB to fetch").await;
    window.picture_as_it_is("models-7-files").await;

    hub.fail(&[Fault::Slow(Duration::from_mins(2))]);
    window.click("download-do").await;
    // The hub sends half of the file and then pauses.
    let comes = async || {
        let status = window.text("download-status").await;
        let before =
            status.split(" MB of").next().and_then(|share| share.split(' ').next_back()?.parse().ok());
        before.is_some_and(|megabytes: u32| megabytes >= 10)
    };
    window.until("a part of the file is there", COMPUTED, comes).await;
    window.picture("models-8-downloading").await;
    window.click("download-pause").await;
    says(&window, "download-status", "Paused at").await;
    hub.fail(&[Fault::Status(404, "")]);
    window.click("download-resume").await;
    window.until("a failure is shown there", SOON, async || window.count("failure").await == 1).await;
    window.picture_as_it_is("models-9-failed").await;
    window.click("download-resume").await;
    window.until("it is in the list", COMPUTED, async || window.count("model-row").await == 2).await;
    window.until("no download is left", SOON, async || window.count("download").await == 0).await;
    window.picture_as_it_is("models-10-downloaded").await;
    window.close(&home).await;
}
