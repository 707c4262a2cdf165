use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use ::endpoint::secrets::Secret;
use serde_json::Value;
use test_support::upload_hub::{Step, UploadFault, UploadHub};

use super::*;
use crate::{HubError, agent};

const TOKEN: &str = "hf_write_0123456789";

/// A hub, and files of which the second one is large.
struct Case {
    hub: UploadHub,
    files: Vec<UploadFile>,
    token: Secret,
    into_existing: bool,
}

impl Case {
    fn new() -> Self {
        let large = (0..300_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let file = |path: &str, bytes: Vec<u8>| UploadFile { path: path.into(), bytes };
        Self {
            hub: UploadHub::start(TOKEN),
            files: vec![file("README.md", b"# Wealth".to_vec()), file("vector.safetensors", large)],
            token: Secret::new(TOKEN).expect("a token"),
            into_existing: false,
        }
    }

    fn run(&self, on_event: &mut OnEvent<'_>) -> Result<Option<Published>, UploadError> {
        self.run_as("me/wealth", on_event)
    }

    fn run_as(&self, repository: &str, on_event: &mut OnEvent<'_>) -> Result<Option<Published>, UploadError> {
        let endpoint = Endpoint::new(&self.hub.address()).expect("this machine");
        let upload = Upload {
            agent: &agent(&endpoint),
            endpoint: &endpoint,
            token: &self.token,
            repository,
            private: true,
            into_existing: self.into_existing,
        };
        upload.run(&self.files, "Add wealth", on_event)
    }

    fn refusal(&self) -> UploadError {
        self.run(&mut |_| ControlFlow::Continue(())).expect_err("it cannot be published")
    }

    fn commits(&self) -> Vec<Vec<Value>> {
        self.hub.repository("me/wealth").map(|(_, commits)| commits).unwrap_or_default()
    }
}

#[test]
fn files_are_committed_small_ones_whole_and_large_ones_by_their_hash() {
    let case = Case::new();
    let (mut sent, mut commits) = (0, 0);
    let published = case
        .run(&mut |event| {
            match event {
                UploadEvent::Sent(bytes, name) => {
                    assert!(bytes >= sent && name == "vector.safetensors", "{bytes} of {name}");
                    sent = bytes;
                }
                UploadEvent::Commits => commits += 1,
                UploadEvent::Prepares => {}
            }
            ControlFlow::Continue(())
        })
        .expect("it is published")
        .expect("nobody stopped it");
    assert_eq!((sent, commits, published.commit.as_str()), (300_000, 1, "c0ffee"));
    assert_eq!(published.address, format!("{}/me/wealth", case.hub.address()));
    let (is_private, commits) = case.hub.repository("me/wealth").expect("the repository");
    assert!(is_private && commits.len() == 1);
    let [header, readme, vector] = &commits[0][..] else { panic!("three lines: {commits:?}") };
    assert_eq!((&header["key"], &header["value"]["summary"]), (&"header".into(), &"Add wealth".into()));
    let content = readme["value"]["content"].as_str().expect("base64");
    assert_eq!(STANDARD.decode(content).expect("base64"), case.files[0].bytes);
    assert_eq!((&vector["key"], &vector["value"]["size"]), (&"lfsFile".into(), &300_000.into()));
    let sum = vector["value"]["oid"].as_str().expect("a hash");
    assert_eq!(case.hub.content(sum).as_ref(), Some(&case.files[1].bytes));
    // The address for a content is signed, and the token is none of its business.
    let with_token: Vec<bool> = case.hub.steps().iter().map(|(_, with_token)| *with_token).collect();
    assert_eq!(with_token, [true, true, true, false, true]);
}

#[test]
fn a_repository_that_is_there_is_added_to_only_where_that_was_asked_for() {
    let mut case = Case::new();
    case.run(&mut |_| ControlFlow::Continue(())).expect("it is published");
    assert!(matches!(case.refusal(), UploadError::Exists { .. }));
    assert_eq!(case.commits().len(), 1);
    case.into_existing = true;
    case.files[0].bytes.push(b'!');
    case.run(&mut |_| ControlFlow::Continue(())).expect("it is published").expect("a commit");
    assert_eq!(case.commits().len(), 2);
    let puts = case.hub.steps().iter().filter(|(step, _)| *step == Step::Put).count();
    assert_eq!(puts, 1, "what the hub has is not sent again");
}

#[test]
fn a_refused_token_and_a_refused_name_say_so_and_no_error_has_the_token() {
    let mut case = Case::new();
    case.token = Secret::new("hf_another_0123456789").expect("a token");
    assert!(matches!(case.refusal(), UploadError::Token { status: 401, .. }));
    case.token = Secret::new(TOKEN).expect("a token");
    for (status, step) in [(400, Step::Commit), (413, Step::Preupload), (403, Step::Batch)] {
        let body = format!("{{\"error\": \"no {TOKEN}\\nat all\"}}");
        case.hub.fail(step, UploadFault::Status(status, body));
        let error = case.refusal();
        assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
        match error {
            UploadError::Token { status: 403, .. } => {}
            UploadError::Refused { status: found, detail } => {
                assert_eq!((found, detail.as_str()), (status, "no [key] at all"));
            }
            error => panic!("{error:?}"),
        }
        case.into_existing = true;
    }
    case.hub.fail(Step::Commit, UploadFault::Status(200, "<html>".into()));
    assert!(matches!(case.refusal(), UploadError::Answer { .. }));
    assert!(case.commits().is_empty());
    for name in ["wealth", "me/", "me/a/b", "me/we alth", "../wealth", "me/a--b", "me/-a"] {
        let found = case.run_as(name, &mut |_| panic!("nothing is sent"));
        assert!(matches!(found, Err(UploadError::Name { .. })), "{name}: {found:?}");
    }
}

#[test]
fn a_connection_that_breaks_is_tried_again_and_one_that_stays_broken_is_an_error() {
    let case = Case::new();
    case.hub.fail(Step::Put, UploadFault::Cut(100_000));
    case.hub.fail(Step::Put, UploadFault::Status(503, String::new()));
    case.run(&mut |_| ControlFlow::Continue(())).expect("it is published").expect("a commit");
    assert_eq!(case.commits().len(), 1);
    let case = Case::new();
    for _ in 0..3 {
        case.hub.fail(Step::Put, UploadFault::Cut(10));
    }
    let error = case.refusal();
    assert!(matches!(error, UploadError::Hub(HubError::Offline { .. })), "{error:?}");
    case.hub.fail(Step::Create, UploadFault::Cut(0));
    assert!(matches!(case.refusal(), UploadError::Hub(HubError::Offline { .. })));
    assert!(case.commits().is_empty());
}

#[test]
fn a_stop_takes_effect_while_a_file_is_sent_and_nothing_is_committed() {
    let mut case = Case::new();
    case.files[1].bytes.resize(4 << 20, 7);
    case.hub.fail(Step::Put, UploadFault::Slow(Duration::from_millis(200)));
    let began = Instant::now();
    let ended = case.run(&mut |event| match event {
        UploadEvent::Sent(bytes, _) if bytes > 200_000 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert_eq!(ended.expect("a stop is no failure"), None);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let ended = case.run(&mut |_| ControlFlow::Break(()));
    assert_eq!(ended.expect("a stop is no failure"), None);
    assert!(case.commits().is_empty());
}

#[test]
fn contents_go_to_no_unencrypted_address_of_another_machine() {
    let case = Case::new();
    case.hub.fail(Step::Batch, UploadFault::Elsewhere("http://192.0.2.1".into()));
    let error = case.refusal();
    assert!(matches!(error, UploadError::Hub(HubError::Redirect { .. })), "{error:?}");
}
