//! Commands about the list of pairs: filters, visible rows, changes of many pairs, tokens and splits.

use super::commands;
use crate::Id;
use crate::data::{Edited, Pair, PairContent};
use crate::list::{Found, Ids, PairChange, PairFilter, PairRow};
use crate::split::{SplitPlan, SplitSettings};
use crate::tokens::PairSequence;

commands! {
    /// Finds the pairs of a data set that match a filter.
    FindPairs -> Found {
        /// The data set.
        data_set: Id,
        /// The filter.
        filter: PairFilter,
    }

    /// Returns the list rows of pairs. Deleted pairs are left out.
    ReadRows -> Vec<PairRow> {
        /// The data set.
        data_set: Id,
        /// The ids of the pairs.
        pairs: Vec<Id>,
        /// The words of the search, which select the line that a row shows.
        text: String,
    }

    /// Returns one pair.
    ReadPair -> Pair {
        /// The pair.
        pair: Id,
    }

    /// Changes many pairs at once. `None` if nothing changes.
    ChangePairs -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// The pairs to change.
        pairs: Ids,
        /// The change.
        change: PairChange,
    }

    /// Counts the tokens of all pairs with the loaded model, in the background. Events report the counts.
    CountPairs -> () {
        /// The data set.
        data_set: Id,
        /// The system prompt for pairs that have none of their own.
        system_prompt: String,
    }

    /// Returns the tokens of a pair by the loaded model's tokenizer and chat template.
    ShowTokens -> PairSequence {
        /// The content of the pair.
        content: PairContent,
        /// The system prompt for a pair that has none of its own.
        system_prompt: String,
    }

    /// Returns what a split would change. Nothing is stored.
    PlanSplit -> SplitPlan {
        /// The data set.
        data_set: Id,
        /// The settings of the split.
        settings: SplitSettings,
    }

    /// Splits a data set as one edit for [`super::Undo`]. `None` if nothing changes.
    SplitPairs -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// The settings of the split.
        settings: SplitSettings,
    }
}
