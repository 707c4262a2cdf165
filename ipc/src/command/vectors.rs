//! Commands about the library of vectors.

use super::commands;
use crate::Id;
use crate::derive::{Change, Lens, Likeness, Together};
use crate::files::ExportedVector;
use crate::job::Job;
use crate::steering::SteeringTerm;
use crate::vector::Vector;

commands! {
    /// Renames a vector.
    RenameVector = "rename_vector" -> Vector {
        /// The vector.
        vector: Id,
        /// Its new name.
        name: String,
    }

    /// Keeps a vector's tags and note.
    DescribeVector = "describe_vector" -> Vector {
        /// The vector.
        vector: Id,
        /// Its tags; blanks around them and doubles go.
        tags: Vec<String>,
        /// The note.
        note: String,
    }

    /// Makes a new vector of one that is there.
    MakeVector = "make_vector" -> Vector {
        /// The vector.
        vector: Id,
        /// What is done.
        change: Change,
        /// What the new one is called; empty for a name made from what is done.
        name: String,
    }

    /// Queues a job that carries a vector to another model by a learned linear map: experimental. One that does the same and is
    /// not over is returned instead.
    CarryVector = "carry_vector" -> Job {
        /// The vector.
        vector: Id,
        /// Which of its layers is carried; of a vector with one, that one where none is given.
        from_layer: Option<u32>,
        /// The other model.
        model: Id,
        /// The 0-based block of the other model after which it acts.
        layer: u32,
        /// The data set whose prompts and answers both models read besides the neutral text.
        data_set: Option<Id>,
    }

    /// How alike vectors of one hidden size are.
    CompareVectors = "compare_vectors" -> Likeness {
        /// The vectors, in the order of the answer.
        vectors: Vec<Id>,
        /// Only their parts at this layer.
        layer: Option<u32>,
    }

    /// What several vectors come to together: conflicts, and what is added at each layer.
    ReadTogether = "read_together" -> Together {
        /// The vectors with their weights.
        terms: Vec<SteeringTerm>,
    }

    /// The vocabulary's tokens that a vector points to, by the model in memory.
    ReadLens = "read_lens" -> Lens {
        /// The vector.
        vector: Id,
        /// One of its layers; the lowest where none is given.
        layer: Option<u32>,
    }

    /// The residual stream's typical norm after each block; empty where the model is not in memory and never was
    /// measured.
    ReadResidual = "read_residual" -> Vec<f64> {
        /// The model.
        model: Id,
    }

    /// Writes a vector to a file, in the format of its ending.
    ExportVector = "export_vector" -> ExportedVector {
        /// The vector.
        vector: Id,
        /// The path of the new file.
        path: String,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Imports a vector from a file.
    ImportVector = "import_vector" -> Vector {
        /// The path of the file.
        path: String,
        /// What the vector is called; empty for the name that the file has for it.
        name: String,
        /// Its 0-based layer, where the file does not say it; of a file with several the one to take, all of them where
        /// none is given.
        layer: Option<u32>,
        /// The model that it is for.
        model: Id,
    }

    /// Deletes a vector and its sweeps.
    DeleteVector = "delete_vector" -> () {
        /// The vector.
        vector: Id,
    }
}
