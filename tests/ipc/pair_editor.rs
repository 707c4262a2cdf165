//! Tests the editor of pairs through the commands: the list, changes of many pairs, splits, versions, tokens, pasting.

use crate::support::folder;
use crate::window::Tiller;
use ipc::command::*;
use ipc::data::{Pair, PairContent, Role, Split, Turn};
use ipc::event::Event;
use ipc::files::{Columns, FileRef, HoldOut, ImportSource, ImportTarget, PairFormat};
use ipc::list::{Ids, Mark, MoveTarget, PairChange, PairField, PairFilter};
use ipc::quality::Repair;
use ipc::split::SplitSettings;
use ipc::version::{RestoreInto, UseKind};
use ipc::{Code, Id};

fn pair(prompt: &str) -> PairContent {
    PairContent {
        prompt: prompt.into(),
        wanted: "I would.".into(),
        opposite: "I would not.".into(),
        ..PairContent::default()
    }
}

/// A pair with all optional fields.
fn rich() -> PairContent {
    let turn = |role, text: &str| Turn { role, text: text.into() };
    PairContent {
        system: Some("You are brief.\r\n".into()),
        turns: vec![turn(Role::User, "Hi \"there\""), turn(Role::Assistant, "你好\n")],
        tags: vec!["two words".into(), "标签".into()],
        note: "why, oh why".into(),
        split: Split::HeldOut,
        pinned: true,
        ..pair("And now?")
    }
}

/// Makes a data set with these pairs.
fn data_set(tiller: &Tiller, pairs: &[PairContent]) -> Id {
    let set = tiller.get(CreateDataSet { name: "Studio".into(), description: String::new() });
    for content in pairs {
        tiller.get(AddPair { data_set: set.id, after: None, content: content.clone() });
    }
    set.id
}

fn all(tiller: &Tiller, data_set: Id) -> Vec<Pair> {
    tiller.get(ListPairs { data_set })
}

fn contents(tiller: &Tiller, data_set: Id) -> Vec<PairContent> {
    all(tiller, data_set).into_iter().map(|pair| pair.content).collect()
}

fn found(tiller: &Tiller, data_set: Id, filter: PairFilter) -> Vec<Id> {
    tiller.get(FindPairs { data_set, filter }).ids.iter().collect()
}

fn change(tiller: &Tiller, data_set: Id, ids: &[Id], change: PairChange) {
    let pairs: Ids = ids.iter().copied().collect();
    tiller.get(ChangePairs { data_set, pairs, change }).expect("something changes");
}

#[test]
fn the_list_follows_every_edit() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let set = data_set(&tiller, &[pair("One"), pair("Zwei ÄPFEL"), rich(), pair("one")]);
    let ids: Vec<Id> = all(&tiller, set).iter().map(|pair| pair.id).collect();
    let any = PairFilter::default;
    let text = |text: &str| PairFilter { text: text.into(), ..any() };
    assert_eq!(found(&tiller, set, any()), ids);
    assert_eq!(found(&tiller, set, text("äpfel")), ids[1..2]);
    assert_eq!(found(&tiller, set, text("你好")), ids[2..3]);
    let of =
        tiller.get(FindPairs { data_set: set, filter: PairFilter { mark: Some(Mark::Duplicate), ..any() } });
    assert_eq!(of.ids.iter().collect::<Vec<_>>(), [ids[0], ids[3]]);
    assert_eq!(of.tags, [("two words".to_owned(), 1), ("标签".to_owned(), 1)]);

    tiller.get(EditPair { pair: ids[0], content: PairContent { wanted: String::new(), ..pair("One") } });
    let of = tiller.get(FindPairs { data_set: set, filter: text("would") });
    assert_eq!(of.marks, [(Mark::Empty, 1), (Mark::Untagged, 3)], "no longer a duplicate");
    let rows =
        tiller.get(ReadRows { data_set: set, pairs: vec![ids[2], ids[0], 9999], text: "there".into() });
    assert_eq!(rows.iter().map(|row| (row.id, row.number)).collect::<Vec<_>>(), [(ids[2], 3), (ids[0], 1)]);
    assert_eq!((rows[0].field, rows[0].line.as_str()), (PairField::Turn, "Hi \"there\""));
    assert_eq!((rows[1].marks.as_slice(), rows[1].tokens), ([Mark::Empty, Mark::Untagged].as_slice(), None));

    tiller.get(DeletePair { pair: ids[1] });
    assert_eq!(found(&tiller, set, any()), [ids[0], ids[2], ids[3]]);
    tiller.get(Undo { data_set: set }).expect("the deletion");
    assert_eq!(found(&tiller, set, any()), ids);
    // Listing another data set replaces the cached list. Afterwards this one is listed again.
    let other = data_set(&tiller, &[pair("Other")]);
    assert_eq!(found(&tiller, other, any()).len(), 1);
    assert_eq!(found(&tiller, set, any()), ids);
    assert_eq!(
        tiller.call(FindPairs { data_set: 9999, filter: any() }).expect_err("no set").code,
        Code::NotFound
    );
}

#[test]
fn a_change_of_many_pairs_is_one_step_after_a_restart_too() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let set = data_set(&tiller, &[pair("One"), pair("Two"), pair("Three"), pair("Four")]);
    let ids: Vec<Id> = all(&tiller, set).iter().map(|pair| pair.id).collect();
    let mut states = vec![all(&tiller, set)];
    let step = |states: &mut Vec<Vec<Pair>>, ids: &[Id], what: PairChange| {
        change(&tiller, set, ids, what);
        states.push(all(&tiller, set));
    };
    step(&mut states, &ids, PairChange::Tag { tag: " new,  tag ".into() });
    assert!(states[1].iter().all(|pair| pair.content.tags == ["new tag"]));
    step(&mut states, &ids[..2], PairChange::Untag { tag: "new tag".into() });
    step(&mut states, &ids[1..3], PairChange::Split { split: Split::HeldOut });
    assert!(states[3][1].content.pinned && states[3][1].content.split == Split::HeldOut);
    step(&mut states, &ids[..1], PairChange::Swap);
    assert_eq!(states[4][0].content.wanted, "I would not.");
    step(&mut states, &ids[2..], PairChange::Move { to: MoveTarget::Before(ids[0]) });
    let order = |state: &[Pair]| state.iter().map(|pair| pair.id).collect::<Vec<_>>();
    assert_eq!(order(&states[5]), [ids[2], ids[3], ids[0], ids[1]]);
    step(&mut states, &[ids[2], ids[0]], PairChange::Duplicate);
    assert_eq!(states[6].len(), 6);
    assert_eq!(states[6][3].content, states[6][0].content, "the copies stand behind the last of them");
    step(&mut states, &[ids[0], ids[3]], PairChange::Delete);

    let same = ChangePairs {
        data_set: set,
        pairs: ids[..1].iter().copied().collect(),
        change: PairChange::Pin { pinned: false },
    };
    assert_eq!(tiller.get(same), None, "nothing to change is no step");
    let empty =
        ChangePairs { data_set: set, pairs: Ids::default(), change: PairChange::Tag { tag: " , ".into() } };
    assert!(tiller.call(empty).expect_err("no name").message.contains("needs a name"));
    drop(tiller);

    let tiller = Tiller::without_model(dir.path());
    let undone = tiller.get(Undo { data_set: set }).expect("a step");
    assert_eq!((undone.title.as_str(), undone.pairs, undone.is_many), ("Delete 2 pairs", 2, true));
    for state in states.iter().rev().skip(2) {
        tiller.get(Undo { data_set: set }).expect("a step");
        assert_eq!(&all(&tiller, set), state);
        assert_eq!(found(&tiller, set, PairFilter::default()), order(state), "the list follows");
    }
    for state in &states[1..] {
        tiller.get(Redo { data_set: set }).expect("a step");
        assert_eq!(&all(&tiller, set), state);
    }
}

#[test]
fn imports_splits_repairs_and_versions_are_undone_after_a_restart() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let pairs: Vec<PairContent> = (0..12).map(|number| pair(&format!(" Prompt {}", number % 9))).collect();
    let set = data_set(&tiller, &pairs);
    let mut states = vec![all(&tiller, set)];
    let mut titles = vec![];
    let step = |states: &mut Vec<Vec<Pair>>, titles: &mut Vec<&'static str>, title| {
        let now = all(&tiller, set);
        assert_ne!(states.last(), Some(&now), "{title}");
        states.push(now);
        titles.push(title);
    };
    let version = tiller.get(SaveVersion { data_set: set, name: "First".into() }).remove(0).hash;
    let import = ImportPairs {
        source: ImportSource::Text { text: "prompt\tchosen\trejected\na\tb\tc\nd\te\tf\n".into() },
        columns: None,
        into: ImportTarget::Existing { data_set: set },
        hold_out: HoldOut { share: 0.5, seed: 0 },
        skip_refused: false,
    };
    tiller.get(import);
    step(&mut states, &mut titles, "Import 2 pairs");
    let settings = SplitSettings { share: 0.5, ..SplitSettings::default() };
    tiller.get(SplitPairs { data_set: set, settings }).expect("a step");
    step(&mut states, &mut titles, "Split");
    let ids: Vec<Id> = states[0].iter().map(|pair| pair.id).collect();
    change(&tiller, set, &ids, PairChange::Pin { pinned: true });
    step(&mut states, &mut titles, "Pin or unpin 12 pairs");
    for (repair, title) in
        [(Repair::Trim, "Trim white space (12)"), (Repair::DeleteDuplicates, "Delete duplicates (3)")]
    {
        tiller.get(RepairPairs { data_set: set, repair, pairs: None }).expect("a step");
        step(&mut states, &mut titles, title);
    }
    tiller.get(RestoreVersion { data_set: set, hash: version, into: RestoreInto::Place });
    step(&mut states, &mut titles, "");
    drop(tiller);

    let tiller = Tiller::without_model(dir.path());
    for (state, title) in states.iter().rev().skip(1).zip(titles.iter().rev()) {
        let undone = tiller.get(Undo { data_set: set }).expect("a step");
        assert!(undone.title.starts_with(title), "{} and not {title}", undone.title);
        assert_eq!(&all(&tiller, set), state, "{title} undone");
    }
    drop(tiller);

    let tiller = Tiller::without_model(dir.path());
    for (state, title) in states[1..].iter().zip(&titles) {
        tiller.get(Redo { data_set: set }).expect("a step");
        assert_eq!(&all(&tiller, set), state, "{title} done again");
    }
    assert_eq!(tiller.get(Redo { data_set: set }), None);
}

#[test]
fn a_split_is_planned_and_then_one_step() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let mut pairs: Vec<PairContent> = (0..20).map(|number| pair(&format!("Prompt {number}"))).collect();
    pairs.push(rich());
    let set = data_set(&tiller, &pairs);
    let settings = SplitSettings { share: 0.5, seed: 1, ..SplitSettings::default() };
    let plan = tiller.get(PlanSplit { data_set: set, settings });
    assert_eq!((plan.train + plan.held_out, plan.pinned, plan.torn), (21, 1, 0));
    assert!((10..=11).contains(&plan.held_out), "{plan:?}");
    let before = all(&tiller, set);
    let edited = tiller.get(SplitPairs { data_set: set, settings }).expect("a step");
    assert_eq!((edited.pairs, edited.data_set.held_out), (plan.changed, plan.held_out));
    assert_eq!(
        tiller.get(SplitPairs { data_set: set, settings }),
        None,
        "the same seed gives the same split"
    );
    tiller.get(Undo { data_set: set }).expect("a step");
    assert_eq!(all(&tiller, set), before);
    let wrong = SplitSettings { share: 1.5, ..settings };
    assert_eq!(
        tiller.call(SplitPairs { data_set: set, settings: wrong }).expect_err("too much").code,
        Code::Invalid
    );
}

#[test]
fn a_version_is_compared_and_restored() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let set = data_set(&tiller, &[pair("One"), rich(), pair("Three")]);
    let before = all(&tiller, set);
    let kept = tiller.get(SaveVersion { data_set: set, name: "First".into() });
    assert_eq!((kept.len(), kept[0].pairs, kept[0].held_out, kept[0].is_current), (1, 3, 1, true));
    assert_eq!((kept[0].uses[0].kind, kept[0].uses[0].name.as_str()), (UseKind::Named, "First"));
    let hash = kept[0].hash.clone();

    tiller.get(DeletePair { pair: before[0].id });
    tiller.get(AddPair { data_set: set, after: None, content: pair("Four") });
    tiller.get(EditPair {
        pair: before[2].id,
        content: PairContent { wanted: "Else.".into(), ..pair("Three") },
    });
    let differs = tiller.get(CompareVersion { data_set: set, hash: hash.clone() });
    assert_eq!((differs.same, differs.changed, differs.added, differs.removed), (1, 1, 1, 1));
    assert!(!tiller.get(ListVersions { data_set: set })[0].is_current);
    let page = tiller.get(ReadVersion { hash: hash.clone(), first: 1, count: 1 });
    assert_eq!((page.all, page.pairs), (3, vec![rich()]));

    let after = all(&tiller, set);
    let restored = tiller.get(RestoreVersion { data_set: set, hash: hash.clone(), into: RestoreInto::Place });
    assert_eq!(restored.data_set, set);
    assert_eq!(contents(&tiller, set), before.iter().map(|pair| pair.content.clone()).collect::<Vec<_>>());
    assert_eq!(all(&tiller, set)[1].id, before[1].id, "pairs that are there still keep their ids");
    assert!(tiller.get(ListVersions { data_set: set })[0].is_current);
    tiller.get(Undo { data_set: set }).expect("a step");
    assert_eq!(all(&tiller, set), after);

    let into = RestoreInto::New { name: "As it was".into() };
    let new = tiller.get(RestoreVersion { data_set: set, hash: hash.clone(), into }).data_set;
    assert_eq!(contents(&tiller, new), before.iter().map(|pair| pair.content.clone()).collect::<Vec<_>>());
    let gone = tiller.call(ReadVersion { hash: "none".into(), first: 0, count: 1 }).expect_err("no version");
    assert_eq!(gone.code, Code::NotFound);
}

#[test]
fn conversations_go_out_and_come_back_whole() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let own = [pair("Plain"), rich()];
    let set = data_set(&tiller, &own);
    let written = |format: PairFormat, everything: bool, tags: Vec<String>| {
        let name = format!("{format:?}-{everything}-{}.{}", tags.len(), format.ending());
        let path = dir.path().join(name).display().to_string();
        let to = path.clone();
        let export = ExportPairs {
            data_set: set,
            split: None,
            tags,
            file: FileRef::typed(to),
            format,
            everything,
            guard_formulas: false,
            replace: false,
        };
        (tiller.get(export), path)
    };
    let read = |path: String| {
        let hold_out = HoldOut { share: 0.0, seed: 0 };
        let (source, into) = (
            ImportSource::File { file: FileRef::typed(path) },
            ImportTarget::New { name: String::new(), description: String::new() },
        );
        let set = tiller.get(ImportPairs { source, columns: None, into, hold_out, skip_refused: false });
        contents(&tiller, set.id)
    };
    let whole = |pairs: u32| ipc::files::ExportedPairs { pairs, shortened: 0 };
    for format in PairFormat::ALL {
        let (exported, path) = written(format, true, vec![]);
        assert_eq!(exported, whole(2), "{format:?}");
        assert_eq!(read(path), own, "{format:?} with everything");
    }
    for format in [PairFormat::TrlJsonl, PairFormat::TrlParquet] {
        let (exported, path) = written(format, false, vec![]);
        assert_eq!(exported, whole(2), "{format:?}");
        let back = read(path);
        assert_eq!((&back[1].system, &back[1].turns), (&own[1].system, &own[1].turns), "{format:?}");
        assert!(back[1].tags.is_empty() && !back[1].pinned, "{format:?}");
    }
    let (exported, path) = written(PairFormat::BipoCsv, false, vec![]);
    assert_eq!((exported.pairs, exported.shortened), (2, 1), "the CSV itself has no place for turns");
    assert_eq!(read(path)[1], pair("And now?"));
    let (exported, path) = written(PairFormat::TillerJsonl, true, vec!["标签".into(), "none".into()]);
    assert_eq!(exported.pairs, 1);
    assert_eq!(read(path), own[1..]);
}

#[test]
fn pasted_cells_are_previewed_and_imported() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let text = "question\tmatching\tnot_matching\n你好?\t\"two\nlines\"\tNo\n";
    let source = || ImportSource::Text { text: text.into() };
    let preview = tiller.get(PreviewImport { source: source(), columns: None });
    assert_eq!((preview.format.as_deref(), preview.pairs, preview.refused), (Some("BiPO pairs"), 1, 0));
    let hold_out = HoldOut { share: 0.0, seed: 0 };
    let into = ImportTarget::New { name: String::new(), description: String::new() };
    let set =
        tiller.get(ImportPairs { source: source(), columns: None, into, hold_out, skip_refused: false });
    assert_eq!(set.name, "Pasted");
    assert_eq!(contents(&tiller, set.id)[0].wanted, "two\nlines");
    let own = serde_json::to_string(&rich()).expect("JSON");
    let preview = tiller.get(PreviewImport { source: ImportSource::Text { text: own }, columns: None });
    assert_eq!((preview.pairs, preview.system_messages, preview.conversations), (1, 1, 1));
    let nothing = PreviewImport { source: ImportSource::Text { text: " \n".into() }, columns: None };
    assert!(tiller.call(nothing).expect_err("nothing").message.contains("Nothing was pasted"));
}

#[test]
fn a_file_that_says_the_split_pins_it() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let text = "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"split\": \"test\"}\n";
    let hold_out = HoldOut { share: 0.0, seed: 0 };
    let (source, into) = (
        ImportSource::Text { text: text.into() },
        ImportTarget::New { name: "T".into(), description: String::new() },
    );
    let set = tiller.get(ImportPairs { source, columns: None, into, hold_out, skip_refused: false });
    let pairs = contents(&tiller, set.id);
    assert!(pairs[0].pinned && pairs[0].split == Split::HeldOut);
    let settings = SplitSettings { share: 0.0, ..SplitSettings::default() };
    assert_eq!(tiller.get(PlanSplit { data_set: set.id, settings }).changed, 0);
    let anew = SplitSettings { keep_pinned: false, ..settings };
    assert_eq!(tiller.get(PlanSplit { data_set: set.id, settings: anew }).changed, 1);
}

#[test]
fn tokens_are_counted_beside_and_shown_one_by_one() {
    let dir = folder();
    let (tiller, _) = Tiller::ready(dir.path());
    let long = PairContent { wanted: "word ".repeat(20_000), ..pair("Long?") };
    let set = data_set(&tiller, &[pair("Hello 你好"), rich(), long]);
    let system_prompt = String::from("You are helpful.");
    tiller.get(CountPairs { data_set: set, system_prompt: system_prompt.clone() });
    let counted = tiller.wait_for(|event| match event {
        Event::PairsCounted(counted) if counted.data_set == set && counted.counted == 3 => Some(*counted),
        _ => None,
    });
    assert_eq!((counted.all, counted.too_long), (3, 1));
    let ids: Vec<Id> = all(&tiller, set).iter().map(|pair| pair.id).collect();
    let too_long = PairFilter { mark: Some(Mark::TooLong), ..PairFilter::default() };
    assert_eq!(found(&tiller, set, too_long), ids[2..]);

    let rows = tiller.get(ReadRows { data_set: set, pairs: ids, text: String::new() });
    for (row, content) in rows.iter().zip([pair("Hello 你好"), rich()]) {
        let count =
            tiller.get(CountTokens { content: content.clone(), system_prompt: system_prompt.clone() });
        assert_eq!(row.tokens, Some(count.prompt + count.wanted.max(count.opposite)));
        let shown = tiller.get(ShowTokens { content: content.clone(), system_prompt: system_prompt.clone() });
        let lengths = [&shown.prompt, &shown.wanted, &shown.opposite].map(|tokens| tokens.len() as u32);
        assert_eq!(lengths, [count.prompt, count.wanted, count.opposite]);
        let end = shown.wanted.last().expect("the closing token");
        assert!(end.special && end.text == "<|im_end|>", "{end:?}");
        let text: String =
            shown.wanted.iter().filter(|token| !token.special).map(|token| token.text.as_str()).collect();
        assert_eq!(text, content.wanted);
    }
    // The model reads the pair's own system prompt and turns.
    let shown = tiller.get(ShowTokens { content: rich(), system_prompt });
    let text: String = shown.prompt.iter().map(|token| token.text.as_str()).collect();
    assert!(text.contains("You are brief.") && !text.contains("You are helpful."), "{text}");
    let order =
        ["Hi \"there\"", "<|im_start|>assistant", "And now?"].map(|part| text.find(part).expect(part));
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn pairs_that_were_read_already_are_imported_as_they_are() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let held_out = PairContent { split: Split::HeldOut, ..pair("Two") };
    let pairs = vec![PairContent { split: Split::Train, ..pair("One") }, held_out];
    let header = ["q", "good", "bad"].map(str::to_owned).to_vec();
    let named = Columns { prompt: header[0].clone(), wanted: header[1].clone(), opposite: header[2].clone() };
    let set = tiller.get(ImportPairs {
        source: ImportSource::Pairs { header, pairs: pairs.clone() },
        columns: Some(named.clone()),
        into: ImportTarget::New { name: "Read".into(), description: String::new() },
        // Every pair has its split, so that nothing is drawn.
        hold_out: HoldOut { share: 1.0, seed: 0 },
        skip_refused: false,
    });
    assert_eq!((set.name.as_str(), set.train, set.held_out), ("Read", 1, 1));
    let stored: Vec<PairContent> = all(&tiller, set.id).into_iter().map(|pair| pair.content).collect();
    assert_eq!(stored, pairs);
    // The columns are remembered for the file's header as in an import of the file.
    let text = "q,good,bad\na,b,c\n".to_owned();
    let preview = tiller.get(PreviewImport { source: ImportSource::Text { text }, columns: None });
    assert_eq!(preview.remembered.map(|remembered| remembered.columns), Some(named));
}
