//! The replacements in a normalizer of the kind `Precompiled`, which comes from `SentencePiece`: in base64, the size of
//! a trie, the trie, and the replacements, each ended by a NUL.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Returns the bytes of the longest replacement.
///
/// # Errors
/// Where the text is not base64, or the trie does not fit into it: the library would reserve as much memory as the size
/// says.
pub(super) fn longest_replacement(charsmap: &str) -> Result<u64, String> {
    let bytes = STANDARD.decode(charsmap).map_err(|error| format!("its charsmap is not base64: {error}"))?;
    let (size, rest) = bytes.split_first_chunk::<4>().ok_or("its charsmap is empty")?;
    let trie = u32::from_le_bytes(*size) as usize / 4 * 4;
    let replacements = rest.get(trie..).ok_or_else(|| {
        format!("its charsmap promises a trie of {trie} bytes, and {} are there", rest.len())
    })?;
    let longest = replacements.split(|byte| *byte == 0).map(<[u8]>::len).max().unwrap_or(0);
    Ok(longest as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charsmap(trie: u32, rest: &[u8]) -> String {
        STANDARD.encode([&trie.to_le_bytes()[..], rest].concat())
    }

    #[test]
    fn the_longest_replacement_is_found_behind_the_trie() {
        assert_eq!(longest_replacement(&charsmap(8, b"12345678ab\0cde\0")), Ok(3));
        assert_eq!(longest_replacement(&charsmap(0, b"")), Ok(0));
        assert!(longest_replacement(&charsmap(400_000_000, b"1234")).is_err());
        assert!(longest_replacement("\u{fc}").is_err() && longest_replacement("AAA=").is_err());
    }
}
