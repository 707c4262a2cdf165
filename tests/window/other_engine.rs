//! Tests the window beside a process that runs the engine: it says which one, shows what is made there, and takes over.

use std::sync::Arc;

use app::door::Engine;
use app::{App, Purpose};
use hub::HubEnvironment;
use ipc::command::CreateDataSet;
use test_support::paths_without_model;

use crate::home::Home;
use crate::window::{SOON, Window};

/// Returns the names of the data sets that the Data screen offers.
const SETS: &str = "return [...document.querySelectorAll('[data-testid=data-set] option')].map(option => option.textContent.trim())";

#[tokio::test(flavor = "multi_thread")]
async fn a_window_beside_the_command_line_says_who_runs_the_engine_and_takes_it_over() {
    let home = Home::without_model();
    let (paths, hub) = (paths_without_model(&home.data()), HubEnvironment::inside(&home.data()));
    let holder = Arc::new(App::open_for(Purpose::Jobs, &paths, hub).await.expect("the application opens"));
    holder.serve("tiller-cli").expect("a socket");
    let window = Window::open(&home).await;
    window
        .until("it says who runs the engine", SOON, async || {
            window.texts("other-engine").await.iter().any(|text| text.contains("tiller-cli (process"))
        })
        .await;
    window.picture("other-engine").await;
    window.click("nav-data").await;
    let set = CreateDataSet { name: "Made elsewhere".into(), description: String::new() };
    holder.create_data_set(set).await.expect("a data set");
    window
        .until("it shows what is made there", SOON, async || {
            window.script::<Vec<String>>(SETS, &[]).await.contains(&"Made elsewhere".to_owned())
        })
        .await;
    holder.close().await;
    window.until("it runs the engine itself", SOON, async || window.count("other-engine").await == 0).await;
    assert_eq!(Engine::read(&home.data()).map(|engine| engine.program), Some(Engine::WINDOW.to_owned()));
    window.close(&home).await;
}
