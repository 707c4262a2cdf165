//! The option that names a store.

use std::path::{Path, PathBuf};

use app::AppPaths;
use ipc::files::FileRef;

use crate::halt::Halt;

#[derive(clap::Args)]
pub(crate) struct StoreArguments {
    /// Work in the store of this data folder, as the window does [without DIR: the window's own]
    #[arg(long, value_name = "DIR")]
    #[expect(clippy::option_option, reason = "the option may be given without a folder")]
    store: Option<Option<PathBuf>>,
}

impl StoreArguments {
    /// Whether the command works in a store.
    pub(crate) fn is_given(&self) -> bool {
        self.store.is_some()
    }

    /// The paths of the application in this store.
    pub(super) fn paths(&self) -> AppPaths {
        let mut paths = AppPaths::from_env(None);
        if let Some(Some(data)) = &self.store {
            paths.data.clone_from(data);
        }
        // Another process that is asked to do the work has another current folder.
        paths.data = std::path::absolute(&paths.data).unwrap_or(paths.data);
        paths
    }
}

/// The store and the project that a command works in.
#[derive(clap::Args)]
pub(crate) struct ProjectArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// The project of the store, by its name or its number [default: the one that was opened last]
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl ProjectArguments {
    /// Whether the command works in a store. The window's own has projects as well.
    pub(crate) fn is_given(&self) -> bool {
        self.store.is_given() || self.project.is_some()
    }

    /// The project that is named.
    pub(super) fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }
}

/// The project that a command works in, and how it answers.
#[derive(clap::Args)]
pub(crate) struct InProject {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// The store that a command works in, and how it answers.
#[derive(clap::Args)]
pub(crate) struct InStore {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Refers to a file of the command line, from whatever folder the process that reads it was started.
pub(crate) fn file(path: &Path) -> Result<FileRef, Halt> {
    Ok(FileRef::typed(self::path(path)?))
}

/// Returns the whole path of a file of the command line.
pub(crate) fn path(path: &Path) -> Result<String, Halt> {
    let whole = std::path::absolute(path);
    let whole = whole.map_err(|error| Halt::Usage(format!("{}: {error}.", path.display())))?;
    let text = whole.to_str().ok_or_else(|| {
        Halt::Usage(format!("{}: a store knows files whose paths are UTF-8 only.", path.display()))
    })?;
    Ok(text.to_owned())
}
