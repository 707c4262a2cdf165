//! Folders as `datasets` saves them: all files of a table are read, and other folders are refused with what to choose.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use serde_json::{Value, json};

use data::data_files::{DataFile, DataFileError, Format, Sample, is_binary, size_on_disk};

/// The columns of the tables.
const NAMES: [&str; 3] = ["prompt", "chosen", "rejected"];

/// One file of a table.
fn shard(names: [&str; 3], rows: &[[&str; 3]]) -> Vec<u8> {
    let column = |place: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(row[place])).collect::<StringArray>())
    };
    let columns = names.iter().enumerate().map(|(place, name)| (*name, column(place)));
    let batch = RecordBatch::try_from_iter(columns).expect("a table");
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).expect("a writer");
    writer.write(&batch).and_then(|()| writer.finish()).expect("a stream");
    drop(writer);
    bytes
}

fn name(place: usize, count: usize) -> String {
    format!("data-{place:05}-of-{count:05}.arrow")
}

/// Saves a table in a folder, as `save_to_disk` does.
fn save(folder: &Path, shards: &[Vec<u8>]) {
    let count = shards.len();
    let files: Vec<Value> = (0..count).map(|place| json!({"filename": name(place, count)})).collect();
    let state = json!({"_data_files": files, "_fingerprint": "f", "_format_columns": null, "_split": null});
    fs::write(folder.join("state.json"), state.to_string()).expect("a file");
    fs::write(folder.join("dataset_info.json"), "{}").expect("a file");
    for (place, bytes) in shards.iter().enumerate() {
        fs::write(folder.join(name(place, count)), bytes).expect("a file");
    }
}

fn refusal(folder: &Path) -> String {
    DataFile::read(folder, None).expect_err("a refusal").to_string()
}

#[test]
fn all_files_of_a_saved_table_are_read_in_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shards = [shard(NAMES, &[["p", "a", "b"], ["q", "c", "d"]]), shard(NAMES, &[["r", "e", "f"]])];
    save(folder.path(), &shards);
    let file = DataFile::read(folder.path(), None).expect("a data set");
    assert_eq!((file.format, file.refused.len()), (Format::Trl, 0));
    let found: Vec<(usize, &str)> = file.rows.iter().map(|row| (row.line, row.prompt.as_str())).collect();
    assert_eq!(found, [(1, "p"), (2, "q"), (3, "r")]);
    let said = file.report.sentences().join(" ");
    assert!(
        said.contains("The file is Arrow.") && said.contains("The 2 files that state.json names"),
        "{said}"
    );
    let sample = Sample::read(folder.path(), 1).expect("the first rows");
    assert_eq!((sample.rows.len(), sample.header.len()), (1, 3));
    // A process of its own tries to read it first, within limits for all of its files.
    assert!(is_binary(folder.path()).expect("a folder"));
    assert_eq!(size_on_disk(folder.path()), (shards[0].len() + shards[1].len()) as u64);
    // One of its files is a part, and says so by its name.
    let part = DataFile::read(&folder.path().join(name(1, 2)), None).expect("a file");
    assert_eq!(part.rows.len(), 1);
    assert!(part.report.sentences().iter().any(|said| said.contains("the file is one of 2")));
}

#[test]
fn a_saved_table_that_is_damaged_or_not_whole_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (place, one) = (folder.path(), shard(NAMES, &[["p", "a", "b"]]));
    let other = shard(["prompt", "chosen", "worse"], &[["p", "a", "b"]]);
    save(place, &[one.clone(), other]);
    assert!(refusal(place).contains("its files have different columns"), "{}", refusal(place));
    save(place, &[one.clone(), one[..one.len() / 2].to_vec()]);
    assert!(DataFile::read(place, None).is_err(), "the second file is cut off");
    fs::remove_file(place.join(name(1, 2))).expect("the file");
    assert!(refusal(place).contains("data-00001-of-00002.arrow is not there"), "{}", refusal(place));
    let state = |state: Value| {
        fs::write(place.join("state.json"), state.to_string()).expect("a file");
        refusal(place)
    };
    assert!(state(json!({"_data_files": []})).contains("empty"));
    assert!(
        state(json!({"_data_files": [{"filename": "../data.arrow"}]})).contains("something else than files")
    );
    assert!(state(json!({})).contains("names no files"));
    let chosen =
        json!({"_data_files": [{"filename": name(0, 2)}], "_indices_data_files": [{"filename": "i"}]});
    assert!(state(chosen).contains("a choice of rows"));
    fs::write(place.join("state.json"), "{").expect("a file");
    assert!(refusal(place).contains("state.json is no JSON"));
}

#[test]
fn other_folders_are_refused_with_what_to_choose() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path();
    assert!(refusal(place).contains("choose a file with the data"), "{}", refusal(place));
    for name in ["train.jsonl", "README.md", "test.parquet"] {
        fs::write(place.join(name), "").expect("a file");
    }
    let said = refusal(place);
    assert!(said.contains("choose one of its files \"test.parquet\", \"train.jsonl\""), "{said}");
    // A folder with a folder for each split, as a `DatasetDict` is saved.
    fs::write(place.join("dataset_dict.json"), r#"{"splits": ["train", "test"]}"#).expect("a file");
    let said = refusal(place);
    assert!(said.contains("choose one of its folders \"train\", \"test\""), "{said}");
    assert!(matches!(Sample::read(place, 3), Err(DataFileError::Folder { .. })));
    assert_eq!(size_on_disk(place), 0);
}
