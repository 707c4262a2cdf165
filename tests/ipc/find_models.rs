//! Tests how a person finds a model: the list that comes with Tiller, and the search of a hub on this machine.

use std::fs;

use crate::hub::TestHub;
use crate::opened::Opened;
use hub::HubEnvironment;
use ipc::command::*;
use ipc::download::Secret;
use ipc::project::Settings;
use ipc::{Code, Failure};

async fn search(opened: &Opened, words: &str) -> Result<ipc::catalogue::HubSearch, Failure> {
    opened.app.search_hub(SearchHub { words: words.into() }).await.map_err(Failure::from)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_contacts_nobody_and_a_model_of_a_search_can_be_listed() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = TestHub::start(&[("m.Q4_1.gguf", &[7; 100])]);
    let paths = HubEnvironment { endpoint: Some(hub.address()), ..HubEnvironment::inside(data.path()) };
    let opened = Opened::without_model(data.path(), paths).await;
    let list = opened.app.read_catalogue(ReadCatalogue {}).await.expect("the list");
    assert!(list.len() >= 10);
    assert!(hub.requests().is_empty(), "nobody is contacted for the list");

    let found = search(&opened, "any words").await.expect("an answer");
    assert_eq!(hub.requests().len(), 1);
    assert!(hub.address().ends_with(&found.host));
    let address = found.models[0].repository.clone();
    let listing = opened.app.list_repository(ListRepository { address }).await.expect("its files");
    assert_eq!(listing.choices.len(), 1);

    // A model of the list names its file, and the choice with that file is suggested.
    let address = format!("{}:m.Q4_1.gguf", list[0].repository);
    let listing = opened.app.list_repository(ListRepository { address }).await.expect("its files");
    assert_eq!(listing.suggested, Some(0));
    let asked = hub.requests().pop().expect("a request").path;
    assert!(asked.starts_with(&format!("/api/models/{}/", list[0].repository)), "{asked}");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_fails_says_why_in_sentences() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = TestHub::start(&[]);
    let paths = HubEnvironment { endpoint: Some(hub.address()), ..HubEnvironment::inside(data.path()) };
    let opened = Opened::without_model(data.path(), paths).await;
    let empty = search(&opened, "  ").await.expect_err("no words");
    assert_eq!((empty.code, hub.requests().len()), (Code::Invalid, 0));
    for (status, body, code) in [
        (401, "no", Code::TokenWanted),
        (404, "no", Code::Other),
        (429, "no", Code::Other),
        (200, "<html>", Code::Other),
    ] {
        hub.answer_search(status, body);
        let refused = search(&opened, "words").await.expect_err(body);
        assert_eq!(refused.code, code, "{refused:?}");
        assert!(refused.message.ends_with('.') && refused.next.is_some(), "{refused:?}");
    }
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_takes_the_token_only_to_the_hub_that_it_was_typed_for() {
    let data = tempfile::tempdir().expect("a temporary folder");
    fs::write(data.path().join("token"), "hf_of_the_file").expect("a token of the hub's own programs");
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    let other = TestHub::start(&[]);
    let settings = Settings { hub_endpoint: Some(other.address()), ..Settings::default() };
    let save = SaveSettings { settings };
    opened.allow(&save).await;
    opened.app.save_settings(save).await.expect("the person confirmed another hub");
    search(&opened, "words").await.expect("an answer");
    let is_sent = || other.requests().last().expect("a request").headers.contains_key("authorization");
    assert!(!is_sent(), "the token is for another hub");
    let token = SaveToken { token: Secret("hf_typed".into()) };
    opened.app.save_token(token).await.expect("it is kept for this hub");
    search(&opened, "words").await.expect("an answer");
    assert!(is_sent());
    opened.app.close().await;
}
