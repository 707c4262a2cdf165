//! Tests that files which end the process that reads them are refused by a process that goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data::data_files::{DataFile, DataFileError, Extent, Mapping, Row, trl_parquet};
use sandbox::{ChildEnd, DataReading, Limits, Program, SandboxError, SandboxOutcome};
use serde_json::{Value, json};

use crate::{Folder, refusal, support};

/// How long a refusal may take, with the waiting on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(15);

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_tiller-cli").into())
}

fn families(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families").join(name)
}

/// Copies a tiny model, so that a test can change it.
fn tiny(folder: &Folder, name: &str) -> PathBuf {
    let path = PathBuf::from(folder.path(name));
    fs::create_dir_all(&path).expect("a folder");
    for file in fs::read_dir(families("llama3")).expect("the oracle").flatten() {
        fs::copy(file.path(), path.join(file.file_name())).expect("a copy");
    }
    path
}

fn change(folder: &Path, file: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(file);
    let mut value: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
    change(&mut value);
    fs::write(&path, value.to_string()).expect("a file");
}

/// Checks a model and returns why it cannot be used. It must be quick.
fn refused(path: &Path) -> Option<String> {
    let begun = Instant::now();
    let outcome = sandbox::model(&program(), path, None, &|| false);
    assert!(begun.elapsed() < TIME_LIMIT, "{}: {:?}", path.display(), begun.elapsed());
    match outcome {
        Ok(SandboxOutcome::Sound) => None,
        Ok(SandboxOutcome::Refused) => {
            // Whoever opens it is refused in the same way, and lives.
            let loaded = vectors::model::Model::open(path).load();
            Some(loaded.err().expect("it is refused").to_string())
        }
        Err(error) => Some(error.to_string()),
    }
}

#[test]
fn sound_models_pass() {
    assert_eq!(refused(&support::starter_model()), None);
    for name in ["llama3", "gemma3", "qwen3", "phi3", "mistral", "llama.gguf"] {
        assert_eq!(refused(&families(name)), None, "{name}");
    }
}

/// Measures time, so that nothing may run beside it.
mod alone {
    use super::*;

    #[test]
    fn a_check_of_the_starter_model_takes_a_moment() {
        let quickest = (0..5).map(|_| {
            let begun = Instant::now();
            assert_eq!(refused(&support::starter_model()), None);
            begun.elapsed()
        });
        let quickest = quickest.min().expect("five of them");
        assert!(
            quickest < Duration::from_millis(if cfg!(debug_assertions) { 450 } else { 150 }),
            "{quickest:?}"
        );
    }
}

/// A change of a tokenizer.json, and words of the refusal. `None`: the change does no harm.
type Hostile = (&'static str, fn(&mut Value), Option<&'static str>);

const TOKENIZERS: [Hostile; 11] = [
    ("fixed padding", |file| file["padding"] = padding(&json!({"Fixed": 400_000_000}), &Value::Null), None),
    (
        "padding to a multiple",
        |file| file["padding"] = padding(&json!("BatchLongest"), &json!(1_u64 << 62)),
        None,
    ),
    (
        "truncation",
        |file| {
            file["truncation"] =
                json!({"direction": "Right", "max_length": 0, "strategy": "LongestFirst", "stride": 9});
        },
        None,
    ),
    (
        "a post-processor of 100,000,000 ids",
        |file| {
            let piece = json!({"SpecialToken": {"id": "<s>", "type_id": 0}});
            let token = json!({"id": "<s>", "ids": vec![1; 10_000], "tokens": vec!["a"; 10_000]});
            file["post_processor"] = json!({"type": "TemplateProcessing", "single": vec![piece; 10_000], "pair": [],
            "special_tokens": {"<s>": token}});
        },
        None,
    ),
    (
        "a charsmap whose trie is not there",
        |file| file["normalizer"] = precompiled(&[0xff, 0xff, 0xff, 0x7f]),
        Some("trie"),
    ),
    (
        "a charsmap that points outside",
        |file| {
            // The first unit leads to unit 0x3ff_ff00, and there are two.
            let trie = [(0x3f_ffff_u32 << 10) | (1 << 9), 0];
            let bytes = [8_u32, trie[0], trie[1]].map(u32::to_le_bytes).concat();
            file["normalizer"] = precompiled(&bytes);
        },
        Some("tokenizer"),
    ),
    (
        "parts of no length",
        |file| file["pre_tokenizer"] = json!({"type": "FixedLength", "length": 0}),
        Some("no length"),
    ),
    (
        "words of 1,000,000,000 letters",
        |file| {
            file["model"] = json!({"type": "WordPiece", "unk_token": "!", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 1_000_000_000, "vocab": {"!": 0}});
        },
        Some("max_input_chars_per_word"),
    ),
    (
        "the empty text replaced",
        |file| {
            file["normalizer"] =
                json!({"type": "Replace", "pattern": {"Regex": ""}, "content": "b".repeat(500)});
        },
        Some("empty text"),
    ),
    (
        "a map of a to 20 MB",
        |file| {
            let replacement = "b".repeat(20_000_000);
            let bytes = [&0_u32.to_le_bytes()[..], replacement.as_bytes(), &[0]].concat();
            file["normalizer"] = precompiled(&bytes);
        },
        Some("makes no sense"),
    ),
    (
        "a map of a to 20 kB",
        |file| {
            let bytes = [&0_u32.to_le_bytes()[..], "b".repeat(20_000).as_bytes(), &[0]].concat();
            file["normalizer"] = precompiled(&bytes);
        },
        Some("times as long"),
    ),
];

fn padding(strategy: &Value, multiple: &Value) -> Value {
    json!({"strategy": strategy, "direction": "Right", "pad_to_multiple_of": multiple, "pad_id": 0, "pad_type_id": 0,
        "pad_token": "!"})
}

fn precompiled(bytes: &[u8]) -> Value {
    json!({"type": "Precompiled", "precompiled_charsmap": STANDARD.encode(bytes)})
}

#[test]
fn hostile_tokenizers_do_no_harm_or_are_refused_with_what_and_where() {
    let folder = Folder::new();
    let sound = fs::read(families("llama3").join("tokenizer.json")).expect("the oracle");
    let path = tiny(&folder, "model");
    for (what, make, words) in TOKENIZERS {
        fs::write(path.join("tokenizer.json"), &sound).expect("a file");
        change(&path, "tokenizer.json", make);
        let refused = refused(&path);
        match (words, &refused) {
            (None, None) => {}
            (Some(words), Some(refused)) => assert!(refused.contains(words), "{what}: {refused}"),
            _ => panic!("{what}: {refused:?}"),
        }
    }
}

#[test]
fn a_gguf_model_of_a_million_control_tokens_is_refused() {
    let folder = Folder::new();
    let path = PathBuf::from(folder.path("many.gguf"));
    fs::write(&path, with_tokens(1_000_000)).expect("a file");
    let refused = refused(&path).expect("a refusal");
    assert!(refused.contains("1000000 tokens"), "{refused}");
}

/// Writes the starter model's header with as many control tokens, and without its tensors.
fn with_tokens(count: u64) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    let sound = fs::read(families("llama.gguf")).expect("the oracle");
    let parsed = gguf::Header::parse(&sound);
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(parsed.tensor_count.to_le_bytes());
    bytes.extend((parsed.kept.len() as u64 + 3).to_le_bytes());
    for entry in &parsed.kept {
        bytes.extend(*entry);
    }
    text(&mut bytes, "tokenizer.ggml.tokens");
    bytes.extend([9_u32, 8].map(u32::to_le_bytes).concat());
    bytes.extend(count.to_le_bytes());
    for number in 0..count {
        text(&mut bytes, &format!("<|t{number}|>"));
    }
    text(&mut bytes, "tokenizer.ggml.token_type");
    bytes.extend([9_u32, 5].map(u32::to_le_bytes).concat());
    bytes.extend(count.to_le_bytes());
    bytes.extend(3_i32.to_le_bytes().repeat(count as usize));
    // The tensors' data are aligned: whatever was added must be whole blocks of 32 bytes.
    text(&mut bytes, "filler");
    bytes.extend(8_u32.to_le_bytes());
    let place = bytes.len() + 8;
    let filler = (sound.len() - parsed.tensors.len() + 32 - place % 32) % 32;
    text(&mut bytes, &" ".repeat(filler));
    bytes.extend(parsed.tensors);
    bytes
}

/// Reads of a GGUF file only what a test needs to write another one.
mod gguf {
    pub(super) struct Header<'a> {
        pub(super) tensor_count: u64,
        /// The keys with their values, but for the tokens and their types.
        pub(super) kept: Vec<&'a [u8]>,
        /// The table of tensors and their data.
        pub(super) tensors: &'a [u8],
    }

    impl<'a> Header<'a> {
        pub(super) fn parse(bytes: &'a [u8]) -> Self {
            let mut at = 8;
            let (tensor_count, keys) = (u64_at(bytes, &mut at), u64_at(bytes, &mut at));
            let mut kept = Vec::new();
            for _ in 0..keys {
                let begin = at;
                let key = text(bytes, &mut at);
                let kind = u32_at(bytes, &mut at);
                skip(bytes, &mut at, kind);
                if !["tokenizer.ggml.tokens", "tokenizer.ggml.token_type"].contains(&key) {
                    kept.push(&bytes[begin..at]);
                }
            }
            Self { tensor_count, kept, tensors: &bytes[at..] }
        }
    }

    fn u32_at(bytes: &[u8], at: &mut usize) -> u32 {
        *at += 4;
        u32::from_le_bytes(bytes[*at - 4..*at].try_into().expect("four bytes"))
    }

    fn u64_at(bytes: &[u8], at: &mut usize) -> u64 {
        *at += 8;
        u64::from_le_bytes(bytes[*at - 8..*at].try_into().expect("eight bytes"))
    }

    fn text<'a>(bytes: &'a [u8], at: &mut usize) -> &'a str {
        let length = u64_at(bytes, at) as usize;
        *at += length;
        std::str::from_utf8(&bytes[*at - length..*at]).expect("UTF-8")
    }

    fn skip(bytes: &[u8], at: &mut usize, kind: u32) {
        match kind {
            0 | 1 | 7 => *at += 1,
            2 | 3 => *at += 2,
            8 => _ = text(bytes, at),
            9 => {
                let (kind, count) = (u32_at(bytes, at), u64_at(bytes, at));
                (0..count).for_each(|_| skip(bytes, at, kind));
            }
            10..=12 => *at += 8,
            _ => *at += 4,
        }
    }
}

/// Tries a chat template on the tiny model.
fn check_template(path: &Path, template: &str) -> Result<SandboxOutcome, SandboxError> {
    let begun = Instant::now();
    let outcome = sandbox::model(&program(), path, Some(template), &|| false);
    assert!(
        begun.elapsed() < TIME_LIMIT,
        "{:?}: {}",
        begun.elapsed(),
        template.get(..80).unwrap_or(template)
    );
    outcome
}

#[test]
fn templates_that_overflow_the_stack_or_take_hours_are_refused() {
    let folder = Folder::new();
    let path = tiny(&folder, "model");
    let twice = "{% set n = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}{% endfor %}";
    for template in [
        "{% set n = namespace() %}{% set n.a = n %}{{ 'x' * 9000000 }}{{ n }}".to_owned(),
        format!("{twice}{{{{ n.a == n.b }}}}"),
        format!("{twice}{{{{ n.a|tojson|length }}}}"),
        "{% set n = namespace(a=[1]) %}{% for i in range(99999) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}"
            .to_owned(),
        format!("{{{{ {}1 }}}}", "not ".repeat(30_000)),
        format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(9000)),
        "{{ range(90000)|list|tojson(indent=1000000)|length }}".to_owned(),
        "{{ '{:>2000000000}'.format(1) }}".to_owned(),
        "{{ raise_exception('Not with me') }}".to_owned(),
    ] {
        let outcome = check_template(&path, &template);
        let is_refused = matches!(outcome, Ok(SandboxOutcome::Refused) | Err(SandboxError::Unusable(_)));
        assert!(is_refused, "{outcome:?}: {}", template.get(..80).unwrap_or(&template));
    }
    assert_eq!(
        check_template(&path, "{{ messages[0].content }}").expect("a sound one"),
        SandboxOutcome::Sound
    );
}

/// The collection of hostile templates, where it is there. The bounds stop most of them in the child itself; a few join or read
/// long texts so often that the limits of time or memory end the child, which is what they are for.
#[test]
fn no_template_of_the_collection_ends_the_process_that_tries_it() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases/hostile/templates.json");
    let Ok(text) = fs::read_to_string(&file) else {
        support::skip("no hostile templates are there");
        return;
    };
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let mut templates: Vec<(String, String)> = Vec::new();
    for (name, template) in all["templates"].as_object().expect("templates") {
        templates.push((name.clone(), template.as_str().expect("a text").to_owned()));
    }
    for (name, parts) in all["made_by_repeating"].as_object().expect("rules") {
        let part = |index: usize| parts[index].as_str().expect("a text");
        let count = parts[2].as_u64().expect("a count") as usize;
        templates.push((name.clone(), format!("{}{}{}", part(0), part(1).repeat(count), part(3))));
    }
    assert!(templates.len() >= 80, "{}", templates.len());
    let folder = Folder::new();
    let path = tiny(&folder, "model");
    for (name, template) in templates {
        let outcome = check_template(&path, &template);
        let is_within_limits = match &outcome {
            Ok(_) | Err(SandboxError::Unusable(_) | SandboxError::Halted) => true,
            Err(SandboxError::Ended { end, .. }) => {
                matches!(end, ChildEnd::Time { .. } | ChildEnd::Memory { .. })
            }
            Err(SandboxError::NoProcess(_) | SandboxError::NoMemory { .. }) => false,
        };
        assert!(is_within_limits, "{name}: {outcome:?}");
    }
}

#[test]
fn ends_of_the_child_are_distinguished() {
    // A limit below what a sound model needs stands for a hostile one: the bounds refuse all that are known.
    let end = |limits| {
        let done = sandbox::model_within(&program(), &support::starter_model(), None, limits, &|| false);
        match done {
            Err(SandboxError::Ended { end, .. }) => end,
            other => panic!("{other:?}"),
        }
    };
    if cfg!(target_os = "linux") {
        let memory = 16 << 20;
        assert_eq!(end(Limits { memory, ..Limits::DEFAULT }), ChildEnd::Memory { limit: memory });
    }
    let begun = Instant::now();
    assert_eq!(end(Limits { seconds: 0, ..Limits::DEFAULT }), ChildEnd::Time { limit: 0 });
    assert!(begun.elapsed() < TIME_LIMIT);
}

#[test]
fn a_check_can_be_halted() {
    let outcome = sandbox::model(&program(), &support::starter_model(), None, &|| true);
    assert!(matches!(outcome, Err(SandboxError::Halted)), "{outcome:?}");
}

#[test]
fn the_command_line_refuses_a_hostile_model_and_says_why() {
    let folder = Folder::new();
    let path = tiny(&folder, "model");
    change(&path, "tokenizer_config.json", |config| {
        config["chat_template"] =
            json!("{% set n = namespace() %}{% set n.a = [n, n] %}{{ raise_exception('Not with me') }}");
    });
    let (code, message) = refusal(&["generate", "--model", path.to_str().expect("UTF-8"), "--prompt", "Hi"]);
    assert_eq!(code, 3, "{message}");
    assert!(message.contains("its chat template") && message.contains("Not with me"), "{message}");
}

fn row(prompt: &str, wanted: &str) -> Row {
    Row { prompt: prompt.into(), wanted: wanted.into(), opposite: "c".into(), ..Row::default() }
}

/// The reading of a file in a known format.
const PAIRS: DataReading = DataReading::Pairs(None);

#[test]
fn the_columns_that_a_person_named_are_those_that_are_tried() {
    let folder = Folder::new();
    let path = PathBuf::from(folder.path("pairs.parquet"));
    let table = trl_parquet(&[row("a", "b")], Extent::Format);
    fs::write(&path, table.expect("a table")).expect("a file");
    let mapping = |prompt: &str| {
        let named = |name: &str| name.to_owned();
        let (wanted, opposite) = (named("rejected"), named("chosen"));
        DataReading::Pairs(Some(Mapping { prompt: named(prompt), wanted, opposite }))
    };
    let outcome =
        |reading: &DataReading| sandbox::data_file(&program(), &path, reading, &|| false).expect("an answer");
    assert_eq!(outcome(&mapping("prompt")), SandboxOutcome::Sound);
    // Another column is not there, which the child finds only if it reads the columns that were named.
    assert_eq!(outcome(&mapping("question")), SandboxOutcome::Refused);
    assert_eq!(outcome(&DataReading::FirstRows(3)), SandboxOutcome::Sound);
}

#[test]
fn a_file_that_is_written_between_the_check_and_the_reading_is_refused() {
    let folder = Folder::new();
    let path = PathBuf::from(folder.path("pairs.parquet"));
    let table = |rows: &[Row]| trl_parquet(rows, Extent::Format).expect("a table");
    fs::write(&path, table(&[row("a", "b")])).expect("a file");
    let read = |write: &dyn Fn()| {
        let read = || DataFile::read(&path, None).inspect(|_| write()).map(|file| file.rows.len());
        sandbox::checked_data_file(&program(), &path, &PAIRS, &|| false, read).expect("an answer")
    };
    assert_eq!(read(&|| ()).expect("an unchanged file"), 1);
    let more = || fs::write(&path, table(&[row("a", "b"), row("c", "d")])).expect("a file");
    assert!(matches!(read(&more), Err(DataFileError::Changed)));
    assert_eq!(read(&|| ()).expect("the file as it is now"), 2);
}

#[test]
fn a_table_that_ends_the_process_that_decodes_it_is_refused() {
    let folder = Folder::new();
    let path = PathBuf::from(folder.path("pairs.parquet"));
    let row = data::data_files::Row {
        prompt: "a".into(),
        wanted: "b".into(),
        opposite: "c".into(),
        ..Default::default()
    };
    fs::write(&path, trl_parquet(&[row], Extent::Format).expect("a table")).expect("a file");
    assert_eq!(
        sandbox::data_file(&program(), &path, &PAIRS, &|| false).expect("a sound table"),
        SandboxOutcome::Sound
    );
    let text = PathBuf::from(folder.path("pairs.csv"));
    fs::write(&text, "question,matching,not_matching\na,b,c\n").expect("a file");
    // Text is not checked, so that no program is needed.
    let nowhere = Program::new("nowhere".into());
    assert_eq!(sandbox::data_file(&nowhere, &text, &PAIRS, &|| false).expect("text"), SandboxOutcome::Sound);
    assert!(matches!(
        sandbox::data_file(&nowhere, &path, &PAIRS, &|| false),
        Err(SandboxError::NoProcess(_))
    ));
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases/hostile");
    for name in ["list-2e8.parquet", "dict-100k-x-1MB.parquet", "thriftbomb.parquet"] {
        if !shared.join(name).is_file() {
            support::skip("no hostile tables are there");
            return;
        }
        let begun = Instant::now();
        let outcome = sandbox::data_file(&program(), &shared.join(name), &PAIRS, &|| false);
        assert!(
            !matches!(outcome, Ok(SandboxOutcome::Sound) | Err(SandboxError::NoProcess(_))),
            "{name}: {outcome:?}"
        );
        assert!(begun.elapsed() < TIME_LIMIT, "{name}: {:?}", begun.elapsed());
    }
}
