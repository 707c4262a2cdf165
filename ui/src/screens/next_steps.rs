//! The buttons that go on with a vector: talk to the model with it, measure it, or take it elsewhere.

use ipc::Id;
use leptos::prelude::*;

use crate::actions::{Screen, Sheet, VectorPage};
use crate::screens::chat;
use crate::state::{Store, store};
use crate::t;

/// Shows a screen with a vector in use; Chat begins a conversation with it.
pub fn go_with(store: Store, chat: chat::Chat, vector: Id, screen: Screen) {
    store.change_settings(|settings| settings.vector = Some(vector));
    if screen == Screen::Chat {
        chat.begin_with(vector);
    }
    store.go(screen);
}

/// The next steps with a vector.
#[component]
pub fn NextSteps(
    /// The vector.
    vector: Id,
    /// Runs after a step was taken.
    #[prop(optional)]
    taken: Option<Callback<()>>,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<chat::Chat>());
    let take = move || {
        if let Some(taken) = taken {
            taken.run(());
        }
    };
    let use_in = move |screen: Screen| {
        go_with(store, chat, vector, screen);
        take();
    };
    let export = move |_| {
        store.sheet.set(Some(Sheet::ExportVector(vector, VectorPage::File)));
        take();
    };
    view! {
        <div class="row wrap">
            <button class="button primary" type="button" data-testid="next-chat" on:click=move |_| use_in(Screen::Chat)>{t!("start-next-chat")}</button>
            <button class="button" type="button" data-testid="next-sweep" on:click=move |_| use_in(Screen::Sweep)>{t!("start-next-sweep")}</button>
            <button class="button" type="button" data-testid="next-export" on:click=export>{t!("export-more")}</button>
        </div>
    }
}
