//! `tiller-cli project`: the projects of a store, and project files.

mod file;
mod in_store;

use std::path::{Path, PathBuf};

use app::{App, AppPaths, SandboxProgram};
use ipc::files::{Access, FileRef};
use ipc::project::Project;
use ipc::{Code, Failure};

use crate::halt::Halt;

/// The store that a command works in.
#[derive(clap::Args)]
pub(crate) struct StoreArguments {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// What a project file holds
    Info {
        /// The project file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// The projects of a store
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Make an empty project
    New {
        #[command(flatten)]
        store: StoreArguments,
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Give a project another name
    Rename {
        #[command(flatten)]
        store: StoreArguments,
        /// The project
        #[arg(value_name = "NAME")]
        name: String,
        /// Its new name
        #[arg(value_name = "NEW")]
        new: String,
    },
    /// Copy a project with all that is in it
    Duplicate {
        #[command(flatten)]
        store: StoreArguments,
        /// The project
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Delete a project with all that is in it; no undo brings it back
    Delete {
        #[command(flatten)]
        store: StoreArguments,
        /// The project
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Write a project into a file
    Export {
        #[command(flatten)]
        store: StoreArguments,
        /// The project; without it the one that was opened last
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
        /// The file to write; what is there is replaced
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make a new project of each file
    Import {
        #[command(flatten)]
        store: StoreArguments,
        /// The project files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Add what the files hold to a project that lacks it
    Merge {
        #[command(flatten)]
        store: StoreArguments,
        /// The project; without it the one that was opened last
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
        /// The project files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    match command {
        Command::Info { file, json } => file::info(file, *json),
        Command::List { store } => in_store(store, async |app| in_store::list(app, store.json).await),
        Command::New { store, name } => {
            in_store(store, async |app| in_store::new(app, name, store.json).await)
        }
        Command::Rename { store, name, new } => {
            in_store(store, async |app| in_store::rename(app, name, new).await)
        }
        Command::Duplicate { store, name } => {
            in_store(store, async |app| in_store::duplicate(app, name, store.json).await)
        }
        Command::Delete { store, name } => in_store(store, async |app| in_store::delete(app, name).await),
        Command::Export { store, project, out } => {
            in_store(store, async |app| file::export(app, project.as_deref(), out).await)
        }
        Command::Import { store, files } => {
            in_store(store, async |app| file::import(app, files, store.json).await)
        }
        Command::Merge { store, project, files } => {
            in_store(store, async |app| file::merge(app, project.as_deref(), files, store.json).await)
        }
    }
}

/// Opens the store, does something in it, and closes it. A store that another process has open is refused.
fn in_store(store: &StoreArguments, work: impl AsyncFnOnce(&App) -> Result<(), Halt>) -> Result<(), Halt> {
    let paths = AppPaths {
        data: store.store.clone(),
        starter_model: app::starter_model(),
        sandbox_program: SandboxProgram::current(),
    };
    let done = app::block_on(async {
        let app = App::open(&paths).await.map_err(halt)?;
        let done = work(&app).await;
        app.close().await;
        done
    });
    done.map_err(halt)?
}

/// Turns a failure into the reason for an early end.
fn halt(error: impl Into<Failure>) -> Halt {
    let failure: Failure = error.into();
    let sentences = [Some(failure.message), failure.detail, failure.next];
    let message = sentences.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match failure.code {
        Code::Invalid | Code::NotFound => Halt::Refused(message),
        _ => Halt::Failed(message),
    }
}

/// Names a file of the command line, as one that a person chose.
fn named(app: &App, path: &Path, access: Access) -> Result<FileRef, Halt> {
    let path =
        std::path::absolute(path).map_err(|error| Halt::Refused(format!("{}: {error}.", path.display())))?;
    Ok(app.choose(&path, access).into())
}

/// Returns the project of this name, or else the one that was opened last.
async fn project(app: &App, name: Option<&str>) -> Result<Project, Halt> {
    let (all, open) = app.projects().await.map_err(halt)?;
    let found = all.into_iter().find(|one| name.map_or(one.id == open, |name| one.name == name));
    found.ok_or_else(|| {
        Halt::Refused(format!(
            "There is no project \u{201c}{}\u{201d} in this store.",
            name.unwrap_or_default()
        ))
    })
}
