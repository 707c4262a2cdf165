//! Commands that convert between pairs and choices of (A) and (B).

use super::commands;
use crate::Id;
use crate::choices::{Choice, ChoiceForm};
use crate::data::{DataSet, Split};
use crate::files::FileRef;

commands! {
    /// Returns a pair as the choice that CAA trains on with this seed.
    ReadChoice -> Choice {
        /// The pair.
        pair: Id,
        /// The seed that draws the letters.
        seed: u64,
    }

    /// Makes a data set from the pairs of another one as choices, or from its choices as pairs.
    ConvertChoices -> DataSet {
        /// The data set that is read.
        data_set: Id,
        /// The form of the new pairs.
        form: ChoiceForm,
        /// The seed that draws the letters.
        seed: u64,
    }

    /// Writes pairs in the JSON format of CAA: questions whose answers are letters. Returns the number of pairs.
    ExportChoices -> u32 {
        /// The data set.
        data_set: Id,
        /// Restricts the export to one split.
        split: Option<Split>,
        /// The seed that draws the letters.
        seed: u64,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
    }
}
