//! Commands that make a vector a part of a model, or of an adapter.

use super::commands;
use crate::Id;
use crate::bake::{Bake, BakePlan};
use crate::distil::{DistilSettings, Distillation};
use crate::files::FileRef;
use crate::job::Job;

commands! {
    /// Says what baking a vector into a model would write, or why it cannot be baked. Nothing is written.
    PlanBake -> BakePlan {
        /// The vector.
        vector: Id,
        /// The model.
        model: Id,
        /// The strengths, up to three.
        multipliers: Vec<f64>,
        /// Where the copies go, if that is chosen.
        file: Option<FileRef>,
        /// The name of the file or folder, if its path was typed. Nothing is looked at there.
        name: Option<String>,
    }

    /// Queues a job that bakes a vector into copies of a model, one for each strength, and proves each.
    StartBake -> Job {
        /// The vector.
        vector: Id,
        /// The model.
        model: Id,
        /// The strengths, up to three. With several, the name of each copy ends in its strength.
        multipliers: Vec<f64>,
        /// The new file, or the new folder where the model is one.
        file: FileRef,
        /// Whether a file that is there may be replaced, with one strength. A folder never is.
        replace: bool,
        /// Whether the model may have other weights than the one that the vector was made on: the same model in another format.
        other_weights: bool,
    }

    /// Lists what was baked of a vector, newest first.
    ListBakes -> Vec<Bake> {
        /// The vector.
        vector: Id,
    }

    /// Queues a job that distils the steered model into an adapter, which goes to the library. If a job that does the same is not
    /// over, that one is returned.
    StartDistil -> Job {
        /// The vector that steers the model that it was made for.
        vector: Id,
        /// The strength.
        multiplier: f64,
        /// The data set whose prompts and answers are read besides the neutral text.
        data_set: Id,
        /// The settings.
        settings: DistilSettings,
    }

    /// Lists what was distilled from a vector, newest first.
    ListDistillations -> Vec<Distillation> {
        /// The vector.
        vector: Id,
    }
}
