//! Tests that neither the log nor the report on the application holds a person's texts.

use std::fs;

use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::JobState;

use crate::log;
use crate::model_files::{answered, copy, loaded, open, tiny_run};
use crate::support::folder;

/// A word in every text that a person gives.
const SECRET: &str = "kumquat";

/// A template that refuses a text, and quotes it.
const REFUSES: &str = "{% for m in messages %}{% if 'kumquat' in m.content %}{{ raise_exception('no: ' + m.content) }}\
                       {% endif %}{{ m.content }}{% endfor %}";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_writes_is_neither_in_the_log_nor_in_the_report() {
    log::begin();
    let data = folder();
    let opened = open(data.path()).await;
    let set = opened
        .app
        .create_data_set(CreateDataSet { name: format!("{SECRET} set"), description: String::new() })
        .await
        .expect("a set");
    for split in [Split::Train, Split::Train, Split::HeldOut] {
        let content = PairContent {
            prompt: format!("the {SECRET}"),
            wanted: format!("sat on the {SECRET}"),
            opposite: format!("ran to the {SECRET}"),
            split,
            ..PairContent::default()
        };
        opened.app.add_pair(AddPair { data_set: set.id, content, after: None }).await.expect("a pair");
    }
    let path = data.path().join("llama");
    copy("llama", &path);
    let model = loaded(&opened, &path).await.id;
    let run = |name: &str| Train { name: name.into(), model, data_set: set.id, settings: tiny_run() };
    let over = |job| {
        opened.wait(|event| match event {
            Event::Job(now) if now.id == job && now.state.is_over() => Some(now.state),
            _ => None,
        })
    };
    let done = opened.app.train(run(SECRET)).await.expect("a run");
    assert_eq!(over(done.job), JobState::Done);
    answered(&opened, None, vec![0.0]).await;

    // A job that fails with the text in its detail.
    let template = Some(REFUSES.to_owned());
    opened.app.set_template(SetTemplate { model, template }).await.expect("a template");
    opened.model(|now| now.id == model && crate::opened::is_ready(model)(now) && now.fingerprint.is_some());
    let failed = opened.app.train(run("Fails")).await.expect("a run");
    let JobState::Failed { failure } = over(failed.job) else { panic!("it fails") };
    assert!(failure.detail.is_some_and(|detail| detail.contains(SECRET)), "the person sees the text");

    let shown = opened.app.read_diagnostics(ReadDiagnostics {}).await.expect("a report");
    for part in
        [env!("CARGO_PKG_VERSION"), "## Machine", "Llama F16, 2 blocks of 64", "## Jobs that are not over"]
    {
        assert!(shown.contains(part), "{part:?} is missing in: {shown}");
    }
    let file = data.path().join("report.txt");
    let save = |replace| SaveDiagnostics { file: FileRef::typed(file.display().to_string()), replace };
    opened.allow(&save(false)).await;
    opened.app.save_diagnostics(save(false)).await.expect("a file");
    assert_eq!(fs::read_to_string(&file).expect("the file"), shown, "what is saved is what was shown");
    opened.app.save_diagnostics(save(false)).await.expect_err("a file is there");
    opened.app.close().await;

    let log = log::files();
    for part in
        ["a job begins", "a job has ended", "a job has failed: Invalid: Pair 1 cannot be turned into tokens."]
    {
        assert!(log.contains(part), "{part:?} is missing in: {log}");
    }
    for (what, text) in [("log", &log), ("report", &shown)] {
        assert!(!text.contains(SECRET), "the {what} holds a text: {text}");
    }
}
