//! Compares token ids with llama.cpp.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use crate::common::{authors_file, csv_pairs, oracle, starter};

#[derive(serde::Deserialize)]
struct Line {
    text: String,
    ids: Vec<u32>,
}

#[test]
fn texts_in_many_scripts_have_llama_cpps_ids() {
    let model = starter();
    let lines: Vec<Line> = oracle("tokens.jsonl").lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines.len() >= 30);
    for line in lines {
        assert_eq!(model.tokenizer().encode(&line.text).unwrap(), line.ids, "{:?}", line.text);
    }
}

#[test]
fn the_authors_texts_have_llama_cpps_ids() {
    let (Some(train), Some(test)) =
        (authors_file("wealth-seeking/train.csv"), authors_file("wealth-seeking/test.csv"))
    else {
        return;
    };
    let model = starter();
    // The oracle file has the number of tokens and a hash of the ids of each text, and not the text.
    let hashes = oracle("tokens-wealth-seeking.txt");
    let pairs = [csv_pairs(&train), csv_pairs(&test)].concat();
    let texts = pairs.iter().flat_map(|pair| [&pair.prompt, &pair.wanted, &pair.opposite]);
    let mut count = 0;
    for (text, expected) in texts.zip(hashes.lines()) {
        let ids = model.tokenizer().encode(text).unwrap();
        assert_eq!(format!("{} {:016x}", ids.len(), fnv(&ids)), expected, "{text:?}");
        count += 1;
    }
    assert_eq!((count, hashes.lines().count()), (2469, 2469));
}

/// Returns the 64-bit FNV-1a hash of the ids as little-endian u32.
fn fnv(ids: &[u32]) -> u64 {
    let bytes = ids.iter().flat_map(|id| id.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn decoding_gives_the_text_back() {
    let model = starter();
    for text in ["A plain sentence.", "价格是 1234 元。", "naïve café 🙂👩‍👩‍👧", "  two\n\nlines\t"]
    {
        assert_eq!(model.decode(&model.tokenizer().encode(text).unwrap()), text);
    }
}
