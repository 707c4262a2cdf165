//! Tests `distil` and `adapter export` on tiny models: what is written, proved, refused, and left of the divergence.

use std::fs;

use serde_json::{Value, json};

use crate::baking::{family, names, vector};
use crate::{Folder, lines, number, refusal};

/// The proof that lies beside a file.
fn proof(folder: &Folder, name: &str) -> Value {
    let text = fs::read(folder.path(&format!("{name}.proof.json"))).expect("a proof");
    serde_json::from_slice(&text).expect("JSON")
}

/// Distils a vector with few steps into `out`, and returns the lines.
fn distil(folder: &Folder, model: &str, out: &str, more: &[&str]) -> Vec<Value> {
    let (vector, data) = (vector(folder, "v.json", json!({})), folder.pairs());
    let call = ["distil", "--model", model, "--vector", &vector, "--multiplier", "1", "--data", &data];
    let settings = ["--steps", "40", "--rank", "4", "--lr", "0.01", "--out", out, "--json"];
    lines(&[&call[..], &settings, more].concat())
}

#[test]
fn a_vector_is_distilled_into_an_adapter_that_is_never_called_exact() {
    let folder = Folder::new();
    let (model, out) = (family("gemma2.gguf"), folder.path("lora.gguf"));
    let printed = distil(&folder, &model, &out, &[]);
    assert_eq!(printed.len(), 41);
    let (first, last) = (&printed[0], &printed[40]);
    assert!(first["data"].is_object() && first["step"] == 1, "{first}");
    let divergence = &last["divergence"];
    let (before, left) = (number(divergence, "before"), number(divergence, "left"));
    assert!(before > 3.0 * left && left > 0.0, "{divergence}");
    assert!(number(divergence, "low") <= left && left <= number(divergence, "high"), "{divergence}");
    assert_eq!((&last["verdict"], &last["vectors"][0]["name"]), (&json!("not_exact"), &json!("v")));
    let beside = proof(&folder, "lora");
    assert_eq!((&beside["divergence"], &beside["file"]), (divergence, &json!("lora.gguf")));
    assert!(!beside.to_string().contains(&folder.path("")), "{beside}");
    // Whatever has its answer read with the adapter is the student.
    let again = folder.path("peft");
    let call = ["adapter", "export", "--model", &model, "--adapter", &out, "--out", &again, "--json"];
    let exported = lines(&call).remove(0);
    assert_eq!(exported["verdict"], "identical", "{exported}");
    assert_eq!(exported["projections"].as_array().expect("names").len(), 7);
    assert_eq!(exported["steered_perplexity"], last["baked_perplexity"]);
}

#[test]
fn an_adapter_goes_to_llama_cpps_file_and_back_to_pefts_folder() {
    let folder = Folder::new();
    let (model, peft) = (family("llama"), folder.path("peft"));
    let last = distil(&folder, &model, &peft, &["--projections", "v_proj,down_proj"]).remove(40);
    assert_eq!(last["settings"]["on"], json!(["v_proj", "down_proj"]));
    let config = fs::read(folder.path("peft/adapter_config.json")).expect("peft's configuration");
    let config: Value = serde_json::from_slice(&config).expect("JSON");
    assert_eq!((&config["target_modules"], &config["r"]), (&json!(["v_proj", "down_proj"]), &json!(4)));
    let (gguf, back) = (folder.path("half.gguf"), folder.path("back"));
    let export = |from: &str, to: &str, more: &[&str]| {
        let call = ["adapter", "export", "--model", &model, "--adapter", from, "--out", to, "--json"];
        lines(&[&call[..], more].concat()).remove(0)
    };
    let half = export(&peft, &gguf, &["--multiplier", "-0.5"]);
    assert_eq!((&half["verdict"], number(&half, "alpha")), (&json!("identical"), 4.0), "{half}");
    let twice = export(&gguf, &back, &["--multiplier", "-2"]);
    assert_eq!(twice["verdict"], "identical", "{twice}");
    let file = "adapter_model.safetensors";
    let tensors = |folder_name: &str| {
        let path = folder.path(&format!("{folder_name}/{file}"));
        let info = lines(&["vector", "info", &path, "--json"]).remove(0);
        info["adapter"].clone()
    };
    assert_eq!(tensors("peft"), tensors("back"));
}

#[test]
fn what_cannot_be_distilled_or_exported_is_refused_and_nothing_is_written() {
    let folder = Folder::new();
    let (vector, data) = (vector(&folder, "v.json", json!({})), folder.pairs());
    folder.file("proved.proof.json", "{}");
    let before = names(&folder);
    let (model, out) = (family("llama.gguf"), folder.path("lora.gguf"));
    let plain = family("llama");
    let distil = |more: &[&str]| {
        let call = ["distil", "--model", &model, "--vector", &vector, "--data", &data];
        refusal(&[&call[..], more].concat())
    };
    for (arguments, code, words) in [
        (&["--multiplier", "1", "--out", &data][..], 3, "there already"),
        (&["--multiplier", "1", "--out", "a.safetensors"], 2, "a folder"),
        (
            &["--multiplier", "1", "--out", &folder.path("proved.gguf")],
            3,
            "proved.proof.json is there already",
        ),
        (&["--multiplier", "0", "--out", &out], 2, "nothing steers"),
        (&["--multiplier", "1", "--out", &out, "--projections", "lm_head"], 2, "no projection"),
        (&["--multiplier", "1", "--out", &out, "--rank", "0"], 2, "the rank is 0"),
        (&["--multiplier", "1", "--out", &folder.path("no/lora.gguf")], 3, "no folder"),
    ] {
        let (found, message) = distil(arguments);
        assert!(found == code && message.contains(words), "{arguments:?}: {found}, {message}");
    }
    // Whoever runs the tests, nobody makes a file there.
    if cfg!(target_os = "linux") {
        let (found, message) = distil(&["--multiplier", "1", "--out", "/proc/lora.gguf"]);
        assert!(found == 1 && message.contains("nothing can be written in /proc"), "{found}, {message}");
        assert!(!message.contains("Measuring"), "before any work: {message}");
    }
    let export = |adapter: &str, more: &[&str]| {
        let call = ["adapter", "export", "--model", &model, "--adapter", adapter, "--out", &out];
        refusal(&[&call[..], more].concat())
    };
    let (code, message) = export(&model, &[]);
    assert!(code == 3 && message.contains("general.type"), "{message}");
    let (code, message) = export(&plain, &[]);
    assert!(code == 3 && message.contains("no file"), "{message}");
    assert_eq!(names(&folder), before);
}
