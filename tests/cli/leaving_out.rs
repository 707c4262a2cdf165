//! Tests `/leave-out` in `chat`: conversations that are longer than the model's context.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::baking::family;
use crate::talking::with_input;
use crate::{Folder, parse};

/// Copies the tiny model with a context of 512 tokens. A word of the messages has three: one of them has room, and two have none.
fn model(folder: &Folder) -> String {
    let to = folder.path("tiny");
    fs::create_dir_all(&to).expect("a folder");
    for file in fs::read_dir(family("llama")).expect("the oracle").flatten() {
        fs::copy(file.path(), Path::new(&to).join(file.file_name())).expect("a copy");
    }
    let config = Path::new(&to).join("config.json");
    let text = fs::read_to_string(&config).expect("a configuration");
    let mut changed: Value = serde_json::from_str(&text).expect("JSON");
    changed["max_position_embeddings"] = json!(512);
    fs::write(&config, changed.to_string()).expect("it is changed");
    to
}

#[test]
fn a_conversation_that_is_too_long_goes_on_without_its_oldest_turns() {
    let folder = Folder::new();
    let model = model(&folder);
    let long = "word ".repeat(100);
    let chat = ["chat", "--model", &model, "--exact", "--max-new-tokens", "2"];
    let json = [&chat[..], &["--json"]].concat();

    let refused = with_input(&json, &format!("{long}\n{long}\n"));
    let message = String::from_utf8(refused.stderr).expect("UTF-8");
    assert_eq!(refused.status.code(), Some(3), "{message}");
    assert!(message.contains("/leave-out"), "{message}");

    let file = folder.path("talk.jsonl");
    let done = with_input(&json, &format!("/leave-out\n{long}\n{long}\n/again\n/save {file}\n"));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let events = parse(&done.stdout);
    let left_out: Vec<&Value> =
        events.iter().filter(|event| event["event"] == "end").map(|end| &end["left_out"]).collect();
    assert_eq!(left_out, [&Value::Null, &json!(2), &json!(2)]);
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).expect("the file")).expect("JSON");
    assert_eq!(
        kept["messages"].as_array().map(Vec::len),
        Some(5),
        "the system prompt and all turns are kept"
    );
    assert_eq!(kept["tiller"]["answers"][1]["left_out"], 2);
    assert_eq!(kept["tiller"]["desk"]["leaves_out_oldest"], true);

    let shown = with_input(&chat, &format!("/leave-out\n{long}\n{long}\n"));
    let message = String::from_utf8(shown.stderr).expect("UTF-8");
    assert!(message.contains("2 earlier turns are not read."), "{message}");
}
