//! Builds the window's page into ui/dist: the crate `ui` as WebAssembly, its JavaScript glue, and the files of ui/static.
//!
//! The program `tiller` embeds ui/dist when it is compiled. A file there is only written if it changes, so that an unchanged page
//! does not make the program compile again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wasm_bindgen_cli_support::Bindgen;

use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::progress::Progress;
use crate::starter_model::sha256;
use crate::wasm_target::{TRIPLE, WasmTarget};

const CRATE: &str = "ui";

/// The kind of build of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Optimised for size and speed, for releases.
    Full,
    /// Compiled in seconds after a change, for work on the page.
    Quick,
}

impl Build {
    /// Returns the Cargo profile.
    fn profile(self) -> &'static str {
        match self {
            Self::Full => "wasm",
            Self::Quick => "wasm-quick",
        }
    }
}

/// Builds the page into ui/dist.
pub(crate) fn build(target: WasmTarget, build: Build, progress: &Progress) -> Outcome {
    print::step("Building the window's page (ui, to WebAssembly)");
    // The page has its own target folder. Otherwise Debian's compiler and the other one would discard each other's output.
    let built = folders::target().join(CRATE);
    let mut cargo = target.cargo_build();
    cargo.args(["--package", CRATE, "--profile", build.profile(), "--target-dir"]).arg(&built);
    progress.run("page", &mut cargo)?;

    let wasm = built.join(TRIPLE).join(build.profile()).join(CRATE).with_extension("wasm");
    let page = built.join("page");
    glue(&wasm, &page)?;
    let dist = folders::root().join("ui/dist");
    let changed = mirror(&[&page, &folders::root().join("ui/static")], &dist)?;
    if changed {
        touch(&dist.join("index.html"))?;
        print::note(&format!("The page in {} is new.", folders::short(&dist)));
    }
    Ok(())
}

/// Makes a file new: cargo sees that a file has changed that the program embeds, and not that there is one more.
fn touch(file: &Path) -> Outcome {
    let opened = fs::File::options().append(true).open(file);
    let touched = opened.and_then(|opened| opened.set_modified(SystemTime::now()));
    touched.with_context(|| format!("{} cannot be written", folders::short(file)))
}

/// Makes the page's WebAssembly and its JavaScript glue, unless they were made from the same file.
fn glue(wasm: &Path, page: &Path) -> Outcome {
    let stamp = page.with_extension("made-from");
    let made_from = sha256(wasm)?;
    if page.join("ui_bg.wasm").exists()
        && fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == made_from)
    {
        return Ok(());
    }
    if page.exists() {
        fs::remove_dir_all(page).with_context(|| format!("{} cannot be removed", folders::short(page)))?;
    }
    let mut bindgen = Bindgen::new();
    let generated = bindgen
        .input_path(wasm)
        .out_name(CRATE)
        .typescript(false)
        .web(true)
        .and_then(|web| web.generate(page));
    generated
        .map_err(|error| Problem::new(format!("wasm-bindgen cannot make the page's glue: {error:#}.")))?;
    fs::write(&stamp, made_from).with_context(|| format!("{} cannot be written", folders::short(&stamp)))
}

/// Copies the files of these folders into a folder and deletes all other files there. Returns whether anything changed.
fn mirror(sources: &[&Path], into: &Path) -> Outcome<bool> {
    let mut changed = false;
    let mut wanted = BTreeSet::new();
    for source in sources {
        for name in files(source)? {
            let (from, to) = (source.join(&name), into.join(&name));
            changed |= write_new(&from, &to)?;
            wanted.insert(name);
        }
    }
    for name in files(into)? {
        if !wanted.contains(&name) {
            let stale = into.join(&name);
            fs::remove_file(&stale)
                .with_context(|| format!("{} cannot be removed", folders::short(&stale)))?;
            changed = true;
        }
    }
    Ok(changed)
}

/// Copies a file if its copy differs. Returns whether it did.
fn write_new(from: &Path, to: &Path) -> Outcome<bool> {
    let content = fs::read(from).with_context(|| format!("{} cannot be read", folders::short(from)))?;
    if fs::read(to).is_ok_and(|old| old == content) {
        return Ok(false);
    }
    let write = || {
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(to, content)
    };
    write().with_context(|| format!("{} cannot be written", folders::short(to)))?;
    Ok(true)
}

/// Lists all files below a folder as relative paths. Empty if the folder does not exist.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut ahead = vec![PathBuf::new()];
    while let Some(below) = ahead.pop() {
        let path = folder.join(&below);
        if !path.exists() {
            continue;
        }
        for entry in
            fs::read_dir(&path).with_context(|| format!("{} cannot be read", folders::short(&path)))?
        {
            let entry = entry.with_context(|| format!("{} cannot be read", folders::short(&path)))?;
            let name = below.join(entry.file_name());
            if entry.path().is_dir() { ahead.push(name) } else { found.push(name) }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_what_its_sources_hold() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (made, fixed, page) =
            (dir.path().join("made"), dir.path().join("fixed"), dir.path().join("page"));
        let write = |path: PathBuf, text: &str| {
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write(made.join("ui.js"), "glue");
        write(fixed.join("fonts/a.woff2"), "font");
        write(page.join("old/gone.js"), "stale");
        assert!(mirror(&[&made, &fixed], &page).expect("a page"));
        assert_eq!(files(&page).expect("files"), [PathBuf::from("fonts/a.woff2"), PathBuf::from("ui.js")]);
        assert!(!mirror(&[&made, &fixed], &page).expect("a page"), "nothing has changed");
        write(made.join("ui.js"), "new glue");
        assert!(mirror(&[&made, &fixed], &page).expect("a page"));
        assert_eq!(fs::read_to_string(page.join("ui.js")).expect("the glue"), "new glue");
    }

    #[test]
    fn a_touched_file_is_new_and_has_its_content() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("index.html");
        fs::write(&file, "a page").expect("a file");
        let long_ago = SystemTime::UNIX_EPOCH;
        let opened = fs::File::options().append(true).open(&file).expect("the file");
        opened.set_modified(long_ago).expect("another time");
        touch(&file).expect("a new time");
        assert!(fs::metadata(&file).and_then(|file| file.modified()).expect("a time") > long_ago);
        assert_eq!(fs::read_to_string(&file).expect("the page"), "a page");
        assert!(touch(&dir.path().join("nowhere.html")).is_err());
    }
}
