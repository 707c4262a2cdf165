//! Commands about the library of vectors.

use super::commands;
use crate::Id;
use crate::deletion::Deletion;
use crate::derive::{Change, LogitLens, Similarity, VectorSum};
use crate::files::{ExportedVector, FileRef, PackedVector, VectorPreview};
use crate::job::Job;
use crate::projection::{Percentiles, QuietSet};
use crate::steering::SteeringTerm;
use crate::vector::Vector;

commands! {
    /// Renames a vector.
    RenameVector -> Vector {
        /// The vector.
        vector: Id,
        /// Its new name.
        name: String,
    }

    /// Sets a vector's tags and note.
    DescribeVector -> Vector {
        /// The vector.
        vector: Id,
        /// The tags. Surrounding blanks and repetitions are removed.
        tags: Vec<String>,
        /// The note.
        note: String,
    }

    /// Makes a new vector from an existing one.
    MakeVector -> Vector {
        /// The vector.
        vector: Id,
        /// The operation.
        change: Change,
        /// The name of the new vector. If empty, a name is made from the operation.
        name: String,
    }

    /// Queues a job that transfers a vector to another model by a learned linear map (experimental). If a job for the same
    /// transfer is queued or running, that one is returned.
    TransferVector -> Job {
        /// The vector.
        vector: Id,
        /// The layer to transfer. May be `None` for a vector with a single layer.
        from_layer: Option<u32>,
        /// The other model.
        model: Id,
        /// The 0-based block of the other model after which the new vector acts.
        layer: u32,
        /// A data set whose prompts and answers both models read in addition to the neutral text.
        data_set: Option<Id>,
    }

    /// Computes the cosines between vectors of one hidden size.
    CompareVectors -> Similarity {
        /// The vectors, in the order of the result.
        vectors: Vec<Id>,
        /// Restricts the comparison to this layer.
        layer: Option<u32>,
    }

    /// Describes the sum of several vectors: conflicting vectors, and the norm added at each layer.
    ReadVectorSum -> VectorSum {
        /// The vectors with their weights.
        terms: Vec<SteeringTerm>,
    }

    /// Lists the tokens that a vector promotes by the logit lens of the loaded model.
    ReadLogitLens -> LogitLens {
        /// The vector.
        vector: Id,
        /// The layer to read. `None` selects the lowest.
        layer: Option<u32>,
    }

    /// Returns the mean norm of the residual stream after each block. Empty if the norms are not stored and the model is not
    /// in memory.
    ReadResidual -> Vec<f64> {
        /// The model.
        model: Id,
    }

    /// Returns the percentiles of a vector's projections over a quiet set, from which caps are made. They are measured if they are
    /// not stored, which [`StopMeasuring`](super::StopMeasuring) ends.
    MeasurePercentiles -> Percentiles {
        /// The vector.
        vector: Id,
        /// The texts.
        over: QuietSet,
    }

    /// Writes a vector to a file. The ending selects the format.
    ExportVector -> ExportedVector {
        /// The vector.
        vector: Id,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
        /// Whether a job loads the file of an adapter again and compares it with the adapter in the library.
        prove: bool,
    }

    /// Writes the passport of a vector: its numbers with what is known of it. A file that ends in `.zip` becomes an archive,
    /// and everything else a folder.
    PackVector -> PackedVector {
        /// The vector.
        vector: Id,
        /// The new archive or folder.
        file: FileRef,
        /// The sweep whose curves it has. `None` takes the last complete one of the vector alone.
        sweep: Option<Id>,
        /// Whether the pairs, and the prompts of the sweep's lists, go along.
        with_pairs: bool,
        /// The licence, as an identifier of SPDX. Empty for none.
        licence: String,
        /// Whether an existing archive may be replaced. A folder never is.
        replace: bool,
    }

    /// Reads the file of a vector or an adapter, and returns what an import would take from it.
    PreviewVector -> VectorPreview {
        /// The file.
        file: FileRef,
        /// The model that the vector belongs to.
        model: Id,
    }

    /// Imports a vector from a file.
    ImportVector -> Vector {
        /// The file.
        file: FileRef,
        /// The name of the vector. If empty, the name in the file is used.
        name: String,
        /// The 0-based layer if the file gives none. Of a file with several layers it selects one, and `None` takes all of
        /// them.
        layer: Option<u32>,
        /// The model that the vector belongs to.
        model: Id,
    }

    /// Deletes a vector and its sweeps.
    DeleteVector -> Deletion {
        /// The vector.
        vector: Id,
    }
}
