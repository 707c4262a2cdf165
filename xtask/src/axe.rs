//! Fetches axe-core for the window's tests, which finds what keeps people from reading or reaching a page, and checks its hash. It
//! is no part of Tiller.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;
use crate::starter_model::{clear, sha256};

/// The environment variable that gives the tests the path of the script.
pub(crate) const AXE: &str = "TILLER_AXE";

const PACKAGE: &str = "axe-core@4.14.1";
/// The archive that npm makes of the package, and the script in it.
const ARCHIVE: &str = "axe-core-4.14.1.tgz";
const MEMBER: &str = "package/axe.min.js";
const SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// Fetches the script if it is missing, and returns its path.
pub(crate) fn ensure() -> Outcome<PathBuf> {
    let models = folders::root().join("models");
    let script = models.join("axe").join("axe.min.js");
    if script.is_file() && sha256(&script)? == SHA256 {
        return Ok(script);
    }
    print::step("Fetching axe-core for the tests, 3 MB (an npm package)");
    let fetching = models.join("fetching-axe");
    clear(&fetching)?;
    fs::create_dir_all(&fetching).with_context(|| format!("{} cannot be made", folders::short(&fetching)))?;
    let fetched = fetch(&fetching, &script);
    clear(&fetching)?;
    fetched.map(|()| script)
}

/// Downloads the package into a folder, and puts its script there.
fn fetch(into: &Path, script: &Path) -> Outcome {
    let npm = program::find("npm")
        .ok_or_else(|| Problem::new("There is no npm, which fetches axe-core.").next("Install Node.js."))?;
    let mut pack = program::command(npm);
    program::output(pack.args(["pack", "--silent", "--pack-destination"]).arg(into).arg(PACKAGE))?;
    let mut tar = program::command("tar");
    program::output(tar.arg("-xzf").arg(into.join(ARCHIVE)).arg("-C").arg(into).arg(MEMBER))?;
    let made = into.join(MEMBER);
    let found = sha256(&made)?;
    if found != SHA256 {
        return Err(Problem::new(format!("The SHA-256 of {PACKAGE} is {found}, not {SHA256}.")));
    }
    let place = || {
        script.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::rename(&made, script)
    };
    place().with_context(|| format!("{} cannot be written", folders::short(script)))
}
