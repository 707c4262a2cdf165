//! Commands that publish a vector on the hub.

use super::commands;
use crate::Id;
use crate::publish::{Publication, PublishPlan, Published};

commands! {
    /// Says which files publishing a vector would send, and where. Nothing is sent.
    PlanPublish -> PublishPlan {
        /// The vector.
        vector: Id,
        /// What would be published.
        publication: Publication,
    }

    /// Publishes the passport of a vector as one commit of a repository on the hub. A person confirms the address first.
    Publish -> Published {
        /// The vector.
        vector: Id,
        /// What is published.
        publication: Publication,
    }

    /// Cancels the upload that is under way. What is committed stays.
    StopPublishing -> () {}
}
