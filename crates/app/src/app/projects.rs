//! Makes, opens, copies and deletes projects, and moves them between stores as files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::Id;
use ipc::command::{
    DeleteProject, DuplicateProject, ExportProject, ImportProject, InspectProject, MergeProject, NewProject,
    OpenProject, RenameProject,
};
use ipc::deletion::Deletion;
use ipc::event::Event;
use ipc::files::{Access, FileRef};
use ipc::project::{Merged, Project, ProjectFileInfo, Settings};
use store::project_file::{self, ProjectFile, ProjectFileError};
use store::{WriteTransaction, projects, settings};

use super::App;
use super::deletions::recorded;
use super::models::blocking;
use crate::engine::models::{EvictionPolicy, load};
use crate::event_bus::Change;
use crate::{Error, atomic_write, clock};

/// The version that new projects are made by.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The most characters of a name.
const LONGEST_NAME: usize = 200;

impl App {
    /// Refuses a project that does not exist.
    ///
    /// # Errors
    /// Returns an error if the project does not exist or the store cannot be read.
    pub(crate) async fn check_project(&self, project: Id) -> Result<(), Error> {
        projects::find(self.state.store.read(), project).await?;
        Ok(())
    }

    /// Makes an empty project, and opens it if that is asked for.
    ///
    /// # Errors
    /// Returns an error if the name is empty or taken, or the store cannot be written.
    pub async fn new_project(&self, request: NewProject) -> Result<Project, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let name = self.free_name(&mut db, &request.name, None).await?;
        let id = projects::insert(&mut db, &name, VERSION, clock::now()).await?;
        self.begin_settings(&mut db, id).await?;
        self.keep_project(&change, db, id, request.open).await
    }

    /// Opens a project. Jobs of the other one go on.
    ///
    /// # Errors
    /// Returns an error if the project does not exist or the store cannot be written.
    pub async fn open_project(&self, request: OpenProject) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let db = self.state.store.begin().await?;
        self.show_project(&change, db, request.project).await?;
        Ok(())
    }

    /// Renames a project.
    ///
    /// # Errors
    /// Returns an error if the project does not exist, the name is empty or taken, or the store cannot be written.
    pub async fn rename_project(&self, request: RenameProject) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let name = self.free_name(&mut db, &request.name, Some(request.project)).await?;
        projects::rename(&mut db, request.project, &name).await?;
        db.commit().await?;
        self.send_projects(&change).await
    }

    /// Copies a project with all that is in it. Jobs under way are paused in the copy.
    ///
    /// # Errors
    /// Returns an error if the project does not exist or the store cannot be written.
    pub async fn duplicate_project(&self, request: DuplicateProject) -> Result<Project, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let of = projects::find(&mut *db, request.project).await?;
        let name = projects::free_name(&mut db, &format!("{} copy", of.name)).await?;
        let copied = project_file::duplicate(&mut db, of.id, &name, VERSION, clock::now()).await;
        let id = copied.map_err(|source| file_error(None, source))?;
        let project = projects::find(&mut *db, id).await?;
        db.commit().await?;
        self.send_projects(&change).await?;
        Ok(project)
    }

    /// Deletes a project with all that is in it. If it was open, another one is opened.
    ///
    /// # Errors
    /// Returns an error if the project does not exist, is the only one, has a job under way, or the store cannot be written.
    pub async fn delete_project(&self, request: DeleteProject) -> Result<Deletion, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let project = projects::find(&mut *db, request.project).await?;
        self.check_idle(&mut db, &project).await?;
        if projects::list(&mut *db).await?.len() == 1 {
            let message = "This is the only project.";
            return Err(Error::invalid(message, "Make another one first; Tiller always has one open."));
        }
        let title = format!("the project \u{201c}{}\u{201d}", project.name);
        let deletion = recorded(db, title, async |db| projects::delete(db, project.id).await).await?;
        if self.state.open_project() == project.id {
            let mut db = self.state.store.begin().await?;
            let (next, _) = projects::first(&mut *db).await?.ok_or(Error::Gone("project"))?;
            self.show_project(&change, db, next).await?;
            self.state.note_deleted_project(Some((deletion.id, project.id)));
        } else {
            self.send_projects(&change).await?;
        }
        Ok(deletion)
    }

    /// Reads what a project file holds.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or is no sound project file.
    pub async fn inspect_project(&self, request: InspectProject) -> Result<ProjectFileInfo, Error> {
        let (path, file) = self.read_project(&request.file).await?;
        file.info().map_err(|source| file_error(Some(path), source))
    }

    /// Writes a project into a file, completely or not at all.
    ///
    /// # Errors
    /// Returns an error if the project does not exist, a file is there that may not be replaced, or it cannot be written.
    pub async fn export_project(&self, request: ExportProject) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        let bytes = project_file::export(&self.state.store, request.project).await;
        let bytes = bytes.map_err(|source| file_error(Some(path.clone()), source))?;
        let state = Arc::clone(&self.state);
        blocking(move || state.exports.write(&path, &bytes, request.replace)).await?
    }

    /// Makes a new project of a file's content, and opens it if that is asked for.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or is no sound project file, or the store cannot be written.
    pub async fn import_project(&self, request: ImportProject) -> Result<Project, Error> {
        let (path, file) = self.read_project(&request.file).await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let wanted: String =
            file.name().chars().filter(|char| !char.is_control()).take(LONGEST_NAME).collect();
        let wanted = if wanted.trim().is_empty() { "Imported project" } else { wanted.trim() };
        let name = projects::free_name(&mut db, wanted).await?;
        let id = projects::insert(&mut db, &name, VERSION, clock::now()).await?;
        self.begin_settings(&mut db, id).await?;
        let merged = file.merge(&mut db, id, clock::now()).await;
        merged.map_err(|source| file_error(Some(path), source))?;
        self.keep_project(&change, db, id, request.open).await
    }

    /// Adds what a file holds to a project that lacks it.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or is no sound project file, the project does not exist or has a job under
    /// way, or the store cannot be written.
    pub async fn merge_project(&self, request: MergeProject) -> Result<Merged, Error> {
        let (path, file) = self.read_project(&request.file).await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let project = projects::find(&mut *db, request.project).await?;
        // A longer run of the file takes the place of one here.
        self.check_idle(&mut db, &project).await?;
        let merged = file.merge(&mut db, project.id, clock::now()).await;
        let merged = merged.map_err(|source| file_error(Some(path), source))?;
        db.commit().await?;
        if self.state.open_project() == project.id {
            change.send(&Event::Overview(Box::new(self.overview_of(project.id).await?)));
        }
        Ok(merged)
    }

    async fn read_project(&self, file: &FileRef) -> Result<(PathBuf, ProjectFile), Error> {
        let path = self.state.permissions.file(file, Access::Read)?;
        let read = ProjectFile::open(&path).await;
        Ok((path.clone(), read.map_err(|source| file_error(Some(path), source))?))
    }

    /// Refuses to touch a project while a job of it waits for its turn or runs.
    async fn check_idle(&self, db: &mut WriteTransaction, project: &Project) -> Result<(), Error> {
        let Some(job) = projects::busy_with(&mut **db, project.id).await? else { return Ok(()) };
        let message = format!("A job of \u{201c}{}\u{201d} is under way: {job}.", project.name);
        Err(Error::invalid(message, "Pause or stop the job, or let it come to its end."))
    }

    /// Takes a name that a person typed, which no other project may have.
    async fn free_name(
        &self,
        db: &mut WriteTransaction,
        typed: &str,
        own: Option<Id>,
    ) -> Result<String, Error> {
        let name = typed.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(Error::invalid("This is no name for a project.", "Type a name of one line."));
        }
        let all = projects::list(&mut **db).await?;
        if all.iter().any(|other| other.name == name && Some(other.id) != own) {
            let message = format!("There is already a project \u{201c}{name}\u{201d}.");
            return Err(Error::invalid(message, "Choose another name."));
        }
        Ok(name.to_owned())
    }

    /// Gives a new project those settings of the open one that are the person's and the machine's.
    async fn begin_settings(&self, db: &mut WriteTransaction, project: Id) -> Result<(), Error> {
        let now = settings::read(&mut **db, self.state.project()).await?;
        let begun = Settings { data_set: None, vector: None, ..now };
        settings::write(db, project, &begun).await?;
        let speeds = settings::speeds(&mut **db, self.state.project()).await?;
        Ok(settings::set_speeds(db, project, &speeds).await?)
    }

    /// Commits a project that was made, and opens it if that is asked for.
    async fn keep_project(
        &self,
        change: &Change<'_>,
        mut db: WriteTransaction,
        project: Id,
        open: bool,
    ) -> Result<Project, Error> {
        if open {
            return self.show_project(change, db, project).await;
        }
        let made = projects::find(&mut *db, project).await?;
        db.commit().await?;
        self.send_projects(change).await?;
        Ok(made)
    }

    /// Commits, opens a project, and sends its whole state.
    async fn show_project(
        &self,
        change: &Change<'_>,
        mut db: WriteTransaction,
        project: Id,
    ) -> Result<Project, Error> {
        let project = projects::find(&mut *db, project).await?;
        projects::set_opened(&mut db, project.id, clock::now()).await?;
        db.commit().await?;
        self.state.set_project(project.id);
        change.send(&Event::Overview(Box::new(self.overview_of(project.id).await?)));
        self.load_model_of_project(project.id).await?;
        Ok(project)
    }

    /// Loads the model that a project's settings name, if it is in the list.
    async fn load_model_of_project(&self, project: Id) -> Result<(), Error> {
        if self.threads.is_empty() {
            // Only the records are open, and the process is about to end.
            return Ok(());
        }
        let read = self.state.store.read();
        let wanted = settings::read(read, project).await?.model;
        let known = store::models::list(read).await?;
        let Some(row) = known.into_iter().find(|row| Some(row.id) == wanted) else { return Ok(()) };
        if self.state.models.state(row.id) == ipc::model::ModelState::Unloaded {
            load(&self.state, row.id, EvictionPolicy::UpToLimit).await?;
        }
        Ok(())
    }

    async fn send_projects(&self, change: &Change<'_>) -> Result<(), Error> {
        change.send(&Event::Projects(projects::list(self.state.store.read()).await?));
        Ok(())
    }

    /// Says that a deletion was taken back. If it was that of the project that was open, that one is opened again.
    pub(super) async fn send_restored(&self, change: &Change<'_>, deletion: Id) -> Result<(), Error> {
        if let Some((of, project)) = self.state.deleted_project()
            && of == deletion
        {
            self.state.note_deleted_project(None);
            let db = self.state.store.begin().await?;
            self.show_project(change, db, project).await?;
            return Ok(());
        }
        let open = self.overview_of(self.state.open_project()).await?;
        change.send(&Event::Restored(Box::new(open)));
        Ok(())
    }
}

/// Says what a project file holds. It needs no store.
///
/// # Errors
/// Returns an error if the file cannot be read or is no sound project file.
pub async fn project_info(path: &Path) -> Result<ProjectFileInfo, Error> {
    let failed = |source| file_error(Some(path.to_owned()), source);
    ProjectFile::open(path).await.map_err(failed)?.info().map_err(failed)
}

/// Runs a future to its end on a runtime of its own, for a program without a window.
///
/// # Errors
/// Returns an error if the system refuses the runtime's threads.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    Ok(runtime.map_err(|error| Error::Panic(error.to_string()))?.block_on(future))
}

fn file_error(path: Option<PathBuf>, source: ProjectFileError) -> Error {
    match source {
        ProjectFileError::Store(source) => source.into(),
        source => Error::ProjectFile { path: path.unwrap_or_default(), source },
    }
}
