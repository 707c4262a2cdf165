//! Lists what each request reaches outside the store.

use std::future::Future;
use std::path::PathBuf;

use ipc::command::{
    AddModel, ExportChart, ExportChoices, ExportConversation, ExportPairs, ExportPlan, ExportPreset,
    ExportProject, ExportReport, ExportTable, ExportVector, FindModel, ForgetModel, ImportConversations,
    ImportPairs, ImportPreset, ImportProject, ImportVector, InspectProject, MergeProject, PackVector,
    PreviewImport, PreviewVector, Publish, ReadSweepFile, SaveDiagnostics, SaveSettings, ScanFolder, SetOut,
    StartBake, StartDrafts, StartSweep, TryEndpoint,
};
use ipc::drafts::DraftSource;
use ipc::files::{Access, FileRef, ImportSource};
use ipc::model::ModelOrigin;
use ipc::score::{Judge, Score};
use store::{models, settings};

use super::App;
use crate::permissions::Permission;
use crate::{Error, atomic_write};

/// A request that reaches outside the store.
pub trait NeedsPermission: Sync {
    /// Returns what the request wants. A file that a person chose needs no permission.
    ///
    /// # Errors
    /// Returns an error if the request names a path or an address that cannot be one, or the store cannot be read.
    fn permissions(&self, app: &App) -> impl Future<Output = Result<Vec<Permission>, Error>> + Send;
}

/// Implements [`NeedsPermission`] for requests about one file.
macro_rules! about_a_file {
    ($($request:ident: $access:ident,)*) => {
        $(
            impl NeedsPermission for $request {
                async fn permissions(&self, _: &App) -> Result<Vec<Permission>, Error> {
                    file_permissions(&self.file, Access::$access)
                }
            }
        )*
    };
}

about_a_file! {
    AddModel: Read,
    ScanFolder: Read,
    ImportVector: Read,
    PreviewVector: Read,
    ExportPairs: Write,
    ExportChoices: Write,
    ExportChart: Write,
    ExportTable: Write,
    ExportReport: Write,
    ExportPlan: Write,
    ExportVector: Write,
    PackVector: Write,
    StartBake: Write,
    SaveDiagnostics: Write,
    SetOut: Write,
    ExportConversation: Write,
    ExportPreset: Write,
    ImportConversations: Read,
    ImportPreset: Read,
    ReadSweepFile: Read,
    InspectProject: Read,
    ExportProject: Write,
    ImportProject: Read,
    MergeProject: Read,
}

impl NeedsPermission for PreviewImport {
    async fn permissions(&self, _: &App) -> Result<Vec<Permission>, Error> {
        source_permissions(&self.source)
    }
}

impl NeedsPermission for ImportPairs {
    async fn permissions(&self, _: &App) -> Result<Vec<Permission>, Error> {
        source_permissions(&self.source)
    }
}

impl NeedsPermission for FindModel {
    /// The model's own path is known already.
    async fn permissions(&self, app: &App) -> Result<Vec<Permission>, Error> {
        let row = models::find(app.state.store.read(), self.model).await?;
        if self.file == FileRef::typed(row.path) {
            Ok(vec![])
        } else {
            file_permissions(&self.file, Access::Read)
        }
    }
}

impl NeedsPermission for ForgetModel {
    /// The starter model's file is never deleted.
    async fn permissions(&self, app: &App) -> Result<Vec<Permission>, Error> {
        let model = app.state.model(models::find(app.state.store.read(), self.model).await?);
        let deletes = self.delete_file && model.origin != ModelOrigin::Starter;
        Ok(deletes.then(|| Permission::Delete(PathBuf::from(model.path))).into_iter().collect())
    }
}

impl NeedsPermission for SaveSettings {
    /// Only a new address is a permission.
    async fn permissions(&self, app: &App) -> Result<Vec<Permission>, Error> {
        let before = settings::read(app.state.store.read(), app.state.project()).await?;
        let mut permissions = Vec::new();
        let address = |endpoint: &Option<ipc::drafts::EndpointSettings>| {
            endpoint.as_ref().map(|endpoint| endpoint.address.trim().to_owned()).filter(|to| !to.is_empty())
        };
        let hub = |set: &Option<String>| {
            set.as_ref().map(|hub| hub.trim().to_owned()).filter(|hub| !hub.is_empty())
        };
        let (endpoint, hub_endpoint) = (address(&self.settings.endpoint), hub(&self.settings.hub_endpoint));
        if let Some(new) = endpoint.filter(|new| Some(new) != address(&before.endpoint).as_ref()) {
            permissions.push(Permission::send(&new)?);
        }
        if let Some(new) = hub_endpoint.filter(|new| Some(new) != hub(&before.hub_endpoint).as_ref()) {
            permissions.push(Permission::download(&new)?);
        }
        Ok(permissions)
    }
}

impl NeedsPermission for Publish {
    async fn permissions(&self, app: &App) -> Result<Vec<Permission>, Error> {
        Ok(vec![Permission::Publish(app.repository_address(&self.publication.repository).await?)])
    }
}

impl NeedsPermission for TryEndpoint {
    async fn permissions(&self, _: &App) -> Result<Vec<Permission>, Error> {
        Ok(vec![Permission::send(&self.address)?])
    }
}

impl NeedsPermission for StartDrafts {
    async fn permissions(&self, _: &App) -> Result<Vec<Permission>, Error> {
        match &self.settings.source {
            DraftSource::Endpoint(endpoint) => Ok(vec![Permission::send(&endpoint.address)?]),
            DraftSource::Model { .. } => Ok(vec![]),
        }
    }
}

impl NeedsPermission for StartSweep {
    async fn permissions(&self, _: &App) -> Result<Vec<Permission>, Error> {
        score_permissions(&self.settings.scores)
    }
}

fn file_permissions(file: &FileRef, access: Access) -> Result<Vec<Permission>, Error> {
    match file {
        FileRef::Chosen { .. } => Ok(vec![]),
        FileRef::Typed { path } => Ok(vec![Permission::file(atomic_write::path(path)?, access)]),
    }
}

fn source_permissions(source: &ImportSource) -> Result<Vec<Permission>, Error> {
    match source {
        ImportSource::File { file } => file_permissions(file, Access::Read),
        ImportSource::Text { .. } | ImportSource::Pairs { .. } => Ok(vec![]),
    }
}

/// Lists the files and servers of scores, each once.
pub(super) fn score_permissions(scores: &[Score]) -> Result<Vec<Permission>, Error> {
    let mut permissions = Vec::new();
    for score in scores {
        let permission = match score {
            Score::Knowledge { path, .. }
            | Score::Mmlu { folder: path, .. }
            | Score::TruthfulOne { path }
            | Score::TruthfulTwo { path } => {
                if path.is_empty() {
                    continue;
                }
                Permission::Read(atomic_write::path(path)?)
            }
            score => match score.judged() {
                Some((Judge::Endpoint(endpoint), _)) => Permission::send(&endpoint.address)?,
                _ => continue,
            },
        };
        if !permissions.contains(&permission) {
            permissions.push(permission);
        }
    }
    Ok(permissions)
}
