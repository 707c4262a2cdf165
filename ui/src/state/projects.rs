//! Opens other projects: what is typed is stored first, and nothing of the project before stays.

use std::time::Duration;

use ipc::command::{DeleteProject, DuplicateProject, OpenProject};
use ipc::{Event, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::reduce;
use super::store::{Connection, Store, Storing};
use crate::actions::ProjectAction;
use crate::bridge;
use crate::t;

/// The pause between two looks at what is being stored.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Applies an event. Before the whole state of another project is applied, the screens of the one before are taken down, so that
/// none of them asks for what is not there any more.
pub(super) fn receive(store: Store, event: Event) {
    let is_waiting = store.waiting.try_with_value(|waiting| !waiting.is_empty()).unwrap_or_default();
    let begins_anew =
        matches!(event, Event::Overview(_)) && store.connection.get_untracked() == Connection::Open;
    if is_waiting || begins_anew {
        store.waiting.update_value(|waiting| waiting.push(event));
    } else {
        reduce::apply(store, event);
    }
    if begins_anew && !is_waiting {
        store.connection.set(Connection::Opening);
        set_timeout(
            move || {
                for event in store.waiting.try_update_value(std::mem::take).unwrap_or_default() {
                    reduce::apply(store, event);
                }
            },
            Duration::ZERO,
        );
    }
}

impl Store {
    /// Opens a project.
    pub fn open_project(self, project: Id) {
        if self.project_id.get_untracked() != project {
            self.when_stored(move || self.send(OpenProject { project }));
        }
    }

    /// Does something with the open project.
    pub fn act_on_project(self, action: ProjectAction) {
        let project = self.project_id.get_untracked();
        match action {
            ProjectAction::Menu => self.project_menu.set(true),
            ProjectAction::Delete => self.when_stored(move || self.delete(DeleteProject { project })),
            ProjectAction::Duplicate => self.when_stored(move || {
                spawn_local(async move {
                    match bridge::call(DuplicateProject { project }).await {
                        Ok(copy) => self.say(t!("shell-project-made", name = copy.name)),
                        Err(failure) => self.failure.set(Some(failure)),
                    }
                });
            }),
        }
    }

    /// Does something once what is typed is stored. Where it cannot be stored, that is said, and nothing is done.
    pub fn when_stored(self, then: impl FnOnce() + 'static) {
        // A field that keeps its text when it loses the focus does so now.
        let page = web_sys::window().and_then(|window| window.document());
        let focused = page.and_then(|page| page.active_element());
        if let Some(focused) = focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = focused.blur();
        }
        look(self, true, Box::new(then));
    }

    /// Forgets everything that is about the project before.
    pub(super) fn leave_project(self) {
        self.turns.open.set(None);
        self.turns.follow(self);
        self.trials.set(Vec::new());
        self.counted.set(None);
        self.margins_changed.set(None);
        self.drafts_changed.set(None);
        self.sheet.set(None);
        self.sheet_below.set(None);
        self.dropped.set(None);
        self.pasted.set(None);
        self.failure.set(None);
        self.project_menu.set(false);
        self.was_edited_since.set(false);
        // They belong to screens that are made anew.
        self.on_pairs.set_value(None);
        self.on_chat.set_value(None);
        self.store_all.set_value(None);
        self.before_leaving.set_value(None);
    }
}

fn look(store: Store, is_first: bool, then: Box<dyn FnOnce()>) {
    let typed = store.store_all.get_value().map_or(Storing::Done, |store_all| store_all.run(is_first));
    match typed {
        Storing::Failed(failure) => store.failure.set(Some(failure)),
        Storing::Done if bridge::is_idle() => then(),
        Storing::Done | Storing::UnderWay => set_timeout(move || look(store, false, then), BETWEEN_LOOKS),
    }
}
