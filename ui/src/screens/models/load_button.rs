//! The button that loads the model in use, for screens that wait for it.

use ipc::Id;
use ipc::model::{FileState, Model, ModelState};
use leptos::prelude::*;

use super::library::parts;
use crate::actions::{Screen, Sheet};
use crate::t;

/// What brings a model into memory.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// Loading the one in use.
    Load(Id, String),
    /// Finding one, because there is none.
    Find,
    /// Looking for its file on the Models screen.
    Models,
    /// Waiting, or what the banner above the screen offers.
    Wait,
}

fn step(model: Option<&Model>) -> Step {
    match model {
        None => Step::Find,
        Some(model) if model.file == FileState::Gone => Step::Models,
        Some(model) if model.state == ModelState::Unloaded && model.waits_for.is_none() => {
            Step::Load(model.id, model.name.clone())
        }
        Some(_) => Step::Wait,
    }
}

/// The button for the next step to a model in memory. It is nothing while the model is loaded, and once it is there.
#[component]
pub fn LoadModelButton(
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    let (store, library) = parts();
    let next = Memo::new(move |_| step(store.model().as_ref()));
    move || {
        match next.get() {
        Step::Load(id, name) => Some(view! {
            <button class="button" type="button" data-testid=testid title=name on:click=move |_| library.load(id)>{t!("models-load")}</button>
        }.into_any()),
        Step::Find => Some(view! {
            <button class="button" type="button" data-testid=testid on:click=move |_| store.sheet.set(Some(Sheet::FindModel))>{t!("models-find-more")}</button>
        }.into_any()),
        Step::Models => Some(view! {
            <button class="button" type="button" data-testid=testid on:click=move |_| store.go(Screen::Models)>{t!("go-to-models")}</button>
        }.into_any()),
        Step::Wait => None,
    }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::model;

    #[test]
    fn a_model_on_disk_is_loaded_and_without_any_one_is_found() {
        let there = model(3, "Smol", 30);
        assert_eq!(step(None), Step::Find);
        assert_eq!(step(Some(&there)), Step::Load(3, "Smol".into()));
        let gone = Model { file: FileState::Gone, ..there.clone() };
        assert_eq!(step(Some(&gone)), Step::Models);
        let ready = Model { state: ModelState::Ready { device: "CPU".into() }, ..there.clone() };
        assert_eq!(step(Some(&ready)), Step::Wait);
        let waits = Model { waits_for: Some("The training of another model.".into()), ..there };
        assert_eq!(step(Some(&waits)), Step::Wait);
    }
}
