//! The commands about project files.

use std::path::{Path, PathBuf};

use ipc::command::{ExportProject, ImportProject, MergeProject};
use ipc::project::{Merged, ProjectFileInfo};

use super::in_store::say_made;
use super::project;
use crate::door::{self, Door};
use crate::halt::Halt;
use crate::output;

/// Says what a file holds. It needs no store.
pub(super) fn info(file: &Path, json: bool) -> Result<(), Halt> {
    let read = app::block_on(app::project_info(file)).flatten();
    let info = read.map_err(|error| Halt::failure(error.into()))?;
    output::line(json, &info, || text(&info))
}

fn text(info: &ProjectFileInfo) -> String {
    let mut lines = vec![
        format!("project   {}", info.name),
        format!("written   by Tiller {}, format {}", info.written_by, info.format),
        format!("content   {}", info.content_hash),
    ];
    lines.extend(info.counts.iter().map(|(what, count)| format!("{count:>9} {what}")));
    for model in &info.models {
        lines.push(format!(
            "model     {} {}",
            model.name,
            model.fingerprint.as_deref().unwrap_or("(never read)")
        ));
    }
    lines.join("\n")
}

pub(super) fn export(door: &mut Door, name: Option<&str>, out: &Path) -> Result<(), Halt> {
    let project = project(door, name)?.id;
    door.call(ExportProject { project, file: door::file(out)?, replace: true })
}

pub(super) fn import(door: &mut Door, files: &[PathBuf], json: bool) -> Result<(), Halt> {
    for file in files {
        let request = ImportProject { file: door::file(file)?, open: false };
        say_made(&door.call(request)?, json)?;
    }
    Ok(())
}

pub(super) fn merge(door: &mut Door, name: Option<&str>, files: &[PathBuf], json: bool) -> Result<(), Halt> {
    let project = project(door, name)?.id;
    for path in files {
        let merged = door.call(MergeProject { file: door::file(path)?, project })?;
        output::line(json, &merged, || format!("{}: {}", path.display(), said(&merged)))?;
    }
    Ok(())
}

fn said(merged: &Merged) -> String {
    let added: Vec<String> = merged.added.iter().map(|(what, count)| format!("{count} {what}")).collect();
    let added = if added.is_empty() { "nothing".to_owned() } else { added.join(", ") };
    format!("added {added}; {} were here, {} of them went on", merged.known, merged.continued)
}
