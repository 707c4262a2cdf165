//! Tests the columns that a person names, which are remembered for files with the same header.

use super::*;
use crate::support::folder;
use ipc::Code;
use ipc::files::Columns;

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
    let two = written(
        dir.path(),
        "two.jsonl",
        "{\"prompt\": \"q\", \"response_0\": \"a\", \"response_1\": \"b\", \"better_response_id\": 0, \"safer_response_id\": 1}\n",
    );
    for (path, words) in [(&chosen, "only chosen answers"), (&kto, "KTO's data"), (&two, "PKU-SafeRLHF")] {
        for refused in [
            tiller.call(PreviewImport { source: file(path), columns: None }).expect_err("a refusal"),
            tiller.call(import(path, new("In"))).expect_err("a refusal"),
        ] {
            assert!(refused.message.contains(words) && refused.code == Code::Invalid, "{refused:?}");
        }
    }
    // A column that chooses an answer is named for both.
    let safer = Columns {
        prompt: "prompt".into(),
        wanted: "safer_response_id".into(),
        opposite: "safer_response_id".into(),
    };
    let shown = tiller.get(PreviewImport { source: file(&two), columns: Some(safer) });
    assert_eq!(shown.first[0].cells, ["q", "b", "a"]);
    // Until all columns are named, the first rows are shown.
    let some = Columns { prompt: "prompt".into(), ..Columns::default() };
    let shown = tiller.get(PreviewImport { source: file(&chosen), columns: Some(some.clone()) });
    assert_eq!(shown.first[0].cells, ["q", "a", "b"]);
    let columns = Columns { wanted: "chosen".into(), opposite: "worse".into(), ..some };
    tiller.get(ImportPairs { columns: Some(columns), ..import(&chosen, new("In")) });
    let again = tiller.get(PreviewImport { source: file(&chosen), columns: None });
    assert!(again.pairs == 1 && again.remembered.is_some_and(|remembered| remembered.is_used));
}
