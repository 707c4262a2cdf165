//! Writes pairs as Parquet files.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::export::{Message, is_conversation, prompt_messages};
use super::{DataFileError, Extent, Row, further};

/// Writes pairs as TRL's preference data in a Parquet file: `prompt, chosen, rejected` as text, or as lists of messages
/// where any pair has a system message or earlier turns.
///
/// # Errors
/// Returns an error where a text is too long for the format.
pub fn trl_parquet(rows: &[Row], extent: Extent) -> Result<Vec<u8>, DataFileError> {
    write(rows, extent).map_err(|error| DataFileError::Table { kind: "Parquet", detail: error.to_string() })
}

/// Holds one leaf column of the file's schema: its texts and, for lists, their repetition levels (0 where a text begins a
/// list).
struct Leaf {
    texts: Vec<ByteArray>,
    repetitions: Option<Vec<i16>>,
}

impl Leaf {
    fn of_texts(texts: impl Iterator<Item = impl AsRef<str>>) -> Self {
        Self { texts: texts.map(|text| ByteArray::from(text.as_ref())).collect(), repetitions: None }
    }

    /// Makes the two leaf columns of a list of messages for each row: the roles and the contents. No list is empty.
    fn of_messages(lists: &[Vec<Message>]) -> [Self; 2] {
        let repetitions: Vec<i16> =
            lists.iter().flat_map(|list| (0..list.len()).map(|place| i16::from(place > 0))).collect();
        let leaf = |text: fn(&Message) -> ByteArray| Self {
            texts: lists.iter().flatten().map(text).collect(),
            repetitions: Some(repetitions.clone()),
        };
        [leaf(|(role, _)| ByteArray::from(*role)), leaf(|(_, content)| ByteArray::from(*content))]
    }
}

/// Picks one of a row's texts.
type Text = fn(&Row) -> &String;

fn write(rows: &[Row], extent: Extent) -> Result<Vec<u8>, ParquetError> {
    let (mut schema, mut leaves) = (Vec::new(), Vec::new());
    if rows.iter().any(is_conversation) {
        let one = |role: &'static str, text: Text| -> Vec<Vec<Message>> {
            rows.iter().map(|row| vec![(role, text(row).as_str())]).collect()
        };
        for (name, lists) in [
            ("prompt", rows.iter().map(prompt_messages).collect()),
            ("chosen", one("assistant", |row| &row.wanted)),
            ("rejected", one("assistant", |row| &row.opposite)),
        ] {
            schema.push(format!(
                "REQUIRED GROUP {name} (LIST) {{ REPEATED GROUP list {{ REQUIRED GROUP element {{ \
                 REQUIRED BYTE_ARRAY role (UTF8); REQUIRED BYTE_ARRAY content (UTF8); }} }} }}"
            ));
            leaves.extend(Leaf::of_messages(&lists));
        }
    } else {
        let columns: [(&str, Text); 3] =
            [("prompt", |row| &row.prompt), ("chosen", |row| &row.wanted), ("rejected", |row| &row.opposite)];
        for (name, text) in columns {
            schema.push(format!("REQUIRED BYTE_ARRAY {name} (UTF8);"));
            leaves.push(Leaf::of_texts(rows.iter().map(text)));
        }
    }
    if extent == Extent::Everything {
        for (name, text) in further::further_columns(rows) {
            schema.push(format!("REQUIRED BYTE_ARRAY {name} (UTF8);"));
            leaves.push(Leaf::of_texts(rows.iter().map(text)));
        }
    }
    let schema = Arc::new(parse_message_type(&format!("message pairs {{ {} }}", schema.join(" ")))?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for Leaf { texts, repetitions } in leaves {
        let Some(mut column) = group.next_column()? else { break };
        // Every text of a list is present, so every definition level is 1.
        let definitions = repetitions.as_ref().map(|all| vec![1; all.len()]);
        column.typed::<ByteArrayType>().write_batch(
            &texts,
            definitions.as_deref(),
            repetitions.as_deref(),
        )?;
        column.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}
