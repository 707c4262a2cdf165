//! `tiller-cli project`: the projects of a store, and project files.

mod file;
mod in_store;

use std::path::PathBuf;

use app::Purpose;
use ipc::project::{Overview, Project};

use crate::door::{self, Door, InStore, library};
use crate::halt::Halt;

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
        store: InStore,
    },
    /// Make an empty project
    New {
        #[command(flatten)]
        store: InStore,
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Open a project: commands that name none work in it, and a window on this store shows it
    Open {
        #[command(flatten)]
        store: InStore,
        /// The project
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Give a project another name
    Rename {
        #[command(flatten)]
        store: InStore,
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
        store: InStore,
        /// The project
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Delete a project with all that is in it; no undo brings it back
    Delete {
        #[command(flatten)]
        store: InStore,
        /// The project
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Write a project into a file
    Export {
        #[command(flatten)]
        store: InStore,
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
        store: InStore,
        /// The project files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Add what the files hold to a project that lacks it
    Merge {
        #[command(flatten)]
        store: InStore,
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
        Command::List { store } => within(store, |door| in_store::list(door, store.json)),
        Command::New { store, name } => within(store, |door| in_store::new(door, name, store.json)),
        Command::Open { store, name } => within(store, |door| in_store::open(door, name)),
        Command::Rename { store, name, new } => within(store, |door| in_store::rename(door, name, new)),
        Command::Duplicate { store, name } => {
            within(store, |door| in_store::duplicate(door, name, store.json))
        }
        Command::Delete { store, name } => within(store, |door| in_store::delete(door, name)),
        Command::Export { store, project, out } => {
            within(store, |door| file::export(door, project.as_deref(), out))
        }
        Command::Import { store, files } => within(store, |door| file::import(door, files, store.json)),
        Command::Merge { store, project, files } => {
            within(store, |door| file::merge(door, project.as_deref(), files, store.json))
        }
    }
}

/// Works in the store, through the process that has it open if there is one.
fn within(store: &InStore, work: impl FnOnce(&mut Door) -> Result<(), Halt>) -> Result<(), Halt> {
    door::within(&store.store, Purpose::Records, work)
}

/// Returns the project of this name or number, or else the one that was opened last.
fn project(door: &mut Door, name: Option<&str>) -> Result<Project, Halt> {
    let Overview { projects, project_id, .. } = door.watch()?;
    let Some(name) = name else {
        let open = projects.into_iter().find(|project| project.id == project_id);
        return open.ok_or_else(|| Halt::Refused("this store has no project.".into()));
    };
    library::only("project", name, &projects, |project| (project.id, &project.name)).cloned()
}
