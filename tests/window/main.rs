//! The real window, driven through `WebKitWebDriver`: every step that a person takes, with real training.
//!
//! `cargo xtask test` runs this, with displays of its own where there is none: two tests at a time, and those of `alone`,
//! which measure how soon the window answers, one after another at the end.

#![cfg(target_os = "linux")]

mod alone;
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
mod window;

use test_support::hub;
