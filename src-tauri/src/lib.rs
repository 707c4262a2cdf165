//! Tiller's window: Tauri around the application of the crate `app`.

pub mod window;
