//! Tells Korean in Johab, which has no decoder here, from Chinese and from Korean in the usual encoding.

use encoding_rs::EUC_KR;

/// Whether a text reads as Korean: it is made of Hangul, and the commonest syllables are a third of it. Chinese in the
/// wrong encoding has rare syllables, and Chinese letters.
pub(super) fn is_korean(text: &str) -> bool {
    const COMMON: &str = "이다는을가의에고하지은로사도를기나리서인시대어한있수자아해그주일정게니부여들제만보과라요습없마오경상거것무었안구";
    let letters = || text.chars().filter(|letter| letter.is_alphabetic() && !letter.is_ascii());
    let (all, common) = (letters().count(), letters().filter(|letter| COMMON.contains(*letter)).count());
    let chinese = letters().filter(|letter| ('\u{4e00}'..='\u{9fff}').contains(letter)).count();
    5 * common >= all && 8 * chinese <= all
}

/// Whether bytes are Korean in Johab, the encoding of old Korean programs, which other decoders take for Chinese: its syllables
/// are made of three parts of five bits each, so that hardly any other text has only whole ones.
pub(super) fn is_johab(telling: &[u8]) -> bool {
    let Some(text) = johab(telling) else { return false };
    let syllables = text.chars().filter(|letter| ('\u{ac00}'..='\u{d7a3}').contains(letter)).count();
    let (wansung, _, is_broken) = EUC_KR.decode(telling);
    syllables > 1 && is_korean(&text) && (is_broken || !is_korean(&wansung))
}

/// The text of bytes in Johab, with a mark in place of signs and Chinese letters; `None` where they are not in it.
fn johab(bytes: &[u8]) -> Option<String> {
    let (mut text, mut rest) = (String::new(), bytes);
    while let [first, behind @ ..] = rest {
        rest = if first.is_ascii() {
            text.push(char::from(*first));
            behind
        } else {
            // The bytes may be cut off in the middle of a letter.
            let [second, behind @ ..] = behind else { break };
            text.push(match (*first, *second) {
                (0x84..=0xd3, 0x41..=0x7e | 0x81..=0xfe) => syllable(*first, *second)?,
                (0xd8..=0xde | 0xe0..=0xf9, 0x31..=0x7e | 0x91..=0xfe) => '\u{fffd}',
                _ => return None,
            });
            behind
        };
    }
    Some(text)
}

/// A syllable of Johab, or a mark in place of a part alone; `None` where its parts are none.
fn syllable(first: u8, second: u8) -> Option<char> {
    let code = u32::from(first) << 8 | u32::from(second);
    let (initial, medial, last) = (code >> 10 & 31, code >> 5 & 31, code & 31);
    let medial = match medial {
        2 => None,
        3..=7 => Some(medial - 3),
        10..=15 => Some(medial - 5),
        18..=23 => Some(medial - 7),
        26..=29 => Some(medial - 9),
        _ => return None,
    };
    let last = match last {
        1..=17 => last - 1,
        19..=29 => last - 2,
        _ => return None,
    };
    match (initial, medial) {
        (2..=20, Some(medial)) => char::from_u32(0xac00 + ((initial - 2) * 21 + medial) * 28 + last),
        (1..=20, _) => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;

    use super::*;

    /// Hangul in Johab; other letters as they are.
    fn in_johab(text: &str) -> Vec<u8> {
        let medial = |place: u32| match place {
            0..=4 => place + 3,
            5..=10 => place + 5,
            11..=16 => place + 7,
            _ => place + 9,
        };
        let bytes = |letter: char| {
            let Some(place) = u32::from(letter).checked_sub(0xac00) else { return vec![letter as u8] };
            let last = place % 28;
            let last = if last < 17 { last + 1 } else { last + 2 };
            let code = 1 << 15 | (place / 588 + 2) << 10 | medial(place / 28 % 21) << 5 | last;
            (code as u16).to_be_bytes().to_vec()
        };
        text.chars().flat_map(bytes).collect()
    }

    #[test]
    fn korean_in_johab_is_known_by_its_syllables() {
        assert_eq!(in_johab("가한글"), [0x88, 0x61, 0xd0, 0x65, 0x8b, 0x69]);
        for text in [
            "어떤 과일이 노란색입니까? 바나나가 노란색입니다.",
            "질문,좋은 답,나쁜 답\n무엇을 원합니까?,모든 것을 원합니다,아무것도\n",
            "우리는 여기에 있습니다",
        ] {
            let bytes = in_johab(text);
            assert_eq!(johab(&bytes).as_deref(), Some(text));
            assert!(is_johab(&bytes), "{text}");
            assert!(!is_johab(&EUC_KR.encode(text).0), "the usual encoding is no Johab");
        }
        for chinese in ["你好", "不是", "我们在这里", "问题,回答,错误"] {
            assert!(!is_johab(&GBK.encode(chinese).0), "{chinese}");
        }
        assert_eq!(johab(b"\x88"), Some(String::new()), "the end may be cut off");
        for odd in [b"\xff\xff".as_slice(), b"\x88\x20", b"\x80\x61", b"\x84\x00"] {
            assert_eq!(johab(odd), None, "{odd:?}");
        }
    }
}
