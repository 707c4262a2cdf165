//! The menu of a chart: saves it as a picture or a table, and lets it fill the window.

use ipc::Failure;
use ipc::command::{ChooseFile, ExportChart, ExportTable};
use ipc::files::FilePurpose;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::picture::Picture;
use super::{svg, table};
use crate::state::store;
use crate::text::message;
use crate::widgets::menu;
use crate::{bridge, chosen_files, t};

/// The formats, by the endings of their files, with the messages of the menu.
const FORMATS: [(&str, &str); 4] = [
    ("png", "charts-save-png"),
    ("svg", "charts-save-svg"),
    ("pdf", "charts-save-pdf"),
    ("csv", "charts-save-csv"),
];

/// The button with the menu, at the chart's upper right corner.
#[component]
pub(super) fn ChartMenu(
    /// The charts, row by row, and the number of charts in a row.
    pictures: Signal<(Vec<Picture>, usize)>,
    /// What the charts show, for the name of a file.
    name: String,
    /// Whether the chart fills the window.
    is_full: RwSignal<bool>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let said = RwSignal::new(None::<String>);
    let name = StoredValue::new(name);
    let toggle = move |_| {
        said.set(None);
        is_open.update(|open| *open = !*open);
    };
    view! {
        <div class="chart-menu">
            <button class="button small" type="button" data-testid="chart-menu" title=t!("charts-menu")
                aria-label=t!("charts-menu-of", name = name.get_value())
                aria-expanded=move || is_open.get().to_string() on:click=toggle>"\u{22ef}"</button>
            <Show when=move || is_open.get()><Items pictures name is_full is_open said /></Show>
        </div>
        {move || said.get().map(|path| view! { <p class="chart-said quiet small" role="status">{t!("written-to", path = path)}</p> })}
    }
}

#[component]
fn Items(
    pictures: Signal<(Vec<Picture>, usize)>,
    name: StoredValue<String>,
    is_full: RwSignal<bool>,
    is_open: RwSignal<bool>,
    said: RwSignal<Option<String>>,
) -> impl IntoView {
    let store = store();
    let menu = NodeRef::<html::Div>::new();
    let on_key = menu::keys(menu, is_open);
    let is_empty = move || pictures.with(|(pictures, _)| pictures.iter().all(Picture::is_empty));
    let save = move |ending: &'static str| {
        is_open.set(false);
        let (pictures, columns) = pictures.get_untracked();
        spawn_local(async move {
            match written(&pictures, columns, name.get_value(), ending).await {
                Ok(path) => drop(said.try_set(path)),
                Err(refused) => drop(store.failure.try_set(Some(refused))),
            }
        });
    };
    let full = move |_| {
        is_open.set(false);
        is_full.update(|full| *full = !*full);
    };
    view! {
        <div class="menu-shade" on:click=move |_| is_open.set(false)></div>
        <div class="menu" role="menu" aria-label=t!("charts-chart") data-testid="chart-menu-items" node_ref=menu on:keydown=on_key>
            {FORMATS.map(|(ending, words)| view! {
                <button role="menuitem" type="button" data-testid=format!("chart-{ending}") disabled=is_empty on:click=move |_| save(ending)>{message(words, &[])}</button>
            }).collect_view()}
            <hr />
            <button role="menuitem" type="button" data-testid="chart-full" on:click=full>
                {move || if is_full.get() { t!("charts-leave-full") } else { t!("charts-fill") }}
            </button>
        </div>
    }
}

/// Asks where to, and writes the file. Returns its path, `None` where the person chose none. The desktop's dialog has asked
/// before a file is replaced.
async fn written(
    pictures: &[Picture],
    columns: usize,
    name: String,
    ending: &'static str,
) -> Result<Option<String>, Failure> {
    let purpose = FilePurpose::ExportSweep { name, ending: ending.to_owned() };
    let Some(chosen) = bridge::call(ChooseFile { purpose }).await? else { return Ok(None) };
    let path = chosen_files::remember(chosen);
    let file = chosen_files::to_write(&path);
    if ending == "csv" {
        bridge::call(ExportTable { text: table::csv(pictures), file, replace: true }).await?;
    } else {
        let svg = svg::document(pictures, columns);
        bridge::call(ExportChart { svg, file, replace: true }).await?;
    }
    Ok(Some(path))
}
