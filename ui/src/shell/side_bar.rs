//! The side bar: the screens in the order of the work.

use ipc::project::Theme;
use leptos::prelude::*;

use crate::actions::{Action, Screen, Sheet};
use crate::commands::COMMANDS;
use crate::state::store;
use crate::t;
use crate::widgets::roving;

/// The side bar.
#[component]
pub(super) fn SideBar() -> impl IntoView {
    view! {
        <nav class="side-bar" aria-label=t!("shell-screens")>
            <div class="brand">
                <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true">
                    <path d="M4 6l13 9M17 11v9M13 20h8" />
                    <circle cx="4" cy="6" r="1.6" fill="currentColor" />
                </svg>
                "Tiller"
            </div>
            {Screen::FIRST.map(|screen| view! { <Entry screen /> })}
            {Screen::WORK.map(|screen| view! { <Entry screen /> })}
            <hr />
            {Screen::LIBRARY.map(|screen| view! { <Entry screen /> })}
            <ThemeChoice />
            <div class="bottom">
                <SheetButton sheet=Sheet::Help label=t!("shell-help") text="?" />
                <SheetButton sheet=Sheet::Settings label=t!("shell-settings") text="\u{2699}\u{fe0e}" />
            </div>
        </nav>
    }
}

/// The buttons that choose the theme.
#[component]
fn ThemeChoice() -> impl IntoView {
    let store = store();
    let themes = [
        (Theme::Light, "light", t!("shell-theme-light-name"), "\u{2600}\u{fe0e}".to_owned()),
        (Theme::Dark, "dark", t!("shell-theme-dark-name"), "\u{263e}".to_owned()),
        (Theme::System, "system", t!("shell-theme-auto-name"), t!("shell-theme-auto")),
    ];
    view! {
        <div use:roving class="segments themes" role="group" aria-label=t!("shell-theme")>
            {themes.map(|(theme, name, label, text)| view! {
                <button data-testid=format!("theme-{name}") title=label.clone() aria-label=label
                    aria-pressed=move || (store.settings.read().theme == theme).to_string()
                    on:click=move |_| store.change_settings(|settings| settings.theme = theme)>{text}</button>
            })}
        </div>
    }
}

#[component]
fn Entry(screen: Screen) -> impl IntoView {
    let store = store();
    let keys = COMMANDS.iter().find(|line| line.action == Action::Go(screen)).map_or("", |line| line.keys);
    let current = move || (store.screen.get() == screen).then_some("page");
    view! {
        <button data-testid=format!("nav-{}", screen.name()) aria-current=current on:click=move |_| store.go(screen)>
            {screen.label()}
            <kbd>{keys}</kbd>
        </button>
    }
}

#[component]
fn SheetButton(sheet: Sheet, label: String, text: &'static str) -> impl IntoView {
    let store = store();
    view! {
        <button aria-label=label.clone() title=label on:click=move |_| store.sheet.set(Some(sheet))>{text}</button>
    }
}
