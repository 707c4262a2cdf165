//! The commands that the window calls, with the arguments and answer of each. Each part of the window has a file, and `table.rs`
//! has their names.

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
mod table;
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

/// What a request is answered with. [`Command`] adds the name of the table.
pub trait Request: Serialize + DeserializeOwned {
    /// The type of the answer.
    type Answer: Serialize + DeserializeOwned;
}

/// A command. The type itself holds the arguments and is sent as the only argument, `request`.
pub trait Command: Request {
    /// The name under which the application registers the command.
    const NAME: &'static str;
}

/// The result of a command.
pub type Reply<C> = Result<<C as Request>::Answer, Failure>;

/// Names the requests, and lists the commands of the window.
macro_rules! name {
    (
        plain { $($plain:ident: $of_plain:ident,)* }
        confirmed { $($confirmed:ident: $of_confirmed:ident,)* }
        window { $($window:ident: $of_window:ident,)* }
        door { $($door:ident: $of_door:ident,)* }
        door_confirmed { $($asks:ident: $of_asks:ident,)* }
    ) => {
        name! { $($plain: $of_plain,)* $($confirmed: $of_confirmed,)* $($window: $of_window,)* }
        name! { $($door: $of_door,)* $($asks: $of_asks,)* }

        /// The names of the commands that the window's page may call.
        pub const NAMES: &[&str] =
            &[$(stringify!($plain),)* $(stringify!($confirmed),)* $(stringify!($window),)*];
    };
    ($($name:ident: $request:ident,)*) => {
        $(
            impl Command for $request {
                const NAME: &'static str = stringify!($name);
            }
        )*
    };
}
crate::for_each_command!(name);

/// The value of a field that a request may leave out.
fn yes() -> bool {
    true
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident -> $answer:ty {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

            impl super::Request for $name {
                type Answer = $answer;
            }
        )*
    };
}
use commands;
