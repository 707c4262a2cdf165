//! The list of pairs with its search field, its filters and its counts.

use ipc::data::Split;
use ipc::list::{Mark, PairFilter};
use leptos::prelude::*;

use super::actions::SEARCH_FIELD;
use super::marks::{mark_key, mark_words};
use super::pairs::Pairs;
use super::rows::Rows;
use crate::actions::Sheet;
use crate::format;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::DataSetChoice;

/// The list of pairs.
#[component]
pub(super) fn PairList() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let open = move |sheet| move |_| store.sheet.set(Some(sheet));
    view! {
        <div class="toolbar data-set-bar">
            <DataSetChoice testid="data-set" name=|set| set.name.clone() />
            <button class="button" data-testid="split-open" title=t!("data-split-open-title") disabled=move || pairs.data_set.read().is_none() on:click=open(Sheet::Split)>{t!("data-split-open")}</button>
            <button class="button" data-testid="versions-open" title=t!("data-versions-open-title") disabled=move || pairs.data_set.read().is_none() on:click=open(Sheet::Versions)>{t!("data-versions-open")}</button>
            <button class="button" data-testid="data-set-menu" aria-label=t!("data-set-menu") title=t!("data-set-menu") on:click=open(Sheet::DataSet)>"\u{2026}"</button>
        </div>
        <Search />
        <Show when=move || pairs.filter.read().only.is_some()>
            <div class="toolbar">
                <span class="grow small" data-testid="only-found">{move || t!("data-only-found", count = pairs.listed.read().len())}</span>
                <button class="button" data-testid="only-clear" on:click=move |_| pairs.look_for(|filter| filter.only = None)>{t!("data-show-all")}</button>
            </div>
        </Show>
        <Rows />
        <div class="foot row wrap">
            <span class="grow quiet small ellipsis" data-testid="pair-counts">{move || counts(store)}</span>
            <button class="button" data-testid="import" title=t!("data-import-title") on:click=open(Sheet::ImportPairs)>{t!("import-more")}</button>
            <button class="button" data-testid="export" title="Ctrl+E" disabled=move || store.data_sets.read().is_empty() on:click=open(Sheet::ExportPairs)>{t!("export-more")}</button>
            <button class="button" data-testid="pair-add" title="Ctrl+Shift+N" on:click=move |_| pairs.add()>{t!("data-add")}</button>
        </div>
    }
}

/// The search field and the two filters.
#[component]
fn Search() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let split = move |event| {
        let split = match event_target_value(&event).as_str() {
            "train" => Some(Split::Train),
            "held-out" => Some(Split::HeldOut),
            _ => None,
        };
        pairs.look_for(|filter| filter.split = split);
    };
    let only = move |event| {
        let value = event_target_value(&event);
        pairs.look_for(|filter| (filter.mark, filter.tag) = chosen(&value));
    };
    let options = move || {
        let (marks, tags) = (pairs.marks.get(), pairs.tags.get());
        let current = pairs.filter.with(value_of);
        let marks = Mark::ALL.into_iter().map(|mark| {
            let count = marks.iter().find(|(known, _)| *known == mark).map_or(0, |(_, count)| *count);
            let (name, why) = mark_words(mark);
            (format!("mark:{}", mark_key(mark)), format!("{name} ({})", format::whole(count)), why)
        });
        let tags = tags.into_iter().map(|(tag, count)| {
            (format!("tag:{tag}"), format!("{tag} ({})", format::whole(count)), String::new())
        });
        let option = move |(value, text, title): (String, String, String)| {
            let is_current = value == current;
            view! { <option value=value title=title selected=is_current>{text}</option> }
        };
        let has_tags = tags.len() > 0;
        view! {
            <option value="" selected=pairs.filter.with(|filter| value_of(filter).is_empty())>{t!("data-filter-any")}</option>
            <optgroup label=t!("data-filter-marks")>{marks.map(option.clone()).collect_view()}</optgroup>
            {has_tags.then(|| view! { <optgroup label=t!("data-filter-tags")>{tags.map(option).collect_view()}</optgroup> })}
        }
    };
    let split_value = move || match pairs.filter.read().split {
        None => "",
        Some(Split::Train) => "train",
        Some(Split::HeldOut) => "held-out",
    };
    view! {
        <div class="toolbar filters">
            <input type="search" id=SEARCH_FIELD data-testid="pair-search" placeholder=t!("search") title=t!("data-search-title") aria-label=t!("data-search-label") autocomplete="off" spellcheck="false"
                prop:value=move || pairs.filter.read().text.clone()
                on:input=move |event| pairs.look_for(|filter| filter.text = event_target_value(&event)) />
            <select aria-label=t!("data-filter-split") data-testid="pair-filter" prop:value=split_value on:change=split>
                <option value="">{t!("data-all")}</option>
                <option value="train">{t!("data-train")}</option>
                <option value="held-out">{t!("held-out")}</option>
            </select>
            <select aria-label=t!("data-filter-mark") data-testid="pair-only" on:change=only>{options}</select>
        </div>
    }
}

/// Reads the value of the second filter: a mark or a tag.
fn chosen(value: &str) -> (Option<Mark>, Option<String>) {
    match value.split_once(':') {
        Some(("mark", name)) => (Mark::ALL.into_iter().find(|mark| mark_key(*mark) == name), None),
        Some(("tag", tag)) => (None, Some(tag.to_owned())),
        _ => (None, None),
    }
}

/// Returns the value of the second filter for a filter.
fn value_of(filter: &PairFilter) -> String {
    match (&filter.mark, &filter.tag) {
        (Some(mark), _) => format!("mark:{}", mark_key(*mark)),
        (None, Some(tag)) => format!("tag:{tag}"),
        (None, None) => String::new(),
    }
}

/// Returns a line with the number of pairs and the progress of counting their tokens.
fn counts(store: Store) -> String {
    let Some(set) = store.data_set() else { return String::new() };
    let pairs = set.train + set.held_out;
    let counts = t!(
        "data-counts",
        count = pairs,
        all = format::whole(pairs),
        train = format::whole(set.train),
        held_out = format::whole(set.held_out)
    );
    let counting =
        store.counted.get().filter(|counted| counted.data_set == set.id && counted.counted < counted.all);
    let Some(counted) = counting else { return counts };
    let percent = format::percent(f64::from(counted.counted) / f64::from(counted.all.max(1)));
    t!("data-counting", counts = counts, percent = percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_a_filter_and_back() {
        for mark in Mark::ALL {
            let filter = PairFilter { mark: Some(mark), ..PairFilter::default() };
            assert_eq!(chosen(&value_of(&filter)), (Some(mark), None));
        }
        let filter = PairFilter { tag: Some("a:b".into()), ..PairFilter::default() };
        assert_eq!(chosen(&value_of(&filter)), (None, Some("a:b".into())));
        assert_eq!(chosen(""), (None, None));
    }
}
