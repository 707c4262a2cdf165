//! Looks at the parts of an Excel workbook before the library reads them: it keeps all texts that cells share, and makes
//! room for as many as their list promises.

use std::io::{BufReader, Cursor, Read, sink};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::DataFileError;
use super::budget::{LARGEST_TEXT, MOST_CELLS};
use super::workbook::refuse;

/// The part with the texts that cells share.
const SHARED: &str = "sharedstrings.xml";
/// The most parts of a workbook: sheets, pictures, styles.
const MOST_PARTS: usize = 10_000;

/// Unpacks every part and keeps nothing: refuses a workbook that unpacks to more than [`LARGEST_TEXT`] or shares more than
/// [`MOST_CELLS`] texts.
pub(super) fn check_parts(bytes: &[u8]) -> Result<(), DataFileError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(refuse)?;
    if archive.len() > MOST_PARTS {
        return Err(refuse(format!("it has {} parts", archive.len())));
    }
    let mut left = LARGEST_TEXT;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(refuse)?;
        let is_shared = part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with(SHARED));
        let mut unpacked = (&mut part).take(left + 1);
        if is_shared {
            check_shared(BufReader::new(&mut unpacked))?;
        }
        std::io::copy(&mut unpacked, &mut sink()).map_err(refuse)?;
        // What is left of the limit says how much came out, whatever the archive's index says.
        left = unpacked.limit().checked_sub(1).ok_or(DataFileError::UnpacksTooLarge)?;
    }
    Ok(())
}

/// Counts the texts that cells share.
fn check_shared(part: impl std::io::BufRead) -> Result<(), DataFileError> {
    let too_many =
        |cells| DataFileError::TooManyCells { kind: "Excel", place: "list of shared texts".into(), cells };
    let mut reader = quick_xml::Reader::from_reader(part);
    let (mut buffer, mut texts) = (Vec::new(), 0_u64);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(refuse)? {
            Event::Eof => return Ok(()),
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "si" => texts += 1,
                "sst" => {
                    for attribute in
                        element.attributes().flatten().filter(|one| one.key.as_ref() == "uniqueCount")
                    {
                        let promised = attribute.value.trim().parse().unwrap_or(u64::MAX);
                        if promised > MOST_CELLS {
                            return Err(too_many(promised));
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
        if texts > MOST_CELLS {
            return Err(too_many(texts));
        }
    }
}
