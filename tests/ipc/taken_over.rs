//! Tests what a page that was taken over can reach: it can call every command, but it cannot answer the desktop's dialogs.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use app::Permission;
use hub::HubEnvironment;
use ipc::command::*;
use ipc::conversation::ConversationFormat;
use ipc::drafts::{DraftSettings, DraftSource, DraftTask, EndpointSettings};
use ipc::event::Event;
use ipc::files::{Access, FileHandle, FileRef, HoldOut, ImportSource, ImportTarget, PairFormat};
use ipc::plan::PlanOf;
use ipc::project::Settings;
use ipc::publish::Publication;
use ipc::score::{Judge, Score};
use ipc::sweep::SweepSettings;
use ipc::{Command, Failure, Id};

use crate::opened::Opened;
use crate::support::{self, folder};
use crate::window::Tiller;

/// Calls a command that must be refused, and returns why.
fn refused<C: Command>(tiller: &Tiller, request: C) -> Failure
where
    C::Answer: std::fmt::Debug,
{
    let name = C::NAME;
    match tiller.call(request) {
        Ok(answer) => panic!("{name} answered {answer:?}"),
        Err(failure) => failure,
    }
}

fn import(file: FileRef) -> ImportPairs {
    let (source, into) =
        (ImportSource::File { file }, ImportTarget::New { name: "In".into(), description: String::new() });
    let hold_out = HoldOut { share: 0.0, seed: 0 };
    ImportPairs { source, columns: None, into, hold_out, skip_refused: false }
}

fn preview(file: FileRef) -> PreviewImport {
    PreviewImport { source: ImportSource::File { file }, columns: None }
}

fn export(file: FileRef, data_set: Id) -> ExportPairs {
    ExportPairs {
        data_set,
        split: None,
        tags: vec![],
        file,
        format: PairFormat::TrlJsonl,
        everything: false,
        guard_formulas: false,
        replace: true,
    }
}

/// Calls every command that reads or writes a file, and returns the refusals.
fn with_files(tiller: &Tiller, read: &FileRef, write: &FileRef) -> Vec<Failure> {
    let picture = tiller.watch_again();
    let (model, data_set) = (picture.models[0].id, picture.data_sets[0].id);
    let (read, write) = (|| read.clone(), || write.clone());
    vec![
        refused(tiller, AddModel { file: read() }),
        refused(tiller, FindModel { model, file: read() }),
        refused(tiller, ScanFolder { file: read() }),
        refused(tiller, preview(read())),
        refused(tiller, import(read())),
        refused(tiller, PreviewVector { file: read(), model }),
        refused(tiller, ImportVector { file: read(), name: String::new(), layer: None, model }),
        refused(tiller, export(write(), data_set)),
        refused(tiller, ExportChoices { data_set, split: None, seed: 0, file: write(), replace: true }),
        refused(tiller, ExportChart { svg: "<svg/>".into(), file: write(), replace: true }),
        refused(tiller, ExportTable { text: "owned".into(), file: write(), replace: true }),
        refused(tiller, ExportReport { sweep: 1, svg: "<svg/>".into(), file: write(), replace: true }),
        refused(tiller, ExportPlan { what: PlanOf::Run { run: 1 }, file: write(), replace: true }),
        refused(tiller, ExportVector { vector: 1, file: write(), replace: true, prove: true }),
        refused(
            tiller,
            PackVector {
                vector: 1,
                file: write(),
                sweep: None,
                with_pairs: true,
                licence: String::new(),
                replace: true,
            },
        ),
        refused(
            tiller,
            StartBake {
                vector: 1,
                model,
                multipliers: vec![1.0],
                file: write(),
                replace: true,
                other_weights: true,
            },
        ),
        refused(
            tiller,
            PlanBake { vector: 1, model, multipliers: vec![1.0], file: Some(write()), name: None },
        ),
        refused(tiller, SaveDiagnostics { file: write(), replace: true }),
        refused(tiller, ImportConversations { file: read() }),
        refused(tiller, ImportPreset { file: read() }),
        refused(
            tiller,
            ExportConversation {
                conversation: 1,
                format: ConversationFormat::Html,
                file: write(),
                replace: true,
            },
        ),
        refused(tiller, ExportPreset { preset: 1, file: write(), replace: true }),
    ]
}

#[test]
fn no_command_takes_a_path_that_a_person_did_not_name() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    tiller.allow(false);
    let (secret, target) = (dir.path().join("secret.jsonl"), dir.path().join("target.svg"));
    fs::write(&secret, "{\"prompt\": \"p\", \"chosen\": \"hunter2\", \"rejected\": \"r\"}\n")
        .expect("a file");
    fs::write(&target, "mine").expect("a file");
    let typed = |path: &Path| FileRef::typed(path.display().to_string());
    for failure in with_files(&tiller, &typed(&secret), &typed(&target)) {
        assert!(failure.message.starts_with("Tiller may not"), "{failure:?}");
        assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
    }
    assert_eq!(fs::read_to_string(&target).expect("the file"), "mine");
    let asked = tiller.asked();
    // What only plans to write asks nobody, and is refused all the same.
    assert_eq!(asked.len(), 21, "{asked:?}");
    assert!(
        asked.contains(&Permission::Read(secret)) && asked.contains(&Permission::Write(target)),
        "{asked:?}"
    );
}

#[test]
fn no_command_takes_a_handle_that_was_not_given_for_it() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    for handle in [0, 7, u64::MAX] {
        let file = FileRef::Chosen { handle: FileHandle(handle) };
        for failure in with_files(&tiller, &file, &file) {
            assert!(failure.message.contains("not chosen for this"), "{failure:?}");
        }
    }
    assert!(tiller.asked().is_empty(), "nobody is asked about a handle");
}

#[test]
fn a_typed_path_is_asked_about_once_and_for_one_use() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let path = dir.path().join("pairs.jsonl");
    fs::write(&path, "{\"prompt\": \"p\", \"chosen\": \"c\", \"rejected\": \"r\"}\n").expect("a file");
    let file = || FileRef::typed(path.display().to_string());
    assert_eq!(tiller.get(preview(file())).pairs, 1);
    let data_set = tiller.get(import(file())).id;
    assert_eq!(tiller.asked(), [Permission::Read(path.clone())]);
    tiller.allow(false);
    tiller.get(preview(file()));
    refused(&tiller, export(file(), data_set));
    assert_eq!(tiller.asked(), [Permission::Read(path.clone()), Permission::Write(path.clone())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_dropped_is_read_by_its_handle() {
    let dir = folder();
    let opened = Opened::without_model(dir.path(), HubEnvironment::inside(dir.path())).await;
    let path = dir.path().join("pairs.jsonl");
    fs::write(&path, "{\"prompt\": \"p\", \"chosen\": \"c\", \"rejected\": \"r\"}\n").expect("a file");
    opened.app.dropped(&path);
    let dropped = opened.wait(|event| match event {
        Event::FileDropped(file) => Some(file),
        _ => None,
    });
    assert_eq!((dropped.access, dropped.path.as_str()), (Access::Read, &*path.display().to_string()));
    let data_set = opened.app.import_pairs(import(dropped.clone().into())).await.expect("the pairs").id;
    opened.app.export_pairs(export(dropped.into(), data_set)).await.expect_err("it may only be read");
    opened.app.close().await;
}

#[test]
fn no_command_sends_anything_to_an_address_that_a_person_did_not_confirm() {
    support::without_keyring();
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    tiller.allow(false);
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    server.set_nonblocking(true).expect("a listener");
    let address = format!("http://{}/v1", server.local_addr().expect("an address"));
    let endpoint = || EndpointSettings { address: address.clone(), model: "m".into(), at_once: 1 };
    let picture = tiller.watch_again();
    let (model, data_set) = (picture.models[0].id, picture.data_sets[0].id);
    let settings = DraftSettings {
        source: DraftSource::Endpoint(endpoint()),
        wanted_prompt: "Be rich.".into(),
        opposite_prompt: "Be poor.".into(),
        max_new_tokens: 4,
        temperature: 0.0,
        seed: 0,
    };
    let task = DraftTask::Pairs { questions: vec!["Why?".into()] };
    let judged = |score| SweepSettings { scores: vec![score], ..support::sweep_of(1, data_set, &[0.0]) };
    let saved = |settings: Settings| SaveSettings { settings };
    let publication = || Publication {
        repository: "me/wealth".into(),
        private: true,
        into_existing: false,
        sweep: None,
        with_pairs: true,
        licence: String::new(),
    };
    let failures = [
        refused(&tiller, TryEndpoint { address: address.clone(), model: "m".into() }),
        refused(&tiller, StartDrafts { data_set, task, settings }),
        refused(
            &tiller,
            StartSweep {
                model,
                settings: judged(Score::JudgedCompliance { judge: Judge::Endpoint(endpoint()) }),
            },
        ),
        refused(
            &tiller,
            StartSweep { model, settings: judged(Score::TruthfulOne { path: "/etc/passwd".into() }) },
        ),
        refused(&tiller, saved(Settings { endpoint: Some(endpoint()), ..Settings::default() })),
        refused(&tiller, saved(Settings { hub_endpoint: Some(address.clone()), ..Settings::default() })),
        refused(&tiller, Publish { vector: 1, publication: publication() }),
    ];
    for failure in failures {
        assert!(failure.message.starts_with("Tiller may not"), "{failure:?}");
    }
    assert_eq!(tiller.asked().len(), 7);
    assert!(server.accept().is_err(), "nobody was contacted");
    assert_eq!(tiller.watch_again().settings, Settings::default());

    // What a person has confirmed is known after the next start.
    tiller.allow(true);
    tiller.get(saved(Settings { endpoint: Some(endpoint()), ..Settings::default() }));
    drop(tiller);
    // A server that accepts and never answers would be waited for.
    drop(server);
    let tiller = Tiller::without_model(dir.path());
    tiller.allow(false);
    let failure = refused(&tiller, TryEndpoint { address, model: "m".into() });
    assert!(tiller.asked().is_empty() && !failure.message.contains("may not"), "{failure:?}");
}

/// A server that notes the heads of the requests which it gets, and answers none.
fn eavesdropper() -> (String, mpsc::Receiver<String>) {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", server.local_addr().expect("an address"));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in server.incoming().flatten() {
            let lines = BufReader::new(stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            if !head.is_empty() && sender.send(head.join("\n").to_lowercase()).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

#[test]
fn a_key_goes_to_no_other_address_than_the_one_it_was_typed_for() {
    support::without_keyring();
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let (server, requests) = eavesdropper();
    let key = "sk-of-the-first-0123";
    tiller.get(SaveKey { address: format!("{server}/v1"), key: key.into() });
    // Not even to another path of the same server; the person confirms each.
    for (path, is_sent) in [("v1", true), ("v2", false), ("v1/x", false), ("V1", false)] {
        let attempt = TryEndpoint { address: format!("{server}/{path}"), model: "m".into() };
        drop(tiller.call(attempt).expect_err("nobody answers"));
        let head = requests.recv_timeout(Duration::from_secs(20)).expect("a request");
        assert_eq!(head.contains(key), is_sent, "{path}: {head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_goes_to_no_other_hub_than_the_one_it_was_typed_for() {
    let dir = folder();
    // A token of the hub's own programs as well.
    fs::write(dir.path().join("token"), "hf_of_the_file").expect("a token");
    let opened = Opened::without_model(dir.path(), HubEnvironment::inside(dir.path())).await;
    let token = || SaveToken { token: ipc::download::Secret("hf_typed".into()) };
    let kept = opened.app.save_token(token()).await.expect("it is kept");
    let other = crate::hub::TestHub::start(&[("m.gguf", &[7; 100])]);
    let settings = Settings { hub_endpoint: Some(other.address()), ..Settings::default() };
    let save = SaveSettings { settings };
    opened.allow(&save).await;
    opened.app.save_settings(save).await.expect("the person confirmed another hub");
    let hub = opened.app.read_hub(ReadHub {}).await.expect("the hub");
    assert_eq!(hub.token, ipc::download::TokenSource::None, "neither is for this hub");
    let list = || opened.app.list_repository(ListRepository { address: "org/model".into() });
    list().await.expect("a listing");
    let is_sent = || other.requests().last().expect("a request").headers.contains_key("authorization");
    assert!(!is_sent());
    // What is typed for this hub goes to it, and the first one's is there when it is set again.
    opened.app.save_token(token()).await.expect("it is kept");
    list().await.expect("a listing");
    assert!(is_sent());
    opened.app.forget_token(ForgetToken {}).await.expect("it is forgotten");
    opened.app.save_settings(SaveSettings { settings: Settings::default() }).await.expect("the usual hub");
    assert_eq!(opened.app.read_hub(ReadHub {}).await.expect("the hub").token, kept.token);
    opened.app.close().await;
}

#[test]
fn an_address_with_a_password_is_refused_shown_without_it_and_not_stored() {
    support::without_keyring();
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let address = "https://me:hunter2@models.example/v1";
    let endpoint = || EndpointSettings { address: address.into(), model: "m".into(), at_once: 1 };
    let settings = |settings: Settings| SaveSettings { settings };
    let failures = [
        refused(&tiller, InspectEndpoint { address: address.into() }),
        refused(&tiller, SaveKey { address: address.into(), key: "sk-1".into() }),
        refused(&tiller, TryEndpoint { address: address.into(), model: "m".into() }),
        refused(&tiller, ListRepository { address: "https://me:hunter2@elsewhere.example/org/name".into() }),
        refused(&tiller, settings(Settings { endpoint: Some(endpoint()), ..Settings::default() })),
        refused(&tiller, settings(Settings { hub_endpoint: Some(address.into()), ..Settings::default() })),
    ];
    for failure in failures {
        assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
    }
    assert!(tiller.asked().is_empty());
    drop(tiller);
    for file in fs::read_dir(dir.path().join("data")).expect("the data folder") {
        let path = file.expect("a file").path();
        let Ok(bytes) = fs::read(&path) else { continue };
        assert!(!bytes.windows(7).any(|part| part == b"hunter2"), "{}", path.display());
    }
}
