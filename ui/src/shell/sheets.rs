//! The sheets of the window itself: the command palette and the settings.

use ipc::project::Theme;
use leptos::html;
use leptos::prelude::*;

use crate::actions::Sheet;
use crate::commands::{CommandLine, all};
use crate::state::store;
use crate::widgets::{SheetFrame, roving};

/// The command palette: a person types a part of a command's name, and Enter runs it.
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
        all().filter(fits).filter(|line| line.is_enabled(store)).copied().collect::<Vec<_>>()
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
        <SheetFrame label="Commands" testid="palette">
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
        </SheetFrame>
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
        <SheetFrame label="Settings" testid="settings-sheet">
            <h2>"Settings"</h2>
            <div class="row">
                <span class="grow" id="theme-label">"Theme"</span>
                <div use:roving class="segments" role="group" aria-labelledby="theme-label">
                    {themes.map(|(theme, name, label)| view! {
                        <button data-testid=format!("settings-theme-{name}")
                            aria-pressed=move || (store.settings.read().theme == theme).to_string()
                            on:click=move |_| store.change_settings(|settings| settings.theme = theme)>{label}</button>
                    })}
                </div>
            </div>
            <div class="row">
                <span class="grow">"Diagnostics"</span>
                <button class="button" data-testid="settings-report" on:click=move |_| store.sheet.set(Some(Sheet::Report))>"Copy or save a report\u{2026}"</button>
            </div>
            <p class="quiet small">{move || format!("Tiller {}. Nothing leaves this machine unless you ask for it.", store.version.get())}</p>
        </SheetFrame>
    }
}
