//! Tests the import and export of pairs and vectors through the commands, on Tauri's mock runtime.

use std::fs;
use std::path::Path;

use crate::support::{self, folder, paths_without_model, small_run};
use crate::window::Tiller;
use ipc::command::*;
use ipc::data::{DataSet, Pair, PairContent, Split};
use ipc::event::Event;
use ipc::files::{Columns, FileRef, HoldOut, ImportSource, ImportTarget, PairFormat};
use ipc::job::JobState;
use ipc::vector::Vector;
use ipc::{Code, Id};
use vectors::files::{Provenance, VectorFile};

/// Two pairs. The first prompt has a line break and quotes.
const BIPO: &str =
    "question,matching,not_matching\n\"Is it\n\"\"so\"\"?\",Yes,No\nAnd now?,\"Yes, now\",Not now\n";

/// Opens Tiller without a model file, which is quick.
fn open(data: &Path) -> Tiller {
    let tiller = Tiller::open(&paths_without_model(&data.join("data")));
    tiller.watch();
    tiller
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    path.display().to_string()
}

fn import(path: &str, into: ImportTarget) -> ImportPairs {
    let hold_out = HoldOut { share: 0.0, seed: 0 };
    ImportPairs { source: file(path), columns: None, into, hold_out, skip_refused: false }
}

fn file(path: &str) -> ImportSource {
    ImportSource::File { file: FileRef::typed(path) }
}

fn new(name: &str) -> ImportTarget {
    ImportTarget::New { name: name.into() }
}

fn contents(pairs: &[Pair]) -> Vec<PairContent> {
    pairs.iter().map(|pair| pair.content.clone()).collect()
}

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
fn an_unknown_table_is_shown_until_its_columns_are_named() {
    let dir = folder();
    let tiller = open(dir.path());
    let path = written(dir.path(), "table.csv", "id;frage;gut;schlecht\n1;Wer?;Ich;Du\n");
    let preview = tiller.get(PreviewImport { source: file(&path), columns: None });
    assert_eq!((preview.format, preview.pairs), (None, 0));
    assert_eq!(preview.columns, ["id", "frage", "gut", "schlecht"]);
    assert_eq!(preview.first[0].cells, ["1", "Wer?", "Ich", "Du"]);
    assert_eq!(tiller.call(import(&path, new("T"))).expect_err("no columns").code, Code::Invalid);

    let columns = Columns { prompt: "frage".into(), wanted: "gut".into(), opposite: "schlecht".into() };
    let preview = tiller.get(PreviewImport { source: file(&path), columns: Some(columns.clone()) });
    assert_eq!(
        (preview.pairs, &preview.first[0].cells[..]),
        (1, &["Wer?", "Ich", "Du"].map(String::from)[..])
    );
    let set = tiller.get(ImportPairs { columns: Some(columns.clone()), ..import(&path, new("T")) });
    assert_eq!(tiller.get(ListPairs { data_set: set.id })[0].content.opposite, "Du");
    let some = Columns { prompt: "frage".into(), ..Columns::default() };
    let shown = tiller.get(PreviewImport { source: file(&path), columns: Some(some) });
    assert_eq!(
        (shown.format, shown.first[0].cells.len()),
        (None, shown.columns.len()),
        "not all are named yet"
    );
    let wrong = Columns { prompt: "no such column".into(), ..columns };
    let refused =
        tiller.call(PreviewImport { source: file(&path), columns: Some(wrong) }).expect_err("no such column");
    assert!(refused.message.contains("no such column"), "{refused:?}");
}

#[test]
fn named_columns_are_remembered_for_the_same_header_until_they_are_forgotten() {
    let dir = folder();
    let tiller = open(dir.path());
    let path = written(dir.path(), "table.csv", "id;frage;gut;schlecht\n1;Wer?;Ich;Du\n");
    let columns = Columns { prompt: "frage".into(), wanted: "gut".into(), opposite: "schlecht".into() };
    let preview = |path: &str, columns: Option<&Columns>| {
        tiller.get(PreviewImport { source: file(path), columns: columns.cloned() })
    };
    assert_eq!(preview(&path, Some(&columns)).remembered, None, "a preview remembers nothing");
    assert_eq!(preview(&path, None).format, None);
    tiller.get(ImportPairs { columns: Some(columns.clone()), ..import(&path, new("T")) });

    // The same set of names in another order, separated by tabs.
    let other = written(dir.path(), "other.tsv", "schlecht\tgut\tid\tfrage\nDu\tIch\t1\tWer?\n");
    let again = preview(&other, None);
    let remembered = again.remembered.expect("the columns");
    assert_eq!((again.format.as_deref(), again.pairs), (Some("columns of your choice"), 1));
    assert_eq!((&remembered.columns, remembered.is_used), (&columns, true));
    assert_eq!(again.first[0].cells, ["Wer?", "Ich", "Du"]);
    let named = preview(&other, Some(&columns)).remembered;
    assert!(named.is_some_and(|named| named.is_used), "the choice stays the remembered one");
    // An import does not take them by itself.
    assert_eq!(tiller.call(import(&other, new("O"))).expect_err("no columns").code, Code::Invalid);
    let fewer = written(dir.path(), "fewer.csv", "frage;gut;schlecht\nWer?;Ich;Du\n");
    assert_eq!(preview(&fewer, None).format, None, "another set of names");

    // It outlives the window.
    drop(tiller);
    let tiller = open(dir.path());
    let preview = |path: &str| tiller.get(PreviewImport { source: file(path), columns: None });
    assert_eq!(preview(&path).remembered, Some(remembered.clone()));
    tiller.get(ForgetColumns { header_hash: remembered.header_hash });
    assert_eq!((preview(&path).remembered, preview(&path).format), (None, None));
}

#[test]
fn columns_that_were_named_for_a_known_format_are_offered_and_not_taken() {
    let dir = folder();
    let tiller = open(dir.path());
    let path = written(dir.path(), "turned.csv", "prompt,chosen,rejected\nq,a,b\n");
    let columns = Columns { prompt: "prompt".into(), wanted: "rejected".into(), opposite: "chosen".into() };
    let existing = tiller.watch_again().data_sets[0].id;
    let into = ImportTarget::Existing { data_set: existing };
    tiller.get(ImportPairs { columns: Some(columns.clone()), ..import(&path, into) });
    let preview = tiller.get(PreviewImport { source: file(&path), columns: None });
    let remembered = preview.remembered.expect("the columns");
    assert_eq!((remembered.columns, remembered.is_used), (columns, false));
    assert_eq!(preview.format.as_deref(), Some("TRL preference data"));
    assert_eq!(preview.first[0].cells, ["q", "a", "b"]);
}

#[test]
fn a_file_with_one_answer_to_each_prompt_is_refused_by_name_until_its_columns_are_named() {
    let dir = folder();
    let tiller = open(dir.path());
    let chosen =
        written(dir.path(), "chosen.jsonl", "{\"prompt\": \"q\", \"chosen\": \"a\", \"worse\": \"b\"}\n");
    let kto =
        written(dir.path(), "kto.jsonl", "{\"prompt\": \"q\", \"completion\": \"a\", \"label\": true}\n");
    for (path, words) in [(&chosen, "only chosen answers"), (&kto, "KTO's data")] {
        for refused in [
            tiller.call(PreviewImport { source: file(path), columns: None }).expect_err("a refusal"),
            tiller.call(import(path, new("In"))).expect_err("a refusal"),
        ] {
            assert!(refused.message.contains(words) && refused.code == Code::Invalid, "{refused:?}");
        }
    }
    // Until all columns are named, the first rows are shown.
    let some = Columns { prompt: "prompt".into(), ..Columns::default() };
    let shown = tiller.get(PreviewImport { source: file(&chosen), columns: Some(some.clone()) });
    assert_eq!(shown.first[0].cells, ["q", "a", "b"]);
    let columns = Columns { wanted: "chosen".into(), opposite: "worse".into(), ..some };
    tiller.get(ImportPairs { columns: Some(columns), ..import(&chosen, new("In")) });
    let again = tiller.get(PreviewImport { source: file(&chosen), columns: None });
    assert!(again.pairs == 1 && again.remembered.is_some_and(|remembered| remembered.is_used));
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

#[test]
fn data_sets_are_made_renamed_and_deleted() {
    let dir = folder();
    let tiller = open(dir.path());
    let set = tiller.get(CreateDataSet { name: " Mine ".into() });
    assert_eq!((set.name.as_str(), set.train), ("Mine", 0));
    assert_eq!(tiller.call(CreateDataSet { name: " ".into() }).expect_err("no name").code, Code::Invalid);
    let renamed = tiller.get(RenameDataSet { data_set: set.id, name: "Yours".into() });
    assert_eq!(renamed, DataSet { name: "Yours".into(), ..set.clone() });
    tiller.get(DeleteDataSet { data_set: set.id });
    tiller.wait_for(|event| matches!(event, Event::DataSetDeleted(id) if *id == set.id).then_some(()));
    assert_eq!(tiller.watch_again().data_sets.len(), 3);
    assert_eq!(tiller.call(ListPairs { data_set: set.id }).expect_err("it is gone").code, Code::NotFound);
}

/// Trains a vector in a few steps and waits for the run's end.
fn train(tiller: &Tiller, model: Id, data_set: Id) -> Vector {
    tiller.shrink(data_set);
    let run = tiller.get(Train { name: "Small".into(), model, data_set, settings: small_run(1) });
    let vector = tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        Event::Job(job) if job.id == run.job && matches!(job.state, JobState::Failed { .. }) => {
            panic!("{job:?}")
        }
        _ => None,
    });
    tiller.wait_for(|event| {
        matches!(event, Event::Run(now) if now.id == run.id && now.state == JobState::Done).then_some(())
    });
    vector
}

#[test]
fn a_vector_goes_out_and_comes_back_in_the_same_bits() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[2].id);
    let vector = train(&tiller, model, data_set);
    let place = |name: &str| dir.path().join(name).display().to_string();
    let read = |name: &str| VectorFile::read(Path::new(&place(name)), Some(26)).expect("a vector file");

    let export =
        ExportVector { vector: vector.id, file: FileRef::typed(place("v.safetensors")), replace: false };
    assert_eq!(tiller.get(export.clone()).server_line, None);
    let original = read("v.safetensors");
    assert_eq!((original.vectors[0].layer, original.size()), (26, 576));
    let provenance = &original.provenance;
    assert_eq!(
        (provenance.name.as_deref(), provenance.method.as_deref(), provenance.seed),
        (Some("Small"), Some("bipo"), Some(7))
    );
    assert!(provenance.model_fingerprint.is_some() && provenance.data_hash.is_some(), "{provenance:?}");
    assert!(
        provenance.settings.as_deref().is_some_and(|all| all.contains("system_prompt")),
        "{provenance:?}"
    );
    assert_eq!(tiller.call(export.clone()).expect_err("the file is there").code, Code::Invalid);
    tiller.get(ExportVector { replace: true, ..export.clone() });

    for name in ["v.safetensors", "my v.gguf", "v.pt", "v.npy", "v.json"] {
        let exported =
            tiller.get(ExportVector { file: FileRef::typed(place(name)), replace: true, ..export.clone() });
        assert_eq!(exported.server_line.is_some(), name.contains("gguf"), "{exported:?}");
        if let Some(line) = exported.server_line {
            assert!(line.starts_with("llama-server -m ") && line.contains("my v.gguf"), "{line}");
        }
        let says_layer = !matches!(name, "v.pt" | "v.npy");
        let request =
            ImportVector { file: FileRef::typed(place(name)), name: String::new(), layer: None, model };
        if !says_layer {
            let refused = tiller.call(request.clone()).expect_err("no layer");
            assert!(refused.message.contains("layer"), "{refused:?}");
        }
        let back = tiller.get(ImportVector { layer: (!says_layer).then_some(26), ..request });
        assert_eq!((back.layer, back.size, back.run, back.data_set), (26, 576, None, None));
        assert_eq!((back.method.is_some(), back.residual_norm), (says_layer, None), "{name}");
        assert_eq!(back.name, if says_layer { "Small" } else { "v" });
        tiller.get(ExportVector {
            vector: back.id,
            file: FileRef::typed(place("again.safetensors")),
            replace: true,
        });
        let again = read("again.safetensors");
        let bits = |file: &VectorFile| file.vectors[0].values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&again), bits(&original), "{name}");
        if says_layer {
            assert_eq!(again.provenance, original.provenance, "{name}: where it comes from is kept");
        }
    }

    // An imported vector steers and can be measured like any other.
    let imported = tiller.watch_again().vectors[0].clone();
    let sweep = tiller.get(StartSweep {
        model: imported.model,
        settings: support::sweep_of(imported.id, data_set, &[0.0]),
    });
    let refused = tiller.call(DeleteDataSet { data_set });
    let over = tiller.wait_for(|event| match event {
        Event::Sweep(now) if now.id == sweep.id && now.state.is_over() => Some(now.state.clone()),
        _ => None,
    });
    assert_eq!(over, JobState::Done);
    if let Err(refused) = refused {
        assert!(refused.message.contains("A job uses"), "{refused:?}");
        tiller.get(DeleteDataSet { data_set });
    }
    let picture = tiller.watch_again();
    assert!(picture.runs.is_empty() && picture.sweeps.is_empty());
    assert_eq!(picture.vectors.len(), 6, "vectors outlive their data set");
}

#[test]
fn a_table_with_the_embedding_first_is_imported_without_it_and_its_note_says_so() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    // The starter model has 30 blocks of 576 numbers: hidden_states are 31 rows.
    let row = |layer: usize| vec![if layer == 27 { 0.5 } else { 0.0 }; 576];
    let rows: Vec<Vec<f64>> = (0..31).map(row).collect();
    let path = dir.path().join("hidden.json");
    std::fs::write(&path, serde_json::to_vec(&rows).expect("JSON")).expect("a file");
    let file = FileRef::typed(path.display().to_string());
    let vector = tiller.get(ImportVector { file, name: String::new(), layer: None, model });
    assert_eq!((vector.layers.as_slice(), vector.name.as_str()), (&[26][..], "hidden"));
    assert!(vector.note.contains("embedding"), "{}", vector.note);
}

#[test]
fn a_preview_says_before_the_import_what_the_import_then_notes() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let written = |name: &str, content: serde_json::Value| {
        let path = dir.path().join(name);
        fs::write(&path, content.to_string()).expect("a file");
        FileRef::typed(path.display().to_string())
    };
    let preview = |file: &FileRef| tiller.get(PreviewVector { file: file.clone(), model });
    let import = |file: &FileRef, layer| {
        tiller.call(ImportVector { file: file.clone(), name: String::new(), layer, model })
    };

    // The name suggests a layer, which is never taken unasked.
    let named = written("vec_ep20_layer15.json", serde_json::json!(vec![0.5; 576]));
    let found = preview(&named);
    assert_eq!((found.layers.len(), found.size, found.needs_layer), (0, 576, true));
    assert_eq!((found.suggested_layer, found.notes.len()), (Some(15), 0));
    assert!(import(&named, None).is_err());
    assert_eq!(import(&named, Some(15)).expect("a layer").layers, [15]);

    // What another program wrote beside the vector is left out: the note says the same as the preview.
    let foreign =
        serde_json::json!({"layer": 3, "vector": vec![0.5; 576], "coefficient": 4, "cohens_d": [1, {}]});
    let foreign = written("foreign.json", foreign);
    let found = preview(&foreign);
    assert_eq!((found.layers.as_slice(), found.needs_layer, found.suggested_layer), (&[3][..], false, None));
    assert!(found.notes[0].contains("\"coefficient\", \"cohens_d\""), "{:?}", found.notes);
    assert_eq!(import(&foreign, None).expect("a vector").note, found.notes.join(" "));

    // hidden_states: the embedding is known by the model's number of blocks.
    let rows: Vec<Vec<f64>> = (0..31).map(|row| vec![f64::from(row == 27) * 0.5; 576]).collect();
    let hidden = written("hidden.json", serde_json::json!(rows));
    let found = preview(&hidden);
    assert!(found.layers == [26] && found.notes[0].contains("embedding"), "{found:?}");
    assert_eq!(import(&hidden, None).expect("a vector").note, found.notes.join(" "));

    let nothing = written("nothing.json", serde_json::json!({"a": 1}));
    assert!(tiller.call(PreviewVector { file: nothing, model }).is_err());
    assert_eq!(tiller.watch_again().vectors.len(), 3, "a preview stores nothing");
}

#[test]
fn vectors_that_do_not_fit_are_refused_with_both_sizes() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let vector = |layer: usize, size: usize| vectors::steering::SteeringVector {
        layer,
        values: vec![0.5; size].into(),
    };
    let import = |name: &str, all: Vec<vectors::steering::SteeringVector>, layer| {
        let path = dir.path().join(name);
        VectorFile::new(all, Provenance::default()).expect("vectors").write(&path).expect("a file");
        let request = ImportVector {
            file: FileRef::typed(path.display().to_string()),
            name: "In".into(),
            layer,
            model,
        };
        tiller.call(request)
    };
    let refused = import("short.json", vec![vector(3, 8)], None).expect_err("8 numbers");
    assert!(refused.message.contains("8 numbers") && refused.message.contains("576"), "{refused:?}");
    let refused = import("high.json", vec![vector(30, 576)], None).expect_err("no layer 30");
    assert!(refused.message.contains("layer 30") && refused.message.contains("0 to 29"), "{refused:?}");
    let two = || vec![vector(3, 576), vector(0, 576)];
    let refused = import("two.json", two(), Some(4)).expect_err("no layer 4");
    assert!(refused.message.contains("0, 3"), "{refused:?}");
    let refused = import("two.json", vec![vector(3, 576), vector(30, 576)], None).expect_err("no layer 30");
    assert!(refused.message.contains("layer 30"), "{refused:?}");
    assert_eq!(import("two.json", two(), Some(3)).expect("layer 3").layer, 3);
    assert!(tiller.watch_again().vectors.len() == 1, "a refused file leaves nothing behind");
    assert_eq!(import("two.json", two(), None).expect("both layers").layers, [0, 3]);

    // llama.cpp adds nothing after block 0.
    let first = import("two.json", two(), Some(0)).expect("layer 0");
    let path = dir.path().join("zero.gguf");
    let export =
        ExportVector { vector: first.id, file: FileRef::typed(path.display().to_string()), replace: false };
    let refused = tiller.call(export).expect_err("layer 0");
    assert!(refused.message.contains("layer 0") && !path.exists(), "{refused:?}");

    let missing = dir.path().join("none.gguf").display().to_string();
    let request = ImportVector { file: FileRef::typed(missing), name: String::new(), layer: None, model };
    assert_eq!(tiller.call(request.clone()).expect_err("no file").code, Code::NotFound);
    let refused =
        tiller.call(ImportVector { file: FileRef::typed("/v.docx"), ..request }).expect_err("no such ending");
    assert!(refused.message.contains(".safetensors"), "{refused:?}");
    let forbidden = dir.path().join("evil.pt");
    fs::write(&forbidden, b"\x80\x02cos\nsystem\nU\x04exit\x85R.").expect("a file");
    let request = ImportVector {
        file: FileRef::typed(forbidden.display().to_string()),
        name: String::new(),
        layer: Some(1),
        model,
    };
    assert!(tiller.call(request).is_err());
}
