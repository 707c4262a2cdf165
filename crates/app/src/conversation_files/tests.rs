//! Tests the files of conversations and presets.

use ipc::answer::AnswerEnd;
use ipc::conversation::{
    Column, Conversation, Desk, Factor, ModelTurn, Preset, Said, SamplingSettings, SteeringChange, Strip,
    StripGate, StripRecord, Turn,
};
use ipc::steering::{CapSide, Caps, Gate, GateAt};

use super::*;

fn talk() -> Talk {
    let gate = Gate { layer: 3, above: 0.25, soft: Some(0.5), at: GateAt::Prompt };
    let gate = StripGate { vector: 5, name: "G".into(), hash: "cd".into(), gate };
    let caps =
        Caps { percentile: 25, side: CapSide::AtLeast, over: "texts".into(), thresholds: vec![0.1 + 0.2] };
    let strip = Strip {
        id: 1,
        vector: 4,
        name: "<b>V</b>".into(),
        hash: "ab".into(),
        value: 1.5,
        muted: false,
        solo: false,
        gate: Some(gate),
        caps: Some(caps),
    };
    let column = |id: u32, factors: Vec<Factor>, system_prompt: &str| Column {
        id,
        name: String::new(),
        factors,
        system_prompt: system_prompt.into(),
        sampling: SamplingSettings::lively(),
    };
    let columns =
        vec![column(3, vec![Factor { strip: 1, factor: -1.0 }], "Be <i>brief</i>."), column(9, vec![], "")];
    let desk = Desk { strips: vec![strip], columns, observes: true, leaves_out_oldest: false };
    let record = |multiplier: f64| StripRecord {
        vector: 4,
        name: "<b>V</b>".into(),
        hash: "ab".into(),
        multiplier,
        gate: None,
        caps: None,
    };
    let answer = ModelTurn {
        text: "Wasser, <script>alert(1)</script> \u{732b} & \"so\"\nlater".into(),
        given: 6,
        tokens: 8,
        left_out: 0,
        end: AnswerEnd::Length,
        sampling: SamplingSettings { seed: u64::MAX, ..SamplingSettings::lively() },
        system_prompt: "Be <i>brief</i>.".into(),
        steering: vec![
            SteeringChange { from_byte: 0, terms: vec![record(0.1 + 0.2)] },
            SteeringChange { from_byte: 8, terms: vec![record(-1.5)] },
        ],
        observed: vec![],
    };
    let turn = |id: i64, column: u32, parent: Option<i64>, said: Said| Turn {
        id,
        column,
        parent,
        shown: true,
        said,
        created: 1,
    };
    let said = vec![
        turn(1, 3, None, Said::Person { text: "What is <rain>?".into() }),
        turn(2, 3, Some(1), Said::Model(Box::new(answer))),
    ];
    let conversation =
        Conversation { id: 7, name: "Weather".into(), pinned: false, desk, turns: 2, created: 1, changed: 2 };
    Talk { conversation, columns: vec![said, vec![]] }
}

#[test]
fn json_lines_are_imported_without_a_loss() {
    let talk = talk();
    let text = jsonl::write(&talk).expect("a file");
    assert_eq!(text.lines().count(), 2);
    let first: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["messages"][0]["role"], "system");
    assert_eq!(first["messages"][2]["role"], "assistant");
    let read = jsonl::read(&text).expect("a conversation");
    let said = |turns: &Vec<Turn>| turns.iter().map(|turn| turn.said.clone()).collect::<Vec<_>>();
    let expected = jsonl::Imported {
        name: Some("Weather".into()),
        desk: talk.conversation.desk.clone(),
        columns: vec![(3, said(&talk.columns[0])), (9, vec![])],
    };
    assert_eq!(read, [expected]);
}

#[test]
fn messages_of_other_programs_are_conversations_of_the_plain_model() {
    let text = r#"{"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]}], "id": 3}

{"messages": [{"role": "user", "content": "Alone"}]}"#;
    let read = jsonl::read(text).expect("two conversations");
    assert_eq!(read.len(), 2);
    let desk = &read[0].desk;
    assert_eq!(
        (desk.columns.len(), desk.columns[0].system_prompt.as_str(), desk.strips.len()),
        (1, "Be kind.", 0)
    );
    assert_eq!(read[0].columns[0].1.len(), 2);
    assert!(matches!(&read[0].columns[0].1[1], Said::Model(answer) if answer.text == "Hello"));
    for (spoilt, words) in [
        (
            "{\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]}",
            "Line 1 is no conversation: message 1 is of the role \"tool\".",
        ),
        ("{\"messages\": [{\"role\": \"user\"}]}", "message 1 has no text"),
        ("{\"messages\": []}\n[1]", "Line 2"),
        ("{\"prompt\": \"p\"}", "`messages` at column"),
        ("  \n", "no conversation"),
    ] {
        let refused = jsonl::read(spoilt).expect_err(spoilt).to_string();
        assert!(refused.contains(words), "{spoilt}: {refused}");
    }
}

#[test]
fn a_text_that_was_changed_in_the_file_is_taken_as_it_is() {
    let text = jsonl::write(&talk()).expect("a file").replace("Wasser", "W");
    let read = jsonl::read(&text).expect("a conversation");
    assert!(matches!(&read[0].columns[0].1[1], Said::Model(answer) if answer.text.starts_with("W, ")));
    let cut = jsonl::write(&talk()).expect("a file").replace("Wasser", "\u{732b}\u{732b}\u{732b}");
    jsonl::read(&cut).expect("it is still read");
}

#[test]
fn a_page_shows_the_columns_side_by_side_and_runs_nothing() {
    let page = html::write(&talk());
    for part in [
        "Weather",
        "&lt;rain&gt;",
        "&lt;script&gt;",
        "\u{732b}",
        "prefers-color-scheme:dark",
        "Plain model",
        "\u{2212}1.5",
    ] {
        assert!(page.contains(part), "{part:?} is missing");
    }
    assert!(
        !page.contains("<script")
            && !page.contains("src=")
            && !page.contains("href=")
            && !page.contains("<b>")
    );
    assert_eq!(page.matches("<th").count(), 2);
    let mut written = talk();
    if let Said::Model(answer) = &mut written.columns[0][1].said {
        answer.tokens = 0;
    }
    let page = html::write(&written);
    // The heads of both columns name their sampling.
    assert!(page.contains("not generated here"), "a person wrote it");
    assert_eq!(page.matches("temperature").count(), 2);
}

#[test]
fn markdown_has_every_column() {
    let text = markdown::write(&talk());
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(
        headings,
        ["# Weather", "## <b>V</b> \u{d7} \u{2212}1.5 (kept over p25, behind a gate)", "## Plain model"]
    );
    assert!(text.contains("**You**\n\nWhat is <rain>?\n"));
}

#[test]
fn a_named_column_says_what_steers_it_and_how_it_is_sampled() {
    let mut talk = talk();
    let desk = &mut talk.conversation.desk;
    desk.strips[0].name = "V".into();
    desk.columns[0].name = "Against".into();
    desk.columns[1].name = "Alone".into();
    desk.columns[1].sampling =
        SamplingSettings { stop: vec!["\n".into()], max_new_tokens: 9, ..SamplingSettings::exact() };
    let steering = "Steered by V \u{d7} \u{2212}1.5 (slider 1.5, factor \u{2212}1), kept over p25 of texts, \
        where G at layer 3 is above 0.25 with width 0.5, decided at the prompt";
    let lively = "Sampling: temperature 0.8, top-k 40, top-p 0.95, min-p 0.05, seed 7, \
        repetition penalty 1.1 over 64 tokens, at most 400 tokens";
    let markdown = markdown::write(&talk);
    let exact = "Sampling: greedy, at most 9 tokens, stop words [\"\\n\"]";
    let first = format!("## Against\n\n- {steering}\n- {lively}\n");
    let second = format!("## Alone\n\n- Steered by nothing\n- {exact}\n");
    assert!(markdown.contains(&first) && markdown.contains(&second), "{markdown}");
    let page = html::write(&talk);
    assert!(page.contains("Against") && page.contains(steering) && page.contains(lively), "{page}");
    let read = jsonl::read(&jsonl::write(&talk).expect("a file")).expect("a conversation");
    assert_eq!(read[0].desk, talk.conversation.desk, "JSON lines bring all of it back");
}

#[test]
fn a_preset_names_its_vectors_by_hash() {
    let preset = Preset { id: 2, name: "Calm".into(), desk: talk().conversation.desk };
    let text = preset::write(&preset).expect("a file");
    let (name, mut desk) = preset::read(&text).expect("a preset");
    assert_eq!((name.as_str(), desk.strips[0].vector), ("Calm", 0));
    let known = |id: i64, name: &str, hash: &str| library::Known { id, name: name.into(), hash: hash.into() };
    let all = [known(8, "other", "ab"), known(9, "<b>V</b>", "ab"), known(5, "G", "cd")];
    assert_eq!(library::find_vectors(&mut desk, &all), Vec::<String>::new());
    assert_eq!(desk.strips[0].vector, 9);
    assert_eq!(library::find_vectors(&mut desk, &all[..1]), ["G"]);
    assert_eq!((desk.strips[0].vector, desk.strips[0].gate.as_ref().map(|gate| gate.vector)), (8, Some(0)));
    preset::read("{}").expect_err("it is none");
    preset::read(&text.replace("\"tiller_preset\": 1", "\"tiller_preset\": 2"))
        .expect_err("of a later version");
}
