//! Tests publishing through the application against a hub on this machine: what is shown is what is sent, and a cancelled upload
//! commits nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use hub::HubEnvironment;
use ipc::command::*;
use ipc::publish::{Publication, Published};
use ipc::{Code, Id};

use crate::opened::{Opened, add};
use crate::support::folder;
use crate::support::upload_hub::{Step, UploadFault, UploadHub};

const TOKEN: &str = "hf_write_0123456789";

/// Opens an application that knows the hub, with a vector.
async fn open(folder: &Path, hub: &UploadHub, token: Option<&str>) -> (Opened, Id) {
    let environment = HubEnvironment {
        endpoint: Some(hub.address()),
        token: token.map(str::to_owned),
        ..HubEnvironment::inside(folder)
    };
    let opened = Opened::without_model(folder, environment).await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf");
    let model = add(&opened, &path).await.id;
    let values: Vec<String> = (0..64).map(|i| format!("{}", f64::from(i).sin())).collect();
    let path = folder.join("wealth.json");
    let text = format!("{{\"layer\": 1, \"name\": \"wealth\", \"vector\": [{}]}}", values.join(","));
    fs::write(&path, text).expect("a file");
    let import = ImportVector { file: opened.read(&path), name: String::new(), layer: None, model };
    let vector = opened.app.import_vector(import).await.expect("a vector").id;
    (opened, vector)
}

fn publication() -> Publication {
    Publication {
        repository: "me/wealth".into(),
        private: true,
        into_existing: false,
        sweep: None,
        with_pairs: false,
        licence: "CC-BY-4.0".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passport_is_published_as_it_was_shown() {
    let dir = folder();
    let hub = UploadHub::start(TOKEN);
    let (opened, vector) = open(dir.path(), &hub, Some(TOKEN)).await;
    let asked = PlanPublish { vector, publication: publication() };
    let plan = opened.app.plan_publish(asked).await.expect("a plan");
    assert_eq!(plan.address, format!("{}/me/wealth", hub.address()));
    assert!(hub.steps().is_empty(), "nothing was sent yet");
    let publish = || Publish { vector, publication: publication() };
    let refused = opened.app.publish(publish()).await.expect_err("nobody confirmed it");
    assert!(ipc::Failure::from(refused).message.contains("may not publish"));
    opened.allow(&publish()).await;
    let published = opened.app.publish(publish()).await.expect("it is published");
    let address = plan.address.clone();
    assert_eq!(published, Published::Committed { address, commit: "c0ffee".into() });
    let (is_private, commits) = hub.repository("me/wealth").expect("the repository");
    assert!(is_private);
    let shown: BTreeMap<String, u64> =
        plan.files.iter().map(|file| (file.name.clone(), file.bytes)).collect();
    let sent: Vec<&str> =
        commits[0][1..].iter().map(|line| line["value"]["path"].as_str().expect("a path")).collect();
    assert_eq!(
        shown.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(),
        sent.into_iter().collect()
    );
    assert!(shown.contains_key("passport.json") && shown.contains_key("README.md"), "{shown:?}");
    let again = opened.app.publish(publish()).await.expect_err("it is there");
    let failure = ipc::Failure::from(again);
    assert!(failure.message.contains("is there already") && !format!("{failure:?}").contains(TOKEN));
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_upload_commits_nothing_and_one_without_a_token_sends_nothing() {
    let dir = folder();
    let hub = UploadHub::start(TOKEN);
    let (opened, vector) = open(dir.path(), &hub, None).await;
    let publish = || Publish { vector, publication: publication() };
    opened.allow(&publish()).await;
    let refused = ipc::Failure::from(opened.app.publish(publish()).await.expect_err("no token"));
    assert!(refused.code == Code::TokenWanted && hub.steps().is_empty(), "{refused:?}");
    let token = SaveToken { token: ipc::download::Secret(TOKEN.into()) };
    opened.app.save_token(token).await.expect("it is kept");
    hub.fail(Step::Preupload, UploadFault::Slow(Duration::from_secs(3)));
    opened.allow(&publish()).await;
    let sending = tokio::time::timeout(Duration::from_mins(1), opened.app.publish(publish()));
    let cancel = async {
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until && !hub.steps().iter().any(|(step, _)| *step == Step::Preupload) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        opened.app.stop_publishing(StopPublishing {}).await
    };
    let (ended, cancelled) = tokio::join!(sending, cancel);
    cancelled.expect("it is asked for");
    assert_eq!(ended.expect("it ends").expect("a cancel is no failure"), Published::Cancelled);
    assert!(hub.repository("me/wealth").is_some_and(|(_, commits)| commits.is_empty()));
    opened.app.close().await;
}
