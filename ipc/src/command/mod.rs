//! The commands that the window calls: name, arguments and answer of each, in a file for each part of the window.

mod chat;
mod choices;
mod data;
mod drafts;
mod models;
mod quality;
mod sweeps;
mod training;
mod vectors;
mod window;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;

pub use chat::*;
pub use choices::*;
pub use data::*;
pub use drafts::*;
pub use models::*;
pub use quality::*;
pub use sweeps::*;
pub use training::*;
pub use vectors::*;
pub use window::*;

/// A command: its arguments are the type itself, sent as the one argument `request`.
pub trait Command: Serialize + DeserializeOwned {
    /// The name under which the application registers it.
    const NAME: &'static str;
    /// What comes back.
    type Answer: Serialize + DeserializeOwned;
}

/// What a command returns.
pub type Reply<C> = Result<<C as Command>::Answer, Failure>;

/// The name of every command.
#[must_use]
pub fn names() -> Vec<&'static str> {
    [
        chat::NAMES,
        choices::NAMES,
        data::NAMES,
        drafts::NAMES,
        models::NAMES,
        quality::NAMES,
        sweeps::NAMES,
        training::NAMES,
        vectors::NAMES,
        window::NAMES,
    ]
    .concat()
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $wire:literal -> $answer:ty {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

            impl super::Command for $name {
                const NAME: &'static str = $wire;
                type Answer = $answer;
            }
        )*

        /// The names of this part's commands.
        pub(super) const NAMES: &[&str] = &[$($wire),*];
    };
}
use commands;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_name_of_its_own() {
        let mut sorted = names();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names().len());
    }
}
