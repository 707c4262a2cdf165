//! Tests the sweeps and the judges of the command line in a store: every kind of curve and score, a kill, and what a server is
//! asked with.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use crate::in_store::tiny_model;
use crate::{Folder, command, lines, number, parse, refusal, run};

/// Trains a vector called `v` in a store by a method without steps.
pub(crate) fn vector(store: &str, data: &str) {
    let model = tiny_model();
    let method = ["--method", "freeform", "--layer", "0", "--json"];
    let arguments = ["train", "--store", store, "--model", &model, "--data", data];
    let out = Path::new(store).with_extension("v").join("v.safetensors");
    fs::create_dir_all(out.parent().expect("a folder")).expect("a folder");
    lines(&[&arguments[..], &method, &["--out", &out.display().to_string()]].concat());
}

/// Returns the lines of a table without its heading.
fn rows(file: &str) -> Vec<String> {
    let text = fs::read_to_string(file).expect("the table");
    assert!(text.starts_with("sweep,curve,set,score,unit,multiplier,"), "{text}");
    text.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_sweep_has_every_curve_and_score_and_its_file_begins_it_again() {
    let folder = Folder::new();
    let (store, data) = (folder.path("store"), folder.pairs());
    vector(&store, &data);
    let prompts = folder.file("asked.txt", "Why?\n\nWhat now?\n");
    let (csv, json) = (folder.path("s.csv"), folder.path("s.json"));
    let sweep = |rest: &[&str]| lines(&[&["sweep", "--store", &store, "--json"], rest].concat());
    let asked = [
        &["--vector", "v", "--sum", "-0.5*v + 1*v", "--by-system", "Be brief.", "--together"][..],
        &["--multipliers", "-1,1", "--data", &data, "--prompts", &prompts, "--limit", "2"],
        &["--score", "preference,preference-per-token,wins,choice"],
        &["--score", "repetition,length,compliance", "--max-new-tokens", "3"],
    ]
    .concat();
    let told = sweep(&[&asked[..], &["--out", &csv, "--name", "All"]].concat());
    let (first, last) = (&told[0], told.last().expect("a line"));
    assert!(first["job"].is_u64() && first.as_object().is_some_and(|line| line.len() == 2), "{first}");
    assert_eq!(first["file_notes"][0]["file"], data.as_str(), "{first}");
    assert_eq!((&last["points"], &last["out"]), (&last["expected"], &csv.as_str().into()), "{last}");
    let points = &told[1..told.len() - 1];
    assert_eq!(rows(&csv).len(), points.len());
    let scores = |score: &str| points.iter().filter(|point| point["score"] == score).count();
    // Four curves move and have three multipliers, and prompting alone has one point. The set has pairs, the list has none.
    let (moving, alone) = (4 * 3, 1);
    assert_eq!((scores("Preference"), scores("Length")), (moving + alone, 2 * (moving + alone)));

    // The same is not measured twice, and the file of its settings begins the same sweep.
    let again = sweep(&[&asked[..], &["--out", &json]].concat());
    assert_eq!(again[0], *first);
    let saved = sweep(&["--settings", &json]);
    assert_eq!(saved.last().map(|line| &line["sweep"]), Some(&last["sweep"]));
    let file: Value = serde_json::from_slice(&fs::read(&json).expect("the file")).expect("JSON");
    assert_eq!(file["points"].as_array().map(Vec::len), Some(points.len()));
    assert_eq!((&file["sweeps"][0]["name"], &file["x"]), (&"All".into(), &"multiplier".into()));

    let grid = ["--vector", "v", "--grid", "v=0,0.5", "--multipliers", "1", "--data", "pairs"];
    let gate = ["--gate", "v", "--gate-layer", "0", "--gate-above", "-1000"];
    let held_out = lines(&["data", "list", "--store", &store, "--json"]);
    let held_out =
        held_out.iter().find(|set| set["held_out"] == 4).expect("the measured pairs")["id"].to_string();
    let by_number = [&grid[..7], &[held_out.as_str()]].concat();
    assert_eq!(sweep(&by_number).last().map(|line| line["points"].clone()), Some(4.into()));
    let gated = sweep(&[&by_number[..2], &by_number[4..], &gate].concat());
    assert_eq!(gated.last().map(|line| line["points"].clone()), Some(2.into()));

    let cases: [(&[&str], i32, &str); 6] = [
        (&["--store", &store, "--vector", "nobody", "--data", &data], 3, "nobody"),
        (&["--store", &store, "--vector", "v"], 2, "--prompts"),
        (&["--store", &store, "--vector", "v", "--data", &data, "--out", "x.txt"], 2, ".csv"),
        (&["--store", &store, "--data", &data], 2, "nothing is chosen"),
        (&["--vector", "v.pt", "--data", &data, "--by-system", "x"], 2, "--by-system"),
        (&["--vector", "v.pt", "--data", &data, "--score", "wins,choice"], 2, "several times"),
    ];
    for (arguments, code, words) in cases {
        let output = run(&[&["sweep", "--multipliers", "1"], arguments].concat());
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
}

#[test]
fn a_vector_of_a_file_is_imported_once_and_measured_on_texts_and_by_the_model_as_a_judge() {
    let folder = Folder::new();
    let (store, file) = (folder.path("store"), folder.vector(26));
    let prompts = folder.file("asked.txt", "Why?\n");
    let asked = [
        &["sweep", "--store", &store, "--vector", &file, "--multipliers", "1", "--prompts", &prompts][..],
        &["--score", "perplexity,divergence,judge,compliance-judged", "--behaviour", "Speaks in rhyme."],
        &["--max-new-tokens", "2", "--json"],
    ]
    .concat();
    let told = lines(&asked);
    let last = told.last().expect("a line");
    assert_eq!((&last["points"], &last["expected"]), (&8.into(), &8.into()), "{told:?}");
    let at = |score: &str, multiplier: f64| {
        let is_here = |line: &&Value| {
            line["score"].as_str().is_some_and(|name| name.starts_with(score))
                && line["multiplier"].as_f64() == Some(multiplier)
        };
        number(told.iter().find(is_here).expect("the point"), "value")
    };
    assert!(at("Divergence", 0.0).abs() < 1e-6 && at("Divergence", 1.0) > 0.0, "{told:?}");
    assert!(at("Perplexity", 0.0) > 1.0 && (1.0..=4.0).contains(&at("Judge", 1.0)), "{told:?}");
    // The file is known by its numbers, and the sweep by its content.
    assert_eq!(lines(&asked)[0], told[0]);
    let vectors = lines(&["vector", "list", "--store", &store, "--json"]);
    assert_eq!(vectors.iter().filter(|vector| vector["layers"] == serde_json::json!([26])).count(), 1);
}

#[test]
fn a_killed_sweep_is_resumed_and_writes_the_numbers_of_one_that_nobody_killed() {
    let folder = Folder::new();
    let (store, other, data) = (folder.path("store"), folder.path("other"), folder.pairs());
    let multipliers: Vec<String> = (1..50).map(|step| format!("{}", f64::from(step) / 25.0)).collect();
    let multipliers = multipliers.join(",");
    let (kept, whole) = (folder.path("kept.csv"), folder.path("whole.csv"));
    let sweep = |store: &str, out: &str| {
        let scores = ["--score", "preference,wins,length", "--limit", "1", "--max-new-tokens", "8"];
        let fixed = ["--vector", "v", "--data", &data, "--json"];
        let own = ["sweep", "--store", store, "--multipliers", &multipliers, "--out", out];
        [&own[..], &fixed, &scores].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for store in [&store, &other] {
        vector(store, &data);
    }
    let asked = sweep(&other, &whole);
    lines(&asked.iter().map(String::as_str).collect::<Vec<_>>());

    let asked = sweep(&store, &kept);
    let mut child = command(&asked.iter().map(String::as_str).collect::<Vec<_>>())
        .stdout(Stdio::piped())
        .spawn()
        .expect("tiller-cli starts");
    let mut read = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let first: Value = serde_json::from_str(&read.next().expect("a line")).expect("JSON");
    assert!(read.next().is_some_and(|line| line.contains("\"multiplier\"")), "a point comes");
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    let listed = lines(&["jobs", "list", "--store", &store, "--json"]);
    let killed = listed.iter().find(|line| line["job"] == first["job"]).expect("the job");
    assert_eq!((&killed["state"], &killed["written"]), (&"paused".into(), &false.into()), "{killed}");
    let resume = ["jobs", "resume", &first["job"].to_string(), "--store", &store, "--json"];
    #[cfg(unix)]
    {
        // Ctrl-C pauses it as well.
        let mut child = command(&resume).stdout(Stdio::piped()).spawn().expect("tiller-cli starts");
        let mut read = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        assert!(read.nth(1).is_some_and(|line| line.contains("\"multiplier\"")), "a point comes");
        let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(asked.expect("kill runs").success());
        assert_eq!(child.wait().expect("an end").code(), Some(130));
    }
    // So does a stop, after which it goes on all the same.
    let stopped = lines(&["jobs", "cancel", &first["job"].to_string(), "--store", &store, "--json"]);
    assert_eq!(stopped[0]["state"], "stopped");
    let resumed = lines(&resume);
    let last = resumed.last().expect("a line");
    assert_eq!((&last["points"], &last["expected"]), (&150.into(), &150.into()));
    assert!(resumed.len() < 152, "it goes on, and does not begin anew: {}", resumed.len());
    assert_eq!(rows(&kept), rows(&whole));
}

/// Starts a chat completions server that rates every answer 3. Returns its address, and the head of each request.
fn server() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (sender, heads) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let (mut line, mut head, mut length) = (String::new(), String::new(), 0);
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
                head.push_str(&line);
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the whole question");
            let reply = r#"{"choices":[{"message":{"content":"3"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#;
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{reply}",
                reply.len()
            );
            // A test that is over reads nothing more.
            drop(stream.write_all(answer.as_bytes()));
            drop(sender.send(head));
        }
    });
    (address, heads)
}

#[test]
fn a_server_judges_the_answers_of_a_sweep_with_a_key_that_no_file_holds() {
    const KEY: &str = "sk-0123456789abcdef-test";
    let folder = Folder::new();
    let (store, data) = (folder.path("store"), folder.pairs());
    vector(&store, &data);
    let made =
        lines(
            &[
                &[
                    "sweep",
                    "--store",
                    &store,
                    "--vector",
                    "v",
                    "--multipliers",
                    "1",
                    "--data",
                    &data,
                    "--json",
                ][..],
                &["--score", "length", "--limit", "2", "--max-new-tokens", "3"],
            ]
            .concat(),
        );
    let sweep = made.last().expect("a line")["sweep"].to_string();
    let (address, heads) = server();
    let judging = [
        &["judge", "--store", &store, "--sweep", &sweep, "--behaviour", "Speaks in rhyme.", "--json"][..],
        &["--endpoint", &address, "--endpoint-model", "j", "--key-env", "TEST_JUDGE_KEY"],
    ]
    .concat();
    let (code, message) = refusal(&judging);
    assert!(code == 2 && message.contains("TEST_JUDGE_KEY"), "{message}");
    let output = command(&judging)
        .env("TEST_JUDGE_KEY", KEY)
        .env("TILLER_NO_KEYRING", "1")
        .output()
        .expect("tiller-cli starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = parse(&output.stdout);
    let rated: Vec<f64> =
        told.iter().filter(|line| line["multiplier"].is_f64()).map(|line| number(line, "value")).collect();
    assert_eq!(rated, [3.0, 3.0]);
    assert!(told[1]["score"].as_str().is_some_and(|score| score.contains("Speaks in rhyme")), "{told:?}");
    let heads: Vec<String> = heads.try_iter().collect();
    assert!(!heads.is_empty() && heads.iter().all(|head| head.contains(KEY)), "{heads:?}");
    let holds = |path: &Path| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes())
    };
    let files = fs::read_dir(&store).expect("the store").flatten().map(|entry| entry.path());
    let leaks: Vec<_> = files.filter(|path| path.is_file() && holds(path)).collect();
    assert!(leaks.is_empty(), "{leaks:?}");
    // Answers of a file are judged as they are.
    let given = folder.file("given.jsonl", "{\"prompt\": \"Why?\", \"text\": \"A rhyme in time.\"}\n{\"prompt\": \"Who?\", \"answer\": \"I.\"}\n");
    let model = tiny_model();
    let of_file =
        ["judge", "--store", &store, "--answers", &given, "--behaviour", "Speaks in rhyme.", "--json"];
    let to = ["--endpoint", &address, "--endpoint-model", "j", "--model", &model];
    let told = lines(&[&of_file[..], &to].concat());
    let point = &told[1];
    assert_eq!(
        (number(point, "value"), &point["n"], &point["set"]),
        (3.0, &2.into(), &"given".into()),
        "{told:?}"
    );
    let bad = folder.file("bad.jsonl", "{\"prompt\": \"Why?\"}\n");
    assert_eq!(refusal(&["judge", "--store", &store, "--answers", &bad, "--behaviour", "x"]).0, 3);
}
