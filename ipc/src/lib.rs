//! The types that cross between the window (`ui`) and the application (`crates/app`): plain serde types, compiled for both.
//!
//! A request is a struct that implements [`Command`]. Its name, arguments and answer type are defined in one place
//! ([`command`]), so that a rename on one side does not compile on the other. The application reports progress, tokens and
//! changes as [`Event`]s over one channel, which the window opens with [`command::Watch`].

pub mod analysis;
pub mod answer;
pub mod bake;
pub mod behaviour;
pub mod catalogue;
pub mod choices;
pub mod command;
pub mod conversation;
pub mod data;
pub mod deletion;
pub mod derive;
pub mod distil;
pub mod download;
pub mod drafts;
pub mod event;
pub mod event_part;
pub mod failure;
pub mod files;
pub mod fonts;
pub mod hand_over;
pub mod job;
pub mod list;
pub mod mmlu;
pub mod model;
pub mod plan;
pub mod project;
pub mod projection;
pub mod publish;
pub mod quality;
pub mod repair;
pub mod score;
pub mod split;
pub mod spreadsheet;
pub mod steering;
pub mod sweep;
pub mod tokens;
pub mod train;
pub mod vector;
pub mod version;

pub use command::{Command, Reply};
pub use event::Event;
pub use event_part::{EventPart, OpenEvent, event_parts};
pub use failure::{Code, Failure};

/// The id of a row in the store. Ids are never reused.
pub type Id = i64;

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;
