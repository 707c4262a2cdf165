//! What the watch over the models' files remembers between two looks.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use ipc::Id;
use ipc::model::{FileState, Scan};

/// What the window was told last about the models' files, and the search for models that is under way.
#[derive(Default)]
pub(crate) struct Watched {
    pub(super) reported: Mutex<HashMap<Id, FileState>>,
    pub(super) is_checking: AtomicBool,
    /// Files in the cache that cannot be used: they are not read again.
    pub(super) unusable: Mutex<HashMap<PathBuf, Option<String>>>,
    pub(crate) scan: Mutex<Scan>,
    pub(crate) stops_scan: AtomicBool,
}
