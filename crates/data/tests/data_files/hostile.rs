//! Files that were made to take memory or time: each is refused with what is wrong and where, or read without it.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::skip;
use data::data_files::{DataFile, DataFileError, LONGEST_ROW, MOST_COLUMNS, Sample};

fn refusal(text: &str) -> String {
    DataFile::parse(text.as_bytes(), None).expect_err("a refusal").to_string()
}

#[test]
fn hostile_files_are_refused_and_their_place_is_reported() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases/hostile");
    if !folder.exists() {
        skip("the hostile files do not stand beside the checkout");
        return;
    }
    for (name, words) in [
        ("list-2e8.parquet", "column \"x.list.element\" has 200000000 values"),
        ("dict-100k-x-1MB.parquet", "the pairs up to line"),
        ("thriftbomb.parquet", "its index is damaged"),
    ] {
        let message = DataFile::read(&folder.join(name), None).expect_err(name).to_string();
        assert!(message.contains(words), "{name}: {message}");
        // The preview refuses them too, or reads its few rows.
        let sample = Sample::read(&folder.join(name), 20);
        assert!(
            sample.is_ok_and(|sample| sample.rows.len() <= 20) || words != "the pairs up to line",
            "{name}"
        );
    }
}

#[test]
fn tables_that_are_too_wide_or_have_no_end_are_refused_by_line() {
    let wide = ",".repeat(MOST_COLUMNS + 5);
    assert!(refusal(&wide).contains("line 1: there are more than 4096 columns"), "{}", refusal(&wide));
    let names: String = (0..=MOST_COLUMNS).fold(String::new(), |mut names, column| {
        let _ = write!(names, "{}c{column}", if column > 0 { "," } else { "" });
        names
    });
    assert!(refusal(&format!("{names}\n1,2\n")).contains("columns"));
    let long = "x".repeat(LONGEST_ROW + 1);
    let file =
        DataFile::parse(format!("question,matching,not_matching\na,b,{long}\nd,e,f\n").as_bytes(), None);
    let file = file.expect("a data file");
    assert_eq!((file.rows.len(), file.refused[0].line), (1, 2));
    assert!(file.refused[0].reason.contains("more than 4 MB"));
    let object = format!("{{\"prompt\": \"p\", \"chosen\": \"{long}\", \"rejected\": \"r\"}}");
    assert!(refusal(&object).contains("line 1: it has 5 MB, a row has at most 4"), "{}", refusal(&object));
}

#[test]
fn one_row_does_not_become_more_text_than_is_kept() {
    // One prompt of 2 MB, and answers of one letter: a pair for each would take 400 GB.
    let prompt = "p".repeat(LONGEST_ROW / 2);
    let answers = vec!["\"o\""; 200_000].join(",");
    let row = format!(
        "{{\"question\": \"{prompt}\", \"answer_matching_behavior\": \"w\", \"answer_not_matching_behavior\": [{answers}]}}"
    );
    assert!(refusal(&row).contains("the pairs up to line 1 hold more than"), "{}", refusal(&row));
}

/// A Parquet file of so many rows with one prompt of 1 MB, which its dictionary holds once.
fn repeated(rows: usize) -> Result<Vec<u8>, ParquetError> {
    let schema = "message pairs { REQUIRED BYTE_ARRAY prompt (UTF8); REQUIRED BYTE_ARRAY chosen (UTF8); \
                  REQUIRED BYTE_ARRAY rejected (UTF8); }";
    let properties = WriterProperties::builder()
        .set_dictionary_page_size_limit(4 << 20)
        .set_compression(Compression::SNAPPY);
    let mut bytes = Vec::new();
    let schema = Arc::new(parse_message_type(schema)?);
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties.build()))?;
    let mut group = file.next_row_group()?;
    for text in ["p".repeat(1 << 20), "w".into(), "o".into()] {
        let texts = vec![ByteArray::from(text.into_bytes()); rows];
        let mut column = group.next_column()?.ok_or(ParquetError::EOF("no column".into()))?;
        column.typed::<ByteArrayType>().write_batch(&texts, None, None)?;
        column.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}

#[test]
fn a_text_that_a_dictionary_repeats_is_counted_for_each_row() {
    let bytes = repeated(400).expect("a Parquet file");
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    let refused = DataFile::parse(&bytes, None);
    assert!(matches!(refused, Err(DataFileError::TooMuchText { line: 320 })), "{:?}", refused.err());
    assert_eq!(Sample::parse(&bytes, 3).expect("the first rows").rows.len(), 3);
}

#[test]
fn a_reason_does_not_hold_what_stands_in_a_cell() {
    let long = "\u{1}".repeat(LONGEST_ROW / 2);
    let file = DataFile::parse(format!("question,A,B,matching\nq,a,b,{long}\n").as_bytes(), None);
    let reason = &file.expect("a data file").refused[0].reason;
    assert!(
        reason.len() < 1000 && reason.contains("not A or B") || reason.ends_with('\u{2026}'),
        "{}",
        reason.len()
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipe = folder.path().join("pairs.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    for refused in [DataFile::read(&pipe, None).err(), Sample::read(&pipe, 3).err()] {
        assert!(matches!(refused, Some(DataFileError::Special("a pipe"))), "{refused:?}");
    }
    assert!(matches!(DataFile::read(folder.path(), None), Err(DataFileError::Folder { .. })));
}
