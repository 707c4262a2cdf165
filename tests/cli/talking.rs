//! Tests `generate` with sampling and stop words, and conversations on the terminal.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use app::App;
use hub::HubEnvironment;
use ipc::command::{ImportConversations, ReadTurns};
use ipc::conversation::{ModelTurn, Said, SamplingSettings};
use ipc::files::Access;
use ipc::train::SYSTEM_PROMPT;
use serde_json::{Value, json};

use crate::baking::vector as tiny_vector;
use crate::in_store::tiny_model;
use crate::{Folder, command, lines, number, parse, refusal};

/// The messages of the tests' conversations.
const MESSAGES: [&str; 3] = ["What is money for?", "Why is that?", "Thank you. What else?"];

/// Runs a command with a text as its standard input.
pub(crate) fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("tiller-cli starts");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("an end")
}

/// Runs a conversation that must go well, and returns its events.
fn events(arguments: &[&str], input: &str) -> Vec<Value> {
    let output = with_input(&[&["chat", "--json"], arguments].concat(), input);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    parse(&output.stdout)
}

/// Returns the ends of answers by turn and column.
fn ends(events: &[Value]) -> BTreeMap<(u64, u64), &Value> {
    let of = |event: &Value, field: &str| event[field].as_u64().expect("a number");
    let ends = events.iter().filter(|event| event["event"] == "end");
    ends.map(|end| ((of(end, "turn"), of(end, "column")), end)).collect()
}

#[test]
fn three_turns_in_two_columns_are_those_of_generate_from_scratch() {
    let folder = Folder::new();
    let vector = folder.vector(20);
    let input = MESSAGES.map(|message| format!("{message}\n")).concat();
    for sampling in [&["--exact"][..], &["--lively", "--seed", "5"]] {
        let common = [&["--vector", &vector, "--max-new-tokens", "8"][..], sampling].concat();
        let events = events(&[&common[..], &["--at", "-20,20"]].concat(), &input);
        let ends = ends(&events);
        assert_eq!(ends.len(), 6);
        for (column, multiplier) in ["-20", "20"].into_iter().enumerate() {
            // Each turn again, as a prompt behind the turns before it.
            let mut messages: Vec<Value> = vec![];
            let mut rows = String::new();
            for (turn, message) in (1..).zip(MESSAGES) {
                messages.push(json!({"role": "user", "content": message}));
                let answer = |text: &str| json!([{"role": "assistant", "content": text}]);
                let row = json!({"prompt": messages, "chosen": answer("a"), "rejected": answer("b")});
                rows.push_str(&row.to_string());
                rows.push('\n');
                let end = ends[&(turn, column as u64)];
                messages.push(json!({"role": "assistant", "content": end["text"]}));
            }
            let data = folder.file("turns.jsonl", rows);
            let from_scratch = ["generate", "--json", "--data", &data, "--multipliers", multiplier];
            let answers = lines(&[&from_scratch[..], &common].concat());
            for (turn, answer) in (1..).zip(&answers) {
                let end = ends[&(turn, column as u64)];
                for field in ["ids", "text", "end", "multiplier", "sampling", "system"] {
                    assert_eq!(end[field], answer[field], "{field}, turn {turn} at {multiplier}");
                }
            }
        }
        let of = |turn, column| &ends[&(turn, column)]["ids"];
        assert_ne!((of(1, 0), of(2, 0)), (of(1, 1), of(2, 1)), "the vector does nothing");
        for ((turn, column), end) in &ends {
            let is_of = |event: &&Value| {
                event["event"] == "token" && event["turn"] == *turn && event["column"] == *column
            };
            let tokens: Vec<&Value> = events.iter().filter(is_of).collect();
            assert_eq!(tokens.iter().map(|token| token["id"].clone()).collect::<Value>(), end["ids"]);
            let text: String = tokens.iter().filter_map(|token| token["text"].as_str()).collect();
            assert!(end["text"].as_str().is_some_and(|whole| whole.starts_with(&text)), "{text}");
        }
    }
}

#[test]
fn columns_stand_one_below_the_other() {
    let folder = Folder::new();
    let vector = folder.vector(20);
    let arguments = ["--vector", &vector, "--at", "-20,0", "--max-new-tokens", "8"];
    let events = events(&arguments, "Hello!\n");
    let ends = ends(&events);
    let output = with_input(&[&["chat"], &arguments[..]].concat(), "Hello!\n");
    let text = |column| ends[&(1, column)]["text"].as_str().expect("a text");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(shown, format!("[-20]\n{}\n\n[0]\n{}\n\n", text(0), text(1)));
    // Without a vector the plain model answers.
    let plain = with_input(&["chat", "--max-new-tokens", "8"], "\nHello!\n\n");
    assert_eq!(String::from_utf8(plain.stdout).expect("UTF-8"), format!("[0]\n{}\n\n", text(1)));
}

#[test]
fn lines_that_begin_with_a_slash_change_the_conversation() {
    let folder = Folder::new();
    let (vector, file) = (folder.vector(20), folder.path("talk.jsonl"));
    let input = format!(
        "Tell me a story.\n/again\n/save {file}\n/at 0,-20,20\n/system Be short.\n/stop e\n/again\n//slash\n"
    );
    let arguments = ["--vector", &vector, "--at", "0,20", "--max-new-tokens", "16"];
    let events = events(&arguments, &input);
    let ends: Vec<&Value> = events.iter().filter(|event| event["event"] == "end").collect();
    // The answers of a line end in any order.
    let of_line = |line: usize, columns: usize| {
        let before = [0, 2, 4, 7][line];
        let mut found: Vec<&Value> = ends[before..before + columns].to_vec();
        found.sort_by_key(|end: &&Value| end["column"].as_u64());
        found
    };
    assert_eq!(ends.len(), 10);
    let (first, again, third, last) = (of_line(0, 2), of_line(1, 2), of_line(2, 3), of_line(3, 3));
    let seeds =
        [&first, &again, &third, &last].map(|ends| ends[0]["sampling"]["seed"].as_u64().expect("a seed"));
    assert_eq!([seeds[1] - seeds[0], seeds[2] - seeds[0], seeds[3] - seeds[0]], [1, 2, 2]);
    assert_ne!(first[0]["ids"], again[0]["ids"], "another seed");
    let numbers = |ends: &[&Value], field: &str| ends.iter().map(|end| end[field].clone()).collect::<Value>();
    assert_eq!(numbers(&third, "multiplier"), json!([0.0, -20.0, 20.0]));
    assert_eq!((&numbers(&third, "turn"), &numbers(&last, "turn")), (&json!([1, 1, 1]), &json!([2, 2, 2])));
    assert_eq!((&first[0]["system"], &third[0]["system"]), (&again[0]["system"], &json!("Be short.")));
    assert_eq!((&third[2]["message"], &last[0]["message"]), (&json!("Tell me a story."), &json!("/slash")));
    let has_no_e = |end: &&&Value| end["text"].as_str().is_some_and(|text| !text.contains('e'));
    assert!(third.iter().all(|end| has_no_e(&end)));
    assert!(third.iter().any(|end| end["end"] == "stop_word"));
    // What was said when it was saved, as the window exports a conversation.
    let saved = parse(&fs::read(&file).expect("the file"));
    assert_eq!(saved.len(), 2);
    for (line, end) in saved.iter().zip(&again) {
        let roles: Vec<&Value> =
            line["messages"].as_array().expect("messages").iter().map(|m| &m["role"]).collect();
        assert_eq!(roles, ["system", "user", "assistant"]);
        assert_eq!(line["messages"][2]["content"], end["text"]);
        let answer = &line["tiller"]["answers"][0];
        assert_eq!(answer["sampling"], end["sampling"]);
        let steered: Vec<f64> = answer["steering"][0]["terms"]
            .as_array()
            .expect("terms")
            .iter()
            .map(|term| number(term, "multiplier"))
            .collect();
        let expected = number(end, "multiplier");
        assert_eq!(steered, if expected == 0.0 { vec![] } else { vec![expected] });
        assert_eq!(line["tiller"]["desk"]["strips"][0]["name"], "sine20.json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_conversation_saved_is_imported_by_the_window() {
    let folder = Folder::new();
    let (vector, file) = (folder.vector(20), folder.path("talk.jsonl"));
    let input = format!("Tell me a story.\nAnd then?\n/save {file}\n");
    let arguments =
        ["--vector", &vector, "--at", "0,-2", "--max-new-tokens", "6", "--cap", "p25", "--lively"];
    let events = events(&arguments, &input);
    let ends = ends(&events);
    let data = Path::new(&folder.path("window")).to_owned();
    let paths = crate::support::paths_without_model(&data);
    let app = App::open_with(&paths, HubEnvironment::inside(&data)).await.expect("it opens");
    let file = app.choose(Path::new(&file), Access::Read).into();
    let imported = app.import_conversations(ImportConversations { file }).await.expect("an import").remove(0);
    assert_eq!((imported.name.as_str(), imported.turns), ("Tell me a story.", 8));
    let desk = &imported.desk;
    let multipliers: Vec<f64> =
        desk.columns.iter().map(|column| desk.multiplier(column, &desk.strips[0])).collect();
    assert_eq!(multipliers, [0.0, -2.0]);
    let caps = desk.strips[0].caps.as_ref().expect("caps");
    assert_eq!((caps.percentile, caps.thresholds.len()), (25, 1));
    let turns = app.read_turns(ReadTurns { conversation: imported.id }).await.expect("its turns");
    let answers: Vec<&ModelTurn> = turns
        .iter()
        .filter_map(|turn| match &turn.said {
            Said::Model(answer) => Some(&**answer),
            Said::Person { .. } => None,
        })
        .collect();
    for (place, answer) in answers.iter().enumerate() {
        let end = ends[&(place as u64 % 2 + 1, place as u64 / 2)];
        let sampling: SamplingSettings = serde_json::from_value(end["sampling"].clone()).expect("settings");
        assert_eq!((json!(answer.text), &answer.sampling), (end["text"].clone(), &sampling));
        let ids = end["ids"].as_array().map_or(0, Vec::len);
        assert_eq!((answer.tokens as usize, answer.system_prompt.as_str()), (ids, SYSTEM_PROMPT));
        let multiplier = answer.steering[0].terms.first().map_or(0.0, |term| term.multiplier);
        assert!((multiplier - number(end, "multiplier")).abs() < 1e-12);
    }
    assert_eq!(answers.len(), 4);
    app.close().await;
}

#[test]
fn caps_are_percentiles_of_a_quiet_text_and_within_them_nothing_changes() {
    let folder = Folder::new();
    // The neutral text is read up to this layer.
    let vector = folder.vector(4);
    let answer = |rest: &[&str]| {
        let common = ["generate", "--prompt", "What is rain?", "--json", "--max-new-tokens", "8"];
        lines(&[&common[..], rest].concat()).remove(0)
    };
    let plain = answer(&[]);
    assert!(plain.get("caps").is_none());
    let capped = |cap: &str, side: &str, strength: &str| {
        answer(&["--vector", &vector, "--cap", cap, "--cap-side", side, "--multipliers", strength])
    };
    let threshold = |line: &Value| line["caps"][0]["thresholds"][0].as_f64().expect("a threshold");
    let [low, high] = ["p10", "p90"].map(|cap| threshold(&capped(cap, "at-most", "1")));
    assert!(low < high, "{low} {high}");
    // Most rows are over what was measured least, and fifty times too much is taken away from them.
    assert_ne!(capped("p0", "at-most", "50")["ids"], plain["ids"]);
    assert_eq!(capped("p0", "at-most", "0")["ids"], plain["ids"]);
    let line = capped("p25", "at-least", "1");
    assert_eq!(
        (&line["caps"][0]["side"], &line["caps"][0]["over"]),
        (&json!("at_least"), &json!("the neutral text"))
    );
    let (code, message) = refusal(&["generate", "--prompt", "Hi", "--cap", "p25"]);
    assert!(code == 2 && message.contains("--vector"), "{message}");
    let (code, message) = refusal(&["generate", "--prompt", "Hi", "--vector", &vector, "--cap", "p101"]);
    assert!(code == 2 && message.contains("p25"), "{message}");
}

#[test]
fn a_line_that_cannot_be_done_ends_a_script() {
    for (line, code, words) in [
        ("/quit", 2, "/quit is not known"),
        ("/again", 2, "nothing was said"),
        ("/save x.jsonl", 2, "nothing was said"),
        ("/at 1", 2, "--vector"),
        ("/at 1,2,3,4,5,6,7,8,9", 2, "9 columns"),
    ] {
        let output = with_input(&["chat", "--json"], &format!("{line}\nHello!\n"));
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(code), &b""[..]), "{message}");
        assert!(message.contains(words), "{line}: {message}");
    }
}

#[test]
fn sampling_is_what_the_options_say() {
    let answer = |rest: &[&str]| {
        let common = ["generate", "--prompt", "Tell me about the sea.", "--json"];
        lines(&[&common[..], rest].concat()).remove(0)
    };
    let plain = answer(&["--max-new-tokens", "24"]);
    assert_eq!(plain["sampling"]["temperature"], 0.0);
    let lively = answer(&["--lively", "--max-new-tokens", "24"]);
    let preset = json!({
        "temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.1,
        "repeat_last_n": 64, "seed": 7, "max_new_tokens": 24, "stop": [],
    });
    assert_eq!(lively["sampling"], preset);
    assert_ne!(lively["ids"], plain["ids"]);
    // The likeliest token alone is the greedy one, however hot.
    let one = ["--temperature", "2", "--top-k", "1", "--max-new-tokens", "24"];
    assert_eq!(answer(&one)["ids"], plain["ids"]);
    let penalised = answer(&["--repeat-penalty", "1.5", "--max-new-tokens", "24"]);
    assert_ne!(penalised["ids"], plain["ids"]);
    assert_eq!(answer(&["--system", "", "--max-new-tokens", "1"])["system"], "");
    // A text ends at its first stop word, and its last token is the one that completes the word.
    let text = plain["text"].as_str().expect("a text");
    let (at, word) = text.match_indices(' ').nth(4).map(|(at, _)| (at, &text[at + 1..])).expect("words");
    let word = &word[..word.find(' ').unwrap_or(word.len())];
    let stopped = answer(&["--max-new-tokens", "24", "--stop", "@@@", &format!(" {word}")]);
    assert_eq!((&stopped["end"], &stopped["text"]), (&json!("stop_word"), &json!(&text[..at])));
    let (some, all) = (stopped["ids"].as_array().expect("ids"), plain["ids"].as_array().expect("ids"));
    assert!(some.len() < all.len() && all.starts_with(some));
}

#[test]
fn values_out_of_range_are_refused_before_the_model_is_read() {
    for (option, value, words) in [
        ("--temperature", "-1", "temperature"),
        ("--temperature", "nan", "temperature"),
        ("--top-k", "-1", "--top-k"),
        ("--top-p", "0", "top-p"),
        ("--min-p", "1.5", "min-p"),
        ("--repeat-penalty", "0", "penalty"),
        ("--repeat-last-n", "x", "--repeat-last-n"),
        ("--seed", "-3", "--seed"),
        ("--stop", "", "--stop"),
        ("--max-new-tokens", "-1", "--max-new-tokens"),
    ] {
        for begin in [&["generate", "--prompt", "a"][..], &["chat"]] {
            let (code, message) = refusal(&[begin, &["--model", "none.gguf", option, value]].concat());
            assert_eq!(code, 2, "{option} {value}: {message}");
            assert!(message.contains(words), "{option} {value}: {message}");
        }
    }
    let (code, message) = refusal(&["chat", "--max-new-tokens", "0"]);
    assert_eq!((code, message.contains("--max-new-tokens")), (2, true), "{message}");
}

#[test]
fn a_gate_lets_the_vector_act_where_its_condition_holds() {
    let folder = Folder::new();
    let (data, vector, model) = (folder.pairs(), tiny_vector(&folder, "waves.json", json!({})), tiny_model());
    let gate = |above: &'static str| ["--gate", &vector, "--gate-layer", "0", "--gate-above", above];
    let generated = |rest: &[&str]| {
        let common = ["generate", "--json", "--prompt", "What is money for?", "--max-new-tokens", "12"];
        let steering = ["--model", &model, "--vector", &vector, "--multipliers", "0,20"];
        lines(&[&common[..], &steering, rest].concat())
    };
    let swept = |rest: &[&str]| {
        let common = ["sweep", "--json", "--model", &model, "--data", &data];
        lines(&[&common[..], &["--vector", &vector, "--multipliers", "0,20"], rest].concat())
    };
    let (free, points) = (generated(&[]), swept(&[]));
    assert_ne!(free[0]["ids"], free[1]["ids"]);
    assert_ne!(points[0]["score"], points[1]["score"]);
    for at in ["token", "prompt"] {
        // No row is so far along the vector, or every row is.
        let shut = [&gate("1e9")[..], &["--gate-at", at]].concat();
        let open = [&gate("-1e9")[..], &["--gate-at", at]].concat();
        assert_eq!(generated(&shut)[1]["ids"], free[0]["ids"], "{at}");
        assert_eq!(generated(&open)[1]["ids"], free[1]["ids"], "{at}");
        let plain = swept(&shut);
        assert_eq!(plain[0]["score"], plain[1]["score"], "{at}");
        let (found, expected) = (number(&swept(&open)[1], "score"), number(&points[1], "score"));
        assert!((found - expected).abs() < 1e-3, "{at}: {found} and {expected}");
        let record = json!({"vector": "waves.json", "layer": 0, "above": 1e9, "soft": null, "at": at});
        assert_eq!((&plain[1]["gate"], &generated(&shut)[1]["gate"]), (&record, &record));
    }
    // Half open everywhere, it is the vector at half its strength.
    let half = generated(&[&gate("0")[..], &["--gate-soft", "1e12"]].concat());
    let by_hand = lines(&[
        "generate",
        "--json",
        "--prompt",
        "What is money for?",
        "--max-new-tokens",
        "12",
        "--model",
        &model,
        "--vector",
        &vector,
        "--multipliers",
        "10",
    ]);
    assert_eq!(half[1]["ids"], by_hand[0]["ids"]);
    let talk = ["--model", &model, "--vector", &vector, "--at", "0,20", "--max-new-tokens", "8"];
    let talk = [&talk[..], &gate("1e9")].concat();
    let events = events(&talk, "Hello!\n");
    let ends = ends(&events);
    assert_eq!(ends[&(1, 0)]["ids"], ends[&(1, 1)]["ids"]);
    assert_eq!(ends[&(1, 1)]["gate"]["layer"], 0);
}

#[test]
fn a_threshold_between_two_projections_opens_the_gate_for_one_prompt() {
    let folder = Folder::new();
    let (data, vector) = (folder.pairs(), folder.vector(20));
    let projected = lines(&[
        "vector", "project", "--json", "--vector", &vector, "--layer", "10", "--data", &data, "--limit", "2",
    ]);
    let [one, other] = [0, 1].map(|place| number(&projected[place], "last"));
    assert!(projected.len() == 2 && (one - other).abs() > 1e-3, "{projected:?}");
    for line in &projected {
        assert!(
            number(line, "largest") >= number(line, "last") && number(line, "prompt_tokens") > 20.0,
            "{line}"
        );
    }
    assert!(
        projected[0]["data"]["pairs"].is_number() || projected[0]["data"].is_object(),
        "{}",
        projected[0]
    );
    let above = f64::midpoint(one, other).to_string();
    let generated = |rest: &[&str]| {
        let common = ["generate", "--json", "--data", &data, "--limit", "2", "--max-new-tokens", "8"];
        lines(&[&common[..], &["--vector", &vector, "--multipliers", "0,20"], rest].concat())
    };
    let of = |answers: &[Value], multiplier: f64| -> Vec<Value> {
        let at =
            answers.iter().filter(|answer| number(answer, "multiplier").to_bits() == multiplier.to_bits());
        at.map(|answer| answer["ids"].clone()).collect()
    };
    let free = generated(&[]);
    let gated =
        generated(&["--gate", &vector, "--gate-layer", "10", "--gate-above", &above, "--gate-at", "prompt"]);
    for (place, last) in [one, other].into_iter().enumerate() {
        let expected = if last > f64::midpoint(one, other) { 20.0 } else { 0.0 };
        assert_eq!(of(&gated, 20.0)[place], of(&free, expected)[place], "prompt {place}");
    }
    let arguments = ["vector", "project", "--vector", &vector, "--layer", "30", "--data", &data];
    let (code, message) = refusal(&arguments);
    assert!(code != 0 && message.contains("30"), "{code}, {message}");
}

#[test]
fn a_gate_that_cannot_be_is_wrong_usage() {
    let folder = Folder::new();
    let vector = folder.vector(20);
    let cases: [(&[&str], &str); 6] = [
        (&["--gate-layer", "10"], "--gate-above"),
        (&["--gate-layer", "10", "--gate-above", "nan"], "--gate-above"),
        (&["--gate-layer", "10", "--gate-above", "1", "--gate-soft", "0"], "--gate-soft"),
        (&["--gate-layer", "10", "--gate-above", "1", "--gate-soft", "-2"], "--gate-soft"),
        (&["--gate-layer", "10", "--gate-above", "1", "--gate-at", "word"], "--gate-at"),
        (&["--gate-layer", "25", "--gate-above", "1"], "block 25"),
    ];
    for (rest, words) in cases {
        let common = ["generate", "--prompt", "a", "--vector", &vector, "--gate", &vector];
        let (code, message) = refusal(&[&common[..], rest].concat());
        assert!(code == 2 && message.contains(words), "{rest:?}: {code}, {message}");
    }
    let (code, message) = refusal(&["chat", "--gate", &vector, "--gate-layer", "10", "--gate-above", "1"]);
    assert!(code == 2 && message.contains("--vector"), "{code}, {message}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_answers_and_a_second_one_ends() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Command;

    let folder = Folder::new();
    let vector = folder.vector(20);
    let mut child =
        command(&["chat", "--json", "--vector", &vector, "--at", "0,1", "--max-new-tokens", "4000"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("tiller-cli starts");
    let interrupt = |id: u32| {
        let sent = Command::new("kill").args(["-INT", &id.to_string()]).status().expect("kill");
        assert!(sent.success());
    };
    let mut stdin = child.stdin.take().expect("its input");
    let mut events = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut next = || -> Value {
        serde_json::from_str(&events.next().expect("an event").expect("UTF-8")).expect("JSON")
    };
    stdin.write_all(b"Write a very long story.\n").expect("it reads");
    assert_eq!(next()["event"], "token");
    interrupt(child.id());
    let mut ended = vec![];
    while ended.len() < 2 {
        let event = next();
        if event["event"] == "end" {
            ended.push(event["end"].clone());
        }
    }
    assert_eq!(ended, ["stopped", "stopped"]);
    // The conversation goes on.
    stdin.write_all(b"Go on.\n").expect("it reads");
    let event = next();
    assert_eq!((&event["event"], &event["turn"]), (&json!("token"), &json!(2)));
    interrupt(child.id());
    while next()["event"] != "end" {}
    interrupt(child.id());
    assert_eq!(child.wait().expect("an end").code(), Some(130));
}
