//! Prepares the window: its permissions, its page's folder.

use std::path::Path;
use std::{fs, io};

/// What the window shows where the frontend was never built.
const NOT_BUILT: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Tiller</title>\n\
    <p>The frontend is not built. Run <code>cargo xtask run</code>.</p>\n";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=capabilities");
    println!("cargo:rerun-if-changed=icons");
    println!("cargo:rerun-if-changed=../ui/dist");
    page(Path::new("../ui/dist"))
        .expect("ui/dist must be writable: the window's page is embedded from there");

    // Every command needs a permission in a capability: a command that the window may not call fails its test.
    let commands = tauri_build::AppManifest::new().commands(ipc::command::names().leak());
    // The configuration stands at the root, where whoever looks for the project's settings finds it.
    let attributes = tauri_build::Attributes::new().config_path("../tauri.conf.json").app_manifest(commands);
    tauri_build::try_build(attributes).expect("tauri.conf.json and src-tauri/capabilities must be valid");
}

/// Embedding needs a folder with a page in it, in a fresh clone too.
fn page(dist: &Path) -> io::Result<()> {
    let index = dist.join("index.html");
    if index.exists() {
        return Ok(());
    }
    fs::create_dir_all(dist)?;
    fs::write(index, NOT_BUILT)
}
