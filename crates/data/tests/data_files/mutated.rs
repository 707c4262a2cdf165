//! Tests that damaged data files of every format are read or refused, and that an export keeps what was read.

use std::time::Instant;

use data::data_files::{
    DataFile, Encoding, Extent, Mapping, Row, Sample, bipo_csv, tiller_jsonl, trl_jsonl, trl_parquet,
};
use ipc::data::{Role, Split, Turn};
use proptest::prelude::*;
use proptest::sample::Index;

/// Returns a small file of every format, in several encodings.
fn seeds() -> Vec<Vec<u8>> {
    let row = |prompt: &str, wanted: &str, opposite: &str| Row {
        prompt: prompt.into(),
        wanted: wanted.into(),
        opposite: opposite.into(),
        ..Row::default()
    };
    let mut rows = [row("Why \"now\"?\nTell me.", "WithContext, well; 因为", "No."), row("And?", "é", "\t")];
    rows[1].system = Some(String::new());
    rows[1].turns = vec![Turn { role: Role::Assistant, text: "Hi".into() }];
    (rows[1].tags, rows[1].note, rows[1].split) = (vec!["one".into()], "why".into(), Some(Split::HeldOut));
    let csv = String::from_utf8(bipo_csv(&rows, Extent::Everything)).expect("UTF-8");
    let wide = |unit: fn(u16) -> [u8; 2]| csv.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let mut seeds = vec![
        csv.clone().into_bytes(),
        [b"\xef\xbb\xbf", csv.replace('\n', "\r\n").as_bytes()].concat(),
        [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(),
        [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat(),
        b"question,matching,not_matching\nna\xefve,caf\xe9,\x93no\x94\n".to_vec(),
        trl_jsonl(&rows, Extent::Everything),
        tiller_jsonl(&rows),
        trl_parquet(&rows, Extent::Everything).expect("a Parquet file"),
        b"question,A,B,matching\nq,a,b,A\n".to_vec(),
        b"not_matching;question;matching\r\no;q;w".to_vec(),
        b"prompt\tchosen\trejected\nq\tw\to\n".to_vec(),
        br#"[{"question": "q", "answer_matching_behavior": " (A)", "answer_not_matching_behavior": " (B)"}]"#.to_vec(),
        br#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#.to_vec(),
        b"{\"chosen\": \"\\n\\nHuman: Hi\\n\\nAssistant: a\", \"rejected\": \"\\n\\nHuman: Hi\\n\\nAssistant: b\"}".to_vec(),
        b"Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\nx,y,q,w,w; v,o; p,s\n".to_vec(),
        br#"{"prompt": {"0": "a"}, "chosen": {"0": "b"}, "rejected": {"0": "c"}}"#.to_vec(),
    ];
    seeds.push([seeds[0].as_slice(), seeds[5].as_slice()].concat());
    seeds
}

/// Bytes that damaged files hold more often than chance would have it.
const NASTY: [&[u8]; 14] = [
    b"\"", b"\"\"", b"\0", b"\r", b"\n", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b",", b"{\"", b"]", b"\\u0000", b"1e999",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// One damage to a file.
#[derive(Debug, Clone)]
enum Damage {
    Overwrite(Index, u8),
    Remove(Index, usize),
    Repeat(Index, usize),
    Insert(Index, usize),
    Truncate(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Overwrite(at, byte)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Damage::Repeat(at, count)),
        (any::<Index>(), 0..NASTY.len()).prop_map(|(at, which)| Damage::Insert(at, which)),
        any::<Index>().prop_map(Damage::Truncate),
    ]
}

fn damaged(mut bytes: Vec<u8>, all: &[Damage]) -> Vec<u8> {
    for damage in all {
        if bytes.is_empty() {
            return bytes;
        }
        let end = |at: usize, count: usize, bytes: &[u8]| (at + count).min(bytes.len());
        match damage {
            Damage::Overwrite(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Remove(at, count) => {
                let at = at.index(bytes.len());
                bytes.drain(at..end(at, *count, &bytes));
            }
            Damage::Repeat(at, count) => {
                let at = at.index(bytes.len());
                let part = bytes[at..end(at, *count, &bytes)].to_vec();
                bytes.splice(at..at, part);
            }
            Damage::Insert(at, which) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, NASTY[*which].iter().copied());
            }
            Damage::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_damaged_file_is_read_or_refused_and_what_is_read_can_be_exported(
        seed in any::<Index>(), all in proptest::collection::vec(damage(), 1..6)
    ) {
        let seeds = seeds();
        let bytes = damaged(seeds[seed.index(seeds.len())].clone(), &all);
        let mapping = Mapping { prompt: "question".into(), wanted: "A".into(), opposite: "B".into() };
        let _ = DataFile::parse(&bytes, Some(&mapping));
        if let Ok(sample) = Sample::parse(&bytes, 20) {
            prop_assert!(sample.rows.iter().all(|(_, cells)| cells.len() == sample.columns.len()));
        }
        if let Ok(file) = DataFile::parse(&bytes, None) {
            // A reader never returns more rows than the file has bytes.
            prop_assert!(file.rows.len() + file.refused.len() <= bytes.len());
            prop_assert!(file.rows.iter().all(|row| !row.prompt.contains('\0') && !row.wanted.contains('\0')));
            if !file.rows.is_empty() {
                let again = DataFile::parse(&tiller_jsonl(&file.rows), None).expect("our own file");
                prop_assert_eq!(again.refused, vec![]);
                let texts = |rows: &[Row]| -> Vec<[String; 3]> {
                    rows.iter().map(|row| [row.prompt.clone(), row.wanted.clone(), row.opposite.clone()]).collect()
                };
                prop_assert_eq!(texts(&again.rows), texts(&file.rows));
            }
        }
    }
}

#[test]
fn chinese_text_in_utf_16_without_a_mark_is_recognized_by_its_header() {
    let csv = format!(
        "question,matching,not_matching\n{}",
        "你好吗你好吗你好吗,很好很好很好很好,不好不好不好不好\n".repeat(200)
    );
    let le: Vec<u8> = csv.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = csv.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, encoding) in [(le, Encoding::Utf16Le), (be, Encoding::Utf16Be)] {
        let file = DataFile::parse(&bytes, None).expect("a data file");
        assert_eq!((file.encoding, file.rows.len()), (encoding, 200));
        assert_eq!(file.rows[0].wanted, "很好很好很好很好");
    }
}

#[test]
fn an_older_encoding_is_detected_and_called_a_guess() {
    // The bytes are "привет, как дела" in Windows-1251.
    let letters = b"\xef\xf0\xe8\xe2\xe5\xf2 \xea\xe0\xea \xe4\xe5\xeb\xe0".as_slice();
    let row = [letters, b",", letters, b",", letters, b"\n"].concat();
    let bytes = [b"question,matching,not_matching\n".as_slice(), &row.repeat(20)].concat();
    let file = DataFile::parse(&bytes, None).expect("Cyrillic text");
    assert_eq!(
        file.rows[0].prompt,
        "\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442} \u{43a}\u{430}\u{43a} \u{434}\u{435}\u{43b}\u{430}"
    );
    assert!(
        file.report.sentences().iter().any(|note| note.contains("windows-1251 (a guess)")),
        "{:?}",
        file.report
    );
    let western =
        b"question,matching,not_matching\nGar\xe7on, un caf\xe9!,\xc7a co\xfbte tr\xe8s cher,na\xefve\n";
    let western = DataFile::parse(western, None).expect("Latin-1");
    assert_eq!((western.encoding, western.encoding.name().as_ref()), (Encoding::Latin1, "Latin-1 (a guess)"));
    assert_eq!(file.encoding.name(), "windows-1251 (a guess)");
}

/// Measures the time for 100 MB: `cargo test --release --test data_files -- --ignored --nocapture mutated`.
#[test]
#[ignore = "prints how long a file of 100 MB takes"]
#[allow(clippy::print_stdout, reason = "it prints what it measures")]
fn a_hundred_megabytes() {
    let row = format!(
        "\"A question of some length, {}\",\"{}\",\"{}\"\n",
        "with words ".repeat(8),
        "wanted ".repeat(40),
        "other ".repeat(40)
    );
    let mut bytes = b"question,matching,not_matching\n".to_vec();
    while bytes.len() < 100 << 20 {
        bytes.extend_from_slice(row.as_bytes());
    }
    let began = Instant::now();
    let file = DataFile::parse(&bytes, None).expect("a data file");
    println!("{} pairs, {} MB in {:.2} s", file.rows.len(), bytes.len() >> 20, began.elapsed().as_secs_f64());
    let broken = b"\"".repeat(100 << 20);
    let began = Instant::now();
    let rows = DataFile::parse(&broken, None).map(|file| file.rows.len());
    println!("100 MB of quotes: {rows:?} in {:.2} s", began.elapsed().as_secs_f64());
    let sample = Sample::read(std::path::Path::new("nowhere"), 3);
    assert!(sample.is_err());
}
