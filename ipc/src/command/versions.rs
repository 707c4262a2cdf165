//! Commands about versions of a data set.

use super::commands;
use crate::Id;
use crate::version::{RestoreInto, Restored, Version, VersionDifference, VersionPage};

commands! {
    /// Returns the versions of a data set, newest first.
    ListVersions -> Vec<Version> {
        /// The data set.
        data_set: Id,
    }

    /// Stores the current content of the data set as a version with a name.
    SaveVersion -> Vec<Version> {
        /// The data set.
        data_set: Id,
        /// The name.
        name: String,
    }

    /// Returns a range of a version's pairs.
    ReadVersion -> VersionPage {
        /// The version.
        hash: String,
        /// The index of the first pair, from 0.
        first: u32,
        /// The maximum number of pairs.
        count: u32,
    }

    /// Compares a version with the current content of the data set.
    CompareVersion -> VersionDifference {
        /// The data set.
        data_set: Id,
        /// The version.
        hash: String,
    }

    /// Restores a version.
    RestoreVersion -> Restored {
        /// The data set.
        data_set: Id,
        /// The version.
        hash: String,
        /// The data set that receives the version.
        into: RestoreInto,
    }
}
