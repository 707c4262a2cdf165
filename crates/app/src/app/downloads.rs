//! Finds models on the hub, lists their files, starts downloads, and keeps the access token.

use std::sync::Arc;

use endpoint::secrets::Secret;
use hub::{Address, Endpoint, Listing, agent};
use ipc::catalogue::{CatalogueModel, HubSearch};
use ipc::command::{
    ForgetDownload, ForgetToken, ListRepository, ReadCatalogue, ReadHub, SaveToken, SearchHub, StartDownload,
};
use ipc::download::{Download, Hub, HubListing};
use ipc::event::Event;
use ipc::job::JobState;
use store::downloads::{self, FileRow, NewDownload};
use store::{jobs, settings};

use super::App;
use super::models::blocking;
use crate::app_state::AppState;
use crate::download::to_row;
use crate::engine::queue::say_job;
use crate::{Error, clock, library};

impl App {
    /// Returns the hub's address, the cache's folder and the source of the access token.
    ///
    /// # Errors
    /// Returns an error if the address in the settings cannot be used.
    pub async fn read_hub(&self, request: ReadHub) -> Result<Hub, Error> {
        let ReadHub {} = request;
        let endpoint = self.endpoint().await?;
        let state = Arc::clone(&self.state);
        blocking(move || hub(&state, &endpoint)).await
    }

    /// Stores an access token for the hub that the settings name, in the system's keyring, or in memory if there is none.
    ///
    /// # Errors
    /// Returns an error if the text cannot be an access token.
    pub async fn save_token(&self, request: SaveToken) -> Result<Hub, Error> {
        let refused = || Error::invalid("This is no access token.", "Copy it from your settings on the hub.");
        let token = Secret::new(&request.token.0).ok_or_else(refused)?;
        let endpoint = self.endpoint().await?;
        let state = Arc::clone(&self.state);
        blocking(move || {
            state.downloads.tokens.store(&endpoint, &token);
            hub(&state, &endpoint)
        })
        .await
    }

    /// Deletes the access token that a person typed for the hub that the settings name.
    ///
    /// # Errors
    /// Returns an error if the address in the settings cannot be used.
    pub async fn forget_token(&self, request: ForgetToken) -> Result<Hub, Error> {
        let ForgetToken {} = request;
        let endpoint = self.endpoint().await?;
        let state = Arc::clone(&self.state);
        blocking(move || {
            state.downloads.tokens.forget(&endpoint);
            hub(&state, &endpoint)
        })
        .await
    }

    /// Returns the list of models that comes with Tiller. Nobody is contacted.
    ///
    /// # Errors
    /// None: the list is part of the program.
    #[expect(clippy::unused_async, reason = "every command is answered by an async method")]
    pub async fn read_catalogue(&self, request: ReadCatalogue) -> Result<Vec<CatalogueModel>, Error> {
        let ReadCatalogue {} = request;
        Ok(library::catalogue::models())
    }

    /// Asks the hub for models in GGUF files whose names have these words.
    ///
    /// # Errors
    /// Returns an error if there are no words, or the hub cannot be reached or refuses.
    pub async fn search_hub(&self, request: SearchHub) -> Result<HubSearch, Error> {
        let endpoint = self.endpoint().await?;
        let state = Arc::clone(&self.state);
        blocking(move || {
            let downloads = &state.downloads;
            let token = downloads.tokens.find(&downloads.environment, &endpoint).0;
            Ok(hub::search(&agent(&endpoint), &endpoint, token.as_ref(), &request.words)?)
        })
        .await?
    }

    /// Asks the hub for the files of a repository.
    ///
    /// # Errors
    /// Returns an error if the address names no model, or the hub cannot be reached or refuses.
    pub async fn list_repository(&self, request: ListRepository) -> Result<HubListing, Error> {
        let endpoint = self.endpoint().await?;
        let address = Address::read(&request.address, &endpoint)?;
        let state = Arc::clone(&self.state);
        blocking(move || {
            let downloads = &state.downloads;
            let token = downloads.tokens.find(&downloads.environment, &endpoint).0;
            let cache = |repository: &str| downloads.repository_cache(repository);
            let listing = Listing::ask(&agent(&endpoint), &endpoint, token.as_ref(), &address, cache)?;
            let shown = listing.shown.clone();
            downloads.remember(listing);
            Ok(shown)
        })
        .await?
    }

    /// Queues a download of listed files. If a download of the same files is not over, that one is returned instead.
    ///
    /// # Errors
    /// Returns an error if the files were not listed, there is no space, or the store cannot be written.
    pub async fn start_download(&self, request: StartDownload) -> Result<Download, Error> {
        let listing = self.state.downloads.listing(&request.repository, &request.commit);
        let files = listing.as_ref().and_then(|listing| listing.rows(&request.files));
        let files = files.map(|files| files.into_iter().map(to_row).collect::<Vec<_>>());
        let (Some(listing), Some(files)) = (listing, files.filter(|files| !files.is_empty())) else {
            let next = "List the repository again, and choose what to fetch.";
            return Err(Error::invalid("These files were not listed.", next));
        };
        self.state.downloads.check_space(self.missing(&request.repository, &files))?;

        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let paths: Vec<&String> = files.iter().map(|file| &file.path).collect();
        let is_same = |download: &Download| {
            let is_open = !download.state.is_over();
            is_open && download.commit == request.commit && download.files.iter().collect::<Vec<_>>() == paths
        };
        if let Some(same) = downloads::list(&mut db).await?.into_iter().find(is_same) {
            return Ok(same);
        }
        let now = clock::now();
        let title = format!("Download of {}", request.repository);
        let job = jobs::insert(&mut db, &title, now).await?;
        let new = NewDownload {
            endpoint: listing.endpoint.text(),
            repository: &request.repository,
            revision: &listing.shown.revision,
            commit: &request.commit,
            files: &files,
        };
        let id = downloads::insert(&mut db, job, &new, now).await?;
        let download = downloads::find(&mut db, id).await?;
        db.commit().await?;
        say_job(&self.state, &change, job).await?;
        self.wake_downloads();
        Ok(download)
    }

    /// Removes a download that does not run from the list, and its unfinished files from the disk.
    ///
    /// # Errors
    /// Returns an error if it runs or waits, or the store cannot be written.
    pub async fn forget_download(&self, request: ForgetDownload) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let download = downloads::find(&mut db, request.download).await?;
        if matches!(download.state, JobState::Running | JobState::Queued) {
            return Err(Error::invalid("The download is under way.", "Stop it first."));
        }
        let files = downloads::files(&mut *db, download.id).await?;
        let mut job = jobs::find(&mut *db, download.job).await?;
        downloads::delete(&mut db, download.job).await?;
        db.commit().await?;
        let cache = self.state.downloads.repository_cache(&download.repository);
        for file in &files {
            cache.discard(&file.blob);
        }
        job.state = JobState::Stopped;
        change.send(&Event::Job(job));
        change.send(&Event::DownloadForgotten(download.id));
        Ok(())
    }

    pub(super) async fn endpoint(&self) -> Result<Endpoint, Error> {
        let set = settings::read(self.state.store.read(), self.state.project()).await?;
        Ok(self.state.downloads.environment.endpoint(set.hub_endpoint.as_deref())?)
    }

    fn missing(&self, repository: &str, files: &[FileRow]) -> u64 {
        let cache = self.state.downloads.repository_cache(repository);
        files.iter().map(|file| file.bytes - cache.there(&file.blob, file.bytes)).sum()
    }
}

fn hub(state: &AppState, endpoint: &Endpoint) -> Hub {
    let downloads = &state.downloads;
    Hub {
        host: endpoint.host(),
        cache: downloads.environment.cache.display().to_string(),
        free_bytes: downloads.free_bytes(),
        token: downloads.tokens.find(&downloads.environment, endpoint).1,
        has_keyring: downloads.tokens.has_keyring(),
    }
}
