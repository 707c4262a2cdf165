//! Reads tables in Arrow's memory format: its files and streams, and what Parquet is decoded into.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::{ArrowError, DataType, Schema};
use serde_json::{Map, Number, Value};

use super::json::STRANGE;
use super::{DataFileError, Records};

/// The most bytes of text that a table's rows may hold together.
const LARGEST_TEXT: usize = 1 << 30;
/// The greatest depth of nested lists and structures.
const DEEPEST: usize = 16;
/// The bytes at the beginning of an Arrow file, before its stream.
const FILE_MAGIC: &[u8] = b"ARROW1\0\0";

/// Reads an Arrow file or stream. A row's line is its number, from 1.
pub(super) fn file(bytes: &[u8]) -> Result<Records, DataFileError> {
    // The library does not check everything: a file that is damaged in an unexpected way makes it panic.
    panic::catch_unwind(AssertUnwindSafe(|| stream(bytes))).map_err(|_| refuse("it is damaged"))?
}

fn refuse(detail: impl Into<String>) -> DataFileError {
    DataFileError::Table { kind: "Arrow", detail: detail.into() }
}

/// Returns the stream of a file, which stands between two marks. The index behind it is for readers that jump.
fn stream_of(bytes: &[u8]) -> Option<&[u8]> {
    let inside = bytes.strip_prefix(FILE_MAGIC)?.strip_suffix(b"ARROW1".as_slice())?;
    let (inside, length) = inside.split_last_chunk::<4>()?;
    let end = inside.len().checked_sub(usize::try_from(i32::from_le_bytes(*length)).ok()?)?;
    let stream = inside.get(..end)?;
    // Writers align the first message, some to 64 bytes.
    let padding = stream.iter().take_while(|byte| **byte == 0).count();
    stream.get(padding..)
}

fn stream(bytes: &[u8]) -> Result<Records, DataFileError> {
    let is_file = bytes.starts_with(FILE_MAGIC);
    let stream = if is_file { stream_of(bytes).ok_or_else(|| refuse("it is cut off"))? } else { bytes };
    let mut buffer = Buffer::from(stream);
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    while !buffer.is_empty() {
        match decoder.decode(&mut buffer).map_err(|error| refuse(error.to_string()))? {
            Some(batch) => batches.push(Ok(batch)),
            None => break,
        }
    }
    // A file that ends in the middle of a batch is truncated, and must not pass for a shorter table.
    decoder.finish().map_err(|error| refuse(error.to_string()))?;
    let Some(schema) = decoder.schema() else { return Err(refuse("it is cut off")) };
    records(&schema, batches, "Arrow")
}

/// Reads the rows of batches.
pub(super) fn records(
    schema: &Arc<Schema>,
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    kind: &'static str,
) -> Result<Records, DataFileError> {
    let columns: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut records = Records { columns, ..Records::default() };
    records.report.container = Some(kind);
    let mut text = 0;
    for batch in batches {
        let batch = batch.map_err(|error| match kind {
            "Parquet" => DataFileError::Parquet { detail: error.to_string() },
            _ => refuse(error.to_string()),
        })?;
        for row in 0..batch.num_rows() {
            let mut cells = Map::new();
            for (name, column) in records.columns.iter().zip(batch.columns()) {
                cells.insert(name.clone(), value(column.as_ref(), row, &mut text, 0));
            }
            if text > LARGEST_TEXT {
                return Err(DataFileError::TooLarge { bytes: text as u64 });
            }
            let line = records.all.len() + 1;
            records.push(line, Ok(cells))?;
        }
    }
    Ok(records)
}

/// Reads a value, and adds the bytes of its text to `text`. A value that consists neither of texts nor of numbers is
/// replaced by the name of its type, so that a row that needs it is refused with that name.
fn value(array: &dyn Array, row: usize, text: &mut usize, depth: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    let strange =
        || Value::Object(Map::from_iter([(STRANGE.to_owned(), array.data_type().to_string().into())]));
    if depth > DEEPEST || *text > LARGEST_TEXT {
        return strange();
    }
    let mut string = |value: &str| {
        *text += value.len();
        Value::String(value.to_owned())
    };
    // Other programs write text without marking it as text.
    let mut bytes = |value: &[u8]| std::str::from_utf8(value).map_or_else(|_| strange(), &mut string);
    match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Utf8 => string(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => string(array.as_string::<i64>().value(row)),
        DataType::Utf8View => string(array.as_string_view().value(row)),
        DataType::Binary => bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(array.as_fixed_size_binary().value(row)),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Float16 => number(array.as_primitive::<Float16Type>().value(row).to_f64()),
        DataType::Float32 => number(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => number(array.as_primitive::<Float64Type>().value(row)),
        DataType::List(_) => items(array.as_list::<i32>().value(row).as_ref(), text, depth),
        DataType::LargeList(_) => items(array.as_list::<i64>().value(row).as_ref(), text, depth),
        DataType::FixedSizeList(..) => items(array.as_fixed_size_list().value(row).as_ref(), text, depth),
        DataType::Map(..) => items(&array.as_map().value(row), text, depth),
        DataType::Struct(fields) => {
            let columns = fields.iter().zip(array.as_struct().columns());
            columns
                .map(|(field, column)| (field.name().clone(), value(column.as_ref(), row, text, depth + 1)))
                .collect()
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.normalized_keys()[row];
            value(dictionary.values().as_ref(), key, text, depth + 1)
        }
        _ => strange(),
    }
}

fn items(list: &dyn Array, text: &mut usize, depth: usize) -> Value {
    (0..list.len()).map(|row| value(list, row, text, depth + 1)).collect()
}

/// Returns a number as JSON; one that is not finite becomes null.
fn number(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, BinaryArray, StringArray};
    use arrow_ipc::writer::{FileWriter, StreamWriter};

    use super::*;

    fn batch() -> RecordBatch {
        let text = |all: [&str; 2]| Arc::new(StringArray::from(all.to_vec())) as ArrayRef;
        let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"ok".as_slice(), b"\xff"]));
        RecordBatch::try_from_iter([
            ("prompt", text(["p", "q"])),
            ("wanted", text(["a", "b"])),
            ("opposite", bytes),
        ])
        .expect("a table")
    }

    #[test]
    fn files_and_streams_are_read_equally_and_bytes_that_are_no_text_are_reported() {
        let batch = batch();
        let (mut file_bytes, mut stream_bytes) = (Vec::new(), Vec::new());
        let mut writer = FileWriter::try_new(&mut file_bytes, &batch.schema()).expect("a writer");
        writer.write(&batch).and_then(|()| writer.finish()).expect("a file");
        let mut writer = StreamWriter::try_new(&mut stream_bytes, &batch.schema()).expect("a writer");
        writer.write(&batch).and_then(|()| writer.finish()).expect("a stream");
        for bytes in [&file_bytes, &stream_bytes] {
            let records = file(bytes).expect("a table");
            let cells: Vec<_> = records.all.iter().map(|row| row.cells.clone().expect("cells")).collect();
            assert_eq!(
                (cells.len(), &cells[0]["opposite"], &cells[1]["wanted"]),
                (2, &"ok".into(), &"b".into())
            );
            assert!(cells[1]["opposite"].get(STRANGE).is_some());
        }
        assert!(file(&stream_bytes[..stream_bytes.len() / 2]).is_err());
    }
}
