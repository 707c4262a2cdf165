//! Chat tokens are tokens whatever type a model's files give them and wherever they declare them, and the one that the
//! template writes after an answer ends it.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::fs;
use std::path::Path;

use crate::common::{change, check_cases, copy_family, oracle_path, shared_cases, starter_path};
use serde_json::{Value, json};
use tempfile::TempDir;
use vectors::model::Model;
use vectors::tokens::TokenKind;

/// The chat tokens of the random families, and the filler before them.
pub(crate) const MARKS: [(&str, u32); 3] = [("<|begin|>", 317), ("<|end|>", 318), ("<|turn|>", 319)];
const END: u32 = 318;
const QUESTION: &str = "What is money for?";

fn load(path: &Path) -> Model {
    Model::open(path).load().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn prompt(model: &Model) -> Vec<u32> {
    model.encode_question("Be brief.", QUESTION).unwrap()
}

fn ends(model: &Model) -> Vec<u32> {
    model.tokenizer().ends().iter().map(|token| token.id).collect()
}

/// Changes the types of tokens, and the token that the header names as the end, in the bytes of a GGUF file.
fn retype(bytes: &mut [u8], types: &[(u32, i32)], eos: Option<u32>) {
    let after = |bytes: &[u8], key: &str| {
        let place = bytes.windows(key.len()).position(|window| window == key.as_bytes()).unwrap();
        place + key.len()
    };
    // After the key: the list's type, its items' type, their number, and the items.
    let list = after(bytes, "tokenizer.ggml.token_type") + 4 + 4 + 8;
    for (token, kind) in types {
        let place = list + 4 * *token as usize;
        bytes[place..place + 4].copy_from_slice(&kind.to_le_bytes());
    }
    if let Some(eos) = eos {
        let place = after(bytes, "tokenizer.ggml.eos_token_id") + 4;
        bytes[place..place + 4].copy_from_slice(&eos.to_le_bytes());
    }
}

pub(crate) fn retyped(original: &Path, types: &[(u32, i32)], eos: Option<u32>) -> Model {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("model.gguf");
    let mut bytes = fs::read(original).unwrap();
    retype(&mut bytes, types, eos);
    fs::write(&path, bytes).unwrap();
    load(&path)
}

#[test]
fn a_gguf_files_types_do_not_change_what_the_template_writes() {
    for name in ["llama", "llama3", "qwen3", "gemma3", "phi3"] {
        let path = oracle_path(&format!("families/{name}.gguf"));
        let original = load(&path);
        assert!(original.tokenizer().notes().is_empty(), "{name}: {:?}", original.tokenizer().notes());
        let expected = prompt(&original);
        for kind in [1, 4, 5] {
            let model = retyped(&path, &MARKS.map(|(_, id)| (id, kind)), None);
            assert_eq!(prompt(&model), expected, "{name}, type {kind}");
            assert_eq!(model.tokenizer().end_of_turn(), END, "{name}, type {kind}");
            let notes = model.tokenizer().notes();
            assert_eq!(notes.len(), if kind == 4 { 0 } else { 3 }, "{name}, type {kind}: {notes:?}");
        }
    }
}

#[test]
fn the_token_after_an_answer_ends_it_whatever_the_file_names() {
    let path = oracle_path("families/llama3.gguf");
    for kind in [1, 3, 4] {
        let model = retyped(&path, &[(END, kind), (319, kind)], Some(7));
        assert_eq!(ends(&model), [END, 7], "type {kind}");
        let pair = vectors::pairs::PreferencePair {
            prompt: QUESTION.into(),
            wanted: "a".into(),
            opposite: "b".into(),
            ..Default::default()
        };
        let pair = model.encode_pair("", &pair).unwrap();
        assert_eq!((pair.wanted.last(), pair.opposite.last()), (Some(&END), Some(&END)));
        assert!(model.tokenizer().is_end_of_turn(END) && model.tokenizer().is_end_of_turn(7));
        let notes = model.tokenizer().notes().join(" ");
        assert!(notes.contains("the chat template writes <|end|> after an answer"), "{notes}");
    }
}

/// Takes the chat tokens out of tokenizer.json's added tokens, and puts them into its vocabulary.
fn hide(folder: &Path, in_vocabulary: bool) {
    change(folder, "tokenizer.json", |file| {
        let added = file["added_tokens"].as_array_mut().unwrap();
        added.retain(|token| !MARKS.iter().any(|(mark, _)| token["content"] == *mark));
        if in_vocabulary {
            for (mark, id) in MARKS {
                file["model"]["vocab"][mark] = json!(id);
            }
        }
    });
}

type Declare = fn(&Path);

/// The places in which files declare tokens.
const DECLARATIONS: &[(&str, Declare)] = &[
    ("nowhere", |_| {}),
    ("added_tokens_decoder", |folder| decoder(folder, true)),
    ("added_tokens_decoder, not special", |folder| decoder(folder, false)),
    ("additional_special_tokens", |folder| {
        change(folder, "tokenizer_config.json", |config| {
            config["additional_special_tokens"] =
                json!(["<|turn|>", {"content": "<|end|>", "special": true}]);
        });
    }),
    ("extra_special_tokens", |folder| {
        change(folder, "tokenizer_config.json", |config| {
            config["extra_special_tokens"] = json!({"turn_token": "<|turn|>"});
        });
    }),
    ("special_tokens_map.json", |folder| {
        change(folder, "tokenizer_config.json", |config| {
            config.as_object_mut().unwrap().retain(|key, _| key != "bos_token" && key != "eos_token");
        });
        change(folder, "special_tokens_map.json", |map| {
            *map = json!({"bos_token": "<|begin|>", "eos_token": {"content": "<|end|>"},
                "additional_special_tokens": ["<|turn|>"]});
        });
    }),
    ("added_tokens.json", |folder| {
        change(folder, "added_tokens.json", |map| {
            *map = MARKS
                .iter()
                .map(|(mark, id)| ((*mark).to_owned(), json!(id)))
                .collect::<serde_json::Map<_, _>>()
                .into();
        });
    }),
];

fn decoder(folder: &Path, special: bool) {
    change(folder, "tokenizer_config.json", |config| {
        for (mark, id) in MARKS {
            config["added_tokens_decoder"][id.to_string()] = json!({"content": mark, "special": special, "lstrip": false, "rstrip": false, "normalized": false});
        }
    });
}

#[test]
fn a_folders_chat_tokens_are_tokens_wherever_they_are_declared() {
    for name in ["llama", "llama3"] {
        let original = load(&oracle_path(&format!("families/{name}")));
        let expected = (prompt(&original), ends(&original));
        for (place, declare) in DECLARATIONS {
            let (_kept, folder) = copy_family(name);
            hide(&folder, true);
            declare(&folder);
            let model = load(&folder);
            assert_eq!((prompt(&model), ends(&model)), expected, "{name}: {place}");
            assert_eq!(model.tokenizer().begin().map(|token| token.id), Some(317), "{name}: {place}");
        }
        // Tokens that the vocabulary does not have at all get the numbers that the file gives them.
        let (_kept, folder) = copy_family(name);
        hide(&folder, false);
        decoder(&folder, true);
        assert_eq!(prompt(&load(&folder)), expected.0, "{name}");
        // Not special in tokenizer.json, and the end is another token.
        let (_kept, folder) = copy_family(name);
        change(&folder, "tokenizer.json", |file| {
            for token in file["added_tokens"].as_array_mut().unwrap() {
                token["special"] = json!(false);
            }
        });
        change(&folder, "tokenizer_config.json", |config| config["eos_token"] = json!("<|turn|>"));
        change(&folder, "generation_config.json", |config| config["eos_token_id"] = Value::Null);
        let model = load(&folder);
        assert_eq!((prompt(&model), ends(&model)), (expected.0, vec![END, 319]), "{name}");
        assert_eq!(model.tokenizer().kind(END), TokenKind::UserDefined);
    }
}

#[test]
fn files_that_give_a_token_two_numbers_are_refused() {
    let (_kept, folder) = copy_family("llama3");
    change(&folder, "tokenizer_config.json", |config| {
        config["added_tokens_decoder"]["5"] = json!({"content": "<|end|>", "special": true});
    });
    let refused = Model::open(&folder).load().err().unwrap().to_string();
    assert!(refused.contains("\"<|end|>\" the number 5, and tokenizer.json 318"), "{refused}");
}

#[test]
fn a_template_that_was_saved_on_windows_writes_line_feeds() {
    let (_kept, folder) = copy_family("qwen3");
    let expected = prompt(&load(&folder));
    let file = folder.join("chat_template.jinja");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains('\n'));
    fs::write(&file, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(prompt(&load(&folder)), expected);
    fs::write(&file, [text.as_bytes(), b"\xff"].concat()).unwrap();
    let refused = Model::open(&folder).load().err().unwrap().to_string();
    assert!(refused.contains("chat_template.jinja cannot be read: it is no UTF-8 text"), "{refused}");
}

#[test]
fn another_template_brings_its_own_tokens_along() {
    let path = oracle_path("families/llama3.gguf");
    let bare = "{% for m in messages %}{{ m.content }}{% endfor %}";
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("model.gguf");
    let mut bytes = fs::read(&path).unwrap();
    retype(&mut bytes, &MARKS.map(|(_, id)| (id, 1)), None);
    fs::write(&file, bytes).unwrap();
    let model = Model::open(&file).chat_template(bare).load().unwrap();
    assert!(model.encode_raw("<|turn|>").unwrap().len() > 1, "nothing says that it is one token");
    let turns = model.with_template("{% for m in messages %}<|turn|>{{ m.content }}{% endfor %}").unwrap();
    assert_eq!(turns.encode_raw("<|turn|>").unwrap(), [319]);
    assert!(
        model.tokenizer().notes().iter().any(|note| note.contains("writes no token of the vocabulary after"))
    );
}

#[test]
fn the_starter_model_retyped_reads_the_same_prompt() {
    let path = starter_path();
    let expected = prompt(&load(&path));
    for (types, eos, ends_as) in [
        (vec![(1, 1), (2, 1)], None, vec![2]),
        (vec![(1, 4), (2, 4)], None, vec![2]),
        (vec![(1, 4), (2, 4)], Some(0), vec![2, 0]),
        (vec![(2, 1)], None, vec![2]),
    ] {
        let model = retyped(&path, &types, eos);
        assert_eq!((prompt(&model), ends(&model)), (expected.clone(), ends_as), "{types:?} {eos:?}");
    }
}

#[test]
fn a_begin_of_text_token_that_the_template_does_not_write_is_reported() {
    let (_kept, folder) = copy_family("llama3");
    let said = || load(&folder).token_report().unwrap().warnings.join(" ");
    assert!(!said().contains("transformers leaves it out"), "{}", said());
    change(&folder, "tokenizer_config.json", |config| {
        config["add_bos_token"] = json!(true);
        config["chat_template"] =
            json!("{% for m in messages %}<|turn|>{{ m.content }}<|end|>{% endfor %}<|turn|>");
    });
    let report = load(&folder).token_report().unwrap();
    assert_eq!(report.prompt[0].text, "<|begin|>");
    assert!(
        said().contains("does not write <|begin|>") && said().contains("transformers leaves it out"),
        "{}",
        said()
    );
}

#[test]
fn an_answer_that_ends_in_the_closing_token_is_not_closed_again() {
    let path = oracle_path("families/llama3.gguf");
    let model = load(&path);
    let answers = |wanted: &str, opposite: &str| {
        let pair = vectors::pairs::PreferencePair {
            prompt: QUESTION.into(),
            wanted: wanted.into(),
            opposite: opposite.into(),
            ..Default::default()
        };
        let encoded = model.encode_pair("", &pair).unwrap();
        (encoded.wanted, encoded.opposite)
    };
    let plain = answers("A banana.", "A plum.");
    assert_eq!(plain.0.last(), Some(&END));
    assert_eq!(answers("A banana.<|end|>", "A plum.<|end|>"), plain);
    // Another token of the template's is a part of the answer, and so is what follows the closing token.
    for other in ["A banana.<|turn|>", "A banana.<|end|>."] {
        let (wanted, _) = answers(other, "A plum.");
        assert_eq!((wanted.len() > plain.0.len(), wanted.last()), (true, Some(&END)), "{other}");
    }
}

/// What comes of a case of the shared folder.
enum Outcome {
    /// A prompt of so many tokens that begins with this one, and the tokens that end an answer.
    Read(usize, u32, &'static [u32]),
    /// A refusal with these words.
    Refused(&'static str),
}

use Outcome::{Read, Refused};

/// The counts and first tokens are those of transformers 5.24; for m27 with the begin-of-text token, which llama.cpp puts
/// before a conversation and transformers before a plain text only.
const OUTCOMES: &[(&str, Outcome)] = &[
    ("base", Read(35, 1, &[2])),
    ("m01-rope-parameters", Read(35, 1, &[2])),
    ("m02-rope-theta-in-rope-scaling", Read(35, 1, &[2])),
    ("m04-added-only-in-config", Read(35, 1, &[2])),
    ("m04b-eos-bos-not-added", Read(35, 1, &[2])),
    ("m05-im_end-not-special", Read(35, 1, &[2, 0])),
    ("m05b-im_end-not-special-config-says-special", Read(35, 1, &[2, 0])),
    ("m08-template-crlf", Read(35, 1, &[2])),
    ("m22d-mlx-real", Refused("quantized by MLX")),
    ("m27-postprocessor-bos", Read(36, 0, &[2])),
    ("m27b-bos-in-template-too", Read(36, 0, &[2])),
    ("m31-config-infinity", Read(35, 1, &[2])),
    ("m33-embedding-padded", Read(35, 1, &[2])),
    ("m34-tokenizer-larger", Read(35, 1, &[2])),
    ("m43-stale-index", Read(35, 1, &[2])),
];

/// What is wrong with a case; `None` where it came out right.
fn fault(case: &Path, base: &Path, outcome: &Outcome, logits: &[f32]) -> Option<String> {
    let folder = TempDir::new().unwrap();
    for from in [base, case] {
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            fs::write(folder.path().join(file.file_name()), fs::read(file.path()).unwrap()).unwrap();
        }
    }
    match (Model::open(folder.path()).load(), outcome) {
        (Err(error), Refused(words)) if error.to_string().contains(words) => None,
        (Ok(model), Read(count, first, expected_ends)) => {
            let ids = model.encode_question("", QUESTION).unwrap();
            let ours = model.next_logits(&[1, 9690, 198], &[]).unwrap();
            let is_right = (ids.len(), ids.first()) == (*count, Some(first))
                && ends(&model) == *expected_ends
                && (logits.is_empty() || ours[..logits.len()] == *logits);
            (!is_right).then(|| format!("{} tokens {:?}, ends {:?}", ids.len(), ids.first(), ends(&model)))
        }
        (read, _) => Some(format!("{:?}", read.err())),
    }
}

#[test]
fn every_shared_case_is_read_as_its_own_library_reads_it() {
    let Some(mut cases) = shared_cases("models") else { return };
    // The script beside the folders is no case.
    cases.retain(|case| case.is_dir());
    let base = cases.iter().find(|case| case.ends_with("base")).unwrap();
    // All of them are the base model's weights, and compute what it computes.
    let logits = load(base).next_logits(&[1, 9690, 198], &[]).unwrap();
    check_cases(&cases, OUTCOMES, |case, outcome| fault(case, base, outcome, &logits));
}

#[test]
fn the_report_shows_tokens_kinds_and_places() {
    let path = oracle_path("families/llama3.gguf");
    let model = retyped(&path, &[(END, 1), (319, 4)], Some(7));
    let report = model.token_report().unwrap();
    let kinds: Vec<(u32, TokenKind)> =
        report.prompt[..2].iter().map(|token| (token.id, token.kind)).collect();
    assert_eq!(kinds, [(317, TokenKind::Control), (319, TokenKind::UserDefined)]);
    assert_eq!(report.prompt[1].text, "<|turn|>");
    assert_eq!(report.answer.last().map(|token| (token.id, token.kind)), Some((END, TokenKind::Control)));
    assert_eq!(report.begin.unwrap().places, ["tokenizer.ggml.bos_token_id"]);
    let places: Vec<(u32, String)> = report.ends.iter().map(|end| (end.id, end.places.join(", "))).collect();
    assert_eq!(places[0], (END, "the chat template, after an answer".to_owned()));
    assert_eq!(places[1], (7, "tokenizer.ggml.eos_token_id".to_owned()));
    let warnings = report.warnings.join("\n");
    assert!(warnings.contains("types the token <|end|> as normal"), "{warnings}");
    assert!(warnings.contains("closes answers"), "{warnings}");
}
