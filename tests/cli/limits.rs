//! Tests that a lack of memory, a file that is cut off, a pipe and numbers that are not finite end a command with a sentence.

use std::fs;
use std::process::{Command, Stdio};

use test_support as support;

use crate::{Folder, LAYER, SIZE, command, lines, parse, refusal, run};

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
    let printed = run(&["vector", "info", &vector, "--json"]);
    assert!(!is_obeyed(&printed.stdout), "{printed:?}");
    assert_eq!(parse(&printed.stdout)[0]["name"], hostile, "the value stays the same");
    let generate = ["generate", "--prompt", hostile, "--max-new-tokens", "1"];
    for arguments in [&generate[..], &[&generate[..], &["--json"]].concat()[..]] {
        let printed = run(arguments);
        assert!(printed.status.success() && !is_obeyed(&printed.stdout), "{printed:?}");
    }
    let data = folder.file("bad.jsonl", format!("{{\"{hostile}\": 1}}\n"));
    let printed = run(&["logprobs", "--data", &data]);
    assert!(!printed.status.success() && !is_obeyed(&printed.stderr), "{printed:?}");
    let missing = folder.path(&format!("{hostile}.json"));
    let printed = run(&["vector", "info", &missing]);
    assert!(!printed.status.success() && !is_obeyed(&printed.stderr), "{printed:?}");
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
    let printed = shell.output().expect("a shell");
    let text = String::from_utf8_lossy(&printed.stderr);
    assert_eq!(printed.status.code(), Some(1), "{printed:?}");
    assert!(text.contains("there is not enough memory") && !text.contains("panicked"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn no_limit_of_memory_ends_the_program_with_a_signal() {
    let limited = |kilobytes: u32, arguments: &str| {
        let mut shell = Command::new("sh");
        let limited = format!("ulimit -v {kilobytes}; exec \"$0\" {arguments}");
        shell.args(["-c", &limited]).arg(env!("CARGO_BIN_EXE_tiller-cli"));
        shell.env("TILLER_STARTER_MODEL", support::starter_model()).env("RAYON_NUM_THREADS", "1");
        shell.env("MALLOC_ARENA_MAX", "1").output().expect("a shell")
    };
    // Below some limit the system has no room for the program's own code, and ends it before its first line.
    let has_room = |kilobytes: &u32| limited(*kilobytes, "--version").status.success();
    let first = (50_000..420_000).step_by(12_500).find(has_room).expect("a limit with room for the program");
    let mut failed = 0;
    for kilobytes in (first..first + 300_000).step_by(12_500) {
        let printed = limited(kilobytes, "logits --prompt Hi --top 1");
        let text = String::from_utf8_lossy(&printed.stderr);
        assert!(matches!(printed.status.code(), Some(0 | 1)), "{kilobytes} kB: {} {text}", printed.status);
        if !printed.status.success() {
            assert!(text.contains("memory") && !text.contains("panicked"), "{kilobytes} kB: {text}");
            failed += 1;
        }
    }
    assert!(failed > 5, "{failed} limits were too low");
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
        let (code, printed) = refusal(&[command, &strong].concat());
        assert!(code == 1 && printed.contains(words), "{command:?}: {code}, {printed}");
    }
    let out = folder.path("apart.safetensors");
    let train =
        ["train", "--data", &pairs, "--layer", LAYER, "--epochs", "2", "--batch", "2", "--warmup", "0"];
    let apart = run(&[&train[..], &["--lr", "1e30", "--out", &out, "--json"]].concat());
    let printed = String::from_utf8(apart.stderr).expect("UTF-8");
    assert_eq!(apart.status.code(), Some(1), "{printed}");
    assert!(
        printed.contains("not finite at step 2, training pair ") && printed.contains("of step 1 is in"),
        "{printed}"
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
    let mut printed = String::new();
    child.stderr.take().expect("its errors").read_to_string(&mut printed).expect("words");
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "{printed}");
    drop(output);
    assert!(printed.contains("cut off while it was read") && printed.contains(&model), "{printed}");
}
