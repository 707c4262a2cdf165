//! The keys under which select fields know the choices of training.

use ipc::steering::Positions;
use ipc::train::{AnswerPosition, Schedule, TrainPrecision};

/// A choice that a select field knows by a key.
pub(super) trait OptionKey: Sized {
    /// Returns the key of the choice.
    fn key(&self) -> &'static str;
    /// Returns the choice of a key; the first one for an unknown key.
    fn from_key(key: &str) -> Self;
}

macro_rules! option_keys {
    ($($kind:ident { $first:ident: $word:literal, $($other:ident: $key:literal),* })*) => {
        $(impl OptionKey for $kind {
            fn key(&self) -> &'static str {
                match self { Self::$first => $word, $(Self::$other => $key),* }
            }

            fn from_key(key: &str) -> Self {
                match key { $($key => Self::$other,)* _ => Self::$first }
            }
        })*
    };
}

option_keys! {
    Schedule { Cosine: "cosine", Linear: "linear", Constant: "constant" }
    AnswerPosition { Mean: "mean", Last: "last" }
    TrainPrecision { Stored: "stored", Full: "full", Bf16: "bf16" }
    Positions { Everywhere: "everywhere", PromptEnd: "prompt-end", Answer: "answer" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_comes_back_by_its_word() {
        assert!(Positions::ALL.iter().all(|on| Positions::from_key(on.key()) == *on));
        assert_eq!(Schedule::from_key(Schedule::Linear.key()), Schedule::Linear);
        assert_eq!(
            (AnswerPosition::from_key("last"), TrainPrecision::from_key("full")),
            (AnswerPosition::Last, TrainPrecision::Full)
        );
    }
}
