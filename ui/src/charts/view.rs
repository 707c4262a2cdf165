//! A chart in the page: its title, its canvas, and the runner behind it while it is shown.

use leptos::html;
use leptos::prelude::*;

use super::Picture;

/// A chart. A click on a point calls `on_pick` with its line's place in the picture and its x.
#[component]
pub fn Chart(
    /// What it shows.
    #[prop(into)]
    picture: Signal<Picture>,
    /// What it is, for tests and for a screen reader.
    testid: &'static str,
    /// What it shows, in a sentence.
    label: &'static str,
    /// Called with the line's name and the point's x.
    #[prop(optional)]
    on_pick: Option<Callback<(String, f64)>>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let problem = RwSignal::new(None::<String>);
    #[cfg(target_arch = "wasm32")]
    super::plot::run(canvas, picture, on_pick, problem);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (picture, on_pick);
    view! {
        <div class="canvas-box">
            <canvas node_ref=canvas role="img" aria-label=label data-testid=testid></canvas>
            {move || problem.get().map(|problem| view! {
                <p class="empty">{format!("This machine cannot draw charts ({problem}). The table has the same numbers.")}</p>
            })}
        </div>
    }
}
