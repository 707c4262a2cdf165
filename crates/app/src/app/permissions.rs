//! Decides whether a request may reach what it names outside the store.

use std::collections::HashSet;
use std::path::Path;

use ipc::files::{Access, ChosenFile};
use store::settings;

use super::App;
use super::required_permissions::{NeedsPermission, score_permissions};
use crate::Error;
use crate::door::Guest;
use crate::permissions::Permission;

impl App {
    /// Takes a file or folder that a person chose in a dialog of the desktop.
    #[must_use]
    pub fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        self.state.permissions.choose(path, access)
    }

    /// Keeps what a person has named in this process while another one ran the engine.
    pub fn keep_named(&self, ended: &Guest) {
        self.state.permissions.keep(ended.named());
    }

    /// Returns what a request reaches outside the store and no person has confirmed yet.
    ///
    /// # Errors
    /// Returns an error if the request names a path or an address that cannot be one, or the store cannot be read.
    pub async fn unconfirmed(&self, request: &impl NeedsPermission) -> Result<Vec<Permission>, Error> {
        let mut permissions = request.permissions(self).await?;
        permissions.retain(|permission| !self.state.permissions.is_confirmed(permission));
        self.without_stored(permissions).await
    }

    /// Returns what a request reaches outside the store, whatever was confirmed here: the person who is asked sits before
    /// another process.
    pub(crate) async fn reached(&self, request: &impl NeedsPermission) -> Result<Vec<Permission>, Error> {
        self.without_stored(request.permissions(self).await?).await
    }

    /// Leaves out what the store names, because it went through a confirmation when it was stored.
    async fn without_stored(&self, mut permissions: Vec<Permission>) -> Result<Vec<Permission>, Error> {
        if !permissions.is_empty() {
            let stored = self.stored_permissions().await?;
            permissions.retain(|permission| !stored.contains(permission));
        }
        Ok(permissions)
    }

    /// Notes that a person confirmed a permission in a dialog of the desktop.
    pub fn confirm(&self, permission: Permission) {
        self.state.permissions.confirm(permission);
    }

    /// Refuses a request that reaches something that nobody confirmed.
    pub(crate) async fn check_permissions(&self, request: &impl NeedsPermission) -> Result<(), Error> {
        match self.unconfirmed(request).await?.first() {
            None => Ok(()),
            Some(permission) => Err(permission.refused()),
        }
    }

    /// Returns the servers and files that the settings and the sweeps name.
    async fn stored_permissions(&self) -> Result<HashSet<Permission>, Error> {
        let state = &self.state;
        let set = settings::read(state.store.read(), state.project()).await?;
        let mut stored: HashSet<Permission> = HashSet::new();
        stored.extend(set.endpoint.and_then(|endpoint| Permission::send(&endpoint.address).ok()));
        stored.extend(set.hub_endpoint.and_then(|hub| Permission::download(&hub).ok()));
        let mut db = state.store.read().acquire().await?;
        for sweep in store::sweeps::list(&mut db, state.project()).await? {
            stored.extend(score_permissions(&sweep.settings.scores).unwrap_or_default());
        }
        Ok(stored)
    }
}
