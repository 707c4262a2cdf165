//! Tests project files: merging loses nothing and doubles nothing, and a hostile file is refused before anything is stored.

use std::collections::BTreeMap;
use std::path::Path;

use data::content::{Snapshot, to_bytes};
use ipc::analysis::{Finding, Question};
use ipc::conversation::{Desk, SamplingSettings};
use ipc::drafts::{DraftSettings, DraftSource, EndpointSettings};
use ipc::job::Progress;
use ipc::project::Settings;
use ipc::score::{Judge, Rubric, Score};
use ipc::sweep::{Arm, PromptSet, SweepSettings};
use ipc::train::{AnswerPosition, TrainSettings};
use ipc::{Code, Failure};
use proptest::prelude::*;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _};

use super::content::{Row, Value};
use super::json_columns::Json;
use super::plan::THINGS;
use super::tables::{Kind, table};
use super::*;
use crate::json::to_json;
use crate::tests::temporary;
use crate::{jobs, models, pairs, runs, sweeps, vectors};

/// What a project file leaves out, and why.
const LEFT_OUT: &[(&str, &[&str])] = &[
    // The project is the one that the rows go to; `turn` is the place in a store's queue.
    ("jobs", &["turn"]),
    ("data_sets", &["project"]),
    ("vectors", &["project"]),
    ("sweeps", &["project"]),
    ("conversations", &["project"]),
    ("presets", &["project"]),
    ("settings", &["project"]),
    // What belongs to a model's file on one machine, and to how a person uses it there.
    (
        "models",
        &[
            "path",
            "expected_fingerprint",
            "fingerprint_of",
            "seconds_per_token_block",
            "created",
            "precision",
            "template",
            "stamp",
            "hidden",
            "sandbox_key",
        ],
    ),
];

/// The tables that no project file has: what is about a machine, and what is measured again in a moment.
const LEFT_OUT_TABLES: [&str; 13] = [
    "projects",
    "project_verdicts",
    "downloads",
    "download_files",
    "loads",
    "column_mappings",
    "job_outs",
    "bakes",
    "distillations",
    "residual_norms",
    "projection_percentiles",
    "margin_checks",
    "margins",
];

#[tokio::test]
async fn every_column_of_the_store_is_in_a_project_file_or_left_out_on_purpose() {
    let (store, _dir) = temporary().await;
    let all: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, columns.name FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND tables.name <> '_sqlx_migrations'",
    )
    .fetch_all(store.read())
    .await
    .expect("the schema");
    for (name, column) in all {
        let is_left_out = LEFT_OUT_TABLES.contains(&name.as_str())
            || LEFT_OUT.iter().any(|(table, columns)| *table == name && columns.contains(&column.as_str()));
        let is_in = table(&name).is_some_and(|(_, table)| table.place(&column).is_some());
        assert!(is_in != is_left_out, "{name}.{column} must be in tables.rs or in LEFT_OUT, and not in both");
    }
}

/// Makes the content of a project row by row.
struct Builder {
    content: Content,
    next: Id,
}

impl Builder {
    fn new() -> Self {
        let mut builder = Self { content: Content::empty("P"), next: 0 };
        builder.add("settings", &[]);
        builder
    }

    /// Adds a row; columns that are not named are empty. Returns its id.
    fn add(&mut self, name: &'static str, cells: &[(&str, Value)]) -> Id {
        let (place, table) = table(name).expect("a table");
        self.next += 1;
        let row: Row = table
            .columns
            .iter()
            .map(|column| {
                if let Some((_, value)) = cells.iter().find(|(name, _)| *name == column.name) {
                    return value.clone();
                }
                match column.kind {
                    Kind::Id => Value::Int(self.next),
                    _ if column.is_optional => Value::Null,
                    Kind::Ref(_) | Kind::Pair | Kind::Int => Value::Int(0),
                    Kind::Real => Value::Real(0.0),
                    Kind::Text => Value::Text(String::new()),
                    Kind::Blob => Value::Blob(vec![]),
                    Kind::Json(kind) => Value::Text(empty(kind)),
                }
            })
            .collect();
        self.content.tables[place].push(row);
        self.next
    }

    /// Adds a row of a table whose rows have no id, unless it is there.
    fn share(&mut self, name: &'static str, cells: &[(&str, Value)]) {
        let (place, _) = table(name).expect("a table");
        self.add(name, cells);
        let row = self.content.tables[place].pop().expect("the row");
        if !self.content.tables[place].contains(&row) {
            self.content.tables[place].push(row);
        }
    }

    fn job(&mut self, state: &str) -> Id {
        self.add("jobs", &[("state", text(state)), ("title", text("Work"))])
    }

    fn model(&mut self) -> Id {
        let known = self.content.rows("models").next().map(content::RowOf::id);
        known.unwrap_or_else(|| self.add("models", &[("name", text("M")), ("fingerprint", text("f00d"))]))
    }

    fn data_set(&mut self, name: &str, prompts: &[u8]) -> Id {
        let set = self.add("data_sets", &[("name", text(name))]);
        for (place, prompt) in prompts.iter().enumerate() {
            let prompt = text(&format!("Prompt {prompt}?"));
            let place = Value::Real(place as f64 + 1.0);
            let cells = [
                ("data_set", Value::Int(set)),
                ("prompt", prompt),
                ("split", text("train")),
                ("position", place),
            ];
            self.add("pairs", &cells);
        }
        set
    }

    fn snapshot(&mut self) -> String {
        let snapshot = Snapshot::new(&[]).expect("a snapshot");
        self.share("snapshots", &[("hash", text(&snapshot.hash)), ("content", text(&snapshot.content))]);
        snapshot.hash
    }

    /// Adds a run that has made some steps, with its vector if it is done.
    fn run(&mut self, data_set: Id, seed: i64, steps: i64, noise: i64) -> Option<Id> {
        let (is_done, snapshot, model) = (steps == MOST_STEPS, self.snapshot(), self.model());
        let job = self.job(if is_done { "done" } else { "paused" });
        let run = self.add(
            "runs",
            &[
                ("name", text("R")),
                ("data_set", Value::Int(data_set)),
                ("snapshot", text(&snapshot)),
                ("model", Value::Int(model)),
                ("job", Value::Int(job)),
                ("seed", Value::Int(seed)),
                ("steps", Value::Int(MOST_STEPS)),
            ],
        );
        for step in 1..=steps {
            let loss = Value::Real((seed * 100 + noise * 10 + step) as f64);
            self.add("steps", &[("run", Value::Int(run)), ("step", Value::Int(step)), ("loss", loss)]);
        }
        is_done.then(|| {
            let numbers = [seed as f32 + 1.0, noise as f32];
            let hash = vectors_hash(&numbers);
            let cells = [
                ("name", text("V")),
                ("layer", Value::Int(3)),
                ("numbers", Value::Blob(to_bytes(&numbers))),
                (
                    "norms",
                    text(
                        &to_json("norms", &[f64::from(numbers[0]).hypot(f64::from(numbers[1]))])
                            .expect("JSON"),
                    ),
                ),
                ("hash", text(&hash)),
                ("model", Value::Int(model)),
                ("run", Value::Int(run)),
                ("data_set", Value::Int(data_set)),
                ("layers", text("[3]")),
                ("snapshot", text(&snapshot)),
            ];
            self.add("vectors", &cells)
        })
    }

    fn sweep(&mut self, vector: Id, data_set: Id, points: &[u8]) {
        let (snapshot, model, job) = (self.snapshot(), self.model(), self.job("paused"));
        let settings = SweepSettings {
            arms: vec![Arm::vector(vector)],
            multipliers: vec![0.0, 1.0, 2.0],
            sets: vec![PromptSet::HeldOut { data_set, name: "D".into() }],
            scores: vec![Score::LogOdds],
            ..SweepSettings::default()
        };
        let sweep = self.add(
            "sweeps",
            &[
                ("model", Value::Int(model)),
                ("job", Value::Int(job)),
                ("settings", text(&to_json("settings", &settings).expect("JSON"))),
            ],
        );
        let set =
            [("sweep", Value::Int(sweep)), ("data_set", Value::Int(data_set)), ("snapshot", text(&snapshot))];
        self.add("sweep_sets", &set);
        let mut points = points.to_vec();
        points.sort_unstable();
        points.dedup();
        for point in points {
            let (key, answers) = (text(&format!("key {point}")), text(&format!("answers {point}")));
            self.share("measurements", &[("key", key.clone()), ("items", text("[[1.5,2.5]]"))]);
            self.share(
                "sweep_answers",
                &[("key", answers.clone()), ("text", text("So.")), ("is_whole", Value::Int(1))],
            );
            self.share("ratings", &[("answers", answers.clone()), ("rating", Value::Int(3))]);
            let multiplier = Value::Real(f64::from(point));
            let cells = [
                ("sweep", Value::Int(sweep)),
                ("multiplier", multiplier),
                ("measurement", key),
                ("answers", answers),
            ];
            self.add("sweep_points", &cells);
        }
    }

    fn conversation(&mut self, said: &[u8]) {
        let talk = self.add("conversations", &[]);
        let mut parent = Value::Null;
        for words in said {
            let words = text(&format!("Words {words}"));
            let cells = [
                ("conversation", Value::Int(talk)),
                ("parent", parent),
                ("said_by", text("person")),
                ("text", words),
                ("is_shown", Value::Int(1)),
                ("desk_column", Value::Int(1)),
            ];
            parent = Value::Int(self.add("turns", &cells));
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn vectors_hash(numbers: &[f32]) -> String {
    let steering = crate::steering::steering(None, &[3], numbers, ipc::steering::Intervention::default());
    steering.expect("a vector").content_hash()
}

/// The least JSON of a column.
fn empty(kind: Json) -> String {
    match kind {
        Json::Settings => to_json("settings", &TrainSettings::default()).expect("JSON"),
        Json::OptionalSettings | Json::Method => "null".to_owned(),
        Json::Progress => to_json("progress", &Progress::default()).expect("JSON"),
        Json::SweepSettings => to_json("settings", &SweepSettings::default()).expect("JSON"),
        Json::Desk => to_json("desk", &Desk::default()).expect("JSON"),
        Json::ProjectSettings => to_json("settings", &Settings::default()).expect("JSON"),
        Json::Question => {
            to_json("question", &Question::Steerability { position: AnswerPosition::Last }).expect("JSON")
        }
        _ => "[]".to_owned(),
    }
}

const MOST_STEPS: i64 = 3;

/// A random project: data sets with their prompts, runs, sweeps, conversations.
#[derive(Debug, Clone)]
struct Random {
    sets: Vec<(u8, Vec<u8>)>,
    runs: Vec<(usize, i64, i64, i64)>,
    sweeps: Vec<(usize, Vec<u8>)>,
    talks: Vec<Vec<u8>>,
}

impl Random {
    fn content(&self) -> Content {
        let mut builder = Builder::new();
        let sets: Vec<Id> = self
            .sets
            .iter()
            .map(|(name, prompts)| builder.data_set(&format!("Set {name}"), prompts))
            .collect();
        let mut made = Vec::new();
        for (set, seed, steps, noise) in &self.runs {
            let set = sets[set % sets.len()];
            made.extend(builder.run(set, *seed, *steps, *noise).map(|vector| (vector, set)));
        }
        for (vector, points) in &self.sweeps {
            if let Some((vector, set)) = (!made.is_empty()).then(|| made[vector % made.len()]) {
                builder.sweep(vector, set, points);
            }
        }
        for said in &self.talks {
            builder.conversation(said);
        }
        for name in ["measurements", "sweep_answers", "ratings"] {
            let (place, _) = table(name).expect("a table");
            builder.content.tables[place].sort_by(|a, b| a[0].text().cmp(&b[0].text()));
        }
        builder.content
    }
}

fn random() -> impl Strategy<Value = Random> {
    let sets = prop::collection::vec((0..2_u8, prop::collection::vec(0..3_u8, 0..3)), 1..3);
    let runs = prop::collection::vec((0..2_usize, 0..3_i64, 0..=MOST_STEPS, 0..2_i64), 0..4);
    let sweeps = prop::collection::vec((0..3_usize, prop::collection::vec(0..3_u8, 0..3)), 0..3);
    let talks = prop::collection::vec(prop::collection::vec(0..2_u8, 0..3), 0..3);
    (sets, runs, sweeps, talks).prop_map(|(sets, mut runs, sweeps, talks)| {
        // The engine makes no two runs of one seed that are at different steps and contradict each other.
        runs.sort_unstable();
        runs.dedup_by_key(|(_, seed, ..)| *seed);
        Random { sets, runs, sweeps, talks }
    })
}

/// Returns the number of things of each identity.
fn things(content: &Content) -> BTreeMap<(&'static str, String), usize> {
    let ids = Identities::of(content).expect("identities");
    let mut all = BTreeMap::new();
    for table in THINGS {
        for row in content.rows(table) {
            *all.entry((table, ids.get(table, Some(row.id())))).or_default() += 1;
        }
    }
    all
}

/// Returns the number of rows of the tables whose rows grow.
fn grown(content: &Content) -> BTreeMap<&'static str, usize> {
    ["steps", "sweep_points", "measurements", "turns", "pairs"]
        .into_iter()
        .map(|table| (table, content.rows(table).count()))
        .collect()
}

async fn new_project(db: &mut SqliteConnection, name: &str) -> Id {
    projects::insert(db, name, "0.1.0", 1).await.expect("a project")
}

async fn read(db: &mut SqliteConnection, project: Id) -> Content {
    let mut content = Content::of_store(db, project).await.expect("the project");
    content.make_portable().expect("a portable project");
    content
}

async fn take(db: &mut SqliteConnection, source: &Content, project: Id) -> Merged {
    let mut source = source.clone();
    source.check().expect("a sound source");
    let file = ProjectFile { content: source };
    file.merge(db, project, 1).await.expect("a merge")
}

async fn merging(one: &Random, other: &Random) {
    let (a, b) = (one.content(), other.content());
    let (store, dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let [ab, ba] = [new_project(&mut db, "AB").await, new_project(&mut db, "BA").await];
    take(&mut db, &a, ab).await;
    take(&mut db, &b, ba).await;
    let hash = content_hash(&mut db, ab).await.expect("a hash");
    assert_eq!(
        hash,
        Identities::of(&a).expect("identities").content_hash(&a).expect("a hash"),
        "nothing is lost"
    );
    let again = take(&mut db, &a, ab).await;
    assert_eq!((again.added, again.continued), (vec![], 0), "nothing is doubled");
    assert_eq!(content_hash(&mut db, ab).await.expect("a hash"), hash);

    take(&mut db, &b, ab).await;
    take(&mut db, &a, ba).await;
    let (left, right) = (read(&mut db, ab).await, read(&mut db, ba).await);
    assert_eq!(things(&left), things(&right), "both ways hold the same things");
    assert_eq!(grown(&left), grown(&right));
    for source in [&a, &b] {
        for (thing, count) in things(source) {
            assert!(things(&left).get(&thing).is_some_and(|there| *there >= count), "{thing:?} is missing");
        }
    }
    let hash = content_hash(&mut db, ab).await.expect("a hash");
    for source in [&b, &a, &right] {
        let again = take(&mut db, source, ab).await;
        assert_eq!((again.added, again.continued), (vec![], 0), "a merge that is repeated changes nothing");
    }
    assert_eq!(content_hash(&mut db, ab).await.expect("a hash"), hash);
    db.commit().await.expect("a commit");

    let (file, again) = (dir.path().join("one.tiller"), dir.path().join("two.tiller"));
    std::fs::write(&file, export(&store, ab).await.expect("an export")).expect("a file");
    let exported = ProjectFile::open(&file).await.expect("it is sound");
    assert_eq!(exported.info().expect("facts").content_hash, hash);
    let mut db = store.begin().await.expect("a change");
    let copy = new_project(&mut db, "Copy").await;
    exported.merge(&mut db, copy, 1).await.expect("an import");
    db.commit().await.expect("a commit");
    std::fs::write(&again, export(&store, copy).await.expect("an export")).expect("a file");
    let exported = ProjectFile::open(&again).await.expect("it is sound");
    assert_eq!(exported.info().expect("facts").content_hash, hash, "export, import, export");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn merging_loses_nothing_and_doubles_nothing(one in random(), other in random()) {
        tokio::runtime::Runtime::new().expect("a runtime").block_on(merging(&one, &other));
    }
}

/// Makes a store with a project that has a bit of everything.
async fn with_everything() -> (Store, tempfile::TempDir) {
    let (store, dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = vectors::tests::a_vector(&mut db).await;
    let sweep = sweeps::tests::a_sweep(&mut db, &vector).await;
    sqlx::query("UPDATE models SET template = 'own', seconds_per_token_block = 0.5")
        .execute(&mut *db)
        .await
        .expect("facts");
    let endpoint =
        EndpointSettings { address: "https://secret.example/v1".into(), model: "judge".into(), at_once: 1 };
    let settings = SweepSettings {
        scores: vec![
            Score::LogOdds,
            Score::Judge { judge: Judge::Endpoint(endpoint.clone()), rubric: Rubric::new("care") },
            Score::Knowledge { path: "/home/me/mmlu.csv".into(), shots: 5 },
        ],
        ..sweep.settings.clone()
    };
    sqlx::query("UPDATE sweeps SET settings = ?")
        .bind(to_json("settings", &settings).expect("JSON"))
        .execute(&mut *db)
        .await
        .expect("settings");
    let failure = Failure::new(Code::Other, "The file /home/me/x is gone.").detail("/home/me/x");
    jobs::set_state(&mut db, sweep.job, &ipc::job::JobState::Failed { failure }).await.expect("a state");
    let batch = crate::drafts::Batch {
        data_set: vector.data_set.expect("a set"),
        model: None,
        settings: DraftSettings {
            source: DraftSource::Endpoint(endpoint.clone()),
            wanted_prompt: "w".into(),
            opposite_prompt: "o".into(),
            max_new_tokens: 8,
            temperature: 0.0,
            seed: 1,
        },
    };
    let job = jobs::insert(&mut db, "Drafts", 1).await.expect("a job");
    let batch = crate::drafts::insert_batch(&mut db, &batch, job, 1).await.expect("a batch");
    crate::drafts::insert(&mut db, batch, "Draft?", None).await.expect("a draft");
    let person = Settings {
        endpoint: Some(endpoint),
        hub_endpoint: Some("https://mirror.example".into()),
        vector: Some(vector.id),
        ..Settings::default()
    };
    crate::settings::write(&mut db, 1, &person).await.expect("settings");
    let finding = Finding::Layer { layer: 3, agreement: 0.5, separation: 0.5, right_side: 0.5, share: 0.5 };
    let question = Question::Steerability { position: AnswerPosition::Last };
    let job = jobs::insert(&mut db, "Analysis", 1).await.expect("a job");
    let snapshot = runs::snapshot(&mut *db, vector.run.expect("a run")).await.expect("a snapshot");
    let analysis = crate::analyses::NewAnalysis {
        model: vector.model,
        data_set: vector.data_set.expect("a set"),
        snapshot: &snapshot,
        job,
        question: &question,
        subject: "",
    };
    let analysis = crate::analyses::insert(&mut db, &analysis, 1).await.expect("an analysis");
    crate::analyses::add_finding(&mut db, analysis, &finding).await.expect("a finding");
    let talk =
        crate::conversations::insert(&mut db, 1, None, &crate::conversations::tests::a_desk(), 1).await;
    let talk = talk.expect("a conversation");
    let said = ipc::conversation::Said::Person { text: "Käse?".into() };
    let asked = crate::turns::insert(&mut db, talk, (1, None), &said, 1).await.expect("a turn");
    let answer = crate::conversations::tests::answer("So.", ipc::answer::AnswerEnd::Open);
    assert_eq!(answer.sampling, SamplingSettings::exact());
    let said = ipc::conversation::Said::Model(Box::new(answer));
    crate::turns::insert(&mut db, talk, (1, Some(asked)), &said, 1).await.expect("a turn");
    crate::presets::put(&mut db, 1, "P", &crate::conversations::tests::a_desk()).await.expect("a preset");
    db.commit().await.expect("a commit");
    (store, dir)
}

async fn exported() -> (std::path::PathBuf, Store, tempfile::TempDir) {
    let (store, dir) = with_everything().await;
    let file = dir.path().join("project.tiller");
    std::fs::write(&file, export(&store, 1).await.expect("an export")).expect("a file");
    (file, store, dir)
}

#[tokio::test]
async fn a_file_holds_no_path_no_address_and_nothing_of_the_machine() {
    let (file, _store, dir) = exported().await;
    let bytes = std::fs::read(&file).expect("the file");
    for secret in ["/home/me", ".gguf", "secret.example", "mirror.example", &dir.path().to_string_lossy()] {
        let is_in = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_in, "{secret}");
    }
    let parts = std::fs::read_dir(dir.path()).expect("the folder").flatten();
    assert!(parts.map(|part| part.file_name()).all(|name| !name.to_string_lossy().ends_with(".part")));
    let read = ProjectFile::open(&file).await.expect("it is sound");
    let states: Vec<&str> = read.content.rows("jobs").map(|job| job.text("state")).collect();
    assert_eq!(states, ["paused", "stopped", "stopped", "paused"], "what needs an address is over");
    assert!(read.content.rows("turns").all(|turn| turn.text("answer_end") != "open"));
    let info = read.info().expect("facts");
    assert_eq!((info.name.as_str(), info.format, info.models.len()), ("Test", FORMAT, 1));
    assert!(info.counts.contains(&("vectors".to_owned(), 1)), "{info:?}");
}

#[tokio::test]
async fn a_project_comes_into_another_store_where_its_model_is_not() {
    let (file, source, _dir) = exported().await;
    let (store, _other) = temporary().await;
    let read = ProjectFile::open(&file).await.expect("it is sound");
    let mut db = store.begin().await.expect("a change");
    // So that ids differ.
    crate::data_sets::tests::filled(&mut db, &[ipc::data::Split::Train; 3]).await;
    let project = new_project(&mut db, "Imported").await;
    let merged = read.merge(&mut db, project, 5).await.expect("an import");
    assert!(merged.added.contains(&("sweeps".to_owned(), 1)), "{merged:?}");
    let found = vectors::list(&mut *db, project).await.expect("the vectors");
    let model = models::find(&mut *db, found[0].model).await.expect("its model");
    assert_eq!((model.fingerprint.as_deref(), model.path.starts_with("not-here/")), (Some("ab"), true));
    let run = runs::list(&mut *db, project).await.expect("the runs").remove(0);
    assert_eq!((found[0].run, found[0].data_set), (Some(run.id), Some(run.data_set)));
    let then = pairs::contents(source.read(), 1).await.expect("pairs");
    assert_eq!(pairs::contents(&mut *db, run.data_set).await.expect("pairs"), then);
    let sweep = sweeps::list(&mut db, project).await.expect("the sweeps").remove(0);
    assert_eq!(
        (sweep.settings.arms[0].terms[0].vector, sweep.settings.sets[0].data_set()),
        (found[0].id, Some(run.data_set))
    );
    let settings = crate::settings::read(&mut *db, project).await.expect("settings");
    assert_eq!((settings.vector, settings.endpoint, settings.hub_endpoint), (Some(found[0].id), None, None));

    // The model comes: another project finds it by its fingerprint.
    let here = models::insert(&mut db, "Here", "/here.gguf", Some("ab"), 1).await.expect("a model");
    sqlx::query("DELETE FROM models WHERE id <> ? AND id NOT IN (SELECT model FROM runs)")
        .bind(here)
        .execute(&mut *db)
        .await
        .expect("a deletion");
    sqlx::query("UPDATE models SET fingerprint = NULL WHERE id <> ?")
        .bind(here)
        .execute(&mut *db)
        .await
        .expect("an update");
    let second = new_project(&mut db, "Second").await;
    read.merge(&mut db, second, 6).await.expect("an import");
    assert_eq!(vectors::list(&mut *db, second).await.expect("the vectors")[0].model, here);
    let twice = read.merge(&mut db, second, 7).await.expect("a merge");
    assert_eq!((twice.added, twice.continued), (vec![], 0));
}

#[tokio::test]
async fn a_longer_run_takes_the_place_of_its_beginning_and_one_that_contradicts_it_stands_beside_it() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let project = new_project(&mut db, "P").await;
    let of = |steps: i64, noise: i64| {
        let mut builder = Builder::new();
        let set = builder.data_set("S", &[1]);
        builder.run(set, 7, steps, noise);
        builder.content
    };
    take(&mut db, &of(1, 0), project).await;
    let merged = take(&mut db, &of(2, 0), project).await;
    assert_eq!((merged.added, merged.continued), (vec![], 1));
    assert_eq!(take(&mut db, &of(1, 0), project).await.continued, 0, "the shorter one adds nothing");
    let merged = take(&mut db, &of(MOST_STEPS, 0), project).await;
    assert_eq!((merged.added, merged.continued), (vec![("vectors".to_owned(), 1)], 1));
    let run = runs::list(&mut *db, project).await.expect("the runs").remove(0);
    assert_eq!((run.state, run.vector.is_some()), (ipc::job::JobState::Done, true));
    take(&mut db, &of(2, 1), project).await;
    assert_eq!(runs::list(&mut *db, project).await.expect("the runs").len(), 2);
}

#[tokio::test]
async fn a_copy_of_a_project_holds_the_same_and_is_its_own() {
    let (store, _dir) = with_everything().await;
    let mut db = store.begin().await.expect("a change");
    let copy = duplicate(&mut db, 1, "Copy", "0.1.0", 9).await.expect("a copy");
    let hash = content_hash(&mut db, 1).await.expect("a hash");
    assert_eq!(content_hash(&mut db, copy).await.expect("a hash"), hash);
    let models =
        |all: Vec<ipc::vector::Vector>| all.into_iter().map(|vector| vector.model).collect::<Vec<_>>();
    let ours = models(vectors::list(&mut *db, 1).await.expect("vectors"));
    assert_eq!(models(vectors::list(&mut *db, copy).await.expect("vectors")), ours, "models belong to all");
    projects::delete(&mut db, 1).await.expect("a deletion");
    assert_eq!(content_hash(&mut db, copy).await.expect("a hash"), hash);
}

/// Changes a file by SQL.
async fn change(file: &Path, statement: &str) {
    let mut db = sqlx::SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file))
        .await
        .expect("it opens");
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut db).await.expect("a change");
    db.close().await.expect("it closes");
}

/// Says whether a refusal is the one that is expected.
type IsExpected = fn(&ProjectFileError) -> bool;

#[tokio::test]
async fn a_file_that_tiller_has_not_written_is_refused_and_nothing_of_it_is_stored() {
    let cases: [(&str, IsExpected); 15] = [
        ("CREATE TRIGGER t AFTER INSERT ON pairs BEGIN DELETE FROM runs; END", is_unsound),
        (
            "DROP TABLE verdicts; CREATE VIEW verdicts AS SELECT 'k' AS key, 't' AS text, 1 AS prompt_tokens, 1 AS answer_tokens, 1 AS created",
            is_unsound,
        ),
        ("CREATE TABLE more (x)", is_unsound),
        ("CREATE INDEX i ON pairs (length(prompt))", is_unsound),
        ("ALTER TABLE pairs ADD COLUMN more TEXT", is_unsound),
        ("DELETE FROM project", is_unsound),
        ("UPDATE vectors SET settings = '{\"layers\": \"all\"}'", is_unsound),
        ("UPDATE pairs SET tags = '[[[['", is_unsound),
        ("UPDATE pairs SET data_set = 99", is_unsound),
        ("UPDATE snapshots SET content = '[]'", is_unsound),
        ("UPDATE vectors SET numbers = x'0000c07f0000c07f'", is_unsound),
        ("UPDATE turns SET given = 2", is_unsound),
        ("UPDATE pairs SET prompt = CAST(zeroblob(2000000) AS TEXT)", |error| {
            matches!(error, ProjectFileError::TooLarge(_))
        }),
        ("PRAGMA application_id = 7", |error| matches!(error, ProjectFileError::Foreign)),
        ("PRAGMA user_version = 2", |error| matches!(error, ProjectFileError::Newer { found: 2, known: 1 })),
    ];
    let (file, _store, dir) = exported().await;
    for (statement, is_refusal) in cases {
        let bad = dir.path().join("bad.tiller");
        std::fs::copy(&file, &bad).expect("a copy");
        change(&bad, statement).await;
        let refused = ProjectFile::open(&bad).await.expect_err(statement);
        assert!(is_refusal(&refused), "{statement}: {refused:?}");
    }
}

#[tokio::test]
async fn what_only_the_stores_own_tables_refuse_is_refused_as_well() {
    let (file, _source, dir) = exported().await;
    let (store, _other) = temporary().await;
    for statement in [
        "UPDATE jobs SET state = 'dancing'",
        "UPDATE pairs SET split = 'neither'",
        "UPDATE vectors SET color = 4000",
        "UPDATE runs SET steps = -1",
        "UPDATE turns SET said_by = 'nobody'",
    ] {
        let bad = dir.path().join("bad.tiller");
        std::fs::copy(&file, &bad).expect("a copy");
        change(&bad, statement).await;
        let read = ProjectFile::open(&bad).await.expect("its form is right");
        let mut db = store.begin().await.expect("a change");
        let project = new_project(&mut db, "Bad").await;
        let refused = read.merge(&mut db, project, 1).await.expect_err(statement);
        assert!(is_unsound(&refused), "{statement}: {refused:?}");
    }
}

fn is_unsound(error: &ProjectFileError) -> bool {
    matches!(error, ProjectFileError::Unsound { .. })
}

#[tokio::test]
async fn a_file_that_is_cut_off_changed_or_no_project_is_refused() {
    let (file, _store, dir) = exported().await;
    let whole = std::fs::read(&file).expect("the file");
    let bad = dir.path().join("bad.tiller");
    for length in [0, 50, 100, 4096, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&bad, &whole[..length]).expect("a file");
        let refused = ProjectFile::open(&bad).await.expect_err("it is cut off");
        assert!(
            matches!(refused, ProjectFileError::Foreign | ProjectFileError::Damaged(_)),
            "{length}: {refused:?}"
        );
    }
    assert!(matches!(ProjectFile::open(dir.path()).await, Err(ProjectFileError::Foreign)), "a folder");
    assert!(matches!(ProjectFile::open(&dir.path().join("none")).await, Err(ProjectFileError::File { .. })));
    let other = dir.path().join("tiller.sqlite");
    assert!(
        matches!(ProjectFile::open(&other).await, Err(ProjectFileError::Foreign)),
        "a store is no project file"
    );
    // Whatever bytes are changed, it is read or refused, and no more.
    for place in (100..whole.len()).step_by(whole.len() / 60) {
        let mut changed = whole.clone();
        for byte in &mut changed[place..(place + 8).min(whole.len())] {
            *byte ^= 0x5a;
        }
        std::fs::write(&bad, &changed).expect("a file");
        drop(ProjectFile::open(&bad).await);
    }
}
