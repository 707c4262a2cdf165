//! The sheets that bring files in and take them away. A failure stays in its sheet until it is dismissed.

mod data_set;
mod export_pairs;
mod export_vector;
mod import_pairs;
mod import_vector;
pub mod paste;
mod preview;

pub use data_set::DataSetSheet;
pub use export_pairs::ExportPairsSheet;
pub use export_vector::ExportVectorSheet;
pub use import_pairs::ImportPairsSheet;
pub use import_vector::ImportVectorSheet;

use ipc::Failure;
use ipc::command::ChooseFile;
use ipc::files::FilePurpose;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;

/// A file's path, typed or chosen in the desktop's dialog.
#[component]
pub(crate) fn PathField(
    /// What the file is.
    label: &'static str,
    /// For tests; the button's name is made from it.
    testid: &'static str,
    /// The path.
    path: RwSignal<String>,
    /// What the file is chosen for, asked when the dialog opens.
    purpose: Callback<(), FilePurpose>,
    /// Called with every new path.
    #[prop(optional)]
    changed: Option<Callback<()>>,
    /// Called when a path was chosen in the dialog.
    #[prop(optional)]
    chosen: Option<Callback<()>>,
    /// Where a dialog that cannot open is told.
    failure: RwSignal<Option<Failure>>,
) -> impl IntoView {
    let set = move |new: String| {
        path.try_set(new);
        if let Some(changed) = changed {
            changed.run(());
        }
    };
    let choose = move |_| {
        spawn_local(async move {
            match bridge::call(ChooseFile { purpose: purpose.run(()) }).await {
                Ok(Some(new)) => {
                    set(new);
                    if let Some(chosen) = chosen {
                        chosen.run(());
                    }
                }
                Ok(None) => (),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <span class="row">
                <input type="text" data-testid=testid autocomplete="off" spellcheck="false" prop:value=path
                    on:input=move |event| set(event_target_value(&event)) />
                <button class="button" type="button" data-testid=format!("{testid}-choose") on:click=choose>"Choose"</button>
            </span>
        </label>
    }
}

/// A box to tick.
#[component]
pub(crate) fn Tick(
    /// What it allows.
    #[prop(into)]
    label: Signal<String>,
    /// For tests.
    testid: &'static str,
    /// Whether it is ticked.
    value: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="row">
            <input type="checkbox" data-testid=testid prop:checked=value
                on:change=move |event| value.set(event_target_checked(&event)) />
            <span>{label}</span>
        </label>
    }
}
