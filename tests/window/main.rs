//! The real window, driven through `WebKitWebDriver`: every step that a person takes, with real training.
//!
//! `cargo xtask test` runs this, with a display of its own where there is none, one test after another.

#![cfg(target_os = "linux")]

mod driver;
mod files;
mod home;
mod methods;
mod models;
mod quality;
mod refusals;
mod scores;
mod steps;
mod studio;
mod templates;
mod vectors;
mod walk;
mod window;

use test_support::hub;
