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
use crate::t;
use crate::text::said;
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
    let (label, action) = if is_new {
        (t!("shell-new-project"), t!("shell-new-project-do"))
    } else {
        (t!("commands-rename-project"), t!("rename"))
    };
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
        <SheetFrame label=label.clone() testid="project-name-sheet">
            <h2>{label}</h2>
            <form class="fields" on:submit=submit>
                <label class="field">
                    <span class="label">{t!("name")}</span>
                    <input type="text" dir="auto" data-testid="project-name-field" aria-label=t!("name") node_ref=input prop:value=name
                        on:input=move |event| name.set(event_target_value(&event)) />
                </label>
                <Show when=move || is_new>
                    <p class="quiet small">{t!("shell-new-project-note")}</p>
                </Show>
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
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
                        store.say(t!("sentence", text = t!("written-to", path = path)));
                    }
                    Err(refused) => drop(failure.try_set(Some(refused))),
                }
                is_busy.try_set(false);
            });
        });
    };
    view! {
        <SheetFrame label=t!("commands-export-project") testid="project-export-sheet">
            <h2>{move || t!("shell-export-project", name = store.project.get())}</h2>
            <form class="fields" on:submit=submit>
                <p class="quiet small">{t!("shell-export-project-note")}</p>
                <PathField label=t!("file") testid="project-export-path" path purpose failure changed=Callback::new(|()| ()) />
                <Checkbox testid="project-export-replace" value=replace label=t!("replace-file") />
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                    <button class="button primary" type="submit" data-testid="project-export-do"
                        disabled=move || is_busy.get() || path.read().trim().is_empty()>{t!("export")}</button>
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
                    Ok(project) => finish(store, t!("shell-project-imported", name = project.name)),
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
        <SheetFrame label=t!("shell-import-project") testid="project-import-sheet">
            <h2>{t!("shell-import-project")}</h2>
            <p class="quiet small">{t!("shell-import-project-note")}</p>
            <form class="fields" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); inspect(); }>
                <PathField label=t!("file") testid="project-import-path" path purpose=Callback::new(|()| FilePurpose::ImportProject) failure
                    changed=Callback::new(move |()| found.set(None)) />
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                    <button class="button" class:primary=move || found.read().is_none() type="submit" data-testid="project-import-look"
                        disabled=move || is_busy.get() || path.read().trim().is_empty()>{t!("shell-import-look")}</button>
                </div>
            </form>
            {move || found.get().map(|info| view! {
                <div class="fields" data-testid="project-import-info">
                    <b dir="auto">{info.name.clone()}</b>
                    <p>{contents(&info)}</p>
                    <p class="quiet small">{t!("shell-import-written-by", version = info.written_by.clone(), hash = info.content_hash.get(..16).unwrap_or_default().to_owned())}</p>
                    <p>{t!("shell-import-how")}</p>
                    <div class="row wrap">
                        <button class="button primary" type="button" data-testid="project-import-new" disabled=move || is_busy.get() on:click=import>{t!("shell-import-new")}</button>
                        <button class="button" type="button" data-testid="project-import-merge" disabled=move || is_busy.get() on:click=merge>{t!("shell-import-merge")}</button>
                        <select data-testid="project-import-target" aria-label=t!("shell-import-target") on:change=choose>
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
    let each = counts.iter().map(|(what, count)| {
        let number = format::whole(u32::try_from(*count).unwrap_or(u32::MAX));
        t!("shell-project-count", number = number, what = said(what))
    });
    each.reduce(|all, next| t!("list-of-two", first = all, second = next)).unwrap_or_default()
}

fn contents(info: &ProjectFileInfo) -> String {
    let names = info.models.iter().map(|model| model.name.clone());
    let models = names.reduce(|all, next| t!("list-of-two", first = all, second = next));
    let counts = counted(&info.counts);
    match (counts.is_empty(), models) {
        (true, None) => t!("shell-project-empty"),
        (true, Some(models)) => t!("shell-project-empty-of", models = models),
        (false, None) => t!("shell-project-holds", counts = counts),
        (false, Some(models)) => t!("shell-project-holds-of", counts = counts, models = models),
    }
}

fn merged_note(merged: &Merged) -> String {
    let added = counted(&merged.added);
    match (added.is_empty(), merged.continued) {
        (true, 0) => t!("shell-merged-nothing"),
        (true, _) => t!("shell-merged-continued", number = merged.continued),
        (false, 0) => t!("shell-merged-added", added = added),
        (false, _) => t!("shell-merged-both", added = added, number = merged.continued),
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
