//! Tests many charts in the window, one after another: what they take from the web view they give back.

use std::thread;

use ipc::command::{StartSweep, Train};
use ipc::event::Event;
use ipc::job::JobState;
use ipc::sweep::Sweep;
use ipc::train::TrainSettings;
use test_support::window::Tiller;
use test_support::{HELD_OUT_PAIRS, TRAIN_PAIRS, paths_without_model, small_run, sweep_of};

use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

/// The charts that are opened and closed, and how many stand on the Run tab.
const CHARTS: usize = 200;
const ON_A_TAB: usize = 4;

/// Returns a home in which the tiny model has a vector and its sweep before the window opens: what the charts and the window cost
/// does not depend on the model. A thread of its own is no worker of the test's runtime.
pub(crate) fn with_a_sweep() -> (Home, Sweep) {
    let home = Home::tiny_with_pairs(TRAIN_PAIRS, HELD_OUT_PAIRS);
    let data = home.data();
    let work = move || {
        let tiller = Tiller::open(&paths_without_model(&data));
        let picture = tiller.watch();
        let (model, data_set) = (picture.settings.model.expect("the tiny model"), picture.data_sets[1].id);
        let settings = TrainSettings { layers: vec![0], ..small_run(1) };
        let run = tiller.get(Train { name: "Long".into(), model, data_set, settings });
        let vector = tiller.wait_for(|event| match event {
            Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.id),
            _ => None,
        });
        let settings = sweep_of(vector, data_set, &[-1.0, 1.0]);
        let begun = tiller.get(StartSweep { model, settings });
        tiller.wait_for(|event| match event {
            Event::Sweep(now) if now.id == begun.id && now.state == JobState::Done => Some(now.clone()),
            _ => None,
        })
    };
    let sweep = thread::spawn(work).join().expect("a sweep");
    (home, sweep)
}

#[tokio::test]
async fn charts_that_are_closed_give_their_contexts_back() {
    let (home, _) = with_a_sweep();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.script::<()>(include_str!("count_contexts.js"), &[]).await;
    let contexts = async || window.script::<[usize; 2]>("return window.chartContexts()", &[]).await;
    window.click("nav-train").await;
    window.until("a run is listed", SOON, async || window.count("run-row").await == 1).await;
    let mut most = 0;
    for _ in 0..CHARTS / ON_A_TAB {
        window.click("tab-run").await;
        window.until("the charts are there", SOON, async || window.count("chart-loss").await == 1).await;
        window.frames(3).await;
        most = most.max(contexts().await[1]);
        window.click("tab-compare").await;
        window.until("they are gone", SOON, async || window.count("chart-loss").await == 0).await;
    }
    let [made, alive] = contexts().await;
    eprintln!("{made} WebGL contexts were made, at most {most} lived at once, {alive} live");
    assert!(made >= CHARTS, "{made} charts were opened");
    // A web view keeps 16; beyond that it takes the oldest from a chart that is shown.
    assert!(most <= 2 * ON_A_TAB, "{most} contexts lived at once");
    window.click("tab-run").await;
    window.until("the charts are there", SOON, async || window.count("chart-loss").await == 1).await;
    window.picture("long-haul-charts").await;
    window.close(&home).await;
}
