//! The menu of projects: it opens another one, and makes, renames, copies, exports, imports and deletes them.

use ipc::project::Project;
use leptos::html;
use leptos::prelude::*;

use crate::actions::{ProjectAction, Sheet};
use crate::state::store;
use crate::t;
use crate::widgets::menu;

/// The name of the open project, which opens the menu.
#[component]
pub(super) fn ProjectName() -> impl IntoView {
    let store = store();
    let is_open = store.project_menu;
    view! {
        <div class="model-menu-box project-menu-box">
            <h1 class="project">
                <button class="model-state" data-testid="project-name"
                    aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|open| *open = !*open)>
                    <span class="ellipsis">{move || store.project.get()}</span>
                    <span class="quiet" aria-hidden="true">"\u{25be}"</span>
                </button>
            </h1>
            <Show when=move || is_open.get()><ProjectMenu is_open /></Show>
        </div>
    }
}

#[component]
fn ProjectMenu(is_open: RwSignal<bool>) -> impl IntoView {
    let store = store();
    let menu = NodeRef::<html::Div>::new();
    let on_key = menu::keys(menu, is_open);
    let row = move |project: Project| {
        let id = project.id;
        let is_used = store.project_id.get() == id;
        view! {
            <button role="menuitemradio" aria-checked=is_used.to_string() data-testid="project-menu-row"
                on:click=move |_| { is_open.set(false); store.open_project(id); }>
                <span class="ellipsis grow" dir="auto">{project.name}</span>
            </button>
        }
    };
    let sheet = move |sheet: Sheet| {
        is_open.set(false);
        store.sheet.set(Some(sheet));
    };
    let act = move |action: ProjectAction| {
        is_open.set(false);
        store.act_on_project(action);
    };
    view! {
        <div class="menu-shade" on:click=move |_| is_open.set(false)></div>
        <div class="menu" role="menu" aria-label=t!("shell-projects") data-testid="project-menu" node_ref=menu on:keydown=on_key>
            {move || store.projects.get().into_iter().map(row).collect_view()}
            <hr />
            <button role="menuitem" data-testid="project-new" on:click=move |_| sheet(Sheet::NewProject)>{t!("shell-project-new")}</button>
            <button role="menuitem" data-testid="project-rename" on:click=move |_| sheet(Sheet::RenameProject)>{t!("shell-project-rename")}</button>
            <button role="menuitem" data-testid="project-duplicate" on:click=move |_| act(ProjectAction::Duplicate)>{t!("shell-project-duplicate")}</button>
            <button role="menuitem" data-testid="project-export" on:click=move |_| sheet(Sheet::ExportProject)>{t!("export-more")}</button>
            <button role="menuitem" data-testid="project-import" on:click=move |_| sheet(Sheet::ImportProject)>{t!("import-more")}</button>
            <button role="menuitem" data-testid="project-delete" disabled=move || store.projects.read().len() < 2
                on:click=move |_| act(ProjectAction::Delete)>{t!("delete")}</button>
        </div>
    }
}
