//! The view of drafts: pairs that a model writes and a person accepts or rejects.

mod card;
mod draft_list;
mod endpoint;
mod form;

use ipc::command::ControlJob;
use ipc::drafts::Draft;
use ipc::job::{JobAction, JobState};
use leptos::prelude::*;

use self::draft_list::DraftList;
use super::pairs::Pairs;
use super::shown_view::ShownView;
use crate::actions::DataView;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::{FailureCard, FailureNote, forget_with};

/// Drafts that are shown before a person asks for more.
const FIRST_DRAFTS: usize = 40;

/// The drafts: the form above, and the results below.
#[component]
pub(super) fn DraftsView() -> impl IntoView {
    let (store, views, pairs) = (store(), expect_context::<ShownView>(), expect_context::<Pairs>());
    let list = DraftList::new();
    provide_context(list);
    let data_set = Memo::new(move |_| store.data_set().map(|set| set.id));
    forget_with(list.failure, move || data_set.get());
    // Undoing an acceptance turns the pair back into a draft.
    let edits = Memo::new(move |_| store.data_set().map(|set| (set.train, set.held_out)));
    Effect::new(move |_| {
        let (set, ..) = (data_set.get(), store.drafts_changed.get(), edits.get());
        if views.is(DataView::Drafts) {
            list.data_set.set(set);
            list.read();
        }
    });
    let ready = Memo::new(move |_| list.drafts.read().drafts.iter().filter(|draft| draft.is_whole()).count());
    let count = move || list.drafts.read().drafts.len();
    let title = move || match (count(), ready.get()) {
        (0, _) => t!("data-drafts-none"),
        (all, ready) if all == ready => t!("data-drafts-to-decide", count = all),
        (all, ready) => t!("data-drafts-ready", count = all, ready = ready),
    };
    let halted = move || {
        let (job, state) = list.drafts.read().job.clone()?;
        let missing = count() - ready.get();
        let why = match state {
            JobState::Failed { failure } => Some(failure),
            JobState::Queued | JobState::Running => return None,
            JobState::Paused | JobState::Stopped | JobState::Done if missing == 0 => return None,
            JobState::Paused | JobState::Stopped | JobState::Done => None,
        };
        let left = why
            .is_none()
            .then(|| t!("data-drafts-missing", count = missing, number = format::whole(missing as u32)));
        Some(view! {
            {why.map(|failure| view! { <FailureNote failure /> })}
            <div class="row">
                <span class="grow" data-testid="drafts-missing">{left}</span>
                <button class="button" data-testid="drafts-go-on" title=t!("data-drafts-go-on-title")
                    on:click=move |_| store.send(ControlJob { job, action: JobAction::Resume })>{t!("data-drafts-go-on")}</button>
            </div>
        })
    };
    let shown = RwSignal::new(FIRST_DRAFTS);
    let listed = Memo::new(move |_| {
        list.drafts.read().drafts.iter().take(shown.get()).map(|draft| draft.id).collect::<Vec<_>>()
    });
    view! {
        <div class="toolbar">
            <h2 class="grow" data-testid="drafts-title">{title}</h2>
            <Show when=move || { count() > 0 }>
                <button class="button" data-testid="drafts-reject-all" data-once="true" on:click=move |_| list.reject(pairs.store, list.ids(|_| true))>{t!("data-drafts-reject-all")}</button>
                <button class="button primary" data-testid="drafts-accept-all" title=t!("data-drafts-accept-title") disabled=move || ready.get() == 0
                    on:click=move |_| list.accept(pairs, list.ids(Draft::is_whole))>{move || t!("data-drafts-accept", count = ready.get())}</button>
            </Show>
        </div>
        <div class="editor">
            <FailureCard failure=list.failure />
            {halted}
            <details open=move || count() == 0>
                <summary data-testid="drafts-form">{t!("data-draft-what")}</summary>
                <form::DraftForm />
            </details>
            <For each=move || listed.get() key=|id| *id children=|id| view! { <card::DraftCard id /> } />
            <Show when=move || { count() > shown.get() }>
                <div><button class="button" on:click=move |_| shown.update(|shown| *shown += FIRST_DRAFTS)>{t!("show-more")}</button></div>
            </Show>
        </div>
    }
}
