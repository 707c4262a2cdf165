//! Tests that pairs come back from every format, and what is said of files that cannot be used.

use super::*;
use crate::support::folder;
use ipc::Code;
use ipc::data::Split;
use ipc::files::PairFormat;

#[test]
fn every_format_gives_the_same_pairs_back() {
    let dir = folder();
    let tiller = open(dir.path());
    let data_set = tiller.watch_again().data_sets[0].id;
    let odd = PairContent {
        prompt: " \u{feff}\"Two\r\nlines\", \u{1f600};\t".into(),
        wanted: "a\nb".into(),
        opposite: "=1+1 '".into(),
        split: Split::HeldOut,
        ..PairContent::default()
    };
    tiller.get(AddPair { data_set, after: None, content: odd });
    let pairs = contents(&tiller.get(ListPairs { data_set }));
    for (number, format) in PairFormat::ALL.into_iter().enumerate() {
        let path = dir.path().join(format!("{number}.{}", format.ending())).display().to_string();
        let export = ExportPairs {
            data_set,
            split: None,
            tags: vec![],
            file: FileRef::typed(path.clone()),
            format,
            everything: false,
            guard_formulas: false,
            replace: false,
        };
        assert_eq!(tiller.get(export.clone()).pairs, pairs.len() as u32, "{format:?}");
        let set = tiller.get(import(&path, new("Back")));
        let mut back = contents(&tiller.get(ListPairs { data_set: set.id }));
        if format != PairFormat::TillerJsonl {
            // Only Tiller's own format keeps the split.
            assert_eq!(set.held_out, 0, "{format:?}");
            back.iter_mut().zip(&pairs).for_each(|(back, pair)| back.split = pair.split);
        }
        assert_eq!(back, pairs, "{format:?}");

        // An existing file stays unless the request allows its replacement.
        let bytes = fs::read(&path).expect("the file");
        let refused = tiller.call(export.clone()).expect_err("the file is there");
        assert_eq!(refused.code, Code::Invalid);
        assert_eq!(fs::read(&path).expect("the file"), bytes);
        let held_out = ExportPairs { split: Some(Split::HeldOut), replace: true, ..export };
        let expected = pairs.iter().filter(|pair| pair.split == Split::HeldOut).count() as u32;
        assert_eq!(tiller.get(held_out.clone()).pairs, expected);
        let is_table = format == PairFormat::BipoCsv;
        tiller.get(ExportPairs { guard_formulas: true, ..held_out });
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text.contains("\n'=") || text.contains(",'="), is_table, "{format:?} {text}");
    }
    let parts = fs::read_dir(dir.path()).expect("the folder").filter_map(Result::ok);
    assert!(!parts.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().contains(".part")));
}

#[test]
fn files_that_cannot_be_used_are_reported() {
    let dir = folder();
    let tiller = open(dir.path());
    let missing = dir.path().join("none.csv").display().to_string();
    let failure = tiller.call(PreviewImport { source: file(&missing), columns: None }).expect_err("no file");
    assert_eq!(failure.code, Code::NotFound);
    assert!(failure.message.contains("no file") && failure.detail == Some(missing.clone()), "{failure:?}");
    assert_eq!(tiller.call(import(&missing, new(""))).expect_err("no file").code, Code::NotFound);
    assert_eq!(
        tiller.call(PreviewImport { source: file(" "), columns: None }).expect_err("no path").code,
        Code::Invalid
    );
    let empty = written(dir.path(), "empty.csv", "");
    let failure =
        tiller.call(PreviewImport { source: file(&empty), columns: None }).expect_err("an empty file");
    assert!(failure.message.contains("empty"), "{failure:?}");
    let bare = written(dir.path(), "bare.csv", "question,matching,not_matching\n");
    let failure = tiller.call(import(&bare, new(""))).expect_err("no pairs");
    assert!(failure.message.contains("no pairs"), "{failure:?}");
    let nowhere = dir.path().join("no folder/pairs.csv").display().to_string();
    let export = ExportPairs {
        data_set: 1,
        split: None,
        tags: vec![],
        file: FileRef::typed(nowhere),
        format: PairFormat::BipoCsv,
        everything: true,
        guard_formulas: false,
        replace: false,
    };
    assert_eq!(tiller.call(export.clone()).expect_err("no folder").code, Code::Storage);
    assert_eq!(
        tiller.call(ExportPairs { data_set: 999, ..export }).expect_err("no data set").code,
        Code::NotFound
    );
}
