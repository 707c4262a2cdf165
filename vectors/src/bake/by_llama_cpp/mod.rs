//! What an unmodified llama.cpp (`PyPI`'s `xllamacpp`) computes from files that Tiller writes. `cargo xtask test` puts it into a Python
//! environment, whose Python `TILLER_LLAMA_CPP` names. Without it these tests are skipped and say so.

mod starter;
mod tiny;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;
use serde_json::Value;

fn skip(why: &str) {
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn python() -> Option<PathBuf> {
    let usual = || {
        let path = root().join(if cfg!(windows) {
            "models/llama-cpp/Scripts/python.exe"
        } else {
            "models/llama-cpp/bin/python"
        });
        path.is_file().then_some(path)
    };
    std::env::var_os("TILLER_LLAMA_CPP").map(PathBuf::from).or_else(usual)
}

/// Gives a script of `tests/oracles` a job on each line, and returns what it answers.
fn answers<T: DeserializeOwned>(python: &Path, script: &str, jobs: impl Iterator<Item = Value>) -> Vec<T> {
    let jobs: Vec<String> = jobs.map(|job| job.to_string()).collect();
    let mut child = Command::new(python)
        .arg(root().join("tests/oracles").join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(jobs.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter_map(|line| line.strip_prefix("result: "))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
