//! Makes a data folder and a model file for each test.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use ipc::Id;
use ipc::command::{AddModel, ImportVector, SaveSettings};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::model::{Model, ModelState};
use ipc::project::{ChatDefaults, Settings};
use serde_json::json;
use tempfile::TempDir;
use test_support::window::Tiller;

/// The longest answer in Chat in a home with few pairs: long enough to be seen growing.
const LONGEST_ANSWER: u32 = 80;

/// A context of the tiny model with room for the pairs of a starter set, of which a letter is nearly a token, and for the neutral text.
const ROOM: u32 = 8192;

/// The hidden size of the tiny model.
pub(crate) const TINY_SIZE: u32 = 64;

/// A data folder and a model file, deleted when dropped.
pub(crate) struct Home {
    folder: TempDir,
    model: PathBuf,
}

impl Home {
    /// Returns an empty data folder, and the starter model.
    pub(crate) fn new() -> Self {
        let named = std::env::var_os("TILLER_STARTER_MODEL").map(PathBuf::from);
        let usual =
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/SmolLM2-135M-Instruct.Q4_1.gguf");
        let model = named.unwrap_or_else(usual);
        assert!(model.is_file(), "The starter model is not there. Run `cargo xtask set-up`.");
        Self { folder: TempDir::new().expect("a temporary folder"), model }
    }

    /// The same with few pairs in every data set: the first ones of each split. Training and sweeps then take seconds. Answers in Chat
    /// are short.
    pub(crate) fn with_pairs(train: usize, held_out: usize) -> Self {
        let home = Self::new();
        let data = home.data();
        // A thread of its own is no worker of the test's runtime.
        let shrink = move || {
            let tiller = Tiller::open(&test_support::paths_without_model(&data));
            let settings = tiller.watch().settings;
            keep_pairs(&tiller, train, held_out);
            let chat = ChatDefaults { max_new_tokens: Some(LONGEST_ANSWER), ..settings.chat };
            tiller.get(SaveSettings { settings: Settings { chat, ..settings } });
        };
        thread::spawn(shrink).join().expect("a data folder with few pairs");
        home
    }

    /// The same with a tiny model in use, which computes in a moment what takes the starter model seconds: for tests to which it does
    /// not matter what a model says. The starter model is in the list, and is not loaded.
    pub(crate) fn tiny() -> Self {
        let home = Self::new();
        home.use_tiny_model(|_, _| ());
        home
    }

    /// The same with few pairs in every data set.
    pub(crate) fn tiny_with_pairs(train: usize, held_out: usize) -> Self {
        let home = Self::new();
        home.use_tiny_model(move |tiller, _| keep_pairs(tiller, train, held_out));
        home
    }

    /// The same with a vector of the tiny model, which is the newest in the library.
    pub(crate) fn tiny_with_vector(train: usize, held_out: usize) -> Self {
        let home = Self::new();
        let path = home.path("waves.json");
        let values: Vec<f64> = (0..TINY_SIZE).map(|i| 0.6 * f64::from(i).sin()).collect();
        fs::write(&path, json!({ "layer": 0, "vector": values }).to_string()).expect("a vector file");
        home.use_tiny_model(move |tiller, model| {
            keep_pairs(tiller, train, held_out);
            let file = FileRef::typed(path.display().to_string());
            tiller.get(ImportVector { file, name: "Waves".into(), layer: None, model });
        });
        home
    }

    /// Adds the tiny model and puts it in use, and does more with it.
    fn use_tiny_model(&self, more: impl FnOnce(&Tiller, Id) + Send + 'static) {
        copy_tiny_model(&self.tiny_model());
        let (folder, path) = (self.folder.path().to_owned(), self.tiny_model());
        // A thread of its own is no worker of the test's runtime.
        let prepare = move || {
            let tiller = Tiller::without_model(&folder);
            let settings = tiller.watch_again().settings;
            let model = tiller.get(AddModel { file: FileRef::typed(path.display().to_string()) }).id;
            let is_loaded = |known: &Model| {
                known.id == model
                    && known.fingerprint.is_some()
                    && matches!(known.state, ModelState::Ready { .. })
            };
            tiller.wait_for(|event| match event {
                Event::Model(known) => is_loaded(known).then_some(()),
                _ => None,
            });
            more(&tiller, model);
            tiller.get(SaveSettings { settings: Settings { model: Some(model), ..settings } });
        };
        thread::spawn(prepare).join().expect("a data folder with a tiny model");
    }

    /// The same with a model file that does not exist.
    pub(crate) fn without_model() -> Self {
        let home = Self::new();
        let model = home.folder.path().join("gone.gguf");
        Self { model, ..home }
    }

    /// The same with the first megabyte of the starter model.
    pub(crate) fn with_model_cut_off() -> Self {
        let home = Self::new();
        let model = home.folder.path().join("cut-off.gguf");
        let mut start = File::open(&home.model).expect("the starter model").take(1 << 20);
        io::copy(&mut start, &mut File::create(&model).expect("a file")).expect("a megabyte");
        Self { model, ..home }
    }

    /// Returns the path of the data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Returns the path of a file beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the path of the model file.
    pub(crate) fn model(&self) -> &Path {
        &self.model
    }

    /// Returns the path of the tiny model's file.
    pub(crate) fn tiny_model(&self) -> PathBuf {
        self.path("tiny.gguf")
    }

    /// Returns the path of the store's file.
    pub(crate) fn store(&self) -> PathBuf {
        self.data().join("tiller.sqlite")
    }

    /// Returns the command that starts Tiller without a driver.
    pub(crate) fn tiller(&self) -> Command {
        let mut tiller = Command::new(env!("CARGO_BIN_EXE_tiller"));
        tiller.env("TILLER_DATA_DIR", self.data()).env("TILLER_STARTER_MODEL", &self.model);
        tiller
    }

    /// Waits until no process locks the data folder.
    pub(crate) async fn until_free(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let lock = self.data().join("tiller.lock");
        while !File::open(&lock).is_ok_and(|file| file.try_lock().is_ok()) {
            assert!(
                Instant::now() < deadline,
                "Tiller still holds its data 30 s after its window was closed."
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Reduces every data set to its first pairs of each split.
fn keep_pairs(tiller: &Tiller, train: usize, held_out: usize) {
    for data_set in tiller.watch_again().data_sets {
        tiller.keep_pairs(data_set.id, train, held_out);
    }
}

/// Returns the file of a tiny Llama of two blocks, whose context is short.
pub(crate) fn tiny_llama() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf")
}

/// Copies the tiny model to this path, with a longer context.
fn copy_tiny_model(to: &Path) {
    let mut bytes = fs::read(tiny_llama()).expect("the tiny model");
    let key = b"llama.context_length";
    let found = bytes.windows(key.len()).position(|window| window == key).expect("the length of its context");
    // Four bytes behind the key are the type of its value.
    let value = found + key.len() + 4;
    bytes[value..value + 4].copy_from_slice(&ROOM.to_le_bytes());
    fs::write(to, bytes).expect("a copy of the tiny model");
}

/// Returns whether the steps of the tests are to be kept as pictures.
pub(crate) fn wants_screenshots() -> bool {
    std::env::var_os("TILLER_SCREENSHOTS").is_some()
}

/// Returns the folder for screenshots of the window.
pub(crate) fn screenshots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/screenshots");
    fs::create_dir_all(&folder).expect("a folder for screenshots");
    folder
}
