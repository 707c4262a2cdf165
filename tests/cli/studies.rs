//! Tests studies: a plan that runs to its end after a kill, shards that make the same numbers, and what is exported as a plan.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use super::*;

/// A study with every kind of arm, one of which takes the vector of an epoch. It has eight groups of cells: a random vector goes with
/// the vector whose norm it has.
const PLAN: &str = include_str!("small_study.toml");

/// Writes the plan with its model and its pairs.
fn study(folder: &Folder) -> String {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama.gguf");
    fs::copy(model, folder.path("llama.gguf")).expect("a copy of the model");
    let line = |place: usize| format!("Question {place}?,I take {place}.,I give {place} away.\n");
    let lines: String = (0..10).map(line).collect();
    folder.file("pairs.csv", format!("question,matching,not_matching\n{lines}"));
    folder.file("study.toml", PLAN)
}

/// The content of the tables that a study writes.
fn tables(out: &str) -> BTreeMap<&'static str, String> {
    let read = |name| (name, fs::read_to_string(Path::new(out).join(name)).expect("a table"));
    ["points.csv", "chosen.csv", "results.json"].map(read).into()
}

/// Starts a command and kills it once its second job has begun.
fn kill_at_the_second_job(arguments: &[&str]) {
    let mut child = command(arguments).stdout(Stdio::piped()).spawn().expect("tiller-cli starts");
    let mut read = BufReader::new(child.stdout.take().expect("its output")).lines();
    // The second job has the model in memory: a model is not loaded again at once where Tiller ended while it was loaded.
    let jobs = read.by_ref().map_while(Result::ok).filter(|line| line.contains("\"job\""));
    assert_eq!(jobs.take(2).count(), 2);
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
}

#[test]
fn eight_shards_two_of_them_killed_make_the_numbers_of_one_process() {
    let folder = Folder::new();
    let plan = study(&folder);
    let [one, merged] = ["one", "merged"].map(|name| folder.path(name));
    let [out, again, joined] = ["out", "again", "joined"].map(|name| folder.path(name));
    let whole = lines(&["run", "--plan", &plan, "--store", &one, "--out", &out, "--json"]);
    let of_cells = |lines: &[Value]| lines.iter().filter(|line| line["points"].is_u64()).count();
    assert_eq!(of_cells(&whole), 10, "{whole:?}");
    let jobs = |lines: &[Value]| lines.iter().filter(|line| line["job"].is_u64()).count();
    assert!(jobs(&whole) > 10, "{whole:?}");
    // What is done is not done again.
    let second = lines(&["run", "--plan", &plan, "--store", &one, "--out", &again, "--json"]);
    assert_eq!((jobs(&second), of_cells(&second)), (0, 10));
    assert_eq!(tables(&again), tables(&out));
    let chosen = fs::read_to_string(Path::new(&out).join("chosen.csv")).expect("a table");
    assert!(
        chosen.contains("Random/Mine/L0/seed 2,Random,random-vector,Mine,0,2,Mine,preference,"),
        "{chosen}"
    );

    let shards = lines(&["plan", &plan, "--shards", "8", "--json"]);
    assert_eq!(shards.len(), 8);
    let share: f64 = shards.iter().map(|shard| number(shard, "share")).sum();
    assert!((share - 1.0).abs() < 1e-9, "{share}");
    let file = |place: usize| folder.path(&format!("shard-{place}.tiller"));
    for (place, shard) in shards.iter().enumerate() {
        let plan = shard["file"].as_str().expect("a plan");
        let (store, file) = (folder.path(&format!("store-{place}")), file(place));
        let arguments = ["run", "--plan", plan, "--store", &store, "--project-file", &file, "--json"];
        if place < 2 {
            kill_at_the_second_job(&arguments);
            assert!(!Path::new(&file).exists(), "it was killed before its end");
        }
        let cells = shard["cells"].as_array().expect("cells").len();
        assert_eq!(of_cells(&lines(&arguments)), cells);
    }
    lines(&["project", "import", "--store", &merged, &file(0), "--json"]);
    let rest: Vec<String> = (1..8).map(file).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let merge = [&["project", "merge", "--store", &merged, "--project", "Small study", "--json"], &rest[..]];
    lines(&merge.concat());
    let last = lines(&["run", "--plan", &plan, "--store", &merged, "--out", &joined, "--json"]);
    assert_eq!(jobs(&last), 0, "everything was there: {last:?}");
    assert_eq!(tables(&joined), tables(&out));
}

#[test]
fn a_sweep_that_is_exported_as_a_plan_gives_the_same_numbers_elsewhere() {
    let folder = Folder::new();
    let plan = study(&folder);
    let [store, other, out] = ["store", "other", "out"].map(|name| folder.path(name));
    let few = "only = [\"BiPO/Mine/L0/seed 2\", \"Random/Mine/L0/seed 2\", \"Told/Mine\"]\n";
    fs::write(&plan, PLAN.replacen("[model]", &format!("{few}\n[model]"), 1)).expect("the plan");
    lines(&["run", "--plan", &plan, "--store", &store, "--out", &out, "--json"]);
    lines(&["model", "add", &folder.path("llama.gguf"), "--store", &other, "--json"]);
    let points = |out: &str| -> Vec<Value> {
        let text = fs::read_to_string(Path::new(out).join("results.json")).expect("results");
        let results: Value = serde_json::from_str(&text).expect("JSON");
        let cells = results["cells"].as_array().expect("cells");
        cells.iter().map(|cell| cell["points"].clone()).collect()
    };
    let whole = points(&out);
    assert_eq!(whole.len(), 3);
    let jobs = lines(&["jobs", "list", "--store", &store, "--json"]);
    let mut found = 0;
    for job in jobs.iter().filter(|job| job["kind"] == "sweep") {
        let (id, exported) = (job["job"].to_string(), folder.path("exported.toml"));
        lines(&["jobs", "plan", &id, "--store", &store, "--out", &exported]);
        let text = fs::read_to_string(&exported).expect("a plan");
        assert!(!text.contains(&folder.path("")), "no path of this machine is in it: {text}");
        let made = folder.path(&format!("made-{id}"));
        lines(&["run", "--plan", &exported, "--store", &other, "--out", &made, "--json"]);
        let [again] = points(&made).try_into().expect("a sweep of one arm is one cell");
        assert!(whole.contains(&again), "{again}");
        found += 1;
    }
    assert_eq!(found, 3);
    // A run is a plan as well: its vector has the same hash.
    let run = jobs.iter().find(|job| job["kind"] == "train").expect("a run");
    let exported = folder.path("run.toml");
    lines(&["jobs", "plan", &run["job"].to_string(), "--store", &store, "--out", &exported]);
    let made = lines(&["run", "--plan", &exported, "--store", &other, "--project", "Run", "--json"]);
    let vectors =
        |store: &str| lines(&["vector", "list", "--store", store, "--project", "Small study", "--json"]);
    let cell = made.iter().find(|line| line["vector"].is_string()).expect("a cell");
    assert!(vectors(&store).iter().any(|vector| vector["hash"] == cell["vector"]), "{cell}");
}

#[test]
fn a_run_that_held_nothing_out_is_trained_again_by_its_plan() {
    let folder = Folder::new();
    study(&folder);
    let [store, model, pairs, plan] =
        ["store", "llama.gguf", "pairs.csv", "run.toml"].map(|name| folder.path(name));
    let train = ["train", "--store", &store, "--model", &model, "--data", &pairs, "--layer", "0", "--json"];
    let made = lines(&[&train[..], &["--epochs", "2", "--seed", "7"]].concat());
    lines(&["jobs", "plan", "1", "--store", &store, "--out", &plan]);
    let again = lines(&["run", "--plan", &plan, "--store", &store, "--project", "Again", "--json"]);
    let cell = again.iter().find(|line| line["vector"].is_string()).expect("a cell");
    assert_eq!(cell["vector"], made.last().expect("a line")["vector"]["hash"]);
    assert_eq!((&cell["points"], again.len()), (&0.into(), 2), "a job and a cell: {again:?}");
}

#[test]
fn a_plan_with_a_fault_is_refused_with_its_line_and_the_next_step() {
    let folder = Folder::new();
    study(&folder);
    let cases = [
        ("method = \"caa\"", "method = \"cca\"", "study.toml, line 39", "docs/plans.md"),
        ("answers = 2", "answer = 2", "study.toml, line 10: unknown field `answer`", "docs/plans.md"),
        ("of = \"BiPO\"", "of = \"None\"", "study.toml, line 48", "Name the arm with of"),
        ("by = \"preference\"", "by = \"win-rate\"", "study.toml, line 19", "Add it to the scores"),
        ("name = \"CAA\"", "name = \"BiPO\"", "study.toml, line 38", "Give each a name of its own"),
        ("file = \"pairs.csv\"", "file = \"other.csv\"", "other.csv", ""),
        ("hold_out = 0.4", "hold_out = 0.0", "no pair of the data set", "Give it hold_out = 0.2"),
        (
            "behaviour = \"Takes",
            "sha256 = \"00\"\nbehaviour = \"Takes",
            "the plan wants 00",
            "leave sha256 out",
        ),
    ];
    for (old, new, place, next) in cases {
        let plan = folder.file("study.toml", PLAN.replacen(old, new, 1));
        let (code, message) = refusal(&["run", "--plan", &plan, "--store", &folder.path("store")]);
        assert_eq!(code, 3, "{new}: {message}");
        assert!(message.contains(place) && message.contains(next), "{new}: {message}");
    }
    assert!(!Path::new(&folder.path("store")).exists(), "nothing was begun");
}
