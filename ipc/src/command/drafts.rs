//! Commands about pairs that a model drafts, and about the endpoints that serve such models.

use super::commands;
use crate::Id;
use crate::data::Edited;
use crate::drafts::{DraftSettings, DraftTask, Drafts, EndpointFacts};
use crate::job::Job;

commands! {
    /// Queues a job that drafts answers.
    StartDrafts -> Job {
        /// The data set that receives accepted pairs.
        data_set: Id,
        /// The task of the drafts.
        task: DraftTask,
        /// The settings of the drafts.
        settings: DraftSettings,
    }

    /// Lists the drafts of a data set that a person has neither accepted nor rejected.
    ListDrafts -> Drafts {
        /// The data set.
        data_set: Id,
    }

    /// Changes the answers of a draft.
    EditDraft -> () {
        /// The draft.
        draft: Id,
        /// The new wanted answer.
        wanted: String,
        /// The new opposite answer.
        opposite: String,
    }

    /// Turns drafts into pairs, as one edit. Undoing the edit restores the drafts. `None` if no draft has both answers.
    AcceptDrafts -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// The drafts.
        drafts: Vec<Id>,
    }

    /// Rejects drafts.
    RejectDrafts -> () {
        /// The data set.
        data_set: Id,
        /// The drafts.
        drafts: Vec<Id>,
    }

    /// Returns where text would be sent, and whether a key is stored. Nothing is sent.
    InspectEndpoint -> EndpointFacts {
        /// The address as it was typed.
        address: String,
    }

    /// Stores the key of an endpoint. An empty key deletes the stored one.
    SaveKey -> EndpointFacts {
        /// The address as it was typed.
        address: String,
        /// The key.
        key: String,
    }

    /// Sends one short question to an endpoint and returns its reply.
    TryEndpoint -> String {
        /// The address as it was typed.
        address: String,
        /// The server's name for the model.
        model: String,
    }
}
