//! Starts Tiller with its window.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use app::refused_memory::NotingAllocator;

#[global_allocator]
static MEMORY: NotingAllocator = NotingAllocator;

fn main() -> ExitCode {
    // This program tries models and data files in a process of its own, which opens no window. The page is embedded here and not in
    // the library, which then does not compile again for a new page.
    app::answer_sandbox()
        .unwrap_or_else(|| tiller::window::main(tauri::generate_context!("../tauri.conf.json")))
}
