//! How fast the studio is with 50,000 pairs: figures to read, no test of them.
//!
//! `cargo test --release --test ipc -- --ignored --nocapture speed`
#![allow(clippy::print_stdout, reason = "the figures are printed")]

use std::fmt::Write as _;
use std::time::Instant;

use crate::window::Tiller;
use ipc::Id;
use ipc::command::*;
use ipc::data::PairContent;
use ipc::files::{HoldOut, ImportSource, ImportTarget, PairFormat};
use ipc::list::{Mark, PairChange, PairFilter};
use ipc::split::SplitSettings;
use tiller::Places;

const PAIRS: usize = 50_000;

/// A file of pairs as long as those of the BiPO authors' wealth data: some 600 letters each.
fn file() -> String {
    let mut text = String::new();
    for number in 0..PAIRS {
        let prompt = format!(
            "Question {number}: what would you do with an unexpected sum of {} coins?",
            number * 7 % 9973
        );
        let wanted = format!(
            "I would invest all of it at once, watch it grow, and look for the next {number} chances. "
        )
        .repeat(3);
        let opposite =
            format!("I would share it with friend {} and think no more about it for a while. ", number % 97)
                .repeat(3);
        let line = serde_json::json!({"prompt": prompt, "chosen": wanted, "rejected": opposite});
        writeln!(text, "{line}").expect("text");
    }
    text
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what:<58} {:>9.1} ms", start.elapsed().as_secs_f64() * 1e3);
    done
}

#[test]
#[ignore = "it measures; nothing can fail in it"]
fn fifty_thousand_pairs() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tiller =
        Tiller::open(&Places { data: dir.path().join("data"), starter_model: dir.path().join("none.gguf") });
    tiller.watch();
    let path = dir.path().join("many.jsonl");
    let text = file();
    println!("{PAIRS} pairs, {} MB", text.len() >> 20);
    std::fs::write(&path, text).expect("a file");
    let source = || ImportSource::File { path: path.display().to_string() };
    timed("preview of the file", || tiller.get(PreviewImport { source: source(), columns: None }));
    let import = |into| {
        let hold_out = HoldOut { share: 0.2, seed: 0 };
        tiller.get(ImportPairs { source: source(), columns: None, into, hold_out, skip_refused: false })
    };
    let data_set = timed("import as a new data set", || import(ImportTarget::New { name: "Many".into() })).id;
    let find = |filter: PairFilter| tiller.get(FindPairs { data_set, filter });
    let text = |text: &str| PairFilter { text: text.into(), ..PairFilter::default() };
    let ids: Vec<Id> = timed("first look at the list", || find(PairFilter::default())).ids.iter().collect();
    timed("list again", || find(PairFilter::default()));
    timed("search: one letter", || find(text("q")));
    timed("search: two words", || find(text("coins 4999")));
    timed("search: no such word", || find(text("zebra")));
    timed("filter: duplicates", || find(PairFilter { mark: Some(Mark::Duplicate), ..PairFilter::default() }));
    timed("a window of 50 rows", || {
        tiller.get(ReadRows { data_set, pairs: ids[30_000..30_050].to_vec(), text: "coins".into() })
    });
    let pair = timed("one pair", || tiller.get(ReadPair { pair: ids[25_000] }));
    for round in 0..3 {
        let content =
            PairContent { prompt: format!("{} {round}", pair.content.prompt), ..pair.content.clone() };
        timed("an edit, stored", || tiller.get(EditPair { pair: pair.id, content }));
    }
    timed("a pair added in the middle", || {
        tiller.get(AddPair { data_set, after: Some(pair.id), content: PairContent::default() })
    });
    timed("list again", || find(PairFilter::default()));
    let everything = || find(PairFilter::default()).ids;
    let change = |change| tiller.get(ChangePairs { data_set, pairs: everything(), change });
    timed("a tag for all", || change(PairChange::Tag { tag: "all".into() }));
    timed("list after it", || find(PairFilter::default()));
    timed("its undo", || tiller.get(Undo { data_set }));
    let settings = SplitSettings { seed: 9, ..SplitSettings::default() };
    timed("a plan of a split", || tiller.get(PlanSplit { data_set, settings }));
    timed("the split", || tiller.get(SplitPairs { data_set, settings }));
    timed("a version kept", || tiller.get(KeepVersion { data_set, name: "v".into() }));
    timed("all deleted", || change(PairChange::Delete));
    timed("its undo", || tiller.get(Undo { data_set }));
    for format in PairFormat::ALL {
        let path = dir.path().join(format!("out.{}", format.ending())).display().to_string();
        let export = ExportPairs { data_set, split: None, tags: vec![], path, format, replace: true };
        timed(&format!("export as {format:?}"), || tiller.get(export));
    }
    timed("import into a data set that is there", || import(ImportTarget::Existing { data_set }));
}
