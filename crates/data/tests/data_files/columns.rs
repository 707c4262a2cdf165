//! Which columns a file's report calls read: those that its format reads, and no others.

use data::data_files::{DataFile, DataFileError, Mapping, Sample};

fn columns(text: &str, mapping: Option<&Mapping>) -> (Vec<String>, Vec<String>) {
    let report = DataFile::parse(text.as_bytes(), mapping).expect("a data file").report;
    (report.read, report.left_out)
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_format_reads_its_own_optional_columns_only() {
    // BiPO's files have no history, and nothing reads turns there.
    let bipo = "question,matching,not_matching,history,input,turns,before,system,Best Incorrect Answer\na,b,c,,,,,,\n";
    let (read, left_out) = columns(bipo, None);
    assert_eq!(read, names(&["question", "matching", "not_matching", "before", "system"]));
    assert_eq!(left_out, names(&["history", "input", "turns", "Best Incorrect Answer"]));
    let (read, left_out) = columns(
        r#"{"prompt": "p", "wanted": "w", "opposite": "o", "turns": [], "history": [], "before": "", "tags": []}"#,
        None,
    );
    assert_eq!(read, names(&["prompt", "wanted", "opposite", "turns", "tags"]));
    assert_eq!(left_out, names(&["history", "before"]));
    let truthful = "Question,Best Answer,Incorrect Answers,Best Incorrect Answer,history\nq,w,o,p,\n";
    assert_eq!(columns(truthful, None).1, names(&["history"]));
    let choices = "question,A,B,matching,before,note\nq,a,b,A,,n\n";
    assert_eq!(columns(choices, None).1, names(&["before"]));
    let mapping = Mapping { prompt: "q".into(), wanted: "w".into(), opposite: "o".into() };
    let (read, left_out) = columns("q,w,o,history,input,split\na,b,c,d,e,train\n", Some(&mapping));
    assert_eq!((read, left_out), (names(&["q", "w", "o", "split"]), names(&["history", "input"])));
}

#[test]
fn of_several_columns_that_may_hold_the_prompt_those_that_did_were_read() {
    let both = r#"{"prompt": "p", "question": "q", "instruction": "i", "input": "x", "chosen": "a", "rejected": "b"}"#;
    let (read, left_out) = columns(both, None);
    assert_eq!(read, names(&["prompt", "chosen", "rejected"]));
    assert_eq!(left_out, names(&["question", "instruction", "input"]));
    let mixed = format!("{both}\n{}", both.replace("\"p\"", "null"));
    assert_eq!(columns(&mixed, None).1, names(&["instruction", "input"]));
    let alpaca = r#"{"instruction": "i", "input": "x", "chosen": "a", "rejected": "b", "tools": []}"#;
    assert_eq!(columns(alpaca, None).1, names(&["tools"]));
}

#[test]
fn an_empty_cell_is_no_prompt_where_another_column_has_one() {
    let file = DataFile::parse(b"prompt,question,chosen,rejected\n,q,a,b\np,q,a,b\n,,a,b\n", None);
    let prompts: Vec<String> = file.expect("a table").rows.into_iter().map(|row| row.prompt).collect();
    assert_eq!(prompts, ["q", "p", ""]);
}

#[test]
fn a_system_message_is_read_or_refused_in_every_format() {
    let mapping = Mapping { prompt: "x".into(), wanted: "y".into(), opposite: "z".into() };
    for (columns, mapping) in [
        (["prompt", "chosen", "rejected"], None),
        (["question", "matching", "not_matching"], None),
        (["prompt", "wanted", "opposite"], None),
        (["question", "answer_matching_behavior", "answer_not_matching_behavior"], None),
        (["x", "y", "z"], Some(&mapping)),
    ] {
        let [prompt, wanted, opposite] = columns;
        let read = |system: &str| {
            let row =
                format!(r#"{{"{prompt}": "p", "{wanted}": "w", "{opposite}": "o", "system": {system}}}"#);
            DataFile::parse(row.as_bytes(), mapping).expect("a row")
        };
        assert_eq!(read("\"Be brief.\"").rows[0].system.as_deref(), Some("Be brief."), "{columns:?}");
        assert_eq!(read("null").rows[0].system, None, "{columns:?}");
        for (other, kind) in [(r#"[{"role": "system", "content": "s"}]"#, "a list"), ("7", "a number")] {
            let file = read(other);
            assert!(file.rows.is_empty(), "{columns:?}");
            let reason = &file.refused[0].reason;
            assert!(reason.contains("\"system\" is") && reason.contains(kind), "{columns:?}: {reason}");
        }
    }
}

#[test]
fn a_needed_column_that_is_there_twice_is_refused_and_another_is_not() {
    let twice = DataFile::parse(b"question,matching,not_matching,matching\na,b,c,d\n", None);
    assert!(twice.expect_err("a refusal").to_string().contains("two columns are called \"matching\""));
    let other =
        DataFile::parse(b"question,matching,not_matching,x,x\na,b,c,d,e\n", None).expect("a data file");
    assert_eq!(other.rows.len(), 1);
    // The same in another case.
    assert!(DataFile::parse(b"Question,matching,not_matching,MATCHING\na,b,c,d\n", None).is_err());
}

#[test]
fn columns_in_another_case_are_read_in_every_container() {
    let file =
        DataFile::parse(br#"{"Prompt": "p", "Chosen": "a", "Rejected": "b", "System": "s", "x": [1]}"#, None);
    let file = file.expect("a data file");
    assert_eq!((file.rows[0].prompt.as_str(), file.rows[0].system.as_deref()), ("p", Some("s")));
    assert_eq!(file.columns, names(&["prompt", "chosen", "rejected", "system", "x"]));
}

#[test]
fn a_column_that_may_hold_the_prompt_is_never_replaced_by_the_answers_common_words() {
    let parse = |text: &str| DataFile::parse(text.as_bytes(), None).expect("a data file");
    let answers = r#""chosen": "I like bananas.", "rejected": "I like plums.""#;
    // Argilla's sets call it `input`; the others differ in case only.
    for name in ["input", "Prompt", "QUESTION", "Input"] {
        let file = parse(&format!(r#"{{"{name}": "Which fruit?", {answers}}}"#));
        assert_eq!(file.rows[0].prompt, "Which fruit?", "{name}");
    }
    for name in ["query", "post", "user"] {
        let file = parse(&format!(r#"{{"{name}": "Which fruit?", {answers}}}"#));
        assert!(file.rows.is_empty() && file.refused[0].reason.contains(name), "{:?}", file.refused);
        assert!(file.refused[0].reason.contains("name the columns"), "{:?}", file.refused);
    }
    // The prompt is missing in one row of a file that has prompts.
    let rows = format!("{{\"prompt\": \"q\", {answers}}}\n{{\"prompt\": null, {answers}}}\n");
    let file = parse(&rows);
    assert_eq!((file.rows.len(), file.refused[0].line), (1, 2));
    // A file of the answers alone, and pandas' index, leave nothing out.
    for index in ["", ", \"Unnamed: 0\": 3", ", \"split\": \"train\""] {
        assert_eq!(parse(&format!("{{{answers}{index}}}")).rows[0].prompt, "I like", "{index}");
    }
}

#[test]
fn a_system_message_under_another_name_is_read_and_reported() {
    let text = "system_prompt,prompt,chosen,rejected\nBe brief.,q,a,b\n";
    let file = DataFile::parse(text.as_bytes(), None).expect("a table");
    assert_eq!(file.rows[0].system.as_deref(), Some("Be brief."));
    assert!(
        file.report.notes.iter().any(|note| note.contains("\"system_prompt\"")),
        "{:?}",
        file.report.notes
    );
    let both = "system,system_prompt,prompt,chosen,rejected\ns,t,q,a,b\n";
    let file = DataFile::parse(both.as_bytes(), None).expect("a table");
    assert_eq!(
        (file.rows[0].system.as_deref(), file.report.left_out),
        (Some("s"), names(&["system_prompt"]))
    );
}

#[test]
fn other_keys_of_messages_are_reported_with_their_rows() {
    let message = r#"[{"role": "assistant", "content": "a", "weight": 1}]"#;
    let row = format!(r#"{{"prompt": "q", "chosen": {message}, "rejected": "b"}}"#);
    let notes = DataFile::parse(format!("{row}\n{row}\n").as_bytes(), None).expect("rows").report.notes;
    assert!(notes.iter().any(|note| note.starts_with("In 2 rows messages have \"weight\"")), "{notes:?}");
}

#[test]
fn answers_of_one_kind_only_are_refused_by_name() {
    for (text, words) in [
        ("prompt,chosen\na,b\n", "only chosen answers"),
        ("Prompt,Rejected\na,b\n", "only rejected answers"),
        (r#"{"prompt": "p", "completion": "c", "label": true}"#, "KTO's data"),
        (r#"{"prompt": [{"role": "user", "content": "p"}], "response": "c", "label": false}"#, "KTO's data"),
        (r#"{"messages": [{"role": "user", "content": "p"}], "label": true}"#, "KTO's data"),
        (r#"{"instruction": "i", "output": "o", "kto_tag": false}"#, "KTO's data"),
        (r#"{"instruction": "i", "input": "", "output": "o"}"#, "instruction data"),
        ("prompt,completion\na,b\n", "instruction data"),
        (r#"{"messages": [{"role": "user", "content": "p"}]}"#, "conversations with one answer"),
    ] {
        let refused = DataFile::parse(text.as_bytes(), None).expect_err(text);
        assert!(matches!(refused, DataFileError::OneSided { .. }), "{text}: {refused}");
        assert!(refused.to_string().contains(words), "{text}: {refused}");
    }
    // A person may know better.
    let mapping = Mapping { prompt: "prompt".into(), wanted: "chosen".into(), opposite: "worse".into() };
    let mapped = DataFile::parse(b"prompt,chosen,worse\na,b,c\n", Some(&mapping)).expect("named columns");
    assert_eq!(mapped.rows[0].opposite, "c");
}

#[test]
fn where_the_better_and_the_safer_answer_may_differ_a_person_says_which_one_is_meant() {
    let rows = r#"{"prompt": "q", "response_0": "a", "response_1": "b", "better_response_id": 0, "safer_response_id": 1}"#;
    let refused = DataFile::parse(rows.as_bytes(), None).expect_err("two columns choose");
    assert!(refused.needs_columns(), "{refused}");
    let words = "this is PKU-SafeRLHF: \"better_response_id\" and \"safer_response_id\" may prefer different";
    assert!(refused.to_string().contains(words), "{refused}");
    let mapped = |wanted: &str, opposite: &str| {
        let mapping = Mapping { prompt: "prompt".into(), wanted: wanted.into(), opposite: opposite.into() };
        DataFile::parse(rows.as_bytes(), Some(&mapping))
    };
    for (name, wanted, opposite) in [("better_response_id", "a", "b"), ("safer_response_id", "b", "a")] {
        let file = mapped(name, name).expect("named columns");
        let row = &file.rows[0];
        assert_eq!(
            (row.prompt.as_str(), row.wanted.as_str(), row.opposite.as_str()),
            ("q", wanted, opposite)
        );
        assert!(file.report.read.iter().any(|column| column == "response_1"), "{:?}", file.report);
    }
    assert!(matches!(mapped("response_0", "response_0"), Err(DataFileError::NamedTwice { .. })));
    assert!(matches!(mapped("prompt", "better_response_id"), Err(DataFileError::NamedTwice { .. })));
    // Whoever names the answers themselves is told that the preference is passed over.
    let answers = mapped("response_0", "response_1").expect("named columns");
    let said = answers.report.sentences().join(" ");
    assert!(said.contains("\"better_response_id\" says row by row which answer is preferred"), "{said}");
    // One of the columns alone decides, and rows that say nothing are refused.
    let one = "prompt,response_0,response_1,safer_response_id\nq,a,b,1\nq,a,b,\n";
    let file = DataFile::parse(one.as_bytes(), None).expect("a table");
    assert_eq!((file.rows.len(), file.rows[0].wanted.as_str()), (1, "b"));
    assert!(file.refused[0].reason.contains("\"safer_response_id\" is no number"), "{:?}", file.refused);
    let equal = r#"{"prompt": "q", "response_1": "a", "response_2": "b", "preference_strength": 0}"#;
    let file = DataFile::parse(equal.as_bytes(), None).expect("a row");
    assert!(file.refused[0].reason.contains("neither answer is preferred"), "{:?}", file.refused);
}

#[test]
fn what_is_left_out_is_reported_with_the_reason() {
    let sentences = |text: &str, mapping: Option<&Mapping>| {
        DataFile::parse(text.as_bytes(), mapping).expect("a data file").report.sentences()
    };
    let has = |all: &[String], words: &str| all.iter().any(|sentence| sentence.contains(words));
    let table = sentences(",question,matching,not_matching,history\n0,a,b,c,d\n", None);
    assert!(has(&table, "Left out: \"history\" (not a column of BiPO pairs)."), "{table:?}");
    assert!(has(&table, "Left out: a column without a name."), "{table:?}");
    // Names that come up in a later row only.
    let lines = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n\
                 {\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", \"system\": \"s\", \"score\": 1, \"question\": \"q\"}\n";
    let lines = sentences(lines, None);
    assert!(has(&lines, "Read: \"prompt\", \"chosen\", \"rejected\", \"system\"."), "{lines:?}");
    assert!(has(&lines, "Left out: \"score\" (not a column of TRL preference data)."), "{lines:?}");
    assert!(has(&lines, "Left out: \"question\" (the prompt stands in \"prompt\")."), "{lines:?}");
    let mapping = Mapping { prompt: "x".into(), wanted: "y".into(), opposite: "z".into() };
    assert!(has(&sentences("x,y,z,w\na,b,c,d\n", Some(&mapping)), "Left out: \"w\" (not named)."));
    // Values that are something else than the name of their column says.
    let other = sentences("question,matching,not_matching,before,pinned\na,b,c,yesterday,perhaps\n", None);
    assert!(has(&other, "Left out: \"before\", \"pinned\" (every row has something other"), "{other:?}");
    assert!(!has(&other, "passed over"), "{other:?}");
    let some = sentences("question,matching,not_matching,pinned\na,b,c,perhaps\na,b,d,true\n", None);
    assert!(has(&some, "In 1 row \"pinned\" holds something other"), "{some:?}");
    assert!(has(&some, "\"not_matching\", \"pinned\"."), "{some:?}");
    let truthful = sentences("Question,Best Answer,Incorrect Answers\nq,w,o; p\n", None);
    assert!(has(&truthful, "the others were left out"), "{truthful:?}");
    let number =
        DataFile::parse(br#"{"instruction": "i", "input": 7, "chosen": "a", "rejected": "b"}"#, None);
    assert!(number.expect("a data file").refused[0].reason.contains("\"input\" is a number"));
}

#[test]
fn a_sample_says_what_it_took_and_has_the_columns_of_later_rows() {
    let sample = Sample::parse("a|b\n\"1\"|2\n".as_bytes(), 5).expect("a table");
    assert_eq!(sample.report.sentences(), ["Cells are separated by vertical bars."]);
    let sample = Sample::parse(b"{\"a\": \"1\"}\n{\"a\": \"2\", \"b\": \"3\"}\n", 5).expect("lines");
    assert_eq!(sample.columns, names(&["a", "b"]));
    assert_eq!(sample.rows, [(1, names(&["1", ""])), (2, names(&["2", "3"]))]);
}

#[test]
fn text_that_may_be_in_utf_7_is_read_as_it_stands_and_said() {
    let report =
        |text: &str| DataFile::parse(text.as_bytes(), None).expect("a table").report.sentences().join(" ");
    let said = report("question,matching,not_matching\nq,caf+AOk-,tea\n");
    assert!(said.contains("\"+AOk-\", which is \"é\" in UTF-7"), "{said}");
    assert!(!report("question,matching,not_matching\nq,a + b,c++\n").contains("UTF-7"));
}
