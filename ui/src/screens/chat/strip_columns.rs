//! Which columns a strip belongs to, and how much of it acts in each.

use ipc::conversation::Strip;
use leptos::prelude::*;

use super::desk_changes::{color_of, factor, set_factor};
use super::state::Chat;
use crate::format;
use crate::t;
use crate::widgets::NumberField;

/// The button that sums it up, and the fields below it.
#[component]
pub(super) fn StripColumns(
    /// The strip.
    id: u32,
    /// The strip as it is shown.
    strip: Memo<Option<Strip>>,
    /// Whether the fields are shown.
    is_open: Signal<bool>,
    /// Shows or hides them.
    toggle: Callback<()>,
) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let columns = Memo::new(move |_| {
        strip.with(|_| ());
        chat.desk.read().columns.iter().map(|column| (column.id, factor(column, id))).collect::<Vec<_>>()
    });
    let ids = Memo::new(move |_| columns.read().iter().map(|(column, _)| *column).collect::<Vec<_>>());
    let summary = move || {
        let factors = columns.read();
        let factors = factors.iter().map(|(_, factor)| {
            if *factor == 0.0 { "\u{2013}".to_owned() } else { format::multiplier(*factor) }
        });
        factors.collect::<Vec<_>>().join(" \u{b7} ")
    };
    let field = move |column: u32| {
        let value = Signal::derive(move || {
            let columns = columns.read();
            columns.iter().find(|(id, _)| *id == column).map_or(0.0, |(_, factor)| *factor)
        });
        let set = Callback::new(move |factor| chat.change(|desk| set_factor(desk, column, id, factor)));
        view! {
            <span class="factor" data-testid="strip-factor" data-column=column.to_string()>
                <span class="swatch" style=format!("background: {}", color_of(column))></span>
                <NumberField label=t!("chat-factor") testid="strip-factor-value" value set />
            </span>
        }
    };
    view! {
        <button class="button small" type="button" data-testid="strip-columns" aria-expanded=move || is_open.get().to_string()
            title=t!("chat-factors-title") on:click=move |_| toggle.run(())>{summary}</button>
        <Show when=move || is_open.get()>
            <div class="strip-panel factors" role="group" aria-label=t!("chat-factors")>
                <For each=move || ids.get() key=|column| *column children=field />
                <span class="quiet small">{t!("chat-factors-note")}</span>
            </div>
        </Show>
    }
}
