//! Tests the command line in a store: a killed job goes on to the same bits, and a second process works through the first.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;

use app::App;
use ipc::event::Event;
use ipc::job::JobState;
use serde_json::Value;

use crate::support::paths_without_model;
use crate::{Folder, command, lines, number, numbers, parse, run};

/// Enough steps that a process is killed, and another one comes, in the middle: every epoch is one step, which is stored.
const EPOCHS: &str = "150";

pub(crate) fn tiny_model() -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama.gguf");
    path.display().to_string()
}

/// Returns the arguments of a run, without a place for its result.
fn train<'a>(model: &'a str, data: &'a str, epochs: &'a str, seed: &'a str) -> Vec<&'a str> {
    let fixed = ["--layer", "0", "--warmup", "1", "--batch", "4", "--json"];
    [&["train", "--model", model, "--data", data, "--epochs", epochs, "--seed", seed], &fixed[..]].concat()
}

/// A command that is under way, after its first step. Returns its job as well.
fn after_the_first_step(arguments: &[&str]) -> (Child, u64, impl Iterator<Item = String> + use<>) {
    let mut child = command(arguments).stdout(Stdio::piped()).spawn().expect("tiller-cli starts");
    let mut read = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let first: Value = serde_json::from_str(&read.next().expect("a line")).expect("JSON");
    let job = first["job"].as_u64().unwrap_or_else(|| panic!("the job comes first: {first}"));
    assert!(read.any(|line| line.contains("\"step\"")), "it makes a step");
    (child, job, read)
}

fn jobs(store: &str) -> Vec<Value> {
    lines(&["jobs", "list", "--store", store, "--json"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_job_is_paused_and_ends_in_the_bits_of_a_run_without_a_store() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), folder.pairs(), tiny_model());
    let [plain, kept] = ["plain.safetensors", "kept.safetensors"].map(|name| folder.path(name));
    let arguments = train(&model, &data, EPOCHS, "7");
    let without = lines(&[&arguments[..], &["--out", &plain]].concat());

    let in_store = [&arguments[..], &["--store", &store, "--out", &kept]].concat();
    let (mut child, job, _read) = after_the_first_step(&in_store);
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    let listed = jobs(&store);
    assert_eq!(
        (listed.len(), &listed[0]["job"], &listed[0]["state"]),
        (1, &job.into(), &"paused".into()),
        "{listed:?}"
    );
    assert!(listed[0]["out"] == kept.as_str() && !Path::new(&kept).exists(), "{listed:?}");

    let resumed = lines(&["jobs", "resume", &job.to_string(), "--store", &store, "--json"]);
    let (last, whole) = (resumed.last().expect("a line"), without.last().expect("a line"));
    assert_eq!((&last["steps"], &last["stopped"]), (&whole["steps"], &whole["stopped"]));
    assert_eq!(last["data_hash"], whole["data_hash"]);
    let steps = |lines: &[Value]| lines.iter().filter(|line| line["step"].is_u64()).count();
    assert!(steps(&resumed) < steps(&without), "it goes on, and does not begin anew");
    assert_eq!(numbers(&folder, &kept, None), numbers(&folder, &plain, None));

    // The same file is no second data set, and what one has made the window's application shows.
    let again = lines(&[&train(&model, &data, "1", "8")[..], &["--store", &store]].concat());
    assert!(again.last().is_some_and(|line| line["vector"]["id"].is_u64()), "{again:?}");
    let app = App::open(&paths_without_model(Path::new(&store))).await.expect("the store opens");
    let (sender, events) = channel();
    app.subscribe("test", Box::new(move |event| sender.send(event).is_ok())).await.expect("a subscription");
    let Ok(Event::Overview(picture)) = events.recv() else { panic!("the picture comes first") };
    assert_eq!(picture.runs.iter().filter(|run| run.state == JobState::Done).count(), 2);
    assert_eq!(picture.data_sets.iter().filter(|set| set.name == "pairs").count(), 1);
    app.close().await;
}

#[test]
fn a_second_process_queues_its_job_with_the_first_and_watches_it() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), folder.pairs(), tiny_model());
    // Two others come and one of them goes while it runs.
    let first = [&train(&model, &data, "400", "7")[..], &["--store", &store]].concat();
    let (mut child, job, rest) = after_the_first_step(&first);
    let engine = fs::read(Path::new(&store).join("engine.json")).expect("it says who it is");
    let engine: Value = serde_json::from_slice(&engine).expect("JSON");
    assert_eq!((&engine["pid"], &engine["program"]), (&child.id().into(), &"tiller-cli".into()));

    let unwanted = folder.path("unwanted.safetensors");
    let cancelled = [&train(&model, &data, "2", "9")[..], &["--store", &store, "--out", &unwanted]].concat();
    let cancelled = command(&cancelled).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let cancelled = cancelled.expect("it starts");
    while jobs(&store).len() < 2 {}
    lines(&["jobs", "cancel", &(job + 1).to_string(), "--store", &store, "--json"]);
    let output = cancelled.wait_with_output().expect("an end");
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.contains("was stopped before the first step"), "nothing is in the store: {message}");

    let second = [&train(&model, &data, "2", "8")[..], &["--store", &store]].concat();
    let second = command(&second).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // It waits behind the first one, while a third process looks.
    let states = loop {
        let listed = jobs(&store);
        if listed.len() == 3 {
            break listed.into_iter().map(|line| line["state"].clone()).collect::<Vec<_>>();
        }
    };
    assert_eq!(states, ["running", "stopped", "queued"]);
    let output = second.wait_with_output().expect("an end");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && message.contains("runs the engine"), "{message}");
    let second = parse(&output.stdout);
    assert!(number(&second[0], "job") > job as f64, "{second:?}");
    assert_eq!(second.iter().filter(|line| line["step"].is_u64()).count(), 2);
    assert!(rest.last().is_some_and(|line| line.contains("\"stopped\":false")));
    assert!(child.wait().expect("an end").success());
    assert_eq!(jobs(&store).iter().filter(|line| line["state"] == "done").count(), 2);
    assert!(!Path::new(&store).join("engine.json").exists(), "it goes with the process");
}

#[cfg(unix)]
#[test]
fn ctrl_c_pauses_the_job_and_says_how_it_goes_on() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), folder.pairs(), tiny_model());
    let arguments = [&train(&model, &data, EPOCHS, "7")[..], &["--store", &store]].concat();
    let (mut child, job, _read) = after_the_first_step(&arguments);
    let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(asked.expect("kill runs").success());
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    assert_eq!(jobs(&store)[0]["state"], "paused");
    // What it has made so far is a vector, once nobody wants the rest.
    let cancelled = lines(&["jobs", "cancel", &job.to_string(), "--store", &store, "--json"]);
    assert_eq!(cancelled[0]["state"], "stopped");
    let over = run(&["jobs", "resume", &job.to_string(), "--store", &store]);
    assert_eq!(over.status.code(), Some(3));
}

#[test]
fn what_a_store_holds_is_listed_and_goes_in_and_out_of_it() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), folder.pairs(), tiny_model());
    let in_store = |arguments: &[&str]| lines(&[arguments, &["--store", &store, "--json"]].concat());
    let added = in_store(&["model", "add", &model]).remove(0);
    assert_eq!(in_store(&["model", "add", &model])[0]["id"], added["id"], "it is there once");
    let models = in_store(&["model", "list"]);
    assert!(models.len() == 2 && models.iter().any(|line| line["file"] == added["file"]), "{models:?}");

    let mut set = in_store(&["data", "import", "--data", &data, "--name", "Mine"]).remove(0);
    let report = set.as_object_mut().and_then(|set| set.remove("data")).expect("what was read");
    assert_eq!((&report["pairs"], &report["encoding"]), (&4.into(), &"UTF-8".into()));
    assert_eq!((&set["name"], &set["train"]), (&"Mine".into(), &4.into()));
    assert!(in_store(&["data", "list"]).contains(&set));
    let out = folder.path("mine.csv");
    assert_eq!(in_store(&["data", "export", "Mine", "--out", &out])[0]["pairs"], 4);
    assert_eq!(lines(&["data", "info", &out, "--json"])[0]["pairs"], 4);
    let missing = run(&["data", "export", "Nobody's", "--out", &out, "--store", &store]);
    assert_eq!(missing.status.code(), Some(3));

    let (file, again) = (folder.vector(26), folder.path("again.json"));
    let vector = in_store(&["vector", "import", &file, "--name", "Sine"]).remove(0);
    assert_eq!((&vector["layers"], &vector["name"]), (&serde_json::json!([26]), &"Sine".into()));
    assert!(in_store(&["vector", "list"]).contains(&vector));
    let size = vector["size"].as_u64().expect("a size");
    let values: Vec<u64> = (1..=size).collect();
    let extra = serde_json::json!({"layer": 1, "vector": values, "coefficient": 3}).to_string();
    let extra = folder.file("extra.json", extra);
    let imported = in_store(&["vector", "import", &extra]).remove(0);
    assert!(imported["notes"].as_str().is_some_and(|notes| notes.contains("\"coefficient\"")), "{imported}");
    in_store(&["vector", "export", "Sine", "--out", &again]);
    assert_eq!(numbers(&folder, &again, None), numbers(&folder, &file, None));
}
