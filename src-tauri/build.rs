//! Prepares the build of the window: it declares the commands' permissions and makes sure that the page's folder
//! exists.

use std::path::Path;
use std::{fs, io};

// The file alone and not the crate `ipc`, which would compile a second time for this script, with other features.
#[path = "../ipc/src/command/table.rs"]
mod table;

/// The page that the window shows if the frontend was never built.
const NOT_BUILT: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Tiller</title>\n\
    <p>The frontend is not built. Run <code>cargo xtask run</code>.</p>\n";

/// Lists the commands that the window's page may call.
macro_rules! of_the_page {
    (
        plain { $($plain:ident: $of_plain:ident,)* }
        confirmed { $($confirmed:ident: $of_confirmed:ident,)* }
        window { $($window:ident: $of_window:ident,)* }
        door { $($door:ident: $of_door:ident,)* }
        door_confirmed { $($asks:ident: $of_asks:ident,)* }
    ) => {
        &[$(stringify!($plain),)* $(stringify!($confirmed),)* $(stringify!($window),)*]
    };
}

/// The same as `ipc::command::NAMES`.
const COMMANDS: &[&str] = crate::for_each_command!(of_the_page);

fn main() {
    // The page is not among them: the program alone embeds it, and the window's library need not compile again for a new one.
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=capabilities");
    println!("cargo:rerun-if-changed=icons");
    page(Path::new("../ui/dist"))
        .expect("ui/dist must be writable: the window's page is embedded from there");

    // Every command needs a permission in a capability. A command that the window may not call fails its test.
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    // The configuration is at the repository's root, because people look for a project's settings there.
    let attributes = tauri_build::Attributes::new().config_path("../tauri.conf.json").app_manifest(commands);
    tauri_build::try_build(attributes).expect("tauri.conf.json and src-tauri/capabilities must be valid");
}

/// Creates the folder with a placeholder page, because Tauri embeds the folder and a fresh clone has none.
fn page(dist: &Path) -> io::Result<()> {
    let index = dist.join("index.html");
    if index.exists() {
        return Ok(());
    }
    fs::create_dir_all(dist)?;
    fs::write(index, NOT_BUILT)
}
