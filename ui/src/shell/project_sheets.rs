//! The sheets that name, export and import projects.

use ipc::command::{ExportProject, ImportProject, InspectProject, MergeProject, NewProject, RenameProject};
use ipc::files::FilePurpose;
use ipc::project::{Merged, ProjectFileInfo};
use ipc::{Failure, Id};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::chosen_files;
use crate::format;
use crate::state::{Store, store};
use crate::widgets::{Checkbox, FailureCard, PathField, SheetFrame};

/// The sheet that names a new project, or the open one anew.
#[component]
pub(super) fn NameSheet(
    /// Whether the project is new.
    is_new: bool,
) -> impl IntoView {
    let store = store();
    let name = RwSignal::new(if is_new { String::new() } else { store.project.get_untracked() });
    let failure = RwSignal::new(None::<Failure>);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
            input.select();
        }
    });
    let (label, action) = if is_new { ("New project", "Make it") } else { ("Rename the project", "Rename") };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        let (name, project) = (name.get_untracked(), store.project_id.get_untracked());
        let done = move |done: Result<(), Failure>| match done {
            Ok(()) => store.sheet.set(None),
            // The sheet may be closed.
            Err(refused) => drop(failure.try_set(Some(refused))),
        };
        if is_new {
            store.when_stored(move || {
                spawn_local(
                    async move { done(bridge::call(NewProject { name, open: true }).await.map(drop)) },
                );
            });
        } else {
            spawn_local(async move { done(bridge::call(RenameProject { project, name }).await) });
        }
    };
    view! {
        <SheetFrame label testid="project-name-sheet">
            <h2>{label}</h2>
            <form class="fields" on:submit=submit>
                <label class="field">
                    <span class="label">"Name"</span>
                    <input type="text" dir="auto" data-testid="project-name-field" node_ref=input prop:value=name
                        on:input=move |event| name.set(event_target_value(&event)) />
                </label>
                <Show when=move || is_new>
                    <p class="quiet small">"A project has data sets, runs, vectors, sweeps and conversations of its own. Models belong to all projects."</p>
                </Show>
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" on:click=move |_| store.sheet.set(None)>"Close"</button>
                    <button class="button primary" type="submit" data-testid="project-name-do" disabled=move || name.read().trim().is_empty()>{action}</button>
                </div>
            </form>
        </SheetFrame>
    }
}

/// The sheet that exports the open project.
#[component]
pub(super) fn ExportProjectSheet() -> impl IntoView {
    let store = store();
    let (path, replace, is_busy) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(false));
    let failure = RwSignal::new(None::<Failure>);
    let purpose = Callback::new(move |()| FilePurpose::ExportProject { name: store.project.get_untracked() });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        is_busy.set(true);
        let path = with_ending(&path.get_untracked());
        let project = store.project_id.get_untracked();
        let request =
            ExportProject { project, file: chosen_files::to_write(&path), replace: replace.get_untracked() };
        store.when_stored(move || {
            spawn_local(async move {
                match bridge::call(request).await {
                    Ok(()) => {
                        store.sheet.set(None);
                        store.say(format!("Written to {path}."));
                    }
                    Err(refused) => drop(failure.try_set(Some(refused))),
                }
                is_busy.try_set(false);
            });
        });
    };
    view! {
        <SheetFrame label="Export the project" testid="project-export-sheet">
            <h2>{move || format!("Export \u{201c}{}\u{201d}", store.project.read())}</h2>
            <form class="fields" on:submit=submit>
                <p class="quiet small">"One file with everything of the project: data with its history, runs, vectors, sweeps and conversations. It names the models and does not hold them; it holds no key, no address and no path."</p>
                <PathField label="File" testid="project-export-path" path purpose failure changed=Callback::new(|()| ()) />
                <Checkbox testid="project-export-replace" value=replace label="Replace a file that is there".to_owned() />
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" on:click=move |_| store.sheet.set(None)>"Close"</button>
                    <button class="button primary" type="submit" data-testid="project-export-do"
                        disabled=move || is_busy.get() || path.read().trim().is_empty()>"Export"</button>
                </div>
            </form>
        </SheetFrame>
    }
}

/// The sheet that shows what a project file holds, and then imports or merges it. Nothing is done before.
#[component]
pub(super) fn ImportProjectSheet() -> impl IntoView {
    let store = store();
    let dropped = store.dropped.get_untracked();
    store.dropped.set(None);
    let (path, is_busy) = (RwSignal::new(dropped.clone().unwrap_or_default()), RwSignal::new(false));
    let failure = RwSignal::new(None::<Failure>);
    let found = RwSignal::new(None::<ProjectFileInfo>);
    let target = RwSignal::new(store.project_id.get_untracked());
    let inspect = move || {
        failure.set(None);
        found.set(None);
        is_busy.set(true);
        let request = InspectProject { file: chosen_files::to_read(&path.get_untracked()) };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(info) => drop(found.try_set(Some(info))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    if dropped.is_some() {
        inspect();
    }
    let refuse = move |refused: Failure| {
        failure.try_set(Some(refused));
        is_busy.try_set(false);
    };
    let import = move |_| {
        is_busy.set(true);
        let request = ImportProject { file: chosen_files::to_read(&path.get_untracked()), open: true };
        store.when_stored(move || {
            spawn_local(async move {
                match bridge::call(request).await {
                    Ok(project) => finish(store, format!("\u{201c}{}\u{201d} is imported.", project.name)),
                    Err(refused) => refuse(refused),
                }
            });
        });
    };
    let merge = move |_| {
        is_busy.set(true);
        let project = target.get_untracked();
        let request = MergeProject { file: chosen_files::to_read(&path.get_untracked()), project };
        store.when_stored(move || {
            spawn_local(async move {
                match bridge::call(request).await {
                    Ok(merged) => finish(store, merged_note(&merged)),
                    Err(refused) => refuse(refused),
                }
            });
        });
    };
    let choose = move |event| {
        if let Ok(id) = event_target_value(&event).parse::<Id>() {
            target.set(id);
        }
    };
    view! {
        <SheetFrame label="Import a project" testid="project-import-sheet">
            <h2>"Import a project"</h2>
            <p class="quiet small">"A .tiller file becomes a project of its own, or joins one that is here: what both hold stays one. You see what is in it before anything is stored."</p>
            <form class="fields" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); inspect(); }>
                <PathField label="File" testid="project-import-path" path purpose=Callback::new(|()| FilePurpose::ImportProject) failure
                    changed=Callback::new(move |()| found.set(None)) />
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" on:click=move |_| store.sheet.set(None)>"Close"</button>
                    <button class="button" class:primary=move || found.read().is_none() type="submit" data-testid="project-import-look"
                        disabled=move || is_busy.get() || path.read().trim().is_empty()>"Show what is in it"</button>
                </div>
            </form>
            {move || found.get().map(|info| view! {
                <div class="fields" data-testid="project-import-info">
                    <b dir="auto">{info.name.clone()}</b>
                    <p>{contents(&info)}</p>
                    <p class="quiet small">{format!("Written by Tiller {}. Content {}.", info.written_by, info.content_hash.get(..16).unwrap_or_default())}</p>
                    <p>"Import it as a new project, or merge it into one that is here?"</p>
                    <div class="row wrap">
                        <button class="button primary" type="button" data-testid="project-import-new" disabled=move || is_busy.get() on:click=import>"Import as a new project"</button>
                        <button class="button" type="button" data-testid="project-import-merge" disabled=move || is_busy.get() on:click=merge>"Merge into"</button>
                        <select data-testid="project-import-target" aria-label="The project to merge into" on:change=choose>
                            {move || store.projects.get().into_iter().map(|project| view! {
                                <option value=project.id.to_string() selected=move || target.get() == project.id>{project.name}</option>
                            }).collect_view()}
                        </select>
                    </div>
                </div>
            })}
        </SheetFrame>
    }
}

fn finish(store: Store, text: String) {
    store.sheet.set(None);
    store.say(text);
}

fn with_ending(path: &str) -> String {
    let path = path.trim();
    if path.to_lowercase().ends_with(".tiller") { path.to_owned() } else { format!("{path}.tiller") }
}

/// Lists counts: "3 data sets, 1 runs".
fn counted(counts: &[(String, u64)]) -> String {
    let each = counts
        .iter()
        .map(|(what, count)| format!("{} {what}", format::whole(u32::try_from(*count).unwrap_or(u32::MAX))));
    each.collect::<Vec<_>>().join(", ")
}

fn contents(info: &ProjectFileInfo) -> String {
    let models: Vec<&str> = info.models.iter().map(|model| model.name.as_str()).collect();
    let models =
        if models.is_empty() { String::new() } else { format!(" It was made with {}.", models.join(", ")) };
    let counts = counted(&info.counts);
    if counts.is_empty() { format!("It is empty.{models}") } else { format!("It holds {counts}.{models}") }
}

fn merged_note(merged: &Merged) -> String {
    let added = counted(&merged.added);
    match (added.is_empty(), merged.continued) {
        (true, 0) => "Everything in it was here already.".to_owned(),
        (true, _) => format!("Continued what was here: {}.", merged.continued),
        (false, 0) => format!("Added {added}."),
        (false, _) => format!("Added {added}; continued what was here: {}.", merged.continued),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_is_said_in_a_sentence() {
        let mut merged = Merged::default();
        assert_eq!(merged_note(&merged), "Everything in it was here already.");
        merged.added = vec![("data sets".into(), 2), ("vectors".into(), 1)];
        assert_eq!(merged_note(&merged), "Added 2 data sets, 1 vectors.");
        merged.continued = 1;
        assert!(merged_note(&merged).ends_with("continued what was here: 1."));
        assert_eq!(with_ending(" /a/b "), "/a/b.tiller");
        assert_eq!(with_ending("/a/b.Tiller"), "/a/b.Tiller");
    }
}
