//! GPT-2's table of the characters under which byte-level vocabularies store bytes.

/// Returns the byte that a character stands for.
fn byte_of(letter: char) -> Option<u8> {
    let is_itself = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    match u32::from(letter) {
        code @ 0..=0xff => u8::try_from(code).ok().filter(|byte| is_itself(*byte)),
        // The other bytes follow from U+0100 on, in order.
        code => (0..=u8::MAX).filter(|byte| !is_itself(*byte)).nth((code - 0x100) as usize),
    }
}

/// Writes a stored token as hexadecimal bytes; a character that stands for no byte stays.
pub(super) fn hexadecimal(stored: &str) -> String {
    let bytes = stored.chars().map(|letter| match byte_of(letter) {
        Some(byte) => format!("{byte:02X}"),
        None => letter.to_string(),
    });
    format!("<{}>", bytes.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_one_letter() {
        let mut bytes: Vec<u8> = (0..0x200).filter_map(char::from_u32).filter_map(byte_of).collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=u8::MAX).collect::<Vec<_>>());
        assert_eq!((byte_of('\u{120}'), byte_of('a')), (Some(b' '), Some(b'a')));
        assert_eq!(hexadecimal("\u{e4}\u{bd}"), "<E4 BD>");
    }
}
