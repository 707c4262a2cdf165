//! The versions of the data set: what runs and sweeps have seen, and what was kept.

use ipc::Failure;
use ipc::command::{KeepVersion, ListVersions};
use ipc::version::{UseKind, Version};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Pairs;
use super::version::OneVersion;
use crate::bridge;
use crate::format;
use crate::shell::{FailureCard, SheetFrame};
use crate::state::store;

/// The sheet: the list, or one version that was opened.
#[component]
pub fn VersionsSheet() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    pairs.keep_typed();
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
    let keep = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(data_set) = id else { return };
        spawn_local(async move {
            match bridge::call(KeepVersion { data_set, name: name.get_untracked() }).await {
                Ok(found) => {
                    versions.try_set(Some(found));
                    name.try_set(String::new());
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let list = move || {
        match versions.get() {
        None => view! { <p class="quiet">"Reading the versions."</p> }.into_any(),
        Some(all) if all.is_empty() => view! {
            <p class="quiet" data-testid="versions-empty">"There is none yet. Every training run and every sweep keeps the exact pairs that it saw; they will be listed here."</p>
        }
        .into_any(),
        Some(all) => view! { <Table all opened /> }.into_any(),
    }
    };
    view! {
        <SheetFrame label="Versions of the data set" testid="versions-sheet" wide=true>
            <Show when=move || opened.read().is_none() fallback=move || opened.get().zip(id).map(|(version, data_set)| view! { <OneVersion version data_set opened /> })>
                <h2>{move || format!("Versions of \u{201c}{}\u{201d}", store.data_set().map(|set| set.name).unwrap_or_default())}</h2>
                <FailureCard failure />
                {list}
                <form class="row" on:submit=keep>
                    <input type="text" data-testid="version-name" aria-label="Name of the version" placeholder="Name, such as: before the clean-up" prop:value=name
                        on:input=move |event| name.set(event_target_value(&event)) />
                    <button class="button" type="submit" data-testid="version-keep" disabled=move || name.read().trim().is_empty()>"Keep the pairs as they are now"</button>
                    <button class="button" type="button" data-testid="versions-close" on:click=move |_| store.sheet.set(None)>"Close"</button>
                </form>
            </Show>
        </SheetFrame>
    }
}

#[component]
fn Table(all: Vec<Version>, opened: RwSignal<Option<Version>>) -> impl IntoView {
    let row = move |version: Version| {
        let (open, uses) = (version.clone(), uses(&version));
        let counts = if version.held_out_only {
            format!("{} held out", format::whole(version.held_out))
        } else {
            format!(
                "{} + {}",
                format::whole(version.pairs - version.held_out),
                format::whole(version.held_out)
            )
        };
        view! {
            <tr class="link-row" data-testid="version-row" on:click=move |_| opened.set(Some(open.clone()))>
                <td class="nowrap">{format::date(version.created)}</td>
                <td class="number nowrap">{counts}</td>
                <td class="text">{uses}</td>
                <td class="mono quiet" title=version.hash.clone()>{version.hash.chars().take(8).collect::<String>()}</td>
                <td>{version.is_current.then(|| view! { <span class="chip">"as now"</span> })}</td>
            </tr>
        }
    };
    view! {
        <div class="table-box steps">
            <table class="left-aligned">
                <thead><tr><th>"When"</th><th class="number">"Train + held out"</th><th>"Seen by"</th><th>"Hash"</th><th></th></tr></thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// What was made from a version, in words.
pub(super) fn uses(version: &Version) -> String {
    let named = |kind: UseKind, one: &str| {
        let names: Vec<String> = version
            .uses
            .iter()
            .filter(|used| used.kind == kind)
            .map(|used| format!("\u{201c}{}\u{201d}", used.name))
            .collect();
        (!names.is_empty()).then(|| format!("{one} {}", names.join(", ")))
    };
    let all = [
        named(UseKind::Kept, "kept as"),
        named(UseKind::Run, "trained on in"),
        named(UseKind::Vector, "trained on for"),
        named(UseKind::Sweep, "swept with"),
    ];
    let text = all.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ipc::version::VersionUse;

    use super::*;

    #[test]
    fn uses_read_as_a_sentence() {
        let used = |kind, name: &str| VersionUse { kind, name: name.into() };
        let version = Version {
            hash: String::new(),
            created: 0,
            pairs: 2,
            held_out: 1,
            held_out_only: false,
            is_current: true,
            uses: vec![used(UseKind::Run, "A"), used(UseKind::Kept, "first"), used(UseKind::Run, "B")],
        };
        assert_eq!(
            uses(&version),
            "Kept as \u{201c}first\u{201d}; trained on in \u{201c}A\u{201d}, \u{201c}B\u{201d}"
        );
    }
}
