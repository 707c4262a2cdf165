//! The components that show a failure next to what caused it.

use ipc::Failure;
use leptos::prelude::*;

/// Shows a failure: its message, the next step and the detail.
#[component]
pub fn FailureNote(
    /// The failure.
    failure: Failure,
) -> impl IntoView {
    view! {
        <div class="failure" role="alert" data-testid="failure">
            <div>
                <span class="message">{failure.message}</span>
                {failure.next.map(|next| view! { <span>{next}</span> })}
                {failure.detail.map(|detail| view! { <span class="quiet small">{detail}</span> })}
            </div>
        </div>
    }
}

/// Shows a failure until a person dismisses it.
#[component]
pub fn FailureCard(
    /// The failure, if there is one.
    failure: RwSignal<Option<Failure>>,
) -> impl IntoView {
    move || {
        failure.get().map(|what| {
            view! {
                <div class="failure" role="alert" data-testid="failure">
                    <div>
                        <span class="message">{what.message}</span>
                        {what.next.map(|next| view! { <span>{next}</span> })}
                        {what.detail.map(|detail| view! { <span class="quiet small">{detail}</span> })}
                    </div>
                    <button class="link" on:click=move |_| failure.set(None)>"Dismiss"</button>
                </div>
            }
        })
    }
}
