//! Commands about the list of pairs: filters, windows, changes of many pairs, tokens, splits.

use super::commands;
use crate::Id;
use crate::data::{Edited, Pair, PairContent};
use crate::list::{Found, Ids, PairChange, PairFilter, PairRow};
use crate::split::{SplitPlan, SplitSettings};
use crate::tokens::PairSequence;

commands! {
    /// The pairs of a data set that a filter takes.
    FindPairs = "find_pairs" -> Found {
        /// The data set.
        data_set: Id,
        /// Which of its pairs.
        filter: PairFilter,
    }

    /// Pairs as the list shows them; those that are gone are left out.
    ReadRows = "read_rows" -> Vec<PairRow> {
        /// The data set.
        data_set: Id,
        /// The pairs.
        pairs: Vec<Id>,
        /// The words that are looked for.
        text: String,
    }

    /// One pair.
    ReadPair = "read_pair" -> Pair {
        /// The pair.
        pair: Id,
    }

    /// Changes many pairs at once; `None` where nothing was to change.
    ChangePairs = "change_pairs" -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// Its pairs.
        pairs: Ids,
        /// What happens to them.
        change: PairChange,
    }

    /// Counts the tokens of all pairs with the loaded model, beside other work. What is counted comes as events.
    CountPairs = "count_pairs" -> () {
        /// The data set.
        data_set: Id,
        /// The system prompt of pairs that have none of their own.
        system_prompt: String,
    }

    /// A pair's tokens with the loaded model's tokenizer and chat template, one by one.
    ShowTokens = "show_tokens" -> PairSequence {
        /// The pair's text.
        content: PairContent,
        /// The system prompt of a pair that has none of its own.
        system_prompt: String,
    }

    /// Says what a split would do; nothing is stored.
    PlanSplit = "plan_split" -> SplitPlan {
        /// The data set.
        data_set: Id,
        /// The settings of the split.
        settings: SplitSettings,
    }

    /// Splits a data set: one step for [`super::Undo`]. `None` where nothing was to change.
    SplitPairs = "split_pairs" -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// The settings of the split.
        settings: SplitSettings,
    }
}
