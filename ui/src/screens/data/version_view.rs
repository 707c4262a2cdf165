//! Shows one version, read-only: what differs from now, its pairs, and buttons that restore it.

use ipc::command::{CompareVersion, ReadVersion, RestoreVersion};
use ipc::data::{PairContent, Split};
use ipc::version::{PairDifference, RestoreInto, Version, VersionDifference, VersionPage};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pairs::Pairs;
use super::version_uses::uses;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::message;
use crate::widgets::FailureCard;
use crate::widgets::roving;

/// Pairs on one page.
const PAGE: u32 = 50;

/// The version.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub(super) fn VersionView(
    version: Version,
    data_set: Id,
    opened: RwSignal<Option<Version>>,
) -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let failure = RwSignal::new(None::<Failure>);
    let difference = RwSignal::new(None::<VersionDifference>);
    let shows_pairs = RwSignal::new(false);
    let hash = StoredValue::new(version.hash.clone());
    spawn_local(async move {
        match bridge::call(CompareVersion { data_set, hash: hash.get_value() }).await {
            Ok(found) => drop(difference.try_set(Some(found))),
            Err(refused) => drop(failure.try_set(Some(refused))),
        }
    });
    let restore = move |into: RestoreInto| {
        failure.set(None);
        spawn_local(async move {
            let is_new = into != RestoreInto::Place;
            match bridge::call(RestoreVersion { data_set, hash: hash.get_value(), into }).await {
                Ok(restored) => {
                    store.sheet.set(None);
                    if is_new {
                        store.change_settings(|settings| settings.data_set = Some(restored.data_set));
                    } else {
                        pairs.read_again();
                    }
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let as_new = {
        let created = format::date(version.created);
        move |_| {
            let name = store.data_set().map(|set| format!("{} ({created})", set.name)).unwrap_or_default();
            restore(RestoreInto::New { name });
        }
    };
    let can_replace = !version.held_out_only && !version.is_current;
    view! {
        <div class="row">
            <button class="button" data-testid="version-back" on:click=move |_| opened.set(None)>{t!("data-version-back")}</button>
            <h2 class="grow">{format!("{} \u{00b7} {}", format::date(version.created), t!("count-pairs", count = version.pairs))}</h2>
            <span class="mono quiet small" title=version.hash.clone()>{version.hash.chars().take(16).collect::<String>()}</span>
        </div>
        <p class="quiet">{uses(&version)}</p>
        {version.held_out_only.then(|| view! { <p class="quiet">{t!("data-version-held-out-only")}</p> })}
        <FailureCard failure />
        <div class="row">
            <div use:roving class="segments" role="group" aria-label=t!("data-version-shown")>
                <button data-testid="version-show-differences" aria-pressed=move || (!shows_pairs.get()).to_string() on:click=move |_| shows_pairs.set(false)>{t!("data-version-differences")}</button>
                <button data-testid="version-show-pairs" aria-pressed=move || shows_pairs.get().to_string() on:click=move |_| shows_pairs.set(true)>{t!("data-version-pairs")}</button>
            </div>
        </div>
        <Show when=move || shows_pairs.get() fallback=move || view! { {move || difference.get().map(|difference| view! { <Differences difference /> })} }>
            <AllPairs hash failure />
        </Show>
        <div class="row">
            <span class="grow quiet small">{t!("data-version-restore-help")}</span>
            <button class="button" data-testid="version-as-new" on:click=as_new>{t!("data-version-as-new")}</button>
            <button class="button primary" data-testid="version-put-back" disabled=!can_replace on:click=move |_| restore(RestoreInto::Place)>{t!("data-version-put-back")}</button>
        </div>
    }
}

#[component]
fn Differences(difference: VersionDifference) -> impl IntoView {
    let VersionDifference { same, changed, added, removed, first } = difference;
    let shown = first.len() as u32;
    let all = changed + added + removed;
    let counts = if all == 0 {
        t!("data-version-no-difference", number = format::whole(same))
    } else {
        t!(
            "data-version-difference",
            same = format::whole(same),
            changed = format::whole(changed),
            added = format::whole(added),
            removed = format::whole(removed)
        )
    };
    view! {
        <p data-testid="version-differences">{counts}</p>
        {(all > 0).then(|| view! {
            <div class="table-box steps" tabindex="0">
                <table class="left-aligned">
                    <thead><tr><td></td><th>{t!("data-version-then")}</th><th>{t!("data-version-now")}</th></tr></thead>
                    <tbody>
                        {first.into_iter().map(row).collect_view()}
                        {(all > shown).then(|| view! { <tr><td></td><td class="quiet" colspan="2">{t!("data-and-more", number = format::whole(all - shown))}</td></tr> })}
                    </tbody>
                </table>
            </div>
        })}
    }
}

fn row(difference: PairDifference) -> impl IntoView {
    let kind = match (&difference.before, &difference.after) {
        (Some(_), Some(_)) => t!("data-version-changed"),
        (Some(_), None) => t!("data-version-deleted"),
        _ => t!("data-version-added"),
    };
    let (then, now) = match (difference.before, difference.after) {
        (Some(before), Some(after)) => (Some(only(&before, &after)), Some(only(&after, &before))),
        (before, after) => (before.map(|pair| whole(&pair)), after.map(|pair| whole(&pair))),
    };
    let cell = |lines: Option<Vec<(&'static str, String)>>| {
        let lines = lines.unwrap_or_default().into_iter();
        lines.map(|(name, text)| view! { <div class="clamp"><span class="quiet small">{message(name, &[])}</span>" "{text}</div> }).collect_view()
    };
    view! { <tr data-testid="version-difference"><td class="quiet small">{kind}</td><td class="text prose">{cell(then)}</td><td class="text prose">{cell(now)}</td></tr> }
}

/// The message with the name of the prompt.
const PROMPT: &str = "data-version-prompt";

/// Returns every part of a pair that says something, by the message with its name.
fn whole(pair: &PairContent) -> Vec<(&'static str, String)> {
    let turns = pair.turns.iter().map(|turn| turn.text.clone()).collect::<Vec<_>>().join("\n");
    let parts = [
        (PROMPT, pair.prompt.clone()),
        ("data-version-wanted", pair.wanted.clone()),
        ("data-version-opposite", pair.opposite.clone()),
        ("data-version-system", pair.system.clone().unwrap_or_default()),
        ("data-version-turns", turns),
        ("data-version-tags", pair.tags.join(&t!("list-separator"))),
        ("data-version-note", pair.note.clone()),
        ("data-version-split", split(pair)),
    ];
    parts.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

fn split(pair: &PairContent) -> String {
    let name =
        if pair.split == Split::HeldOut { t!("data-version-held-out") } else { t!("data-version-train") };
    if pair.pinned { t!("data-version-pinned", split = name) } else { name }
}

/// Returns the prompt, and those parts of a pair that the other does not say.
fn only(pair: &PairContent, other: &PairContent) -> Vec<(&'static str, String)> {
    let others = whole(other);
    whole(pair).into_iter().filter(|part| part.0 == PROMPT || !others.contains(part)).collect()
}

/// The version's pairs, a page at a time.
#[component]
fn AllPairs(hash: StoredValue<String>, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let page = RwSignal::new(None::<VersionPage>);
    let turn_to = move |first: u32| {
        spawn_local(async move {
            match bridge::call(ReadVersion { hash: hash.get_value(), first, count: PAGE }).await {
                Ok(read) => drop(page.try_set(Some(read))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    turn_to(0);
    let rows = move || {
        page.get().map(|page| {
            let row = move |(at, pair): (usize, PairContent)| {
                view! {
                    <tr data-testid="version-pair">
                        <td class="number quiet">{format::whole(page.first + at as u32 + 1)}</td>
                        <td class="text prose"><div class="clamp">{pair.prompt.clone()}</div></td>
                        <td class="text prose"><div class="clamp">{pair.wanted.clone()}</div></td>
                        <td class="text prose"><div class="clamp">{pair.opposite.clone()}</div></td>
                        <td class="quiet small nowrap">{split(&pair)}</td>
                    </tr>
                }
            };
            page.pairs.into_iter().enumerate().map(row).collect_view()
        })
    };
    let first = move || page.read().as_ref().map_or(0, |page| page.first);
    let all = move || page.read().as_ref().map_or(0, |page| page.all);
    view! {
        <div class="table-box steps" tabindex="0">
            <table class="left-aligned">
                <thead><tr><th class="number"></th><th>{t!("prompt")}</th><th>{t!("wanted")}</th><th>{t!("opposite")}</th><th>{t!("data-split-do")}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="row">
            <span class="grow quiet small">{move || t!("data-version-page", from = format::whole((first() + 1).min(all())), to = format::whole((first() + PAGE).min(all())), all = format::whole(all()))}</span>
            <button class="button" data-testid="version-page-before" disabled=move || first() == 0 on:click=move |_| turn_to(first().saturating_sub(PAGE))>{t!("data-version-page-before")}</button>
            <button class="button" data-testid="version-page-next" disabled=move || { first() + PAGE >= all() } on:click=move |_| turn_to(first() + PAGE)>{t!("data-version-page-next")}</button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_changed_pair_only_what_differs_is_shown() {
        let then = PairContent { prompt: "p".into(), wanted: "a".into(), ..PairContent::default() };
        let now = PairContent { tags: vec!["t".into()], wanted: "b".into(), ..then.clone() };
        assert_eq!(only(&then, &now), [(PROMPT, "p".to_owned()), ("data-version-wanted", "a".to_owned())]);
        assert_eq!(only(&now, &then).len(), 3);
    }
}
