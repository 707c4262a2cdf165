//! The menu of a column, and the settings that it opens below the head: the system prompt, and how tokens are sampled.

use ipc::conversation::{Column, MAX_COLUMNS, SamplingSettings};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::column_head::step_column;
use super::desk_changes::{close, duplicate, name_of};
use super::faults::{self, Part};
use super::sampling_form::SamplingForm;
use super::state::Chat;
use crate::state::{Store, UndoDelete, store};
use crate::t;
use crate::widgets::menu::Edge;
use crate::widgets::{focus, menu};

/// The height of the menu, in pixels.
const MENU_HEIGHT: f64 = 284.0;

/// The button of the menu, in the column.
const OPENER: &str = ".column-menu > button";

/// The settings of a column that are open below its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Panel {
    /// The system prompt.
    SystemPrompt,
    /// How tokens are sampled.
    Sampling,
}

/// The button with the menu.
#[component]
pub(super) fn ColumnMenu(
    /// The column.
    id: u32,
    /// Whether the menu is open.
    is_open: RwSignal<bool>,
    /// The settings below the head.
    panel: RwSignal<Option<Panel>>,
    /// Whether the column is being renamed.
    is_renamed: RwSignal<bool>,
    /// Whether an answer grows in it.
    grows: Memo<bool>,
) -> impl IntoView {
    let opener = NodeRef::<html::Button>::new();
    view! {
        <span class="column-menu">
            <button class="button small" type="button" node_ref=opener data-testid="column-menu" aria-label=t!("chat-column-menu")
                aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|open| *open = !*open)>"\u{22ef}"</button>
            <Show when=move || is_open.get()><Items id is_open panel is_renamed grows opener /></Show>
        </span>
    }
}

#[component]
fn Items(
    id: u32,
    is_open: RwSignal<bool>,
    panel: RwSignal<Option<Panel>>,
    is_renamed: RwSignal<bool>,
    grows: Memo<bool>,
    opener: NodeRef<html::Button>,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let items = NodeRef::<html::Div>::new();
    let on_key = menu::keys(items, is_open);
    let leave = move || menu::leave(is_open, opener);
    let place = move || chat.desk.read().columns.iter().position(|column| column.id == id);
    let count = move || chat.desk.read().columns.len();
    let show = move |which: Panel| {
        leave();
        panel.update(|open| *open = (*open != Some(which)).then_some(which));
    };
    let is_full = move || count() >= MAX_COLUMNS;
    let copy = move |_| {
        leave();
        let tree = store.turns.tree.get_untracked();
        chat.change(|desk| duplicate(desk, id, tree.columns()));
    };
    let step = move |by| {
        leave();
        step_column(chat, id, by);
    };
    view! {
        <div class="menu-shade" on:click=move |_| leave()></div>
        <div class="menu fixed" role="menu" aria-label=t!("chat-column") data-testid="column-menu-items" node_ref=items style=menu::beside(opener, MENU_HEIGHT, Edge::Right) on:keydown=on_key>
            <button role="menuitem" type="button" data-testid="column-menu-rename" on:click=move |_| { is_open.set(false); is_renamed.set(true); }>{t!("rename")}</button>
            <button role="menuitem" type="button" data-testid="column-menu-system" on:click=move |_| show(Panel::SystemPrompt)>{t!("system-prompt")}</button>
            <button role="menuitem" type="button" data-testid="column-menu-sampling" on:click=move |_| show(Panel::Sampling)>{t!("sampling")}</button>
            <hr />
            <button role="menuitem" type="button" data-testid="column-menu-duplicate" disabled=is_full on:click=copy>{t!("chat-column-duplicate")}</button>
            <button role="menuitem" type="button" data-testid="column-menu-left" disabled=move || place() == Some(0) on:click=move |_| step(-1)>{t!("chat-column-left")}</button>
            <button role="menuitem" type="button" data-testid="column-menu-right" disabled=move || place().is_some_and(|at| at + 1 == count()) on:click=move |_| step(1)>{t!("chat-column-right")}</button>
            <hr />
            <button role="menuitem" type="button" data-testid="column-menu-stop" disabled=move || !grows.get() on:click=move |_| { leave(); chat.stop(Some(id)); }>{t!("chat-column-stop")}</button>
            <button role="menuitem" type="button" data-testid="column-menu-close" disabled=move || count() == 1 || grows.get()
                title=t!("chat-column-close-title") on:click=move |_| close_column(store, chat, id)>{t!("chat-column-close")}</button>
        </div>
    }
}

/// Closes a column and gives the focus to the one that comes to its place. Ctrl+Z brings it back with its turns.
fn close_column(store: Store, chat: Chat, id: u32) {
    let before = chat.desk.get_untracked();
    let Some(place) = before.columns.iter().position(|column| column.id == id) else { return };
    chat.change(|desk| close(desk, id));
    let column = &before.columns[place];
    // A conversation that has not begun has nothing in its columns.
    if let Some(conversation) = store.turns.open.get_untracked() {
        let title = t!("shell-deleted-column", name = name_of(&before, column));
        let column = Box::new(column.clone());
        store.was_deleted(title, UndoDelete::Column { conversation, place, column });
    }
    let beside = before.columns.get(place + 1).or_else(|| before.columns.get(place.checked_sub(1)?));
    if let Some((beside, page)) = beside.zip(document().document_element()) {
        focus::give_to_first(&page, format!("[data-column=\"{}\"] {OPENER}", beside.id));
    }
}

/// The settings that are open below the head of a column.
#[component]
pub(super) fn ColumnSettings(
    /// The column.
    id: u32,
    /// Which settings are open.
    panel: RwSignal<Option<Panel>>,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if panel.get().is_some() {
            // The menu has given the focus back to its button by then.
            request_animation_frame(move || {
                if let Some(frame) = frame.try_get_untracked().flatten() {
                    focus::give_to_first(&frame, "textarea, [aria-pressed=true], input");
                }
            });
        }
    });
    let close = move || {
        let head = frame.get_untracked().and_then(|frame| frame.closest(".column-head").ok().flatten());
        panel.set(None);
        if let Some(head) = head {
            focus::give_to_first(&head, OPENER);
        }
    };
    move || {
        panel.get().map(|which| {
            let content = match which {
                Panel::SystemPrompt => view! { <SystemPrompt id /> }.into_any(),
                Panel::Sampling => view! { <Sampling id /> }.into_any(),
            };
            view! {
                <div class="column-panel" node_ref=frame on:keydown=move |event| if event.key() == "Escape" { event.stop_propagation(); close(); }>
                    {content}
                    <button class="link" type="button" data-testid="column-panel-close" on:click=move |_| close()>{t!("done")}</button>
                </div>
            }
        })
    }
}

fn change(chat: Chat, id: u32, change: impl FnOnce(&mut Column)) {
    chat.change(|desk| {
        if let Some(column) = desk.columns.iter_mut().find(|column| column.id == id) {
            change(column);
        }
    });
}

/// Gives the focus to the button that closes the panel: the one that was clicked is disabled once every column has the same.
fn focus_done(event: &web_sys::MouseEvent) {
    let clicked = event.current_target().and_then(|clicked| clicked.dyn_into::<web_sys::Element>().ok());
    if let Some(panel) = clicked.and_then(|clicked| clicked.closest(".column-panel").ok().flatten()) {
        focus::give_to_first(&panel, ".column-panel > button:last-child");
    }
}

/// Returns whether all columns have the same of something.
fn alike<T: PartialEq>(chat: Chat, of: fn(&Column) -> &T) -> bool {
    let desk = chat.desk.read();
    desk.columns.windows(2).all(|two| of(&two[0]) == of(&two[1]))
}

#[component]
fn SystemPrompt(id: u32) -> impl IntoView {
    let chat = expect_context::<Chat>();
    // What was typed counts however the panel is closed, so that it is kept while it is typed.
    let text = Memo::new(move |_| chat.column(id).map(|column| column.system_prompt).unwrap_or_default());
    let to_all = move |event: web_sys::MouseEvent| {
        focus_done(&event);
        let text = text.get_untracked();
        chat.change(|desk| desk.columns.iter_mut().for_each(|column| column.system_prompt.clone_from(&text)));
    };
    view! {
        <label class="field">
            <span class="label">{t!("system-prompt")}</span>
            <textarea class="prose" rows="3" dir="auto" data-testid="column-system" aria-label=t!("system-prompt") prop:value=text
                on:input=move |event| change(chat, id, |column| column.system_prompt = event_target_value(&event))></textarea>
            <span class="quiet small hint-line">{t!("chat-system-prompt-hint")}</span>
        </label>
        <button class="link" type="button" data-testid="column-system-all" disabled=move || alike(chat, |column| &column.system_prompt) on:click=to_all>{t!("chat-column-use-in-all")}</button>
    }
}

#[component]
fn Sampling(id: u32) -> impl IntoView {
    let chat = expect_context::<Chat>();
    faults::collect_as(Part::Sampling(id));
    let value = Memo::new(move |_| chat.column(id).map(|column| column.sampling).unwrap_or_default());
    let set = Callback::new(move |sampling: SamplingSettings| {
        change(chat, id, |column| column.sampling = sampling);
    });
    let to_all = move |event: web_sys::MouseEvent| {
        focus_done(&event);
        let sampling = value.get_untracked();
        chat.change(|desk| desk.columns.iter_mut().for_each(|column| column.sampling = sampling.clone()));
    };
    view! {
        <SamplingForm value=Signal::from(value) set />
        <button class="link" type="button" data-testid="column-sampling-all" disabled=move || alike(chat, |column| &column.sampling) on:click=to_all>{t!("chat-column-use-in-all")}</button>
    }
}
