//! The toast that says what was deleted or replaced and takes it back. It stands above the job strip and covers nothing.

use leptos::prelude::*;

use crate::state::{UndoToast, store};
use crate::t;
use crate::text::said;

/// The toast.
#[component]
pub(super) fn Toast() -> impl IntoView {
    let store = store();
    let text = move || {
        store.toast.get().map(|toast| match toast {
            UndoToast::Deleted(title) => t!("shell-toast-deleted", title = said(&title)),
            UndoToast::Applied(name) => t!("shell-toast-applied", name = name),
            UndoToast::PutBack(title) => t!("shell-toast-put-back", title = said(&title)),
            UndoToast::Said(text) => text,
        })
    };
    let can_undo = move || matches!(*store.toast.read(), Some(UndoToast::Deleted(_) | UndoToast::Applied(_)));
    view! {
        <div class="toast" class:hidden=move || store.toast.read().is_none()>
            <span class="grow ellipsis" role="status" data-testid="undo-toast-text" title=text>{text}</span>
            <Show when=can_undo>
                <button class="button" data-testid="undo-delete" on:click=move |_| store.undo_deletion()>{t!("undo")}" "<kbd>"Ctrl+Z"</kbd></button>
            </Show>
            <button class="button" data-testid="undo-dismiss" aria-label=t!("shell-toast-close") title=t!("shell-toast-still")
                on:click=move |_| store.toast.set(None)>"\u{00d7}"</button>
        </div>
    }
}
