//! The ways out where the store cannot be opened: a copy, what is left, or an empty store.

use ipc::Failure;
use ipc::command::{ReadRepairs, Repair};
use ipc::repair::{RepairHow, Repairs, StoreCopy};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::format;
use crate::state::{store, watch};
use crate::t;
use crate::widgets::FailureNote;

/// The ways to mend the store, and why the last attempt failed. What was there is kept in any case.
#[component]
pub(super) fn RepairChoices() -> impl IntoView {
    let (repairs, failure) = (RwSignal::new(None::<Repairs>), RwSignal::new(None::<Failure>));
    spawn_local(async move {
        match bridge::call(ReadRepairs {}).await {
            Ok(found) => repairs.set(Some(found)),
            Err(refused) => failure.set(Some(refused)),
        }
    });
    let store = store();
    let mend = move |how: RepairHow| {
        spawn_local(async move {
            match bridge::call(Repair { how }).await {
                Ok(()) => watch(store),
                Err(refused) => failure.set(Some(refused)),
            }
        });
    };
    let copy = move |copy: StoreCopy, is_newest: bool| {
        let words = t!("shell-repair-copy", date = format::date(copy.made), size = format::bytes(copy.bytes));
        let how = RepairHow::Copy { name: copy.name };
        view! {
            <button class="button" class:primary=is_newest data-testid="repair-copy" on:click=move |_| mend(how.clone())>{words}</button>
        }
    };
    move || {
        repairs.get().map(|found| {
            view! {
                {failure.get().map(|failure| view! { <FailureNote failure /> })}
                {found.as_it_is.then(|| view! {
                    <button class="button" data-testid="repair-as-it-is" on:click=move |_| mend(RepairHow::AsItIs)>{t!("shell-repair-as-it-is")}</button>
                })}
                {found.copies.into_iter().enumerate().map(|(place, known)| copy(known, place == 0)).collect_view()}
                <button class="button" data-testid="repair-anew" on:click=move |_| mend(RepairHow::Anew)>{t!("shell-repair-anew")}</button>
                <p class="small">{t!("shell-repair-note")}</p>
            }
        })
    }
}
