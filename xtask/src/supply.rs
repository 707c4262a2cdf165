//! Checks the crates that Tiller is built from, and lists them for a release: `cargo xtask deny` and `cargo xtask sbom`.
//!
//! cargo-deny and cargo-cyclonedx are taken as they are installed, or compiled once into `target/tools`, which takes
//! minutes. Licences, sources and duplicates are therefore also held by the tests below, in seconds.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::print;
use crate::problem::{Outcome, WithContext as _};
use crate::program;

/// A subcommand of cargo that is a program of its own.
struct Tool {
    name: &'static str,
    version: &'static str,
}

const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
const CYCLONEDX: Tool = Tool { name: "cargo-cyclonedx", version: "0.5.9" };

/// The programs of a release. Each has a list of components.
const PROGRAMS: [(&str, &str); 2] = [("src-tauri", "tiller"), ("crates/cli", "tiller-cli")];

impl Tool {
    /// Returns the program: the installed one, or one that is compiled now.
    fn ensure(&self) -> Outcome<PathBuf> {
        if let Some(found) = program::find(self.name) {
            return Ok(found);
        }
        let tools = folders::target().join("tools");
        let built = tools.join("bin").join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX));
        if !built.exists() {
            print::step(&format!("Compiling {} (once, some minutes)", self.name));
            let install = ["install", "--quiet", "--locked", self.name, "--version", self.version, "--root"];
            program::run(program::cargo().args(install).arg(&tools))?;
        }
        Ok(built)
    }
}

/// Checks licences, sources, duplicates and advisories of every crate in Cargo.lock.
pub(crate) fn deny() -> Outcome {
    let deny = DENY.ensure()?;
    print::step("Checking licences, sources and duplicates");
    program::run(program::command(&deny).args(["--locked", "check", "bans", "licenses", "sources"]))?;
    print::step("Checking advisories");
    // The database of advisories changes every day, so a copy in the repository would soon be silent about the newest.
    let fetched = program::output(program::command(&deny).args(["fetch", "db"]));
    if let Err(problem) = &fetched {
        let _ = problem.print();
    }
    match (fetched.is_ok(), copies().as_deref().and_then(day_of_copies)) {
        (true, Some(day)) => print::note(&format!("The newest advisories are of {day}.")),
        (true, None) => {}
        (false, Some(day)) => {
            print::note(&format!(
                "The copy of {day} is taken: newer advisories cannot be fetched from here."
            ));
        }
        (false, None) => {
            print::note("Advisories were NOT checked: their database cannot be fetched from here.");
            return Ok(());
        }
    }
    program::run(program::command(&deny).args(["--locked", "check", "--disable-fetch", "advisories"]))
}

/// Returns the folder in which cargo-deny keeps what it has fetched.
fn copies() -> Option<PathBuf> {
    let person = ["HOME", "USERPROFILE"].into_iter().find_map(env::var_os);
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(Path::new(&person?).join(".cargo")))?;
    Some(cargo.join("advisory-dbs"))
}

/// Returns the day of the newest copy in a folder of databases, each of which is a repository of git.
fn day_of_copies(folder: &Path) -> Option<String> {
    let day = |copy: PathBuf| {
        let mut git = program::command("git");
        git.arg("-C").arg(copy).args(["log", "-1", "--format=%cs"]);
        Some(program::output(&mut git).ok()?.trim().to_owned())
    };
    fs::read_dir(folder).ok()?.flatten().filter_map(|entry| day(entry.path())).max()
}

/// Writes a `CycloneDX` list of the components of each program into `target/sbom`, and returns the files.
pub(crate) fn sbom() -> Outcome<Vec<PathBuf>> {
    let cyclonedx = CYCLONEDX.ensure()?;
    print::step("Listing the components of each program (CycloneDX)");
    let folder = folders::target().join("sbom");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folders::short(&folder)))?;
    let mut written = Vec::new();
    for (package, name) in PROGRAMS {
        let manifest = folders::root().join(package).join("Cargo.toml");
        program::run(program::command(&cyclonedx).args([
            "cyclonedx",
            "--format",
            "json",
            "--describe",
            "crate",
            "--override-filename",
            &format!("{name}.cdx"),
            "--manifest-path",
            &manifest.display().to_string(),
        ]))?;
        // The program writes beside the manifest.
        let beside = folders::root().join(package).join(format!("{name}.cdx.json"));
        let placed = folder.join(format!("{name}.cdx.json"));
        fs::rename(&beside, &placed)
            .with_context(|| format!("{} cannot be moved", folders::short(&beside)))?;
        written.push(placed);
    }
    remove_others()?;
    for file in &written {
        print::note(&format!("{} is there.", folders::short(file)));
    }
    Ok(written)
}

/// Removes the lists that cargo-cyclonedx writes for the other crates of the workspace.
fn remove_others() -> Outcome {
    let root = folders::root();
    let crates = fs::read_dir(root.join("crates")).with_context(|| "crates cannot be read".to_owned())?;
    let others = crates.flatten().map(|entry| entry.path());
    let named = ["ipc", "src-tauri", "ui", "vectors", "xtask"].map(|name| root.join(name));
    for folder in others.chain(named).filter(|folder| folder.is_dir()) {
        let files =
            fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folders::short(&folder)))?;
        for file in files.flatten().map(|entry| entry.path()) {
            if file.to_string_lossy().ends_with(".cdx.json") {
                fs::remove_file(&file)
                    .with_context(|| format!("{} cannot be removed", folders::short(&file)))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "supply_tests.rs"]
mod tests;
