//! The frontend: everything a person reads, types or clicks (Leptos), and every chart (`egui_plot`).
//!
//! The modules form layers, and none imports one from a later layer. From the lowest layer up: [`actions`] describes
//! what a person can do, [`text`] holds the page's texts in each language, [`format`] writes values as texts, and [`glossary`]
//! holds the nouns; [`bridge`] talks to the
//! application, [`latest`] drops answers that arrive after a later question, and [`chosen_files`] knows which files a
//! person chose; [`state`] holds what the application has reported; [`widgets`] and [`charts`] are shared parts of the
//! page; [`screens`] and [`files`] show the state and send commands; [`shell`] is the window around them.

// The page is a program of WebAssembly. On the host only its tests are of use, and without this line all of it would be compiled
// there twice: with them and without.
#![cfg(any(target_arch = "wasm32", test, doc))]
#![allow(
    unreachable_pub,
    clippy::must_use_candidate,
    reason = "Leptos' component macro makes every component a public function, whose value is its place in the view"
)]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "a state is a set of handles to signals, and closures take it by copy"
)]

pub mod actions;
pub mod bridge;
pub mod charts;
pub mod chosen_files;
pub mod commands;
pub mod files;
pub mod format;
pub mod glossary;
pub mod job_kinds;
pub mod latest;
pub mod pasted_table;
#[cfg(test)]
mod samples;
pub mod screens;
pub mod shell;
pub mod state;
pub mod text;
pub mod widgets;

use leptos::prelude::*;

/// Draws the window and opens the channel of events.
pub fn start() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        bridge::report_panic(&panic.to_string());
    }));
    mount_to_body(|| {
        let store = state::Store::new();
        provide_context(store);
        state::watch(store);
        view! { <shell::AppWindow /> }
    });
}
