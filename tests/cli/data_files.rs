//! Tests what the commands say of the data that they read.

use crate::{Folder, LAYER, lines, parse, refusal, run};

#[test]
fn the_first_line_says_what_was_read_of_the_data() {
    let folder = Folder::new();
    let data = folder.file(
        "pairs.csv",
        b"question;matching;not_matching;history\nWhat now?;I take it \xe9.;I share it.;x\nWhy?;For money.;For people.;y\n",
    );
    let (vector, out) = (folder.vector(26), folder.path("v.safetensors"));
    let commands: [&[&str]; 4] = [
        &["logprobs", "--data", &data, "--json"],
        &["generate", "--data", &data, "--max-new-tokens", "1", "--json"],
        &["sweep", "--data", &data, "--vector", &vector, "--multipliers", "0,1", "--json"],
        &["train", "--data", &data, "--layer", LAYER, "--epochs", "1", "--out", &out, "--json"],
    ];
    for arguments in commands {
        let lines = lines(arguments);
        let report = &lines[0]["data"];
        assert_eq!(report["file"], data.as_str(), "{arguments:?}: {}", lines[0]);
        assert_eq!((&report["format"], &report["pairs"]), (&"BiPO pairs".into(), &2.into()));
        assert_eq!(report["encoding"], "Latin-1 (a guess)");
        assert_eq!(report["read"], serde_json::json!(["question", "matching", "not_matching"]));
        assert_eq!(report["left_out"], serde_json::json!(["history"]));
        assert_eq!(report["rows_left_out"], 0);
        let notes = report["notes"].to_string();
        assert!(notes.contains("semicolons") && notes.contains("Left out"), "{notes}");
        assert!(lines[1..].iter().all(|line| line.get("data").is_none()), "{arguments:?}");
    }
    let fields = ["matching", "not_matching", "matching_tokens", "not_matching_tokens", "prompt_tokens"];
    let first = &lines(commands[0])[0];
    assert!(fields.iter().all(|field| first[field].is_number()), "{first}");
    let bad = folder.file("bad.csv", "question,matching,not_matching\na,b,c\na,b\n");
    let skipped = lines(&["logprobs", "--data", &bad, "--skip-refused", "--json"]);
    assert_eq!((&skipped[0]["data"]["pairs"], &skipped[0]["data"]["rows_left_out"]), (&1.into(), &1.into()));
}

#[test]
fn a_data_file_is_described_without_a_model() {
    let folder = Folder::new();
    let data = folder.file("pairs.csv", "id;question;matching;not_matching\n1;a;b;c\n2;d\n3;e;f;g\n");
    let (code, message) = refusal(&["data", "info", &data]);
    assert!(
        code == 3 && message.contains("line 3: it has 2 cells") && message.contains("1 row cannot be used")
    );
    assert!(message.contains("--skip-refused"), "{message}");
    let output = run(&["data", "info", &data, "--skip-refused", "--json"]);
    let report = parse(&output.stdout).remove(0);
    assert_eq!(
        (&report["format"], &report["encoding"], &report["separator"]),
        (&"BiPO pairs".into(), &"UTF-8".into(), &"semicolons".into())
    );
    assert_eq!((&report["pairs"], &report["rows_left_out"]), (&2.into(), &1.into()));
    assert_eq!(report["first_left_out"][0]["line"], 3);
    assert_eq!(report["left_out"], serde_json::json!(["id"]));
    let printed = String::from_utf8(output.stderr).expect("UTF-8");
    let first = printed.lines().next().expect("a line");
    assert!(first.ends_with("Read as BiPO pairs, UTF-8."), "{printed}");
    assert!(printed.contains("Left out: \"id\" (not a column of BiPO pairs)."), "{printed}");
    assert!(printed.contains("1 of 3 rows are LEFT OUT"), "{printed}");
}

#[test]
fn a_pair_that_is_empty_or_too_long_is_named_by_its_line() {
    let folder = Folder::new();
    let header = "My pairs\n\nquestion,matching,not_matching\na,b,c\n";
    let empty = folder.file("empty.csv", format!("{header}d,,f\n"));
    let long = folder.file("long.csv", format!("{header}d,{},f\n", "word ".repeat(9000)));
    for (data, words) in [(&empty, "the wanted answer is empty"), (&long, "the model reads at most")] {
        let (code, message) = refusal(&["logprobs", "--data", data]);
        assert!(code == 3 && message.contains(&format!("{data}: the pair of line 5")), "{message}");
        assert!(message.contains(words), "{message}");
    }
    // The same where all pairs are turned into tokens for a training.
    let (code, message) =
        refusal(&["train", "--data", &empty, "--layer", LAYER, "--out", &folder.path("v.safetensors")]);
    assert!(code == 3 && message.contains(&format!("{empty}: the pair of line 5")), "{message}");
    assert!(message.contains("Write both answers, or leave the pair out."), "{message}");
}

#[test]
fn a_folder_is_refused_with_the_files_in_it() {
    let folder = Folder::new();
    folder.file("train.jsonl", "{}");
    let (code, message) = refusal(&["data", "info", &folder.path("")]);
    assert!(code == 3 && message.contains("choose one of its files \"train.jsonl\""), "{message}");
}

#[test]
fn the_answer_that_is_meant_of_two_is_named_on_the_command_line() {
    let folder = Folder::new();
    let row = r#"{"prompt": "q", "response_0": "a", "response_1": "b", "better_response_id": 0, "safer_response_id": 1}"#;
    let data = folder.file("two.jsonl", row);
    let (code, message) = refusal(&["data", "info", &data]);
    let columns = "prompt=prompt,wanted=safer_response_id,opposite=safer_response_id";
    assert!(code == 3 && message.contains("PKU-SafeRLHF") && message.contains(columns), "{message}");
    let report = parse(&run(&["data", "info", &data, "--columns", columns, "--json"]).stdout).remove(0);
    assert_eq!(report["pairs"], 1, "{report}");
}

#[test]
fn columns_are_named_on_the_command_line() {
    let folder = Folder::new();
    // As concept sets have them.
    let lines =
        "{\"input\": \"q\", \"output\": \"plain\", \"output_concept\": \"with it\", \"concept_id\": 7}\n"
            .repeat(2);
    let data = folder.file("concepts.jsonl", &lines);
    let (code, message) = refusal(&["data", "info", &data]);
    assert!(
        code == 3 && message.contains("\"output_concept\"") && message.contains("--columns"),
        "{message}"
    );
    let columns = "prompt=input,wanted=output_concept,opposite=output";
    let report = parse(&run(&["data", "info", &data, "--columns", columns, "--json"]).stdout).remove(0);
    assert_eq!((&report["format"], &report["pairs"]), (&"columns of your choice".into(), &2.into()));
    assert_eq!(report["columns"]["wanted"], "output_concept");
    assert_eq!(report["left_out"], serde_json::json!(["concept_id"]));
    let (vector, out) = (folder.vector(26), folder.path("v.safetensors"));
    let commands: [&[&str]; 4] = [
        &["logprobs", "--data", &data, "--limit", "1"],
        &["generate", "--data", &data, "--limit", "1", "--max-new-tokens", "1"],
        &["sweep", "--data", &data, "--vector", &vector, "--multipliers", "1", "--limit", "1"],
        &["train", "--data", &data, "--layer", LAYER, "--epochs", "1", "--out", &out],
    ];
    for arguments in commands {
        let lines = self::lines(&[arguments, &["--columns", columns, "--json"]].concat());
        assert_eq!(lines[0]["data"]["columns"]["prompt"], "input", "{arguments:?}");
    }
    let named = |columns: &str| refusal(&["data", "info", &data, "--columns", columns]);
    assert_eq!(named("input,output").0, 2);
    let (code, message) = named("prompt=input,wanted=output,opposite=output");
    assert!(code == 3 && message.contains("named for two parts"), "{message}");
    let (code, message) = named("prompt=input,wanted=output,opposite=none");
    assert!(code == 3 && message.contains("no column \"none\""), "{message}");
    // Data with one answer to each prompt is refused by name.
    let kto = folder.file("kto.jsonl", "{\"prompt\": \"q\", \"completion\": \"a\", \"label\": true}\n");
    let (code, message) = refusal(&["train", "--data", &kto, "--layer", LAYER, "--out", &out]);
    assert!(code == 3 && message.contains("KTO's data"), "{message}");
}

#[test]
fn notes_on_a_vector_and_on_a_quiet_text_are_in_the_first_line_of_json_too() {
    let folder = Folder::new();
    let quiet = folder.file("quiet.csv", "question,matching,not_matching,source\na,b,c,x\n");
    let row = vec!["0.01"; crate::SIZE].join(", ");
    let table = folder.file("table.json", format!("[[{row}], [{row}]]"));
    let answers = lines(&[
        "generate",
        "--prompt",
        "Hi",
        "--vector",
        &table,
        "--multipliers",
        "0,1",
        "--cap",
        "p25",
        "--cap-over",
        &quiet,
        "--max-new-tokens",
        "1",
        "--json",
    ]);
    let notes = |file: &str| {
        let all = answers[0]["file_notes"].as_array().expect("notes");
        all.iter().find(|notes| notes["file"] == file).map(|notes| notes["notes"].to_string())
    };
    assert!(notes(&table).is_some_and(|notes| notes.contains("layers 0 to 1 (a guess)")), "{}", answers[0]);
    assert!(notes(&quiet).is_some_and(|notes| notes.contains("Left out: \\\"source\\\"")), "{}", answers[0]);
    assert!(answers[1..].iter().all(|line| line.get("file_notes").is_none()), "once: {answers:?}");
    // What `data` says is not said twice.
    let scored = lines(&["logprobs", "--data", &quiet, "--json"]);
    assert!(scored[0].get("data").is_some() && scored[0].get("file_notes").is_none(), "{}", scored[0]);
}
