//! Tests the real window through `WebKitWebDriver`, with every step that a person takes and with real training.
//!
//! `cargo xtask test` runs this, on virtual displays if there is none. It runs two tests at a time, and finally those of
//! `alone`, which measure how quickly the window responds, one after another.

#![cfg(target_os = "linux")]

mod accessibility;
mod alone;
mod baking;
mod charts;
mod chat;
mod chat_columns;
mod chat_refused;
mod choices;
mod deletions;
mod desktop_settings;
mod driver;
mod fields;
mod files;
mod find_model;
mod home;
mod meant;
mod methods;
mod models;
mod other_engine;
mod pair_editor;
mod palette;
mod pictures;
mod place;
mod pointer;
mod projects;
mod quality;
mod queue;
mod refusals;
mod report;
mod scores;
mod settings;
mod sheets;
mod start;
mod steps;
mod sweep_page;
mod taken_over;
mod templates;
mod time_left;
mod vectors;
mod walk;
mod window;
mod zoom;

use test_support::hub;
