//! Preference data: pairs of answers to one prompt.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
pub use steering_types::Role;

use crate::{Id, Millis};

/// A set of preference pairs for one behaviour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataSet {
    /// Its id.
    pub id: Id,
    /// The name.
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
    // What follows is left out of the JSON where there is none of it: pairs without it have the hash that they always had.
    /// The system prompt of this pair; `None` for that of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// What was said before the prompt, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// The pair's tags, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What a person notes about the pair; no model sees it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether the pair stays where it is when the data set is split anew: its file or a person has said so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pinned: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// The most letters of a tag.
pub const LONGEST_TAG: usize = 60;

/// The most tags of a pair.
pub const MOST_TAGS: usize = 50;

impl PairContent {
    /// Only what a model sees of the pair, and its split: two pairs that differ in tags or notes train the same vector.
    #[must_use]
    pub fn as_seen(&self) -> Self {
        Self { tags: vec![], note: String::new(), pinned: false, ..self.clone() }
    }
}

/// A tag as it is kept: without blanks around it and commas in it, and not longer than [`LONGEST_TAG`]. `None` where
/// nothing is left.
#[must_use]
pub fn tag(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control() || c == ',').collect();
    let whole = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let short: String = whole.chars().take(LONGEST_TAG).collect();
    Some(short.trim_end().to_owned()).filter(|tag| !tag.is_empty())
}

/// Something that was said before a pair's prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Who said it: the person or the model.
    #[serde(deserialize_with = "speaker")]
    pub role: Role,
    /// What was said.
    pub text: String,
}

/// The system prompt of a pair stands beside its turns, and is none of them.
fn speaker<'de, D: Deserializer<'de>>(from: D) -> Result<Role, D::Error> {
    match Role::deserialize(from)? {
        Role::System => Err(D::Error::unknown_variant("system", &["user", "assistant"])),
        role => Ok(role),
    }
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
    /// How many pairs the edit was about.
    pub pairs: u32,
    /// Whether the edit was about other pairs as well. Then all of them must be read again.
    pub is_many: bool,
    /// Whether pairs were added, removed or moved.
    pub order: bool,
    /// What was taken back or made again: "Delete 3 pairs". Empty for a new edit.
    pub title: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_the_persons_or_the_models() {
        for (role, name) in [(Role::User, "user"), (Role::Assistant, "assistant")] {
            let turn = Turn { role, text: "Hi".into() };
            let text = format!(r#"{{"role":"{name}","text":"Hi"}}"#);
            assert_eq!(serde_json::to_string(&turn).expect("serialized"), text);
            assert_eq!(serde_json::from_str::<Turn>(&text).expect("a turn"), turn);
        }
        let system = serde_json::from_str::<Turn>(r#"{"role":"system","text":"Hi"}"#);
        let told = system.expect_err("a system prompt is no turn").to_string();
        assert!(told.starts_with("unknown variant `system`, expected `user` or `assistant`"), "{told}");
    }
}
