//! The top bar: the project, the model and the number of jobs; and the banner that says why no model can be used.

use ipc::model::{FileState, Model, ModelState};
use leptos::html;
use leptos::prelude::*;

use super::project_menu::ProjectName;
use crate::actions::{Screen, Sheet};
use crate::format;
use crate::screens::models::{ModelLibrary, model_state};
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::{FailureNote, menu};

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
        let Some(model) = store.model() else { return t!("shell-no-model") };
        let kind =
            model.facts.as_ref().map(|facts| format!(" \u{00b7} {}", facts.quantization)).unwrap_or_default();
        match model.state {
            ModelState::Unloaded if model.waits_for.is_some() => t!("shell-model-queued", name = model.name),
            ModelState::Unloaded => t!("shell-model-unloaded", name = format!("{}{kind}", model.name)),
            ModelState::Loading { .. } if model.waits_for.is_some() => {
                t!("shell-model-waits", name = model.name)
            }
            ModelState::Loading { fraction } => {
                t!("shell-model-loading", name = model.name, share = format::percent(fraction))
            }
            ModelState::Ready { device } => format!("{}{kind} \u{00b7} {}", model.name, said(&device)),
            ModelState::Failed { .. } => t!("shell-model-failed", name = model.name),
        }
    };
    let jobs = move || store.jobs.read().len();
    let is_open = RwSignal::new(false);
    view! {
        <header class="top-bar">
            <ProjectName />
            <div class="model-menu-box">
                <button class="model-state" data-testid="model-state" data-state=state
                    aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|open| *open = !*open)>
                    <span class=move || format!("dot {}", state())></span>
                    <span class="ellipsis">{text}</span>
                    <span class="quiet" aria-hidden="true">"\u{25be}"</span>
                </button>
                <Show when=move || is_open.get()><ModelMenu is_open /></Show>
            </div>
            <Show when=move || { jobs() > 0 }>
                <button class="chip" data-testid="queue-open" title=t!("shell-queue-open") on:click=move |_| store.sheet.set(Some(Sheet::Queue))>{move || t!("shell-count-jobs", count = jobs())}</button>
            </Show>
        </header>
    }
}

/// The menu that switches between models.
#[component]
fn ModelMenu(is_open: RwSignal<bool>) -> impl IntoView {
    let store = store();
    let library = expect_context::<ModelLibrary>();
    let menu = NodeRef::<html::Div>::new();
    let on_key = menu::keys(menu, is_open);
    let row = move |model: Model| {
        let id = model.id;
        let is_used = store.model().is_some_and(|used| used.id == id);
        let (dot, status) = model_state(&model);
        view! {
            <button role="menuitemradio" aria-checked=is_used.to_string() data-testid="model-menu-row"
                disabled=model.file == FileState::Gone
                on:click=move |_| { is_open.set(false); library.load(id); }>
                <span class=format!("dot {dot}")></span>
                <span class="ellipsis grow">{model.name}</span>
                <span class="quiet small">{status}</span>
            </button>
        }
    };
    view! {
        <div class="menu-shade" on:click=move |_| is_open.set(false)></div>
        <div class="menu" role="menu" aria-label=t!("shell-screen-models") data-testid="model-menu" node_ref=menu on:keydown=on_key>
            {move || store.models.get().into_iter().map(row).collect_view()}
            <hr />
            <button role="menuitem" data-testid="model-menu-all" on:click=move |_| { is_open.set(false); store.go(Screen::Models); }>{t!("shell-all-models")}</button>
            <button role="menuitem" data-testid="model-menu-download" on:click=move |_| { is_open.set(false); store.sheet.set(Some(Sheet::DownloadModel)); }>{t!("shell-download-model")}</button>
        </div>
    }
}

/// The banner that says why no model can be used. The Models screen does not show it.
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
                    <button class="link" on:click=move |_| store.go(Screen::Models)>{t!("go-to-models")}</button>
                </div>
            }
        })
    }
}
