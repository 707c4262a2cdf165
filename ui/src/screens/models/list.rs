//! The table of models, sorted by one of its columns.

use ipc::Id;
use ipc::model::{Model, ModelFacts};
use leptos::prelude::*;

use super::column::{Column, sort};
use super::library::parts;
use super::model_state::model_state;
use crate::actions::Sheet;
use crate::format;
use crate::t;
use crate::widgets::SortHead;

/// Returns whether a model has all the words.
fn has_words(model: &Model, words: &[String]) -> bool {
    let facts = model.facts.as_ref();
    let kind = facts
        .map(|facts| format!("{} {} {}", facts.family, facts.architecture, facts.quantization))
        .unwrap_or_default();
    let text = format!("{} {} {kind}", model.name, model.path).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

#[component]
pub(super) fn List(shown: Memo<Option<Id>>) -> impl IntoView {
    let (store, library) = parts();
    let models = Memo::new(move |_| {
        let words: Vec<String> =
            library.filter.read().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let mut models: Vec<Model> =
            store.models.read().iter().filter(|model| has_words(model, &words)).cloned().collect();
        sort(&mut models, library.order.get());
        models
    });
    let head = move |column: Column| {
        let testid = format!("models-by-{}", column.key());
        view! { <SortHead order=library.order column label=column.label() term=column.term() is_number=column.is_number() testid /> }
    };
    view! {
        <table class="models-table" data-testid="models-table">
            <thead><tr>{Column::ALL.map(head)}</tr></thead>
            <tbody>{move || models.get().into_iter().map(|model| view! { <Row model shown /> }).collect_view()}</tbody>
        </table>
        <Show when=move || models.read().is_empty()>
            <div class="empty">
                <p>{move || if library.filter.read().trim().is_empty() { t!("models-empty") } else { t!("models-none-found") }}</p>
                {move || if library.filter.read().trim().is_empty() {
                    view! {
                        <button class="button primary" data-testid="empty-find" on:click=move |_| store.sheet.set(Some(Sheet::FindModel))>{t!("models-find-more")}</button>
                        <button class="button" data-testid="empty-models" on:click=move |_| store.sheet.set(Some(Sheet::DownloadModel))>{t!("models-empty-download")}</button>
                    }.into_any()
                } else {
                    view! { <button class="button" data-testid="models-all" on:click=move |_| library.filter.set(String::new())>{t!("models-show-all")}</button> }.into_any()
                }}
            </div>
        </Show>
    }
}

/// Returns the last part of a path, on every system.
fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

#[component]
fn Row(model: Model, shown: Memo<Option<Id>>) -> impl IntoView {
    let (store, library) = parts();
    let id = model.id;
    let (dot, state) = model_state(&model);
    let fact = |read: fn(&ModelFacts) -> String| model.facts.as_ref().map(read);
    let train = model.need().map(|need| need.train);
    // Models with the same name are distinguished by their files.
    let (name, file) = (model.name.clone(), file_name(&model.path));
    let is_shared =
        Memo::new(move |_| store.models.read().iter().any(|other| other.id != id && other.name == name));
    let is_too_much = move || {
        let free = library.machine.read().as_ref().map(|machine| machine.free_bytes);
        train.zip(free).is_some_and(|(train, free)| train > free)
    };
    view! {
        <tr class="link-row" data-testid="model-row" tabindex="0" aria-label=model.name.clone() aria-selected=move || (shown.get() == Some(id)).to_string()
            on:click=move |_| library.chosen.set(Some(id))
            on:keydown=move |event| if event.key() == "Enter" { library.chosen.set(Some(id)); }>
            <td class="name"><div class="ellipsis" title=model.path.clone()>{model.name.clone()}</div>
                {move || is_shared.get().then(|| view! { <div class="ellipsis quiet small">{file.clone()}</div> })}</td>
            <td>{fact(|facts| facts.family.clone())}</td>
            <td class="number">{fact(|facts| format::bytes(facts.file_bytes))}</td>
            <td class="number">{fact(|facts| facts.blocks.to_string())}</td>
            <td class="number">{fact(|facts| facts.hidden_size.to_string())}</td>
            <td>{fact(|facts| facts.quantization.clone())}</td>
            <td class="number" class:warning=is_too_much>{train.map(format::bytes)}</td>
            <td class="state"><span class=format!("dot {dot}")></span>{state}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::model;

    #[test]
    fn a_file_has_the_last_name_of_its_path() {
        assert_eq!(file_name("/models/\u{4ef7}.gguf"), "\u{4ef7}.gguf");
        assert_eq!((file_name("C:\\models\\a.gguf"), file_name("a")), ("a.gguf".into(), "a".into()));
    }

    #[test]
    fn words_are_found_in_name_kind_and_path() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(has_words(&model(1, "Smol", 1), &words("smol q4 llama models/")));
        assert!(!has_words(&model(1, "Smol", 1), &words("smol qwen")));
    }
}
