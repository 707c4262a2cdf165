//! Parquet, as the Hugging Face hub stores data sets: uncompressed or compressed with Snappy.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

use super::{DataFileError, MOST_ROWS, Records, Row};

/// What a Parquet file begins and ends with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// The most bytes that a file's columns may unpack to.
const LARGEST_UNPACKED: u64 = 1 << 30;

/// Reads a file's bytes. A row's line is its number, from 1.
pub(super) fn records(bytes: &[u8]) -> Result<Records, DataFileError> {
    let refuse = |detail: String| DataFileError::Parquet { detail };
    // The library checks much, not all: a file that is damaged in a way it does not expect makes it panic.
    let read = panic::catch_unwind(AssertUnwindSafe(|| read(bytes)));
    read.map_err(|_| refuse("it is damaged".into()))?
}

fn read(bytes: &[u8]) -> Result<Records, DataFileError> {
    let refuse = |error: ParquetError| DataFileError::Parquet { detail: error.to_string() };
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).map_err(refuse)?;
    let metadata = reader.metadata();
    let unpacked = |group: &parquet::file::metadata::RowGroupMetaData| {
        let sizes =
            group.columns().iter().map(parquet::file::metadata::ColumnChunkMetaData::uncompressed_size);
        sizes.fold(0_u64, |sum, size| sum.saturating_add(u64::try_from(size).unwrap_or(u64::MAX)))
    };
    let unpacked = metadata.row_groups().iter().map(unpacked).fold(0, u64::saturating_add);
    if unpacked > LARGEST_UNPACKED {
        return Err(DataFileError::TooLarge { bytes: unpacked });
    }
    if metadata.file_metadata().num_rows() > MOST_ROWS as i64 {
        return Err(DataFileError::TooManyRows);
    }
    let schema = metadata.file_metadata().schema();
    let columns = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
    let mut records = Records { columns, ..Records::default() };
    for (index, row) in reader.get_row_iter(None).map_err(refuse)?.enumerate() {
        let cells = match row.map_err(refuse)?.to_json_value() {
            Value::Object(cells) => Ok(cells),
            _ => Err("it is no row".to_owned()),
        };
        records.push(index + 1, cells)?;
    }
    Ok(records)
}

/// TRL's preference data as a Parquet file: `prompt, chosen, rejected` as text.
///
/// # Errors
/// Where a text is too long for the format.
pub fn trl_parquet(rows: &[Row]) -> Result<Vec<u8>, DataFileError> {
    write(rows).map_err(|error| DataFileError::Parquet { detail: error.to_string() })
}

fn write(rows: &[Row]) -> Result<Vec<u8>, ParquetError> {
    let schema = "message pairs { REQUIRED BYTE_ARRAY prompt (UTF8); REQUIRED BYTE_ARRAY chosen (UTF8); \
                  REQUIRED BYTE_ARRAY rejected (UTF8); }";
    let schema = Arc::new(parse_message_type(schema)?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    let columns: [fn(&Row) -> &String; 3] = [|row| &row.prompt, |row| &row.wanted, |row| &row.opposite];
    for text in columns {
        let values: Vec<ByteArray> = rows.iter().map(|row| ByteArray::from(text(row).as_str())).collect();
        let Some(mut column) = group.next_column()? else { break };
        column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        column.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}
