//! Keeps, deletes, exports and imports presets.

use std::sync::Arc;

use ipc::command::{DeletePreset, ExportPreset, ImportPreset, KeepPreset};
use ipc::conversation::{Desk, Preset};
use ipc::deletion::Deletion;
use ipc::event::Event;
use ipc::files::Access;
use store::presets;

use super::App;
use super::check::check_desk;
use crate::app::deletions::recorded;
use crate::app::models::blocking;
use crate::conversation_files::{library, preset, read_text};
use crate::{Error, atomic_write};

impl App {
    /// Keeps a desk under a name.
    ///
    /// # Errors
    /// Returns an error if there is no name or the desk cannot be used, or the store cannot be written.
    pub async fn keep_preset(&self, request: KeepPreset) -> Result<Preset, Error> {
        let desk = self.checked_desk(request.desk, None).await?;
        self.store_preset(&request.name, &desk).await
    }

    async fn store_preset(&self, name: &str, desk: &Desk) -> Result<Preset, Error> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::invalid("The preset has no name.", "Type one."));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let id = presets::put(&mut db, self.state.project(), name, desk).await?;
        let kept = presets::find(&mut db, id).await?;
        db.commit().await?;
        change.send(&Event::Preset(kept.clone()));
        Ok(kept)
    }

    /// Deletes a preset.
    ///
    /// # Errors
    /// Returns an error if it does not exist, or the store cannot be written.
    pub async fn delete_preset(&self, request: DeletePreset) -> Result<Deletion, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let gone = presets::find(&mut db, request.preset).await?;
        let title = format!("the preset \u{201c}{}\u{201d}", gone.name);
        let deletion = recorded(db, title, async |db| presets::delete(db, gone.id).await).await?;
        change.send(&Event::PresetDeleted(gone.id));
        Ok(deletion)
    }

    /// Writes a preset to a JSON file.
    ///
    /// # Errors
    /// Returns an error if it does not exist, a file is there that may not be replaced, or it cannot be written.
    pub async fn export_preset(&self, request: ExportPreset) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        let mut db = self.state.store.read().acquire().await?;
        let found = presets::find(&mut db, request.preset).await?;
        drop(db);
        let (state, replace) = (Arc::clone(&self.state), request.replace);
        blocking(move || state.exports.write(&path, preset::write(&found)?.as_bytes(), replace)).await?
    }

    /// Keeps the preset of a JSON file.
    ///
    /// # Errors
    /// Returns an error if the file is no preset, one of its vectors is not in the library, or the store cannot be written.
    pub async fn import_preset(&self, request: ImportPreset) -> Result<Preset, Error> {
        let path = self.state.permissions.file(&request.file, Access::Read)?;
        let text = blocking(move || read_text(&path)).await??;
        let (name, mut desk) = preset::read(&text)?;
        check_desk(&desk)?;
        let known = self.library().await?;
        if let Some(missing) = library::find_vectors(&mut desk, &known).first() {
            let message =
                format!("The vector \u{201c}{missing}\u{201d} of the preset is not in the library.");
            return Err(Error::invalid(message, "Import the vector first, then the preset."));
        }
        let desk = self.checked_desk(desk, None).await?;
        self.store_preset(&name, &desk).await
    }

    /// Returns the vectors of the library with the hashes of what they do.
    pub(super) async fn library(&self) -> Result<Vec<library::Known>, Error> {
        let read = self.state.store.read();
        let mut known = Vec::new();
        for vector in store::vectors::list(read, self.state.project()).await? {
            let hash = store::vectors::steering(read, vector.id).await?.hash()?;
            known.push(library::Known { id: vector.id, name: vector.name, hash });
        }
        Ok(known)
    }
}
