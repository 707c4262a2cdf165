//! Reads CESU-8: UTF-8 in which a letter beyond the first 65,536 stands as two halves of three bytes each.

use super::budget::LARGEST_RECODED;
use super::{DataFileError, Encoding};

/// Surrogates in bytes that are UTF-8 but for them.
pub(super) enum Halves {
    /// They stand in pairs, and are letters.
    Pairs(String),
    /// One of them stands alone.
    Alone,
    /// There are none, or other bytes are no UTF-8.
    None,
}

/// Decodes letters that stand as two halves of three bytes each.
pub(super) fn halves(bytes: &[u8]) -> Result<Halves, DataFileError> {
    let is_half = |part: &[u8]| matches!(part, [0xed, 0xa0..=0xbf, 0x80..=0xbf]);
    if !bytes.windows(3).any(is_half) {
        return Ok(Halves::None);
    }
    if 2 * bytes.len() as u64 > LARGEST_RECODED {
        let (encoding, bytes) = (Encoding::Cesu8.name().into_owned(), bytes.len() as u64);
        return Err(DataFileError::TooLargeToRecode { encoding, bytes });
    }
    let (mut text, mut rest, mut is_alone) = (Vec::with_capacity(bytes.len()), bytes, false);
    while let [first, behind @ ..] = rest {
        rest = match rest {
            [0xed, a @ 0xa0..=0xaf, b @ 0x80..=0xbf, 0xed, c @ 0xb0..=0xbf, d @ 0x80..=0xbf, behind @ ..] => {
                let bits = |high: u8, low: u8| u32::from(high & 0x0f) << 6 | u32::from(low & 0x3f);
                let letter = char::from_u32(0x1_0000 + (bits(*a, *b) << 10 | bits(*c, *d)));
                text.extend_from_slice(letter.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4]).as_bytes());
                behind
            }
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, behind @ ..] => {
                is_alone = true;
                behind
            }
            _ => {
                text.push(*first);
                behind
            }
        };
    }
    Ok(match String::from_utf8(text) {
        Ok(_) if is_alone => Halves::Alone,
        Ok(text) => Halves::Pairs(text),
        Err(_) => Halves::None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// U+1F600.
    const SMILE: &[u8] = b"\xed\xa0\xbd\xed\xb8\x80";

    #[test]
    fn two_halves_are_a_letter_and_one_is_none() {
        let found = |bytes: &[u8]| halves(bytes).expect("a small text");
        let text = [b"a\xc3\xa9 ".as_slice(), SMILE, SMILE, b"\n"].concat();
        assert!(matches!(found(&text), Halves::Pairs(text) if text == "aé 😀😀\n"));
        for alone in [&SMILE[..3], &SMILE[3..], b"\xed\xb8\x80\xed\xa0\xbd", b"\xed\xa0\xbda\xed\xb8\x80"] {
            assert!(matches!(found(alone), Halves::Alone), "{alone:?}");
        }
        // Two Chinese letters in GBK, and a Korean one in UTF-8.
        for other in [b"\xed\xa0\xbd\xd2".as_slice(), "한".as_bytes(), b"\xff", b""] {
            assert!(matches!(found(other), Halves::None), "{other:?}");
        }
    }
}
