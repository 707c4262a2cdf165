//! The component of a chart: its canvas, and the runner that draws on it while it is shown.

use leptos::html;
use leptos::prelude::*;

use super::keyboard::{Steps, on_key};
use super::menu::ChartMenu;
use super::picture::{Pick, Picture};
use super::words::ChartWords;
use crate::t;

/// One chart. A click on a point calls `on_pick` with the name of its line and its x.
#[component]
pub fn Chart(
    /// The data of the chart.
    #[prop(into)]
    picture: Signal<Picture>,
    /// For tests.
    testid: &'static str,
    /// A sentence on what it shows, for screen readers.
    #[prop(into)]
    label: String,
    /// Called with the line's name and the point's x.
    #[prop(optional)]
    on_pick: Option<Callback<(String, f64)>>,
    /// Changes when the chart shows something else, to which the zoom of before does not belong.
    #[prop(optional, into)]
    resets: Option<Signal<u32>>,
) -> impl IntoView {
    let pictures = Signal::derive(move || (vec![picture.get()], 1));
    let picked = on_pick.map(|on_pick| Callback::new(move |pick: Pick| on_pick.run((pick.name, pick.x))));
    view! { <Panels pictures resets=resets.unwrap_or(Signal::stored(0)) testid label height=Signal::stored(None) on_pick=picked /> }
}

/// Charts in a grid on one canvas, because a web view keeps few canvases. Their horizontal axes move together.
#[component]
pub fn Panels(
    /// The data of the charts, row by row, and the number of charts in a row.
    #[prop(into)]
    pictures: Signal<(Vec<Picture>, usize)>,
    /// Counts up when all axes are reset to show everything.
    #[prop(into)]
    resets: Signal<u32>,
    /// For tests.
    testid: &'static str,
    /// A sentence on what it shows, for screen readers.
    #[prop(into)]
    label: String,
    /// The height in pixels, unless the style sheet sets it.
    #[prop(into)]
    height: Signal<Option<u32>>,
    /// Called with the point that was clicked.
    on_pick: Option<Callback<Pick>>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let is_full = RwSignal::new(false);
    // A chart that fills the window hides all else, so Escape leads back from wherever the focus is.
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        // A sheet that lies over it is closed first.
        if event.key() == "Escape" && is_full.get_untracked() && !event.default_prevented() {
            event.prevent_default();
            is_full.set(false);
        }
    });
    on_cleanup(move || keys.remove());
    let name = label.split([';', '\u{ff1b}']).next().unwrap_or_default().to_owned();
    let steps = Steps::new();
    // A heat map has no axes that move.
    let can_move = Memo::new(move |_| {
        pictures.with(|(pictures, _)| pictures.iter().any(|picture| picture.heat.is_none()))
    });
    let (words, problem) = (RwSignal::new(Vec::new()), RwSignal::new(None::<String>));
    #[cfg(target_arch = "wasm32")]
    super::plot::run(canvas, pictures, (resets, steps), on_pick, words, problem);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (pictures, resets, on_pick);
    let awaited = move || {
        let (pictures, _) = pictures.get();
        let first = pictures.iter().find(|picture| !picture.awaited.is_empty())?.awaited.clone();
        pictures.iter().all(Picture::is_empty).then_some(first)
    };
    view! {
        <div class="canvas-box" class:full=move || is_full.get() style:height=move || height.get().map(|height| format!("{height}px"))
            on:keydown:capture=move |event| on_key(&event, can_move.get_untracked().then_some(steps))>
            <canvas node_ref=canvas role="img" tabindex=move || if can_move.get() { "0" } else { "-1" } aria-label=label data-testid=testid></canvas>
            <ChartWords words />
            <ChartMenu pictures name is_full />
            {move || awaited().map(|text| view! { <p class="awaited quiet small">{text}</p> })}
            {move || problem.get().map(|problem| view! {
                <p class="empty">{t!("charts-cannot-draw", problem = problem)}</p>
            })}
        </div>
    }
}
