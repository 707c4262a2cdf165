//! The components that show a failure next to what caused it.

use ipc::Failure;
use leptos::prelude::*;

use crate::t;
use crate::text::said;

/// Shows a failure: its message, the next step and the detail.
#[component]
pub fn FailureNote(
    /// The failure.
    failure: Failure,
) -> impl IntoView {
    view! {
        <div class="failure" role="alert" data-testid="failure">
            <div>
                <span class="message">{said(&failure.message)}</span>
                {failure.next.map(|next| view! { <span>{said(&next)}</span> })}
                {failure.detail.map(|detail| view! { <span class="quiet small">{said(&detail)}</span> })}
            </div>
        </div>
    }
}

/// Forgets a failure when what it was about is no longer what is chosen or typed: its cause is gone then.
pub fn forget_with<F, T>(failure: RwSignal<Option<F>>, about: impl Fn() -> T + Send + Sync + 'static)
where
    F: Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    let about = Memo::new(move |_| about());
    Effect::new(move |before: Option<()>| {
        // Only a memo that was read takes notice of what changes.
        about.with(|_| ());
        if before.is_some() && failure.with_untracked(Option::is_some) {
            failure.set(None);
        }
    });
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
                        <span class="message">{said(&what.message)}</span>
                        {what.next.map(|next| view! { <span>{said(&next)}</span> })}
                        {what.detail.map(|detail| view! { <span class="quiet small">{said(&detail)}</span> })}
                    </div>
                    <button class="link" type="button" on:click=move |_| failure.set(None)>{t!("dismiss")}</button>
                </div>
            }
        })
    }
}
