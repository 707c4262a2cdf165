//! The commands about the projects of a store.

use ipc::command::{DeleteProject, DuplicateProject, NewProject, OpenProject, RenameProject};
use ipc::project::Project;

use super::project;
use crate::door::Door;
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

pub(super) fn list(door: &mut Door, json: bool) -> Result<(), Halt> {
    let overview = door.watch()?;
    for Project { id, name, .. } in overview.projects {
        let listed = Listed { id, name, open: id == overview.project_id };
        output::line(json, &listed, || {
            format!("{} {:>4}  {}", if listed.open { "*" } else { " " }, listed.id, listed.name)
        })?;
    }
    Ok(())
}

pub(super) fn new(door: &mut Door, name: &str, json: bool) -> Result<(), Halt> {
    let made = door.call(NewProject { name: name.to_owned(), open: false })?;
    say_made(&made, json)
}

pub(super) fn open(door: &mut Door, name: &str) -> Result<(), Halt> {
    let project = project(door, Some(name))?.id;
    door.call(OpenProject { project })
}

pub(super) fn rename(door: &mut Door, name: &str, new: &str) -> Result<(), Halt> {
    let project = project(door, Some(name))?.id;
    door.call(RenameProject { project, name: new.to_owned() })
}

pub(super) fn duplicate(door: &mut Door, name: &str, json: bool) -> Result<(), Halt> {
    let project = project(door, Some(name))?.id;
    say_made(&door.call(DuplicateProject { project })?, json)
}

pub(super) fn delete(door: &mut Door, name: &str) -> Result<(), Halt> {
    let project = project(door, Some(name))?.id;
    door.call(DeleteProject { project }).map(drop)
}

/// Writes a project that was made.
pub(super) fn say_made(project: &Project, json: bool) -> Result<(), Halt> {
    output::line(json, project, || project.name.clone())
}
