//! Tests the local socket of the process that runs the engine: who is served, and who does no harm.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::door::{Client, ClientError, Engine, PROTOCOL};
use ipc::Event;
use ipc::command::{CreateDataSet, ExportPairs, ListJobs, ListPairs, Watch};
use ipc::files::{FileRef, PairFormat};
use serde_json::{Value, json};

use crate::support::paths_without_model;
use crate::{Folder, command, parse, run};

async fn serve(data: &str) -> Arc<App> {
    let app =
        Arc::new(App::open(&paths_without_model(Path::new(data))).await.expect("the application opens"));
    app.serve(Engine::WINDOW).expect("it listens");
    app
}

/// Connects without Tiller's client, and says these bytes.
fn say(data: &str, bytes: &[u8]) -> UnixStream {
    let engine = Engine::read(Path::new(data)).expect("it says who it is");
    let mut stream = UnixStream::connect(engine.socket.expect("a socket")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
    // Whoever is cut off while it still talks is cut off as well.
    let _ = stream.write_all(bytes);
    stream
}

fn piece(content: &Value) -> Vec<u8> {
    let content = content.to_string();
    [&(content.len() as u32).to_be_bytes()[..], content.as_bytes()].concat()
}

fn heard(stream: &mut UnixStream) -> Value {
    let mut length = [0; 4];
    stream.read_exact(&mut length).expect("a length");
    let mut content = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut content).expect("a piece");
    serde_json::from_slice(&content).expect("JSON")
}

fn is_cut_off(stream: &mut UnixStream) -> bool {
    // Whoever is cut off with bytes unread finds an error here instead of the end.
    let ended = stream.read_to_end(&mut Vec::new());
    !ended.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_sends_commands_and_receives_events() {
    let folder = Folder::new();
    let data = folder.path("store");
    let app = serve(&data).await;
    let mut client = Client::connect(Path::new(&data), "test").await.expect("a connection");
    client.call(&Watch {}).await.expect("it watches");
    assert!(matches!(client.event().await, Ok(Event::Overview(_))));
    let set = client
        .call(&CreateDataSet { name: "Mine".into(), description: String::new() })
        .await
        .expect("a data set");
    let mut of_sets = None;
    while of_sets.is_none() {
        of_sets = match client.event().await.expect("the next event") {
            Event::DataSet(of) => Some(of),
            _ => None,
        };
    }
    assert_eq!(of_sets, Some(set));
    let refused = client.call(&ListPairs { data_set: 10_000 }).await;
    assert!(matches!(refused, Err(ClientError::Failed(_))), "{refused:?}");
    // A path that was typed on the command line counts as chosen.
    let out = folder.path("pairs.jsonl");
    let export = ExportPairs {
        data_set: 1,
        split: None,
        tags: vec![],
        file: FileRef::typed(&out),
        format: PairFormat::TrlJsonl,
        everything: true,
        guard_formulas: false,
        replace: false,
    };
    assert!(client.call(&export).await.expect("an export").pairs > 0);
    let again = client.call(&export).await;
    assert!(matches!(again, Err(ClientError::Failed(failure)) if failure.message.contains("already")));
    assert!(client.call(&ListJobs {}).await.expect("the jobs").is_empty());

    // The command line goes through it, too.
    let store = data.clone();
    let output = tokio::task::spawn_blocking(move || run(&["jobs", "list", "--store", &store, "--json"]));
    let output = output.await.expect("an end");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && message.contains("Tiller (process"), "{message}");
    assert!(parse(&output.stdout).is_empty());
    app.close().await;
    let end = loop {
        if let Err(end) = client.event().await {
            break end;
        }
    };
    assert!(matches!(end, ClientError::Closed), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_is_refused_with_a_sentence_and_hostile_bytes_do_no_harm() {
    let folder = Folder::new();
    let data = folder.path("store");
    let app = serve(&data).await;
    let hello =
        |protocol: u32| piece(&json!({"hello": {"protocol": protocol, "program": "x", "more": true}}));
    let mut other = say(&data, &hello(999));
    let refusal = heard(&mut other).to_string();
    assert!(refusal.contains("version 999") && refusal.contains("same version"), "{refusal}");
    assert!(is_cut_off(&mut other));

    let request = json!({"ask": {"id": 1, "command": "list_jobs", "request": {}}});
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let greeted = |bytes: &[u8]| [&hello(PROTOCOL)[..], bytes].concat();
    let hostile = [
        vec![0xff; 64],
        vec![0; 64],
        piece(&json!({"hello": "x"})),
        piece(&request),
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        greeted(&[0xff; 64]),
        greeted(&piece(&json!({"ask": {"id": -1}}))),
        greeted(&piece(&json!("words"))),
        greeted(&[&(deep.len() as u32).to_be_bytes()[..], deep.as_bytes()].concat()),
        greeted(&[0, 0, 0, 9, b'{']),
        greeted(&hello(PROTOCOL)),
    ];
    for bytes in &hostile {
        let mut stream = say(&data, bytes);
        // One that was cut off already cannot end what it says.
        let _ = stream.shutdown(Shutdown::Write);
        assert!(is_cut_off(&mut stream), "{:?}", &bytes[..bytes.len().min(40)]);
    }
    let mut unknown =
        say(&data, &greeted(&piece(&json!({"ask": {"id": 1, "command": "rm", "request": {}}}))));
    assert!(heard(&mut unknown)["hello"].is_object());
    assert!(
        heard(&mut unknown)["failed"]["failure"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("no such"))
    );
    // Nobody of these keeps others from being served.
    let mut client = Client::connect(Path::new(&data), "test").await.expect("a connection");
    client.call(&ListJobs {}).await.expect("an answer");
    app.close().await;
}

#[test]
fn what_a_process_that_is_gone_left_beside_the_lock_means_nothing() {
    let folder = Folder::new();
    let store = folder.path("store");
    fs::create_dir(&store).expect("a folder");
    let socket = Path::new(&store).join("tiller.sock");
    // A socket that nobody listens at any more, and one that somebody else listens at.
    drop(UnixListener::bind(&socket).expect("a socket"));
    let stranger = folder.path("stranger.sock");
    let _listener = UnixListener::bind(&stranger).expect("a socket");
    for left in [socket.display().to_string(), stranger, folder.path("nowhere.sock")] {
        let engine = json!({"protocol": 1, "pid": 1, "program": "Tiller", "started": 0, "socket": left});
        folder.file("store/engine.json", engine.to_string());
        let output = command(&["jobs", "list", "--store", &store]).output().expect("tiller-cli starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    folder.file("store/engine.json", "{");
    assert!(run(&["jobs", "list", "--store", &store]).status.success());
}
