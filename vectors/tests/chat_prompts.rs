//! Compares chat prompts with the token ids of transformers and of llama.cpp, also where the chat tokens are typed otherwise.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;

use crate::chat_tokens::{MARKS, retyped};
use crate::common::{oracle, oracle_path, starter_path};
use serde::Deserialize;
use vectors::model::Model;

/// The chat tokens of the starter model.
const STARTERS: [u32; 2] = [1, 2];
const QUESTION: &str = "What is money for?";

#[derive(Deserialize)]
struct Line {
    file: String,
    by: String,
    /// The type that a GGUF file gives to its chat tokens; as they are where it is null.
    r#type: Option<i32>,
    talk: String,
    ids: Vec<u32>,
}

fn check(model: &Model, lines: &[&Line], what: &str) {
    assert!(lines.len() >= 3, "{what}");
    for Line { by, talk, ids, .. } in lines {
        let (system, question) = match talk.as_str() {
            "question" => ("", QUESTION),
            "system" => ("Be brief.", QUESTION),
            "scripts" => ("", "na\u{ef}ve \u{4ef7}\u{683c} \u{1f642}\n\n  x?"),
            other => panic!("no such talk: {other}"),
        };
        assert_eq!(&model.encode_question(system, question).unwrap(), ids, "{what}, {talk}, by {by}");
    }
}

#[test]
fn prompts_have_the_ids_of_transformers_and_llama_cpp() {
    let lines: Vec<Line> =
        oracle("chat-prompts.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut files: BTreeMap<&str, BTreeMap<Option<i32>, Vec<&Line>>> = BTreeMap::new();
    for line in &lines {
        files.entry(&line.file).or_default().entry(line.r#type).or_default().push(line);
    }
    assert!(files.len() >= 18 && files.contains_key("starter"), "{:?}", files.keys());
    for (file, types) in files {
        let path = if file == "starter" { starter_path() } else { oracle_path(&format!("families/{file}")) };
        let as_it_is = &types[&None];
        check(&Model::open(&path).load().unwrap(), as_it_is, file);
        if !path.is_file() {
            continue;
        }
        assert_eq!(types.len(), 3, "{file}: as it is, and two other types");
        let marks: Vec<u32> =
            if file == "starter" { STARTERS.to_vec() } else { MARKS.map(|(_, id)| id).to_vec() };
        // llama.cpp splits what is typed NORMAL; the template means the same tokens.
        for (kind, expected) in [(1, as_it_is), (3, &types[&Some(3)]), (4, &types[&Some(4)])] {
            check(&typed(&path, &marks, kind), expected, &format!("{file}, type {kind}"));
        }
    }
}

fn typed(path: &Path, marks: &[u32], kind: i32) -> Model {
    let types: Vec<(u32, i32)> = marks.iter().map(|id| (*id, kind)).collect();
    retyped(path, &types, None)
}
