//! The list of conversations beside the open one: search, keys, and what is deleted.

use std::time::Duration;

use ipc::command::{DeleteConversation, SearchConversations};
use ipc::{Failure, Id};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;

use super::asked::ListAct;
use super::conversation_files::{ExportPanel, ImportPanel};
use super::conversation_order::{neighbour, ordered, target_row};
use super::conversation_row::Row;
use super::state::Chat;
use crate::actions::ChatAction;
use crate::bridge;
use crate::latest::Latest;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::{FailureCard, focus, forget_with};

/// The pause in typing after which the store is searched.
const AFTER_TYPING: Duration = Duration::from_millis(200);

/// A panel under the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Panel {
    /// Exports this conversation.
    Export(Id),
    /// Imports conversations.
    Import,
}

/// The state of the list. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct List {
    store: Store,
    /// The conversation that is open. `None` for one that has not begun.
    pub(super) open: RwSignal<Option<Id>>,
    /// The row that had the focus last.
    pub(super) focused: RwSignal<Option<Id>>,
    /// The row that is being renamed.
    pub(super) renaming: RwSignal<Option<Id>>,
    /// The rows that are shown, in their order.
    shown: Memo<Vec<Id>>,
    words: RwSignal<String>,
    /// The conversations with the words; `None` where none are searched.
    found: RwSignal<Option<Vec<Id>>>,
    failure: RwSignal<Option<Failure>>,
    panel: RwSignal<Option<Panel>>,
    /// The button that the panel came from.
    opener: StoredValue<Option<web_sys::HtmlElement>, LocalStorage>,
    rows: NodeRef<html::Ul>,
}

impl List {
    fn new(store: Store, open: RwSignal<Option<Id>>) -> Self {
        let found = RwSignal::new(None::<Vec<Id>>);
        let shown = Memo::new(move |_| ordered(&store.conversations.read(), found.read().as_deref()));
        Self {
            store,
            open,
            focused: RwSignal::new(None),
            renaming: RwSignal::new(None),
            shown,
            words: RwSignal::default(),
            found,
            failure: RwSignal::new(None),
            panel: RwSignal::new(None),
            opener: StoredValue::new_local(None),
            rows: NodeRef::new(),
        }
    }

    /// Whether the Tab key leads to this row: the one that had the focus, else the open one, else the first.
    pub(super) fn leads_to(self, id: Id) -> bool {
        let shown = self.shown.read();
        let is_shown = |id: &Id| shown.contains(id);
        let one = self.focused.get().filter(is_shown).or_else(|| self.open.get().filter(is_shown));
        one.or(shown.first().copied()) == Some(id)
    }

    /// Shows a panel, or closes it and gives the focus back.
    pub(super) fn show(self, panel: Option<Panel>) {
        if panel.is_some() {
            self.opener.set_value(focus::focused());
        } else if let Some(opener) = self.opener.try_update_value(Option::take).flatten() {
            focus::give_to(opener);
        }
        self.panel.set(panel);
    }

    /// Gives the focus to a row once it is drawn.
    pub(super) fn focus_on(self, id: Id) {
        if let Some(rows) = self.rows.try_get_untracked().flatten() {
            focus::give_to_first(&rows, format!("[data-conversation='{id}']"));
        }
    }

    /// Deletes a conversation. The next one gets the focus, and is opened where this one was open.
    pub(super) fn delete(self, id: Id) {
        let next = neighbour(&self.shown.read_untracked(), id);
        let was_open = self.open.get_untracked() == Some(id);
        self.store.delete_then(DeleteConversation { conversation: id }, move |done| {
            if let Err(failure) = done {
                self.failure.try_set(Some(failure));
                return;
            }
            // The event of the deletion may have closed it.
            if was_open && self.open.get_untracked().is_none_or(|open| open == id) {
                self.open.set(next);
            }
            if let Some(next) = next {
                self.focus_on(next);
            }
        });
    }

    fn begin(self) {
        self.search_for(String::new());
        self.open.set(None);
        if let Some(act) = self.store.on_chat.get_value() {
            act.run(ChatAction::Write);
        }
    }

    fn search_for(self, words: String) {
        if words.trim().is_empty() {
            self.found.set(None);
        }
        self.words.set(words);
    }

    /// Searches the store when the words have not changed for a moment. Answers to earlier words are dropped.
    fn search(self) {
        forget_with(self.failure, move || (self.words.get(), self.open.get()));
        let latest = Latest::new();
        Effect::new(move |_| {
            let words = self.words.get();
            let turn = latest.begin();
            if words.trim().is_empty() {
                return;
            }
            let ask = move || {
                if !turn.is_current() {
                    return;
                }
                spawn_local(async move {
                    let answer = bridge::call(SearchConversations { words }).await;
                    if !turn.is_current() {
                        return;
                    }
                    match answer {
                        Ok(found) => self.found.set(Some(found)),
                        Err(failure) => self.failure.set(Some(failure)),
                    }
                });
            };
            set_timeout(ask, AFTER_TYPING);
        });
    }

    /// Does what the palette asks, with every conversation in view.
    fn do_as_asked(self, asked: RwSignal<Option<ListAct>>) {
        Effect::new(move |_| {
            let Some(act) = asked.get() else { return };
            asked.set(None);
            self.search_for(String::new());
            match act {
                ListAct::Rename(id) => self.renaming.set(Some(id)),
                ListAct::Export(id) => self.show(Some(Panel::Export(id))),
                ListAct::Import => self.show(Some(Panel::Import)),
            }
        });
    }

    fn on_key(self, event: &web_sys::KeyboardEvent) {
        let is_plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key() && !event.shift_key();
        // In a row's other buttons the keys do what they do in buttons.
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_row = target.is_some_and(|target| target.has_attribute("data-conversation"));
        let Some(id) = self.focused.get_untracked().filter(|_| is_plain && is_row) else { return };
        match event.key().as_str() {
            "F2" => self.renaming.set(Some(id)),
            "Delete" => self.delete(id),
            key => {
                let Some(to) = target_row(key, &self.shown.read_untracked(), id) else { return };
                self.focus_on(to);
            }
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

/// The list of conversations.
#[component]
pub fn ConversationList(
    /// The conversation that is open. `None` for one that has not begun.
    open: RwSignal<Option<Id>>,
) -> impl IntoView {
    let list = List::new(store(), open);
    list.search();
    list.do_as_asked(expect_context::<Chat>().asked_of_list);
    let close = Callback::new(move |()| list.show(None));
    let panel = move || match list.panel.get() {
        Some(Panel::Export(id)) => view! { <ExportPanel id close /> }.into_any(),
        Some(Panel::Import) => view! { <ImportPanel open close /> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="conversations" data-testid="conversations">
            <div class="toolbar">
                <input type="search" dir="auto" class="grow" placeholder=t!("search") aria-label=t!("chat-conversations-search") data-testid="conversations-search"
                    prop:value=list.words on:input=move |event| list.search_for(event_target_value(&event)) />
                <button class="button" type="button" data-testid="conversation-new" title=t!("chat-conversation-new-title") on:click=move |_| list.begin()>{t!("chat-conversation-new")}</button>
            </div>
            <FailureCard failure=list.failure />
            <Empty list />
            <ul class="conversation-rows" aria-label=t!("chat-conversations") title=t!("chat-conversations-keys") node_ref=list.rows
                on:keydown=move |event| list.on_key(&event)>
                <For each=move || list.shown.get() key=|id| *id children=move |id| view! { <Row id list /> } />
            </ul>
            {panel}
            <div class="foot row">
                <button class="button" type="button" data-testid="conversation-import-open" on:click=move |_| list.show(Some(Panel::Import))>{t!("import-more")}</button>
                <span class="quiet small" role="status" data-testid="conversations-count">{move || counted(list.shown.read().len(), list.store.conversations.read().len())}</span>
            </div>
        </div>
    }
}

/// Says what comes next where no row is shown.
#[component]
fn Empty(list: List) -> impl IntoView {
    let has_some = Memo::new(move |_| !list.store.conversations.read().is_empty());
    view! {
        <Show when=move || list.shown.read().is_empty()>
            <div class="empty" data-testid="conversations-empty">
                <Show when=move || has_some.get() fallback=|| view! { <p>{t!("chat-conversations-none")}</p> }>
                    <p>{t!("chat-conversations-not-found")}</p>
                    <button class="link" type="button" data-testid="conversations-all" on:click=move |_| list.search_for(String::new())>{t!("show-all")}</button>
                </Show>
            </div>
        </Show>
    }
}

fn counted(shown: usize, all: usize) -> String {
    if shown == all {
        t!("chat-conversations-count", count = all)
    } else {
        t!("chat-conversations-shown", shown = shown, count = all)
    }
}
