//! Tests what else the command line does in a store: analyses, answers, drafts, checks, downloads, and work in a project that is
//! not the open one.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use app::App;
use app::door::Engine;
use ipc::Event;
use serde_json::Value;
use test_support::hub::TestHub;

use crate::in_store::tiny_model;
use crate::store_sweeps::vector;
use crate::support::paths_without_model;
use crate::{Folder, command, lines, number, parse, run};

/// Writes eight pairs, two of them held out.
fn split_pairs(folder: &Folder) -> String {
    let row = |place: usize| {
        let split = if place < 2 { "held_out" } else { "train" };
        format!(
            r#"{{"prompt": "the cat {place}", "wanted": "sat on the mat", "opposite": "ran to the dog", "split": "{split}"}}"#
        )
    };
    folder.file("split.jsonl", (0..8).map(row).collect::<Vec<_>>().join("\n"))
}

#[test]
fn every_analysis_of_the_window_is_a_job_with_findings() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), split_pairs(&folder), tiny_model());
    vector(&store, &data);
    let run_of =
        ["train", "--store", &store, "--model", &model, "--data", &data, "--epochs", "2", "--layer", "0"];
    let out = folder.path("steps.safetensors");
    lines(&[&run_of[..], &["--warmup", "1", "--batch", "4", "--json", "--out", &out]].concat());
    let analyse = |rest: &[&str]| lines(&[&["analyse"], rest, &["--store", &store, "--json"]].concat());
    let on_data = ["--data", &data, "--model", &model];
    let jobs: [(&[&str], &str); 6] = [
        (&["steerability"], "layer"),
        (&["layers", "--method", "caa", "--layer", "0,1"], "effect"),
        (&["search", "--layer", "0,1", "--lr", "0.01", "--budget", "8"], "trial"),
        (&["strength", "--vector", "v", "--multipliers", "0,1"], "strength"),
        (&["projections", "--vector", "v"], "projections"),
        (&["epochs", "--run", "steps", "--multipliers", "-1,1"], "epoch"),
    ];
    for (asked, found) in jobs {
        let on: &[&str] = if asked[0] == "epochs" { &[] } else { &on_data };
        let told = analyse(&[asked, on].concat());
        let last = told.last().expect("a line");
        assert!(told[0]["job"].is_u64() && last["analysis"].is_u64(), "{asked:?}: {told:?}");
        assert_eq!(number(last, "findings") as usize, told.len() - 2, "{asked:?}");
        assert!(told.iter().any(|line| line["found"] == found), "{asked:?}: {told:?}");
        // The same is not measured twice.
        assert_eq!(analyse(&[asked, on].concat()), told, "{asked:?}");
    }

    let similar = analyse(&["similarity", "v", "steps"]);
    let own = similar[0]["cosines"][0].as_f64().expect("a cosine with itself");
    assert!((own - 1.0).abs() < 1e-6, "{similar:?}");
    assert!(analyse(&["sum", "v", "steps", "--weights", "1,-1"])[0]["layers"].is_array());
    assert!(analyse(&["lens", "v"])[0]["along"].as_array().is_some_and(|words| !words.is_empty()));
    let norms = analyse(&["norms"]);
    assert!(norms.len() == 30 && norms.iter().all(|line| number(line, "norm") > 0.0), "{norms:?}");
    let missing = run(&["analyse", "lens", "nobody", "--store", &store]);
    assert_eq!(missing.status.code(), Some(3));
}

#[test]
fn answers_are_a_conversation_drafts_are_pairs_and_checks_have_findings() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), folder.pairs(), tiny_model());
    vector(&store, &data);
    let in_store = |rest: &[&str]| lines(&[rest, &["--store", &store, "--json"]].concat());
    let ask = ["generate", "--prompt", "Why?", "--max-new-tokens", "3", "--multipliers", "-1,0,1"];
    for steering in [["--vector", "v"], ["--sum", "0.5*v + v"]] {
        let told = in_store(&[&ask[..], &steering].concat());
        let at: Vec<f64> = told.iter().map(|line| number(line, "multiplier")).collect();
        assert_eq!(at, [-1.0, 0.0, 1.0]);
        let is_answer = |line: &Value| line["text"].is_string() && number(line, "tokens") <= 3.0;
        assert!(told.iter().all(is_answer) && told[0]["conversation"] == told[2]["conversation"], "{told:?}");
    }
    assert_eq!(run(&["generate", "--prompt", "a", "--multipliers", "1"]).status.code(), Some(2));

    let questions = folder.file("questions.txt", "Why?\nWho are you?\n");
    let draft = ["data", "draft", "Drafted", "--new", "--behaviour", "Speaks in rhyme.", "--model", &model];
    let more = ["--questions", &questions, "--max-new-tokens", "3", "--accept"];
    let told = in_store(&[&draft[..], &more].concat());
    assert!(told[0]["job"].is_u64(), "{told:?}");
    assert_eq!(told.iter().filter(|line| line["prompt"].is_string()).count(), 2, "{told:?}");
    let accepted = told.last().expect("a line")["accepted"].clone();
    let sets = in_store(&["data", "list"]);
    let drafted = sets.iter().find(|set| set["name"] == "Drafted").expect("the data set");
    assert_eq!(drafted["train"], accepted);

    let same = folder.file("same.csv", "question,matching,not_matching\na,b,b\na,b,b\n");
    in_store(&["data", "import", "--data", &same]);
    let checked = in_store(&["data", "check", "same", "--margins", "0", "--model", &model]);
    let last = checked.last().expect("a line");
    assert!(checked.iter().any(|line| line["kind"] == "identical_answers"), "{checked:?}");
    assert_eq!((&last["pairs"], last["margins"].as_array().map(Vec::len)), (&2.into(), Some(2)));
}

#[test]
fn a_model_is_downloaded_as_a_job_of_the_store() {
    let folder = Folder::new();
    let store = folder.path("store");
    let content = fs::read(tiny_model()).expect("the model");
    let hub = TestHub::start(&[("tiny.gguf", &content), ("README.md", b"Small.")]);
    let download = |rest: &[&str]| {
        let fixed = ["model", "download", "org/model", "--store", &store, "--json"];
        let output = command(&[&fixed[..], rest].concat())
            .env("HF_ENDPOINT", hub.address())
            .env("HF_HOME", folder.path("hub"))
            .output()
            .expect("tiller-cli starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        parse(&output.stdout)
    };
    assert!(download(&["--list"])[0]["files"][0] == "tiny.gguf");
    let told = download(&["--file", "tiny.gguf"]);
    assert!(told[0]["job"].is_u64(), "{told:?}");
    let file = told[1]["file"].as_str().expect("the model's file");
    assert_eq!(fs::read(file).expect("the file"), content);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_works_in_the_project_that_it_names_and_the_window_keeps_its_own() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), folder.pairs(), tiny_model());
    let app = Arc::new(App::open(&paths_without_model(Path::new(&store))).await.expect("it opens"));
    app.serve(Engine::WINDOW).expect("it listens");
    let (sender, events) = channel();
    app.subscribe("test", Box::new(move |event| sender.send(event).is_ok())).await.expect("a subscription");
    let Ok(Event::Overview(before)) = events.recv() else { panic!("the picture comes first") };

    let of_store = store.clone();
    let told = tokio::task::spawn_blocking(move || {
        let in_store = |rest: &[&str]| lines(&[rest, &["--store", &of_store, "--json"]].concat());
        in_store(&["project", "new", "Second"]);
        let open = in_store(&["project", "list"]);
        assert!(open.iter().any(|line| line["name"] == "Second" && line["open"] == false), "{open:?}");
        let named = |rest: &[&str]| in_store(&[rest, &["--project", "Second"]].concat());
        named(&["data", "import", "--data", &data, "--name", "Its own"]);
        let trained = ["train", "--model", &model, "--data", &data, "--method", "freeform", "--layer", "0"];
        let trained = named(&trained);
        let made = trained.last().expect("a line")["vector"]["name"].as_str().expect("a name").to_owned();
        let swept = ["sweep", "--vector", &made, "--data", &data, "--multipliers", "1"];
        let swept = named(&swept);
        assert_eq!(swept.last().map(|line| line["points"].clone()), Some(2.into()));
        let names = |listed: Vec<Value>| {
            listed.iter().map(|line| line["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(named(&["vector", "list"])), [made.as_str()]);
        assert!(!names(in_store(&["vector", "list"])).contains(&made), "the open project lacks it");
        let job = swept[0]["job"].to_string();
        let shown = in_store(&["jobs", "show", &job]);
        assert_eq!(shown[0]["state"], "done");
        let nobody = run(&["data", "list", "--store", &of_store, "--project", "Nobody"]);
        assert_eq!(nobody.status.code(), Some(3));
    });
    told.await.expect("the commands");

    let is_a_row = |event: &Event| {
        matches!(
            event,
            Event::DataSet(_) | Event::Run(_) | Event::Vector(_) | Event::Sweep(_) | Event::Overview(_)
        )
    };
    let rows: Vec<Event> = events.try_iter().filter(is_a_row).collect();
    assert!(rows.is_empty(), "the window shows nothing of the other project: {rows:?}");
    let (sender, events) = channel();
    app.subscribe("test", Box::new(move |event| sender.send(event).is_ok())).await.expect("a subscription");
    let Ok(Event::Overview(after)) = events.recv() else { panic!("the picture comes first") };
    assert_eq!((after.project_id, after.data_sets), (before.project_id, before.data_sets));
    assert_eq!(after.projects.len(), before.projects.len() + 1);
    app.close().await;
}
