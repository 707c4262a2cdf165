//! The vectors and the data sets of the next sweep as chips. Where there are many, a search finds them.

use ipc::Id;
use leptos::prelude::*;

use super::form::Form;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::Term;

/// The number of chips that stand there before anything is searched.
const SHOWN: usize = 9;

/// A thing that can be chosen.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    id: Id,
    name: String,
    /// The colour of a vector's curves.
    color: Option<u8>,
    /// What else is known about it.
    hint: String,
    /// Why it cannot be chosen, if so.
    refused: bool,
}

/// The vectors.
#[component]
pub(super) fn VectorChips() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let all = Memo::new(move |_| {
        let choice = |vector: &ipc::vector::Vector| Choice {
            id: vector.id,
            name: vector.name.clone(),
            color: Some(vector.color),
            hint: t!("sweep-vector-hint", made = format::made_by(vector), layers = format::layers_of(vector)),
            refused: false,
        };
        store.vectors.read().iter().map(choice).collect::<Vec<_>>()
    });
    let chosen = Memo::new(move |_| form.chosen_vectors(store));
    view! {
        <div class="field">
            <span class="label"><Term name="Steering vector" text=t!("sweep-vectors") /></span>
            <Chips all chosen testid="sweep-vector" label=t!("sweep-vectors-search") toggle=Callback::new(move |id| form.toggle_vector(store, id)) />
            <Show when=move || all.read().is_empty()><p class="quiet small">{t!("sweep-vectors-none")}</p></Show>
        </div>
    }
}

/// The data sets.
#[component]
pub(super) fn SetChips() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let all = Memo::new(move |_| {
        let choice = |set: &ipc::data::DataSet| Choice {
            id: set.id,
            name: set.name.clone(),
            color: None,
            hint: match set.held_out {
                0 => t!("sweep-set-without-pairs"),
                count => t!("sweep-set-held-out", count = count),
            },
            refused: set.held_out == 0,
        };
        store.data_sets.read().iter().map(choice).collect::<Vec<_>>()
    });
    let chosen = Memo::new(move |_| form.chosen_sets(store));
    view! {
        <div class="field">
            <span class="label">{t!("sweep-measured-on")}</span>
            <Chips all chosen testid="sweep-set" label=t!("sweep-sets-search") toggle=Callback::new(move |id| form.toggle_set(store, id)) />
        </div>
    }
}

/// Chips that can be pressed. Those that are chosen always stand there.
#[component]
fn Chips(
    all: Memo<Vec<Choice>>,
    chosen: Memo<Vec<Id>>,
    testid: &'static str,
    /// What the search is called.
    label: String,
    toggle: Callback<Id>,
) -> impl IntoView {
    let label = StoredValue::new(label);
    let query = RwSignal::new(String::new());
    let shown = Memo::new(move |_| shown(&all.read(), &chosen.read(), &query.read()));
    let chip = move |choice: Choice| {
        let Choice { id, name, color, hint, refused } = choice;
        let title = format!("{name}\n{hint}");
        view! {
            <button type="button" class="choice-chip" data-testid=testid title=title disabled=refused
                aria-pressed=move || chosen.read().contains(&id).to_string() on:click=move |_| toggle.run(id)>
                {color.map(|color| view! { <span class="swatch" style:background=format!("var(--series-{color})")></span> })}
                <span class="ellipsis" dir="auto">{name}</span>
            </button>
        }
    };
    let left_out = move || all.read().len() - shown.read().len();
    view! {
        <Show when=move || { all.read().len() > SHOWN }>
            <input type="search" data-testid=format!("{testid}-search") placeholder=label.get_value() aria-label=label.get_value() autocomplete="off" spellcheck="false"
                prop:value=query on:input=move |event| query.set(event_target_value(&event)) />
        </Show>
        <div class="choice-chips">
            <For each=move || shown.get() key=|choice| (choice.id, choice.name.clone(), choice.hint.clone()) children=chip />
            <Show when=move || { left_out() > 0 && query.read().trim().is_empty() }>
                <span class="quiet small">{move || t!("sweep-chips-more", count = left_out())}</span>
            </Show>
        </div>
    }
}

/// Returns the chips that stand there: what is chosen, and of the rest the first ones, or those with every word of a query.
fn shown(all: &[Choice], chosen: &[Id], query: &str) -> Vec<Choice> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let fits = |choice: &Choice| {
        let text = format!("{} {}", choice.name, choice.hint).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut free = SHOWN.saturating_sub(chosen.len());
    let mut is_shown = |choice: &&Choice| {
        if chosen.contains(&choice.id) {
            return true;
        }
        let is_shown = fits(choice) && (free > 0 || !words.is_empty());
        free -= usize::from(is_shown && free > 0);
        is_shown
    };
    all.iter().filter(|choice| is_shown(choice)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_stands_there_and_the_rest_is_found() {
        let choice = |id: Id| Choice {
            id,
            name: format!("Vector {id}"),
            color: None,
            hint: if id == 30 { "CAA".into() } else { "BiPO".into() },
            refused: false,
        };
        let all: Vec<Choice> = (0..40).map(choice).collect();
        let ids = |chosen: &[Id], query: &str| {
            shown(&all, chosen, query).iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[35, 36], "").len(), SHOWN);
        assert!(ids(&[35, 36], "").ends_with(&[35, 36]));
        assert_eq!(ids(&[35], "caa vec"), [30, 35]);
        assert_eq!(ids(&[], "bipo").len(), 39, "a search shows all that it finds");
    }
}
