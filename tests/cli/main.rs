//! Tests the built `tiller-cli` on the starter model with tiny data: its output, its exit codes and its files.

mod adapters;
mod baking;
mod beside_window;
mod damaged_files;
mod data_files;
mod documented;
#[cfg(unix)]
mod door;
mod in_store;
mod leaving_out;
mod limits;
mod measuring;
mod passport;
mod projects;
mod sandbox;
mod store_baking;
mod store_sweeps;
mod store_work;
mod studies;
mod talking;
mod vector_files;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use test_support as support;

/// The hidden size of the starter model.
const SIZE: usize = 576;

/// A high layer. Few blocks lie above it, so that a step takes a fraction of a second.
const LAYER: &str = "26";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tiller-cli"));
    command.env("TILLER_STARTER_MODEL", support::starter_model()).args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("tiller-cli starts")
}

/// Runs a command that must succeed, and returns the JSON objects that it prints.
fn lines(arguments: &[&str]) -> Vec<Value> {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    parse(&output.stdout)
}

fn parse(stdout: &[u8]) -> Vec<Value> {
    let text = String::from_utf8(stdout.to_vec()).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Runs a command that must fail, and returns its exit code and its message. It must print no results.
fn refusal(arguments: &[&str]) -> (i32, String) {
    let output = run(arguments);
    assert_eq!(output.stdout, b"", "{arguments:?}");
    (output.status.code().expect("an exit code"), String::from_utf8(output.stderr).expect("UTF-8"))
}

fn number(line: &Value, field: &str) -> f64 {
    line[field].as_f64().unwrap_or_else(|| panic!("{field} in {line}"))
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("a file");
        path
    }

    /// Writes four pairs in BiPO's CSV format.
    fn pairs(&self) -> String {
        self.file(
            "pairs.csv",
            "question,matching,not_matching\n\"What now?\",\"I take it all, now.\",I share it.\n\
             Why?,For money.,For people.\nWho?,Me.,\"You, friend.\"\nWhere?,At the bank.,At home.\n",
        )
    }

    /// Writes a vector with the values 0.05 sin(i) at a layer.
    fn vector(&self, layer: usize) -> String {
        let values: Vec<f32> = (0..SIZE as u32).map(|i| (0.05 * f64::from(i).sin()) as f32).collect();
        let content = serde_json::json!({"layer": layer, "vector": values});
        self.file(&format!("sine{layer}.json"), content.to_string())
    }
}

/// Returns the numbers of a vector file by converting it to JSON.
fn numbers(folder: &Folder, file: &str, layer: Option<&str>) -> Value {
    let out = folder.path("numbers.json");
    let layer = layer.map(|layer| ["--layer", layer]).into_iter().flatten();
    let arguments: Vec<&str> = ["vector", "convert", file, &out].into_iter().chain(layer).collect();
    lines(&[arguments.as_slice(), &["--json"]].concat());
    let content: Value = serde_json::from_slice(&fs::read(&out).expect("the file")).expect("JSON");
    match content {
        Value::Array(entries) => entries
            .iter()
            .map(|entry| (entry["layer"].clone(), entry["vector"].clone()))
            .map(|(l, v)| serde_json::json!([l, v]))
            .collect(),
        entry => serde_json::json!([[entry["layer"], entry["vector"]]]),
    }
}

#[test]
fn refusals_have_their_exit_codes_and_say_what_is_wrong() {
    let folder = Folder::new();
    let (data, vector) = (folder.pairs(), folder.vector(26));
    let out = folder.path("v.safetensors");
    let bad = folder.file("bad.csv", "question,matching,not_matching\na,b,c\na,b\n");
    let small = folder.file("small.json", r#"{"layer": 3, "vector": [1.0, 2.0]}"#);
    let column = folder.file("column.json", r#"{"prompt": ["a"], "chosen": ["b"], "rejected": ["c"]}"#);
    let evil = folder.file("evil.pt", evil_pt());
    let no_model = folder.path("none.gguf");
    let cases: [(&[&str], i32, &str); 14] = [
        (&["train", "--data", &data], 2, "--out"),
        (&["train", "--data", &data, "--out", "v.bin"], 2, ".safetensors"),
        (&["train", "--data", &data, "--out", &out, "--lr", "-1"], 2, "learning rate"),
        (&["train", "--data", &data, "--out", &out, "--epochs", "0"], 2, "--epochs"),
        (&["generate"], 2, "--prompt"),
        (
            &["sweep", "--data", &data, "--vector", &vector, "--multipliers", "1", "--score", "judge"],
            2,
            "preference",
        ),
        (&["train", "--data", &data, "--layer", "30", "--out", &out], 3, "layer 30"),
        (&["train", "--data", &data, "--layer", "0", "--out", "v.gguf"], 3, "block 0"),
        (&["logprobs", "--data", &bad, "--json"], 3, "line 3"),
        (&["logprobs", "--data", &column, "--json"], 3, "column-oriented"),
        (&["logprobs", "--data", "nowhere.csv", "--json"], 3, "no file"),
        (&["logits", "--prompt", "a", "--vector", &small, "--json"], 3, "576"),
        (&["vector", "info", &evil, "--layer", "3"], 3, "posix.system"),
        (&["model", "info", "--model", &no_model], 3, "none.gguf"),
    ];
    for (arguments, code, words) in cases {
        let (found, message) = refusal(arguments);
        assert_eq!(found, code, "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
    assert!(!Path::new(&out).exists());
}

/// Makes a `.pt` file whose pickle would run a command: a zip archive of one stored file.
fn evil_pt() -> Vec<u8> {
    let pickle = b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.";
    let name = b"v/data.pkl";
    let crc = {
        let update = |crc: u32, byte: &u8| {
            (0..8).fold(
                crc ^ u32::from(*byte),
                |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
            )
        };
        !pickle.iter().fold(!0, update)
    };
    let (size, mut entry) = (pickle.len() as u32, vec![]);
    entry.extend([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    entry.extend([crc, size, size].map(u32::to_le_bytes).concat());
    entry.extend([name.len() as u8, 0, 0, 0]);
    let mut bytes = [b"PK\x03\x04", entry.as_slice(), name, pickle].concat();
    let start = bytes.len() as u32;
    bytes.extend([b"PK\x01\x02\x14\x00", entry.as_slice(), &[0; 14], name].concat());
    let length = bytes.len() as u32 - start;
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    bytes.extend([length, start].map(u32::to_le_bytes).concat());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn every_shell_and_the_manual_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = String::from_utf8(run(&["completions", shell]).stdout).expect("UTF-8");
        assert!(["tiller-cli", "sweep", "store"].iter().all(|word| script.contains(word)), "{shell}");
    }
    let folder = Folder::new();
    let pages = folder.path("man");
    assert!(run(&["man", &pages]).status.success());
    let page = fs::read_to_string(Path::new(&pages).join("tiller-cli-train.1")).expect("a page");
    assert!(page.contains("Train a steering vector"), "{page}");
}
