//! Holds the state of the watch over the models' files between two checks.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use ipc::Id;
use ipc::model::{FileState, Scan};

/// The file states that the window knows, and the running search for models.
#[derive(Default)]
pub(crate) struct Watched {
    pub(super) reported: Mutex<HashMap<Id, FileState>>,
    pub(super) is_checking: AtomicBool,
    /// The files in the cache that cannot be used. They are not read again.
    pub(super) unusable: Mutex<HashMap<PathBuf, Option<String>>>,
    pub(crate) scan: Mutex<Scan>,
    pub(crate) stops_scan: AtomicBool,
}
