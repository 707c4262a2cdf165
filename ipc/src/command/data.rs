//! Commands about data sets and preference pairs.

use super::commands;
use crate::Id;
use crate::data::{DataSet, Edited, Pair, PairContent, PairTokens, Split};
use crate::deletion::Deletion;
use crate::files::{
    Columns, ExportedPairs, FileRef, HoldOut, ImportPreview, ImportSource, ImportTarget, PairFormat,
};
use crate::score::Rubric;

commands! {
    /// Returns the pairs of a data set, in order.
    ListPairs -> Vec<Pair> {
        /// The data set.
        data_set: Id,
    }

    /// Changes the content of a pair.
    EditPair -> Edited {
        /// The pair.
        pair: Id,
        /// The new content.
        content: PairContent,
    }

    /// Adds a pair after another one, or at the end.
    AddPair -> Edited {
        /// The data set.
        data_set: Id,
        /// The pair after which the new one is inserted. `None` inserts it at the end.
        after: Option<Id>,
        /// The content of the new pair.
        content: PairContent,
    }

    /// Deletes a pair. [`Undo`] restores it.
    DeletePair -> Edited {
        /// The pair.
        pair: Id,
    }

    /// Undoes the last edit of a data set.
    Undo -> Option<Edited> {
        /// The data set.
        data_set: Id,
    }

    /// Repeats the edit that was undone last.
    Redo -> Option<Edited> {
        /// The data set.
        data_set: Id,
    }

    /// Makes an empty data set.
    CreateDataSet -> DataSet {
        /// The name.
        name: String,
        /// The behaviour that the wanted answers show, in a sentence; may be empty.
        #[serde(default)]
        description: String,
    }

    /// Writes the behaviour of a data set, in a sentence. Rubrics, system prompts and drafts are made from it.
    DescribeDataSet -> DataSet {
        /// The data set.
        data_set: Id,
        /// The behaviour that the wanted answers show.
        description: String,
    }

    /// Changes the rubric by which answers to a data set are judged.
    SetRubric -> DataSet {
        /// The data set.
        data_set: Id,
        /// The rubric. `None` for the one that is made from the behaviour.
        rubric: Option<Rubric>,
    }

    /// Changes the suffixes with which a sweep measures a data set's prompts.
    SetSuffixes -> DataSet {
        /// The data set.
        data_set: Id,
        /// The suffixes. Each prompt is measured with each.
        suffixes: Vec<String>,
    }

    /// Renames a data set.
    RenameDataSet -> DataSet {
        /// The data set.
        data_set: Id,
        /// Its new name.
        name: String,
    }

    /// Copies a data set with its pairs, rubric, suffixes and versions, under a free name. Its runs and sweeps are not copied.
    DuplicateDataSet -> DataSet {
        /// The data set.
        data_set: Id,
    }

    /// Deletes a data set with its runs and sweeps. Vectors made from it stay.
    DeleteDataSet -> Deletion {
        /// The data set.
        data_set: Id,
    }

    /// Reads a data file and describes what an import would add. Nothing is stored.
    PreviewImport -> ImportPreview {
        /// The source.
        source: ImportSource,
        /// The columns to read, which override the format. Until all are named, the preview shows the first rows in full.
        columns: Option<Columns>,
    }

    /// Forgets the columns that a person named for files with a certain header.
    ForgetColumns -> () {
        /// The hash of the header, from the preview.
        header_hash: String,
    }

    /// Imports the pairs of a data file: all of them or none.
    ImportPairs -> DataSet {
        /// The source.
        source: ImportSource,
        /// The columns to read, which override the format. They are remembered for files with the same header.
        columns: Option<Columns>,
        /// The data set that receives the pairs.
        into: ImportTarget,
        /// The rule that holds out pairs whose split the file does not give.
        hold_out: HoldOut,
        /// Whether unusable rows are skipped. Otherwise one such row makes the import fail.
        skip_refused: bool,
    }

    /// Writes pairs to a file.
    ExportPairs -> ExportedPairs {
        /// The data set.
        data_set: Id,
        /// Restricts the export to one split.
        split: Option<Split>,
        /// Restricts the export to pairs with at least one of these tags. An empty list exports all pairs.
        tags: Vec<String>,
        /// The new file.
        file: FileRef,
        /// Its format.
        format: PairFormat,
        /// Whether further columns hold what the format has no field for. Other programs ignore these columns.
        everything: bool,
        /// Whether an apostrophe stands before the cells of a CSV that a spreadsheet would take for a formula.
        guard_formulas: bool,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Counts a pair's tokens with the loaded model's tokenizer and chat template.
    CountTokens -> PairTokens {
        /// The content of the pair.
        content: PairContent,
        /// The system prompt that stands before the pair.
        system_prompt: String,
    }
}
