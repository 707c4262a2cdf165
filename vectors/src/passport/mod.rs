//! The passport of a vector or an adapter: one folder, or one archive `NAME.tiller-vector.zip`, that holds the numbers and what makes them
//! trustworthy (`docs/passport.md`).
//!
//! The folder has the layout of a repository of the Hugging Face hub. `passport.json` names every other file with its size and
//! SHA-256, so that what was changed on the way is noticed. The same content has the same bytes, whoever packs it.
//!
//! Passports are untrusted input: the names in an archive are compared with a short list and never used as paths, sizes are
//! bounded while they are unpacked, and every hash is checked before anything is believed.

mod archive;
mod comparison;
mod folder;
mod numbers;
mod package;
mod record;
#[cfg(test)]
mod tests;

pub use comparison::{Agreement, ComparedCurve, ComparedPoint, RELATIVE};
pub use numbers::{adapter_hash, content_hash};
pub use package::Package;
pub use record::{
    AdapterRecord, CurveOf, CurveRecord, DataRecord, FileRecord, Passport, PointRecord, SideEffect,
    SteeringRecord, SweepRecord, UsefulRange, VectorRecord, Versions,
};

use std::path::Path;

use crate::files::FileError;

/// The file that describes all others.
pub const PASSPORT: &str = "passport.json";
/// The model card.
pub const CARD: &str = "README.md";
/// A vector's numbers, in Tiller's own format.
pub const SAFETENSORS: &str = "vector.safetensors";
/// A vector's numbers, as llama.cpp's control vector.
pub const GGUF: &str = "vector.gguf";
/// An adapter's numbers, under the name by which peft finds them.
pub const ADAPTER: &str = crate::files::ADAPTER_NAME;
/// An adapter's configuration, which peft reads beside them.
pub const ADAPTER_CONFIG: &str = crate::files::ADAPTER_CONFIG_NAME;
/// An adapter's numbers, as llama.cpp's GGUF adapter. Their order is that of the model's own GGUF file.
pub const ADAPTER_GGUF: &str = "adapter.gguf";
/// The training and held-out pairs, where the person adds them.
pub const PAIRS: &str = "pairs.jsonl";
/// The sweep's curves as a picture.
pub const CHART: &str = "curves.png";
/// The text of the licence, where the person adds one.
pub const LICENCE: &str = "LICENSE";

/// Every file that a passport may have besides `passport.json`, with the most bytes that are read of it.
pub const FILES: [(&str, u64); 9] = [
    (CARD, 4 << 20),
    (SAFETENSORS, crate::files::MAX_FILE_BYTES),
    (GGUF, crate::files::MAX_FILE_BYTES),
    (ADAPTER, crate::files::MAX_ADAPTER_BYTES),
    (ADAPTER_CONFIG, 1 << 20),
    (ADAPTER_GGUF, crate::files::MAX_ADAPTER_BYTES),
    (PAIRS, 128 << 20),
    (CHART, 16 << 20),
    (LICENCE, 1 << 20),
];
/// The most bytes that are read of `passport.json`.
pub const MAX_PASSPORT_BYTES: u64 = 16 << 20;
/// The most bytes of an archive.
pub const MAX_ARCHIVE_BYTES: u64 = 256 << 20;
/// The end of an archive's name.
pub const ENDING: &str = ".tiller-vector.zip";

/// The name of the format in error messages.
const FORMAT: &str = "passport";

/// Says whether a path is that of a passport: an archive by its ending, or a folder with a `passport.json`.
#[must_use]
pub fn is_passport(path: &Path) -> bool {
    let is_archive = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    is_archive && !path.is_dir() || path.is_dir() && path.join(PASSPORT).exists()
}

/// Makes the error of a damaged passport.
fn damaged(place: impl Into<String>, detail: impl std::fmt::Display) -> FileError {
    FileError::Damaged { format: FORMAT, place: place.into(), detail: detail.to_string() }
}

/// Returns the most bytes of a file, where a passport may have it.
fn limit(name: &str) -> Option<u64> {
    if name == PASSPORT {
        return Some(MAX_PASSPORT_BYTES);
    }
    FILES.iter().find(|(known, _)| *known == name).map(|(_, limit)| *limit)
}
