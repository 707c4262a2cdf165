//! Publishes passports of vectors on the hub.

use std::sync::Arc;

use hub::upload::UploadFile;
use ipc::command::{PackVector, PlanPublish, Publish, StopPublishing};
use ipc::files::{FileRef, PackedFile};
use ipc::publish::{PublishPlan, Published};
use ipc::{Code, Failure, Id};
use store::vectors as vector_rows;

use super::App;
use super::models::blocking;
use crate::passport::package;
use crate::publishing::{Parcel, send};
use crate::{Error, printable};

impl App {
    /// Says which files publishing a vector would send, and where.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist or has no passport, or the hub's address cannot be used.
    pub async fn plan_publish(&self, request: PlanPublish) -> Result<PublishPlan, Error> {
        let endpoint = self.endpoint().await?;
        let address = endpoint.page(&request.publication.repository);
        let files = self.files_of(request.vector, &request.publication).await?;
        let state = Arc::clone(&self.state);
        let find = move || state.downloads.tokens.find(&state.downloads.environment, &endpoint).1;
        let token = blocking(find).await?;
        let packed = |file: UploadFile| PackedFile { bytes: file.bytes.len() as u64, name: file.path };
        Ok(PublishPlan { address, files: files.into_iter().map(packed).collect(), token })
    }

    /// Publishes the passport of a vector.
    ///
    /// # Errors
    /// Returns an error if nobody confirmed the address, the vector has no passport, there is no token, or the hub refuses or
    /// cannot be reached.
    pub async fn publish(&self, request: Publish) -> Result<Published, Error> {
        self.check_permissions(&request).await?;
        let endpoint = self.endpoint().await?;
        let files = self.files_of(request.vector, &request.publication).await?;
        let name = vector_rows::find(self.state.store.read(), request.vector).await?.name;
        let message = format!("Add {}", printable::line(&name));
        let state = Arc::clone(&self.state);
        let sent = blocking(move || {
            let downloads = &state.downloads;
            let token = downloads.tokens.find(&downloads.environment, &endpoint).0.ok_or_else(no_token)?;
            let parcel = Parcel {
                endpoint: &endpoint,
                token: &token,
                repository: request.publication.repository.trim(),
                private: request.publication.private,
                into_existing: request.publication.into_existing,
                files: &files,
                message: &message,
            };
            send(&state, &parcel)
        });
        Ok(match sent.await?? {
            Some(done) => Published::Committed { address: done.address, commit: done.commit },
            None => Published::Cancelled,
        })
    }

    /// Cancels the upload that is under way.
    ///
    /// # Errors
    /// Returns no error.
    #[expect(clippy::unused_async, reason = "every command is called alike")]
    pub async fn stop_publishing(&self, _: StopPublishing) -> Result<(), Error> {
        self.state.publishing.stop();
        Ok(())
    }

    /// Returns the address of a repository on the hub that the settings name.
    pub(super) async fn repository_address(&self, repository: &str) -> Result<String, Error> {
        Ok(self.endpoint().await?.page(repository))
    }

    /// Packs the passport of a vector.
    async fn files_of(
        &self,
        vector: Id,
        publication: &ipc::publish::Publication,
    ) -> Result<Vec<UploadFile>, Error> {
        let request = PackVector {
            vector,
            // Nothing is written on this machine.
            file: FileRef::typed(String::new()),
            sweep: publication.sweep,
            with_pairs: publication.with_pairs,
            licence: publication.licence.clone(),
            replace: false,
        };
        let (package, _) = package(&self.state, &request).await?;
        let files =
            package.all_files().map_err(|source| Error::VectorFile { path: "passport".into(), source })?;
        Ok(files.into_iter().map(|(path, bytes)| UploadFile { path, bytes }).collect())
    }
}

fn no_token() -> Error {
    let failure = Failure::new(Code::TokenWanted, "The hub takes uploads with an access token only.");
    Error::Failure(
        failure.next("Type a token with the right to write under Models, \u{201c}Download\u{201d}."),
    )
}
