//! A preset as a JSON file. Its vectors are named by their names and hashes.

use ipc::conversation::{Desk, Preset};
use serde::{Deserialize, Serialize};

use crate::Error;

/// The version of the file's format.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct File {
    tiller_preset: u32,
    name: String,
    desk: Desk,
}

/// Writes a preset.
pub(crate) fn write(preset: &Preset) -> Result<String, Error> {
    let mut desk = preset.desk.clone();
    for strip in &mut desk.strips {
        // Ids are those of one store.
        strip.vector = 0;
        if let Some(gate) = &mut strip.gate {
            gate.vector = 0;
        }
    }
    let file = File { tiller_preset: VERSION, name: preset.name.clone(), desk };
    let text = serde_json::to_string_pretty(&file).map_err(|error| {
        Error::invalid(format!("The preset cannot be written: {error}."), "Keep it anew.")
    })?;
    Ok(text + "\n")
}

/// Reads the name and the desk of a preset.
pub(crate) fn read(text: &str) -> Result<(String, Desk), Error> {
    let refuse = |why: String| Error::invalid(why, "Choose a preset that Tiller exported.");
    let file: File =
        serde_json::from_str(text).map_err(|error| refuse(format!("The file is no preset: {error}.")))?;
    if file.tiller_preset != VERSION {
        let found = file.tiller_preset;
        return Err(refuse(format!(
            "The preset has version {found}, and this Tiller reads version {VERSION}."
        )));
    }
    Ok((file.name, file.desk))
}
