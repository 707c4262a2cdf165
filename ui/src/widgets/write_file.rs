//! The end of a form that writes a file: where it goes, whether one that is there is replaced, and what came of it.

use std::future::Future;
use std::pin::Pin;

use ipc::Failure;
use ipc::files::FilePurpose;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Checkbox, FailureCard, PathField};
use crate::t;

/// What writes a file.
pub type Writing = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// The path, the answer to "Overwrite existing file", and the button.
#[component]
pub fn WriteFile<Write>(
    /// The path's label.
    #[prop(into)]
    label: String,
    /// For tests; the names of the button and of what was written are made from it.
    testid: &'static str,
    /// Says what the file is for, when the dialog opens.
    purpose: Callback<(), FilePurpose>,
    /// Begins to write to a path, replacing a file that is there or not. It returns the path with its ending, and what writes;
    /// `None` where there is nothing to write.
    write: Write,
    /// What stands between the path and the button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView
where
    Write: Fn(&str, bool) -> Option<(String, Writing)> + 'static,
{
    let (path, replace) = (RwSignal::new(String::new()), RwSignal::new(false));
    let (failure, done) = (RwSignal::new(None::<Failure>), RwSignal::new(None::<String>));
    let begin = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some((path, writing)) = write(path.get_untracked().trim(), replace.get_untracked()) else {
            return;
        };
        failure.set(None);
        done.set(None);
        spawn_local(async move {
            match writing.await {
                Ok(()) => drop(done.try_set(Some(path))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    view! {
        <form class="fields" on:submit=begin>
            <PathField label testid=format!("{testid}-path") path purpose failure />
            {children.map(|children| children())}
            <div class="row">
                <Checkbox label=t!("replace-file") testid=format!("{testid}-replace") value=replace />
                <span class="grow"></span>
                <button class="button primary" type="submit" data-testid=format!("{testid}-write") disabled=move || path.read().trim().is_empty()>{t!("export")}</button>
            </div>
            {move || done.get().map(|path| view! { <p class="quiet small" role="status" data-testid=format!("{testid}-written")>{t!("written-to", path = path)}</p> })}
            <FailureCard failure />
        </form>
    }
}
