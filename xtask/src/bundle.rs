//! `cargo xtask bundle`: builds an installer that contains the starter model.
//!
//! Tauri's command line builds it. An additional configuration names the starter model and is merged into tauri.conf.json
//! for this build only. If the model were a resource of every build, nothing would compile without it.
//! Tauri's command line expects its configuration beside the window's Cargo.toml, so a copy stands there during the build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::folders;
use crate::frontend;
use crate::print;
use crate::problem::{Outcome, WithContext as _};
use crate::program;
use crate::progress::Progress;
use crate::set_up;
use crate::starter_model;
use crate::supply;
use crate::wasm_target;

/// The folder of the window's crate, in which Tauri's command line runs.
const FOLDER: &str = "src-tauri";
/// The additional configuration of an installer. Its paths are relative to [`FOLDER`].
const CONFIG: &str = "bundle.conf.json";
/// The configuration of every build. Its paths are relative to the root.
const BASE: &str = "tauri.conf.json";
/// The program without a window, which the installer also contains.
const HEADLESS: &str = "tiller-cli";
/// The version of Tauri's command line, which both registries have.
const VERSION: &str = "2.12.5";
/// The default kinds of installers, which need no further programs.
const KINDS: &str = if cfg!(target_os = "linux") {
    "deb"
} else if cfg!(target_os = "macos") {
    "app,dmg"
} else {
    "nsis"
};

/// Builds installers of these kinds, separated by commas. `quick` uses unoptimised programs, to try an installer.
pub(crate) fn bundle(kinds: Option<&str>, quick: bool) -> Outcome {
    set_up::system_packages(false)?;
    let target = wasm_target::ensure()?;
    starter_model::ensure()?;
    let how = if quick { frontend::Build::Quick } else { frontend::Build::Full };
    frontend::build(target, how, &Progress::start())?;
    let mut tauri = command_line()?;
    print::step("Building Tiller and its installer");
    let mut build = program::cargo();
    build.args(["build", "--package", HEADLESS]);
    if quick {
        build.args(["--package", "tiller"]);
        tauri.args(["bundle", "--debug"]);
    } else {
        build.arg("--release");
        tauri.arg("build");
    }
    program::run(&mut build)?;
    place_headless(quick)?;
    tauri.current_dir(folders::root().join(FOLDER));
    with_config(|| program::run(tauri.args(["--config", CONFIG, "--bundles", kinds.unwrap_or(KINDS)])))?;
    let folder = folders::target().join(if quick { "debug" } else { "release" }).join("bundle");
    for installer in installers(&folder)? {
        print::note(&format!("{} is there.", folders::short(&installer)));
    }
    supply::sbom().map(drop)
}

/// Copies the program without a window to where the installer expects it, with the target triple at the end of its name.
fn place_headless(quick: bool) -> Outcome {
    let version = program::output(program::cargo().arg("-vV"))?;
    let triple = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let ending = std::env::consts::EXE_SUFFIX;
    let built =
        folders::target().join(if quick { "debug" } else { "release" }).join(format!("{HEADLESS}{ending}"));
    let folder = folders::root().join(FOLDER).join("binaries");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folders::short(&folder)))?;
    let placed = folder.join(format!("{HEADLESS}-{triple}{ending}"));
    fs::copy(&built, &placed).with_context(|| format!("{} cannot be copied", folders::short(&built)))?;
    Ok(())
}

/// Runs Tauri's command line while the configuration stands beside the window's Cargo.toml.
fn with_config(work: impl FnOnce() -> Outcome) -> Outcome {
    let base = folders::root().join(BASE);
    let text =
        fs::read_to_string(&base).with_context(|| format!("{} cannot be read", folders::short(&base)))?;
    let beside = folders::root().join(FOLDER).join(BASE);
    fs::write(&beside, from_folder(&text))
        .with_context(|| format!("{} cannot be written", folders::short(&beside)))?;
    let outcome = work();
    fs::remove_file(&beside).with_context(|| format!("{} cannot be removed", folders::short(&beside)))?;
    outcome
}

/// Makes the paths of the configuration relative to [`FOLDER`] instead of the root.
fn from_folder(config: &str) -> String {
    config.replace("\"ui/dist\"", "\"../ui/dist\"").replace("\"src-tauri/", "\"")
}

/// Returns Tauri's command line: the installed one, or npm's precompiled one, or one that is compiled now.
fn command_line() -> Outcome<Command> {
    if program::find("cargo-tauri").is_some() {
        let mut cargo = program::cargo();
        cargo.arg("tauri");
        return Ok(cargo);
    }
    if let Some(npm) = program::find("npm") {
        let mut npm = program::command(npm);
        npm.args(["exec", "--yes", &format!("--package=@tauri-apps/cli@{VERSION}"), "--", "tauri"]);
        return Ok(npm);
    }
    let tools = folders::target().join("tools");
    let program = tools.join("bin").join(format!("cargo-tauri{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        print::step("Compiling Tauri's command line, which makes installers (once, some minutes)");
        program::run(
            program::cargo()
                .args(["install", "--quiet", "--locked", "tauri-cli", "--version", VERSION, "--root"])
                .arg(&tools),
        )?;
    }
    let mut tauri = program::command(program);
    tauri.arg("tauri");
    Ok(tauri)
}

/// Returns the files and folders of the installers, which lie in a folder for each kind.
fn installers(folder: &Path) -> Outcome<Vec<PathBuf>> {
    const ENDINGS: [&str; 8] = ["deb", "rpm", "AppImage", "dmg", "app", "msi", "exe", "gz"];
    let entries = |folder: &Path| -> Outcome<Vec<PathBuf>> {
        let read =
            fs::read_dir(folder).with_context(|| format!("{} cannot be read", folders::short(folder)))?;
        Ok(read.flatten().map(|entry| entry.path()).collect())
    };
    let mut found = Vec::new();
    for kind in entries(folder)?.iter().filter(|kind| kind.is_dir()) {
        let is_installer = |path: &PathBuf| {
            path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
        };
        found.extend(entries(kind)?.into_iter().filter(is_installer));
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installers_are_named() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(dir.path().join("deb/Tiller_0.1.0_amd64")).expect("folders");
        fs::write(dir.path().join("deb/Tiller_0.1.0_amd64.deb"), "x").expect("a file");
        let found = installers(dir.path()).expect("they can be read");
        assert_eq!(found, [dir.path().join("deb/Tiller_0.1.0_amd64.deb")]);
        assert!(installers(&dir.path().join("nowhere")).is_err());
    }

    #[test]
    fn every_path_of_the_configuration_is_there_from_the_windows_folder() {
        let base = fs::read_to_string(folders::root().join(BASE)).expect("the configuration");
        let config = from_folder(&base);
        assert!(config.contains("\"../ui/dist\"") && !config.contains("src-tauri"), "{config}");
        let icons: Vec<&str> = config.split('"').filter(|part| part.starts_with("icons/")).collect();
        assert_eq!(icons.len(), 3, "{config}");
        for icon in icons {
            assert!(folders::root().join(FOLDER).join(icon).is_file(), "{icon}");
        }
    }

    #[test]
    fn the_installer_contains_the_file_that_is_fetched() {
        let config =
            fs::read_to_string(folders::root().join(FOLDER).join(CONFIG)).expect("the configuration");
        assert!(config.contains(&format!("models/{}", starter_model::FILE)), "{config}");
    }
}
