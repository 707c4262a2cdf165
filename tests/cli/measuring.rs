//! Tests the commands that describe, measure and generate.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{Folder, LAYER, command, lines, number, parse};

#[test]
fn a_model_in_ollamas_store_has_the_name_of_its_manifest() {
    let folder = Folder::new();
    let (blobs, manifests) =
        (folder.path("blobs"), folder.path("manifests/models.ollama.example/library/tiny"));
    for new in [&blobs, &manifests] {
        fs::create_dir_all(new).expect("a folder");
    }
    let digits = "5".repeat(64);
    let blob = format!("{blobs}/sha256-{digits}");
    let family = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracles/families/llama3.gguf");
    fs::copy(family, &blob).expect("a content");
    let name = || lines(&["model", "info", "--model", &blob, "--json"])[0]["name"].clone();
    assert_ne!(name(), "tiny:1b", "no manifest names it");
    let layer =
        format!(r#"{{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:{digits}"}}"#);
    fs::write(format!("{manifests}/1b"), format!(r#"{{"layers": [{layer}]}}"#)).expect("a manifest");
    assert_eq!(name(), "tiny:1b");
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
