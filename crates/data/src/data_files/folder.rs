//! Reads the folder that `datasets` writes with `save_to_disk`: `state.json` names the files of the table in order.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use regular_file::OpenError;
use serde_json::Value;

use super::budget::LARGEST_FILE;
use super::error::list;
use super::sink::Sink;
use super::{DataFileError, arrow, bytes};

/// The file that names the others.
const STATE: &str = "state.json";
/// The file of a folder with a folder for each split.
const SPLITS: &str = "dataset_dict.json";
/// The most bytes of either.
const LARGEST_STATE: u64 = 4 << 20;
/// The most files of a table.
const MOST_SHARDS: usize = 10_000;
/// The most names in a folder that are looked at.
const MOST_NAMES: usize = 10_000;
/// The endings of files that a person may have meant.
const ENDINGS: [&str; 11] =
    ["arrow", "parquet", "feather", "jsonl", "ndjson", "json", "csv", "tsv", "xlsx", "gz", "zst"];

/// Hands the rows of a folder on, all of its files as one table.
pub(super) fn read(folder: &Path, sink: &mut dyn Sink) -> Result<(), DataFileError> {
    let shards = shards(folder)?;
    let mut read = 0_u64;
    let contents = shards.iter().map(|shard| {
        let bytes = bytes(shard).map_err(|error| named(shard, error))?;
        read = read.saturating_add(bytes.len() as u64);
        if read > LARGEST_FILE { Err(DataFileError::TooLarge { bytes: read }) } else { Ok(bytes) }
    });
    sink.report().container = Some("Arrow");
    if shards.len() > 1 {
        sink.report().note(format!("The {} files that {STATE} names were read as one table.", shards.len()));
    }
    arrow::read_all(contents, sink)
}

/// The error of one file of a table, with its name where it is not there.
fn named(shard: &Path, error: DataFileError) -> DataFileError {
    match error {
        DataFileError::Missing | DataFileError::Special(_) => {
            let name = shard.file_name().unwrap_or_default().to_string_lossy();
            DataFileError::Table { kind: "Arrow", detail: format!("its file {name} is not there") }
        }
        error => error,
    }
}

/// The files of a folder's table, in order.
pub(super) fn shards(folder: &Path) -> Result<Vec<PathBuf>, DataFileError> {
    let Some(state) = json(folder, STATE)? else { return Err(no_table(folder)) };
    let damaged =
        |detail: &str| DataFileError::Table { kind: "Arrow", detail: format!("its {STATE} {detail}") };
    // Older programs keep a choice of rows beside the table, which `save_to_disk` of the last years applies.
    if state["_indices_data_files"].as_array().is_some_and(|files| !files.is_empty()) {
        return Err(damaged("keeps a choice of rows beside the table"));
    }
    let files = state["_data_files"].as_array().ok_or_else(|| damaged("names no files"))?;
    if files.is_empty() {
        return Err(DataFileError::Empty);
    }
    if files.len() > MOST_SHARDS {
        return Err(damaged("names very many files"));
    }
    let shard = |file: &Value| {
        let name = file["filename"].as_str().map(Path::new);
        // The name of a file in the folder, and no way out of it.
        let name = name.filter(|name| name.file_name() == Some(name.as_os_str()));
        name.map(|name| folder.join(name)).ok_or_else(|| damaged("names something else than files"))
    };
    files.iter().map(shard).collect()
}

/// Reads a file of JSON in a folder; `None` where it is not there.
fn json(folder: &Path, name: &str) -> Result<Option<Value>, DataFileError> {
    let path = folder.join(name);
    match regular_file::open(&path) {
        Err(OpenError::Missing | OpenError::Special(_)) => Ok(None),
        Err(OpenError::Unreadable(error)) => Err(DataFileError::Unreadable(error)),
        Ok((_, size)) if size > LARGEST_STATE => Ok(None),
        Ok(_) => {
            let text = bytes(&path)?;
            let damaged = |error: serde_json::Error| DataFileError::Table {
                kind: "Arrow",
                detail: format!("its {name} is no JSON: {error}"),
            };
            serde_json::from_slice(&text).map(Some).map_err(damaged)
        }
    }
}

/// The refusal of a folder that is not one table, with what to choose in it.
fn no_table(folder: &Path) -> DataFileError {
    if let Ok(Some(splits)) = json(folder, SPLITS) {
        let names = splits["splits"].as_array().map_or(&[][..], Vec::as_slice);
        let names: Vec<String> = names.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if !names.is_empty() {
            let choice = format!("one of its folders {}", list(&names));
            return DataFileError::Folder { what: "with a folder for each split of a data set", choice };
        }
    }
    let is_data = |name: &String| {
        let ending = Path::new(name).extension().map(OsStr::to_ascii_lowercase);
        ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().take(MOST_NAMES).flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(is_data).collect();
    names.sort_unstable();
    let choice = if names.is_empty() {
        "a file with the data".to_owned()
    } else {
        format!("one of its files {}", list(&names))
    };
    DataFileError::Folder { what: "that is not one data set", choice }
}

/// The number of files of which a file is one by its name, as the hub and `datasets` write them: `data-00000-of-00003.arrow`.
/// `None` where it says nothing of others.
pub(super) fn parts_by_name(path: &Path) -> Option<usize> {
    let name = path.file_name()?.to_str()?;
    let (before, behind) = name.rsplit_once("-of-")?;
    let is_number = |text: &str| text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    let count = behind.split('.').next().filter(|count| is_number(count))?;
    let (_, number) = before.rsplit_once('-')?;
    count.parse().ok().filter(|count| is_number(number) && *count > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_part_says_how_many_there_are() {
        for (name, parts) in [
            ("data-00000-of-00003.arrow", Some(3)),
            ("train-00001-of-00002.parquet", Some(2)),
            ("train-00001-of-00002.jsonl.gz", Some(2)),
            ("data-00000-of-00001.arrow", None),
            ("a-of-b.csv", None),
            ("pairs.csv", None),
            ("one-of-00002.csv", None),
        ] {
            assert_eq!(parts_by_name(&Path::new("folder").join(name)), parts, "{name}");
        }
    }
}
