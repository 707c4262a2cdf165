//! Tests how files of pairs are previewed and imported.

use super::*;
use crate::support::folder;
use ipc::Code;
use ipc::command::{DescribeDataSet, SetRubric, SetSuffixes};
use ipc::data::{DataSet, Split};
use ipc::event::Event;
use ipc::score::Rubric;

#[test]
fn a_bipo_csv_is_previewed_and_imported_with_its_line_breaks() {
    let dir = folder();
    let tiller = open(dir.path());
    let path = written(dir.path(), "wealth.csv", BIPO);
    let preview = tiller.get(PreviewImport { source: file(&path), columns: None });
    assert_eq!(preview.format.as_deref(), Some("BiPO pairs"));
    assert_eq!((preview.pairs, preview.duplicates, preview.refused), (2, 0, 0));
    assert_eq!((preview.encoding.as_str(), preview.held_out), ("UTF-8", None));
    assert_eq!(preview.first[1].line, 4, "a line break inside a cell counts");
    assert_eq!(tiller.watch_again().data_sets.len(), 3, "a preview stores nothing");

    let set = tiller.get(import(&path, new("")));
    assert_eq!((set.name.as_str(), set.train, set.held_out, set.can_undo), ("wealth", 2, 0, false));
    tiller.wait_for(|event| matches!(event, Event::DataSet(now) if now.id == set.id).then_some(()));
    let pairs = tiller.get(ListPairs { data_set: set.id });
    assert_eq!(pairs[0].content.prompt, "Is it\n\"so\"?");
    assert_eq!(pairs[1].content.wanted, "Yes, now");
}

#[test]
fn refused_rows_refuse_the_file_until_they_may_be_left_out() {
    let dir = folder();
    let tiller = open(dir.path());
    let path =
        written(dir.path(), "rows.csv", &format!("{BIPO}only one cell\nWhy?,So,Not so\nWhy?,So,Not so\n"));
    let preview = tiller.get(PreviewImport { source: file(&path), columns: None });
    assert_eq!((preview.pairs, preview.duplicates, preview.refused), (4, 1, 1));
    assert_eq!(preview.first_refused[0].line, 5);
    assert!(preview.first_refused[0].reason.contains("1 cells"), "{:?}", preview.first_refused);

    let existing = tiller.watch_again().data_sets[0].clone();
    let before = tiller.get(ListPairs { data_set: existing.id });
    for into in [new("Rows"), ImportTarget::Existing { data_set: existing.id }] {
        let refused = tiller.call(import(&path, into)).expect_err("a row is refused");
        assert_eq!(refused.code, Code::Invalid);
        assert!(refused.message.contains("Line 5"), "{refused:?}");
    }
    assert_eq!(tiller.watch_again().data_sets.len(), 3, "nothing was imported");
    assert_eq!(tiller.get(ListPairs { data_set: existing.id }), before);
    let set = tiller.get(ImportPairs { skip_refused: true, ..import(&path, new("Rows")) });
    assert_eq!(set.train, 4);
}

#[test]
fn an_import_into_a_data_set_is_one_edit_that_outlives_the_window() {
    let dir = folder();
    let tiller = open(dir.path());
    let data_set = tiller.watch_again().data_sets[1].id;
    let before = tiller.get(ListPairs { data_set });
    let path = written(dir.path(), "more.csv", BIPO);
    let set = tiller.get(import(&path, ImportTarget::Existing { data_set }));
    assert_eq!((set.train + set.held_out, set.can_undo), (before.len() as u32 + 2, true));
    let after = tiller.get(ListPairs { data_set });
    assert_eq!(after[..before.len()], before, "they stand behind the others");
    drop(tiller);

    let tiller = open(dir.path());
    let undone = tiller.get(Undo { data_set }).expect("the import");
    assert!(undone.is_many && undone.pair.is_none() && !undone.data_set.can_undo, "{undone:?}");
    assert_eq!(tiller.get(ListPairs { data_set }), before);
    let redone = tiller.get(Redo { data_set }).expect("the import");
    assert!(redone.is_many, "{redone:?}");
    assert_eq!(tiller.get(ListPairs { data_set }), after);
}

#[test]
fn what_is_held_out_follows_share_and_seed_and_never_splits_a_prompt() {
    let dir = folder();
    let tiller = open(dir.path());
    let mut text = "question,matching,not_matching\n".to_owned();
    for number in 0..50 {
        text.extend([format!("Q{number},a,b\n"), format!("Q{number},c,d\n")]);
    }
    let path = written(dir.path(), "many.csv", &text);
    let imported = |seed| {
        let hold_out = HoldOut { share: 0.2, seed };
        let set = tiller.get(ImportPairs { hold_out, ..import(&path, new("Many")) });
        assert_eq!((set.train, set.held_out), (80, 20));
        contents(&tiller.get(ListPairs { data_set: set.id }))
    };
    let pairs = imported(3);
    assert!(pairs.chunks(2).all(|two| two[0].split == two[1].split), "one prompt, one split");
    assert_eq!(pairs, imported(3));
    assert_ne!(pairs, imported(4));
}

#[test]
fn a_preview_says_what_was_taken_left_out_and_guessed() {
    let dir = folder();
    let tiller = open(dir.path());
    let path = dir.path().join("cafe.csv");
    fs::write(&path, b"id;question;matching;not_matching\n1;Un caf\xe9, gar\xe7on ?;Oui;Non\n2;x\n")
        .expect("a file");
    let preview = tiller.get(PreviewImport { source: file(&path.display().to_string()), columns: None });
    assert_eq!(
        (preview.format.as_deref(), preview.encoding.as_str()),
        (Some("BiPO pairs"), "Latin-1 (a guess)")
    );
    assert_eq!((preview.pairs, preview.refused, preview.first_refused[0].line), (1, 1, 3));
    for sentence in [
        "Cells are separated by semicolons.",
        "Read: \"question\", \"matching\", \"not_matching\".",
        "Left out: \"id\" (not a column of BiPO pairs).",
        "The letters were read as Latin-1 (a guess).",
    ] {
        assert!(preview.report.iter().any(|line| line == sentence), "{sentence}: {:?}", preview.report);
    }
    // So does one of a table whose columns are not named yet.
    let table = written(dir.path(), "table.txt", "a|b\n1|2\n");
    let preview = tiller.get(PreviewImport { source: file(&table), columns: None });
    assert_eq!(preview.report, ["Cells are separated by vertical bars."]);
}

#[test]
fn data_sets_are_made_renamed_and_deleted() {
    let dir = folder();
    let tiller = open(dir.path());
    let set = tiller.get(CreateDataSet { name: " Mine ".into(), description: String::new() });
    assert_eq!((set.name.as_str(), set.train), ("Mine", 0));
    assert_eq!(
        tiller
            .call(CreateDataSet { name: " ".into(), description: String::new() })
            .expect_err("no name")
            .code,
        Code::Invalid
    );
    let renamed = tiller.get(RenameDataSet { data_set: set.id, name: "Yours".into() });
    assert_eq!(renamed, DataSet { name: "Yours".into(), ..set.clone() });
    tiller.get(DeleteDataSet { data_set: set.id });
    tiller.wait_for(|event| matches!(event, Event::DataSetDeleted(id) if *id == set.id).then_some(()));
    assert_eq!(tiller.watch_again().data_sets.len(), 3);
    assert_eq!(tiller.call(ListPairs { data_set: set.id }).expect_err("it is gone").code, Code::NotFound);
}

#[test]
fn a_data_set_is_duplicated_with_everything_but_its_history() {
    let dir = folder();
    let tiller = open(dir.path());
    let set = tiller.get(import(&written(dir.path(), "pairs.csv", BIPO), new("Mine"))).id;
    let last = tiller.get(ListPairs { data_set: set }).remove(1);
    let content = PairContent { split: Split::HeldOut, tags: vec!["short".into()], ..last.content };
    tiller.get(EditPair { pair: last.id, content });
    tiller.get(SetRubric { data_set: set, rubric: Some(Rubric::new("a love of rules")) });
    tiller.get(SetSuffixes { data_set: set, suffixes: vec!["Sure".into()] });
    tiller.get(SaveVersion { data_set: set, name: "First".into() });

    let copy = tiller.get(DuplicateDataSet { data_set: set });
    tiller.wait_for(|event| matches!(event, Event::DataSet(now) if now.id == copy.id).then_some(()));
    let sets = tiller.watch_again().data_sets;
    let original = sets.iter().find(|known| known.id == set).expect("the data set").clone();
    assert!(original.can_undo);
    let same = DataSet { id: copy.id, name: "Mine copy".into(), can_undo: false, ..original };
    assert_eq!((&copy, sets.last()), (&same, Some(&same)));
    let pairs = |data_set| contents(&tiller.get(ListPairs { data_set }));
    let before = pairs(set);
    assert_eq!(pairs(copy.id), before);
    assert_eq!(tiller.get(ListVersions { data_set: copy.id }), tiller.get(ListVersions { data_set: set }));

    // What is done to the copy does not reach the original.
    let first = tiller.get(ListPairs { data_set: copy.id }).remove(0);
    tiller.get(DeletePair { pair: first.id });
    assert_eq!((pairs(copy.id).len(), pairs(set)), (1, before));
    assert_eq!(tiller.get(DuplicateDataSet { data_set: set }).name, "Mine copy (2)");
    let gone = tiller.call(DuplicateDataSet { data_set: 999 }).expect_err("no such set");
    assert_eq!(gone.code, Code::NotFound);
}

#[test]
fn a_behaviour_can_be_written_at_any_time_and_the_rubric_follows_it() {
    let dir = folder();
    let tiller = open(dir.path());
    let made = tiller.get(CreateDataSet { name: "Rhymes".into(), description: " Speaks in rhyme. ".into() });
    assert_eq!((made.description.as_str(), made.rubric().name()), ("Speaks in rhyme.", "Speaks in rhyme"));
    let table = written(dir.path(), "pairs.csv", "question,matching,not_matching\nWhy?,Yes.,No.\n");
    let into = ImportTarget::New { name: String::new(), description: "Seeks wealth.".into() };
    let imported = tiller.get(import(&table, into));
    assert_eq!((imported.name.as_str(), imported.rubric().name()), ("pairs", "a wish for wealth"));

    let described = tiller.get(DescribeDataSet { data_set: imported.id, description: "Says yes.".into() });
    assert_eq!((described.behaviour(), described.rubric().name()), ("Says yes", "Says yes"));
    let own = Rubric::new("a love of rules");
    tiller.get(SetRubric { data_set: imported.id, rubric: Some(own.clone()) });
    let suffixes = vec![" !! ! ".into(), String::new(), "!! !".into(), "Sure".into()];
    tiller.get(SetSuffixes { data_set: imported.id, suffixes });
    let kept = tiller.watch_again().data_sets;
    let kept = kept.iter().find(|set| set.id == imported.id).expect("the data set");
    assert_eq!((kept.rubric(), kept.suffixes.as_slice()), (own, &["!! !".into(), "Sure".into()][..]));
    let made = tiller.get(SetRubric { data_set: imported.id, rubric: None });
    assert_eq!(made.rubric().name(), "Says yes");
    let gone = DescribeDataSet { data_set: 999, description: String::new() };
    assert_eq!(tiller.call(gone).expect_err("no such set").code, Code::NotFound);
}
