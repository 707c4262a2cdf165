//! Commands about data sets and preference pairs.

use super::commands;
use crate::Id;
use crate::data::{DataSet, Edited, Pair, PairContent, PairTokens, Split};
use crate::files::{Columns, ExportedPairs, HoldOut, ImportPreview, ImportSource, ImportTarget, PairFormat};

commands! {
    /// The pairs of a data set, in order.
    ListPairs = "list_pairs" -> Vec<Pair> {
        /// The data set.
        data_set: Id,
    }

    /// Changes what a pair says.
    EditPair = "edit_pair" -> Edited {
        /// The pair.
        pair: Id,
        /// What it says from now on.
        content: PairContent,
    }

    /// Adds a pair after another one, or at the end.
    AddPair = "add_pair" -> Edited {
        /// The data set.
        data_set: Id,
        /// The pair before it; `None` for the end.
        after: Option<Id>,
        /// What it says.
        content: PairContent,
    }

    /// Deletes a pair; [`Undo`] brings it back.
    DeletePair = "delete_pair" -> Edited {
        /// The pair.
        pair: Id,
    }

    /// Takes the last edit of a data set back.
    Undo = "undo" -> Option<Edited> {
        /// The data set.
        data_set: Id,
    }

    /// Makes the last undone edit again.
    Redo = "redo" -> Option<Edited> {
        /// The data set.
        data_set: Id,
    }

    /// Makes an empty data set.
    CreateDataSet = "create_data_set" -> DataSet {
        /// The name.
        name: String,
    }

    /// Renames a data set.
    RenameDataSet = "rename_data_set" -> DataSet {
        /// The data set.
        data_set: Id,
        /// Its new name.
        name: String,
    }

    /// Deletes a data set with its runs and sweeps. It cannot be undone; vectors made from it stay.
    DeleteDataSet = "delete_data_set" -> () {
        /// The data set.
        data_set: Id,
    }

    /// Reads a data file and says what it would bring; nothing is stored.
    PreviewImport = "preview_import" -> ImportPreview {
        /// The source.
        source: ImportSource,
        /// Which columns to take, whatever the format; until all are named, the first rows are shown with every column.
        columns: Option<Columns>,
    }

    /// Imports the pairs of a data file: all of them, or none.
    ImportPairs = "import_pairs" -> DataSet {
        /// The source.
        source: ImportSource,
        /// Which columns to take, whatever the format.
        columns: Option<Columns>,
        /// Where the pairs go.
        into: ImportTarget,
        /// What is held out of pairs whose split the file does not say.
        hold_out: HoldOut,
        /// Whether rows that cannot be used are left out; else one of them refuses the file.
        skip_refused: bool,
    }

    /// Writes pairs to a file.
    ExportPairs = "export_pairs" -> ExportedPairs {
        /// The data set.
        data_set: Id,
        /// Only those of one split.
        split: Option<Split>,
        /// Only those with one of these tags; all where there is none.
        tags: Vec<String>,
        /// The path of the new file.
        path: String,
        /// Its format.
        format: PairFormat,
        /// Whether what the format has no place for stands in further columns, which other programs pass over.
        everything: bool,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Counts a pair's tokens with the loaded model's tokenizer and chat template.
    CountTokens = "count_tokens" -> PairTokens {
        /// The pair's text.
        content: PairContent,
        /// The system prompt around it.
        system_prompt: String,
    }
}
