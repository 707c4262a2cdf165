//! Tests `bake` and `prove` on tiny models: files and folders, several strengths, and what is refused or stopped.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use test_support::SmallDisk;

use crate::{Folder, command, lines, number, refusal, run};

/// The hidden size of the tiny models.
const TINY: usize = 64;

pub(crate) fn family(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families").join(name);
    path.to_str().expect("UTF-8").to_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "it is made for the call")]
pub(crate) fn vector(folder: &Folder, name: &str, extra: Value) -> String {
    let values: Vec<f32> = (0..TINY as u32).map(|i| (0.3 * f64::from(i).sin()) as f32).collect();
    let mut content = json!({"layer": 1, "vector": values});
    for (key, value) in extra.as_object().expect("an object") {
        content[key] = value.clone();
    }
    folder.file(name, content.to_string())
}

pub(crate) fn names(folder: &Folder) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name().into_string();
    let mut names: Vec<String> =
        fs::read_dir(folder.path("")).expect("a folder").map(|entry| name(entry).expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_baked_at_three_strengths_and_proved() {
    let folder = Folder::new();
    let (model, vector) = (family("llama.gguf"), vector(&folder, "v.json", json!({"name": "wealth"})));
    let out = folder.path("baked.gguf");
    let arguments =
        ["bake", "--model", &model, "--vector", &vector, "--multiplier", "-1.5,0,2", "--out", &out];
    let baked = lines(&[arguments.as_slice(), &["--json"]].concat());
    assert_eq!(baked.len(), 3);
    for (line, at) in baked.iter().zip(["-1.5", "0", "2"]) {
        assert_eq!(line["verdict"], "identical", "{line}");
        assert_eq!((number(line, "logit_gap"), number(line, "same_answers")), (0.0, 16.0));
        assert_eq!(line["file"], folder.path(&format!("baked-x{at}.gguf")));
        assert_eq!(line["vectors"][0]["name"], "wealth");
        let proof = fs::read(line["proof_file"].as_str().expect("a path")).expect("the proof");
        let mut proof: Value = serde_json::from_slice(&proof).expect("JSON");
        assert_eq!(
            (&proof["file"], &proof["source"]),
            (&json!(format!("baked-x{at}.gguf")), &json!("llama.gguf"))
        );
        for path in ["file", "source", "proof_file"] {
            proof[path] = line[path].clone();
        }
        assert_eq!(proof, *line);
    }
    let of = |at: &str| ["baked-x", at, ".gguf"].concat();
    let all = ["-1.5", "0", "2"].map(|at| [of(at), format!("baked-x{at}.proof.json")]).concat();
    assert!(all.iter().all(|name| names(&folder).contains(name)) && names(&folder).len() == 7);
    // The one at 2 is not that of another strength.
    let two = folder.path("baked-x2.gguf");
    let prove = |at: &'static str| {
        let call = ["prove", "--model", &model, "--vector", &vector, "--multiplier", at, "--baked", &two];
        let output = run(&[call.as_slice(), &["--json"]].concat());
        (output.status.code(), crate::parse(&output.stdout).pop().expect("a line"))
    };
    let (code, right) = prove("2");
    assert_eq!((code, right["verdict"].as_str()), (Some(0), Some("identical")));
    let (code, wrong) = prove("1");
    assert_eq!((code, wrong["verdict"].as_str()), (Some(1), Some("not_exact")));
    assert!(number(&wrong, "logit_gap") > 1e-3);
    // The weight of a vector counts.
    let half =
        ["prove", "--model", &model, "--vector", &vector, "--weights", "0.5", "--multiplier", "4", "--json"];
    assert_eq!(lines(&[half.as_slice(), &["--baked", &two]].concat())[0]["verdict"], "identical");
}

#[test]
fn a_folder_is_baked_and_says_that_it_rounds() {
    let folder = Folder::new();
    let out_of = vector(&folder, "out.json", json!({"policy": "project out at every position"}));
    let (model, vector) = (family("llama"), vector(&folder, "v.json", json!({})));
    let out = folder.path("baked");
    let call = ["bake", "--model", &model, "--vector", &vector, "--multiplier", "2", "--out", &out, "--json"];
    let line = lines(&call).remove(0);
    assert_ne!(line["verdict"], "identical", "{line}");
    assert!(
        (1e-9..0.01).contains(&number(&line, "logit_gap")) && line["notes"].to_string().contains("rounded"),
        "{line}"
    );
    assert_eq!(line["proof_file"], folder.path("baked.proof.json"));
    let out = folder.path("without");
    let call = ["bake", "--model", &model, "--vector", &out_of, "--multiplier", "1", "--out", &out, "--json"];
    let line = lines(&call).remove(0);
    assert_eq!(line["verdict"], "not_exact", "{line}");
    assert!(line["notes"].to_string().contains("not what steering after one block computes"), "{line}");
}

#[test]
fn what_cannot_be_baked_is_refused_and_nothing_is_written() {
    let folder = Folder::new();
    let foreign = vector(&folder, "f.json", json!({"model_fingerprint": "0".repeat(64), "model": "Other"}));
    let answer = vector(&folder, "a.json", json!({"policy": "add at the positions of the answer"}));
    let vector = vector(&folder, "v.json", json!({}));
    let (there, a_folder) = (folder.file("there.gguf", "there"), folder.path("folder.gguf"));
    fs::create_dir(&a_folder).expect("a folder");
    let whole = fs::read(family("llama.gguf")).expect("the model");
    let cut = folder.file("cut.gguf", &whole[..whole.len() / 2]);
    let before = names(&folder);
    let (llama, qwen) = (family("llama.gguf"), family("qwen3.gguf"));
    let (out, nowhere) = (folder.path("baked.gguf"), folder.path("no/baked.gguf"));
    let (a_model_folder, no_ending) = (family("llama"), folder.path("baked"));
    let cases: [(&[&str], i32, &str); 13] = [
        (&["--model", &qwen, "--vector", &vector, "--multiplier", "1", "--out", &out], 3, "--control-vector"),
        (&["--model", &llama, "--vector", &answer, "--multiplier", "1", "--out", &out], 3, "answer alone"),
        (&["--model", &llama, "--vector", &foreign, "--multiplier", "1", "--out", &out], 3, "--other-model"),
        (
            &["--model", &llama, "--vector", &vector, "--multiplier", "1", "--out", &llama],
            3,
            "the model itself",
        ),
        (&["--model", &llama, "--vector", &vector, "--multiplier", "1", "--out", &there], 3, "--force"),
        (
            &["--model", &llama, "--vector", &vector, "--multiplier", "1", "--out", &a_folder, "--force"],
            3,
            "name, or remove it",
        ),
        (&["--model", &llama, "--vector", &vector, "--multiplier", "1", "--out", &no_ending], 2, "in .gguf"),
        (
            &["--model", &a_model_folder, "--vector", &vector, "--multiplier", "1", "--out", &out],
            2,
            "is a folder",
        ),
        (&["--model", &cut, "--vector", &foreign, "--multiplier", "1", "--out", &out], 3, "cut off"),
        (&["--model", &llama, "--vector", &vector, "--multiplier", "1", "--out", &nowhere], 3, "no folder"),
        (&["--model", &llama, "--vector", &vector, "--multiplier", "1,1", "--out", &out], 2, "twice"),
        (
            &["--model", &llama, "--vector", &vector, "--weights", "1,2", "--multiplier", "1", "--out", &out],
            2,
            "--weights",
        ),
        (&["--vector", &vector, "--multiplier", "1", "--out", &out], 3, "576"),
    ];
    for (arguments, code, words) in cases {
        let (found, message) = refusal(&[&["bake"], arguments].concat());
        assert_eq!(found, code, "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
    assert_eq!(names(&folder), before);
    let call =
        ["bake", "--model", &llama, "--vector", &foreign, "--multiplier", "1", "--out", &out, "--json"];
    assert_eq!(lines(&[call.as_slice(), &["--other-model"]].concat())[0]["verdict"], "identical");
}

#[test]
fn a_full_disk_leaves_nothing() {
    let folder = Folder::new();
    let vector = vector(&folder, "v.json", json!({}));
    let Some(disk) = SmallDisk::mount(64) else { return };
    let out = disk.path().join("baked.gguf");
    let out = out.to_str().expect("UTF-8");
    let model = family("llama.gguf");
    let (code, message) =
        refusal(&["bake", "--model", &model, "--vector", &vector, "--multiplier", "1", "--out", out]);
    assert_eq!(code, 1, "{message}");
    assert!(message.contains("are free there"), "{message}");
    assert_eq!(fs::read_dir(disk.path()).expect("the disk").count(), 0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing() {
    let folder = Folder::new();
    let vector = folder.vector(26);
    let model = test_support::starter_model();
    let out = folder.path("baked.gguf");
    let model = model.to_str().expect("UTF-8");
    let call = ["bake", "--model", model, "--vector", &vector, "--multiplier", "1", "--out", &out];
    let child = command(&call).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("tiller-cli");
    // It is stopped while it proves what it has written.
    let begun = std::time::Instant::now();
    while !Path::new(&out).exists() {
        assert!(begun.elapsed().as_secs() < 120, "nothing was baked");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    let output = child.wait_with_output().expect("an end");
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.contains("removed again"), "{message}");
    assert_eq!(names(&folder), ["sine26.json"]);
}
