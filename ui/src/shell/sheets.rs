//! What lies over the screen: the command palette, the shortcuts, the settings.

use ipc::project::Theme;
use leptos::html;
use leptos::prelude::*;

use crate::commands::{COMMANDS, CommandLine, DATA_KEYS};
use crate::state::store;

/// What lies over the screen; a click beside it takes it away.
#[component]
pub fn Sheet(
    /// What it is.
    label: &'static str,
    /// For tests.
    testid: &'static str,
    /// Whether it shows a table.
    #[prop(optional)]
    wide: bool,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let store = store();
    view! {
        <div class="sheet-shade" on:click=move |_| store.sheet.set(None)>
            <div class="sheet" class:wide=wide role="dialog" aria-modal="true" aria-label=label data-testid=testid
                on:click=|event| event.stop_propagation()>
                {children()}
            </div>
        </div>
    }
}

/// The command palette: type a part of a command's name, Enter does it.
#[component]
pub(super) fn Palette() -> impl IntoView {
    let store = store();
    let (query, set_query) = signal(String::new());
    let (at, set_at) = signal(0_usize);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let found = Memo::new(move |_| {
        let words: Vec<String> = query.read().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let fits = |line: &&CommandLine| words.iter().all(|word| line.label.to_lowercase().contains(word));
        COMMANDS.iter().filter(fits).filter(|line| line.is_enabled(store)).copied().collect::<Vec<_>>()
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        let last = found.read_untracked().len().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => set_at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => set_at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                let line = found.read_untracked().get(at.get_untracked()).copied();
                if let Some(line) = line {
                    line.run(store);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Sheet label="Commands" testid="palette">
            <input type="text" node_ref=input placeholder="Find a command" aria-label="Find a command"
                prop:value=query
                on:input=move |event| { set_query.set(event_target_value(&event)); set_at.set(0); }
                on:keydown=on_key />
            <div class="palette-list" role="listbox">
                {move || found.get().into_iter().enumerate().map(|(index, line)| view! {
                    <button role="option" aria-selected=move || (at.get() == index).to_string()
                        on:click=move |_| line.run(store)>
                        {line.label} <kbd>{line.keys}</kbd>
                    </button>
                }).collect_view()}
                <Show when=move || found.read().is_empty()><p class="quiet">"No command has these words."</p></Show>
            </div>
        </Sheet>
    }
}

/// The shortcuts, from the table of commands.
#[component]
pub(super) fn Help() -> impl IntoView {
    let rows = COMMANDS.iter().filter(|line| !line.keys.is_empty()).map(|line| (line.label, line.keys));
    let row = |(label, keys): (&'static str, &'static str)| view! { <tr><td>{label}</td><td><kbd>{keys}</kbd></td></tr> };
    view! {
        <Sheet label="Shortcuts" testid="help-sheet">
            <h2>"Everywhere"</h2>
            <table><tbody>{rows.map(row).collect_view()}</tbody></table>
            <h2>"Data"</h2>
            <table><tbody>{DATA_KEYS.iter().copied().map(row).collect_view()}</tbody></table>
        </Sheet>
    }
}

/// The settings.
#[component]
pub(super) fn SettingsSheet() -> impl IntoView {
    let store = store();
    let themes = [
        (Theme::System, "system", "System"),
        (Theme::Light, "light", "Light"),
        (Theme::Dark, "dark", "Dark"),
    ];
    view! {
        <Sheet label="Settings" testid="settings-sheet">
            <h2>"Settings"</h2>
            <div class="row">
                <span class="grow" id="theme-label">"Theme"</span>
                <div class="segments" role="group" aria-labelledby="theme-label">
                    {themes.map(|(theme, name, label)| view! {
                        <button data-testid=format!("settings-theme-{name}")
                            aria-pressed=move || (store.settings.read().theme == theme).to_string()
                            on:click=move |_| store.change_settings(|settings| settings.theme = theme)>{label}</button>
                    })}
                </div>
            </div>
            <p class="quiet small">{move || format!("Tiller {}. Nothing leaves this machine unless you ask for it.", store.version.get())}</p>
        </Sheet>
    }
}
