//! The sheet that lists the versions of a data set: those that runs and sweeps have used, and those that a person has
//! named.

use ipc::Failure;
use ipc::command::{ListVersions, SaveVersion};
use ipc::version::Version;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pairs::Pairs;
use super::version_uses::uses;
use super::version_view::VersionView;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::{FailureCard, SheetFrame, Term};

/// The sheet of versions: the list, or one version that a person has opened.
#[component]
pub fn VersionsSheet() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    pairs.save_typed();
    let versions = RwSignal::new(None::<Vec<Version>>);
    let failure = RwSignal::new(None::<Failure>);
    let opened = RwSignal::new(None::<Version>);
    let id = store.data_set().map(|set| set.id);
    if let Some(data_set) = id {
        spawn_local(async move {
            match bridge::call(ListVersions { data_set }).await {
                Ok(found) => drop(versions.try_set(Some(found))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    }
    let name = RwSignal::new(String::new());
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(data_set) = id else { return };
        spawn_local(async move {
            match bridge::call(SaveVersion { data_set, name: name.get_untracked() }).await {
                Ok(found) => {
                    versions.try_set(Some(found));
                    name.try_set(String::new());
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let list = move || match versions.get() {
        None => view! { <p class="quiet">{t!("data-versions-reading")}</p> }.into_any(),
        Some(all) if all.is_empty() => view! {
            <p class="quiet" data-testid="versions-empty">{t!("data-versions-none")}</p>
        }
        .into_any(),
        Some(all) => view! { <Table all opened /> }.into_any(),
    };
    view! {
        <SheetFrame label=t!("data-versions") testid="versions-sheet" wide=true>
            <Show when=move || opened.read().is_none() fallback=move || opened.get().zip(id).map(|(version, data_set)| view! { <VersionView version data_set opened /> })>
                <h2>{move || t!("data-versions-title", name = store.data_set().map(|set| set.name).unwrap_or_default())}</h2>
                <FailureCard failure />
                {list}
                <form class="row" on:submit=save>
                    <input type="text" data-testid="version-name" aria-label=t!("data-versions-name") placeholder=t!("data-versions-name-example") prop:value=name
                        on:input=move |event| name.set(event_target_value(&event)) />
                    <button class="button" type="submit" data-testid="version-keep" disabled=move || name.read().trim().is_empty()>{t!("data-versions-keep")}</button>
                    <button class="button" type="button" data-testid="versions-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                </form>
            </Show>
        </SheetFrame>
    }
}

#[component]
fn Table(all: Vec<Version>, opened: RwSignal<Option<Version>>) -> impl IntoView {
    let row = move |version: Version| {
        let (open, by_key, uses) = (version.clone(), version.clone(), uses(&version));
        let counts = if version.held_out_only {
            t!("data-versions-held-out", number = format::whole(version.held_out))
        } else {
            format!(
                "{} + {}",
                format::whole(version.pairs - version.held_out),
                format::whole(version.held_out)
            )
        };
        let name = format!("{}: {counts}", format::date(version.created));
        view! {
            <tr class="link-row" data-testid="version-row" tabindex="0" aria-label=name
                on:click=move |_| opened.set(Some(open.clone()))
                on:keydown=move |event| if event.key() == "Enter" { opened.set(Some(by_key.clone())); }>
                <td class="nowrap">{format::date(version.created)}</td>
                <td class="number nowrap">{counts}</td>
                <td class="text">{uses}</td>
                <td class="mono quiet" title=version.hash.clone()>{version.hash.chars().take(8).collect::<String>()}</td>
                <td>{version.is_current.then(|| view! { <span class="chip">{t!("data-versions-as-now")}</span> })}</td>
            </tr>
        }
    };
    view! {
        <div class="table-box steps">
            <table class="left-aligned">
                <thead><tr><th>{t!("data-versions-when")}</th><th class="number"><Term name="Held out" text=t!("data-versions-counts") /></th><th>{t!("data-versions-seen-by")}</th><th>{t!("data-versions-hash")}</th><td></td></tr></thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
