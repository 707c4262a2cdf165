//! Tiller's window: the Tauri shell around the application of the crate `app`.

pub mod window;
