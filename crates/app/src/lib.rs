//! The application behind Tiller's window: it connects the commands with the engine and the store.
//!
//! [`App`] opens the store, owns the engine's threads and has one method for each command of the `ipc` crate. It does
//! not depend on a window. [`defaults`] does not depend on [`App`], because the command line, `tiller-cli`, uses it
//! without a store.

pub mod adapter_proof;
mod app;
mod app_state;
mod atomic_write;
pub mod baking;
mod chart_export;
mod choices;
mod clock;
mod conversation_files;
pub mod cut_off;
pub mod defaults;
mod diagnostics;
mod differences;
mod directory;
pub mod distilling;
pub mod door;
mod download;
mod engine;
mod error;
mod event_bus;
mod exports;
mod failure;
mod library;
mod memory;
mod model_copies;
mod named_project;
mod passport;
mod peak_memory;
mod permissions;
pub mod printable;
mod publishing;
pub mod refused_memory;
mod report;
mod starter;
mod sweep_export;
mod vector_export;

pub use app::{
    App, AppPaths, LatestPrompt, NeedsPermission, Purpose, block_on, latest_prompt, model_tokens,
    project_info, repair, repairs,
};
pub use conversation_files::jsonl::write_columns as conversation_lines;
pub use diagnostics::LOG_FOLDER;
pub use directory::DATA_DIR;
pub use engine::encode::preference;
pub use engine::sweep::summary as score_summary;
pub use engine::transfer::learned_map;
pub use error::Error;
pub use event_bus::Subscriber;
pub use passport::package_of_file;
pub use permissions::Permission;
pub use sandbox::{Program as SandboxProgram, answer_if_asked as answer_sandbox};
pub use starter::{starter_model, starter_names, starter_set};
