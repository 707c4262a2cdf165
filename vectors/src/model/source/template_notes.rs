//! Says which chat templates in a model's files are not used.

use serde_json::Value;

use super::Metadata;
use crate::tokens::template_from_config;

/// What stands before the name of a further template in a GGUF header.
const GGUF_PREFIX: &str = "tokenizer.chat_template.";

/// Returns sentences about the chat templates beside the one that is used.
pub(super) fn template_notes(metadata: &Metadata) -> Vec<String> {
    match metadata {
        Metadata::Gguf(header) => {
            let names = header.keys_with(GGUF_PREFIX).map(|key| &key[GGUF_PREFIX.len()..]);
            further("the file", names).into_iter().collect()
        }
        Metadata::Folder(folder) => {
            let file = folder.path.join("chat_template.jinja").is_file().then(|| folder.template().ok());
            let mut notes = beside(file.flatten().flatten().as_deref(), &folder.tokenizer);
            let folder = folder.path.join("additional_chat_templates");
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut names: Vec<String> =
                files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            notes.extend(further("additional_chat_templates", names.iter().map(String::as_str)));
            notes
        }
    }
}

/// What is in a `tokenizer_config.json` beside the template that is used: that of a file of its own, if there is one.
fn beside(file: Option<&str>, config: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    if let (Some(used), Some(other)) = (file, template_from_config(config))
        && plain(used) != plain(other)
    {
        notes.push(
            "chat_template.jinja and tokenizer_config.json have different chat templates: the first is used."
                .to_owned(),
        );
    }
    let entries = config["chat_template"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = entries.iter().filter_map(|entry| entry["name"].as_str()).filter(|name| *name != "default");
    notes.extend(further("tokenizer_config.json", names));
    notes
}

fn further<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<String> = names.take(12).map(|name| format!("{name:?}")).collect();
    (!names.is_empty())
        .then(|| format!("Further chat templates in {place} are not used: {}.", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_template_is_said() {
        let one = serde_json::json!({"chat_template": "a"});
        assert!(beside(None, &one).is_empty() && beside(Some("a\r\n"), &one).is_empty());
        assert!(beside(Some("b"), &serde_json::json!({})).is_empty());
        let notes = beside(Some("b"), &one);
        assert!(notes.len() == 1 && notes[0].contains("the first is used"), "{notes:?}");
        let list = serde_json::json!({"chat_template": [
            {"name": "default", "template": "a"}, {"name": "tool_use", "template": "b"}]});
        let words = "Further chat templates in tokenizer_config.json are not used: \"tool_use\".";
        assert_eq!(beside(None, &list), [words]);
        assert_eq!(beside(Some("c"), &list).len(), 2);
    }
}
