//! Commands about projects and project files.

use super::commands;
use crate::Id;
use crate::deletion::Deletion;
use crate::files::FileRef;
use crate::project::{Merged, Project, ProjectFileInfo};

commands! {
    /// Makes an empty project. [`crate::Event::Overview`] follows where it is opened, else [`crate::Event::Projects`].
    NewProject -> Project {
        /// Its name.
        name: String,
        /// Whether it is opened.
        #[serde(default = "super::yes")]
        open: bool,
    }

    /// Opens a project. [`crate::Event::Overview`] follows. Jobs of the other one go on.
    OpenProject -> () {
        /// The project.
        project: Id,
    }

    /// Renames a project. [`crate::Event::Projects`] follows.
    RenameProject -> () {
        /// The project.
        project: Id,
        /// Its new name.
        name: String,
    }

    /// Copies a project with all that is in it. [`crate::Event::Projects`] follows.
    DuplicateProject -> Project {
        /// The project.
        project: Id,
    }

    /// Deletes a project with all that is in it. If it was open, another one is opened.
    DeleteProject -> Deletion {
        /// The project.
        project: Id,
    }

    /// Reads what a project file holds. Nothing of it is stored.
    InspectProject -> ProjectFileInfo {
        /// The file.
        file: FileRef,
    }

    /// Writes a project into a file.
    ExportProject -> () {
        /// The project.
        project: Id,
        /// The file.
        file: FileRef,
        /// Whether an existing file is replaced.
        replace: bool,
    }

    /// Makes a new project of a file's content. [`crate::Event::Overview`] follows where it is opened, else
    /// [`crate::Event::Projects`].
    ImportProject -> Project {
        /// The file.
        file: FileRef,
        /// Whether it is opened.
        #[serde(default = "super::yes")]
        open: bool,
    }

    /// Adds what a file holds to a project that lacks it. If that is open, [`crate::Event::Overview`] follows.
    MergeProject -> Merged {
        /// The file.
        file: FileRef,
        /// The project.
        project: Id,
    }
}
