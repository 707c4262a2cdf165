//! Commands about versions of a data set.

use super::commands;
use crate::Id;
use crate::version::{RestoreInto, Restored, Version, VersionDifference, VersionPage};

commands! {
    /// The versions of a data set, newest first.
    ListVersions = "list_versions" -> Vec<Version> {
        /// The data set.
        data_set: Id,
    }

    /// Keeps the data set as it is now under a name.
    KeepVersion = "keep_version" -> Vec<Version> {
        /// The data set.
        data_set: Id,
        /// The name.
        name: String,
    }

    /// Some of a version's pairs.
    ReadVersion = "read_version" -> VersionPage {
        /// The version.
        hash: String,
        /// The place of the first pair, from 0.
        first: u32,
        /// How many pairs at most.
        count: u32,
    }

    /// Compares a version with what the data set says now.
    CompareVersion = "compare_version" -> VersionDifference {
        /// The data set.
        data_set: Id,
        /// The version.
        hash: String,
    }

    /// Puts a version back.
    RestoreVersion = "restore_version" -> Restored {
        /// The data set.
        data_set: Id,
        /// The version.
        hash: String,
        /// Where to.
        into: RestoreInto,
    }
}
