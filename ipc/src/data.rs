//! Preference data: pairs of answers to one prompt.

use serde::{Deserialize, Serialize};

use crate::{Id, Millis};

/// A set of preference pairs for one behaviour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataSet {
    /// Its id.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// The behaviour that the wanted answers show, in a sentence.
    pub description: String,
    /// How many pairs are trained on.
    pub train: u32,
    /// How many pairs are held out.
    pub held_out: u32,
    /// Whether the last edit can be undone.
    pub can_undo: bool,
    /// Whether the last undone edit can be made again.
    pub can_redo: bool,
}

/// A preference pair: a prompt, an answer that shows the behaviour, and one that shows its opposite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Its id.
    pub id: Id,
    /// The data set that it belongs to.
    pub data_set: Id,
    /// Its place in the data set; only the order means anything.
    pub position: f64,
    /// What it says.
    #[serde(flatten)]
    pub content: PairContent,
    /// When it was changed last.
    pub changed: Millis,
}

/// What a pair says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PairContent {
    /// The person's message to the model.
    pub prompt: String,
    /// The answer that shows the behaviour.
    pub wanted: String,
    /// The answer that shows its opposite.
    pub opposite: String,
    /// Whether it is trained on or held out.
    pub split: Split,
}

/// Whether a pair is trained on or held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Trained on.
    #[default]
    Train,
    /// Only measured on.
    HeldOut,
}

/// What an edit, an undo or a redo left behind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The data set with its counts and what can be undone now.
    pub data_set: DataSet,
    /// The pair as it is now; `None` where the edit removed it.
    pub pair: Option<Pair>,
    /// The id of the pair that the edit was about.
    pub pair_id: Id,
    /// Whether the edit was about other pairs as well: an import. Then all of them must be read again.
    pub is_many: bool,
}

/// Token counts of a pair with the loaded model's tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairTokens {
    /// The prompt with the system prompt and the chat template around it.
    pub prompt: u32,
    /// The wanted answer with the closing token.
    pub wanted: u32,
    /// The opposite answer with the closing token.
    pub opposite: u32,
    /// The most that a prompt and one answer may take together.
    pub limit: u32,
}
