//! The head of a column: its colour, its name, what steers it, and its menu.

use leptos::html;
use leptos::prelude::*;

use super::column_drag::ColumnDrag;
use super::column_menu::{ColumnMenu, ColumnSettings, Panel};
use super::desk_changes::steered_by;
use super::moved_columns;
use super::state::Chat;
use crate::t;
use crate::widgets::focus;

/// The head. It can be dragged; with the focus on it, Alt+Shift and the arrow keys move the column.
#[component]
pub(super) fn ColumnHead(
    /// The column.
    id: u32,
    /// The drag that moves columns.
    drag: ColumnDrag,
    /// Whether an answer grows in it.
    grows: Memo<bool>,
) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let head = NodeRef::<html::Div>::new();
    let is_renamed = RwSignal::new(false);
    let has_menu = RwSignal::new(false);
    let panel = RwSignal::new(None::<Panel>);
    let name = Memo::new(move |_| chat.column(id).map(|column| column.name).unwrap_or_default());
    let steering = Memo::new(move |_| {
        let desk = chat.desk.read();
        desk.column(id).map(|column| steered_by(&desk, column)).unwrap_or_default()
    });
    let title = move || if name.read().trim().is_empty() { steering.get() } else { name.get() };
    let has_name = Memo::new(move |_| !name.read().trim().is_empty());
    // Where one column has a name of its own, the heads of all have that line: the turns stand at one height.
    let has_line =
        Memo::new(move |_| chat.desk.read().columns.iter().any(|column| !column.name.trim().is_empty()));
    let line = move || if has_name.get() { steering.get() } else { "\u{a0}".to_owned() };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let step = match (event.key().as_str(), event.alt_key() && event.shift_key()) {
            ("ArrowLeft", true) => -1,
            ("ArrowRight", true) => 1,
            ("F2", _) => {
                event.prevent_default();
                return is_renamed.set(true);
            }
            _ => return,
        };
        event.prevent_default();
        step_column(chat, id, step);
    };
    view! {
        <div class="column-head" data-testid="column-head" node_ref=head on:pointerdown=move |event| drag.press(id, &event) on:keydown=on_key>
            <div class="row">
                <span class="swatch" style="background: var(--column)" title=t!("chat-column-drag")></span>
                <Show when=move || is_renamed.get() fallback=move || view! {
                    <button class="column-name ellipsis" type="button" dir="auto" data-testid="column-name"
                        title=move || t!("chat-column-name-title", name = title())
                        on:click=move |_| is_renamed.set(true)>{title}</button>
                }>
                    <NameField id name is_renamed head />
                </Show>
                <span class="grow"></span>
                <Show when=move || grows.get()>
                    <button class="button small" type="button" data-testid="column-stop" title=t!("chat-column-stop-title") on:click=move |_| chat.stop(Some(id))>{t!("stop")}</button>
                </Show>
                <ColumnMenu id is_open=has_menu panel is_renamed grows />
            </div>
            <Show when=move || has_line.get()><span class="quiet small ellipsis" dir="auto" data-testid="column-steering">{line}</span></Show>
            <ColumnSettings id panel />
        </div>
    }
}

/// Moves a column one place to the left or the right. What has the focus in it keeps it, which an element that moves in the page loses.
pub(super) fn step_column(chat: Chat, id: u32, step: isize) {
    let focused = focus::focused();
    let place = chat.desk.with_untracked(|desk| desk.columns.iter().position(|column| column.id == id));
    if let Some(place) = place {
        moved_columns::move_to(chat, id, place.saturating_add_signed(step));
    }
    if let Some(focused) = focused {
        focus::give_to(focused);
    }
}

/// Gives the focus to the name of a column once it stands there again.
fn focus_name(head: NodeRef<html::Div>) {
    if let Some(head) = head.get_untracked() {
        focus::give_to_first(&head, ".column-name");
    }
}

/// The field in which a column is renamed. Enter keeps the name, Escape the one before.
#[component]
fn NameField(
    id: u32,
    name: Memo<String>,
    is_renamed: RwSignal<bool>,
    head: NodeRef<html::Div>,
) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let field = NodeRef::<html::Input>::new();
    let text = RwSignal::new(name.get_untracked());
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            field.select();
            focus::give_to(field.into());
        }
    });
    let keep = move || {
        // Leaving the field after Enter or Escape changes nothing more.
        if is_renamed.try_get_untracked() != Some(true) {
            return;
        }
        is_renamed.set(false);
        let text = text.get_untracked().trim().to_owned();
        chat.change(|desk| {
            if let Some(column) = desk.columns.iter_mut().find(|column| column.id == id) {
                column.name = text;
            }
        });
    };
    view! {
        <input type="text" class="grow" dir="auto" node_ref=field data-testid="column-rename" aria-label=t!("chat-column-rename") placeholder=t!("chat-column-rename-placeholder") autocomplete="off"
            prop:value=text on:input=move |event| text.set(event_target_value(&event)) on:blur=move |_| keep()
            on:keydown=move |event| match event.key().as_str() {
                "Enter" if !event.is_composing() => { keep(); focus_name(head); }
                "Escape" => { event.stop_propagation(); is_renamed.set(false); focus_name(head); }
                _ => (),
            } />
    }
}
