//! The rows of the list of pairs. The page holds only the rows that can be seen.

use ipc::Id;
use ipc::data::Split;
use ipc::list::{Mark, PairField, PairRow};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::drag::Drag;
use super::highlight::highlighted;
use super::marks::{mark_key, mark_words, short_mark};
use super::pairs::Pairs;
use super::selection::SelectionChange;
use crate::actions::Screen;
use crate::format;
use crate::t;
use crate::text::said;

/// A row's height in pixels, as in `app.css`.
const ROW: f64 = 34.0;
/// The number of rows above and below the visible ones, so that scrolling never shows a gap.
const MARGIN: usize = 12;

/// The rows of the list, which follow the keys, the pointer and the scroll position.
#[component]
pub(super) fn Rows() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let frame = NodeRef::<html::Div>::new();
    let (top, set_top) = signal(0.0);
    let (height, set_height) = signal(600.0);
    let measure = move || {
        // A hidden list has no height, and its scroll position is lost.
        if let Some(frame) = frame.get_untracked().filter(|frame| frame.client_height() > 0) {
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
    let open_at = Memo::new(move |_| {
        let open = pairs.open.get();
        pairs.listed.with(|listed| listed.iter().position(|id| Some(*id) == open))
    });
    // The open pair comes into view when keys move to it, and when the list changes around it.
    let show_open = move || {
        let frame = frame.try_get_untracked().flatten().filter(|frame| frame.client_height() > 0);
        if let (Some(frame), Some(at)) = (frame, open_at.try_get_untracked().flatten()) {
            let (from, seen, size) =
                (at as f64 * ROW, f64::from(frame.scroll_top()), f64::from(frame.client_height()));
            if from < seen || from + ROW > seen + size {
                frame.set_scroll_top((from - size / 2.0).max(0.0) as i32);
            }
            measure();
        }
    };
    Effect::new(move |_| {
        open_at.with(|_| ());
        show_open();
    });
    // The list may have changed while another screen was shown.
    Effect::new(move |_| {
        if pairs.store.screen.get() == Screen::Data {
            request_animation_frame(move || {
                if let (Some(frame), Some(top)) =
                    (frame.try_get_untracked().flatten(), top.try_get_untracked())
                {
                    frame.set_scroll_top(top as i32);
                }
                measure();
                show_open();
            });
        }
    });
    let seen = Memo::new(move |_| {
        let (top, height) = (top.get(), height.get());
        let count = pairs.listed.read().len();
        let first = ((top / ROW) as usize).saturating_sub(MARGIN).min(count);
        let last = (((top + height) / ROW).ceil() as usize + MARGIN).min(count);
        pairs.listed.read()[first..last]
            .iter()
            .copied()
            .enumerate()
            .map(|(at, id)| (first + at, id))
            .collect::<Vec<_>>()
    });
    read_what_is_seen(pairs, seen);
    // An element that is not in the page must not be named.
    let active = move || {
        let open = pairs.open.get()?;
        seen.with(|seen| seen.iter().any(|(_, id)| *id == open)).then(|| row_id(open))
    };
    let drag = Drag::new(pairs, frame, ROW);
    provide_context(drag);
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && drag.is_on() {
            event.stop_propagation();
            drag.end();
        } else {
            on_key(&event, pairs);
        }
    };
    view! {
        <div class="pair-list" role="listbox" aria-multiselectable="true" aria-label=t!("pairs") aria-activedescendant=active tabindex="0" data-testid="pair-list" node_ref=frame
            on:scroll=move |_| measure() on:keydown=on_key on:pointermove=move |event| drag.follow(&event)
            on:pointerup=move |_| drag.drop_here() on:pointercancel=move |_| drag.end()>
            <div class="spacer" style:height=move || format!("{}px", pairs.listed.read().len() as f64 * ROW)>
                {move || drag.line().map(|top| view! {
                    <div class="drop-line" data-testid="drop-line" style:top=format!("{top}px")><span>{t!("count-pairs", count = drag.count())}</span></div>
                })}
                <For each=move || seen.get() key=|(at, id)| (*at, *id) let((at, id))><Row at id /></For>
            </div>
            {move || pairs.listed.read().is_empty().then(|| view! { <EmptyList /> })}
        </div>
    }
}

/// Requests the visible rows that are missing, or all visible rows if they may have changed.
fn read_what_is_seen(pairs: Pairs, seen: Memo<Vec<(usize, Id)>>) {
    Effect::new(move |before: Option<u32>| {
        let turn = pairs.rows_turn.get();
        let is_new_turn = before != Some(turn);
        let known = pairs.rows.read_untracked();
        let missing = |(_, id): &(usize, Id)| (is_new_turn || !known.contains_key(id)).then_some(*id);
        let wanted: Vec<Id> = seen.with(|seen| seen.iter().filter_map(missing).collect());
        drop(known);
        pairs.read_rows(wanted, turn, is_new_turn);
        turn
    });
}

/// Keys inside the list.
fn on_key(event: &web_sys::KeyboardEvent, pairs: Pairs) {
    if event.alt_key() || event.ctrl_key() || event.meta_key() {
        return;
    }
    let by = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        "PageDown" => 15,
        "PageUp" => -15,
        "Home" => isize::MIN / 2,
        "End" => isize::MAX / 2,
        "Escape" => {
            pairs.select_none();
            return;
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(target) = pairs.beside(by) {
        pairs.pick(target, if event.shift_key() { SelectionChange::Through } else { SelectionChange::Only });
    }
}

/// Returns the name of a row in the page.
fn row_id(pair: Id) -> String {
    format!("pair-row-{pair}")
}

/// A row. It says its place in the whole list, of which the page has only a part.
#[component]
fn Row(at: usize, id: Id) -> impl IntoView {
    let (pairs, drag) = (expect_context::<Pairs>(), expect_context::<Drag>());
    let row = Memo::new(move |_| pairs.rows.with(|rows| rows.get(&id).cloned()));
    let is_selected =
        move || pairs.selected.with(|selected| selected.contains(&id)) || pairs.open.get() == Some(id);
    let click = move |event: web_sys::MouseEvent| {
        if drag.takes_click() {
            return;
        }
        pairs.pick(id, SelectionChange::from_keys(event.ctrl_key() || event.meta_key(), event.shift_key()));
        pairs.views.show_a_pair();
        // The keys continue from here. The list has the focus and not the row, because a row is removed when it is
        // scrolled away.
        let row = event.current_target().and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(list) = row.and_then(|row| row.closest(".pair-list").ok().flatten())
            && let Ok(list) = list.dyn_into::<web_sys::HtmlElement>()
        {
            let _ = list.focus();
        }
    };
    // With Shift, the web view would select the text from the last click to this one.
    let no_text = |event: web_sys::MouseEvent| {
        if event.shift_key() {
            event.prevent_default();
        }
    };
    let content = move || {
        row.get().map(|row| {
            let marks = shown_marks(&row);
            view! {
                <span class="quiet number">{format::whole(row.number)}</span>
                <PairLine row=row.clone() />
                <span class="marks">
                    {marks.into_iter().map(|mark| view! { <span class="mark" data-mark=mark_key(mark) title=mark_words(mark).1>{short_mark(mark)}</span> }).collect_view()}
                    {row.tags.iter().take(2).map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect_view()}
                    {(row.tags.len() > 2).then(|| view! { <span class="quiet small">{format!("+{}", row.tags.len() - 2)}</span> })}
                    {(row.split == Split::HeldOut).then(|| view! { <span class="quiet small">{t!("data-row-held-out")}</span> })}
                </span>
            }
        })
    };
    view! {
        <div class="pair-row" role="option" id=row_id(id) data-testid="pair-row" style:top=format!("{}px", at as f64 * ROW)
            aria-posinset=format!("{}", at + 1) aria-setsize=move || pairs.listed.read().len().to_string()
            class:open=move || pairs.open.get() == Some(id)
            class:moving=move || drag.has(id) aria-selected=move || is_selected().to_string()
            on:mousedown=no_text on:pointerdown=move |event| drag.press(id, &event) on:click=click>{content}</div>
    }
}

/// The row's text, with the words of the search marked.
#[component]
fn PairLine(row: PairRow) -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let text = pairs.filter.with_untracked(|filter| filter.text.clone());
    let place = match row.field {
        PairField::Prompt => None,
        PairField::Wanted => Some(t!("data-row-wanted")),
        PairField::Opposite => Some(t!("data-row-opposite")),
        PairField::System => Some(t!("data-row-system")),
        PairField::Turn => Some(t!("data-row-turn")),
        PairField::Note => Some(t!("data-row-note")),
    };
    let line = if row.line.is_empty() {
        view! { <span class="quiet">{t!("data-no-prompt")}</span> }.into_any()
    } else {
        highlighted(&row.line, &text).into_any()
    };
    view! {
        <span class="ellipsis" dir="auto">{place.map(|place| view! { <span class="place">{place}</span> })}{line}</span>
    }
}

/// Returns the marks that are worth a place in the row: the gravest two. That a pair has no tag can be seen.
fn shown_marks(row: &PairRow) -> Vec<Mark> {
    row.marks.iter().copied().filter(|mark| *mark != Mark::Untagged).take(2).collect()
}

/// Says why no pair is listed, and what to do.
#[component]
fn EmptyList() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let store = crate::state::store();
    let import = move || {
        view! { <button class="button" data-testid="empty-import" on:click=move |_| store.sheet.set(Some(crate::actions::Sheet::ImportPairs))>{t!("data-list-import")}</button> }
    };
    let is_filtered = move || pairs.filter.with(|filter| *filter != ipc::list::PairFilter::default());
    move || {
        let content = if let Some(failure) = pairs.failure.get() {
            view! { <p>{said(&failure.message)}</p> }.into_any()
        } else if pairs.has_no_data_set() {
            view! { <h2>{t!("data-list-no-set")}</h2><p>{t!("data-list-no-set-help")}</p>{import()} }
                .into_any()
        } else if pairs.data_set.get().is_none() {
            view! { <p>{t!("data-list-reading")}</p> }.into_any()
        } else if is_filtered() {
            view! {
                <h2>{t!("data-list-not-found")}</h2>
                <p>{t!("data-list-not-found-help")}</p>
                <button class="button" data-testid="filter-clear" on:click=move |_| pairs.look_for(|filter| *filter = ipc::list::PairFilter::default())>{t!("data-show-all")}</button>
            }
            .into_any()
        } else {
            view! {
                <h2>{t!("data-list-empty")}</h2>
                <p>{t!("data-list-empty-help")}</p>
                <div class="row"><button class="button primary" data-testid="empty-add" on:click=move |_| pairs.add()>{t!("data-add")}</button>{import()}</div>
            }
            .into_any()
        };
        view! { <div class="empty" data-testid="pairs-empty">{content}</div> }
    }
}
