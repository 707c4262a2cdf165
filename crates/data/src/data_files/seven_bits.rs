//! Tells letters that stand as ASCII: Chinese in HZ, and what may be UTF-7.

/// Returns the place of Chinese in HZ; `None` in other text.
pub(super) fn hz(text: &str) -> Option<usize> {
    let mut places = text.match_indices("~{").map(|(place, _)| place);
    places.find(|place| is_hz(&text.as_bytes()[place + 2..]))
}

/// Whether what stands behind `~{` is Chinese in HZ: pairs of signs up to `~}`, on one line, of which one is a letter.
fn is_hz(behind: &[u8]) -> bool {
    let mut has_letters = false;
    for pair in behind.as_chunks::<2>().0 {
        match pair {
            b"~}" => return has_letters,
            [0x30..=0x77, 0x21..=0x7e] => has_letters = true,
            [0x21..=0x29, 0x21..=0x7e] => {}
            _ => return false,
        }
    }
    false
}

/// Returns a sentence about text that reads as letters in UTF-7, which ASCII text may hold by chance: it is read as it stands.
pub(super) fn note_of_utf7(text: &str) -> Option<String> {
    let mut rest = text.is_ascii().then_some(text)?;
    while let Some((_, behind)) = rest.split_once('+') {
        let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/');
        let run = &behind[..behind.find(|letter: char| !is_base64(letter)).unwrap_or(behind.len())];
        let is_closed = behind[run.len()..].starts_with('-');
        if let Some(letters) = utf7_letters(run, is_closed) {
            let shown = format!("+{run}{}", if is_closed { "-" } else { "" });
            return Some(format!(
                "The text has {shown:?}, which is {letters:?} in UTF-7; it was read as it stands. If the file is in UTF-7, save it as UTF-8."
            ));
        }
        rest = &behind[run.len()..];
    }
    None
}

/// The letters of a run in UTF-7; `None` where it is none, or may as well be a word or a number.
fn utf7_letters(run: &str, is_closed: bool) -> Option<String> {
    /// The most signs of a run that are looked at.
    const LONGEST: usize = 400;
    if run.len() > LONGEST || run.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (mut bits, mut count, mut units) = (0_u32, 0_u32, Vec::new());
    for byte in run.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        (bits, count) = ((bits << 6 | u32::from(value)) & 0x3f_ffff, count + 6);
        if count >= 16 {
            count -= 16;
            units.push((bits >> count) as u16);
        }
    }
    // What is left fills up the last sign.
    if count >= 6 || bits & ((1 << count) - 1) != 0 {
        return None;
    }
    let letters = String::from_utf16(&units).ok().filter(|letters| !letters.is_empty())?;
    let is_whole = |letter: char| {
        !letter.is_ascii() && !letter.is_control() && !('\u{e000}'..='\u{f8ff}').contains(&letter)
    };
    let is_western = |letter: char| letter < '\u{530}' || ('\u{2010}'..='\u{203a}').contains(&letter);
    let is_eastern = |letter: char| matches!(letter, '\u{3001}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff1f}');
    let has = |kind: fn(&u8) -> bool| run.bytes().any(|byte| kind(&byte));
    // A word of small letters reads as Chinese.
    let is_no_word = has(u8::is_ascii_uppercase) || has(u8::is_ascii_digit);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let is_meant = (is_closed && is_no_word)
        || letters.chars().all(is_western)
        || (is_mixed && units.len() > 1 && letters.chars().all(is_eastern));
    (is_meant && letters.chars().all(is_whole)).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hz_is_pairs_of_signs_with_a_letter_among_them() {
        assert_eq!(hz("x,~{a\n~{VPND~}\n"), Some(6));
        for plain in ["~{a,b~}", "~{", "a~{VPND\n~}", "~{VPN~}", "x ~{} y", "~{!!~}"] {
            assert_eq!(hz(plain), None, "{plain}");
        }
    }

    #[test]
    fn what_reads_as_letters_in_utf_7_is_said() {
        for (text, letters) in [
            ("caf+AOk-", "é"),
            ("+AMk tait", "É"),
            ("Hi Mom +Jjo-!", "☺"),
            ("+ZeVnLIqe-", "日本語"),
            ("+ZeVnLIqe ", "日本語"),
            ("a+b, +IBw-yes+IB0-", "“"),
        ] {
            let note = note_of_utf7(text).unwrap_or_default();
            assert!(note.contains(&format!("{letters:?} in UTF-7")), "{text}: {note}");
        }
        for plain in
            ["a + b", "+-", "C++", "+1-555-0100", "+100-200", "1+1=2", "+abcd-", "x+and y", "é +AOk-"]
        {
            assert_eq!(note_of_utf7(plain), None, "{plain}");
        }
    }
}
