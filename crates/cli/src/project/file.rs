//! The commands about project files.

use std::path::{Path, PathBuf};

use app::App;
use ipc::command::{ExportProject, ImportProject, MergeProject};
use ipc::files::Access;
use ipc::project::{Merged, ProjectFileInfo};

use super::in_store::say_made;
use super::{halt, named, project};
use crate::halt::Halt;
use crate::output;

/// Says what a file holds. It needs no store.
pub(super) fn info(file: &Path, json: bool) -> Result<(), Halt> {
    let info = app::block_on(app::project_info(file)).map_err(halt)?.map_err(halt)?;
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

pub(super) async fn export(app: &App, name: Option<&str>, out: &Path) -> Result<(), Halt> {
    let project = project(app, name).await?.id;
    let file = named(app, out, Access::Write)?;
    app.export_project(ExportProject { project, file, replace: true }).await.map_err(halt)
}

pub(super) async fn import(app: &App, files: &[PathBuf], json: bool) -> Result<(), Halt> {
    for file in files {
        let file = named(app, file, Access::Read)?;
        say_made(&app.import_project(ImportProject { file }).await.map_err(halt)?, json)?;
    }
    Ok(())
}

pub(super) async fn merge(app: &App, name: Option<&str>, files: &[PathBuf], json: bool) -> Result<(), Halt> {
    let project = project(app, name).await?.id;
    for path in files {
        let file = named(app, path, Access::Read)?;
        let merged = app.merge_project(MergeProject { file, project }).await.map_err(halt)?;
        output::line(json, &merged, || format!("{}: {}", path.display(), said(&merged)))?;
    }
    Ok(())
}

fn said(merged: &Merged) -> String {
    let added: Vec<String> = merged.added.iter().map(|(what, count)| format!("{count} {what}")).collect();
    let added = if added.is_empty() { "nothing".to_owned() } else { added.join(", ") };
    format!("added {added}; {} were here, {} of them went on", merged.known, merged.continued)
}
