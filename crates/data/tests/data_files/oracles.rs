//! Tests files that other programs wrote: random pairs come back byte for byte. `tests/oracles/data_files.py` makes them.

use std::fs;
use std::path::{Path, PathBuf};

use data::data_files::{DataFile, DataFileError, Format, Mapping, Row};
use serde_json::{Value, json};

/// The folder of the committed files, or another one that the script filled.
fn folder() -> PathBuf {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/data_files");
    std::env::var_os("TILLER_DATA_ORACLES").map_or(committed, PathBuf::from)
}

/// Returns the pairs of a set, parsed without the reader that is tested.
fn expected(set: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder().join(format!("{set}.jsonl"))).expect("the pairs of a set");
    let pairs = text.lines().map(|line| serde_json::from_str(line).expect("a pair"));
    pairs.map(repeated).collect()
}

/// Returns a pair with its texts repeated as often as it says.
fn repeated(pair: Value) -> Value {
    let Some(times) = pair["times"].as_u64() else { return pair };
    let text = |name: &str| pair[name].as_str().expect("a text").repeat(times as usize);
    json!({"prompt": text("prompt"), "wanted": text("wanted"), "opposite": text("opposite")})
}

fn found(row: &Row) -> Value {
    let mut pair = json!({"prompt": row.prompt, "wanted": row.wanted, "opposite": row.opposite});
    if let Some(system) = &row.system {
        pair["system"] = json!(system);
    }
    if !row.turns.is_empty() {
        pair["turns"] = json!(row.turns);
    }
    pair
}

/// Returns what is wrong with a file; `None` where every pair is there, byte for byte.
fn fault(path: &Path, expected: &[Value]) -> Option<String> {
    let file = match DataFile::read(path, None) {
        Ok(file) => file,
        Err(error) => return Some(error.to_string()),
    };
    if file.format != Format::Trl || !file.refused.is_empty() || file.rows.len() != expected.len() {
        let (pairs, refused) = (file.rows.len(), &file.refused);
        return Some(format!("{:?}, {pairs} pairs, refused {refused:?}, {:?}", file.format, file.report));
    }
    let mut rows = file.rows.iter().map(found).zip(expected).enumerate();
    rows.find_map(|(number, (found, expected))| {
        (found != *expected).then(|| format!("pair {number}:\n    {found}\n    in place of\n    {expected}"))
    })
}

#[test]
fn a_concept_set_is_read_in_the_columns_that_a_person_names() {
    let path = folder().join("concepts-pandas.parquet");
    let refused = DataFile::read(&path, None).expect_err("no known format");
    assert!(matches!(refused, DataFileError::Columns { .. }), "{refused}");
    let named = |name: &str| name.to_owned();
    let mapping =
        Mapping { prompt: named("input"), wanted: named("output_concept"), opposite: named("output") };
    let file = DataFile::read(&path, Some(&mapping)).expect("named columns");
    assert_eq!((file.format, file.refused.len()), (Format::Mapped, 0));
    assert_eq!(file.report.left_out, ["concept_genre", "category", "concept_id", "sae_link"]);
    assert_eq!(file.rows.iter().map(found).collect::<Vec<_>>(), expected("texts"));
}

#[test]
fn files_of_other_programs_are_read_byte_for_byte() {
    let mut faults = Vec::new();
    for (set, least) in [("texts", 50), ("talks", 25), ("sheets", 1), ("long", 5)] {
        let pairs = expected(set);
        let mut files: Vec<PathBuf> = fs::read_dir(folder())
            .expect("the folder of the oracles")
            .map(|entry| entry.expect("a file").path())
            .filter(|path| {
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{set}-")))
            })
            .collect();
        files.sort();
        assert!(files.len() >= least, "{} files of the set {set}", files.len());
        for path in files {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            faults.extend(fault(&path, &pairs).map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
