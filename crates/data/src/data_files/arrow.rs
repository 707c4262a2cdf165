//! Reads tables in Arrow's memory format: its files and streams, and what Parquet is decoded into.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, StreamDecoder, read_footer_length};
use arrow_ipc::{Block, Message, root_as_footer, root_as_message};
use arrow_schema::{DataType, Schema};
use serde_json::{Map, Number, Value};

use super::DataFileError;
use super::budget::{LARGEST_TEXT, LONGEST_ROW, MOST_COLUMNS, MOST_VALUES, too_long};
use super::guard::guarded;
use super::json::STRANGE;
use super::sink::{Header, Needed, Sink};

/// How deep lists and structures may lie in each other.
const DEEPEST: usize = 16;
/// What an Arrow file begins with.
const FILE_MAGIC: &[u8] = b"ARROW1\0\0";
const KIND: &str = "Arrow";

/// Reads an Arrow file or stream. A row's line is its number, from 1.
pub(super) fn read(bytes: Vec<u8>, sink: &mut dyn Sink) -> Result<(), DataFileError> {
    read_all([Ok(bytes)], sink)
}

/// Reads files and streams as one table, of which each has the same columns. They are asked for one by one.
pub(super) fn read_all(
    contents: impl IntoIterator<Item = Result<Vec<u8>, DataFileError>>,
    sink: &mut dyn Sink,
) -> Result<(), DataFileError> {
    let mut joined = Joined::default();
    for bytes in contents {
        let bytes = bytes?;
        let read = guarded(KIND, || {
            if bytes.starts_with(FILE_MAGIC) {
                file(bytes, &mut joined, sink)
            } else {
                stream(bytes, &mut joined, sink)
            }
        });
        if read?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The table into which files and streams are read, one behind the other.
#[derive(Default)]
struct Joined {
    columns: Vec<String>,
    table: Option<Table>,
}

impl Joined {
    /// The table, whose header is handed on with the first schema. A later one must have the same columns.
    fn table(&mut self, schema: &Schema, sink: &mut dyn Sink) -> Result<&mut Table, DataFileError> {
        let columns: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        if self.table.is_none() {
            self.table = Some(Table::new(schema, sink)?);
            self.columns = columns;
        } else if self.columns != columns {
            return Err(refuse("its files have different columns"));
        }
        self.table.as_mut().ok_or_else(cut_off)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is the function of `map_err`")]
fn refuse(detail: impl ToString) -> DataFileError {
    DataFileError::Table { kind: KIND, detail: detail.to_string() }
}

/// Reads a stream: the schema and the batches stand one behind the other.
fn stream(
    bytes: Vec<u8>,
    joined: &mut Joined,
    sink: &mut dyn Sink,
) -> Result<ControlFlow<()>, DataFileError> {
    check_unpacked(&bytes)?;
    let mut buffer = Buffer::from_vec(bytes);
    let mut decoder = StreamDecoder::new();
    while !buffer.is_empty() {
        let Some(batch) = decoder.decode(&mut buffer).map_err(refuse)? else { break };
        if joined.table(batch.schema_ref(), sink)?.take(&batch, sink)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    // What ends in the middle of a batch is cut off, and must not pass for a shorter table.
    decoder.finish().map_err(refuse)?;
    let schema = decoder.schema().ok_or_else(cut_off)?;
    joined.table(&schema, sink)?;
    Ok(ControlFlow::Continue(()))
}

fn cut_off() -> DataFileError {
    refuse("it is cut off")
}

/// Reads a file by the index at its end. Most programs write a stream before it, and Polars writes the batches alone.
fn file(bytes: Vec<u8>, joined: &mut Joined, sink: &mut dyn Sink) -> Result<ControlFlow<()>, DataFileError> {
    let buffer = Buffer::from_vec(bytes);
    let (before, end) = buffer.split_last_chunk::<10>().ok_or_else(cut_off)?;
    let length = read_footer_length(*end).map_err(|_| cut_off())?;
    let index = before.len().checked_sub(length).and_then(|at| before.get(at..)).ok_or_else(cut_off)?;
    let index = root_as_footer(index).map_err(refuse)?;
    let schema = index.schema().ok_or_else(|| refuse("its index has no schema"))?;
    let schema = Arc::new(try_fb_to_schema(schema).map_err(refuse)?);
    let mut decoder = FileDecoder::new(Arc::clone(&schema), index.version());
    let mut unpacked = 0;
    for block in index.dictionaries().into_iter().flatten() {
        let bytes = block_of(&buffer, block, &mut unpacked)?;
        decoder.read_dictionary(block, &bytes).map_err(refuse)?;
    }
    let table = joined.table(&schema, sink)?;
    for block in index.recordBatches().into_iter().flatten() {
        let bytes = block_of(&buffer, block, &mut unpacked)?;
        if let Some(batch) = decoder.read_record_batch(block, &bytes).map_err(refuse)?
            && table.take(&batch, sink)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Returns the bytes of a block of a file, and adds what they unpack to to a sum, which it checks.
fn block_of(buffer: &Buffer, block: &Block, unpacked: &mut u64) -> Result<Buffer, DataFileError> {
    let outside = || refuse("its index names a place outside of it");
    let size = |size: i64| usize::try_from(size).map_err(|_| outside());
    let (start, head) = (size(block.offset())?, size(block.metaDataLength().into())?);
    let length = head.checked_add(size(block.bodyLength())?).ok_or_else(outside)?;
    let bytes = buffer.get(start..).and_then(|rest| rest.get(..length)).ok_or_else(outside)?;
    // The same bytes that the library takes for the message.
    let message = if bytes.starts_with(&[0xff; 4]) { bytes.get(8..) } else { bytes.get(4..) };
    let message = root_as_message(message.ok_or_else(outside)?).map_err(refuse)?;
    add_unpacked(unpacked, message, &bytes[head..])?;
    Ok(buffer.slice_with_length(start, length))
}

/// Refuses a stream whose compressed buffers unpack to more than [`LARGEST_TEXT`].
fn check_unpacked(stream: &[u8]) -> Result<(), DataFileError> {
    let (mut rest, mut unpacked) = (stream, 0);
    while let Some((message, behind)) = split_message(rest) {
        // What cannot be read is refused by the library.
        let Ok(message) = root_as_message(message) else { return Ok(()) };
        let Some(body) = usize::try_from(message.bodyLength()).ok().and_then(|length| behind.get(..length))
        else {
            return Ok(());
        };
        add_unpacked(&mut unpacked, message, body)?;
        rest = &behind[body.len()..];
    }
    Ok(())
}

/// Adds what the compressed buffers of a message unpack to to a sum, and refuses one over [`LARGEST_TEXT`]: the library makes
/// room for what a buffer says, whatever is in it.
fn add_unpacked(sum: &mut u64, message: Message<'_>, body: &[u8]) -> Result<(), DataFileError> {
    let dictionary = message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let batch = message.header_as_record_batch().or(dictionary);
    if let Some(batch) = batch.filter(|batch| batch.compression().is_some()) {
        for buffer in batch.buffers().into_iter().flatten() {
            let size =
                usize::try_from(buffer.offset()).ok().and_then(|at| body.get(at..)?.first_chunk::<8>());
            // A negative size says that a buffer is not compressed.
            let size = size.map_or(0, |size| i64::from_le_bytes(*size).max(0));
            *sum = sum.saturating_add(size.unsigned_abs());
        }
    }
    if *sum > LARGEST_TEXT { Err(DataFileError::UnpacksTooLarge) } else { Ok(()) }
}

/// Returns the first message of a stream, and the bytes that follow it.
fn split_message(stream: &[u8]) -> Option<(&[u8], &[u8])> {
    // Newer writers begin a message with a mark.
    let stream = stream.strip_prefix(&[0xff; 4]).unwrap_or(stream);
    let (length, rest) = stream.split_first_chunk::<4>()?;
    let length = usize::try_from(i32::from_le_bytes(*length)).ok().filter(|length| *length > 0)?;
    rest.split_at_checked(length)
}

/// A table whose batches are handed on.
pub(super) struct Table {
    /// The place and the name of each needed column.
    kept: Vec<(usize, String)>,
    rows: usize,
}

impl Table {
    /// Hands the header on.
    pub(super) fn new(schema: &Schema, sink: &mut dyn Sink) -> Result<Self, DataFileError> {
        let columns: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        if columns.len() > MOST_COLUMNS {
            return Err(DataFileError::TooManyColumns { line: 1 });
        }
        let needed = sink.header(Header { columns: columns.clone(), is_list: false })?;
        Ok(Self::of(&columns, &needed))
    }

    /// A table of columns, some of which are needed.
    pub(super) fn of(columns: &[String], needed: &Needed) -> Self {
        let kept = columns.iter().enumerate();
        let kept = kept.filter_map(|(place, name)| Some((place, needed.name(name)?.to_owned()))).collect();
        Self { kept, rows: 0 }
    }

    /// Hands the rows of a batch on.
    pub(super) fn take(
        &mut self,
        batch: &RecordBatch,
        sink: &mut dyn Sink,
    ) -> Result<ControlFlow<()>, DataFileError> {
        for row in 0..batch.num_rows() {
            let mut room = RowBudget { text: LONGEST_ROW, values: MOST_VALUES };
            let mut cells = Map::new();
            for (place, name) in &self.kept {
                let column = batch.columns().get(*place);
                cells.insert(name.clone(), column.map_or(Value::Null, |column| room.value(column, row, 0)));
            }
            self.rows += 1;
            if sink.row(self.rows, room.check(cells))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// What a row may still hold.
struct RowBudget {
    text: usize,
    values: usize,
}

impl RowBudget {
    /// The row, where it fitted.
    fn check<T>(&self, row: T) -> Result<T, String> {
        match (self.text, self.values) {
            (0, _) => Err(too_long(LONGEST_ROW + 1)),
            (_, 0) => Err(format!("it has more than {MOST_VALUES} values")),
            _ => Ok(row),
        }
    }

    fn string(&mut self, value: &str) -> Value {
        self.text = self.text.saturating_sub(value.len());
        if self.text == 0 { Value::Null } else { Value::String(value.to_owned()) }
    }

    /// Text; other programs write it without the mark that it is text.
    fn bytes(&mut self, value: &[u8], kind: &DataType) -> Value {
        std::str::from_utf8(value).map_or_else(|_| strange(kind), |value| self.string(value))
    }

    /// A value. What is neither text nor a number nor made of such is told by its type, so that a row that needs it is
    /// refused by name.
    fn value(&mut self, array: &dyn Array, row: usize, depth: usize) -> Value {
        self.values = self.values.saturating_sub(1);
        if array.is_null(row) || self.values == 0 {
            return Value::Null;
        }
        let kind = array.data_type();
        if depth > DEEPEST {
            return strange(kind);
        }
        match kind {
            DataType::Null => Value::Null,
            DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
            DataType::Utf8 => self.string(array.as_string::<i32>().value(row)),
            DataType::LargeUtf8 => self.string(array.as_string::<i64>().value(row)),
            DataType::Utf8View => self.string(array.as_string_view().value(row)),
            DataType::Binary => self.bytes(array.as_binary::<i32>().value(row), kind),
            DataType::LargeBinary => self.bytes(array.as_binary::<i64>().value(row), kind),
            DataType::BinaryView => self.bytes(array.as_binary_view().value(row), kind),
            DataType::FixedSizeBinary(_) => self.bytes(array.as_fixed_size_binary().value(row), kind),
            DataType::Float16 => number(array.as_primitive::<Float16Type>().value(row).to_f64()),
            DataType::Float32 => number(f64::from(array.as_primitive::<Float32Type>().value(row))),
            DataType::Float64 => number(array.as_primitive::<Float64Type>().value(row)),
            DataType::List(_) => self.items(array.as_list::<i32>().value(row).as_ref(), depth),
            DataType::LargeList(_) => self.items(array.as_list::<i64>().value(row).as_ref(), depth),
            DataType::FixedSizeList(..) => self.items(array.as_fixed_size_list().value(row).as_ref(), depth),
            DataType::Map(..) => self.items(&array.as_map().value(row), depth),
            DataType::Struct(fields) => {
                let columns = fields.iter().zip(array.as_struct().columns());
                columns
                    .map(|(field, column)| {
                        (field.name().clone(), self.value(column.as_ref(), row, depth + 1))
                    })
                    .collect()
            }
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let key = integer(dictionary.keys(), row).and_then(|key| usize::try_from(key).ok());
                let values = dictionary.values();
                key.filter(|key| *key < values.len())
                    .map_or(Value::Null, |key| self.value(values.as_ref(), key, depth + 1))
            }
            _ => integer(array, row).map_or_else(|| strange(kind), integral),
        }
    }

    fn items(&mut self, list: &dyn Array, depth: usize) -> Value {
        // The room counts what is made: a list of nulls takes no bytes in a file.
        let items = list.len().min(self.values);
        if items < list.len() {
            self.values = 0;
            return Value::Null;
        }
        (0..items).map(|row| self.value(list, row, depth + 1)).collect()
    }
}

/// A whole number of any width.
fn integer(array: &dyn Array, row: usize) -> Option<i128> {
    Some(match array.data_type() {
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        _ => return None,
    })
}

fn integral(value: i128) -> Value {
    i64::try_from(value).map_or_else(|_| u64::try_from(value).map_or(Value::Null, Value::from), Value::from)
}

fn strange(kind: &DataType) -> Value {
    Value::Object(Map::from_iter([(STRANGE.to_owned(), kind.to_string().into())]))
}

/// A number; one that is not finite is nothing, as in JSON.
fn number(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, BinaryArray, StringArray};
    use arrow_ipc::writer::{FileWriter, StreamWriter};

    use arrow_array::{DictionaryArray, FixedSizeListArray, NullArray};
    use arrow_buffer::NullBuffer;
    use arrow_ipc::CompressionType;
    use arrow_ipc::writer::IpcWriteOptions;
    use arrow_schema::Field;

    use super::super::sink::testing::{Everything, everything};
    use super::*;

    fn file(bytes: &[u8]) -> Result<Everything, DataFileError> {
        everything(|sink| read(bytes.to_vec(), sink))
    }

    fn stream_with(batch: &RecordBatch, options: IpcWriteOptions) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer =
            StreamWriter::try_new_with_options(&mut bytes, &batch.schema(), options).expect("a writer");
        writer.write(batch).and_then(|()| writer.finish()).expect("a stream");
        drop(writer);
        bytes
    }

    #[test]
    fn a_list_without_bytes_and_a_text_that_is_repeated_are_refused_by_row() {
        let nulls = Arc::new(NullArray::new(1 << 22));
        let field = Arc::new(Field::new("item", DataType::Null, true));
        let list: ArrayRef = Arc::new(FixedSizeListArray::new(field, 1 << 22, nulls, None::<NullBuffer>));
        let batch = RecordBatch::try_from_iter([("prompt", list)]).expect("a table");
        let all = file(&stream_with(&batch, IpcWriteOptions::default())).expect("a table");
        assert!(all.rows[0].1.as_ref().is_err_and(|reason| reason.contains("values")), "{:?}", all.rows);
        let long = "x".repeat(LONGEST_ROW / 2);
        let text: DictionaryArray<Int32Type> = [long.as_str(), "y"].into_iter().collect();
        let text: ArrayRef = Arc::new(text);
        let batch = RecordBatch::try_from_iter([("a", text.clone()), ("b", text)]).expect("a table");
        let rows = file(&stream_with(&batch, IpcWriteOptions::default())).expect("a table").rows;
        assert!(rows[0].1.as_ref().is_err_and(|reason| reason.contains("MB")));
        assert_eq!(rows[1].1.as_ref().expect("cells")["a"], "y");
    }

    #[test]
    fn buffers_that_say_they_unpack_to_too_much_are_refused_before_room_is_made() {
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD));
        let text: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(1 << 16)]));
        let batch = RecordBatch::try_from_iter([("a", text)]).expect("a table");
        let mut bytes = stream_with(&batch, options.expect("zstd"));
        assert_eq!(file(&bytes).expect("a table").rows.len(), 1);
        // The size of a packed buffer stands before the mark of Zstandard.
        let size = [(1_i64 << 16).to_le_bytes().as_slice(), &[0x28, 0xb5, 0x2f, 0xfd]].concat();
        let at = bytes.windows(12).position(|window| window == size).expect("the buffer's size");
        bytes[at..at + 8].copy_from_slice(&(1_i64 << 62).to_le_bytes());
        assert!(matches!(file(&bytes), Err(DataFileError::UnpacksTooLarge)));
        let mut bytes = Vec::new();
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD));
        let mut writer =
            FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options.expect("zstd"))
                .expect("a writer");
        writer.write(&batch).and_then(|()| writer.finish()).expect("a file");
        drop(writer);
        assert_eq!(file(&bytes).expect("a table").rows.len(), 1);
        let at = bytes.windows(12).position(|window| window == size).expect("the buffer's size");
        bytes[at..at + 8].copy_from_slice(&(1_i64 << 62).to_le_bytes());
        assert!(matches!(file(&bytes), Err(DataFileError::UnpacksTooLarge)));
    }

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
    fn an_index_that_names_places_outside_or_is_cut_off_is_refused() {
        let batch = batch();
        let mut bytes = Vec::new();
        let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).expect("a writer");
        writer.write(&batch).and_then(|()| writer.finish()).expect("a file");
        drop(writer);
        assert_eq!(file(&bytes).expect("a table").rows.len(), 2);
        for end in [bytes.len() - 1, bytes.len() - 11, 40, 9, 8] {
            assert!(file(&bytes[..end]).is_err(), "{end}");
        }
        // The place of the batch in the index.
        let length = bytes.len();
        let index =
            length - 10 - i32::from_le_bytes(bytes[length - 10..length - 6].try_into().expect("4")) as usize;
        let place = {
            let footer = root_as_footer(&bytes[index..length - 10]).expect("an index");
            footer.recordBatches().expect("batches").get(0).offset().to_le_bytes()
        };
        let at = index + bytes[index..].windows(8).position(|window| window == place).expect("the place");
        for wrong in [i64::MAX, -1, length as i64] {
            bytes[at..at + 8].copy_from_slice(&wrong.to_le_bytes());
            assert!(file(&bytes).expect_err("a refusal").to_string().contains("outside"), "{wrong}");
        }
    }

    #[test]
    fn files_and_streams_are_read_alike_and_bytes_that_are_no_text_are_reported() {
        let batch = batch();
        let (mut file_bytes, mut stream_bytes) = (Vec::new(), Vec::new());
        let mut writer = FileWriter::try_new(&mut file_bytes, &batch.schema()).expect("a writer");
        writer.write(&batch).and_then(|()| writer.finish()).expect("a file");
        let mut writer = StreamWriter::try_new(&mut stream_bytes, &batch.schema()).expect("a writer");
        writer.write(&batch).and_then(|()| writer.finish()).expect("a stream");
        for bytes in [&file_bytes, &stream_bytes] {
            let records = file(bytes).expect("a table");
            let cells: Vec<_> = records.rows.iter().map(|row| row.1.clone().expect("cells")).collect();
            assert_eq!(
                (cells.len(), &cells[0]["opposite"], &cells[1]["wanted"]),
                (2, &"ok".into(), &"b".into())
            );
            assert!(cells[1]["opposite"].get(STRANGE).is_some());
        }
        assert!(file(&stream_bytes[..stream_bytes.len() / 2]).is_err());
    }
}
