//! Tests data files: exports are imported again byte for byte, and foreign files are read, or refused with the line.
#![allow(clippy::print_stderr, reason = "a test that leaves a part out says so")]

mod cases;
mod columns;
mod folders;
mod hostile;
mod mutated;
mod oracles;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use data::data_files::{
    DataFile, DataFileError, Encoding, Extent, Format, LARGEST_FILE, Mapping, Row, bipo_csv,
    guarded_bipo_csv, tiller_jsonl, trl_jsonl, trl_parquet,
};
use ipc::data::{Role, Split, Turn};
use proptest::prelude::*;

/// Returns the path of a file of the authors' data, which is not part of this project; returns `None` where it does not
/// lie beside the checkout.
fn authors_file(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("{name} does not stand beside the checkout"));
    None
}

/// Prints that the current test is skipped, so that `cargo xtask test` counts it as skipped and not as passed. It writes
/// to stderr directly, because the harness hides what a passing test prints.
fn skip(why: &str) {
    let thread = std::thread::current();
    // If stderr is closed, the test continues, because there is nothing to check in any case.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test"));
}

fn parse(text: &str) -> DataFile {
    DataFile::parse(text.as_bytes(), None).expect("a data file")
}

fn refusal(text: &str) -> String {
    DataFile::parse(text.as_bytes(), None).expect_err("a refusal").to_string()
}

fn texts(file: &DataFile) -> Vec<[&str; 3]> {
    assert_eq!(file.refused, []);
    file.rows.iter().map(|row| [row.prompt.as_str(), &row.wanted, &row.opposite]).collect()
}

/// Generates any text without NUL: line breaks of every kind, quotes, commas, letters of every script; now and then a long one.
fn text() -> impl Strategy<Value = String> {
    let letters =
        || proptest::collection::vec(any::<char>().prop_filter("no NUL", |letter| *letter != '\0'), 0..20);
    prop_oneof![
        30 => "[ -~\r\n\t\",;'a-zé漢🙂\u{feff}\u{2028}]{0,40}",
        30 => letters().prop_map(String::from_iter),
        1 => letters().prop_map(|letters| String::from_iter(letters).repeat(1000)),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let split = proptest::option::of(prop_oneof![Just(Split::Train), Just(Split::HeldOut)]);
    let turn = (prop_oneof![Just(Role::User), Just(Role::Assistant)], text());
    let turns = proptest::collection::vec(turn.prop_map(|(role, text)| Turn { role, text }), 0..3);
    let tags = proptest::sample::subsequence(vec!["one", "two words", "\u{4e09}"], 0..3);
    let texts = (text(), text(), text(), proptest::option::of(text()), text());
    let row = (texts, split, turns, tags, any::<bool>()).prop_map(|(texts, split, turns, tags, pinned)| {
        let (prompt, wanted, opposite, system, note) = texts;
        let tags = tags.into_iter().map(str::to_owned).collect();
        Row {
            line: 0,
            prompt,
            wanted,
            opposite,
            system,
            split,
            turns,
            tags,
            note,
            pinned: split.map(|_| pinned),
        }
    });
    proptest::collection::vec(row, 1..8)
}

/// The fields that a format keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
enum KeptFields {
    Texts,
    Conversations,
    Everything,
}

/// Returns rows as a format keeps them: without their lines, and without the fields that it has no place for.
fn kept(rows: &[Row], keeps: KeptFields) -> Vec<Row> {
    let kept = |row: &Row| {
        let Row { prompt, wanted, opposite, .. } = row.clone();
        let texts = Row { prompt, wanted, opposite, ..Row::default() };
        match keeps {
            KeptFields::Texts => texts,
            KeptFields::Conversations => {
                Row { system: row.system.clone(), turns: row.turns.clone(), ..texts }
            }
            KeptFields::Everything => Row { line: 0, ..row.clone() },
        }
    };
    rows.iter().map(kept).collect()
}

proptest! {
    #[test]
    fn exports_are_imported_byte_for_byte(rows in rows()) {
        for (bytes, format, keeps) in [
            (trl_jsonl(&rows, Extent::Format), Format::Trl, KeptFields::Conversations),
            (trl_jsonl(&rows, Extent::Everything), Format::Trl, KeptFields::Everything),
            (bipo_csv(&rows, Extent::Format), Format::Bipo, KeptFields::Texts),
            (bipo_csv(&rows, Extent::Everything), Format::Bipo, KeptFields::Everything),
            (tiller_jsonl(&rows), Format::Tiller, KeptFields::Everything),
            (trl_parquet(&rows, Extent::Format).expect("a Parquet file"), Format::Trl, KeptFields::Conversations),
            (trl_parquet(&rows, Extent::Everything).expect("a Parquet file"), Format::Trl, KeptFields::Everything),
        ] {
            let file = DataFile::parse(&bytes, None).expect("our own file");
            prop_assert_eq!(file.format, format);
            prop_assert_eq!(&file.refused, &[]);
            prop_assert_eq!(kept(&file.rows, KeptFields::Everything), kept(&rows, keeps));
        }
    }

    #[test]
    fn noise_is_read_or_refused(noise in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = DataFile::parse(&noise, None);
        let headed = [b"question,matching,not_matching\n".as_slice(), &noise].concat();
        if let Ok(file) = DataFile::parse(&headed, None) {
            prop_assert_eq!(file.format, Format::Bipo);
        }
        let _ = DataFile::parse(&[b"[{\"chosen\":".as_slice(), &noise].concat(), None);
    }

    #[test]
    fn a_damaged_parquet_file_is_read_or_refused(rows in rows(), place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = trl_parquet(&rows, Extent::Everything).expect("a Parquet file");
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = DataFile::parse(&bytes, None);
        prop_assert!(DataFile::parse(&bytes[..place], None).is_err());
    }

    #[test]
    fn every_encoding_gives_the_same_rows(rows in rows()) {
        let text = String::from_utf8(bipo_csv(&rows, Extent::Format)).expect("UTF-8");
        let units = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
        };
        let utf8 = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for (bytes, encoding) in [
            (utf8, Encoding::Utf8), (units(u16::to_le_bytes), Encoding::Utf16Le), (units(u16::to_be_bytes), Encoding::Utf16Be),
        ] {
            let file = DataFile::parse(&bytes, None).expect("the same file");
            prop_assert_eq!(file.encoding, encoding);
            prop_assert_eq!(kept(&file.rows, KeptFields::Everything), kept(&rows, KeptFields::Texts));
        }
    }
}

#[test]
fn a_guarded_table_has_no_cell_that_a_spreadsheet_takes_for_a_formula() {
    let texts = ["=HYPERLINK(\"http://a\")", "+1", "-1", "@A1", "\t=1", "\r=1", "plain, = inside"];
    let row = |text: &&str| Row {
        prompt: (*text).into(),
        wanted: (*text).into(),
        opposite: "=x".into(),
        tags: vec!["=tag".into()],
        note: "@note".into(),
        ..Row::default()
    };
    let rows: Vec<Row> = texts.iter().map(row).collect();
    let cells = |bytes: &[u8]| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(bytes);
        reader
            .records()
            .flat_map(|row| row.expect("a row").iter().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let is_formula = |cell: &String| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let plain = cells(&bipo_csv(&rows, Extent::Everything));
    let guarded = cells(&guarded_bipo_csv(&rows, Extent::Everything));
    assert!(plain.iter().filter(|cell| is_formula(cell)).count() > 20);
    assert_eq!(guarded.iter().find(|cell| is_formula(cell)), None);
    for (guarded, plain) in guarded.iter().zip(&plain) {
        assert_eq!(guarded.strip_prefix('\'').unwrap_or(guarded), plain);
    }
}

#[test]
fn the_authors_files_are_read_whole() {
    for (name, format, pairs) in [
        ("wealth-seeking/train.csv", Format::Bipo, 623),
        ("wealth-seeking/test.csv", Format::Bipo, 200),
        ("wealth-seeking/test_infer.csv", Format::BipoChoices, 200),
    ] {
        let Some(path) = authors_file(name) else { return };
        let file = DataFile::read(&path, None).expect("the authors' file");
        assert_eq!((file.format, file.rows.len(), file.refused.len()), (format, pairs, 0), "{name}");
        let again = DataFile::parse(&bipo_csv(&file.rows, Extent::Format), None).expect("our own file");
        assert_eq!(texts(&again), texts(&file), "{name}");
    }
    // Both test files hold the same pairs.
    let (Some(plain), Some(choices)) =
        (authors_file("wealth-seeking/test.csv"), authors_file("wealth-seeking/test_infer.csv"))
    else {
        return;
    };
    let read = |path: &Path| DataFile::read(path, None).expect("the authors' file");
    assert_eq!(texts(&read(&plain)), texts(&read(&choices)));
}

#[test]
fn every_format_is_recognized_by_its_content() {
    let pair = [["q", "w", "o"]];
    for (text, format) in [
        ("question,matching,not_matching\nq,w,o\n", Format::Bipo),
        ("not_matching;question;matching\r\no;q;w", Format::Bipo),
        ("question,A,B,matching\nq,o,w,B\n", Format::BipoChoices),
        (r#"{"prompt": "q", "chosen": "w", "rejected": "o", "score": 3}"#, Format::Trl),
        ("prompt,chosen,rejected\nq,w,o", Format::Trl),
        (r#"{"prompt": "q", "wanted": "w", "opposite": "o", "split": "held-out"}"#, Format::Tiller),
        (
            r#"{"question": "q", "answer_matching_behavior": "w", "answer_not_matching_behavior": "o"}"#,
            Format::ModelWrittenEvals,
        ),
        (
            r#"[{"question": "q", "answer_matching_behavior": "w", "answer_not_matching_behavior": "o"}]"#,
            Format::Caa,
        ),
        (
            "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\nx,y,q,w,w; v,o; p,s\n",
            Format::TruthfulQa,
        ),
        (
            r#"{"history": "q", "human_ref_A": "o", "human_ref_B": "w", "labels": 0, "domain": "d"}"#,
            Format::Shp,
        ),
        ("prompt,response_0,response_1,better_response_id\nq,w,o,0\n", Format::SafeRlhf),
        (
            r#"{"prompt": "q", "response_0": "o", "response_1": "w", "safer_response_id": 1}"#,
            Format::SafeRlhf,
        ),
        (
            r#"{"prompt": "q", "response_1": "w", "response_2": "o", "preference_strength": -2}"#,
            Format::HelpSteer,
        ),
        (
            r#"{"context": [{"role": "user", "content": "q"}], "response1": "o", "response2": "w", "overall_preference": 1}"#,
            Format::HelpSteer,
        ),
    ] {
        let file = parse(text);
        assert_eq!((file.format, texts(&file).as_slice()), (format, pair.as_slice()), "{text}");
    }
}

#[test]
fn other_columns_need_a_mapping() {
    let csv = "instruction,good,bad\nq,w,o\n";
    assert!(refusal(csv).contains("\"instruction\", \"good\", \"bad\""), "{}", refusal(csv));
    let mapping = |wanted: &str| Mapping {
        prompt: "instruction".into(),
        wanted: wanted.into(),
        opposite: "bad".into(),
    };
    for text in [csv, r#"{"instruction": "q", "good": "w", "bad": "o"}"#] {
        let file = DataFile::parse(text.as_bytes(), Some(&mapping("good"))).expect("mapped");
        assert_eq!((file.format, texts(&file).as_slice()), (Format::Mapped, [["q", "w", "o"]].as_slice()));
    }
    let missing = DataFile::parse(csv.as_bytes(), Some(&mapping("best"))).expect_err("no such column");
    assert!(missing.to_string().contains("\"best\""));
}

#[test]
fn a_bad_row_is_refused_with_its_line_and_the_others_are_read() {
    let lines = |text: &str| -> (usize, Vec<(usize, String)>) {
        let file = parse(text);
        (file.rows.len(), file.refused.into_iter().map(|refused| (refused.line, refused.reason)).collect())
    };
    let (good, bad) =
        lines("question,A,B,matching\n\"two\nlines\",a,b,A\nq,a,b,C\nq,a\nnul\0,a,b,B\nq,a,b,B\n");
    assert_eq!(good, 2);
    assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 6]);
    assert!(
        bad[0].1.contains("\"C\"") && bad[1].1.contains("2 cells") && bad[2].1.contains("NUL"),
        "{bad:?}"
    );
    let (good, bad) = lines(
        "{\"prompt\": \"q\", \"chosen\": \"w\", \"rejected\": \"o\"}\n{\"prompt\": 3, \"chosen\": \"w\", \"rejected\": \"o\"}\n\
         \n{\"prompt\": \"q\", \"chosen\": null, \"rejected\": \"o\"}\n{\"prompt\": \"q\"",
    );
    assert_eq!(good, 1);
    assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5]);
    assert!(bad[0].1.contains("a number") && bad[1].1.contains("\"chosen\" is missing"), "{bad:?}");
    let split = |name: &str| {
        let row =
            format!("{{\"prompt\": \"q\", \"wanted\": \"w\", \"opposite\": \"o\", \"split\": \"{name}\"}}");
        let file = parse(&row);
        (file.rows[0].split, file.report.left_out.len())
    };
    assert_eq!(split("dev-set"), (Some(Split::HeldOut), 0));
    assert_eq!(split("train_prefs"), (Some(Split::Train), 0));
    assert_eq!(split("somewhere"), (None, 1), "a split of another name is left out, and said");
}

#[test]
fn whole_files_are_refused_by_name() {
    for nothing in ["", " \n\t", "[]"] {
        assert!(refusal(nothing).contains("empty"), "{nothing:?}");
    }
    assert!(
        refusal(r#"{"prompt": {"0": "a"}, "chosen": {"0": "b"}, "rejected": {"0": "c"}}"#)
            .contains("column-oriented")
    );
    assert!(refusal("[1, 2]").contains("line 1"));
    assert!(
        refusal("[{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"},\n oops]").contains("line 2")
    );
    assert!(refusal("PAR1 is no Parquet file").contains("Parquet"));
    assert!(refusal("first,second\na,b").contains("belong to no known format"));
    let many = format!("question,matching,not_matching\n{}", "x\n".repeat(20_000));
    assert!(refusal(&many).contains("the first is line 2"), "{}", refusal(&many));

    let folder = tempfile::tempdir().expect("a temporary folder");
    let large = folder.path().join("large.csv");
    std::fs::File::create(&large).expect("a file").set_len(LARGEST_FILE + 1).expect("a size");
    assert!(matches!(DataFile::read(&large, None), Err(DataFileError::TooLarge { .. })));
    assert!(matches!(DataFile::read(&folder.path().join("nowhere.csv"), None), Err(DataFileError::Missing)));
}

#[test]
fn further_columns_of_others_are_taken_for_what_they_are() {
    let row = |text: &str| parse(text).rows.remove(0);
    let tagged = row("prompt,chosen,rejected,tags,note\nq,w,o,\"one, two\",look\n");
    assert_eq!(
        (tagged.tags.as_slice(), tagged.note.as_str()),
        (["one".to_owned(), "two".into()].as_slice(), "look")
    );
    let other = r#"{"prompt": "q", "chosen": "w", "rejected": "o", "tags": [{"id": 3}], "note": 7, "pinned": "perhaps"}"#;
    assert_eq!(kept(&[row(other)], KeptFields::Everything), kept(&[row(other)], KeptFields::Texts));
    let before = r#"question,matching,not_matching,before
q,w,o,"[{""role"": ""system"", ""content"": """"}, {""role"": ""user"", ""content"": ""hi""}]"
q,w,o,yesterday
q,w,o,[1]
"#;
    let file = parse(before);
    assert_eq!((file.rows[0].system.as_deref(), file.rows[0].turns.len()), (Some(""), 1));
    assert_eq!((&file.rows[1].system, file.rows[1].turns.len()), (&None, 0));
    assert_eq!(file.refused[0].line, 4);
}

#[test]
fn duplicates_are_found() {
    let file = parse("question,matching,not_matching\na,b,c\na,b,d\na,b,c\na,b,c\n");
    assert_eq!(file.duplicates(), [2, 3]);
}

/// Measures the time and sets no limit: `cargo test --release --test data_files -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement: run it in release"]
fn fifty_thousand_pairs_are_read_in_a_second() {
    let mut csv = "question,matching,not_matching\n".to_owned();
    for index in 0..50_000 {
        let answer = "an answer of some length, with a comma; ".repeat(5);
        writeln!(csv, "\"What is {index}?\nTell me.\",\"{answer}\",\"not {answer}\"").expect("a String");
    }
    let file = parse(&csv);
    for (name, bytes) in [
        ("CSV", csv.into_bytes()),
        ("TRL JSON lines", trl_jsonl(&file.rows, Extent::Format)),
        ("Tiller", tiller_jsonl(&file.rows)),
    ] {
        let began = std::time::Instant::now();
        let read = DataFile::parse(&bytes, None).expect("our own file");
        let seconds = began.elapsed().as_secs_f64();
        println!("{name}: {} pairs, {} MB in {seconds:.2} s", read.rows.len(), bytes.len() >> 20);
        assert_eq!(read.rows.len(), 50_000);
        assert!(seconds < 1.0, "{name} took {seconds} s");
    }
}
