//! Commands that take deletions back.

use super::commands;
use crate::Id;

commands! {
    /// Takes the last deletion back, with everything that went with it. [`crate::Event::Restored`] follows.
    UndoDeletion -> () {
        /// The deletion.
        deletion: Id,
    }

    /// Puts a model back into the list from which [`super::ForgetModel`] removed it.
    RestoreModel -> () {
        /// The model.
        model: Id,
    }

    /// Opens drafts again that [`super::RejectDrafts`] rejected.
    RestoreDrafts -> () {
        /// The data set.
        data_set: Id,
        /// The drafts.
        drafts: Vec<Id>,
    }
}
