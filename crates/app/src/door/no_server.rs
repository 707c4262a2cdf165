//! Where there are no Unix domain sockets, `engine.json` says who runs the engine, and no other process can use it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Engine;
use crate::{App, Error};

/// What other processes find beside the lock. It goes with this value.
pub(crate) struct Door {
    data: PathBuf,
}

impl Door {
    /// Says who runs the engine.
    pub(crate) fn open(_app: &Arc<App>, data: &Path, program: &str) -> Result<Self, Error> {
        let failed = |source| Error::Directory { path: data.to_owned(), source };
        Engine::new(program, None).write(data).map_err(failed)?;
        Ok(Self { data: data.to_owned() })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        Engine::remove(&self.data);
    }
}
