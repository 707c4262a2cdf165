//! Lists what each request reaches outside the store.

use std::future::Future;
use std::path::PathBuf;

use ipc::command::{
    AddModel, ExportChart, ExportChoices, ExportPairs, ExportReport, ExportTable, ExportVector, FindModel,
    ForgetModel, ImportPairs, ImportVector, PreviewImport, SaveSettings, ScanFolder, StartDrafts, StartSweep,
    TryEndpoint,
};
use ipc::drafts::DraftSource;
use ipc::files::{Access, FileRef, ImportSource};
use ipc::model::ModelOrigin;
use ipc::score::{Judge, Score};
use store::{models, settings};

use super::Wish;
use crate::app::App;
use crate::{Error, atomic_write};

/// A request that reaches outside the store.
pub trait Reaches: Sync {
    /// Returns what the request wants. A file that a person chose needs no wish.
    ///
    /// # Errors
    /// Returns an error if the request names a path or an address that cannot be one, or the store cannot be read.
    fn wishes(&self, app: &App) -> impl Future<Output = Result<Vec<Wish>, Error>> + Send;
}

/// Implements [`Reaches`] for requests about one file.
macro_rules! about_a_file {
    ($($request:ident: $access:ident,)*) => {
        $(
            impl Reaches for $request {
                async fn wishes(&self, _: &App) -> Result<Vec<Wish>, Error> {
                    of_file(&self.file, Access::$access)
                }
            }
        )*
    };
}

about_a_file! {
    AddModel: Read,
    ScanFolder: Read,
    ImportVector: Read,
    ExportPairs: Write,
    ExportChoices: Write,
    ExportChart: Write,
    ExportTable: Write,
    ExportReport: Write,
    ExportVector: Write,
}

impl Reaches for PreviewImport {
    async fn wishes(&self, _: &App) -> Result<Vec<Wish>, Error> {
        of_source(&self.source)
    }
}

impl Reaches for ImportPairs {
    async fn wishes(&self, _: &App) -> Result<Vec<Wish>, Error> {
        of_source(&self.source)
    }
}

impl Reaches for FindModel {
    /// The model's own path is known already.
    async fn wishes(&self, app: &App) -> Result<Vec<Wish>, Error> {
        let row = models::find(app.state.store.read(), self.model).await?;
        if self.file == FileRef::typed(row.path) { Ok(vec![]) } else { of_file(&self.file, Access::Read) }
    }
}

impl Reaches for ForgetModel {
    /// The starter model's file is never deleted.
    async fn wishes(&self, app: &App) -> Result<Vec<Wish>, Error> {
        let model = app.state.model(models::find(app.state.store.read(), self.model).await?);
        let deletes = self.delete_file && model.origin != ModelOrigin::Starter;
        Ok(deletes.then(|| Wish::Delete(PathBuf::from(model.path))).into_iter().collect())
    }
}

impl Reaches for SaveSettings {
    /// Only a new address is a wish.
    async fn wishes(&self, app: &App) -> Result<Vec<Wish>, Error> {
        let before = settings::read(app.state.store.read(), app.state.project).await?;
        let mut wishes = Vec::new();
        let address = |endpoint: &Option<ipc::drafts::EndpointSettings>| {
            endpoint.as_ref().map(|endpoint| endpoint.address.trim().to_owned()).filter(|to| !to.is_empty())
        };
        let hub = |set: &Option<String>| {
            set.as_ref().map(|hub| hub.trim().to_owned()).filter(|hub| !hub.is_empty())
        };
        let (endpoint, hub_endpoint) = (address(&self.settings.endpoint), hub(&self.settings.hub_endpoint));
        if let Some(new) = endpoint.filter(|new| Some(new) != address(&before.endpoint).as_ref()) {
            wishes.push(Wish::send(&new)?);
        }
        if let Some(new) = hub_endpoint.filter(|new| Some(new) != hub(&before.hub_endpoint).as_ref()) {
            wishes.push(Wish::download(&new)?);
        }
        Ok(wishes)
    }
}

impl Reaches for TryEndpoint {
    async fn wishes(&self, _: &App) -> Result<Vec<Wish>, Error> {
        Ok(vec![Wish::send(&self.address)?])
    }
}

impl Reaches for StartDrafts {
    async fn wishes(&self, _: &App) -> Result<Vec<Wish>, Error> {
        match &self.settings.source {
            DraftSource::Endpoint(endpoint) => Ok(vec![Wish::send(&endpoint.address)?]),
            DraftSource::Model { .. } => Ok(vec![]),
        }
    }
}

impl Reaches for StartSweep {
    async fn wishes(&self, _: &App) -> Result<Vec<Wish>, Error> {
        of_scores(&self.settings.scores)
    }
}

fn of_file(file: &FileRef, access: Access) -> Result<Vec<Wish>, Error> {
    match file {
        FileRef::Chosen { .. } => Ok(vec![]),
        FileRef::Typed { path } => Ok(vec![Wish::file(atomic_write::path(path)?, access)]),
    }
}

fn of_source(source: &ImportSource) -> Result<Vec<Wish>, Error> {
    match source {
        ImportSource::File { file } => of_file(file, Access::Read),
        ImportSource::Text { .. } => Ok(vec![]),
    }
}

/// Lists the files and servers of scores, each once.
pub(super) fn of_scores(scores: &[Score]) -> Result<Vec<Wish>, Error> {
    let mut wishes = Vec::new();
    for score in scores {
        let wish = match score {
            Score::Knowledge { path, .. } | Score::TruthfulOne { path } | Score::TruthfulTwo { path } => {
                if path.is_empty() {
                    continue;
                }
                Wish::Read(atomic_write::path(path)?)
            }
            score => match score.judged() {
                Some((Judge::Endpoint(endpoint), _)) => Wish::send(&endpoint.address)?,
                _ => continue,
            },
        };
        if !wishes.contains(&wish) {
            wishes.push(wish);
        }
    }
    Ok(wishes)
}
