//! Tests that many jobs, one after another, leave neither memory nor files behind. `cargo xtask long-haul` runs the same
//! test with 10,000 jobs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ipc::Id;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::train::TrainSettings;

use crate::model_files::{copy, loaded, open, short_pairs, tiny_run};
use crate::opened::Opened;
use crate::support::{folder, resident_bytes};

/// Sets another number of jobs.
const JOBS: &str = "TILLER_LONG_HAUL";
/// The jobs of a usual test run.
const FEW: u32 = 300;
/// The memory that may stay behind for each job, in bytes: the rows of its run that the window is told of, and in a short
/// test what the allocator keeps.
const MOST_IN_FEW: f64 = 24_000.0;
const MOST_IN_MANY: f64 = 6_000.0;

/// Returns whether tests are to run in their long form.
pub(crate) fn is_long_haul() -> bool {
    std::env::var_os(JOBS).is_some()
}

/// Runs a job of a few steps, and returns after its end.
async fn one(opened: &Opened, model: Id, data_set: Id) {
    let settings = TrainSettings { epochs: 1, ..tiny_run() };
    let train = Train { name: "Small".into(), model, data_set, settings };
    let run = opened.app.train(train).await.expect("a run");
    let state = opened.wait(|event| match event {
        Event::Job(job) if job.id == run.job && job.state.is_over() => Some(job.state),
        _ => None,
    });
    assert_eq!(state, JobState::Done);
}

/// Returns the resident memory of this process in bytes.
#[cfg(target_os = "linux")]
fn resident() -> f64 {
    resident_bytes(std::process::id()).expect("its memory") as f64
}

/// Returns the files that this process has open, without the numbers of sockets and pipes.
#[cfg(target_os = "linux")]
fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("the open files").count()
}

fn files(data: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(data).expect("the data folder");
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Returns the slope of a line through the points, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let (x, y) = (
        points.iter().map(|point| point.0).sum::<f64>() / count,
        points.iter().map(|point| point.1).sum::<f64>() / count,
    );
    let together: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    together / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

#[test]
fn the_slope_of_a_line_is_its_slope() {
    assert!((slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]) - 2.0).abs() < 1e-12);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn many_small_jobs_leave_neither_memory_nor_files_behind() {
    let jobs = std::env::var(JOBS).ok().map_or(FEW, |jobs| jobs.parse().expect("a number of jobs"));
    let most = if jobs > FEW { MOST_IN_MANY } else { MOST_IN_FEW };
    let data = folder();
    let opened = open(data.path()).await;
    let set = short_pairs(&opened).await;
    let path = data.path().join("llama");
    copy("llama", &path);
    let model = loaded(&opened, &path).await.id;

    // The first jobs fill caches and pools, which is no leak.
    for _ in 0..jobs / 4 {
        one(&opened, model, set).await;
    }
    let (files_before, open_before, mut samples) = (files(data.path()), open_files(), Vec::new());
    for job in 0..jobs * 3 / 4 {
        one(&opened, model, set).await;
        if job % (jobs / 30).max(1) == 0 {
            samples.push((f64::from(job), resident()));
        }
    }
    let kept = slope(&samples);
    eprintln!("{jobs} jobs: {kept:.0} bytes stay behind for each; {:.0} MB at the end", resident() / 1e6);
    assert!(kept < most, "{kept:.0} bytes stay behind for each job: {samples:?}");
    assert_eq!(files(data.path()), files_before, "files stay behind");
    assert!(open_files() <= open_before + 4, "{} files are open, {open_before} were", open_files());
    opened.app.close().await;
    let left = files(data.path());
    assert!(!left.iter().any(|name| name.ends_with("-wal") || name.starts_with("cut-off")), "{left:?}");
}
