//! Detects the character encoding of a data file from its bytes, and decodes it.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    DecoderResult, EUC_KR, GBK, IBM866, ISO_2022_JP, ISO_8859_5, ISO_8859_6, ISO_8859_8, ISO_8859_15, KOI8_R,
    KOI8_U, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1251, WINDOWS_1252, WINDOWS_1255,
    WINDOWS_1256, X_MAC_CYRILLIC,
};

use super::DataFileError;
use super::budget::LARGEST_RECODED;
use super::cesu8::{Halves, halves};
use super::johab::{is_johab, is_korean};
use super::seven_bits::hz;

/// The bytes from which an older encoding is guessed: the first letters beyond ASCII with their surroundings.
const TELLING: usize = 4 << 20;

/// The character encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-8 in which letters beyond the first 65,536 stand as two halves, as some databases and Java write them.
    Cesu8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Latin-1 as files really use it: Windows-1252, which has quotation marks and dashes where Latin-1 has control
    /// characters.
    Latin1,
    /// An older encoding that was detected from its letters: a guess.
    Detected(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// Returns the name that a person reads, which says where it is a guess.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Utf8 => "UTF-8".into(),
            Self::Cesu8 => "CESU-8".into(),
            Self::Utf16Le => "UTF-16, little-endian".into(),
            Self::Utf16Be => "UTF-16, big-endian".into(),
            Self::Latin1 => "Latin-1 (a guess)".into(),
            Self::Detected(encoding) => format!("{} (a guess)", encoding.name()).into(),
        }
    }

    /// Whether it was told from the letters alone.
    pub(super) fn is_guess(self) -> bool {
        matches!(self, Self::Latin1 | Self::Detected(_))
    }
}

/// Decodes the bytes to text without a byte-order mark, and returns the encoding; refuses bytes that are no text, with
/// their line.
pub(super) fn decode(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>), DataFileError> {
    if is_utf32(bytes) {
        return Err(DataFileError::Encoding { line: 1, detail: "it is UTF-32" });
    }
    let (bytes, marked) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (rest, Some(Encoding::Utf8)),
        [0xff, 0xfe, rest @ ..] => (rest, Some(Encoding::Utf16Le)),
        [0xfe, 0xff, rest @ ..] => (rest, Some(Encoding::Utf16Be)),
        _ => (bytes, unmarked_utf16(bytes)),
    };
    match marked {
        Some(encoding @ (Encoding::Utf16Le | Encoding::Utf16Be)) => {
            let from = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
            // What is whole before the damage has been decoded.
            decoded(from, bytes, encoding)?.map(|text| (encoding, text.into())).map_err(|whole| {
                let line = 1 + whole.matches('\n').count();
                DataFileError::Encoding { line, detail: "it is UTF-16 with half a letter" }
            })
        }
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(match in_seven_bits(text)? {
                Some((encoding, text)) => (encoding, text.into()),
                None => (Encoding::Utf8, text.into()),
            }),
            Err(error) => {
                let line = line_at(bytes, error.valid_up_to());
                let refuse = |detail| Err(DataFileError::Encoding { line, detail });
                match halves(bytes)? {
                    Halves::Pairs(text) => return Ok((Encoding::Cesu8, text.into())),
                    Halves::Alone => return refuse("it is UTF-8 with half a letter"),
                    Halves::None => {}
                }
                if marked.is_some() || is_damaged_utf8(bytes) {
                    return refuse("it is UTF-8 with a damaged letter");
                }
                match detected(bytes)? {
                    Detected::Text(encoding, text) => Ok((encoding, text.into())),
                    Detected::Johab => refuse("its letters are in Johab"),
                    Detected::Nothing => refuse("its letters are in no encoding that is known here"),
                }
            }
        },
    }
}

/// The line, from 1, of a place.
fn line_at(bytes: &[u8], place: usize) -> usize {
    bytes[..place].split(|byte| *byte == b'\n').count()
}

/// What bytes are that are neither UTF-8 nor UTF-16.
enum Detected {
    Text(Encoding, String),
    /// Korean in an encoding that has no decoder here.
    Johab,
    /// They are not all letters in any encoding, or make no words there.
    Nothing,
}

/// Decodes bytes that are neither UTF-8 nor UTF-16 in the encoding that their letters speak for.
fn detected(bytes: &[u8]) -> Result<Detected, DataFileError> {
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default();
    let telling = &bytes[first.saturating_sub(1 << 10)..bytes.len().min(first + TELLING)];
    if is_johab(telling) {
        return Ok(Detected::Johab);
    }
    let Some(guess) = guess(telling) else { return Ok(Detected::Nothing) };
    let encoding = if guess == WINDOWS_1252 { Encoding::Latin1 } else { Encoding::Detected(guess) };
    let decoded = decoded(guess, bytes, encoding)?;
    Ok(decoded.map_or(Detected::Nothing, |text| Detected::Text(encoding, text)))
}

/// The encoding that a detector finds, with what it does not know; `None` where the letters make no words in any. It is a
/// browser's, which knows no encodings of old Macs: these are taken where the letters have fewer flaws in them. It takes
/// British pounds for Polish letters, and in short texts Chinese for Korean. Encodings of DOS have no decoder here, and are
/// told from their flaws in every other one.
fn guess(telling: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(telling, true);
    let mut guess = detector.guess(None, Utf8Detection::Deny);
    let text = |encoding: &'static encoding_rs::Encoding| encoding.decode_without_bom_handling(telling);
    if guess == EUC_KR && !text(GBK).1 && !is_korean(&text(EUC_KR).0) {
        return Some(GBK);
    }
    let is_caseless = [WINDOWS_874, WINDOWS_1255, WINDOWS_1256, ISO_8859_6, ISO_8859_8].contains(&guess);
    if !guess.is_single_byte() || is_caseless {
        return Some(guess);
    }
    let flaws = |encoding: &'static encoding_rs::Encoding| Flaws::of(&text(encoding).0);
    if flaws(WINDOWS_1252) == (Flaws { letters: 0, flaws: 0 }) {
        // Signs alone: quotation marks, dashes, pounds and degrees.
        guess = WINDOWS_1252;
    } else {
        let is_cyrillic = [WINDOWS_1251, ISO_8859_5, KOI8_R, KOI8_U, IBM866].contains(&guess);
        let of_macs = [Some(MACINTOSH), is_cyrillic.then_some(X_MAC_CYRILLIC)];
        let all = [guess].into_iter().chain(of_macs.into_iter().flatten());
        guess = all.min_by_key(|encoding| flaws(encoding).flaws).unwrap_or(guess);
    }
    // The sign of the euro, which is that of any currency in the encoding without it.
    let is_euro = telling.contains(&0xa4) && !telling.iter().any(|byte| (0x80..=0x9f).contains(byte));
    if guess == WINDOWS_1252 && is_euro {
        guess = ISO_8859_15;
    }
    let Flaws { letters, flaws } = flaws(guess);
    (4 * flaws <= letters + flaws).then_some(guess)
}

/// How the letters beyond ASCII fit their neighbours in an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flaws {
    /// The letters, without flaws.
    letters: usize,
    /// Capital letters behind lower-case ones, signs inside words, control characters.
    flaws: usize,
}

impl Flaws {
    fn of(text: &str) -> Self {
        let mut found = Self { letters: 0, flaws: 0 };
        let mut before = ' ';
        let mut letters = text.chars().take(1 << 20).peekable();
        while let Some(letter) = letters.next() {
            let behind = letters.peek().copied().unwrap_or(' ');
            if !letter.is_ascii() {
                let is_letter = letter.is_alphabetic();
                let is_inside = before.is_alphabetic() && behind.is_alphabetic();
                let is_flaw = letter.is_control()
                    || (is_letter && letter.is_uppercase() && before.is_lowercase())
                    || (!is_letter && is_inside && !stands_inside(letter));
                found.flaws += usize::from(is_flaw);
                found.letters += usize::from(is_letter && !is_flaw);
            }
            before = letter;
        }
        found
    }
}

/// Whether a sign beyond ASCII stands inside of words as well: apostrophes, dashes, dots, blanks and what belongs to the letter
/// before it.
fn stands_inside(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(sign, '\u{2018}' | '\u{2019}' | '\u{2010}'..='\u{2015}' | '\u{2022}' | '\u{2026}')
        || matches!(sign, '\u{a9}' | '\u{ad}' | '\u{ae}' | '\u{b4}' | '\u{2122}' | '\u{300}'..='\u{36f}')
}

/// Whether a file is in UTF-32: it has a mark for that, or three zeros in every four of its first bytes.
fn is_utf32(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xff, 0xfe, 0, 0, ..]
            | [0, 0, 0xfe, 0xff, ..]
            | [1..=0xff, 0, 0, 0, 1..=0xff, 0, 0, 0, ..]
            | [0, 0, 0, 1..=0xff, 0, 0, 0, 1..=0xff, ..]
    )
}

/// Decodes Japanese in seven bits, whose bytes are ASCII with escapes; `None` where a text is not in seven bits. What has no
/// decoder here is refused.
fn in_seven_bits(text: &str) -> Result<Option<(Encoding, String)>, DataFileError> {
    if !text.is_ascii() {
        return Ok(None);
    }
    let refuse =
        |place, detail| Err(DataFileError::Encoding { line: line_at(text.as_bytes(), place), detail });
    if let Some(place) = hz(text) {
        return refuse(place, "its Chinese letters are in HZ");
    }
    // Japanese, Chinese and Korean in seven bits begin with an escape.
    let Some(place) = text.find("\u{1b}$") else { return Ok(None) };
    if ["\u{1b}$B", "\u{1b}$@"].iter().any(|escape| text.contains(escape)) {
        let encoding = Encoding::Detected(ISO_2022_JP);
        if let Ok(text) = decoded(ISO_2022_JP, text.as_bytes(), encoding)? {
            return Ok(Some((encoding, text)));
        }
    }
    refuse(place, "its letters are in a form of ISO 2022")
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

/// The text of bytes in an encoding, or what is whole before the first damage. It is decoded part by part, so that no more
/// room is made than it takes; refused where the bytes and their text are more than [`LARGEST_RECODED`] together.
fn decoded(
    from: &'static encoding_rs::Encoding,
    bytes: &[u8],
    encoding: Encoding,
) -> Result<Result<String, String>, DataFileError> {
    const PART: usize = 1 << 20;
    let mut decoder = from.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut rest = bytes;
    loop {
        text.reserve(PART);
        let (ended, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        if (bytes.len() + text.len()) as u64 > LARGEST_RECODED {
            return Err(DataFileError::TooLargeToRecode {
                encoding: encoding.name().into_owned(),
                bytes: bytes.len() as u64,
            });
        }
        match ended {
            DecoderResult::InputEmpty => return Ok(Ok(text)),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return Ok(Err(text)),
        }
    }
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
    fn every_encoding_is_recognised_from_its_bytes() {
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
        assert_eq!(read("😀 a".as_bytes()), (Encoding::Utf8, "😀 a".into()));
    }

    #[test]
    fn damage_is_reported_with_its_line() {
        let refusal = |bytes: &[u8]| decode(bytes).expect_err("damage").to_string();
        assert!(refusal("é\né\né\nx\u{e9}".as_bytes().split_last().expect("bytes").1).contains("line 4"));
        assert!(refusal(b"\xff\xfea\0\n\0\x00\xd8").contains("line 2"));
        assert!(refusal(b"\xff\xfea\0b").contains("half a letter"));
        assert!(refusal(b"\xfe\xff\0a\0\n\0\n\xd8\x3d\0b").contains("line 3"));
    }

    #[test]
    fn what_has_no_decoder_is_refused_with_the_next_step() {
        // German in code page 850, Czech in code page 852.
        for bytes in [
            b"Welche Fr\x81chte m\x94gen Sie? Ich mag \x8epfel, s\x81\xe1e. Nein, gr\x94\xe1er.".as_slice(),
            b"P\xfd\xa1li\xe7 \xa7lu\x9cou\x9fk\xec k\x85\xe5? \xe9p\xd8l \xd4\xa0belsk\x82 \xa2dy.",
        ] {
            let refusal = decode(bytes).expect_err("no encoding").to_string();
            assert!(refusal.contains("no encoding that is known"), "{refusal}");
        }
        let utf32 = |order: fn(u32) -> [u8; 4]| -> Vec<u8> {
            "question,A".chars().flat_map(|letter| order(letter.into())).collect()
        };
        for bytes in [utf32(u32::to_le_bytes), utf32(u32::to_be_bytes), b"\xff\xfe\0\0q\0\0\0".to_vec()] {
            assert!(decode(&bytes).expect_err("UTF-32").to_string().contains("UTF-32"));
        }
    }

    #[test]
    fn what_has_no_decoder_in_seven_bits_or_in_korean_is_refused_by_name() {
        for (bytes, words) in [
            (b"question,matching\nx,~{VPND~}\n".as_slice(), "its Chinese letters are in HZ"),
            // Korean and Chinese as ISO 2022 has them.
            (b"a\n\x1b$)C\x0eGQ\x0f", "its letters are in a form of ISO 2022"),
            (b"a\n\x1b$A VPND\x1b(B", "its letters are in a form of ISO 2022"),
            // The Hangul of "we are here" in Johab.
            (
                b"a\n\xb6\x81\x9f\xa1\x93e \xb5a\x8b\xa1\xb5A \xb7\xb6\xaf\x73\x93\xa1\x94a",
                "its letters are in Johab",
            ),
            (b"a\n\xed\xa0\xbd\n", "it is UTF-8 with half a letter"),
        ] {
            let refused = decode(bytes).expect_err(words);
            assert!(refused.to_string().contains(&format!("line 2 is not text: {words}")), "{refused}");
            assert!(refused.next_step().is_some_and(|step| step.contains("UTF-8")), "{refused}");
        }
        assert_eq!(read(b"q,\xed\xa0\xbd\xed\xb8\x80\n"), (Encoding::Cesu8, "q,😀\n".into()));
    }

    #[test]
    fn older_encodings_are_detected_from_their_letters() {
        let detected = |encoding: &'static encoding_rs::Encoding, text: &str| {
            let bytes = encoding.encode(text).0.into_owned();
            let (found, read) = decode(&bytes).expect("text");
            assert_eq!(read, text, "{}", found.name());
        };
        detected(encoding_rs::WINDOWS_1250, "Jaki owoc jest żółty? Żółty jest banan. Gdzie śpią łodzie?");
        detected(encoding_rs::WINDOWS_1251, "Какой плод жёлтый? Банан жёлтый.");
        detected(encoding_rs::SHIFT_JIS, "黄色い果物はどれですか。バナナは黄色いです。");
        detected(encoding_rs::GBK, "哪种水果是黄色的？香蕉是黄色的。");
        // Short texts, which the detector takes for Korean, and Korean itself.
        for text in ["你好", "不是", "我们在这里", "问题,回答,错误\n谁?,我,你"] {
            detected(GBK, text);
        }
        detected(EUC_KR, "어떤 과일이 노란색입니까? 바나나가 노란색입니다.");
        detected(WINDOWS_1252, "Où est le bébé ? À la maison – déjà.");
        detected(ISO_8859_15, "Was kostet es? Es kostet 5 € für Öl.");
        detected(X_MAC_CYRILLIC, "Какой плод жёлтый? Банан жёлтый. Слива синяя.");
        // Signs alone, as they are typical of English.
        detected(WINDOWS_1252, "He said “yes” – it’s ok… mother–daughter, word—word");
        detected(WINDOWS_1252, "It costs £5? Yes, £5 at 20°C.");
        detected(ISO_2022_JP, "黄色い果物はどれですか。バナナは黄色いです。");
        // Mac Roman, which no encoder here writes: é is 8E, è 8F, à 88.
        let mac = b"O\x9d dort le b\x8eb\x8e? Le b\x8eb\x8e dort \x88 la maison. Tr\x8fs loin.";
        assert_eq!(decode(mac).expect("text").1, "Où dort le bébé? Le bébé dort à la maison. Très loin.");
    }
}
