//! A field for a file's path.

use ipc::Failure;
use ipc::command::ChooseFile;
use ipc::files::FilePurpose;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::{bridge, chosen_files, t};

/// A field for a path, which is typed or chosen in the desktop's dialog.
#[component]
pub fn PathField(
    /// The label.
    #[prop(into)]
    label: String,
    /// For tests; the button's name is made from it.
    #[prop(into)]
    testid: String,
    /// The path.
    path: RwSignal<String>,
    /// Says what the file is for, when the dialog opens.
    purpose: Callback<(), FilePurpose>,
    /// Called with every new path.
    #[prop(optional)]
    changed: Option<Callback<()>>,
    /// Called when a path was chosen in the dialog.
    #[prop(optional)]
    chosen: Option<Callback<()>>,
    /// Receives the failure where the dialog cannot open, and loses it with every new path.
    failure: RwSignal<Option<Failure>>,
) -> impl IntoView {
    let set = move |new: String| {
        path.try_set(new);
        // What was wrong with another file is not wrong with this one.
        failure.try_set(None);
        if let Some(changed) = changed {
            changed.run(());
        }
    };
    let choose = move |_| {
        spawn_local(async move {
            match bridge::call(ChooseFile { purpose: purpose.run(()) }).await {
                Ok(Some(new)) => {
                    set(chosen_files::remember(new));
                    if let Some(chosen) = chosen {
                        chosen.run(());
                    }
                }
                Ok(None) => (),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let button = format!("{testid}-choose");
    view! {
        <label class="field">
            <span class="label">{label.clone()}</span>
            <span class="row">
                <input type="text" data-testid=testid aria-label=label autocomplete="off" spellcheck="false" prop:value=path
                    on:input=move |event| set(event_target_value(&event)) />
                <button class="button" type="button" data-testid=button aria-label=t!("choose") on:click=choose>{t!("choose")}</button>
            </span>
        </label>
    }
}
