//! The menu of presets: desks with a name, to be used in other conversations.

use ipc::Id;
use ipc::command::{DeletePreset, KeepPreset};
use ipc::conversation::{Desk, Preset};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;

use super::preset_files::{ExportPreset, ImportPreset};
use crate::bridge;
use crate::state::store;
use crate::t;
use crate::widgets::{FailureCard, focus, forget_with};

/// What the menu shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    List,
    Keep,
    Export(Id),
    Import,
}

/// The button and its menu.
#[component]
pub fn PresetMenu(
    /// The desk that can be kept.
    #[prop(into)]
    desk: Signal<Desk>,
    /// Called with a preset that was chosen.
    apply: Callback<Preset>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let close = Callback::new(move |()| {
        is_open.set(false);
        if let Some(button) = button.get_untracked() {
            focus::give_to(button.into());
        }
    });
    view! {
        <div class="preset-menu-box">
            <button class="button" type="button" data-testid="presets" aria-expanded=move || is_open.get().to_string() node_ref=button
                title=t!("chat-presets-title") on:click=move |_| is_open.update(|open| *open = !*open)>{t!("chat-presets")}" "<span class="quiet" aria-hidden="true">"\u{25be}"</span></button>
            <Show when=move || is_open.get()><Menu desk apply is_open close /></Show>
        </div>
    }
}

#[component]
fn Menu(
    desk: Signal<Desk>,
    apply: Callback<Preset>,
    is_open: RwSignal<bool>,
    /// Closes the menu and gives the focus back.
    close: Callback<()>,
) -> impl IntoView {
    let store = store();
    let shown = RwSignal::new(Shown::List);
    let menu = NodeRef::<html::Div>::new();
    let back = Callback::new(move |()| shown.set(Shown::List));
    // When what had the focus is gone, the first thing that can be done has it.
    let count = Memo::new(move |_| store.presets.read().len());
    Effect::new(move |_| {
        shown.track();
        count.with(|_| ());
        request_animation_frame(move || {
            let Some(menu) = menu.try_get_untracked().flatten() else { return };
            if focus::focused().is_some_and(|element| menu.contains(Some(&element))) {
                return;
            }
            focus::give_to_first(&menu, "input[type=text], button:not(:disabled)");
        });
    });
    let left = move |event: web_sys::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::HtmlElement>().ok());
        let is_inside =
            |to: &web_sys::HtmlElement| menu.get_untracked().is_some_and(|menu| menu.contains(Some(to)));
        if to.is_some_and(|to| !is_inside(&to)) {
            is_open.set(false);
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() != "Escape" {
            return;
        }
        event.stop_propagation();
        event.prevent_default();
        if shown.get_untracked() == Shown::List { close.run(()) } else { back.run(()) }
    };
    let content = move || match shown.get() {
        Shown::List => view! { <Presets shown apply close /> }.into_any(),
        Shown::Keep => view! { <Keep desk back /> }.into_any(),
        Shown::Export(id) => view! { <ExportPreset id back /> }.into_any(),
        Shown::Import => view! { <ImportPreset back /> }.into_any(),
    };
    view! {
        <div class="menu-shade" on:click=move |_| close.run(())></div>
        <div class="preset-menu" role="dialog" aria-label=t!("chat-presets") data-testid="preset-menu" node_ref=menu on:keydown=on_key on:focusout=left>{content}</div>
    }
}

/// The presets that are kept, by name, and what else can be done.
#[component]
fn Presets(shown: RwSignal<Shown>, apply: Callback<Preset>, close: Callback<()>) -> impl IntoView {
    let store = store();
    let presets = Memo::new(move |_| {
        let mut all = store.presets.get();
        all.sort_by_key(|preset| (preset.name.to_lowercase(), preset.id));
        all
    });
    let row = move |preset: Preset| {
        let (id, name, line) = (preset.id, preset.name.clone(), facts(&preset.desk));
        view! {
            <li class="row" data-testid="preset">
                <button class="preset-name grow" type="button" data-testid="preset-apply" title=t!("chat-preset-apply", name = name.clone())
                    on:click=move |_| { apply.run(preset.clone()); close.run(()); }>
                    <span class="ellipsis" dir="auto">{name.clone()}</span><span class="quiet small ellipsis">{line}</span>
                </button>
                <button class="link" type="button" data-testid="preset-export-open" aria-label=t!("chat-export-named", name = name.clone()) on:click=move |_| shown.set(Shown::Export(id))>{t!("export-more")}</button>
                <button class="link" type="button" data-testid="preset-delete" data-once="true" aria-label=t!("chat-preset-delete", name = name) title=t!("chat-preset-delete-title")
                    on:click=move |_| store.delete(DeletePreset { preset: id })>{t!("delete")}</button>
            </li>
        }
    };
    view! {
        <Show when=move || presets.read().is_empty()>
            <p class="quiet" data-testid="presets-empty">{t!("chat-presets-none")}</p>
        </Show>
        <ul class="presets" on:keydown=|event| by_arrows(&event)>{move || presets.get().into_iter().map(row).collect_view()}</ul>
        <div class="row">
            <button class="button" type="button" data-testid="preset-keep-open" on:click=move |_| shown.set(Shown::Keep)>{t!("chat-preset-keep-desk")}</button>
            <button class="button" type="button" data-testid="preset-import-open" on:click=move |_| shown.set(Shown::Import)>{t!("import-more")}</button>
        </div>
    }
}

/// Lets the arrow keys move between the names of the list that an event comes to.
fn by_arrows(event: &web_sys::KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let list = event.current_target().and_then(|list| list.dyn_into::<web_sys::Element>().ok());
    let Some(found) = list.and_then(|list| list.query_selector_all(".preset-name").ok()) else { return };
    let names: Vec<web_sys::HtmlElement> =
        (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect();
    let focused = focus::focused();
    let Some(at) = names.iter().position(|name| focused.as_ref() == Some(name)) else { return };
    let to = (at as isize + step).rem_euclid(names.len() as isize) as usize;
    let _ = names[to].focus();
    event.prevent_default();
}

/// The form that keeps the desk under a name.
#[component]
pub(super) fn Keep(
    /// The desk.
    desk: Signal<Desk>,
    /// Called when it is kept, or not to be kept.
    back: Callback<()>,
) -> impl IntoView {
    let store = store();
    let (name, is_busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let failure = RwSignal::new(None::<ipc::Failure>);
    forget_with(failure, move || name.get());
    let replaces = Memo::new(move |_| replaced(&store.presets.read(), &name.read()));
    let keep = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = name.read_untracked().trim().to_owned();
        if name.is_empty() || is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let desk = desk.get_untracked();
        spawn_local(async move {
            match bridge::call(KeepPreset { name, desk }).await {
                Ok(_) => drop(back.try_run(())),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let note = move || match replaces.get() {
        Some(old) => t!("chat-preset-replaces", name = old),
        None => facts(&desk.read()),
    };
    view! {
        <form class="fields" data-testid="preset-keep" on:submit=keep>
            <label class="field">
                <span class="label">{t!("name")}</span>
                <input type="text" dir="auto" autocomplete="off" data-testid="preset-name" aria-label=t!("name") prop:value=name on:input=move |event| name.set(event_target_value(&event)) />
                <span class="small hint-line" class:quiet=move || replaces.read().is_none() class:warning=move || replaces.read().is_some() role="status" data-testid="preset-note">{note}</span>
            </label>
            <FailureCard failure />
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="preset-back" on:click=move |_| back.run(())>{t!("back")}</button>
                <button class="button primary" type="submit" data-testid="preset-keep-do" disabled=move || is_busy.get() || name.read().trim().is_empty()>
                    {move || if replaces.read().is_some() { t!("replace") } else { t!("chat-preset-keep") }}</button>
            </div>
        </form>
    }
}

/// Returns the name of the preset that one of this name would replace.
fn replaced(presets: &[Preset], name: &str) -> Option<String> {
    presets.iter().find(|preset| preset.name == name.trim()).map(|preset| preset.name.clone())
}

/// Returns what a desk holds, in a line.
fn facts(desk: &Desk) -> String {
    let names: Vec<&str> = desk.strips.iter().map(|strip| strip.name.as_str()).collect();
    let vectors =
        if names.is_empty() { t!("chat-preset-no-vector") } else { names.join(&t!("list-separator")) };
    t!("chat-preset-facts", columns = t!("chat-count-columns", count = desk.columns.len()), vectors = vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_replaces_its_preset() {
        let preset = Preset { id: 1, name: "Calm".into(), desk: Desk::default() };
        let all = [preset];
        assert_eq!(replaced(&all, " Calm ").as_deref(), Some("Calm"));
        assert_eq!((replaced(&all, "calm"), replaced(&all, "")), (None, None));
    }

    #[test]
    fn a_desk_is_told_by_its_columns_and_vectors() {
        let mut desk = Desk::default();
        assert_eq!(facts(&desk), "0 columns: no vector");
        let strip = |id, name: &str| ipc::conversation::Strip {
            id,
            vector: 1,
            name: name.into(),
            hash: String::new(),
            value: 1.0,
            muted: false,
            solo: false,
            gate: None,
            caps: None,
        };
        desk.strips = vec![strip(1, "A"), strip(2, "B")];
        assert_eq!(facts(&desk), "0 columns: A, B");
    }
}
