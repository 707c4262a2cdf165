//! Tests that planted keys and tokens show up nowhere: not in events, answers, errors, files or the log, whatever servers
//! send back.

use std::fmt::Debug;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use ipc::command::*;
use ipc::download::Secret;
use ipc::drafts::{DraftSettings, DraftSource, DraftTask, EndpointSettings};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{Job, JobState};
use ipc::project::Settings;
use ipc::score::{Judge, Score};
use ipc::sweep::{Arm, Generation, Prompting, SweepSettings};

use crate::hub::TestHub;
use crate::log;
use crate::opened::Opened;
use crate::scores::{judge, swept, vector};
use crate::support::{self, folder};
use crate::window::Tiller;

const KEY: &str = "sk-planted-0123456789wxyz";
const TOKEN: &str = "hf_planted0123456789wxyz";
/// What both have in common.
const PLANTED: &str = "0123456789wxyz";

fn assert_absent(what: &str, text: impl Debug) {
    let text = format!("{text:?}");
    assert!(!text.contains(PLANTED), "{what}: {text}");
}

/// Looks for the secrets in every file below a folder, and in the log.
fn assert_not_stored(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            assert_not_stored(&entry.path());
        } else if let Ok(bytes) = std::fs::read(entry.path()) {
            let is_there = bytes.windows(PLANTED.len()).any(|part| part == PLANTED.as_bytes());
            assert!(!is_there, "{}", entry.path().display());
        }
    }
    assert_absent("the log", log::terminal());
}

/// A chat server that repeats the key which it was sent in everything that it says. `replies` are status and body, where
/// `KEY` stands for the key; the last one is repeated.
fn parrot(replies: &'static [(u16, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/v1", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for (asked, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let (mut line, mut length, mut key) = (String::new(), 0, String::new());
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
                if line.to_lowercase().starts_with("authorization:") {
                    line.trim().split(' ').next_back().unwrap_or_default().clone_into(&mut key);
                }
                line.clear();
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() || (length == 0 && key.is_empty()) {
                // The client has closed the connection without a question.
                continue;
            }
            assert_eq!(key, KEY, "the key is sent");
            let (status, reply) = replies[asked.min(replies.len() - 1)];
            let reply = reply.replace("KEY", &key);
            let head = format!(
                "HTTP/1.1 {status} {key}\r\nX-Key: {key}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                reply.len()
            );
            // The client may have gone.
            let _ = stream.write_all((head + &reply).as_bytes());
        }
    });
    address
}

const ANSWER: (u16, &str) =
    (200, r#"{"choices":[{"message":{"content":"3 KEY"},"finish_reason":"stop"}],"model":"KEY"}"#);
const REFUSED: (u16, &str) =
    (401, r#"{"error": {"message": "Incorrect API key KEY, or its end wxyz", "code": "KEY"}}"#);
const NONSENSE: (u16, &str) = (200, "<html>KEY</html>");

fn endpoint(address: &str) -> EndpointSettings {
    EndpointSettings { address: address.into(), model: "m".into(), at_once: 1 }
}

fn keep_key(tiller: &Tiller, address: &str) {
    let kept = tiller.get(SaveKey { address: address.into(), key: KEY.into() });
    assert_absent("what is known of the key", kept);
}

/// Waits for the end of a job.
fn ended(tiller: &Tiller, job: &Job) -> JobState {
    tiller.wait_for(|event| match event {
        Event::Job(now) if now.id == job.id && now.state.is_over() => Some(now.state.clone()),
        _ => None,
    })
}

#[test]
fn the_key_of_a_drafting_server_shows_up_nowhere() {
    support::without_keyring();
    log::begin();
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let data_set = tiller.watch_again().data_sets[0].id;
    let draft = |address: &str| StartDrafts {
        data_set,
        task: DraftTask::Pairs { questions: vec!["Why?".into()] },
        settings: DraftSettings {
            source: DraftSource::Endpoint(endpoint(address)),
            wanted_prompt: "Be rich.".into(),
            opposite_prompt: "Be poor.".into(),
            max_new_tokens: 8,
            temperature: 0.0,
            seed: 0,
        },
    };
    // A refusal of one text, status 400, fails its answer only.
    for (replies, is_answered, is_done) in [
        (&[ANSWER][..], true, true),
        (&[REFUSED][..], false, false),
        (&[NONSENSE][..], false, false),
        (&[(400, "KEY")][..], false, true),
    ] {
        let address = parrot(replies);
        keep_key(&tiller, &address);
        let answer = tiller.call(TryEndpoint { address: address.clone(), model: "m".into() });
        assert_eq!(answer.is_ok(), is_answered, "{answer:?}");
        assert_absent("a test request", answer);
        let job = tiller.get(draft(&address));
        let state = ended(&tiller, &job);
        assert_eq!(state == JobState::Done, is_done, "{state:?}");
        assert_absent("the drafts", tiller.get(ListDrafts { data_set }));
        tiller.get(SaveSettings {
            settings: Settings { endpoint: Some(endpoint(&address)), ..Settings::default() },
        });
    }
    assert_absent("the events", &*tiller.events());
    assert_absent("the overview", tiller.watch_again());
    assert_absent("the report", tiller.get(ReadDiagnostics {}));
    drop(tiller);
    assert_not_stored(dir.path());
}

#[test]
fn the_key_of_a_judge_shows_up_nowhere() {
    support::without_keyring();
    log::begin();
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let vector = vector(&tiller, model, data_set);
    for replies in [&[ANSWER][..], &[REFUSED][..], &[NONSENSE][..]] {
        let address = parrot(replies);
        keep_key(&tiller, &address);
        let to = Judge::Endpoint(endpoint(&address));
        let settings = SweepSettings {
            scores: vec![judge(to.clone()), Score::JudgedCompliance { judge: to }],
            generation: Generation { max_new_tokens: 3, ..Generation::default() },
            arms: vec![Arm { prompting: Prompting::System { text: "Brief.".into() }, ..Arm::default() }],
            ..support::sweep_of(vector.id, data_set, &[0.0])
        };
        let sweep = swept(&tiller, model, settings);
        assert_absent("the sweep", &sweep);
        for point in &sweep.points {
            let read = ReadPoint { sweep: sweep.id, curve: point.curve(), multiplier: point.multiplier };
            assert_absent("the verdicts", tiller.get(read));
        }
        let file = |name: &str| FileRef::typed(dir.path().join(name).display().to_string());
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>".to_owned();
        tiller.get(ExportReport { sweep: sweep.id, svg, file: file("report.html"), replace: true });
        let (project, exported) = (picture.project_id, file("project.tiller"));
        tiller.get(ExportProject { project, file: exported.clone(), replace: true });
        let bytes = std::fs::read(dir.path().join("project.tiller")).expect("the project file");
        assert!(
            !bytes.windows(address.len()).any(|window| window == address.as_bytes()),
            "no address either"
        );
        assert_absent("what is in the project", tiller.get(InspectProject { file: exported }));
    }
    assert_absent("the events", &*tiller.events());
    assert_absent("the report", tiller.get(ReadDiagnostics {}));
    drop(tiller);
    assert_not_stored(dir.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hubs_token_shows_up_nowhere() {
    log::begin();
    let dir = folder();
    let hub = TestHub::start(&[("m.gguf", &[7; 100])]);
    let paths =
        hub::HubEnvironment { endpoint: Some(hub.address()), ..hub::HubEnvironment::inside(dir.path()) };
    let opened = Opened::without_model(dir.path(), paths).await;
    opened.app.save_token(SaveToken { token: Secret(TOKEN.into()) }).await.expect("it is kept");
    let list = || opened.app.list_repository(ListRepository { address: "org/model".into() });
    for (status, body) in [
        (200, format!("\"{TOKEN}\"")),
        (200, format!("{{\"sha\": \"{TOKEN}\", \"siblings\": []}}")),
        (200, format!("{{\"sha\": {{\"{TOKEN}\": 1}}}}")),
        (401, TOKEN.to_owned()),
        (403, TOKEN.to_owned()),
        (404, TOKEN.to_owned()),
        (500, TOKEN.to_owned()),
    ] {
        hub.answer_listing(status, &body);
        let refused = ipc::Failure::from(list().await.expect_err("no listing"));
        assert_absent(&body, refused);
    }
    assert!(hub.requests().iter().all(|request| request.headers["authorization"].ends_with(TOKEN)));
    assert_absent("the hub", opened.app.read_hub(ReadHub {}).await.expect("the hub"));
    assert_absent("the report", opened.app.read_diagnostics(ReadDiagnostics {}).await.expect("a report"));
    opened.app.close().await;
    assert_not_stored(dir.path());
}
