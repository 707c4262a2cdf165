//! Tests that memory which the system refuses ends a job and not the application.

use std::path::Path;
use std::process::Command;

use ipc::command::*;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::model::{ModelState, Precision};
use ipc::train::{TrainPrecision, TrainSettings};

use crate::chat;
use crate::opened::Opened;
use crate::support::{folder, process_status, small_run};

/// Names the data folder for the process whose memory is limited.
const CHILD: &str = "TILLER_TEST_MEMORY";

/// Limits this process to a little more address space than it has. The starter model as F32 takes 540 MB.
#[cfg(target_os = "linux")]
fn limit(more: u64) {
    let bytes = process_status("VmSize").expect("its size") + more;
    let limited = Command::new("prlimit")
        .args(["--pid", &std::process::id().to_string(), &format!("--as={bytes}:{bytes}")])
        .status()
        .expect("util-linux");
    assert!(limited.success());
}

/// Runs in the process whose memory is limited.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test starts"]
async fn child() {
    let data = std::env::var(CHILD).expect("a data folder");
    let opened = Opened::ready(Path::new(&data)).await;
    limit(300 << 20);

    let settings = TrainSettings { precision: TrainPrecision::Full, ..small_run(1) };
    let train = Train { name: "Large".into(), model: 1, data_set: 1, settings };
    let run = opened.app.train(train).await.expect("a run");
    let ended = opened.wait(|event| match event {
        Event::Run(now) if now.id == run.id && now.state.is_over() => Some(now.state),
        _ => None,
    });
    let JobState::Failed { failure } = ended else { panic!("{ended:?}") };
    assert!(failure.message.contains("memory"), "{failure:?}");
    assert!(failure.next.as_deref().is_some_and(|next| next.contains("precision")), "{failure:?}");

    // The application is alive: it answers, and refuses to load what does not fit.
    chat::answered(&opened, chat::desk(&[], &[0.0], 2), "Hello?").await;
    opened
        .app
        .set_precision(SetPrecision { model: 1, precision: Precision::F32 })
        .await
        .expect("a precision");
    let refused = opened.model(|model| matches!(model.state, ModelState::Failed { .. }));
    let ModelState::Failed { failure } = refused.state else { panic!("{refused:?}") };
    assert!(failure.message.contains("memory"), "{failure:?}");
    opened
        .app
        .set_precision(SetPrecision { model: 1, precision: Precision::Quantized })
        .await
        .expect("a precision");
    opened.model(|model| matches!(model.state, ModelState::Ready { .. }));
    println!("alive");
    opened.app.close().await;
}

#[cfg(target_os = "linux")]
#[test]
fn a_job_that_is_refused_memory_fails_and_the_application_goes_on() {
    let data = folder();
    let ran = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "memory::child", "--ignored", "--nocapture"])
        .env(CHILD, data.path())
        .output()
        .expect("a second process");
    let printed = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && printed.contains("alive"), "{printed}");
}
