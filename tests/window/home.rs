//! Makes a data folder and a model file for each test.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use test_support::window::Tiller;

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

    /// The same with few pairs in every data set: the first ones of each split. Training and sweeps then take seconds.
    pub(crate) fn with_pairs(train: usize, held_out: usize) -> Self {
        let home = Self::new();
        let data = home.data();
        // A thread of its own is no worker of the test's runtime.
        let shrink = move || {
            let tiller = Tiller::open(&test_support::paths_without_model(&data));
            for data_set in tiller.watch().data_sets {
                tiller.keep_pairs(data_set.id, train, held_out);
            }
        };
        thread::spawn(shrink).join().expect("a data folder with few pairs");
        home
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
