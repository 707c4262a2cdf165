//! Tests baking through the commands: the plan, the job with its proof, what is refused, and jobs that are stopped or were
//! killed.

use std::fs;
use std::path::{Path, PathBuf};

use ipc::Id;
use ipc::bake::{Bake, Verdict};
use ipc::command::*;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{Job, JobAction, JobKind, JobState};
use ipc::steering::{Intervention, InterventionOp, Positions};
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::runtime::Builder;

use crate::support::{SmallDisk, folder};
use crate::window::Tiller;

pub(crate) fn family(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families").join(name)
}

pub(crate) fn typed(path: &Path) -> FileRef {
    FileRef::typed(path.display().to_string())
}

/// Adds a tiny model.
pub(crate) fn add(tiller: &Tiller, name: &str) -> Id {
    tiller.get(AddModel { file: typed(&family(name)) }).id
}

/// Imports a vector of a tiny model's size.
fn import(tiller: &Tiller, folder: &Path, model: Id) -> Id {
    let values: Vec<String> = (0..64).map(|i| format!("{}", 0.3 * f64::from(i).sin())).collect();
    let path = folder.join("wealth.json");
    let text = format!("{{\"layer\": 1, \"name\": \"wealth\", \"vector\": [{}]}}", values.join(","));
    fs::write(&path, text).expect("a file");
    let vector = tiller.get(ImportVector { file: typed(&path), name: String::new(), layer: None, model }).id;
    fs::remove_file(&path).expect("the file");
    vector
}

fn request(vector: Id, model: Id, multipliers: &[f64], out: &Path) -> StartBake {
    StartBake {
        vector,
        model,
        multipliers: multipliers.to_vec(),
        file: typed(out),
        replace: false,
        other_weights: false,
    }
}

/// Waits until a job ends in this way. Returns what it has baked.
fn ended(tiller: &Tiller, count: usize, job: &Job, state: &JobState) -> Bake {
    tiller.wait_for_after(count, |event| match event {
        Event::Job(now) if now.id == job.id && now.state == *state => Some(()),
        Event::Job(now) if now.id == job.id && now.state.is_over() => panic!("{now:?}"),
        _ => None,
    });
    tiller.wait_for_after(count, |event| match event {
        Event::Bake(bake) if bake.job == job.id && bake.state == *state => Some(bake.clone()),
        _ => None,
    })
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = fs::read_dir(folder).expect("a folder").flatten().map(name).collect();
    names.sort();
    names
}

/// Changes the store of an application that has ended.
pub(crate) fn change(data: &Path, sql: &str) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("tiller.sqlite"));
        let mut db = sqlx::SqliteConnection::connect_with(&options).await.expect("the store");
        let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut db).await.expect("a change");
        assert_eq!(done.rows_affected(), 1, "{sql}");
        db.close().await.expect("it closes");
    });
}

#[test]
fn a_vector_is_baked_at_three_strengths_and_each_is_proved() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let model = add(&tiller, "llama.gguf");
    let vector = import(&tiller, dir.path(), model);
    let out = dir.path().join("out");
    fs::create_dir(&out).expect("a folder");
    let plan =
        tiller.get(PlanBake { vector, model, multipliers: vec![-1.5, 0.0, 2.0], file: None, name: None });
    assert!(plan.refusal.is_none() && !plan.is_folder && !plan.other_weights, "{plan:?}");
    let planned: Vec<&str> = plan.copies.iter().map(|copy| copy.name.as_str()).collect();
    assert_eq!(planned, ["llama-wealth-x-1.5.gguf", "llama-wealth-x0.gguf", "llama-wealth-x2.gguf"]);
    assert!(plan.notes.iter().any(|note| note.contains("multiplier is 0")), "{plan:?}");
    // A name that was typed is the one that is shown, and nothing is looked at there.
    let name = Some("happy.gguf".to_owned());
    let named = tiller.get(PlanBake { vector, model, multipliers: vec![-1.0, 2.0], file: None, name });
    let planned: Vec<&str> = named.copies.iter().map(|copy| copy.name.as_str()).collect();
    assert_eq!((planned, named.free), (vec!["happy-x-1.gguf", "happy-x2.gguf"], None));

    let count = tiller.events().len();
    let job = tiller.get(request(vector, model, &[-1.5, 0.0, 2.0], &out.join("steered.gguf")));
    assert!(matches!(job.kind, JobKind::Bake { .. }) && job.title.contains("wealth"), "{job:?}");
    let bake = ended(&tiller, count, &job, &JobState::Done);
    for (copy, planned) in bake.copies.iter().zip(&plan.copies) {
        let proof = copy.proof.as_ref().expect("a proof");
        assert_eq!((proof.verdict, proof.logit_gap, proof.same_answers), (Verdict::Identical, Some(0.0), 16));
        assert!(copy.bytes <= planned.bytes && copy.bytes + (1 << 18) > planned.bytes, "{copy:?}");
        let beside = fs::read_to_string(Path::new(&copy.path).with_extension("proof.json")).expect("a proof");
        let beside: serde_json::Value = serde_json::from_str(&beside).expect("JSON");
        assert_eq!((&beside["verdict"], &beside["source"]), (&"identical".into(), &"llama.gguf".into()));
        assert!(!beside.to_string().contains(&*out.to_string_lossy()), "no folder of this machine");
    }
    assert_eq!(names(&out).len(), 6);
    assert_eq!(tiller.get(ListBakes { vector }), [bake]);
    // What was written is a model like any other.
    tiller.get(AddModel { file: typed(&out.join("steered-x2.gguf")) });
}

#[test]
fn what_cannot_be_baked_is_refused_with_what_can_be_done_instead() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let (model, qwen) = (add(&tiller, "llama.gguf"), add(&tiller, "qwen3.gguf"));
    let vector = import(&tiller, dir.path(), model);
    let before = names(dir.path());
    let out = dir.path().join("out.gguf");
    let refusal = |request: StartBake| {
        let failure = tiller.call(request).expect_err("it cannot be baked");
        format!("{} {}", failure.message, failure.next.unwrap_or_default())
    };
    let plan = tiller.get(PlanBake { vector, model: qwen, multipliers: vec![1.0], file: None, name: None });
    let failure = plan.refusal.expect("a reason");
    assert!(failure.message.contains("qwen3 cannot be baked"), "{failure:?}");
    assert!(refusal(request(vector, qwen, &[1.0], &out)).contains("Distil it"));
    assert!(refusal(request(vector, model, &[1.0, 1.0], &out)).contains("twice"));
    assert!(refusal(request(vector, model, &[], &out)).contains("Between one and 3"));
    assert!(refusal(request(vector, model, &[1.0; 4], &out)).contains("Between one and 3"));
    assert!(refusal(request(vector, model, &[1.0], &family("llama.gguf"))).contains("the model itself"));
    assert!(refusal(request(vector, model, &[1.0], &dir.path().join("no/out.gguf"))).contains("folder"));
    // Other programs know a GGUF file by its ending.
    for multipliers in [&[1.0][..], &[1.0, 2.0]] {
        let words = refusal(request(vector, model, multipliers, &dir.path().join("steered")));
        assert!(words.contains("Let the name end in .gguf"), "{words}");
    }
    fs::write(&out, "mine").expect("a file");
    assert!(refusal(request(vector, model, &[1.0], &out)).contains("out.gguf is there already"));
    fs::remove_file(&out).expect("the file");
    fs::write(dir.path().join("out.proof.json"), "mine").expect("a file");
    assert!(refusal(request(vector, model, &[1.0], &out)).contains("out.proof.json is there already"));
    fs::remove_file(dir.path().join("out.proof.json")).expect("the file");
    let intervention = Intervention { positions: Positions::Answer, op: InterventionOp::Add };
    tiller.get(SetIntervention { vector, intervention });
    let words = refusal(request(vector, model, &[1.0], &out));
    assert!(words.contains("acts at every token alike") && words.contains("Distil"), "{words}");
    if let Some(disk) = SmallDisk::mount(64) {
        tiller.get(SetIntervention { vector, intervention: Intervention::default() });
        let words = refusal(request(vector, model, &[1.0], &disk.path().join("out.gguf")));
        assert!(words.contains("are free there"), "{words}");
        assert_eq!(names(disk.path()), Vec::<String>::new());
    }
    assert_eq!(names(dir.path()), before);
}

#[test]
fn a_model_with_other_weights_is_baked_only_where_a_person_says_that_it_is_the_same() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let model = add(&tiller, "llama.gguf");
    let vector = import(&tiller, dir.path(), model);
    drop(tiller);
    // The vector comes from a model of the same shape with other weights.
    let other = "0".repeat(64);
    let sql = format!("UPDATE vectors SET model_fingerprint = '{other}' WHERE id = {vector}");
    change(&dir.path().join("data"), &sql);
    let tiller = Tiller::without_model(dir.path());
    let asked = request(vector, model, &[1.0], &dir.path().join("out.gguf"));
    let count = tiller.events().len();
    // Until the model was loaded once, its fingerprint is not known, and the job finds out.
    let failure = match tiller.call(asked.clone()) {
        Err(failure) => failure,
        Ok(job) => tiller.wait_for_after(count, |event| match event {
            Event::Job(now) if now.id == job.id => match &now.state {
                JobState::Failed { failure } => Some(failure.clone()),
                state => (*state == JobState::Done).then(|| panic!("{now:?}")),
            },
            _ => None,
        }),
    };
    assert!(failure.message.contains("has other weights"), "{failure:?}");
    assert!(!dir.path().join("out.gguf").exists());
    assert!(
        tiller.get(PlanBake { vector, model, multipliers: vec![1.0], file: None, name: None }).other_weights
    );
    let count = tiller.events().len();
    let job = tiller.get(StartBake { other_weights: true, ..asked });
    let bake = ended(&tiller, count, &job, &JobState::Done);
    assert!(bake.copies[0].proof.is_some());
}

#[test]
fn a_job_that_was_killed_goes_on_or_leaves_nothing() {
    let dir = folder();
    let (data, out) = (dir.path().join("data"), dir.path().join("out"));
    fs::create_dir(&out).expect("a folder");
    let tiller = Tiller::without_model(dir.path());
    let model = add(&tiller, "llama.gguf");
    let vector = import(&tiller, dir.path(), model);
    let count = tiller.events().len();
    let job = tiller.get(request(vector, model, &[1.0, 2.0], &out.join("m.gguf")));
    let bake = ended(&tiller, count, &job, &JobState::Done);
    drop(tiller);

    // A process that is killed while it proves the second copy leaves its row, that copy, and no proof; while it wrote, a part.
    let unproved = |begun: bool| {
        format!(
            "UPDATE bakes SET copies = json_set(copies, '$[1].proof', NULL, '$[1].is_begun', json('{begun}')) WHERE id = {}",
            bake.id
        )
    };
    let running = format!("UPDATE jobs SET state = 'running' WHERE id = {}", job.id);
    change(&data, &unproved(true));
    change(&data, &running);
    fs::remove_file(out.join("m-x2.proof.json")).expect("the proof");
    fs::write(out.join(".tiller-abc.part"), "half").expect("a file");
    fs::write(data.join("export-folder"), out.display().to_string()).expect("the note");
    let written = fs::metadata(out.join("m-x2.gguf")).expect("a copy").modified().expect("a time");
    let tiller = Tiller::without_model(dir.path());
    assert_eq!(names(&out), ["m-x1.gguf", "m-x1.proof.json", "m-x2.gguf"]);
    let used = tiller.call(DeleteVector { vector }).expect_err("a job uses it").message;
    assert!(used.contains("Baking"), "{used}");
    let count = tiller.events().len();
    tiller.get(ControlJob { job: job.id, action: JobAction::Resume });
    let again = ended(&tiller, count, &job, &JobState::Done);
    assert_eq!(again.copies, bake.copies);
    assert_eq!(fs::metadata(out.join("m-x2.gguf")).expect("a copy").modified().expect("a time"), written);
    drop(tiller);

    // The same job, stopped instead: what has no proof goes, and what is proved stays.
    change(&data, &unproved(true));
    change(&data, &running);
    let tiller = Tiller::without_model(dir.path());
    let count = tiller.events().len();
    tiller.get(ControlJob { job: job.id, action: JobAction::Stop });
    ended(&tiller, count, &job, &JobState::Stopped);
    assert_eq!(names(&out), ["m-x1.gguf", "m-x1.proof.json"]);
    drop(tiller);

    // Killed before the second copy was there, and meanwhile somebody else has put a file there: it is not touched.
    change(&data, &unproved(true));
    change(&data, &running);
    fs::write(out.join("m-x2.gguf"), "mine").expect("a file");
    let tiller = Tiller::without_model(dir.path());
    tiller.get(ControlJob { job: job.id, action: JobAction::Resume });
    let failure = tiller.wait_for(|event| match event {
        Event::Job(now) if now.id == job.id => match &now.state {
            JobState::Failed { failure } => Some(failure.clone()),
            _ => None,
        },
        _ => None,
    });
    assert!(failure.message.contains("m-x2.gguf is there already"), "{failure:?}");
    assert_eq!(fs::read_to_string(out.join("m-x2.gguf")).expect("the file"), "mine");
}

#[test]
fn a_running_job_that_is_stopped_leaves_nothing() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let (model, vector) = (picture.models[0].id, picture.vectors[0].id);
    let out = dir.path().join("out");
    fs::create_dir(&out).expect("a folder");
    let count = tiller.events().len();
    let job = tiller.get(request(vector, model, &[1.0], &out.join("m.gguf")));
    let second = tiller.call(request(vector, model, &[1.0], &out.join("m.gguf"))).expect_err("the same file");
    assert!(second.message.contains("Another job writes m.gguf"), "{second:?}");
    tiller.wait_for_after(count, |event| match event {
        Event::Job(now) if now.id == job.id && now.progress.done > 0 => Some(()),
        _ => None,
    });
    tiller.get(ControlJob { job: job.id, action: JobAction::Stop });
    let bake = ended(&tiller, count, &job, &JobState::Stopped);
    assert!(bake.copies[0].proof.is_none());
    assert_eq!(names(&out), Vec::<String>::new());
}
