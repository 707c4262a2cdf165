//! The list of pairs: only the rows that can be seen are in the page.

use ipc::data::{Pair, Split};
use leptos::html;
use leptos::prelude::*;

use super::Pairs;
use crate::data_set_choice::DataSetChoice;
use crate::format;
use crate::state::{Sheet, store};

/// A row's height in pixels, as in `app.css`.
const ROW: f64 = 34.0;
/// Rows above and below what can be seen, so that scrolling never shows a gap.
const MARGIN: usize = 8;

/// The list with its search field and its counts.
#[component]
pub(super) fn PairList() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let search = move |event| {
        let words = event_target_value(&event).to_lowercase().split_whitespace().map(str::to_owned).collect();
        pairs.filter.update(|filter| filter.words = words);
    };
    let split = move |event| {
        let split = match event_target_value(&event).as_str() {
            "train" => Some(Split::Train),
            "held-out" => Some(Split::HeldOut),
            _ => None,
        };
        pairs.filter.update(|filter| filter.split = split);
    };
    let counts = move || {
        let Some(set) = store.data_set() else { return String::new() };
        let all = format::plural((set.train + set.held_out) as usize, "pair");
        format!("{all} \u{00b7} {} train \u{00b7} {} held out", set.train, set.held_out)
    };
    view! {
        <div class="toolbar">
            <DataSetChoice testid="data-set" name=|set| set.name.clone() />
            <button class="button" data-testid="data-set-menu" aria-label="Rename, delete or make a data set" title="Rename, delete or make a data set" on:click=move |_| store.sheet.set(Some(Sheet::DataSet))>"\u{2026}"</button>
        </div>
        <div class="toolbar">
            <input type="search" id=super::SEARCH data-testid="pair-search" placeholder="Search" aria-label="Search the pairs" on:input=search />
            <select class="narrow" aria-label="Which pairs" data-testid="pair-filter" on:change=split>
                <option value="">"All"</option>
                <option value="train">"Train"</option>
                <option value="held-out">"Held out"</option>
            </select>
        </div>
        <Rows />
        <div class="foot row wrap">
            <span class="grow quiet small ellipsis" data-testid="pair-counts">{counts}</span>
            <button class="button" data-testid="import" title="Ctrl+I" on:click=move |_| store.sheet.set(Some(Sheet::ImportPairs))>"Import\u{2026}"</button>
            <button class="button" data-testid="export" title="Ctrl+E" disabled=move || store.data_sets.read().is_empty() on:click=move |_| store.sheet.set(Some(Sheet::ExportPairs))>"Export\u{2026}"</button>
            <button class="button" data-testid="pair-add" on:click=move |_| pairs.add()>"Add a pair"</button>
        </div>
    }
}

#[component]
fn Rows() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let frame = NodeRef::<html::Div>::new();
    let (top, set_top) = signal(0.0);
    let (height, set_height) = signal(600.0);
    let measure = move || {
        if let Some(frame) = frame.get_untracked() {
            set_top.set(f64::from(frame.scroll_top()));
            set_height.set(f64::from(frame.client_height()));
        }
    };
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        frame.track();
        measure();
    });
    // The open pair comes into view when keys move to it.
    Effect::new(move |_| {
        let open = pairs.open.get();
        let at = {
            let all = pairs.all.read_untracked();
            pairs.listed.read_untracked().iter().position(|index| Some(all[*index].id) == open)
        };
        if let (Some(frame), Some(at)) = (frame.get_untracked(), at) {
            let (from, seen, size) =
                (at as f64 * ROW, f64::from(frame.scroll_top()), f64::from(frame.client_height()));
            if from < seen || from + ROW > seen + size {
                frame.set_scroll_top((from - size / 2.0).max(0.0) as i32);
                measure();
            }
        }
    });
    let seen = Memo::new(move |_| {
        let count = pairs.listed.read().len();
        let first = ((top.get() / ROW) as usize).saturating_sub(MARGIN).min(count);
        let last = (((top.get() + height.get()) / ROW).ceil() as usize + MARGIN).min(count);
        (first, last)
    });
    let rows = move || {
        let (first, last) = seen.get();
        let (all, listed) = (pairs.all.read(), pairs.listed.read());
        let last = last.min(listed.len());
        (first.min(last)..last)
            .filter_map(|at| all.get(listed[at]).map(|pair| row(at, listed[at], pair, pairs)))
            .collect_view()
    };
    view! {
        <div class="pair-list" role="listbox" aria-label="Pairs" data-testid="pair-list" node_ref=frame on:scroll=move |_| measure()>
            <div class="spacer" style:height=move || format!("{}px", pairs.listed.read().len() as f64 * ROW)>{rows}</div>
            {move || pairs.listed.read().is_empty().then(|| view! { <p class="empty">{nothing(pairs)}</p> })}
        </div>
    }
}

/// Why no pair is listed.
fn nothing(pairs: Pairs) -> String {
    if let Some(failure) = pairs.failure.get() {
        return failure.message;
    }
    match (pairs.data_set.get(), pairs.all.read().is_empty()) {
        (None, _) if pairs.has_no_data_set() => {
            "There is no data set. Import pairs below, or make a new one above.".into()
        }
        (None, _) => "Reading the pairs.".into(),
        (Some(_), true) => "This data set has no pairs yet. Add the first one below.".into(),
        (Some(_), false) => "No pair has these words.".into(),
    }
}

fn row(at: usize, index: usize, pair: &Pair, pairs: Pairs) -> impl IntoView + use<> {
    let id = pair.id;
    let mark = mark(pair);
    let prompt = pair.content.prompt.lines().next().unwrap_or_default().to_owned();
    view! {
        <button class="pair-row" role="option" data-testid="pair-row" style:top=format!("{}px", at as f64 * ROW)
            aria-selected=move || (pairs.open.get() == Some(id)).to_string()
            on:click=move |_| pairs.open(id)>
            <span class="quiet number">{index + 1}</span>
            <span class="ellipsis">{if prompt.is_empty() { "(no prompt)".into() } else { prompt }}</span>
            <span class="quiet small">{mark}</span>
        </button>
    }
}

/// What must be seen of a pair in the list.
fn mark(pair: &Pair) -> &'static str {
    let content = &pair.content;
    if [&content.prompt, &content.wanted, &content.opposite].iter().any(|text| text.trim().is_empty()) {
        "not whole"
    } else if content.wanted.trim() == content.opposite.trim() {
        "same answers"
    } else if content.split == Split::HeldOut {
        "held out"
    } else {
        ""
    }
}
