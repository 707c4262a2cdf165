//! Tests real vocabularies and chat templates from llama.cpp's folder `models`, which is not part of this project.
//! `cargo xtask test` fetches it to `models/vocabularies`, and `TILLER_VOCABULARIES` names another folder. Without the folder
//! these tests are reported as skipped.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::fs;
use std::path::PathBuf;

use crate::common::{oracle, skip};
use serde::Deserialize;
use vectors::tokens::{ChatTemplate, Message, Role, Tokenizer};

fn folder() -> Option<PathBuf> {
    let usual = || {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../models/vocabularies");
        folder.is_dir().then_some(folder)
    };
    let folder = std::env::var_os("TILLER_VOCABULARIES").map(PathBuf::from).or_else(usual);
    if folder.is_none() {
        skip("no vocabularies are there (`cargo xtask test` fetches them)");
    }
    folder
}

#[test]
fn gguf_tokenizers_have_the_original_ids() {
    let Some(folder) = folder() else { return };
    for name in ["llama-spm", "phi-3", "llama-bpe", "qwen2", "refact"] {
        let tokenizer = Tokenizer::read(&folder.join(format!("ggml-vocab-{name}.gguf"))).unwrap();
        let read = |ending: &str| {
            fs::read_to_string(folder.join(format!("ggml-vocab-{name}.gguf.{ending}"))).unwrap()
        };
        let (texts, ids) = (read("inp"), read("out"));
        let mut count = 0;
        for (text, line) in texts.split("\n__ggml_vocab_test__\n").zip(ids.lines()) {
            let expected: Vec<u32> = line.split_whitespace().map(|id| id.parse().unwrap()).collect();
            assert_eq!(tokenizer.encode(text).unwrap(), expected, "{name}: {text:?}");
            count += 1;
        }
        println!("{name}: {count} texts");
        assert!(count >= 40, "{name}: {count} texts");
    }
}

#[derive(Deserialize)]
struct Line {
    file: String,
    system: bool,
    turns: usize,
    text: Option<String>,
}

#[test]
fn real_templates_render_as_jinja_does() {
    let Some(folder) = folder() else { return };
    let mut count = 0;
    for line in oracle("chat-templates.jsonl").lines() {
        let line: Line = serde_json::from_str(line).unwrap();
        let source = fs::read_to_string(folder.join("templates").join(&line.file)).unwrap();
        let template =
            ChatTemplate::new(&source, "<s>", "</s>").unwrap_or_else(|e| panic!("{}: {e}", line.file));
        let mut messages = Vec::new();
        if line.system {
            messages.push(Message::new(Role::System, " Be \"brief\" & <kind>. "));
        }
        let turns = [(Role::User, " Why? "), (Role::Assistant, "Because 1 < 2.\n"), (Role::User, "价格 🙂")];
        messages.extend(turns[..line.turns].iter().map(|(role, text)| Message::new(*role, *text)));
        match line.text {
            Some(text) => assert_eq!(template.render(&messages).unwrap(), text, "{}", line.file),
            // Jinja rejects these messages, so the system message is put before the first question.
            None => assert!(line.system && template.folds_system(), "{}", line.file),
        }
        count += 1;
    }
    assert!(count >= 20);
}
