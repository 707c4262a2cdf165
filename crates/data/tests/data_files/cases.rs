//! Tests files as people have them: each is read to the pairs in the file beside it, or refused with a helpful message.

use std::fs;
use std::path::{Path, PathBuf};

use ipc::data::Role;
use serde_json::{Value, json};

use super::skip;
use data::data_files::{DataFile, Row};

/// The expected result for files that have no pairs beside them or must not be read.
enum Outcome {
    /// The file is refused as a whole.
    Refused(&'static str),
    /// Its first row is refused.
    RowRefused(&'static str),
    /// The file has this many pairs, and these are the texts of the first one.
    First(usize, [&'static str; 3]),
    /// It has no pairs.
    Nothing,
}

use Outcome::{First, Nothing, Refused, RowRefused};

const OUTCOMES: [(&str, Outcome); 33] = [
    ("02d-orca-mixed", First(2, ["Which fruit is yellow?", "A banana is.", "A plum is."])),
    ("12-jsonl-lone-surrogate", RowRefused("half of a letter")),
    ("18-lfs-pointer-data", Refused("git lfs pull")),
    ("19-html-instead-of-data", Refused("web page")),
    ("19c-xlsx", Refused("zip archive")),
    ("19d-arrow-ipc", First(2, ["Which fruit is yellow?", "A banana is yellow.", "A plum is yellow."])),
    ("20-csv-duplicate-columns", Refused("two columns are called \"matching\"")),
    ("21-implicit-prefix", First(1, ["The sky is", " blue", " blue and vast"])),
    ("21b-implicit-first-differ", RowRefused("begin differently")),
    ("22-hh-earlier-difference", RowRefused("part before their last answer")),
    ("23-messages-earlier-difference", RowRefused("must end in one message")),
    ("28-mwe-list", First(2, ["Which? (A) x (B) y (C) z", " (A)", " (B)"])),
    ("33b-blank-answer", First(1, ["Q", " \n", "b"])),
    ("33c-empty-prompt", First(1, ["", "a", "b"])),
    ("37-developer-role", RowRefused("developer")),
    ("47b-csv-messages-as-repr", RowRefused("as Python prints it")),
    ("54-csv-backslash-quotes", First(1, ["She said \"hi, you\"?", "Yes, she did", "No"])),
    ("55-csv-pipes", First(2, ["Which fruit is yellow?", "A banana is yellow.", "A plum is yellow."])),
    ("57-history-column", First(2, ["Which fruit is yellow?", "A banana is yellow.", "A plum is yellow."])),
    (
        "63-dpo-en-zh-llamafactory",
        First(2, ["Which fruit is yellow?", "A banana is yellow.", "A plum is yellow."]),
    ),
    ("70-eos-in-answer", First(1, ["Which fruit?", "A banana.<|im_end|>", "A plum.<|im_end|>"])),
    ("70r-eos-ref", First(1, ["Which fruit?", "A banana.", "A plum."])),
    (
        "71-chatml-preformatted",
        First(
            1,
            [
                "<|im_start|>user\nWhich fruit?<|im_end|>\n<|im_start|>assistant\n",
                "A banana.<|im_end|>\n",
                "A plum.<|im_end|>\n",
            ],
        ),
    ),
    ("73-same-answers", First(1, ["Which fruit?", "A banana.", "A banana."])),
    ("74-blank-chosen-hh", First(1, ["\n\nHuman: Hi\n\nAssistant:", "", " Hey"])),
    (
        "75-mark-in-question",
        First(
            1,
            [
                "Human: What does \"Assistant:\" mean here? Tell me all.\n\nBot:",
                " It marks the reply.",
                " Nothing.",
            ],
        ),
    ),
    ("76-empty-file-rows", Refused("empty")),
    ("77-json-empty-list", Refused("empty")),
    ("78-only-header", Nothing),
    ("82-json-keys-dup", Refused("two values called \"chosen\"")),
    // Tokens are counted later, by the model that reads them.
    ("90-too-long", First(2, ["Which fruit?", "A banana.", "A plum."])),
    ("91-pad-token-in-text", First(1, ["What is [PAD]?", "A banana.", "A plum."])),
    ("91b-pad-token-in-answer", First(1, ["Which fruit?", "It is [PAD].", "A plum."])),
];

/// Returns the cases, which are not part of this project; `None` if they are not beside the checkout.
fn cases() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases/data");
    let folders = fs::read_dir(&folder).ok()?;
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.expect("a folder").path()).collect();
    folders.sort();
    Some(folders)
}

fn input(case: &Path) -> PathBuf {
    let mut files = fs::read_dir(case).expect("a case").map(|entry| entry.expect("a file").path());
    files
        .find(|path| path.file_stem().is_some_and(|stem| stem == "in" || stem == "in.jsonl"))
        .expect("an input")
}

/// Returns a pair in the fields of a reference, which is parsed without the reader that is tested. The split counts where the
/// reference has one.
fn content(row: &Row, has_split: bool) -> Value {
    let mut content = json!({"prompt": row.prompt, "wanted": row.wanted, "opposite": row.opposite});
    if let Some(system) = &row.system {
        content["system"] = json!(system);
    }
    if !row.turns.is_empty() {
        content["turns"] = json!(row.turns);
    }
    if let Some(split) = row.split.filter(|_| has_split) {
        content["split"] = json!(split);
    }
    content
}

/// Returns how the pairs differ from those of a reference, byte for byte; `None` if they do not.
fn difference(file: &DataFile, reference: &str) -> Option<String> {
    let expected: Vec<Value> =
        reference.lines().map(|line| serde_json::from_str(line).expect("a pair")).collect();
    if !file.refused.is_empty() || file.rows.len() != expected.len() {
        return Some(format!("{} pairs, refused {:?}", file.rows.len(), file.refused));
    }
    file.rows.iter().zip(&expected).find_map(|(row, expected)| {
        let found = content(row, expected.get("split").is_some());
        (found != *expected).then(|| format!("{found} in place of {expected}"))
    })
}

/// Returns what went wrong with a case; `None` if nothing did.
fn fault(case: &Path, name: &str) -> Option<String> {
    let read = DataFile::read(&input(case), None);
    let listed = OUTCOMES.iter().find(|(listed, _)| *listed == name).map(|(_, outcome)| outcome);
    let Some(outcome) = listed else {
        let Ok(reference) = fs::read_to_string(case.join("ref.jsonl")) else {
            return Some("it is not listed, and has no pairs beside it".to_owned());
        };
        return match read {
            Err(error) => Some(error.to_string()),
            Ok(file) => difference(&file, &reference),
        };
    };
    match (outcome, read) {
        (Refused(words), Err(error)) if error.to_string().contains(words) => None,
        (RowRefused(words), Ok(file))
            if file.refused.first().is_some_and(|row| row.reason.contains(words)) =>
        {
            None
        }
        (First(count, texts), Ok(file)) if file.rows.len() == *count && file.refused.is_empty() => {
            let first = &file.rows[0];
            let found = [first.prompt.as_str(), &first.wanted, &first.opposite];
            (found != *texts).then(|| format!("{found:?}"))
        }
        (Nothing, Ok(file)) if file.rows.is_empty() && file.refused.is_empty() => None,
        (_, read) => Some(format!("{read:?}")),
    }
}

#[test]
fn every_case_is_read_to_its_pairs_or_refused() {
    let Some(cases) = cases() else {
        skip("the cases do not stand beside the checkout");
        return;
    };
    let faults: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let name = case.file_name().expect("a name").to_string_lossy().into_owned();
            fault(case, &name).map(|fault| format!("{name}: {fault}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn marks_of_a_chat_format_are_reported() {
    let notes = |row: Value| {
        let file = DataFile::parse(row.to_string().as_bytes(), None).expect("a data file");
        assert_eq!((file.rows.len(), file.refused.len()), (1, 0));
        file.report.notes.join(" ")
    };
    // Each format's texts are looked at.
    for (prompt, wanted, opposite) in [
        ("prompt", "chosen", "rejected"),
        ("question", "matching", "not_matching"),
        ("prompt", "wanted", "opposite"),
        ("question", "answer_matching_behavior", "answer_not_matching_behavior"),
    ] {
        let said = notes(json!({prompt: "q", wanted: "Yes.<|eot_id|>", opposite: "No.<|eot_id|>"}));
        assert!(said.contains("In 1 row an answer ends in a mark such as \"<|eot_id|>\" (line 1)"), "{said}");
        let said = notes(json!({prompt: "<|im_start|>user\nq<|im_end|>\n", wanted: "Yes.", opposite: "No."}));
        assert!(said.contains("in a chat format already, as \"<|im_start|>\" shows"), "{said}");
        let said = notes(json!({prompt: "q", wanted: "Yes.", opposite: "No."}));
        assert!(!said.contains("mark") && !said.contains("chat format"), "{said}");
    }
}

#[test]
fn earlier_turns_and_system_messages_are_not_lost() {
    let parse = |text: &str| DataFile::parse(text.as_bytes(), None).expect("a data file");
    let row = &parse(r#"{"system": "Be brief.", "prompt": "q", "chosen": "a", "rejected": "b", "history": [["Hi", "Hello"]]}"#).rows[0];
    assert_eq!(row.system.as_deref(), Some("Be brief."));
    assert_eq!(row.turns.iter().map(|turn| turn.role).collect::<Vec<_>>(), [Role::User, Role::Assistant]);
    let file =
        parse(r#"{"question": "q", "chosen": "a", "rejected": "b", "score": 1, "split": "test_prefs"}"#);
    assert_eq!(
        (file.report.left_out.as_slice(), file.rows[0].prompt.as_str()),
        (&["score".to_owned()][..], "q")
    );
}
