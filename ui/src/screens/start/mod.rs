//! The Start screen: what a steering vector does, shown in one click, and three steps to one of one's own.

mod answers;
mod behaviours;
mod epoch_answers;
mod own;
mod starter_vector;
mod state;

pub use state::Start;

use ipc::behaviour::STARTER_BEHAVIOURS;
use leptos::prelude::*;

use crate::actions::Screen;
use crate::state::store;
use crate::t;
use crate::widgets::Term;

/// The Start screen.
#[component]
pub fn StartScreen() -> impl IntoView {
    let store = store();
    // A project that was made later has none of the vectors that come along.
    let can_show = Memo::new(move |_| {
        let vectors = store.vectors.read();
        STARTER_BEHAVIOURS.iter().any(|one| vectors.iter().any(|vector| vector.hash == one.hash))
    });
    let title = move || if can_show.get() { t!("start-title") } else { t!("start-title-own") };
    view! {
        <div class="start" data-testid="start">
            <div class="start-page">
                <header class="row top">
                    <div class="grow lead">
                        <h2>{title}</h2>
                        <p><Term name="Steering vector" text=t!("start-lead") /></p>
                    </div>
                    <button class="link nowrap" data-testid="start-skip" on:click=move |_| store.go(Screen::Data)>{t!("start-skip")}</button>
                </header>
                <Show when=move || can_show.get()><behaviours::Behaviours /></Show>
                <own::OwnVector />
            </div>
        </div>
    }
}
