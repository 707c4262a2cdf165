//! Writes the results of a study into a folder.

use std::fs;
use std::path::Path;

use ::study::Results;
use vectors::files::atomic_write;

use crate::halt::Halt;
use crate::out_folder;

/// Makes the folder before the work begins, so that a wrong path is known at once.
pub(super) fn check_folder(out: Option<&Path>) -> Result<(), Halt> {
    let Some(out) = out else { return Ok(()) };
    fs::create_dir_all(out).map_err(|error| Halt::Failed(format!("{}: {error}.", out.display())))?;
    out_folder::check(&out.join("results.json"))
}

/// Writes `results.json`, `points.csv` and, where multipliers are chosen, `chosen.csv`.
pub(super) fn write(results: &Results, out: Option<&Path>) -> Result<(), Halt> {
    let Some(out) = out else { return Ok(()) };
    let json = serde_json::to_string_pretty(results);
    let json = json.map_err(|error| Halt::Failed(format!("the results are no JSON: {error}.")))?;
    let mut files = vec![("results.json", json), ("points.csv", results.points_csv())];
    if results.plan.choose.is_some() {
        files.push(("chosen.csv", results.chosen_csv()));
    }
    for (name, text) in files {
        let path = out.join(name);
        atomic_write(&path, text.as_bytes(), true)
            .map_err(|error| Halt::Failed(format!("{}: {error}.", path.display())))?;
    }
    Ok(())
}
