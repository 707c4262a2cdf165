//! The settings of how the window looks: language, theme, size, typefaces.

use ipc::project::{Language, Theme};
use leptos::prelude::*;

use super::fonts::Fonts;
use super::{Group, Line, Segments, change, part};
use crate::actions::Zoom;
use crate::state::{SIZES, store, zoom_percent};
use crate::t;

#[component]
pub(super) fn Looks() -> impl IntoView {
    let store = store();
    // Who does not read the language that is spoken finds their own by its name.
    let languages = vec![
        (Language::System, "settings-language-system", t!("shell-language-system")),
        (Language::English, "settings-language-english", t!("shell-language-english")),
        (Language::Chinese, "settings-language-chinese", t!("shell-language-chinese")),
    ];
    let themes = vec![
        (Theme::System, "settings-theme-system", t!("shell-theme-system")),
        (Theme::Light, "settings-theme-light", t!("shell-theme-light")),
        (Theme::Dark, "settings-theme-dark", t!("shell-theme-dark")),
    ];
    let set_zoom = move |event| {
        if let Ok(size) = event_target_value(&event).parse() {
            store.set_zoom(size);
        }
    };
    view! {
        <Group name=t!("shell-settings-looks") id="settings-looks">
            <Line name=t!("shell-language") id="settings-language">
                <Segments labelled_by="settings-language" choices=languages value=part(|settings| settings.language)
                    set=change(|settings, language| settings.language = language) />
            </Line>
            <Line name=t!("shell-theme") id="settings-theme">
                <Segments labelled_by="settings-theme" choices=themes value=part(|settings| settings.theme)
                    set=change(|settings, theme| settings.theme = theme) />
            </Line>
            <Line name=t!("shell-zoom") id="settings-size">
                <button class="button" type="button" data-testid="settings-zoom-out" aria-label=t!("commands-zoom-out") title="Ctrl+-" on:click=move |_| store.zoom(Zoom::Out)>"\u{2212}"</button>
                <select class="narrow" data-testid="settings-zoom" aria-labelledby="settings-size" on:change=set_zoom>
                    {SIZES.map(|size| view! { <option value=size.to_string() selected=move || zoom_percent(&store.settings.read()) == size>{t!("percent", number = size)}</option> })}
                </select>
                <button class="button" type="button" data-testid="settings-zoom-in" aria-label=t!("commands-zoom-in") title="Ctrl++" on:click=move |_| store.zoom(Zoom::In)>"+"</button>
            </Line>
            <Fonts />
        </Group>
    }
}
