//! Commands about pairs that a model drafts, and the endpoints that draft them.

use super::commands;
use crate::Id;
use crate::data::Edited;
use crate::drafts::{DraftSettings, DraftTask, Drafts, EndpointFacts};
use crate::job::Job;

commands! {
    /// Queues a job that drafts answers.
    StartDrafts = "start_drafts" -> Job {
        /// The data set that accepted pairs go into.
        data_set: Id,
        /// The task of the drafts.
        task: DraftTask,
        /// How.
        settings: DraftSettings,
    }

    /// The drafts of a data set that a person has not decided on.
    ListDrafts = "list_drafts" -> Drafts {
        /// The data set.
        data_set: Id,
    }

    /// Changes what a draft says.
    EditDraft = "edit_draft" -> () {
        /// The draft.
        draft: Id,
        /// Its wanted answer from now on.
        wanted: String,
        /// Its opposite answer from now on.
        opposite: String,
    }

    /// Makes pairs of drafts, as one edit; `None` where none of them is whole. Undone, they are drafts again.
    AcceptDrafts = "accept_drafts" -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// The drafts.
        drafts: Vec<Id>,
    }

    /// Puts drafts away.
    RejectDrafts = "reject_drafts" -> () {
        /// The data set.
        data_set: Id,
        /// The drafts.
        drafts: Vec<Id>,
    }

    /// Says where text would go, and whether there is a key. Nothing is sent.
    LookAtEndpoint = "look_at_endpoint" -> EndpointFacts {
        /// The address as it was typed.
        address: String,
    }

    /// Keeps the key of an endpoint; an empty one is forgotten.
    KeepKey = "keep_key" -> EndpointFacts {
        /// The address as it was typed.
        address: String,
        /// The key.
        key: String,
    }

    /// Sends one short question to an endpoint; the answer is what came back.
    TryEndpoint = "try_endpoint" -> String {
        /// The address as it was typed.
        address: String,
        /// What the server calls the model.
        model: String,
    }
}
