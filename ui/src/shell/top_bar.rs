//! The top bar: project, model, jobs; and the banner where no model can be used.

use ipc::model::ModelState;
use leptos::prelude::*;

use super::FailureNote;
use crate::format;
use crate::screens::Screen;
use crate::state::store;

/// The top bar.
#[component]
pub(super) fn TopBar() -> impl IntoView {
    let store = store();
    let state = move || match store.model().map(|model| model.state) {
        None => "none",
        Some(ModelState::Unloaded) => "unloaded",
        Some(ModelState::Loading { .. }) => "loading",
        Some(ModelState::Ready { .. }) => "ready",
        Some(ModelState::Failed { .. }) => "failed",
    };
    let text = move || {
        let Some(model) = store.model() else { return "No model".to_owned() };
        let kind =
            model.facts.as_ref().map(|facts| format!(" \u{00b7} {}", facts.quantization)).unwrap_or_default();
        match model.state {
            ModelState::Unloaded => format!("{}{kind} \u{00b7} not loaded", model.name),
            ModelState::Loading { fraction } => {
                format!("{} \u{00b7} loading {}", model.name, format::percent(fraction))
            }
            ModelState::Ready { device } => format!("{}{kind} \u{00b7} {device}", model.name),
            ModelState::Failed { .. } => format!("{} \u{00b7} cannot be used", model.name),
        }
    };
    let jobs = move || store.jobs.read().len();
    view! {
        <header class="top-bar">
            <h1 class="project ellipsis">{move || store.project.get()}</h1>
            <button class="model-state" data-testid="model-state" data-state=state on:click=move |_| store.go(Screen::Models)>
                <span class=move || format!("dot {}", state())></span>
                <span class="ellipsis">{text}</span>
            </button>
            <Show when=move || { jobs() > 0 }>
                <span class="chip">{move || format::plural(jobs(), "job")}</span>
            </Show>
        </header>
    }
}

/// Why no model can be used, on every screen but the one that mends it.
#[component]
pub(super) fn ModelBanner() -> impl IntoView {
    let store = store();
    move || {
        let failed = match store.model() {
            Some(model) if store.screen.get() != Screen::Models => match model.state {
                ModelState::Failed { failure } => Some(failure),
                _ => None,
            },
            _ => None,
        };
        failed.map(|failure| {
            view! {
                <div class="banner">
                    <FailureNote failure />
                    <button class="link" on:click=move |_| store.go(Screen::Models)>"Go to Models"</button>
                </div>
            }
        })
    }
}
