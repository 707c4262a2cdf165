//! The commands that the window calls, with the name, arguments and answer of each. Each part of the window has a file.

mod baking;
mod chat;
mod choices;
mod conversations;
mod data;
mod deletions;
mod door;
mod drafts;
mod models;
mod pairs;
mod projects;
mod publishing;
mod quality;
mod sweeps;
mod training;
mod vectors;
mod versions;
mod window;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;

pub use baking::*;
pub use chat::*;
pub use choices::*;
pub use conversations::*;
pub use data::*;
pub use deletions::*;
pub use door::*;
pub use drafts::*;
pub use models::*;
pub use pairs::*;
pub use projects::*;
pub use publishing::*;
pub use quality::*;
pub use sweeps::*;
pub use training::*;
pub use vectors::*;
pub use versions::*;
pub use window::*;

/// A command. The type itself holds the arguments and is sent as the only argument, `request`.
pub trait Command: Serialize + DeserializeOwned {
    /// The name under which the application registers the command.
    const NAME: &'static str;
    /// The type of the answer.
    type Answer: Serialize + DeserializeOwned;
}

/// The result of a command.
pub type Reply<C> = Result<<C as Command>::Answer, Failure>;

/// Returns the names of all commands.
#[must_use]
pub fn names() -> Vec<&'static str> {
    [
        baking::NAMES,
        chat::NAMES,
        choices::NAMES,
        conversations::NAMES,
        data::NAMES,
        deletions::NAMES,
        drafts::NAMES,
        models::NAMES,
        pairs::NAMES,
        quality::NAMES,
        sweeps::NAMES,
        training::NAMES,
        vectors::NAMES,
        versions::NAMES,
        window::NAMES,
        projects::NAMES,
        publishing::NAMES,
    ]
    .concat()
}

/// Returns the names of the commands that only another process calls, over the local socket.
#[must_use]
pub fn names_of_the_door() -> &'static [&'static str] {
    door::NAMES
}

/// The value of a field that a request may leave out.
fn yes() -> bool {
    true
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

        /// The names of the commands in this file.
        pub(super) const NAMES: &[&str] = &[$($wire),*];
    };
}
use commands;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_name_of_its_own() {
        let all = [names(), names_of_the_door().to_vec()].concat();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), all.len());
    }
}
