//! The data folders on which processes are killed, and what an undisturbed process makes of them.

use std::fs;
use std::path::{Path, PathBuf};

use hub::HubEnvironment;
use ipc::Id;
use ipc::behaviour::STARTER_BEHAVIOURS;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::files::{FileRef, PairFormat};
use ipc::job::JobState;
use ipc::project::Settings;
use ipc::sweep::SweepPoint;
use ipc::train::TrainSettings;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use super::copy_folder;
use super::work::Work;
use crate::hub::{Fault, TestHub, sum};
use crate::opened::{Opened, add, is_ready};
use crate::support::{small_run, sweep_of};

/// The ids of the fixture: those of the starter content come before.
pub(super) const TINY: Id = 2;
pub(super) const SET: Id = 4;
pub(super) const VECTOR: Id = STARTER_BEHAVIOURS.len() as Id + 1;
/// The pair that is edited, the first of its set.
pub(super) const PAIR: Id = 271;
/// The pairs of an import.
pub(super) const IMPORTED: u32 = 300;
/// The pairs of a store that is migrated.
const OLDER_PAIRS: u32 = 20_000;
/// The schema version of that store.
pub(super) const OLDER_SCHEMA: i64 = 6;

/// Enough epochs for a run of a second.
const EPOCHS: u32 = 40;

/// The folders, and what an undisturbed process makes of them.
pub(super) struct Fixture {
    folder: tempfile::TempDir,
    hub: TestHub,
    /// The numbers of the vector that the training ends in.
    pub(super) trained: Vec<u8>,
    /// The points of the sweep.
    pub(super) points: Vec<SweepPoint>,
    /// The two files that are exported in turn.
    pub(super) exports: [Vec<u8>; 2],
    /// The SHA-256 of the file that is downloaded.
    pub(super) downloaded: String,
}

fn tiny_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf")
}

/// Opens the application in a folder, with its hub.
pub(super) async fn open(folder: &Path, hub: &str) -> Opened {
    let data = data(folder);
    let paths = crate::support::paths_without_model(&data);
    Opened::with(&paths, HubEnvironment { endpoint: Some(hub.to_owned()), ..HubEnvironment::inside(&data) })
        .await
}

pub(super) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

pub(super) fn database(folder: &Path) -> PathBuf {
    data(folder).join("tiller.sqlite")
}

/// The path to which pairs are exported.
pub(super) fn exported(folder: &Path) -> PathBuf {
    folder.join("pairs.jsonl")
}

/// Opens a database without Tiller.
pub(super) async fn plain(database: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database).create_if_missing(true).foreign_keys(false);
    SqliteConnection::connect_with(&options).await.expect("a database")
}

pub(super) fn pair(prompt: &str) -> PairContent {
    PairContent {
        prompt: prompt.into(),
        wanted: "sat on the mat".into(),
        opposite: "ran to the dog".into(),
        ..PairContent::default()
    }
}

pub(super) fn imported_csv() -> String {
    let rows = (0..IMPORTED).map(|row| format!("question {row},yes {row},no {row}\n"));
    format!("question,matching,not_matching\n{}", rows.collect::<String>())
}

pub(super) fn training() -> Train {
    let settings = TrainSettings { layers: vec![0], system_prompt: String::new(), ..small_run(EPOCHS) };
    Train { name: "Run".into(), model: TINY, data_set: SET, settings }
}

pub(super) fn sweep() -> StartSweep {
    let multipliers: Vec<f64> = (-10..=10).map(|tenth| f64::from(tenth) / 5.0).collect();
    StartSweep { model: TINY, settings: sweep_of(VECTOR, SET, &multipliers) }
}

impl Fixture {
    /// Prepares the folders and lets an undisturbed process do all the work.
    pub(super) async fn prepare() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let model = fs::read(tiny_model()).expect("the tiny model");
        let hub = TestHub::start(&[("tiny.gguf", &model)]);
        let work = folder.path().join("work");
        let opened = open(&work, &hub.address()).await;
        let added = add(&opened, &tiny_model()).await;
        opened.model(is_ready(added.id));
        // A process on a copy of the fixture begins with this model, as it does with the one that a person has chosen.
        let settings = Settings { model: Some(added.id), ..opened.picture.settings.clone() };
        opened.app.save_settings(SaveSettings { settings }).await.expect("a setting");
        opened
            .app
            .create_data_set(CreateDataSet { name: "Cats".into(), description: String::new() })
            .await
            .expect("a set");
        for number in 0..6 {
            let split = if number < 4 { Split::Train } else { Split::HeldOut };
            let content = PairContent { split, ..pair(&format!("the cat {number}")) };
            opened.app.add_pair(AddPair { data_set: SET, content, after: None }).await.expect("a pair");
        }
        let first = opened.app.list_pairs(ListPairs { data_set: SET }).await.expect("the pairs")[0].id;
        assert_eq!((added.id, first), (TINY, PAIR), "the ids of the fixture have changed");
        let short = Train {
            settings: TrainSettings { epochs: 2, ..training().settings },
            name: "Vector".into(),
            ..training()
        };
        train(&opened, short).await;
        opened.app.close().await;

        let aside = folder.path().join("whole");
        copy_folder(&work, &aside);
        let opened = open(&aside, &hub.address()).await;
        let run = train(&opened, training()).await;
        let sweep = opened.app.start_sweep(sweep()).await.expect("a sweep");
        let points = opened.wait(|event| match event {
            Event::Sweep(now) if now.id == sweep.id && now.state == JobState::Done => Some(now.points),
            _ => None,
        });
        let mut exports = [vec![], vec![]];
        for (place, data_set) in [SET, 1].into_iter().enumerate() {
            let path = folder.path().join(format!("{place}.jsonl"));
            let request = ExportPairs {
                data_set,
                split: None,
                tags: vec![],
                file: FileRef::typed(path.display().to_string()),
                format: PairFormat::TillerJsonl,
                everything: true,
                guard_formulas: false,
                replace: false,
            };
            opened.allow(&request).await;
            opened.app.export_pairs(request).await.expect("an export");
            exports[place] = fs::read(path).expect("the file");
        }
        opened.app.close().await;
        let trained = numbers(&aside, run).await;
        let fixture = Self { trained, points, exports, downloaded: sum(&model), hub: hub.clone(), folder };
        fixture.make_older().await;
        fixture
    }

    /// Makes a store of an older schema, large enough that its migration takes a moment.
    async fn make_older(&self) {
        let older = self.folder.path().join("older");
        fs::create_dir_all(data(&older)).expect("a folder");
        let dump = format!("../crates/store/fixtures/schema-{OLDER_SCHEMA:02}.sql");
        let dump = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(dump)).expect("a fixture");
        let mut db = plain(&database(&older)).await;
        sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut db).await.expect("the dump is SQL");
        let pairs = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {OLDER_PAIRS})
             INSERT INTO pairs (data_set, position, prompt, wanted, opposite, split, changed)
             SELECT 1, n + 2.0, 'prompt ' || n, hex(randomblob(200)), hex(randomblob(200)), 'train', 1 FROM numbers"
        );
        sqlx::query(AssertSqlSafe(pairs)).execute(&mut db).await.expect("many pairs");
        db.close().await.expect("it closes");
    }

    /// The number of pairs in the store that is migrated.
    pub(super) const OLDER_COUNT: i64 = OLDER_PAIRS as i64 + 2;

    /// Lays the folder on which a process works.
    pub(super) fn copy_to(&self, work: Work, folder: &Path) {
        let from = if work == Work::Migrate { "older" } else { "work" };
        copy_folder(&self.folder.path().join(from), folder);
        let is_download = work == Work::Download;
        let slow = [Fault::Slow(std::time::Duration::from_millis(150))];
        self.hub.fail(if is_download { &slow } else { &[] });
    }

    /// Lets the hub answer as it should.
    pub(super) fn restore_hub(&self) {
        self.hub.fail(&[]);
    }

    pub(super) fn hub(&self) -> String {
        self.hub.address()
    }
}

/// Trains to the end. Returns the run's id.
async fn train(opened: &Opened, request: Train) -> Id {
    let run = opened.app.train(request).await.expect("a run");
    opened.wait(|event| match event {
        Event::Job(job) if job.id == run.job && job.state.is_over() => {
            assert_eq!(job.state, JobState::Done);
            Some(())
        }
        _ => None,
    });
    run.id
}

/// Returns the bytes of a run's vector.
pub(super) async fn numbers(folder: &Path, run: Id) -> Vec<u8> {
    let mut db = plain(&database(folder)).await;
    let numbers = sqlx::query_scalar("SELECT numbers FROM vectors WHERE run = ?").bind(run);
    let numbers = numbers.fetch_one(&mut db).await.expect("the vector");
    db.close().await.expect("it closes");
    numbers
}
