//! The page of the export sheet that publishes a vector's passport on the hub: what is sent and where, before anything is.

use ipc::command::{PlanPublish, Publish, StopPublishing};
use ipc::download::TokenSource;
use ipc::files::PackedFile;
use ipc::publish::{Publication, PublishPlan, Published};
use ipc::{Failure, Id};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::passport::LICENCES;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::{Checkbox, FailureCard, focus};

/// Publishes a passport. The first button shows what would be sent, the second one sends it.
#[component]
pub(super) fn PublishPage(
    /// The vector.
    id: Id,
) -> impl IntoView {
    let store = store();
    let repository = RwSignal::new(String::new());
    let licence = RwSignal::new(String::new());
    let public = RwSignal::new(false);
    let into_existing = RwSignal::new(false);
    let with_pairs = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let plan = RwSignal::new(None::<(Publication, PublishPlan)>);
    let done = move || store.published.get().filter(|(of, _)| *of == id).map(|(_, published)| published);
    let is_busy = RwSignal::new(false);
    let publication = move || Publication {
        repository: repository.get().trim().to_owned(),
        private: !public.get(),
        into_existing: into_existing.get(),
        sweep: None,
        with_pairs: with_pairs.get(),
        licence: licence.get(),
    };
    // What is shown is what is sent: any change takes the plan away.
    Effect::new(move |_| {
        let asked = publication();
        if plan.read_untracked().as_ref().is_some_and(|(planned, _)| *planned != asked) {
            plan.set(None);
        }
    });
    let look = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        store.published.set(None);
        is_busy.set(true);
        let publication = untrack(publication);
        spawn_local(async move {
            match bridge::call(PlanPublish { vector: id, publication: publication.clone() }).await {
                Ok(found) => drop(plan.try_set(Some((publication, found)))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let publish = move |_| {
        let Some((publication, _)) = plan.get_untracked() else { return };
        failure.set(None);
        is_busy.set(true);
        spawn_local(async move {
            match bridge::call(Publish { vector: id, publication }).await {
                Ok(published) => {
                    plan.try_set(None);
                    store.published.set(Some((id, published)));
                }
                // Where the page is gone, the window says it.
                Err(refused) => {
                    if let Some(unseen) = failure.try_set(Some(refused)) {
                        store.failure.set(unseen);
                    }
                }
            }
            is_busy.try_set(false);
        });
    };
    let is_sending = move || store.uploading.read().is_some();
    let [look_button, publish_button, stop_button] =
        buttons(Signal::derive(move || is_busy.get() || is_sending()));
    view! {
        <form class="fields" on:submit=look>
            <p class="quiet small">{t!("files-publish-intro")}</p>
            <div class="two top">
                <label class="field">
                    <span class="label">{t!("files-publish-repository")}</span>
                    <input type="text" data-testid="publish-repository" aria-label=t!("files-publish-repository") autocomplete="off" spellcheck="false" placeholder=t!("files-publish-repository-hint") prop:value=repository
                        on:input=move |event| repository.set(event_target_value(&event)) />
                </label>
                <label class="field">
                    <span class="label">{t!("files-licence")}</span>
                    <input type="text" data-testid="publish-licence" aria-label=t!("files-licence") list="publish-licences" autocomplete="off" placeholder=t!("none") prop:value=licence
                        on:input=move |event| licence.set(event_target_value(&event)) />
                    <datalist id="publish-licences">{LICENCES.map(|known| view! { <option value=known></option> }).collect_view()}</datalist>
                </label>
            </div>
            <Checkbox testid="publish-public" value=public label=t!("files-publish-public") />
            <Checkbox testid="publish-existing" value=into_existing label=t!("files-publish-existing") />
            <Checkbox testid="publish-pairs" value=with_pairs label=t!("files-add-pairs") />
            {move || plan.get().map(|(asked, plan)| view! { <Planned asked plan /> })}
            <FailureCard failure />
            {move || done().map(|published| view! { <p role="status" data-testid="publish-done">{ended(published)}</p> })}
            {move || store.uploading.get().map(|now| view! {
                <p role="status" data-testid="publish-progress">{t!("files-publish-progress", phase = said(&now.phase), sent = format::bytes(now.sent), total = format::bytes(now.total))}</p>
            })}
            <div class="row">
                <span class="grow"></span>
                <Show when=is_sending>
                    <button class="button" type="button" data-testid="publish-stop" node_ref=stop_button on:click=move |_| store.send(StopPublishing {})>{t!("files-publish-stop")}</button>
                </Show>
                <button class="button" type="button" data-testid="publish-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                <Show when=move || plan.read().is_some() fallback=move || view! {
                    <button class="button primary" type="submit" data-testid="publish-look" node_ref=look_button
                        disabled=move || is_busy.get() || repository.read().trim().is_empty()>{t!("files-publish-look")}</button>
                }>
                    <button class="button primary" type="button" data-testid="publish-do" node_ref=publish_button disabled=move || is_busy.get() on:click=publish>{t!("files-publish-do")}</button>
                </Show>
            </div>
        </form>
    }
}

/// The buttons that look, publish and cancel. The keys go on from one to the next: each is gone or disabled once it was pressed.
fn buttons(is_working: Signal<bool>) -> [NodeRef<html::Button>; 3] {
    let [look, publish, stop] = std::array::from_fn(|_| NodeRef::new());
    focus::keep_after(is_working, look);
    focus::keep_after(is_working, publish);
    focus::give_when_shown(publish);
    focus::give_when_shown(stop);
    [look, publish, stop]
}

/// Shows every file with its size, the address, and who will see it.
#[component]
fn Planned(asked: Publication, plan: PublishPlan) -> impl IntoView {
    let size = format::bytes(plan.files.iter().map(|file| file.bytes).sum());
    let about = if asked.private {
        t!("files-publish-to-owners", address = plan.address, size = size)
    } else {
        t!("files-publish-to-everybody", address = plan.address, size = size)
    };
    let row = |file: PackedFile| {
        view! { <tr><td class="name">{file.name}</td><td class="number">{format::bytes(file.bytes)}</td></tr> }
    };
    let needs_token = plan.token == TokenSource::None;
    view! {
        <div data-testid="publish-plan">
            <p>{about}</p>
            <table aria-label=t!("files-publish-files")><tbody>{plan.files.into_iter().map(row).collect_view()}</tbody></table>
            <Show when=move || needs_token>
                <p class="warning small" role="alert">{t!("files-publish-no-token")}</p>
            </Show>
        </div>
    }
}

/// Says how an upload has ended.
fn ended(published: Published) -> String {
    match published {
        Published::Committed { address, commit } => {
            let commit: String = commit.chars().take(8).collect();
            t!("files-published", address = address, commit = commit)
        }
        Published::Cancelled => t!("files-publish-cancelled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_upload_is_worded() {
        let done = Published::Committed { address: "http://hub/me/a".into(), commit: "0123456789".into() };
        assert_eq!(ended(done), "Published: http://hub/me/a (commit 01234567)");
        assert!(ended(Published::Cancelled).contains("before the commit"));
    }
}
