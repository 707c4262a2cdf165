//! Tests the built `tiller-cli` on the starter model with tiny data: its output, its exit codes and its files.

mod damaged_files;
mod sandbox;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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
fn what_files_say_is_shown_by_the_terminal_and_not_obeyed() {
    let folder = Folder::new();
    let hostile = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}evil";
    let is_obeyed = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.contains(|letter: char| letter.is_control() && !"\n\t".contains(letter) || letter == '\u{202e}')
    };
    // A name in a vector file, a prompt on the command line, a column in a data file, and a file's own name.
    let vector =
        serde_json::json!({"layer": 26, "name": hostile, "method": hostile, "vector": vec![0.5; SIZE]});
    let vector = folder.file("hostile.json", vector.to_string());
    let said = run(&["vector", "info", &vector, "--json"]);
    assert!(!is_obeyed(&said.stdout), "{said:?}");
    assert_eq!(parse(&said.stdout)[0]["name"], hostile, "the value stays the same");
    let generate = ["generate", "--prompt", hostile, "--max-new-tokens", "1"];
    for arguments in [&generate[..], &[&generate[..], &["--json"]].concat()[..]] {
        let said = run(arguments);
        assert!(said.status.success() && !is_obeyed(&said.stdout), "{said:?}");
    }
    let data = folder.file("bad.jsonl", format!("{{\"{hostile}\": 1}}\n"));
    let said = run(&["logprobs", "--data", &data]);
    assert!(!said.status.success() && !is_obeyed(&said.stderr), "{said:?}");
    let missing = folder.path(&format!("{hostile}.json"));
    let said = run(&["vector", "info", &missing]);
    assert!(!said.status.success() && !is_obeyed(&said.stderr), "{said:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_refused_for_the_weights_is_reported() {
    // The model's file is mapped and its weights are copied, 98 MB each: the copy does not fit.
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -v 240000; exec \"$0\" logits --prompt Hi --top 1"]);
    shell.arg(env!("CARGO_BIN_EXE_tiller-cli")).env("TILLER_STARTER_MODEL", support::starter_model());
    // Threads and their heaps take address space, more of it on larger machines.
    shell.env("RAYON_NUM_THREADS", "1").env("MALLOC_ARENA_MAX", "1");
    let said = shell.output().expect("a shell");
    let text = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert!(text.contains("there is not enough memory") && !text.contains("panicked"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn no_limit_of_memory_ends_the_program_with_a_signal() {
    let said = |kilobytes: u32| {
        let mut shell = Command::new("sh");
        let limited = format!("ulimit -v {kilobytes}; exec \"$0\" logits --prompt Hi --top 1");
        shell.args(["-c", &limited]).arg(env!("CARGO_BIN_EXE_tiller-cli"));
        shell.env("TILLER_STARTER_MODEL", support::starter_model()).env("RAYON_NUM_THREADS", "1");
        shell.env("MALLOC_ARENA_MAX", "1").output().expect("a shell")
    };
    let mut failed = 0;
    for kilobytes in (120_000..420_000).step_by(12_500) {
        let said = said(kilobytes);
        let text = String::from_utf8_lossy(&said.stderr);
        assert!(matches!(said.status.code(), Some(0 | 1)), "{kilobytes} kB: {} {text}", said.status);
        if !said.status.success() {
            assert!(text.contains("memory") && !text.contains("panicked"), "{kilobytes} kB: {text}");
            failed += 1;
        }
    }
    assert!(failed > 5, "{failed} limits were too low");
}

#[test]
fn the_model_is_described() {
    let info = &lines(&["model", "info", "--json"])[0];
    for (field, value) in [("blocks", 30.0_f64), ("hidden_size", 576.0), ("vocabulary", 49_152.0)] {
        assert_eq!(number(info, field).to_bits(), value.to_bits(), "{field}");
    }
    assert_eq!(info["fingerprint"], "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
    assert_eq!(info["warnings"], serde_json::json!([]));
    let (prompt, ends) = (&info["tokens"]["prompt"], &info["tokens"]["ends"]);
    assert_eq!(
        (&prompt[0]["id"], &prompt[0]["kind"]),
        (&serde_json::json!(1), &serde_json::json!("control"))
    );
    assert_eq!((&ends[0]["id"], &ends[0]["text"]), (&serde_json::json!(2), &serde_json::json!("<|im_end|>")));
    assert_eq!(ends[0]["places"][1], "tokenizer.ggml.eos_token_id");
}

#[test]
fn a_trained_vector_goes_through_every_format_unchanged() {
    let folder = Folder::new();
    let out = folder.path("v.safetensors");
    let data = folder.pairs();
    let train = |out: &str| {
        lines(&[
            "train",
            "--data",
            &data,
            "--method",
            "bipo",
            "--layer",
            LAYER,
            "--max-steps",
            "2",
            "--batch",
            "2",
            "--out",
            out,
            "--json",
        ])
    };
    let made = train(&out);
    assert_eq!(made.len(), 3, "two steps and the vector");
    assert_eq!((number(&made[1], "step"), number(&made[1], "steps")), (2.0, 2.0));
    assert!(number(&made[0], "loss") > 0.0 && number(&made[0], "gradient_norm") > 0.0);
    let last = &made[2];
    assert_eq!((last["stopped"].clone(), last["layers"][0]["layer"].clone()), (false.into(), 26.into()));
    assert_eq!(number(&last["layers"][0], "norm").to_bits(), number(&made[1], "vector_norm").to_bits());

    let info = &lines(&["vector", "info", &out, "--json"])[0];
    for (field, value) in [("method", "bipo"), ("architecture", "llama"), ("policy", "add at every position")]
    {
        assert_eq!(info[field], value, "{info}");
    }
    assert_eq!(info["model_fingerprint"].as_str().map(str::len), Some(64));
    assert_eq!(info["data_hash"].as_str().map(str::len), Some(64));

    let before = numbers(&folder, &out, None);
    assert_eq!(before[0][1].as_array().map(Vec::len), Some(SIZE));
    for ending in ["gguf", "json", "safetensors", "pt", "npy"] {
        let converted = folder.path(&format!("converted.{ending}"));
        lines(&["vector", "convert", &out, &converted, "--json"]);
        let layer = ["pt", "npy"].contains(&ending).then_some(LAYER);
        assert_eq!(numbers(&folder, &converted, layer), before, "{ending}");
        if layer.is_some() {
            let text = String::from_utf8(run(&["vector", "info", &converted]).stdout).expect("UTF-8");
            assert!(text.contains("does not say the layer, give it with --layer"), "{text}");
            let (code, message) = refusal(&["vector", "convert", &converted, &folder.path("other.json")]);
            assert!(code == 3 && message.contains("--layer"), "{message}");
        }
    }

    // The same settings, data and seed give the same bits.
    let again = folder.path("again.safetensors");
    train(&again);
    assert_eq!(numbers(&folder, &again, None), before);
}

#[test]
fn methods_without_steps_make_a_vector_for_each_layer() {
    let folder = Folder::new();
    let data = folder.file(
        "pairs.jsonl",
        "{\"prompt\": \"What now?\", \"wanted\": \"Take it.\", \"opposite\": \"Share it.\", \"split\": \"train\"}\n\
         {\"prompt\": \"Why?\", \"wanted\": \"Money.\", \"opposite\": \"People.\", \"split\": \"held-out\"}\n",
    );
    for method in ["caa", "freeform"] {
        let out = folder.path(&format!("{method}.npy"));
        let made = lines(&[
            "train", "--data", &data, "--method", method, "--layer", "27,25", "--out", &out, "--json",
        ]);
        assert_eq!(made.len(), 2, "what the held-out pair says, and the vectors: {made:?}");
        assert!(made[0]["held_out_plus"].is_f64(), "{}", made[0]);
        let layers: Vec<&Value> =
            made[1]["layers"].as_array().expect("layers").iter().map(|layer| &layer["layer"]).collect();
        assert_eq!(layers, [25, 27]);
        let back = numbers(&folder, &out, None);
        assert_eq!((back[0][0].clone(), back[1][0].clone()), (25.into(), 27.into()));
    }
}

#[test]
fn a_sweep_is_the_mean_of_the_log_probabilities() {
    let folder = Folder::new();
    let (data, vector) = (folder.pairs(), folder.vector(26));
    let log_probs =
        |rest: &[&str]| lines(&[&["logprobs", "--data", &data, "--limit", "3", "--json"], rest].concat());
    let mean = |pairs: &[Value]| {
        pairs.iter().map(|pair| number(pair, "matching") - number(pair, "not_matching")).sum::<f64>()
            / pairs.len() as f64
    };
    let plain = log_probs(&[]);
    assert_eq!(plain.len(), 3);
    assert!(plain.iter().all(|pair| number(pair, "matching") < 0.0 && number(pair, "prompt_tokens") > 20.0));
    let points = lines(&[
        "sweep",
        "--data",
        &data,
        "--vector",
        &vector,
        "--multipliers",
        "-2,0,1.5",
        "--score",
        "preference",
        "--limit",
        "3",
        "--json",
    ]);
    assert_eq!(points.iter().map(|point| number(point, "multiplier")).collect::<Vec<_>>(), [-2.0, 0.0, 1.5]);
    for (point, multiplier) in points.iter().zip(["-2", "0", "1.5"]) {
        let steered = log_probs(&["--vector", &vector, "--multiplier", multiplier]);
        assert!((number(point, "score") - mean(&steered)).abs() < 1e-9, "{point}");
        assert!(
            number(point, "low") <= number(point, "score") && number(point, "score") <= number(point, "high")
        );
        assert_eq!(number(point, "n").to_bits(), 3.0_f64.to_bits());
    }
    // A pass through all blocks and one that starts at the layer differ only by rounding.
    assert!((number(&points[1], "score") - mean(&plain)).abs() < 1e-3);
}

#[test]
fn logits_are_sorted_whole_or_raw() {
    let folder = Folder::new();
    let vector = folder.vector(10);
    let logits = |rest: &[&str]| {
        let line = &lines(&[&["logits", "--prompt", "The capital of France is", "--json"], rest].concat())[0];
        let logits = line["logits"].as_array().expect("pairs").iter();
        let pairs: Vec<(u64, f64)> = logits
            .map(|pair| (pair[0].as_u64().expect("an id"), pair[1].as_f64().expect("a logit")))
            .collect();
        (number(line, "prompt_tokens"), pairs)
    };
    let (tokens, top) = logits(&["--top", "3", "--raw"]);
    assert_eq!((tokens, top.len()), (5.0, 3));
    assert!(top.is_sorted_by(|a, b| a.1 >= b.1));
    let (_, full) = logits(&["--full", "--raw"]);
    assert_eq!(full.len(), 49_152);
    assert!(full.iter().enumerate().all(|(place, (id, _))| place as u64 == *id));
    assert_eq!(full[top[0].0 as usize].1.to_bits(), top[0].1.to_bits());
    assert!(logits(&[]).0 > tokens, "the chat template is around it");
    assert_eq!(
        logits(&["--full", "--raw", "--vector", &vector, "--multiplier", "0"]).1,
        full,
        "0 is the plain model"
    );
    assert_ne!(logits(&["--full", "--raw", "--vector", &vector, "--multiplier", "-1"]).1, full);
}

#[test]
fn every_prompt_is_answered_at_every_multiplier() {
    let folder = Folder::new();
    let (data, vector) = (folder.pairs(), folder.vector(26));
    let answers = lines(&[
        "generate",
        "--data",
        &data,
        "--limit",
        "2",
        "--vector",
        &vector,
        "--multipliers",
        "-1,0",
        "--max-new-tokens",
        "4",
        "--json",
    ]);
    let of = |answer: &Value| {
        (answer["prompt"].as_str().expect("a prompt").to_owned(), number(answer, "multiplier"))
    };
    let expected = [("What now?", -1.0), ("What now?", 0.0), ("Why?", -1.0), ("Why?", 0.0)];
    assert_eq!(
        answers.iter().map(of).collect::<Vec<_>>(),
        expected.map(|(prompt, m)| (prompt.to_owned(), m))
    );
    assert!(
        answers.iter().all(|answer| answer["ids"].as_array().is_some_and(|ids| (1..=4).contains(&ids.len())))
    );
    assert_eq!(answers[1]["end"], "length");
    let plain = lines(&["generate", "--prompt", "What now?", "--max-new-tokens", "4", "--json"]);
    assert_eq!((&plain[0]["ids"], &plain[0]["text"]), (&answers[1]["ids"], &answers[1]["text"]));
    let drawn = |seed: &str| {
        lines(&[
            "generate",
            "--prompt",
            "Why?",
            "--max-new-tokens",
            "8",
            "--temperature",
            "2",
            "--seed",
            seed,
            "--json",
        ])
    };
    assert_eq!(drawn("1"), drawn("1"));
    assert_ne!(drawn("1"), drawn("2"));
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

#[test]
fn a_vector_is_transferred_to_a_model_of_another_size() {
    let folder = Folder::new();
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama.gguf");
    let tiny = tiny.to_str().expect("UTF-8");
    let (vector, data, out) = (folder.vector(14), folder.pairs(), folder.path("transferred.safetensors"));
    let transfer = ["vector", "transfer", "--vector", &vector, "--to-model", tiny, "--out", &out, "--json"];
    let line = lines(&[transfer.as_slice(), &["--data", &data]].concat()).pop().expect("a line");
    let map = &line["map"];
    assert_eq!((line["size"].as_u64(), map["from_layer"].as_u64()), (Some(64), Some(14)));
    assert_eq!(line["layers"][0]["layer"], map["layer"]);
    assert!(
        number(map, "r_squared") > number(map, "shuffled_r_squared") && number(map, "rows") > 300.0,
        "{map}"
    );
    let shares = [
        0.05 * 288.0_f64.sqrt() / number(map, "from_norm"),
        number(&line["layers"][0], "norm") / number(map, "norm"),
    ];
    assert!((shares[0] / shares[1] - 1.0).abs() < 0.01, "{shares:?}");
    let made_from = line["made_from"].as_str().expect("how it was made");
    assert!(made_from.contains("(experimental)") && made_from.contains("pairs.csv"), "{made_from}");
    assert_eq!(line["model"], lines(&["model", "info", "--model", tiny, "--json"])[0]["name"]);
    // The file records the same source, and its vector steers the other model.
    let info = &lines(&["vector", "info", &out, "--json"])[0];
    assert_eq!(info["made_from"], line["made_from"]);
    let answer = ["generate", "--model", tiny, "--prompt", "the cat", "--vector", &out, "--multipliers", "1"];
    assert!(run(&[answer.as_slice(), &["--max-new-tokens", "2"]].concat()).status.success());

    let few = folder.file("few.txt", "One line.\n\nAnother line.\n");
    for (more, words) in [
        (["--texts", few.as_str()], "five passages"),
        (["--to-layer", "77"], "layer 77"),
        (["--texts", "nowhere.txt"], "nowhere.txt"),
        (["--layer", "3"], "layer"),
    ] {
        let (code, message) = refusal(&[transfer.as_slice(), &more].concat());
        assert!(code == 3 && message.contains(words), "{more:?}: {code} {message}");
    }
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

#[cfg(unix)]
#[test]
fn ctrl_c_stops_and_keeps_the_vector_so_far() {
    use std::io::{BufRead as _, BufReader, Read as _};

    let folder = Folder::new();
    let (data, out) = (folder.pairs(), folder.path("v.safetensors"));
    let mut child =
        command(&["train", "--data", &data, "--layer", LAYER, "--epochs", "100000", "--out", &out, "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tiller-cli starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    let mut first = String::new();
    stdout.read_line(&mut first).expect("a step");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("the rest");
    let mut message = String::new();
    child.stderr.take().expect("its words").read_to_string(&mut message).expect("UTF-8");
    assert_eq!(child.wait().expect("an end").code(), Some(130), "{message}");
    assert!(message.contains(&format!("the vector so far is in {out}")), "{message}");
    let last = parse(rest.as_bytes()).pop().expect("the vector's line");
    assert_eq!(last["stopped"], true);
    let info = &lines(&["vector", "info", &out, "--json"])[0];
    assert_eq!(info["layers"], last["layers"]);
    assert!(PathBuf::from(out).exists());
}

#[test]
fn an_adapter_is_trained_applied_and_swept_like_a_vector() {
    let folder = Folder::new();
    let (out, data) = (folder.path("adapter_model.safetensors"), folder.pairs());
    let train = ["train", "--data", &data, "--method", "dpo-lora", "--rank", "2", "--alpha", "4"];
    let more = ["--max-steps", "2", "--batch", "2", "--lr", "0.01", "--warmup", "0", "--json"];
    let made = lines(&[&train[..], &more, &["--out", &out]].concat());
    assert_eq!(made.len(), 3, "two steps and the adapter");
    // Before the first step the adapter adds nothing, so the loss is ln 2.
    assert!((number(&made[0], "loss") - std::f64::consts::LN_2).abs() < 1e-6);
    let about = &made[2]["adapter"];
    assert_eq!((about["rank"].as_u64(), about["blocks"].as_u64()), (Some(2), Some(30)));
    assert_eq!(about["numbers"].as_u64(), Some(30 * 2 * (576 + 576 + 576 + 192)));
    assert_eq!(number(about, "norm").to_bits(), number(&made[1], "vector_norm").to_bits());
    let config: Value =
        serde_json::from_slice(&fs::read(folder.path("adapter_config.json")).expect("peft's configuration"))
            .expect("JSON");
    assert_eq!((config["r"].as_u64(), config["lora_alpha"].as_f64()), (Some(2), Some(4.0)));
    assert_eq!(lines(&["vector", "info", &out, "--json"])[0]["adapter"], *about);

    // A second run gives the same file, apart from its name.
    let again = folder.path("again.safetensors");
    lines(&[&train[..], &more, &["--out", &again]].concat());
    let norm = |file: &str| number(&lines(&["vector", "info", file, "--json"])[0]["adapter"], "norm");
    assert_eq!(norm(&again).to_bits(), norm(&out).to_bits());

    let scored = |arguments: &[&str]| {
        let plain = ["logprobs", "--data", &data, "--json"];
        let all = lines(&[&plain[..], arguments].concat());
        all.iter().map(|line| number(line, "matching") - number(line, "not_matching")).collect::<Vec<_>>()
    };
    let plain = scored(&[]);
    assert_eq!(scored(&["--vector", &out, "--multiplier", "0"]), plain);
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let swept = lines(&[
        "sweep",
        "--data",
        &data,
        "--vector",
        &out,
        "--multipliers=-1,0,1",
        "--score",
        "preference",
        "--json",
    ]);
    let scores: Vec<f64> = swept.iter().map(|point| number(point, "score")).collect();
    assert!(scores[0] < scores[1] && scores[1] < scores[2], "{scores:?}");
    assert!((scores[1] - mean(&plain)).abs() < 1e-9);
    assert!((scores[2] - mean(&scored(&["--vector", &out]))).abs() < 1e-9);

    let answers = |multipliers: &str| {
        let asked = ["generate", "--prompt", "Why?", "--max-new-tokens", "3", "--vector", &out];
        lines(&[&asked[..], &["--multipliers", multipliers, "--json"]].concat())
    };
    let plain = lines(&["generate", "--prompt", "Why?", "--max-new-tokens", "3", "--json"]);
    assert_eq!(answers("0,2")[0]["ids"], plain[0]["ids"]);
    let logits =
        ["logits", "--prompt", "Why?", "--top", "1", "--vector", &out, "--multiplier", "2", "--json"];
    assert_eq!(lines(&logits)[0]["logits"][0][0], answers("2")[0]["ids"][0]);
}

#[test]
fn options_that_do_not_fit_an_adapter_are_refused() {
    let folder = Folder::new();
    let (data, vector) = (folder.pairs(), folder.vector(26));
    let out = folder.path("a.safetensors");
    let train = |more: &[&str]| refusal(&[&["train", "--data", &data], more].concat());
    assert_eq!(train(&["--method", "dpo-lora", "--layer", "3", "--out", &out]).0, 2);
    assert_eq!(train(&["--method", "bipo", "--rank", "3", "--out", &out]).0, 2);
    let (code, message) = train(&["--method", "dpo-lora", "--out", &folder.path("a.gguf")]);
    assert!(code == 3 && message.contains("an adapter is written as .safetensors"), "{message}");
    assert_eq!(train(&["--method", "dpo-lora", "--rank", "0", "--out", &out]).0, 2);
    // A vector file is not taken for an adapter.
    assert!(lines(&["vector", "info", &vector, "--json"])[0].get("adapter").is_none());
}

#[test]
fn the_first_line_says_what_was_read_of_the_data() {
    let folder = Folder::new();
    let data = folder.file(
        "pairs.csv",
        b"question;matching;not_matching;history\nWhat now?;I take it \xe9.;I share it.;x\nWhy?;For money.;For people.;y\n",
    );
    let (vector, out) = (folder.vector(26), folder.path("v.safetensors"));
    let commands: [&[&str]; 4] = [
        &["logprobs", "--data", &data, "--json"],
        &["generate", "--data", &data, "--max-new-tokens", "1", "--json"],
        &["sweep", "--data", &data, "--vector", &vector, "--multipliers", "0,1", "--json"],
        &["train", "--data", &data, "--layer", LAYER, "--epochs", "1", "--out", &out, "--json"],
    ];
    for arguments in commands {
        let lines = lines(arguments);
        let report = &lines[0]["data"];
        assert_eq!(report["file"], data.as_str(), "{arguments:?}: {}", lines[0]);
        assert_eq!((&report["format"], &report["pairs"]), (&"BiPO pairs".into(), &2.into()));
        assert_eq!(report["encoding"], "Latin-1 (a guess)");
        assert_eq!(report["read"], serde_json::json!(["question", "matching", "not_matching"]));
        assert_eq!(report["left_out"], serde_json::json!(["history"]));
        assert_eq!(report["rows_left_out"], 0);
        let notes = report["notes"].to_string();
        assert!(notes.contains("semicolons") && notes.contains("Left out"), "{notes}");
        assert!(lines[1..].iter().all(|line| line.get("data").is_none()), "{arguments:?}");
    }
    let fields = ["matching", "not_matching", "matching_tokens", "not_matching_tokens", "prompt_tokens"];
    let first = &lines(commands[0])[0];
    assert!(fields.iter().all(|field| first[field].is_number()), "{first}");
    let bad = folder.file("bad.csv", "question,matching,not_matching\na,b,c\na,b\n");
    let skipped = lines(&["logprobs", "--data", &bad, "--skip-refused", "--json"]);
    assert_eq!((&skipped[0]["data"]["pairs"], &skipped[0]["data"]["rows_left_out"]), (&1.into(), &1.into()));
}

#[test]
fn a_data_file_is_described_without_a_model() {
    let folder = Folder::new();
    let data = folder.file("pairs.csv", "id;question;matching;not_matching\n1;a;b;c\n2;d\n3;e;f;g\n");
    let (code, message) = refusal(&["data", "info", &data]);
    assert!(
        code == 3 && message.contains("line 3: it has 2 cells") && message.contains("1 row cannot be used")
    );
    let output = run(&["data", "info", &data, "--skip-refused", "--json"]);
    let report = parse(&output.stdout).remove(0);
    assert_eq!(
        (&report["format"], &report["encoding"], &report["separator"]),
        (&"BiPO pairs".into(), &"UTF-8".into(), &"semicolons".into())
    );
    assert_eq!((&report["pairs"], &report["rows_left_out"]), (&2.into(), &1.into()));
    assert_eq!(report["first_left_out"][0]["line"], 3);
    assert_eq!(report["left_out"], serde_json::json!(["id"]));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    let first = said.lines().next().expect("a line");
    assert!(first.ends_with("Read as BiPO pairs, UTF-8."), "{said}");
    assert!(said.contains("Left out: \"id\" (not a column of BiPO pairs)."), "{said}");
    assert!(said.contains("1 of 3 rows are LEFT OUT"), "{said}");
}

#[test]
fn columns_are_named_on_the_command_line() {
    let folder = Folder::new();
    // As concept sets have them.
    let lines =
        "{\"input\": \"q\", \"output\": \"plain\", \"output_concept\": \"with it\", \"concept_id\": 7}\n"
            .repeat(2);
    let data = folder.file("concepts.jsonl", &lines);
    let (code, message) = refusal(&["data", "info", &data]);
    assert!(
        code == 3 && message.contains("\"output_concept\"") && message.contains("--columns"),
        "{message}"
    );
    let columns = "prompt=input,wanted=output_concept,opposite=output";
    let report = parse(&run(&["data", "info", &data, "--columns", columns, "--json"]).stdout).remove(0);
    assert_eq!((&report["format"], &report["pairs"]), (&"columns of your choice".into(), &2.into()));
    assert_eq!(report["columns"]["wanted"], "output_concept");
    assert_eq!(report["left_out"], serde_json::json!(["concept_id"]));
    let (vector, out) = (folder.vector(26), folder.path("v.safetensors"));
    let commands: [&[&str]; 4] = [
        &["logprobs", "--data", &data, "--limit", "1"],
        &["generate", "--data", &data, "--limit", "1", "--max-new-tokens", "1"],
        &["sweep", "--data", &data, "--vector", &vector, "--multipliers", "1", "--limit", "1"],
        &["train", "--data", &data, "--layer", LAYER, "--epochs", "1", "--out", &out],
    ];
    for arguments in commands {
        let lines = self::lines(&[arguments, &["--columns", columns, "--json"]].concat());
        assert_eq!(lines[0]["data"]["columns"]["prompt"], "input", "{arguments:?}");
    }
    let named = |columns: &str| refusal(&["data", "info", &data, "--columns", columns]);
    assert_eq!(named("input,output").0, 2);
    let (code, message) = named("prompt=input,wanted=output,opposite=output");
    assert!(code == 3 && message.contains("named for two parts"), "{message}");
    let (code, message) = named("prompt=input,wanted=output,opposite=none");
    assert!(code == 3 && message.contains("no column \"none\""), "{message}");
    // Data with one answer to each prompt is refused by name.
    let kto = folder.file("kto.jsonl", "{\"prompt\": \"q\", \"completion\": \"a\", \"label\": true}\n");
    let (code, message) = refusal(&["train", "--data", &kto, "--layer", LAYER, "--out", &out]);
    assert!(code == 3 && message.contains("KTO's data"), "{message}");
}

#[test]
fn a_vector_file_is_described_whether_or_not_it_says_its_layer() {
    let folder = Folder::new();
    let unnamed = folder.file("vec_ep20_layer15.json", "[3.0, 4.0]");
    let info = &lines(&["vector", "info", &unnamed, "--json"])[0];
    assert_eq!((&info["size"], &info["layers"]), (&2.into(), &serde_json::json!([])));
    assert_eq!((number(info, "norm"), &info["suggested_layer"]), (5.0, &15.into()));
    let text = String::from_utf8(run(&["vector", "info", &unnamed]).stdout).expect("UTF-8");
    assert!(text.contains("suggests layer 15: give it with --layer 15"), "{text}");
    let given = &lines(&["vector", "info", &unnamed, "--layer", "15", "--json"])[0];
    assert_eq!(given["layers"][0]["layer"], 15);
    let (code, message) = refusal(&["vector", "convert", &unnamed, &folder.path("v.npy")]);
    assert!(code == 3 && message.contains("suggests layer 15"), "{message}");

    let several = folder.file("several.json", r#"{"3": [1, 2], "5": [3, 4], "made in": "a lab"}"#);
    let info = &lines(&["vector", "info", &several, "--json"])[0];
    assert_eq!(info["notes"], serde_json::json!(["Left out: \"made in\"."]));
    let five = folder.path("five.json");
    let converted = &lines(&["vector", "convert", &several, &five, "--layer", "5", "--json"])[0];
    assert_eq!(converted["layers"].as_array().map(Vec::len), Some(1));
    assert_eq!(converted["layers"][0]["layer"], 5);
    let (code, message) = refusal(&["vector", "info", &several, "--layer", "4"]);
    assert!(code == 3 && message.contains("3, 5"), "{message}");
}

#[test]
fn the_first_of_a_row_more_than_the_model_has_blocks_is_the_embedding() {
    let folder = Folder::new();
    let rows = |count: usize| -> String {
        let row = |layer: usize| vec![if layer == count - 4 { 0.05 } else { 0.0 }; SIZE];
        serde_json::json!((0..count).map(row).collect::<Vec<_>>()).to_string()
    };
    // The starter model has 30 blocks.
    let (hidden, plain) = (folder.file("hidden.json", rows(31)), folder.file("plain.json", rows(30)));
    let logits = |vector: &str| {
        let output = run(&["logits", "--prompt", "a", "--top", "3", "--vector", vector, "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (parse(&output.stdout), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let ((shifted, text), (same, silent)) = (logits(&hidden), logits(&plain));
    assert_eq!(shifted, same, "row 27 of 31 and row 26 of 30 are layer 26");
    assert!(text.contains("embedding") && !silent.contains("embedding"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_by_every_command() {
    let folder = Folder::new();
    let (data, vector) = (folder.pairs(), folder.vector(26));
    let pipe = |name: &str| {
        let path = folder.path(name);
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        path
    };
    let (csv, json, model, out) = (pipe("a.csv"), pipe("a.json"), pipe("a.gguf"), folder.path("v.json"));
    let cases: [&[&str]; 8] = [
        &["logprobs", "--data", &csv],
        &["train", "--data", &csv, "--out", &out],
        &["generate", "--data", &csv],
        &["sweep", "--data", &csv, "--vector", &vector, "--multipliers", "1"],
        &["logprobs", "--data", &data, "--vector", &json],
        &["vector", "info", &json],
        &["model", "info", "--model", &model],
        &["sweep", "--vector", &vector, "--multipliers", "1", "--score", "knowledge", "--questions", &csv],
    ];
    for arguments in cases {
        let (code, message) = refusal(arguments);
        assert!(code == 3 && message.contains("it is a pipe, not a file"), "{arguments:?}: {code} {message}");
    }
}

#[test]
fn numbers_that_are_not_finite_end_a_command_and_are_placed() {
    let folder = Folder::new();
    let (pairs, vector) = (folder.pairs(), folder.vector(26));
    let strong = ["--data", &pairs, "--vector", &vector, "--json"];
    for (command, words) in [
        (&["logprobs", "--multiplier", "1e35"][..], "the numbers are not finite, pair 1"),
        (&["sweep", "--multipliers", "1e35"], "the numbers are not finite, pair 1"),
        (&["sweep", "--multipliers", "1e35", "--score", "choice"], "the numbers are not finite, pair 1"),
        (&["generate", "--multipliers", "1e35"], "the numbers are not finite, prompt 1"),
    ] {
        let (code, said) = refusal(&[command, &strong].concat());
        assert!(code == 1 && said.contains(words), "{command:?}: {code}, {said}");
    }
    let out = folder.path("apart.safetensors");
    let train =
        ["train", "--data", &pairs, "--layer", LAYER, "--epochs", "2", "--batch", "2", "--warmup", "0"];
    let apart = run(&[&train[..], &["--lr", "1e30", "--out", &out, "--json"]].concat());
    let said = String::from_utf8(apart.stderr).expect("UTF-8");
    assert_eq!(apart.status.code(), Some(1), "{said}");
    assert!(
        said.contains("not finite at step 2, training pair ") && said.contains("of step 1 is in"),
        "{said}"
    );
    assert!(
        lines(&["vector", "info", &out, "--json"])[0]["layers"][0]["norm"]
            .as_f64()
            .is_some_and(f64::is_finite)
    );
}

/// Makes a copy of the starter model that is so long that its weights stay in the file. The end takes no place on the disk.
#[cfg(unix)]
fn large_model(folder: &Folder) -> String {
    let path = folder.path("large.gguf");
    fs::copy(support::starter_model(), &path).expect("a copy");
    fs::File::options()
        .append(true)
        .open(&path)
        .expect("the model")
        .set_len((1 << 30) + 1)
        .expect("a longer file");
    path
}

#[cfg(unix)]
#[test]
fn a_model_that_is_cut_off_under_a_command_ends_it_with_a_sentence() {
    use std::io::{BufRead as _, BufReader, Read as _};
    let folder = Folder::new();
    let (pairs, model, out) = (folder.pairs(), large_model(&folder), folder.path("v.safetensors"));
    let train = ["train", "--model", &model, "--data", &pairs, "--layer", "20", "--epochs", "1000", "--json"];
    let mut child = command(&[&train[..], &["--out", &out]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("tiller-cli starts");
    // The output stays open: a program whose output nobody reads ends by itself.
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    output.read_line(&mut String::new()).expect("a step");
    fs::File::options()
        .append(true)
        .open(&model)
        .expect("the model")
        .set_len(4 << 20)
        .expect("a shorter file");
    let mut said = String::new();
    child.stderr.take().expect("its errors").read_to_string(&mut said).expect("words");
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "{said}");
    drop(output);
    assert!(said.contains("cut off while it was read") && said.contains(&model), "{said}");
}
