//! The library of vectors.

use super::commands;
use crate::Id;
use crate::files::ExportedVector;
use crate::vector::Vector;

commands! {
    /// Renames a vector.
    RenameVector = "rename_vector" -> Vector {
        /// The vector.
        vector: Id,
        /// Its new name.
        name: String,
    }

    /// Writes a vector to a file, in the format of its ending.
    ExportVector = "export_vector" -> ExportedVector {
        /// The vector.
        vector: Id,
        /// Where the file goes.
        path: String,
        /// Whether a file that is there may be replaced.
        replace: bool,
    }

    /// Imports a vector from a file.
    ImportVector = "import_vector" -> Vector {
        /// Where the file is.
        path: String,
        /// What the vector is called; empty for the name that the file has for it.
        name: String,
        /// Its 0-based layer, where the file does not say it or says several.
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
