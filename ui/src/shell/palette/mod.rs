//! The palette: a person types a part of a name, and Enter runs the command, shows the thing or does what the line says.

mod acts;
mod entries;
mod pairs;
mod ranking;
mod target;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use entries::{Entry, commands, jobs, things};
use ranking::ranked;
use target::Screens;

use crate::state::store;
use crate::t;
use crate::widgets::SheetFrame;

/// The lines by which Page Up and Page Down move.
const PAGE: usize = 8;

/// The palette.
#[component]
pub(super) fn Palette() -> impl IntoView {
    let store = store();
    let screens = Screens::expect(store);
    let query = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let pairs = pairs::follow(store, query);
    // What there is does not change with every letter that is typed.
    let (things, jobs) = (Memo::new(move |_| things(screens)), Memo::new(move |_| jobs(screens)));
    let found = Memo::new(move |_| {
        let commands = commands(screens);
        let text = query.read().trim().to_owned();
        if text.is_empty() {
            return commands;
        }
        let (jobs, things) = (jobs.read(), things.read());
        let mut found = ranked(commands.iter().chain(jobs.iter()).chain(things.iter()), &text);
        // The application has found them by all of their text.
        found.extend(pairs.get());
        found
    });
    let last = move || found.read_untracked().len().saturating_sub(1);
    let on_key = move |event: web_sys::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = if *at >= last() { 0 } else { *at + 1 }),
            "ArrowUp" => at.update(|at| *at = if *at == 0 { last() } else { *at - 1 }),
            "PageDown" => at.update(|at| *at = (*at + PAGE).min(last())),
            "PageUp" => at.update(|at| *at = at.saturating_sub(PAGE)),
            "Enter" => {
                let chosen = found.read_untracked().get(at.get_untracked()).map(|entry| entry.target);
                if let Some(target) = chosen {
                    target.choose(screens);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let list = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let id = line_id(at.get());
        found.with(|_| ());
        // The line is there after the frame that lays the list out.
        request_animation_frame(move || keep_in_view(list, &id));
    });
    let active = move || (!found.read().is_empty()).then(|| line_id(at.get()));
    view! {
        <SheetFrame label=t!("shell-palette") testid="palette" wide=true only_searches=true>
            <input type="text" data-testid="palette-query" placeholder=t!("shell-palette-placeholder")
                aria-label=t!("commands-find") role="combobox" aria-expanded="true" aria-controls="palette-lines" aria-activedescendant=active
                autocomplete="off" spellcheck="false" prop:value=query
                on:input=move |event| { query.set(event_target_value(&event)); at.set(0); }
                on:keydown=on_key />
            <div class="palette-list" id="palette-lines" role="listbox" aria-label=t!("shell-palette-found") node_ref=list>
                {move || found.get().into_iter().enumerate().map(|(index, entry)| view! { <Line index entry at screens /> }).collect_view()}
            </div>
            <Show when=move || found.read().is_empty()><p class="quiet" role="status">{t!("shell-palette-nothing")}</p></Show>
            <p class="quiet small hint"><kbd>"\u{2191}"</kbd>" "<kbd>"\u{2193}"</kbd>" "{t!("shell-palette-keys-choose")}" "<kbd>"Enter"</kbd>" "{t!("shell-palette-keys-run")}" "<kbd>"Escape"</kbd>" "{t!("shell-palette-keys-close")}</p>
        </SheetFrame>
    }
}

fn line_id(at: usize) -> String {
    format!("palette-line-{at}")
}

#[component]
fn Line(index: usize, entry: Entry, at: RwSignal<usize>, screens: Screens) -> impl IntoView {
    let Entry { kind, label, detail, keys, target, .. } = entry;
    let beside = if kind.is_empty() {
        (!keys.is_empty()).then(|| view! { <kbd>{keys}</kbd> }).into_any()
    } else {
        view! { <span class="quiet small nowrap">{kind.clone()}</span> }.into_any()
    };
    let title = if detail.is_empty() { label.clone() } else { format!("{label}\n{detail}") };
    view! {
        <button role="option" type="button" tabindex="-1" id=line_id(index) data-testid="palette-line" data-kind=kind
            aria-selected=move || (at.get() == index).to_string() on:click=move |_| target.choose(screens)>
            <span class="ellipsis" dir="auto" title=title.clone()>{label}</span>
            <span class="quiet small ellipsis grow" dir="auto" title=title>{detail}</span>
            {beside}
        </button>
    }
}

/// Scrolls the list so far that a line is seen whole.
fn keep_in_view(list: NodeRef<html::Div>, id: &str) {
    let Some(list) = list.try_get_untracked().flatten() else { return };
    let line = list.query_selector(&format!("#{id}")).ok().flatten();
    let Some(line) = line.and_then(|line| line.dyn_into::<web_sys::HtmlElement>().ok()) else { return };
    let (frame, line) = (list.get_bounding_client_rect(), line.get_bounding_client_rect());
    if line.top() < frame.top() {
        list.set_scroll_top(list.scroll_top() + (line.top() - frame.top()) as i32 - 1);
    } else if line.bottom() > frame.bottom() {
        list.set_scroll_top(list.scroll_top() + (line.bottom() - frame.bottom()) as i32 + 1);
    }
}
