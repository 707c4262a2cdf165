//! Which columns a file's report calls read: those that its format reads, and no others.

use data::data_files::{DataFile, Mapping};

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
