//! The commands about the projects of a store.

use app::App;
use ipc::command::{DeleteProject, DuplicateProject, NewProject, RenameProject};
use ipc::project::Project;

use super::{halt, project};
use crate::halt::Halt;
use crate::output;

/// A project of a list.
#[derive(serde::Serialize)]
struct Listed {
    id: ipc::Id,
    name: String,
    /// Whether it is the one that was opened last.
    open: bool,
}

pub(super) async fn list(app: &App, json: bool) -> Result<(), Halt> {
    let (all, open) = app.projects().await.map_err(halt)?;
    for Project { id, name, .. } in all {
        let listed = Listed { id, name, open: id == open };
        output::line(json, &listed, || format!("{} {}", if listed.open { "*" } else { " " }, listed.name))?;
    }
    Ok(())
}

pub(super) async fn new(app: &App, name: &str, json: bool) -> Result<(), Halt> {
    let made = app.new_project(NewProject { name: name.to_owned() }).await.map_err(halt)?;
    say_made(&made, json)
}

pub(super) async fn rename(app: &App, name: &str, new: &str) -> Result<(), Halt> {
    let project = project(app, Some(name)).await?.id;
    app.rename_project(RenameProject { project, name: new.to_owned() }).await.map_err(halt)
}

pub(super) async fn duplicate(app: &App, name: &str, json: bool) -> Result<(), Halt> {
    let project = project(app, Some(name)).await?.id;
    say_made(&app.duplicate_project(DuplicateProject { project }).await.map_err(halt)?, json)
}

pub(super) async fn delete(app: &App, name: &str) -> Result<(), Halt> {
    let project = project(app, Some(name)).await?.id;
    app.delete_project(DeleteProject { project }).await.map_err(halt)?;
    Ok(())
}

/// Writes a project that was made.
pub(super) fn say_made(project: &Project, json: bool) -> Result<(), Halt> {
    output::line(json, project, || project.name.clone())
}
