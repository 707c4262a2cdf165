//! Conversations with the steered model: columns that are answered side by side, the strips that steer them, and their turns.

use serde::{Deserialize, Serialize};
pub use steering_types::SamplingSettings;

use crate::answer::AnswerEnd;
use crate::steering::{Caps, Gate};
use crate::{Id, Millis};

/// The most columns of a conversation.
pub const MAX_COLUMNS: usize = 8;

/// The largest multiplier of a strip's slider, and the lowest with a minus sign.
pub const MAX_STRIP: f64 = 3.0;

/// A conversation without its turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: Id,
    /// Its name: the first words of the first turn, until a person renames it. Empty before the first turn.
    pub name: String,
    /// Whether it stays at the top of the list.
    pub pinned: bool,
    /// What answers.
    pub desk: Desk,
    /// The number of turns that are shown.
    pub turns: u32,
    /// When it was begun.
    pub created: Millis,
    /// When its last turn was added.
    pub changed: Millis,
}

/// The mixing desk of a conversation or a preset: its columns, and the vectors that steer them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Desk {
    /// One strip for each vector.
    pub strips: Vec<Strip>,
    /// One to [`MAX_COLUMNS`] columns, in the order in which they are shown.
    pub columns: Vec<Column>,
    /// Whether every answer is measured token by token against the plain model, at the cost of one more row.
    #[serde(default)]
    pub observes: bool,
    /// Whether the oldest turns are left out of the prompt where a conversation is longer than the model's context. Else it
    /// is refused.
    #[serde(default)]
    pub leaves_out_oldest: bool,
}

/// A vector on the desk, with its slider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    /// Its id on this desk, which no other strip had.
    pub id: u32,
    /// The vector.
    pub vector: Id,
    /// The vector's name when the strip was made, for a vector that is gone or of another store.
    pub name: String,
    /// The SHA-256 of the vector's numbers, layers and intervention. Empty where it is not known.
    #[serde(default)]
    pub hash: String,
    /// The slider's value. A column is steered by this times its own factor for the strip.
    pub value: f64,
    /// Whether it steers nothing for the moment.
    #[serde(default)]
    pub muted: bool,
    /// Whether only the strips that are solo steer.
    #[serde(default)]
    pub solo: bool,
    /// The condition under which it acts. `None` for always.
    #[serde(default)]
    pub gate: Option<StripGate>,
    /// The caps that act in place of the vector's own operation. `None` for that operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caps: Option<Caps>,
}

/// The condition of a strip: a gate, and the vector whose projection decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StripGate {
    /// The vector of the condition. It may be the strip's own.
    pub vector: Id,
    /// That vector's name.
    pub name: String,
    /// The SHA-256 of that vector. Empty where it is not known.
    #[serde(default)]
    pub hash: String,
    /// The layer, the threshold, the width, and where it is decided.
    pub gate: Gate,
}

/// A column of a conversation. Each has a history of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its id in this conversation, which no other column had. It selects the colour, too.
    pub id: u32,
    /// Its name. If empty, the page shows what steers it.
    #[serde(default)]
    pub name: String,
    /// What steers it. A strip that is not listed does not; without any, the plain model answers.
    #[serde(default)]
    pub factors: Vec<Factor>,
    /// The system prompt. Empty for none.
    #[serde(default)]
    pub system_prompt: String,
    /// How its tokens are sampled.
    #[serde(default)]
    pub sampling: SamplingSettings,
}

/// How much of a strip's value acts in a column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// The strip.
    pub strip: u32,
    /// The factor on the strip's value.
    pub factor: f64,
}

impl Desk {
    /// Whether a strip steers no column: it is muted, or another one is solo and it is not.
    #[must_use]
    pub fn is_off(&self, strip: &Strip) -> bool {
        strip.muted || (!strip.solo && self.strips.iter().any(|other| other.solo))
    }

    /// Returns the multiplier of a strip in a column, with mute and solo. 0 where it does not steer.
    #[must_use]
    pub fn multiplier(&self, column: &Column, strip: &Strip) -> f64 {
        let factor = column.factors.iter().find(|factor| factor.strip == strip.id);
        if self.is_off(strip) { 0.0 } else { factor.map_or(0.0, |factor| factor.factor * strip.value) }
    }

    /// Returns the strips that steer a column, with their multipliers. None of them is 0.
    #[must_use]
    pub fn steering(&self, column: &Column) -> Vec<(&Strip, f64)> {
        let strips = self.strips.iter().map(|strip| (strip, self.multiplier(column, strip)));
        strips.filter(|(_, multiplier)| *multiplier != 0.0).collect()
    }

    /// Returns a column.
    #[must_use]
    pub fn column(&self, id: u32) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }
}

/// A turn of a column. Turns with the same parent are variants of each other; one of them is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its id. Ids grow with time.
    pub id: Id,
    /// The column.
    pub column: u32,
    /// The turn before it. `None` for the first one.
    pub parent: Option<Id>,
    /// Whether this variant is the one that is shown.
    pub shown: bool,
    /// What was said, by whom.
    pub said: Said,
    /// When it was said.
    pub created: Millis,
}

/// What was said in a turn, by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Said {
    /// A person's message.
    Person {
        /// The text.
        text: String,
    },
    /// The model's answer.
    Model(Box<ModelTurn>),
}

/// An answer of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelTurn {
    /// The text so far, with the beginning that a person gave.
    pub text: String,
    /// The length in bytes of the beginning that a person gave or wrote.
    pub given: u32,
    /// The number of tokens generated so far.
    pub tokens: u32,
    /// The number of the oldest turns that the model did not read, because the context had no room for them.
    #[serde(default)]
    pub left_out: u32,
    /// The state of the answer.
    pub end: AnswerEnd,
    /// How it was sampled.
    pub sampling: SamplingSettings,
    /// The system prompt under which it was made.
    pub system_prompt: String,
    /// What steered, from the first token on: the multipliers when the answer began, and every change while it grew.
    pub steering: Vec<SteeringChange>,
    /// The tokens with what steering did to them. Empty unless the desk observes.
    pub observed: Vec<ObservedToken>,
}

/// The steering from one token of an answer on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SteeringChange {
    /// The byte of the text from which it acts. 0 for the beginning.
    pub from_byte: u32,
    /// The strips that steer, with their multipliers.
    pub terms: Vec<StripRecord>,
}

/// A strip that steered an answer, as it was then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StripRecord {
    /// The vector. It may have been deleted since.
    pub vector: Id,
    /// The vector's name at that time.
    pub name: String,
    /// The SHA-256 of its numbers, layers and intervention. Empty where it is not known.
    pub hash: String,
    /// The multiplier.
    pub multiplier: f64,
    /// The condition under which it acted.
    #[serde(default)]
    pub gate: Option<StripGate>,
    /// The caps that acted in place of the vector's own operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caps: Option<Caps>,
}

/// A token of an answer, with what steering did to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedToken {
    /// The byte of the answer's text at which it ends.
    pub until_byte: u32,
    /// Its natural log-probability in the steered model, before sampling filters.
    pub steered: f32,
    /// Its natural log-probability in the plain model after the same tokens.
    pub plain: f32,
    /// The projection of the residual stream on the first strip's unit vector after that vector's block, before the edit.
    /// `None` where no vector steers.
    pub projection: Option<f32>,
    /// The five likeliest tokens of the steered model with their natural log-probabilities.
    pub likeliest_steered: Vec<(String, f32)>,
    /// The five likeliest tokens of the plain model.
    pub likeliest_plain: Vec<(String, f32)>,
}

/// A desk with a name, to be used in other conversations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Its id.
    pub id: Id,
    /// Its name, which no other preset has.
    pub name: String,
    /// The desk.
    pub desk: Desk,
}

/// The file formats of exported conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationFormat {
    /// Markdown, column after column.
    Markdown,
    /// One JSON line of chat messages for each column, with what steered. It is imported again without a loss.
    Jsonl,
    /// One self-contained HTML page with the columns side by side.
    Html,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(id: u32, value: f64) -> Strip {
        Strip {
            id,
            vector: 1,
            name: "V".into(),
            hash: String::new(),
            value,
            muted: false,
            solo: false,
            gate: None,
            caps: None,
        }
    }

    #[test]
    fn mute_and_solo_decide_which_strips_steer() {
        let factors = vec![Factor { strip: 1, factor: -1.0 }, Factor { strip: 2, factor: 0.5 }];
        let column = Column {
            id: 1,
            name: String::new(),
            factors,
            system_prompt: String::new(),
            sampling: SamplingSettings::exact(),
        };
        let mut desk = Desk { strips: vec![strip(1, 2.0), strip(2, 1.0), strip(3, 1.0)], ..Desk::default() };
        let of =
            |desk: &Desk| desk.steering(&column).iter().map(|(strip, m)| (strip.id, *m)).collect::<Vec<_>>();
        assert_eq!(of(&desk), [(1, -2.0), (2, 0.5)]);
        desk.strips[0].muted = true;
        assert_eq!(of(&desk), [(2, 0.5)]);
        desk.strips[0].muted = false;
        desk.strips[0].solo = true;
        assert_eq!(of(&desk), [(1, -2.0)]);
        desk.strips[0].solo = false;
        desk.strips[2].solo = true;
        assert_eq!(of(&desk), []);
    }
}
