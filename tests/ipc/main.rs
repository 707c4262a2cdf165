//! Tests the commands as the window calls them, on Tauri's mock runtime, with the real engine and the starter model.
//!
//! All files form one test program, because every further program would take a quarter of a gigabyte to link.

mod adapter;
mod adapter_proofs;
mod alone;
mod baking;
mod caps;
mod chat;
mod columns;
mod commands;
mod conversations;
mod cut_off;
mod deletions;
mod diagnostics;
mod distilling;
mod downloads;
mod files;
mod find_models;
mod full_disk;
mod gates;
mod hostile_models;
mod judge;
mod killed_loads;
mod kills;
mod library;
mod log;
mod long_haul;
mod memory;
mod model_files;
mod models;
mod numbers;
mod opened;
mod opening;
mod pair_editor;
mod paper;
mod projects;
mod publishing;
mod quality;
mod resume;
mod scores;
mod secrets;
mod settings;
#[cfg(target_os = "linux")]
mod slow_disk;
mod starter;
mod sweep_time;
mod taken_over;
mod tiny;
mod transfer;
mod trials;
#[cfg(unix)]
mod watching;

use test_support as support;
use test_support::{hub, window};
