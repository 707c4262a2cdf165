//! Detects the character encoding of a data file from its bytes, and decodes it.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::DataFileError;

/// The character encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Latin-1 as files really use it: Windows-1252, which has quotation marks and dashes where Latin-1 has control
    /// characters.
    Latin1,
}

impl Encoding {
    /// Returns the name that a person reads.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16, little-endian",
            Self::Utf16Be => "UTF-16, big-endian",
            Self::Latin1 => "Latin-1",
        }
    }
}

/// Decodes the bytes to text without a byte-order mark, and returns the encoding; refuses bytes that are no text, with
/// their line.
pub(super) fn decode(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>), DataFileError> {
    let (bytes, marked) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (rest, Some(Encoding::Utf8)),
        [0xff, 0xfe, rest @ ..] => (rest, Some(Encoding::Utf16Le)),
        [0xfe, 0xff, rest @ ..] => (rest, Some(Encoding::Utf16Be)),
        _ => (bytes, unmarked_utf16(bytes)),
    };
    match marked {
        Some(Encoding::Utf16Le) => Ok((Encoding::Utf16Le, utf16(UTF_16LE, bytes)?.into())),
        Some(Encoding::Utf16Be) => Ok((Encoding::Utf16Be, utf16(UTF_16BE, bytes)?.into())),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok((Encoding::Utf8, text.into())),
            Err(error) if marked.is_some() || is_damaged_utf8(bytes) => {
                let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
                Err(DataFileError::Encoding { line, detail: "it is UTF-8 with a damaged letter" })
            }
            Err(error) if is_other_script(bytes) => {
                let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
                Err(DataFileError::Encoding {
                    line,
                    detail: "its letters are in an encoding that is not read here; save the file as UTF-8",
                })
            }
            // Its five empty places are the control characters of Latin-1, so that nothing is refused.
            Err(_) => Ok((Encoding::Latin1, WINDOWS_1252.decode_without_bom_handling(bytes).0)),
        },
    }
}

/// Says whether bytes that are neither UTF-8 nor UTF-16 belong to another script than Latin, which Latin-1 would garble:
/// Western letters beyond ASCII stand alone, those of Chinese or Cyrillic encodings stand side by side.
fn is_other_script(bytes: &[u8]) -> bool {
    const FEWEST: usize = 8;
    let high = |at: usize| bytes.get(at).is_some_and(|byte| *byte >= 0x80);
    let start = bytes.len().min(1 << 20);
    let all = (0..start).filter(|at| high(*at));
    let (mut count, mut beside) = (0_usize, 0_usize);
    for at in all {
        count += 1;
        beside += usize::from(high(at + 1) || at > 0 && high(at - 1));
    }
    count >= FEWEST && beside * 3 > count * 2
}

/// Detects UTF-16 without a byte-order mark. Western text in UTF-16 has a zero in every other byte, and so does the
/// header of a file in any other script; text in other encodings has no zero bytes.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoding> {
    const HEADER: usize = 16;
    let start = &bytes[..bytes.len().min(4096)];
    let begins = |zero: usize| {
        start.len() >= HEADER
            && start[..HEADER].iter().enumerate().all(|(at, byte)| (*byte == 0) == (at % 2 == zero))
    };
    if begins(1) {
        return Some(Encoding::Utf16Le);
    }
    if begins(0) {
        return Some(Encoding::Utf16Be);
    }
    let zeros = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = start.len() / 5;
    if odd > many && even == 0 {
        return Some(Encoding::Utf16Le);
    }
    (even > many && odd == 0).then_some(Encoding::Utf16Be)
}

fn utf16(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Result<String, DataFileError> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    // The size of a file is bounded, so that there is room.
    let mut text = String::with_capacity(room.unwrap_or_default());
    let (ended, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    if ended == DecoderResult::InputEmpty {
        return Ok(text);
    }
    // What is whole before the damage has been decoded.
    let line = 1 + text.matches('\n').count();
    Err(DataFileError::Encoding { line, detail: "it is UTF-16 with half a letter" })
}

/// Says whether bytes that are not UTF-8 were meant to be: more of their letters beyond ASCII are whole than broken.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Encoding, String) {
        let (encoding, text) = decode(bytes).expect("text");
        (encoding, text.into_owned())
    }

    #[test]
    fn every_encoding_is_told_from_its_bytes() {
        let text = "question,matching\nnaïve café,“yes”\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(text.as_bytes()), (Encoding::Utf8, text.into()));
        assert_eq!(read(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), (Encoding::Utf8, text.into()));
        assert_eq!(read(&le), (Encoding::Utf16Le, text.into()));
        assert_eq!(read(&be), (Encoding::Utf16Be, text.into()));
        assert_eq!(read(&[&[0xff, 0xfe], le.as_slice()].concat()), (Encoding::Utf16Le, text.into()));
        assert_eq!(read(&[&[0xfe, 0xff], be.as_slice()].concat()), (Encoding::Utf16Be, text.into()));
        assert_eq!(read(b"na\xefve caf\xe9 \x93yes\x94"), (Encoding::Latin1, "naïve café “yes”".into()));
        assert_eq!(read(b"\xff\xfe=\xd8\0\xdea\0"), (Encoding::Utf16Le, "😀a".into()));
        // The places that Windows-1252 leaves empty.
        assert_eq!(read(b"\xe9 \x81 \x8d \x8f \x90 \x9d").1, "é \u{81} \u{8d} \u{8f} \u{90} \u{9d}");
        assert_eq!(read("😀 a".as_bytes()), (Encoding::Utf8, "😀 a".into()));
    }

    #[test]
    fn damage_is_told_with_its_line() {
        let refusal = |bytes: &[u8]| decode(bytes).expect_err("damage").to_string();
        assert!(refusal("é\né\né\nx\u{e9}".as_bytes().split_last().expect("bytes").1).contains("line 4"));
        assert!(refusal(b"\xff\xfea\0\n\0\x00\xd8").contains("line 2"));
        assert!(refusal(b"\xff\xfea\0b").contains("half a letter"));
        assert!(refusal(b"\xfe\xff\0a\0\n\0\n\xd8\x3d\0b").contains("line 3"));
    }
}
