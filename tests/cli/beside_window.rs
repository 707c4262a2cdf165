//! Tests the command line while the window uses the same model and the same files: both see whole files, and neither changes
//! what the other computes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use app::App;
use hub::HubEnvironment;
use ipc::Id;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::files::{Access, PairFormat};
use ipc::model::ModelState;
use ipc::train::TrainSettings;

use crate::support::{paths_without_model, small_run};
use crate::{Folder, lines, numbers};

/// The pairs of the two data sets that the window writes to one file in turn.
const COUNTS: [u32; 2] = [6, 40];
/// How often the command line reads or writes what the window writes.
const TIMES: usize = 6;

fn tiny_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama.gguf")
}

/// The window's application, its events, and its ids.
struct Window {
    app: Arc<App>,
    events: Receiver<Event>,
    model: Id,
    sets: [Id; 2],
}

impl Window {
    async fn open(data: &Path) -> Self {
        let app =
            App::open_with(&paths_without_model(data), HubEnvironment::inside(data)).await.expect("it opens");
        let (sender, events) = channel();
        app.subscribe("test", Box::new(move |event| sender.send(event).is_ok()))
            .await
            .expect("a subscription");
        let file = app.choose(&tiny_model(), Access::Read).into();
        let model = app.add_model(AddModel { file }).await.expect("a model").id;
        let mut sets = [0; 2];
        for (set, count) in sets.iter_mut().zip(COUNTS) {
            let name = format!("{count} pairs");
            *set = app
                .create_data_set(CreateDataSet { name, description: String::new() })
                .await
                .expect("a set")
                .id;
            for number in 0..count {
                let content = PairContent {
                    prompt: format!("the cat {number}"),
                    wanted: "sat on the mat".into(),
                    opposite: "ran to the dog".into(),
                    split: if number < 4 { Split::Train } else { Split::HeldOut },
                    ..PairContent::default()
                };
                app.add_pair(AddPair { data_set: *set, content, after: None }).await.expect("a pair");
            }
        }
        let window = Self { app: Arc::new(app), events, model, sets };
        window.wait(
            |event| matches!(event, Event::Model(model) if matches!(model.state, ModelState::Ready { .. })),
        );
        window
    }

    fn wait(&self, is_so: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.events.recv_timeout(Duration::from_mins(3)).expect("it happens");
            if is_so(&event) {
                return event;
            }
        }
    }

    /// Trains a vector, and returns its id.
    async fn train(&self) -> Id {
        let settings = TrainSettings { layers: vec![0], ..small_run(2) };
        let train = Train { name: "Run".into(), model: self.model, data_set: self.sets[0], settings };
        let run = self.app.train(train).await.expect("a run").id;
        match self.wait(|event| matches!(event, Event::Vector(vector) if vector.run == Some(run))) {
            Event::Vector(vector) => vector.id,
            _ => unreachable!("that was waited for"),
        }
    }

    fn export_pairs(&self, set: usize, path: &Path) -> ExportPairs {
        ExportPairs {
            data_set: self.sets[set],
            split: None,
            tags: vec![],
            file: self.app.choose(path, Access::Write).into(),
            format: PairFormat::TrlJsonl,
            everything: true,
            guard_formulas: false,
            replace: true,
        }
    }
}

/// Repeats a command of the window until `work` of the command line has ended; returns how often it was repeated meanwhile.
async fn beside<F: Future>(command: impl Fn(u32) -> F, work: impl FnOnce() + Send + 'static) -> u32 {
    let (is_over, count) = (Arc::new(AtomicBool::new(false)), AtomicU32::new(0));
    let end = Arc::clone(&is_over);
    let working = tokio::task::spawn_blocking(move || {
        work();
        end.store(true, Ordering::SeqCst);
    });
    while !is_over.load(Ordering::SeqCst) && !working.is_finished() {
        command(count.fetch_add(1, Ordering::SeqCst)).await;
    }
    working.await.expect("the command line's part");
    count.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_and_the_command_line_use_the_same_files_at_once() {
    let folder = Arc::new(Folder::new());
    let window = Window::open(Path::new(&folder.path("data"))).await;
    let (pairs, vector_file) = (folder.path("pairs.jsonl"), folder.path("both.safetensors"));

    // Pairs: the window writes two sets to one file in turn, and the command line reads a whole one every time.
    let export = |number: u32| {
        let request = window.export_pairs(number as usize % 2, Path::new(&pairs));
        let app = Arc::clone(&window.app);
        async move { app.export_pairs(request).await.map(|done| done.pairs).expect("an export") }
    };
    assert_eq!(export(0).await, COUNTS[0]);
    let read = pairs.clone();
    let exports = beside(export, move || {
        for _ in 0..TIMES {
            let report = lines(&["data", "info", &read, "--json"]).remove(0);
            let count = report["pairs"].as_u64().expect("a count");
            assert!(COUNTS.iter().any(|known| u64::from(*known) == count), "{report}");
        }
    })
    .await;
    assert!(exports > 1);

    // Training: the same command gives the same vector alone and while the window trains with the same model.
    assert_eq!(export(0).await, COUNTS[0]);
    let model = tiny_model().display().to_string();
    let train = {
        let pairs = pairs.clone();
        move |out: &str| {
            let fixed = ["--layer", "0", "--epochs", "2", "--seed", "7", "--json"];
            lines(&[&["train", "--model", &model, "--data", &pairs, "--out", out], &fixed[..]].concat());
        }
    };
    let (alone, beside_it) = (folder.path("alone.safetensors"), folder.path("beside.safetensors"));
    train(&alone);
    let vector = window.train().await;
    let out = beside_it.clone();
    let runs = beside(|_| window.train(), move || train(&out)).await;
    assert!(runs > 0);
    assert_eq!(numbers(&folder, &alone, None), numbers(&folder, &beside_it, None));

    // A vector file: both write it at once, and it is one of the two, whole.
    let write = |_: u32| {
        let file = window.app.choose(Path::new(&vector_file), Access::Write).into();
        let app = Arc::clone(&window.app);
        let request = ExportVector { vector, file, replace: true, prove: false };
        async move { app.export_vector(request).await.expect("an export") }
    };
    write(0).await;
    let (to, files) = (vector_file.clone(), Arc::clone(&folder));
    beside(write, move || {
        for _ in 0..TIMES {
            lines(&["vector", "convert", &alone, &to, "--json"]);
            assert_eq!(numbers(&files, &to, None)[0][0], 0);
        }
    })
    .await;
    let left = fs::read_dir(folder.path("")).expect("the folder").flatten();
    let parts: Vec<_> =
        left.map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().contains(".part")).collect();
    assert!(parts.is_empty(), "{parts:?}");

    // The window's own data is as it was.
    let data_set = window.sets[1];
    let stored = window.app.list_pairs(ListPairs { data_set }).await.expect("the pairs");
    assert_eq!(stored.len(), COUNTS[1] as usize);
    window.app.close().await;
}
