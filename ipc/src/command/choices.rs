//! Commands about pairs as choices between (A) and (B).

use super::commands;
use crate::Id;
use crate::choices::{Choice, ChoiceForm};
use crate::data::{DataSet, Split};

commands! {
    /// A pair as the choice that contrastive activation addition trains on with this seed.
    ReadChoice = "read_choice" -> Choice {
        /// The pair.
        pair: Id,
        /// Draws the letters.
        seed: u64,
    }

    /// Makes a data set of another one's pairs as choices, or of its choices as pairs.
    ConvertChoices = "convert_choices" -> DataSet {
        /// The data set that is read.
        data_set: Id,
        /// What its pairs become.
        form: ChoiceForm,
        /// Draws the letters.
        seed: u64,
    }

    /// Writes pairs as CAA's JSON: questions with letters for answers. The answer is how many.
    ExportChoices = "export_choices" -> u32 {
        /// The data set.
        data_set: Id,
        /// Only those of one split.
        split: Option<Split>,
        /// Draws the letters.
        seed: u64,
        /// The path of the new file.
        path: String,
        /// Whether an existing file may be replaced.
        replace: bool,
    }
}
