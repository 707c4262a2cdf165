//! The settings of the window.

use ipc::project::Theme;
use leptos::prelude::*;

use crate::actions::{Sheet, Zoom};
use crate::state::{SIZES, store, zoom_percent};
use crate::widgets::{SheetFrame, roving};

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
                <label class="grow" for="zoom-size">"Zoom"</label>
                <button class="button" data-testid="settings-zoom-out" aria-label="Zoom out" title="Ctrl+-" on:click=move |_| store.zoom(Zoom::Out)>"\u{2212}"</button>
                <select id="zoom-size" class="narrow" data-testid="settings-zoom" on:change=move |event| if let Ok(size) = event_target_value(&event).parse() { store.set_zoom(size); }>
                    {SIZES.map(|size| view! { <option value=size.to_string() selected=move || zoom_percent(&store.settings.read()) == size>{format!("{size} %")}</option> })}
                </select>
                <button class="button" data-testid="settings-zoom-in" aria-label="Zoom in" title="Ctrl++" on:click=move |_| store.zoom(Zoom::In)>"+"</button>
            </div>
            <div class="row">
                <span class="grow">"Diagnostics"</span>
                <button class="button" data-testid="settings-report" on:click=move |_| store.sheet.set(Some(Sheet::Report))>"Copy or save a report\u{2026}"</button>
            </div>
            <p class="quiet small">{move || format!("Tiller {}. Nothing leaves this machine unless you ask for it.", store.version.get())}</p>
        </SheetFrame>
    }
}
