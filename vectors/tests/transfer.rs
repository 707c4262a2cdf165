//! Tests the transfer of vectors to another model: against NumPy, on planted maps, on two real tokenizers, and from a model
//! to itself.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::ops::ControlFlow;
use std::path::Path;

use crate::common::{oracle, oracle_path, starter, starter_pairs};
use vectors::model::{Model, ModelError};
use vectors::tokens::Tokenizer;
use vectors::transfer::{
    Alignment, MAX_ROWS, MapFacts, PairedRows, Passage, Reader, Split, TransferError, TransferredVector,
    transfer_vector,
};

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Pseudorandom numbers between −1 and 1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 8) / 8_388_608.0 - 1.0) as f32
    };
    (0..count).map(|_| next()).collect()
}

fn split(row: usize) -> Split {
    match row / 4 % 5 {
        3 => Split::Validation,
        4 => Split::Test,
        _ => Split::Train,
    }
}

#[derive(serde::Deserialize)]
struct Case {
    source_size: usize,
    source: Vec<f32>,
    target: Vec<f32>,
    parts: String,
    vector: Vec<f32>,
    rows: usize,
    lambda: f64,
    r_squared: f64,
    mapped_norm: f64,
    source_norm: f64,
    target_norm: f64,
    transferred: Vec<f32>,
}

#[test]
fn maps_agree_with_numpy() {
    let cases: Vec<Case> =
        oracle("transfer.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let splits: Vec<Split> = (0..case.parts.len()).map(split).collect();
        assert_eq!(case.source.len(), case.source_size * splits.len());
        let pairs = PairedRows { source: case.source, target: case.target, splits };
        let TransferredVector { values, facts } = transfer_vector(&pairs, &case.vector, None).unwrap();
        assert_eq!((facts.rows, facts.left_out), (case.rows, pairs.splits.len() - case.rows));
        let near = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-3);
        assert!(near(facts.lambda, case.lambda), "{} beside {}", facts.lambda, case.lambda);
        assert!(near(facts.r_squared, case.r_squared), "{} beside {}", facts.r_squared, case.r_squared);
        assert!(
            near(facts.mapped_norm, case.mapped_norm),
            "{} beside {}",
            facts.mapped_norm,
            case.mapped_norm
        );
        assert!(near(facts.source_norm, case.source_norm) && near(facts.target_norm, case.target_norm));
        assert!(
            facts.shuffled_r_squared < 0.2 && facts.r_squared > facts.shuffled_r_squared + 0.3,
            "{facts:?}"
        );
        let largest = case.transferred.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        assert!(values.iter().zip(&case.transferred).all(|(a, b)| (a - b).abs() < 1e-6 * largest));
    }
}

/// Makes source rows, and as targets their images under a random map plus a constant.
fn planted(rows: usize, sizes: [usize; 2], noise: f32) -> (PairedRows, Vec<f32>) {
    let (source, map) = (numbers(rows * sizes[0], 5), numbers(sizes[0] * sizes[1], 6));
    let own = numbers(rows * sizes[1], 7);
    let mut target = Vec::with_capacity(rows * sizes[1]);
    for (row, own) in source.chunks_exact(sizes[0]).zip(own.chunks_exact(sizes[1])) {
        for (column, own) in own.iter().enumerate() {
            let image: f32 = row.iter().enumerate().map(|(i, x)| x * map[i * sizes[1] + column]).sum();
            target.push(image + 2.0 + noise * own);
        }
    }
    (PairedRows { source, target, splits: (0..rows).map(split).collect() }, map)
}

fn image(vector: &[f32], map: &[f32]) -> Vec<f32> {
    let width = map.len() / vector.len();
    let column = |column: usize| (0..vector.len()).map(|i| vector[i] * map[i * width + column]).sum();
    (0..width).map(column).collect()
}

#[test]
fn a_planted_map_is_found_and_a_planted_direction_goes_through_it() {
    let vector = numbers(24, 9);
    let (pairs, map) = planted(400, [24, 40], 0.0);
    let TransferredVector { values, facts } = transfer_vector(&pairs, &vector, None).unwrap();
    let expected = image(&vector, &map);
    assert!(cosine(&values, &expected) > 0.999_999, "{}", cosine(&values, &expected));
    assert!(facts.r_squared > 0.999_99 && facts.shuffled_r_squared < 0.1, "{facts:?}");
    assert!((facts.mapped_norm / dot(&expected, &expected).sqrt() - 1.0).abs() < 1e-3, "{facts:?}");
    // The norm relative to the residual stream is unchanged.
    let MapFacts { source_norm, target_norm, .. } = facts;
    let share = |v: &[f32], norm: f64| dot(v, v).sqrt() / norm;
    assert!((share(&values, target_norm) / share(&vector, source_norm) - 1.0).abs() < 1e-6);

    // With noise in the target rows the direction is still found, and R² has the expected value: the variance of the map's
    // part is 24 / 9, and that of the noise is 2² / 3.
    let (pairs, map) = planted(1_000, [24, 40], 2.0);
    let TransferredVector { values, facts } = transfer_vector(&pairs, &vector, None).unwrap();
    let (of_map, of_noise) = (24.0 / 9.0, 4.0 / 3.0);
    assert!((facts.r_squared - of_map / (of_map + of_noise)).abs() < 0.04, "{facts:?}");
    assert!(cosine(&values, &image(&vector, &map)) > 0.97);
    assert!(facts.shuffled_r_squared.abs() < 0.1);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let (mut pairs, _) = planted(100, [8, 5], 0.1);
    let message =
        |pairs: &PairedRows, vector: &[f32]| transfer_vector(pairs, vector, None).unwrap_err().to_string();
    assert!(message(&pairs, &numbers(7, 1)).contains("7 numbers"));
    assert!(message(&pairs, &[0.0; 8]).contains("nothing of the vector"));
    let stopped = transfer_vector(
        &pairs,
        &numbers(8, 1),
        Some(&mut |done, _| {
            if done == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }),
    );
    assert!(matches!(stopped, Err(TransferError::Model(ModelError::Interrupted))));
    let short = PairedRows { target: pairs.target[3..].to_vec(), ..pairs.clone() };
    let refused = transfer_vector(&short, &numbers(8, 1), None);
    assert!(matches!(refused, Err(TransferError::Rows { splits: 100 })));
    pairs.target.fill(1.0);
    assert!(message(&pairs, &numbers(8, 1)).contains("do not vary"));
    pairs.target.fill(f32::NAN);
    assert!(transfer_vector(&pairs, &numbers(8, 1), None).is_err());
}

const TEXTS: [&str; 6] = [
    "The ferry leaves the north quay at twenty past seven, and takes 40 minutes.",
    "价格是 1234 元,不包括运费。渡轮每天早上七点二十分离开北码头。",
    "A smile 🙂, a family 👩‍👩‍👧, and 雨 in the evening 🌧️!",
    "naïve café — “quoted” text\n\n  indented,\ttabbed   ",
    "Ελλάδα и Россия: 12 + 34 = 46",
    "one two three four five six seven eight nine ten",
];

/// Checks that paired rows end at the same character, by the tokenizers' own decoding. Returns the number of pairs.
fn check_pairing(one: &Tokenizer, other: &Tokenizer) -> usize {
    let passages: Vec<Passage> = TEXTS.iter().chain(&TEXTS).map(|text| Passage::from_text(text)).collect();
    let reader = |tokenizer| Reader { tokenizer, longest: 128 };
    let alignment = Alignment::new(reader(one), reader(other), &passages).unwrap();
    for (text, (source, target)) in TEXTS.iter().zip(alignment.source.iter().zip(&alignment.target)) {
        assert_eq!(source.rows.len(), target.rows.len());
        let mut read = Vec::new();
        for (row, same) in source.rows.iter().zip(&target.rows) {
            let (ours, theirs) =
                (one.decode(&source.tokens[..=*row]), other.decode(&target.tokens[..=*same]));
            assert_eq!(ours, theirs, "row {row} and row {same} of {text:?}");
            assert!(text.starts_with(&ours) && *row > 0 && *same > 0, "{ours:?} of {text:?}");
            read.push(ours);
        }
        // Every common end of tokens is paired.
        let prefixes = |tokenizer: &Tokenizer, tokens: &[u32]| -> Vec<String> {
            (1..tokens.len()).map(|last| tokenizer.decode(&tokens[..=last])).collect()
        };
        let (ours, theirs) = (prefixes(one, &source.tokens), prefixes(other, &target.tokens));
        let both = |prefix: &&String| {
            !prefix.is_empty() && text.starts_with(prefix.as_str()) && theirs.contains(prefix)
        };
        let mut expected: Vec<&String> = ours.iter().filter(both).collect();
        expected.dedup();
        assert_eq!(read.iter().collect::<Vec<_>>(), expected, "{text:?}");
    }
    alignment.splits.len()
}

#[test]
fn two_tokenizers_meet_in_chinese_text_and_emoji() {
    let starter = starter();
    for name in ["llama.gguf", "llama3.gguf", "qwen3", "gemma3", "phi3.gguf"] {
        let other = Tokenizer::read(&oracle_path(&format!("families/{name}"))).unwrap();
        let rows = check_pairing(starter.tokenizer(), &other);
        assert_eq!(check_pairing(&other, starter.tokenizer()), rows, "{name}");
        println!("{name}: {rows} rows");
        assert!(rows > 100, "{name}: {rows} rows");
    }
}

#[test]
fn texts_that_give_too_few_rows_are_refused() {
    let model = starter();
    let reader = Reader { tokenizer: model.tokenizer(), longest: 128 };
    let align = |passages: &[Passage]| Alignment::new(reader, reader, passages);
    let long = "one two three four five six ".repeat(40);
    let message = |passages: &[Passage]| align(passages).unwrap_err().to_string();
    assert!(message(&[Passage::from_text(&long)]).contains("five passages"));
    assert!(
        message(&vec![Passage::from_text("a b"); 9]).contains("9 paired rows"),
        "{}",
        message(&vec![Passage::from_text("a b"); 9])
    );
    // Texts are cut to the models' context, and the number of rows is limited.
    let most = align(&vec![Passage::from_text(&long); 60]).unwrap();
    assert!(most.splits.len() == MAX_ROWS && most.source.iter().all(|reading| reading.tokens.len() <= 128));
}

fn neutral() -> Vec<Passage> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/neutral.txt"))
        .unwrap();
    text.split("\n\n").map(Passage::from_text).collect()
}

#[test]
fn an_answer_counts_its_prompt_once_and_a_transfer_to_the_same_model_keeps_the_vector() {
    let model = starter();
    let mut passages = neutral();
    let alone = passages.len();
    passages.extend(starter_pairs("seeks-wealth.jsonl", "train").iter().take(30).map(Passage::from_pair));
    let reader = Reader { tokenizer: model.tokenizer(), longest: model.facts().context_length };
    let alignment = Alignment::new(reader, reader, &passages).unwrap();
    // The prompt's rows are paired only with the first answer of a pair.
    for pair in 0..30 {
        let [first, second] = [alone + 2 * pair, alone + 2 * pair + 1].map(|at| &alignment.source[at]);
        assert_eq!(first.rows[0], 1);
        let opening = passages[alone + pair].opening.len();
        let read = |last: usize| model.decode(&second.tokens[..=last]).len();
        assert!(read(second.rows[0]) > opening && read(second.rows[0] - 1) <= opening, "pair {pair}");
    }
    let layer = 12;
    let rows = model.residual_rows(layer, &alignment.source, None).unwrap();
    let size = model.facts().hidden_size;
    assert_eq!(rows.len(), alignment.splits.len() * size);
    // A direction in which the rows of the texts differ.
    let vector: Vec<f32> = (0..size).map(|i| rows[20 * size + i] - rows[40 * size + i]).collect();
    let pairs = PairedRows { source: rows.clone(), target: rows, splits: alignment.splits.clone() };
    let TransferredVector { values, facts } = transfer_vector(&pairs, &vector, None).unwrap();
    println!("{facts:?}, cosine {}", cosine(&values, &vector));
    assert!(cosine(&values, &vector) > 0.999 && facts.r_squared > 0.99, "{facts:?}");
    assert!(facts.shuffled_r_squared < 0.2);
    let again = transfer_vector(&pairs, &vector, None).unwrap();
    assert_eq!(again.values, values, "the same bits");

    // The target is a tiny random model, so the map explains only a part of the variance.
    let tiny = Model::open(oracle_path("families/llama.gguf")).load().unwrap();
    let other = Reader { tokenizer: tiny.tokenizer(), longest: tiny.facts().context_length };
    let alignment = Alignment::new(reader, other, &passages).unwrap();
    let source = model.residual_rows(layer, &alignment.source, None).unwrap();
    let target = tiny.residual_rows(1, &alignment.target, None).unwrap();
    let pairs = PairedRows { source, target, splits: alignment.splits };
    let TransferredVector { values, facts } = transfer_vector(&pairs, &vector, None).unwrap();
    println!("{facts:?}");
    assert!(values.len() == tiny.facts().hidden_size && values.iter().all(|x| x.is_finite()));
    assert!(facts.r_squared > facts.shuffled_r_squared + 0.05, "{facts:?}");
    let refused = tiny.residual_rows(99, &alignment.target, None).unwrap_err();
    assert!(matches!(refused, ModelError::Layer { layer: 99, .. }));
}
