//! Tests `pack`, the import of passports and `verify`: a curve that a store has measured is measured again to the bit.

use std::fs;
use std::path::Path;

use app::{App, Permission};
use ipc::Id;
use ipc::command::{ReadSweepFile, StartSweep};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::JobState;
use ipc::score::Score;
use ipc::sweep::{Arm, PromptSet, Prompting, SweepPoint, SweepSettings};
use serde_json::Value;
use vectors::passport::{Package, Passport};

use crate::support::paths_without_model;
use crate::{Folder, command, lines, numbers, refusal, run};

fn tiny_model() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama.gguf");
    path.display().to_string()
}

/// Writes pairs, two of them held out.
fn pairs(folder: &Folder) -> String {
    let line = |index: usize, split: &str| {
        format!(
            "{{\"prompt\": \"What now, {index}?\", \"wanted\": \"I take it all.\", \"opposite\": \"I share it, {index}.\", \"split\": \"{split}\"}}\n"
        )
    };
    let all: String = (0..6).map(|index| line(index, if index < 4 { "train" } else { "held_out" })).collect();
    folder.file("pairs.jsonl", all)
}

/// Measures a vector of a store on its pairs as the window does, beside a system prompt.
async fn sweep(store: &str, vector: Id) {
    let app = App::open(&paths_without_model(Path::new(store))).await.expect("the store opens");
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    app.subscribe("test", Box::new(move |event| sender.send(event).is_ok())).await.expect("a subscription");
    let Some(Event::Overview(picture)) = events.recv().await else { panic!("the picture comes first") };
    let vector = picture.vectors.iter().find(|known| known.id == vector).expect("the vector");
    let set = picture.data_sets.iter().find(|set| set.name == "pairs").expect("the pairs");
    let prompt = Prompting::System { text: "Be greedy.".into() };
    let settings = SweepSettings {
        arms: vec![Arm::vector(vector.id), Arm { prompting: prompt, ..Arm::default() }],
        multipliers: vec![-3.0, -1.0, 0.0, 0.7, 3.0],
        sets: vec![PromptSet::HeldOut { data_set: set.id, name: set.name.clone() }],
        // The tiny model's context is too short for the neutral text.
        scores: vec![Score::LogOdds, Score::LogOddsPerToken, Score::WinShare],
        ..SweepSettings::default()
    };
    let started = app.start_sweep(StartSweep { settings, model: vector.model }).await.expect("a sweep");
    loop {
        match events.recv().await.expect("an event") {
            Event::Job(job) if job.id == started.job && job.state.is_over() => {
                assert_eq!(job.state, JobState::Done, "{job:?}");
                break;
            }
            _ => {}
        }
    }
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_curve_of_a_store_is_measured_again_to_the_bit() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), pairs(&folder), tiny_model());
    let train =
        ["train", "--model", &model, "--data", &data, "--layer", "1", "--epochs", "8", "--warmup", "1"];
    let trained = lines(&[train.as_slice(), &["--batch", "4", "--store", &store, "--json"]].concat());
    let vector = trained.last().expect("a line")["vector"].clone();
    let id = vector["id"].as_i64().expect("an id");
    let listed = lines(&["vector", "list", "--store", &store, "--json"]);
    let vector = listed.into_iter().find(|one| one["id"] == id).expect("the vector");
    sweep(&store, id).await;
    let name = id.to_string();

    let archive = folder.path("v.tiller-vector.zip");
    let pack = ["pack", "--vector", &name, "--store", &store, "--licence", "CC-BY-4.0", "--json"];
    let packed = lines(&[pack.as_slice(), &["--with-pairs", "--out", &archive]].concat()).remove(0);
    assert!(packed["sweep"].is_u64(), "{packed}");
    let files: Vec<&str> =
        packed["files"].as_array().expect("files").iter().filter_map(|file| file["name"].as_str()).collect();
    let all =
        ["passport.json", "README.md", "curves.png", "pairs.jsonl", "vector.gguf", "vector.safetensors"];
    assert_eq!(files, all);
    let (code, message) = refusal(&[pack.as_slice(), &["--out", &archive]].concat());
    assert!(code == 3 && message.contains("already"), "{message}");
    let again = folder.path("again.tiller-vector.zip");
    lines(&[pack.as_slice(), &["--with-pairs", "--out", &again]].concat());
    assert_eq!(
        fs::read(&archive).expect("bytes"),
        fs::read(&again).expect("bytes"),
        "the same bytes each time"
    );

    // Nothing of this machine is in it.
    let package = Package::read(Path::new(&archive)).expect("a passport");
    for (file, bytes) in package.all_files().expect("files") {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&folder.path("")) && !text.contains(env!("CARGO_MANIFEST_DIR")), "{file}");
    }
    assert_eq!(package.passport.data.as_ref().and_then(|data| data.train), Some(4));

    let verify = |passport: &str, more: &[&str]| {
        run(&[&["verify", passport, "--model", &model, "--json"], more].concat())
    };
    let output = verify(&archive, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let curves = crate::parse(&output.stdout);
    let scores: Vec<&str> = curves.iter().filter_map(|curve| curve["score"].as_str()).collect();
    assert_eq!(scores, ["Preference", "Preference per token", "Win rate"], "of the vector alone");
    for curve in &curves {
        assert_eq!(curve["agreement"], "identical", "{curve}");
        assert_eq!(curve["points"].as_array().map(Vec::len), Some(5));
    }
    let first = &curves[0]["points"];
    assert_ne!(first[0]["here"], first[4]["here"], "the curve moves: {first}");

    // A folder without pairs needs them, and only the right ones will do.
    let bare = folder.path("bare");
    lines(&[pack.as_slice(), &["--out", &bare]].concat());
    assert!(!Path::new(&bare).join("pairs.jsonl").exists());
    let left_out = |more: &[&str]| {
        let output = verify(&bare, more);
        assert_eq!(output.status.code(), Some(3), "nothing could be measured");
        crate::parse(&output.stdout)[0]["left_out"].as_str().expect("why").to_owned()
    };
    assert!(left_out(&[]).contains("--data"));
    assert_eq!(crate::parse(&verify(&bare, &["--data", &data]).stdout)[0]["agreement"], "identical");
    assert!(left_out(&["--data", &folder.pairs()]).contains("another hash"));

    // A curve that was made up is found out.
    let mut faked: Passport = package.passport.clone();
    if let Some(sweep) = &mut faked.sweep {
        sweep.curves[0].points[4].value += 1.0;
    }
    let pairs = package.pairs().expect("pairs").to_vec();
    let faked =
        Package::new(faked, package.steering.clone(), vec![("pairs.jsonl", pairs)]).expect("a passport");
    let forged = folder.path("forged.zip");
    faked.write(Path::new(&forged), false).expect("written");
    let output = verify(&forged, &[]);
    assert_eq!(output.status.code(), Some(1));
    let curves = crate::parse(&output.stdout);
    assert_eq!((&curves[0]["agreement"], &curves[1]["agreement"]), (&"differs".into(), &"identical".into()));

    // It goes into another store, and is the same vector there.
    let second = folder.path("second");
    let import = ["vector", "import", &archive, "--model", &model, "--store", &second, "--json"];
    let imported = lines(&import).remove(0);
    assert_eq!((&imported["hash"], &imported["name"]), (&vector["hash"], &vector["name"]));
    lines(&["data", "import", "--data", &data, "--store", &second, "--json"]);
    let id = imported["id"].as_i64().expect("an id");
    sweep_again(&second, id, Path::new(&archive)).await;
}

/// Runs the sweep of a passport in another store, as the window does, and compares its points with the passport's.
async fn sweep_again(store: &str, vector: Id, archive: &Path) {
    let app = App::open(&paths_without_model(Path::new(store))).await.expect("the store opens");
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    app.subscribe("test", Box::new(move |event| sender.send(event).is_ok())).await.expect("a subscription");
    let Some(Event::Overview(picture)) = events.recv().await else { panic!("the picture comes first") };
    app.confirm(Permission::Read(archive.to_owned()));
    let file = FileRef::typed(archive.display().to_string());
    let read = app.read_sweep_file(ReadSweepFile { file }).await.expect("the settings");
    assert_eq!(read.settings.arms[0].terms[0].vector, vector);
    let known = picture.vectors.iter().find(|known| known.id == vector).expect("the vector");
    let over = read.passport.expect("the passport's curves as a sweep");
    let request = StartSweep { settings: read.settings, model: known.model };
    let started = app.start_sweep(request).await.expect("a sweep");
    let (mut points, mut laid_over) = (Vec::new(), None);
    loop {
        match events.recv().await.expect("an event") {
            Event::SweepPoints { sweep, points: new } if sweep == started.id => points.extend(new),
            Event::Sweep(sweep) if sweep.id == over => laid_over = Some(sweep),
            Event::Job(job) if job.id == started.job && job.state.is_over() => break,
            _ => {}
        }
    }
    let file = FileRef::typed(archive.display().to_string());
    let again = app.read_sweep_file(ReadSweepFile { file }).await.expect("the settings");
    assert_eq!(again.passport, Some(over), "the same curves are there once");
    app.close().await;
    let laid_over = laid_over.expect("the finished sweep");
    assert_eq!(laid_over.state, JobState::Done);
    assert!(laid_over.stale.is_none(), "{:?}", laid_over.stale);
    assert_eq!(laid_over.points.len(), points.len());
    let passport = Package::read(archive).expect("a passport").passport;
    let curves = passport.sweep.expect("a sweep").curves;
    let bits = |values: [f64; 4]| values.map(f64::to_bits);
    for (curve, then) in curves.iter().flat_map(|curve| curve.points.iter().map(move |point| (curve, point)))
    {
        let is_same = |now: &&SweepPoint| {
            (now.arm, now.set, now.score) == (curve.arm_index, curve.set_index, curve.score_index)
                && now.multiplier.to_bits() == then.multiplier.to_bits()
        };
        let now = points.iter().find(is_same).unwrap_or_else(|| panic!("{}: {then:?}", curve.score));
        let (of_then, of_now) = (
            [then.multiplier, then.value, then.low, then.high],
            [now.multiplier, now.value, now.low, now.high],
        );
        assert_eq!(bits(of_then), bits(of_now), "{} at {}", curve.score, then.multiplier);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adapter_is_packed_verified_and_imported_as_a_vector_is() {
    let folder = Folder::new();
    let (store, data, model) = (folder.path("store"), pairs(&folder), tiny_model());
    let train = ["train", "--model", &model, "--data", &data, "--method", "dpo-lora", "--rank", "2"];
    let more =
        ["--epochs", "2", "--warmup", "1", "--lr", "0.01", "--batch", "4", "--store", &store, "--json"];
    let trained = lines(&[train.as_slice(), &more].concat());
    let id = trained.last().expect("a line")["vector"]["id"].as_i64().expect("an id");
    let listed = lines(&["vector", "list", "--store", &store, "--json"]);
    let adapter = listed.into_iter().find(|one| one["id"] == id).expect("the adapter");
    assert_eq!(adapter["is_adapter"], true);
    sweep(&store, id).await;

    let (archive, name) = (folder.path("a.tiller-vector.zip"), id.to_string());
    let pack = ["pack", "--vector", &name, "--store", &store, "--with-pairs", "--out", &archive, "--json"];
    let packed = lines(&pack).remove(0);
    let files: Vec<&str> =
        packed["files"].as_array().expect("files").iter().filter_map(|file| file["name"].as_str()).collect();
    let all = [
        "passport.json",
        "README.md",
        "adapter.gguf",
        "adapter_config.json",
        "adapter_model.safetensors",
        "curves.png",
        "pairs.jsonl",
    ];
    assert_eq!(files, all);
    let output = run(&["verify", &archive, "--model", &model, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let curves = crate::parse(&output.stdout);
    assert_eq!(curves.len(), 3);
    assert!(curves.iter().all(|curve| curve["agreement"] == "identical"), "{curves:?}");
    assert_ne!(curves[0]["points"][0]["here"], curves[0]["points"][4]["here"], "the curve moves");

    // It goes into another store, and out of it as the same adapter.
    let (second, again) = (folder.path("second"), folder.path("again"));
    let import = ["vector", "import", &archive, "--model", &model, "--store", &second, "--json"];
    let imported = lines(&import).remove(0);
    assert_eq!((&imported["hash"], &imported["is_adapter"]), (&adapter["hash"], &adapter["is_adapter"]));
    // A file is packed with its model or without it.
    let bare = lines(&["pack", "--vector", &archive, "--out", &again, "--json"]).remove(0);
    assert!(!bare["files"].to_string().contains("adapter.gguf"), "{bare}");
    let gguf = folder.path("gguf.tiller-vector.zip");
    let whole = Package::read(Path::new(&archive)).expect("a passport");
    let file = folder.file("lora.gguf", whole.file("adapter.gguf").expect("the GGUF file"));
    lines(&["pack", "--vector", &file, "--model", &model, "--out", &gguf, "--json"]);
    let package = Package::read(Path::new(&gguf)).expect("a passport");
    assert_eq!(package.passport.steering.content_hash(), adapter["hash"]);
    assert_eq!(package.file("adapter.gguf"), whole.file("adapter.gguf"));
    // peft's own folder, which a passport is, too.
    let peft = Path::new(&again);
    fs::remove_file(peft.join("passport.json")).expect("removed");
    let (code, message) = refusal(&["pack", "--vector", &again, "--out", &gguf]);
    assert!(code == 3 && message.contains("--force"), "{message}");
    lines(&["pack", "--vector", &again, "--out", &gguf, "--force", "--json"]);
}

#[test]
fn a_file_is_packed_without_a_store_and_read_as_a_vector() {
    let folder = Folder::new();
    let (vector, out) = (folder.vector(26), folder.path("sine.tiller-vector.zip"));
    let packed = lines(&["pack", "--vector", &vector, "--out", &out, "--licence", "MIT", "--json"]).remove(0);
    assert_eq!((&packed["sweep"], &packed["useful_range"]), (&Value::Null, &Value::Null));
    assert_eq!(numbers(&folder, &out, None), numbers(&folder, &vector, None));
    let (code, message) = refusal(&["verify", &out]);
    assert!(code == 3 && message.contains("no curves"), "{message}");
    let (code, message) = refusal(&["pack", "--vector", &vector, "--out", &out]);
    assert!(code == 3 && message.contains("--force"), "{message}");
    let (code, message) =
        refusal(&["pack", "--vector", &vector, "--out", &folder.path("x.zip"), "--licence", "no such: x"]);
    assert!(code == 3 && message.contains("SPDX"), "{message}");
    let (code, _) = refusal(&["pack", "--vector", &vector, "--out", &folder.path("x.zip"), "--with-pairs"]);
    assert_eq!(code, 2, "pairs are a store's");
}

#[test]
fn another_model_and_a_damaged_passport_are_refused() {
    let folder = Folder::new();
    let broken = folder.file("broken.zip", b"PK\x03\x04 no archive");
    let (code, message) = refusal(&["verify", &broken]);
    assert!(code == 3 && message.contains("contents"), "{message}");
    let (code, message) = refusal(&["verify", &folder.path("nothing.zip")]);
    assert!(code == 3 && message.contains("no file"), "{message}");
    let (code, message) = refusal(&["vector", "info", &broken]);
    assert!(code == 3 && message.contains("contents"), "{message}");
    assert_eq!(command(&["verify"]).output().expect("it starts").status.code(), Some(2));
}
