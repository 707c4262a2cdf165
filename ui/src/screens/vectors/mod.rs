//! The Vectors screen. On the left is the library; on the right are the chosen vector, vector arithmetic, the logit
//! lens, other models, and the similarity of the ticked vectors.

mod arithmetic;
mod details;
mod filter;
mod learned_map;
mod library;
mod list;
mod logit_lens;
mod similarity;
mod transfer;

use leptos::prelude::*;

use crate::actions::Screen;
use crate::actions::Sheet;
use crate::state::store;
use crate::t;
use crate::widgets::roving;
use library::Tab;
pub use library::VectorLibrary;

/// The Vectors screen.
#[component]
pub fn VectorsScreen() -> impl IntoView {
    let store = store();
    let library = expect_context::<VectorLibrary>();
    let is_adapter =
        move |id| store.vectors.read().iter().any(|vector| vector.id == id && vector.adapter.is_some());
    view! {
        <Show when=move || !store.vectors.read().is_empty() fallback=move || view! {
            <div class="empty">
                <h2>{t!("vectors-none")}</h2>
                <p>{t!("vectors-none-about")}</p>
                <button class="button primary" on:click=move |_| store.go(Screen::Train)>{t!("go-to-train")}</button>
                <button class="button" data-testid="vector-import-first" on:click=move |_| store.sheet.set(Some(Sheet::ImportVector))>{t!("import-more")}</button>
            </div>
        }>
            <div class="columns wide-left vectors">
                <section class="left" aria-label=t!("vectors-list")><list::List /></section>
                <section class="right tabbed" aria-label=t!("vectors-chosen")>
                    <Tabs />
                    <div class="tab-content">{move || {
                        let id = library.id.get();
                        match (library.tab.get(), id) {
                            (Tab::Arithmetic | Tab::LogitLens | Tab::Transfer, Some(id)) if is_adapter(id) => {
                                view! { <NoDirection /> }.into_any()
                            }
                            (Tab::Similarity, _) => view! { <similarity::SimilarityView /> }.into_any(),
                            (_, None) => ().into_any(),
                            (Tab::Vector, Some(id)) => view! { <details::Details id /> }.into_any(),
                            (Tab::Arithmetic, Some(id)) => view! { <arithmetic::ArithmeticView id /> }.into_any(),
                            (Tab::LogitLens, Some(id)) => view! { <logit_lens::LogitLensView id /> }.into_any(),
                            (Tab::Transfer, Some(id)) => view! { <transfer::TransferView id /> }.into_any(),
                        }
                    }}</div>
                </section>
            </div>
        </Show>
    }
}

/// Says why the view offers nothing for an adapter.
#[component]
fn NoDirection() -> impl IntoView {
    let library = expect_context::<VectorLibrary>();
    view! {
        <div class="empty" data-testid="vector-is-adapter">
            <h2>{t!("vectors-is-adapter")}</h2>
            <p>{t!("vectors-is-adapter-about")}</p>
            <button class="button" data-testid="adapter-details" on:click=move |_| library.tab.set(Tab::Vector)>{t!("vectors-is-adapter-show")}</button>
        </div>
    }
}

#[component]
fn Tabs() -> impl IntoView {
    let library = expect_context::<VectorLibrary>();
    view! {
        <div use:roving class="tabs" role="tablist">
            {Tab::ALL.map(|tab| view! {
                <button role="tab" data-testid=tab.testid() aria-selected=move || (library.tab.get() == tab).to_string()
                    on:click=move |_| library.tab.set(tab)>{tab.label()}</button>
            })}
        </div>
    }
}
