//! Measures what a window costs that is used for long: many curves on a chart, and a window at rest.

use std::fs;
use std::time::Duration;

use ipc::sweep::{Arm, Sweep, SweepSettings};
use serde_json::json;

use crate::charts::with_a_sweep;
use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, Window};

/// The curves of the large chart, and the points of each.
const CURVES: usize = 200;
const POINTS: usize = 100;
/// The frames a second that it must be drawn with while the pointer moves over it.
const FRAMES_A_SECOND: f64 = 30.0;
/// The largest share of one processor of a window at rest.
const IDLE: f64 = 0.01;
/// The time over which it is measured.
const AT_REST: Duration = Duration::from_secs(10);
/// The number of such times after which a window must be at rest.
const LONGEST_TO_REST: usize = 4;

/// Gives the stored sweep many curves of many points.
async fn enlarge(home: &Home, sweep: &Sweep) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.store());
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("the store");
    let multipliers: Vec<f64> = (0..POINTS).map(|point| point as f64 / 25.0 - 2.0).collect();
    let arms: Vec<Arm> = (0..CURVES)
        .map(|curve| Arm { name: format!("Curve {curve}"), ..sweep.settings.arms[0].clone() })
        .collect();
    let settings = SweepSettings { arms, multipliers: multipliers.clone(), ..sweep.settings.clone() };
    let mut change = pool.begin().await.expect("a change");
    let hashes: String = sqlx::query_scalar("SELECT vectors FROM sweeps WHERE id = ?")
        .bind(sweep.id)
        .fetch_one(&mut *change)
        .await
        .expect("the vectors' hashes");
    let hash: Vec<serde_json::Value> = serde_json::from_str(&hashes).expect("a list");
    sqlx::query("UPDATE sweeps SET settings = ?, vectors = ? WHERE id = ?")
        .bind(serde_json::to_string(&settings).expect("JSON"))
        .bind(serde_json::to_string(&vec![hash[0].clone(); CURVES]).expect("JSON"))
        .bind(sweep.id)
        .execute(&mut *change)
        .await
        .expect("larger settings");
    let measurement: String =
        sqlx::query_scalar("SELECT measurement FROM sweep_points WHERE sweep = ? LIMIT 1")
            .bind(sweep.id)
            .fetch_one(&mut *change)
            .await
            .expect("a point");
    sqlx::query("DELETE FROM sweep_points WHERE sweep = ?")
        .bind(sweep.id)
        .execute(&mut *change)
        .await
        .expect("room");
    for curve in 0..CURVES {
        for multiplier in &multipliers {
            let value = (multiplier * 2.0 + curve as f64 / 10.0).sin() + curve as f64 / 50.0;
            sqlx::query(
                "INSERT INTO sweep_points (sweep, arm, place, score, multiplier, value, low, high, count, missing, measurement, answers)
                 VALUES (?, ?, 0, 0, ?, ?, ?, ?, 2, 0, ?, NULL)",
            )
            .bind(sweep.id)
            .bind(curve as i64)
            .bind(multiplier)
            .bind(value)
            .bind(value - 0.1)
            .bind(value + 0.1)
            .bind(&measurement)
            .execute(&mut *change)
            .await
            .expect("a point");
        }
    }
    change.commit().await.expect("a larger sweep");
    pool.close().await;
}

#[tokio::test]
async fn two_hundred_curves_are_drawn_thirty_times_a_second() {
    let (home, sweep) = with_a_sweep();
    enlarge(&home, &sweep).await;
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-sweep").await;
    let all = async || window.count("legend-entry").await == CURVES;
    window.until("every curve is there", COMPUTED, all).await;
    window.script::<()>("document.querySelector('[data-testid=chart-sweep]').scrollIntoView()", &[]).await;
    window.picture("long-haul-curves").await;
    let rate: f64 =
        window.script_until_done(include_str!("frame_rate.js"), &[json!("[data-testid=chart-sweep]")]).await;
    eprintln!("{CURVES} curves of {POINTS} points: {rate:.0} frames a second");
    assert!(rate >= FRAMES_A_SECOND, "{rate:.1} frames a second");
    window.close(&home).await;
}

/// Returns the ids of a process's children, theirs included.
fn family(of: u32) -> Vec<u32> {
    let parent = |id: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let all: Vec<u32> = fs::read_dir("/proc")
        .expect("the processes")
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    let mut found = vec![of];
    let mut next = 0;
    while next < found.len() {
        let one = found[next];
        found.extend(all.iter().copied().filter(|id| parent(*id) == Some(one)));
        next += 1;
    }
    found
}

/// Returns the processor time of processes in seconds. The unit of the system's counts is a hundredth.
fn processor_seconds(processes: &[u32]) -> f64 {
    let ticks = |id: &u32| -> Option<f64> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    };
    processes.iter().filter_map(ticks).sum::<f64>() / 100.0
}

#[tokio::test]
async fn a_window_at_rest_leaves_the_processor_alone() {
    let (home, _) = with_a_sweep();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for screen in ["data", "train", "sweep", "chat", "vectors", "models", "train"] {
        window.click(&format!("nav-{screen}")).await;
        window.frames(3).await;
    }
    let processes = family(std::process::id());
    assert!(processes.len() > 3, "the driver, Tiller and its web view: {processes:?}");
    // What the last clicks began takes a while to end, and longer on a busy machine.
    let mut shares = vec![];
    while shares.len() < LONGEST_TO_REST && shares.last().is_none_or(|share| *share >= IDLE) {
        let before = processor_seconds(&processes[1..]);
        tokio::time::sleep(AT_REST).await;
        shares.push((processor_seconds(&processes[1..]) - before) / AT_REST.as_secs_f64());
    }
    eprintln!("a window that comes to rest takes these shares of a processor: {shares:.4?}");
    assert!(shares.last().is_some_and(|share| *share < IDLE), "{shares:.4?} of a processor");
    window.close(&home).await;
}
