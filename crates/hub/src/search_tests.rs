//! Tests the search against a hub on this machine that answers what no hub should.

use ::endpoint::secrets::Secret;
use ipc::catalogue::HubSearch;
use test_support::hub::TestHub;

use super::{Endpoint, HubError, agent, search};

fn ask(hub: &TestHub, token: Option<&Secret>, words: &str) -> Result<HubSearch, HubError> {
    let endpoint = Endpoint::new(&hub.address()).expect("this machine");
    search(&agent(&endpoint), &endpoint, token, words)
}

#[test]
fn models_are_found_by_words_which_are_sent_as_they_are() {
    let hub = TestHub::start(&[]);
    let found = ask(&hub, None, "  q&a \u{6a21}\u{578b} ").expect("an answer");
    assert!(hub.address().ends_with(&found.host));
    let [model] = &found.models[..] else { panic!("one model: {found:?}") };
    assert_eq!((model.repository.as_str(), model.downloads), ("org/model", Some(1234)));
    assert_eq!((model.updated.as_deref(), model.parameters), (Some("2026-10-02"), Some(134_515_008)));
    assert!(!model.is_gated && model.unusable.is_none());
    let requests = hub.requests();
    let [request] = &requests[..] else { panic!("one request") };
    assert!(request.path.starts_with("/api/models?search=q%26a+%E6%A8%A1%E5%9E%8B&filter=gguf&"));
    assert!(request.path.contains("&limit=30") && !request.headers.contains_key("authorization"));
}

#[test]
fn words_that_cannot_be_searched_for_are_not_sent() {
    let hub = TestHub::start(&[]);
    for words in ["", " \t", &"a".repeat(201)] {
        assert!(matches!(ask(&hub, None, words), Err(HubError::Words { .. })), "{words:?}");
    }
    assert!(hub.requests().is_empty());
}

#[test]
fn what_is_no_model_is_left_out_and_the_rest_is_shown() {
    let hub = TestHub::start(&[]);
    hub.answer_search(
        200,
        r#"[{"id":"../../etc/passwd"},{"id":"a/b/c"},{"id":7},{},null,
            {"id":"org/new","gated":"manual","lastModified":"<script>","downloads":5,
                "gguf":{"total":1,"architecture":"qwen99"}},
            {"id":"org/odd","createdAt":"2024-01-31T00:00:00Z","gguf":{"architecture":"<b>not a word</b>"}},
            {"id":"org/new","downloads":6}]"#,
    );
    let models = ask(&hub, None, "x").expect("an answer").models;
    let [new, odd] = &models[..] else { panic!("two models: {models:?}") };
    assert_eq!((new.repository.as_str(), new.downloads, new.is_gated), ("org/new", Some(5), true));
    assert_eq!(new.updated, None, "that is no day");
    assert!(new.unusable.as_ref().is_some_and(|why| why.contains("qwen99")));
    assert_eq!((odd.updated.as_deref(), odd.unusable.as_ref()), (Some("2024-01-31"), None));
}

#[test]
fn an_answer_is_bounded_in_number_and_size() {
    let hub = TestHub::start(&[]);
    let many: Vec<String> = (0..5000).map(|number| format!(r#"{{"id":"org/m{number}"}}"#)).collect();
    hub.answer_search(200, &format!("[{}]", many.join(",")));
    assert_eq!(ask(&hub, None, "m").expect("an answer").models.len(), 30);
    hub.answer_search(200, &format!("[{}", " ".repeat(4 << 20)));
    let long = ask(&hub, None, "m").expect_err("it is too long");
    assert!(matches!(&long, HubError::Answer { detail } if detail.contains("too long")), "{long:?}");
    for bad in ["", "{}", "<html>", &"[".repeat(100_000)] {
        hub.answer_search(200, bad);
        assert!(matches!(ask(&hub, None, "m"), Err(HubError::Answer { .. })));
    }
}

#[test]
fn refusals_have_their_own_words() {
    let hub = TestHub::start(&[]);
    let refused = |status, token: Option<&Secret>| {
        hub.answer_search(status, "no");
        ask(&hub, token, "m").expect_err("it is refused")
    };
    let token = Secret::new("hf_mine");
    assert!(matches!(refused(401, None), HubError::TokenForSearch));
    assert!(matches!(refused(403, token.as_ref()), HubError::Token { sent: true, status: 401, .. }));
    assert!(matches!(refused(404, None), HubError::Status { status: 404, .. }));
    assert!(matches!(refused(429, None), HubError::Busy { .. }));
    assert!(matches!(refused(500, None), HubError::Status { status: 500, .. }));
}

#[test]
fn a_token_that_comes_back_is_not_shown() {
    let hub = TestHub::start(&[]);
    hub.answer_search(
        200,
        r#"[{"id":"org/hf_mine0123"},{"id":"org/a","gguf":{"architecture":"hf_mine0123"}}]"#,
    );
    let token = Secret::new("hf_mine0123");
    let found = ask(&hub, token.as_ref(), "m").expect("an answer");
    assert!(!format!("{found:?}").contains("mine0123"), "{found:?}");
    let sent = hub.requests()[0].headers["authorization"].clone();
    assert!(sent.ends_with("hf_mine0123"), "the hub's own token goes to it");
}
