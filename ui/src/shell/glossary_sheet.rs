//! The sheet with every noun of the glossary, and the list that the help shows as well.

use leptos::html;
use leptos::prelude::*;

use crate::glossary::{self, Entry};
use crate::t;
use crate::widgets::SheetFrame;

/// The glossary. A term that was looked up is in view and marked.
#[component]
pub(super) fn GlossarySheet(term: Option<&'static str>) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| glossary::find(&query.read()));
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    view! {
        <SheetFrame label=t!("shell-glossary") testid="glossary-sheet">
            <h2>{t!("shell-glossary")}</h2>
            <input type="search" node_ref=input data-testid="glossary-search" placeholder=t!("search") aria-label=t!("shell-glossary-search")
                autocomplete="off" spellcheck="false" prop:value=query
                on:input=move |event| query.set(event_target_value(&event)) />
            <div class="glossary" role="region" aria-label=t!("shell-glossary-terms") tabindex="0">
                <Entries found sought=term />
                <Show when=move || found.read().is_empty()><p class="quiet">{t!("shell-glossary-nothing")}</p></Show>
            </div>
        </SheetFrame>
    }
}

/// Terms with their definitions, by group.
#[component]
pub(super) fn Entries(
    /// The groups.
    found: Memo<Vec<(&'static str, Vec<&'static Entry>)>>,
    /// The term that is in view and marked, by its English name.
    sought: Option<&'static str>,
) -> impl IntoView {
    let entry = move |entry: &'static Entry| {
        let is_sought = sought == Some(entry.term);
        let place = NodeRef::<html::Div>::new();
        Effect::new(move |_| {
            if let Some(place) = place.get().filter(|_| is_sought) {
                // The list has its height only after the frame is drawn.
                request_animation_frame(move || place.scroll_into_view());
            }
        });
        view! {
            <div class="entry" class:sought=is_sought node_ref=place data-testid=format!("term-{}", glossary::key(entry.term))>
                <dt>{entry.name}</dt><dd>{entry.definition}</dd>
            </div>
        }
    };
    let group = move |(group, entries): (&'static str, Vec<&'static Entry>)| {
        view! {
            <section>
                <h3>{group}</h3>
                <dl>{entries.into_iter().map(entry).collect_view()}</dl>
            </section>
        }
    };
    move || found.get().into_iter().map(group).collect_view()
}
