//! Tests Tiller on a slow disk: while a write is under way the other commands answer, a training goes on, and nothing is lost.

use std::ffi::{c_int, c_long};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hub::HubEnvironment;
use ipc::command::*;
use ipc::data::Pair;
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::train::TrainSettings;

use crate::full_disk::{open_in, pair};
use crate::opened::Opened;
use crate::support::{folder, small_run};

/// How long the disk takes to write what it was given, in milliseconds; none outside of this test.
static DELAY: AtomicU64 = AtomicU64::new(0);

/// The disk takes this long for every write in the test.
const SLOW: Duration = Duration::from_millis(500);

/// Calls the system and waits as long as a slow disk would.
fn slowly(call: c_long, file: c_int) -> c_int {
    thread::sleep(Duration::from_millis(DELAY.load(Ordering::SeqCst)));
    // SAFETY: both calls take a file's number alone, and an invalid one is an error.
    #[expect(unsafe_code, reason = "the system's call itself, which this program's own function stands for")]
    let result = unsafe { libc::syscall(call, file) };
    result as c_int
}

/// Stands for the C library's function in this program: `SQLite` and Rust's library call it to have a file written to the disk.
// SAFETY: it has the C library's signature, and does the same, later.
#[expect(
    unsafe_code,
    reason = "no file system waits on demand, and the linker takes a program's own function first"
)]
#[unsafe(no_mangle)]
extern "C" fn fsync(file: c_int) -> c_int {
    slowly(libc::SYS_fsync, file)
}

/// The same for the data without the times.
// SAFETY: it has the C library's signature, and does the same, later.
#[expect(
    unsafe_code,
    reason = "no file system waits on demand, and the linker takes a program's own function first"
)]
#[unsafe(no_mangle)]
extern "C" fn fdatasync(file: c_int) -> c_int {
    slowly(libc::SYS_fdatasync, file)
}

/// Makes the disk slow as long as it lives.
struct SlowDisk;

impl SlowDisk {
    fn new() -> Self {
        DELAY.store(SLOW.as_millis() as u64, Ordering::SeqCst);
        Self
    }
}

impl Drop for SlowDisk {
    fn drop(&mut self) {
        DELAY.store(0, Ordering::SeqCst);
    }
}

fn prompts(pairs: &[Pair]) -> Vec<String> {
    pairs.iter().map(|pair| pair.content.prompt.clone()).collect()
}

async fn reopened(data: &Path) -> Opened {
    Opened::without_model(data, HubEnvironment::inside(data)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_writes_hold_up_no_other_command_and_lose_nothing() {
    let data = folder();
    let (opened, model, data_set) = open_in(data.path()).await;
    let pairs = opened.app.list_pairs(ListPairs { data_set }).await.expect("the pairs");
    let settings = TrainSettings { layers: vec![0], system_prompt: String::new(), ..small_run(5_000) };
    let train = Train { name: "Run".into(), model, data_set, settings };
    let run = opened.app.train(train).await.expect("a run");
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));

    let disk = SlowDisk::new();
    let begun = Instant::now();
    let edits = async {
        for (number, pair_of) in pairs.iter().enumerate() {
            let content = pair(&format!("edited {number}"));
            opened.app.edit_pair(EditPair { pair: pair_of.id, content }).await.expect("it is stored");
        }
    };
    let mut edits = std::pin::pin!(edits);
    let mut answers = 0;
    loop {
        tokio::select! {
            () = &mut edits => break,
            read = opened.app.list_pairs(ListPairs { data_set }) => {
                assert_eq!(read.expect("the pairs").len(), pairs.len());
                answers += 1;
            }
        }
    }
    let count = pairs.len() as u32;
    assert!(begun.elapsed() > SLOW * count, "the disk was not slow: {:?}", begun.elapsed());
    // A command that waited for a write would leave one or two answers for each of them.
    assert!(answers > 10 * count, "{answers} answers in {:?}", begun.elapsed());

    // The training goes on, and stops when it is asked to.
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));
    opened
        .app
        .control_job(ControlJob { job: run.job, action: JobAction::Stop })
        .await
        .expect("it is stopped");
    let vector = opened.wait(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector),
        _ => None,
    });
    opened.app.close().await;
    drop(disk);

    let opened = reopened(data.path()).await;
    let stored = opened.app.list_pairs(ListPairs { data_set }).await.expect("the pairs");
    assert_eq!(prompts(&stored), (0..count).map(|number| format!("edited {number}")).collect::<Vec<_>>());
    let overview = &opened.picture;
    assert!(overview.vectors.iter().any(|kept| kept.id == vector.id));
    let kept = overview.runs.iter().find(|kept| kept.id == run.id).expect("the run");
    assert!(kept.state.is_over() && !matches!(kept.state, JobState::Failed { .. }), "{:?}", kept.state);
    opened.app.close().await;
}
