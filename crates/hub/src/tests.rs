//! Tests fetching against a hub on this machine that misbehaves in every way that hubs do.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ::endpoint::secrets::Secret;
use sha2::{Digest as _, Sha256};
use test_support::hub::{COMMIT, Fault, TestHub};

use super::fetch::{Fetch, FetchEvent};
use super::{Address, Endpoint, HubError, Listing, RepositoryCache, agent};
use crate::RemoteFile;

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Returns a content that takes several reads.
fn content() -> Vec<u8> {
    (0..1_000_003_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// A hub with one large file, and an empty cache.
struct Case {
    hub: TestHub,
    content: Vec<u8>,
    folder: tempfile::TempDir,
    token: Option<Secret>,
}

impl Case {
    fn new() -> Self {
        let content = content();
        let hub = TestHub::start(&[("sub/model.gguf", &content), ("config.json", b"{}")]);
        Self { hub, content, folder: tempfile::tempdir().expect("a temporary folder"), token: None }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::new(&self.hub.address()).expect("this machine")
    }

    fn cache(&self) -> RepositoryCache {
        RepositoryCache::new(self.folder.path(), "org/model")
    }

    fn list(&self, address: &str) -> Result<Listing, HubError> {
        let endpoint = self.endpoint();
        let address = Address::read(address, &endpoint)?;
        Listing::ask(&agent(&endpoint), &endpoint, self.token.as_ref(), &address, |_| self.cache())
    }

    fn row(&self) -> RemoteFile {
        RemoteFile {
            path: "sub/model.gguf".into(),
            bytes: self.content.len() as u64,
            sha256: Some(sha256(&self.content)),
            blob: sha256(&self.content),
            validator: None,
        }
    }

    fn fetch_row(
        &self,
        row: &RemoteFile,
        on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, HubError> {
        let (endpoint, cache) = (self.endpoint(), self.cache());
        let agent = agent(&endpoint);
        let usual = Fetch::new(&agent, &endpoint, self.token.as_ref(), "org/model", COMMIT, &cache);
        Fetch { first_wait: Duration::from_millis(1), ..usual }.content(row, on_event)
    }

    fn fetch(&self) -> Result<(), HubError> {
        let ended = self.fetch_row(&self.row(), &mut |_| ControlFlow::Continue(()))?;
        assert!(ended.is_continue(), "nobody asked for a halt");
        Ok(())
    }

    /// Asserts that the whole file is in the cache, and no partial file beside it.
    fn check(&self) {
        let row = self.row();
        assert_eq!(fs::read(self.cache().blob(&row.blob)).expect("the content"), self.content);
        assert!(!self.cache().partial(&row.blob).exists());
    }

    fn ranges(&self) -> Vec<Option<String>> {
        self.hub.requests().iter().map(|request| request.headers.get("range").cloned()).collect()
    }
}

#[test]
fn a_repository_is_listed_with_its_choices() {
    let case = Case::new();
    let listing = case.list("org/model").expect("a listing").shown;
    assert_eq!((listing.repository.as_str(), listing.commit.as_str()), ("org/model", COMMIT));
    assert_eq!(listing.files.len(), 2);
    assert_eq!((listing.choices.len(), listing.suggested), (1, Some(0)));
    assert!(!listing.is_gated && !listing.files[1].is_here);
    assert_eq!(case.hub.requests()[0].path, "/api/models/org/model/revision/main?blobs=true");
    case.list("org/model@refs/pr/1").expect("a listing");
    assert_eq!(case.hub.requests()[1].path, "/api/models/org/model/revision/refs%2Fpr%2F1?blobs=true");
}

#[test]
fn a_file_comes_in_one_go_and_is_not_fetched_twice() {
    let case = Case::new();
    case.fetch().expect("the file");
    case.check();
    case.fetch().expect("it is there");
    assert_eq!(case.hub.requests().len(), 1);
    assert!(case.list("org/model").expect("a listing").shown.files.iter().any(|file| file.is_here));
}

#[test]
fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let case = Case::new();
    case.hub.fail(&[Fault::Cut(300_000), Fault::Cut(0), Fault::Cut(500_000)]);
    case.fetch().expect("the file");
    case.check();
    let ranges = case.ranges();
    assert_eq!(ranges[..2], [None, Some("bytes=300000-".to_owned())]);
    assert_eq!(ranges[3], Some("bytes=800000-".to_owned()));
    let tag = case.hub.requests()[1].headers.get("if-range").cloned();
    assert_eq!(tag, Some(format!("\"{}\"", sha256(&case.content))), "only the same content may follow");
}

#[test]
fn a_connection_that_always_breaks_is_given_up_and_what_came_is_stored() {
    let case = Case::new();
    case.hub.fail(&[
        Fault::Cut(1000),
        Fault::Cut(0),
        Fault::Cut(0),
        Fault::Cut(0),
        Fault::Cut(0),
        Fault::Cut(0),
    ]);
    assert!(matches!(case.fetch(), Err(HubError::Broken { .. } | HubError::Offline { .. })));
    assert_eq!(fs::metadata(case.cache().partial(&case.row().blob)).expect("the part").len(), 1000);
    case.fetch().expect("the rest");
    case.check();
    assert_eq!(case.ranges().last(), Some(&Some("bytes=1000-".to_owned())));
}

#[test]
fn a_range_that_the_server_ignores_begins_again() {
    let case = Case::new();
    case.hub.fail(&[Fault::Cut(1000), Fault::Whole]);
    case.fetch().expect("the file");
    case.check();
}

#[test]
fn another_range_than_was_asked_for_is_thrown_away() {
    let case = Case::new();
    case.hub.fail(&[Fault::Cut(1000), Fault::OtherRange]);
    case.fetch().expect("the file");
    case.check();
    assert_eq!(case.ranges()[2], None, "it begins again");
}

#[test]
fn a_content_that_changed_in_between_is_not_mixed() {
    let case = Case::new();
    case.cache().prepare().expect("the folders");
    let row = RemoteFile { validator: Some("\"of something else\"".into()), ..case.row() };
    fs::write(case.cache().partial(&row.blob), vec![7; 5000]).expect("a part");
    let ended = case.fetch_row(&row, &mut |_| ControlFlow::Continue(())).expect("the file");
    assert!(ended.is_continue());
    case.check();
}

#[test]
fn a_wrong_checksum_is_reported_and_nothing_of_it_is_left() {
    let case = Case::new();
    case.hub.fail(&[Fault::Wrong]);
    assert!(matches!(case.fetch(), Err(HubError::Checksum { .. })));
    assert!(
        !case.cache().partial(&case.row().blob).exists() && !case.cache().blob(&case.row().blob).exists()
    );
    case.fetch().expect("another try");
    case.check();
}

#[test]
fn a_range_behind_the_end_begins_again() {
    let case = Case::new();
    case.hub.fail(&[Fault::Cut(1000), Fault::Status(416, "")]);
    case.fetch().expect("the file");
    case.check();
}

#[test]
fn too_many_requests_are_waited_for() {
    let case = Case::new();
    case.hub.fail(&[Fault::Status(429, "retry-after: 1\r\n"), Fault::Status(503, "")]);
    let (began, mut waits) = (Instant::now(), 0);
    let ended = case
        .fetch_row(&case.row(), &mut |event| {
            waits += usize::from(matches!(event, FetchEvent::Waits(1, "The hub asks to wait")));
            ControlFlow::Continue(())
        })
        .expect("the file");
    assert!(ended.is_continue());
    assert!(waits > 0 && began.elapsed() >= Duration::from_secs(1));
    case.check();
    case.hub.answer_listing(429, "");
    let busy = case.list("org/model").expect_err("too many requests");
    assert!(matches!(busy, HubError::Busy { .. }), "{busy:?}");
}

#[test]
fn refusals_have_their_own_words() {
    let refused = |case: &Case, status| {
        case.hub.fail(&[Fault::Status(status, "")]);
        case.fetch().expect_err("it is refused")
    };
    let wants =
        |error: &HubError, token: bool| matches!(error, HubError::Token { sent, .. } if *sent == token);
    let mut case = Case::new();
    assert!(wants(&refused(&case, 401), false) && wants(&refused(&case, 403), false));
    assert!(matches!(refused(&case, 404), HubError::Missing { .. }));
    case.token = Secret::new("hf_old");
    assert!(wants(&refused(&case, 401), true));
    let missing = case
        .list("org/other@v9")
        .and_then(|_| {
            case.hub.answer_listing(404, "");
            case.list("org/other@v9")
        })
        .expect_err("no such branch");
    assert!(matches!(&missing, HubError::Missing { what } if what.contains("v9")), "{missing:?}");
}

#[test]
fn an_invalid_listing_is_refused_and_bad_names_are_left_out() {
    let case = Case::new();
    for bad in ["", "[]", r#"{"sha":"../../etc"}"#, "<html>"] {
        case.hub.answer_listing(200, bad);
        assert!(matches!(case.list("org/model"), Err(HubError::Answer { .. })), "{bad}");
    }
    let sum = "a".repeat(64);
    case.hub.answer_listing(
        200,
        &format!(
            r#"{{"sha":"{COMMIT}","gated":"manual","siblings":[
                {{"rfilename":"../../evil.gguf","size":1,"blobId":"{sum}"}},
                {{"rfilename":"a.gguf","size":1,"blobId":"../x"}},
                {{"rfilename":"b.gguf","size":1,"lfs":{{"sha256":"short"}}}},
                {{"rfilename":"good.gguf","size":9,"lfs":{{"sha256":"{sum}","size":9}}}}]}}"#
        ),
    );
    let listing = case.list("org/model").expect("a listing").shown;
    let paths: Vec<&str> = listing.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((paths, listing.is_gated), (vec!["good.gguf"], true));
}

#[test]
fn the_token_goes_to_the_hub_and_does_not_follow_to_another_host() {
    let mut case = Case::new();
    let elsewhere = TestHub::start(&[("sub/model.gguf", &case.content)]);
    // The same machine under another name counts as another host.
    let address = elsewhere.address().replace("127.0.0.1", "localhost");
    case.hub.want_token("hf_mine");
    assert!(matches!(case.list("org/model"), Err(HubError::Token { status: 401, sent: false, .. })));
    case.token = Secret::new("hf_mine");
    case.list("org/model").expect("a listing");
    case.hub.fail(&[Fault::Elsewhere(address)]);
    case.fetch().expect("the file");
    case.check();
    let sent =
        |hub: &TestHub| hub.requests().last().expect("a request").headers.contains_key("authorization");
    assert!(sent(&case.hub) && !sent(&elsewhere));
}

#[test]
fn a_redirect_to_an_unencrypted_host_or_in_a_circle_is_refused() {
    let case = Case::new();
    case.hub.fail(&[Fault::Elsewhere("http://files.example".into())]);
    assert!(matches!(case.fetch(), Err(HubError::Redirect { .. })));
    case.hub.fail(&vec![Fault::Elsewhere(case.hub.address()); 20]);
    assert!(matches!(case.fetch(), Err(HubError::Redirect { .. })));
}

#[test]
fn a_slow_host_can_be_left_at_once() {
    let case = Case::new();
    case.hub.fail(&[Fault::Slow(Duration::from_secs(20))]);
    let (endpoint, cache) = (case.endpoint(), case.cache());
    let agent = agent(&endpoint);
    let stopping = agent.clone();
    let began = Instant::now();
    let mut half = 0;
    let fetch = Fetch::new(&agent, &endpoint, None, "org/model", COMMIT, &cache);
    let stopped = std::sync::atomic::AtomicBool::new(false);
    let ended = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(700));
            stopped.store(true, std::sync::atomic::Ordering::SeqCst);
            stopping.shutdown();
        });
        fetch.content(&case.row(), &mut |event| {
            if let FetchEvent::There(bytes) = event {
                half = bytes;
            }
            let stops = stopped.load(std::sync::atomic::Ordering::SeqCst);
            if stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    assert!(matches!(ended, Ok(ControlFlow::Break(()))), "{ended:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(half > 400_000, "what came is kept: {half}");
    case.fetch().expect("the rest");
    case.check();
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_is_reported() {
    let case = Case::new();
    case.cache().prepare().expect("the folders");
    std::os::unix::fs::symlink("/dev/full", case.cache().partial(&case.row().blob)).expect("a full disk");
    let full = case.fetch().expect_err("nothing can be written");
    let is_full = |error: &io::Error| error.kind() == io::ErrorKind::StorageFull;
    assert!(matches!(&full, HubError::Disk { source, .. } if is_full(source)), "{full:?}");
}

#[test]
fn a_file_of_another_size_is_not_taken() {
    let case = Case::new();
    let row = RemoteFile { bytes: 10, ..case.row() };
    let ended = case.fetch_row(&row, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(ended, Err(HubError::Size { .. })), "{ended:?}");
}
