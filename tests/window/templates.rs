//! Tests a safetensors folder, a model without a chat template, and a person's own template in the window.

use std::fs;
use std::path::{Path, PathBuf};

use crate::home::Home;
use crate::models::{add, says};
use crate::window::{COMPUTED, SOON, Window};

/// Copies a tiny model's folder without its chat template.
fn folder_without_template(home: &Home, name: &str) -> PathBuf {
    let (from, to) =
        (Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama3"), home.path(name));
    fs::create_dir_all(&to).expect("a folder");
    for file in fs::read_dir(from).expect("the oracle").flatten() {
        fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
    let config = to.join("tokenizer_config.json");
    let mut config_json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&config).expect("a file")).expect("JSON");
    config_json.as_object_mut().expect("an object").remove("chat_template");
    fs::write(config, config_json.to_string()).expect("a file");
    to
}

/// Selects an option of a list by its text.
async fn choose(window: &Window, id: &str, text: &str) {
    let script = "const list = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
        list.value = arguments[1]; list.dispatchEvent(new Event('change', { bubbles: true }))";
    window.script::<()>(script, &[id.into(), text.into()]).await;
}

#[tokio::test]
async fn a_folder_is_given_a_template_and_a_template_is_changed() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-models").await;
    says(&window, "model-status", "in memory").await;

    // Edits the starter model's own template: shows it, breaks it, and is refused.
    window.click("template-open").await;
    window
        .until("the template is shown", SOON, async || window.value("template-text").await.len() > 50)
        .await;
    says(&window, "template-open", "the file's own").await;
    window.picture("templates-1-own").await;
    window
        .paste(
            "template-text",
            "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
        )
        .await;
    window.click("template-try").await;
    window.until("a loop is refused", SOON, async || window.count("failure").await == 1).await;
    window.picture_as_it_is("templates-2-refused").await;

    // A folder whose files have no template.
    let folder = folder_without_template(&home, "没有对话模板的模型-with-a-rather-long-name-7B-Instruct");
    add(&window, &folder.to_string_lossy()).await;
    says(&window, "model-status", "cannot be used").await;
    window.picture("templates-3-none").await;
    window.click("template-open").await;
    window.until("it is said", SOON, async || window.count("template-none").await == 1).await;
    choose(&window, "template-offers", "Vicuna").await;
    says(&window, "template-example", "USER: What is a model? ASSISTANT:").await;
    window.picture("templates-4-offered").await;
    window.click("template-use").await;
    says(&window, "model-status", "in memory").await;
    says(&window, "template-open", "your own").await;
    window.until("the editor stays open", SOON, async || window.count("template-reset").await == 1).await;
    window.picture_as_it_is("templates-5-used").await;

    // Two models stay in memory if a person allows it.
    choose(&window, "models-beside", "2").await;
    window.click("model-state").await;
    window.click_nth("model-menu-row", 0).await;
    let both =
        async || window.texts("model-row").await.iter().filter(|row| row.contains("in memory")).count() == 2;
    window.until("both are in memory", COMPUTED, both).await;
    window.picture_as_it_is("templates-6-both").await;
    window.close(&home).await;
}
