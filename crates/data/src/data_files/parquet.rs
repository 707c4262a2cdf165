//! Reads Parquet files of pairs, in every compression that the Hugging Face hub's data sets have.

use arrow_array::RecordBatchReader;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::DataFileError;
use super::arrow::Table;
use super::budget::{LARGEST_INDEX, LARGEST_TEXT, MOST_CELLS, MOST_COLUMNS, MOST_ROWS};
use super::guard::guarded;
use super::parquet_pages::{Pages, check_index};
use super::sink::{Header, Needed, Sink};

/// The four bytes that a Parquet file begins and ends with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Rows that are decoded at once: a dictionary can repeat a large text for each of them.
const ROWS_AT_ONCE: usize = 16;
/// The most values of a column that is not needed, for each byte that they take: no honest file packs more than
/// [`MOST_CELLS`] so densely.
const DENSEST: u64 = 64;
const KIND: &str = "Parquet";

/// Reads a file's bytes. A row's line is its number, from 1.
pub(super) fn read(bytes: Vec<u8>, sink: &mut dyn Sink) -> Result<(), DataFileError> {
    guarded(KIND, || read_columns(bytes.into(), sink))
}

#[expect(clippy::needless_pass_by_value, reason = "it is the function of `map_err`")]
fn refuse(detail: impl ToString) -> DataFileError {
    DataFileError::Table { kind: KIND, detail: detail.to_string() }
}

fn read_columns(bytes: bytes::Bytes, sink: &mut dyn Sink) -> Result<(), DataFileError> {
    check_index(index_of(&bytes)?).ok_or_else(|| refuse("its index is damaged, or not that of a table"))?;
    // What the writing program thought of the types is left aside: texts are texts, however it held them.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&bytes, options).map_err(refuse)?;
    let columns: Vec<String> = metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
    if columns.len() > MOST_COLUMNS {
        return Err(DataFileError::TooManyColumns { line: 1 });
    }
    if metadata.metadata().file_metadata().num_rows() > MOST_ROWS as i64 {
        return Err(DataFileError::TooManyRows);
    }
    check_dense(metadata.metadata())?;
    let needed = sink.header(Header { columns: columns.clone(), is_list: false })?;
    let leaves = needed_leaves(metadata.metadata(), &needed);
    check_needed(&bytes, metadata.metadata(), &leaves)?;
    let mask = ProjectionMask::leaves(metadata.parquet_schema(), leaves);
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata);
    let batches = builder.with_batch_size(ROWS_AT_ONCE).with_projection(mask).build().map_err(refuse)?;
    let read: Vec<String> = batches.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut table = Table::of(&read, &needed);
    for batch in batches {
        if table.take(&batch.map_err(refuse)?, sink)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The index, which stands before its length at the end of the file.
fn index_of(bytes: &[u8]) -> Result<&[u8], DataFileError> {
    let inside = bytes.strip_suffix(MAGIC).and_then(|rest| rest.split_last_chunk::<4>());
    let (inside, length) = inside.ok_or_else(|| refuse("it is cut off"))?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > LARGEST_INDEX {
        return Err(refuse(format!(
            "its index has {} MB, at most {} are read",
            length >> 20,
            LARGEST_INDEX >> 20
        )));
    }
    let start = inside.len().checked_sub(length).ok_or_else(|| refuse("it is cut off"))?;
    Ok(&inside[start..])
}

/// The parts of all columns, one for each row group.
fn chunks(metadata: &ParquetMetaData) -> impl Iterator<Item = (usize, &ColumnChunkMetaData)> {
    metadata.row_groups().iter().flat_map(|group| group.columns().iter().enumerate())
}

fn too_many(chunk: &ColumnChunkMetaData, cells: u64) -> DataFileError {
    DataFileError::TooManyCells {
        kind: KIND,
        place: format!("column {:?}", chunk.column_path().string()),
        cells,
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Refuses a column that holds more values than its bytes can tell apart, needed or not: such a file was made to be large.
fn check_dense(metadata: &ParquetMetaData) -> Result<(), DataFileError> {
    for (_, chunk) in chunks(metadata) {
        let (values, bytes) = (count(chunk.num_values()), count(chunk.compressed_size()));
        if values > MOST_CELLS && values / DENSEST > bytes {
            return Err(too_many(chunk, values));
        }
    }
    Ok(())
}

/// The leaf columns that are read. Where all are wanted, those with very many values are left out: they hold no texts.
fn needed_leaves(metadata: &ParquetMetaData, needed: &Needed) -> Vec<usize> {
    let schema = metadata.file_metadata().schema_descr();
    let mut values = vec![0_u64; schema.num_columns()];
    for (leaf, chunk) in chunks(metadata) {
        if let Some(sum) = values.get_mut(leaf) {
            *sum = sum.saturating_add(count(chunk.num_values()));
        }
    }
    let is_read = |leaf: &usize| {
        let is_small = !matches!(needed, Needed::All) || values[*leaf] <= MOST_CELLS / 4;
        is_small && needed.name(schema.get_column_root(*leaf).name()).is_some()
    };
    (0..schema.num_columns()).filter(is_read).collect()
}

/// Refuses needed columns that hold too much, by what their pages say: the index may say less.
fn check_needed(bytes: &[u8], metadata: &ParquetMetaData, leaves: &[usize]) -> Result<(), DataFileError> {
    let (mut unpacked, mut cells) = (0_u64, 0_u64);
    for (_, chunk) in chunks(metadata).filter(|(leaf, _)| leaves.contains(leaf)) {
        let (start, length) = chunk.byte_range();
        let range = usize::try_from(start).ok().zip(usize::try_from(length).ok());
        let inside = range.and_then(|(start, length)| bytes.get(start..)?.get(..length));
        let inside = inside.ok_or_else(|| refuse("it is cut off"))?;
        let mut values = 0_u64;
        for page in Pages::new(inside) {
            let place = || format!("a page of column {:?} is damaged", chunk.column_path().string());
            let page = page.ok_or_else(|| refuse(place()))?;
            unpacked = unpacked.saturating_add(page.unpacked);
            values = values.saturating_add(page.values);
            if unpacked > LARGEST_TEXT {
                return Err(DataFileError::UnpacksTooLarge);
            }
        }
        cells = cells.saturating_add(values.max(count(chunk.num_values())));
        if cells > MOST_CELLS {
            return Err(too_many(chunk, cells));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sink::testing::{Everything, everything};
    use super::super::{Extent, Row, trl_parquet};
    use super::*;

    fn file(bytes: &[u8]) -> Result<Everything, DataFileError> {
        everything(|sink| read(bytes.to_vec(), sink))
    }

    fn rows() -> Vec<u8> {
        let row = |prompt: &str| Row { prompt: prompt.into(), wanted: "w".into(), ..Row::default() };
        trl_parquet(&[row("p"), row("q")], Extent::Format).expect("a file")
    }

    /// A file with another index.
    fn with_index(index: &[u8]) -> Vec<u8> {
        [MAGIC, index, &(index.len() as u32).to_le_bytes(), MAGIC].concat()
    }

    #[test]
    fn our_own_file_passes_every_check() {
        let all = file(&rows()).expect("a table");
        assert_eq!(
            (all.rows.len(), all.columns.as_slice()),
            (2, ["prompt", "chosen", "rejected"].map(str::to_owned).as_slice())
        );
        assert_eq!(all.rows[1].1.as_ref().expect("cells")["prompt"], "q");
    }

    #[test]
    fn an_index_that_promises_more_than_there_is_is_refused() {
        // A schema of one element that promises 2^31 - 1 others: room for them would be 16 GB.
        let promises = [&[0x29, 0x1c, 0x55][..], &[0xfe, 0xff, 0xff, 0xff, 0x0f], &[0, 0]].concat();
        let nested: Vec<u8> = [vec![0x29, 0xfc, 100], [0x55, 2, 0].repeat(100), vec![0]].concat();
        let bomb = [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07].repeat(1000);
        for index in [promises, nested, bomb] {
            let message = file(&with_index(&index)).expect_err("a refusal").to_string();
            assert!(message.contains("its index is damaged"), "{message}");
        }
        let long = vec![0; LARGEST_INDEX + 1];
        assert!(file(&with_index(&long)).expect_err("a refusal").to_string().contains("its index has"));
    }

    #[test]
    fn a_page_that_promises_too_much_is_refused_before_it_is_unpacked() {
        let bytes = rows();
        // The first page's header: field 1, its kind; field 2, its unpacked size as a varint of one byte.
        assert_eq!((bytes[4], bytes[6]), (0x15, 0x15), "a page header");
        let start = Pages::new(&bytes[4..]).next().flatten().expect("a page");
        assert!(start.unpacked < 64, "{start:?}");
        let mut large = bytes.clone();
        let huge = [0x15, bytes[5], 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f];
        large.splice(4..8, huge);
        assert_eq!(Pages::new(&large[4..]).next().flatten().expect("a page").unpacked, i32::MAX as u64);
        assert!(file(&large).is_err());
    }
}
