//! The sheet of settings, in groups that have a file each.

mod chat;
mod fonts;
mod keys;
mod looks;
mod machine;
mod work;

use ipc::project::Settings;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::state::store;
use crate::t;
use crate::widgets::{SheetFrame, roving};

/// The lines that the palette finds: the message with the name of each, and the id of the name.
pub(super) const LINES: [(&str, &str); 14] = [
    ("shell-language", "settings-language"),
    ("shell-theme", "settings-theme"),
    ("shell-zoom", "settings-size"),
    ("shell-typeface", "settings-typeface"),
    ("shell-texts", "settings-texts"),
    ("shell-notifications", "settings-notifications"),
    ("shell-memory", "settings-memory-name"),
    ("shell-threads", "settings-threads-name"),
    ("shell-chat-preset", "settings-chat-preset"),
    ("shell-key-hub", "settings-key-hub"),
    ("shell-key-endpoint", "settings-key-endpoint"),
    ("shell-folder-data", "settings-folder-data"),
    ("shell-folder-logs", "settings-folder-logs"),
    ("shell-diagnostics", "settings-diagnostics"),
];

/// Brings a line of the sheet, which has just been opened, into view, and gives the focus to what sets it.
pub(super) fn show(id: &'static str) {
    // The sheet is in the page in the next frame, and takes the focus there.
    request_animation_frame(move || {
        request_animation_frame(move || {
            let name = document().get_element_by_id(id);
            let Some(line) = name.and_then(|name| name.closest(".setting").ok().flatten()) else { return };
            line.scroll_into_view();
            let pressed = line.query_selector("[aria-pressed=true]").ok().flatten();
            let control = pressed.or_else(|| line.query_selector("select, input, button").ok().flatten());
            if let Some(control) = control.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
                let _ = control.focus();
            }
        });
    });
}

/// The settings.
#[component]
pub(super) fn SettingsSheet() -> impl IntoView {
    let store = store();
    view! {
        <SheetFrame label=t!("shell-settings") testid="settings-sheet" from_top=true>
            <h2>{t!("shell-settings")}</h2>
            <div class="settings">
                <looks::Looks />
                <work::Work />
                <chat::Chat />
                <keys::Keys />
                <machine::ThisMachine />
            </div>
            <p class="quiet small">{move || t!("shell-version", version = store.version.get())}</p>
        </SheetFrame>
    }
}

/// A group of lines under a heading.
#[component]
fn Group(
    /// The heading.
    #[prop(into)]
    name: String,
    /// The id of the heading, which names the group.
    id: &'static str,
    /// The lines.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="settings-group" aria-labelledby=id>
            <h3 id=id>{name}</h3>
            {children()}
        </section>
    }
}

/// A line: its name, what sets it beside that, and a note below.
#[component]
fn Line(
    /// The name.
    #[prop(into)]
    name: String,
    /// The id of the name, with which `aria-labelledby` refers to it.
    id: &'static str,
    /// A sentence on its effect.
    #[prop(optional, into)]
    note: Option<Signal<String>>,
    /// What sets it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="setting">
            <span id=id>{name}</span>
            <div class="row">{children()}</div>
            {note.map(|note| view! { <p class="quiet small" data-testid=format!("{id}-note")>{note}</p> })}
        </div>
    }
}

/// The few values of a setting beside each other, as buttons of which one is pressed.
#[component]
fn Segments<T>(
    /// The id of the name.
    labelled_by: &'static str,
    /// Each value, the name of its button for tests, and its text.
    choices: Vec<(T, &'static str, String)>,
    /// The value now.
    value: Signal<T>,
    /// Called with a new value.
    set: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let buttons = choices.into_iter().map(|(choice, testid, text)| {
        view! {
            <button type="button" data-testid=testid aria-pressed=move || (value.get() == choice).to_string()
                on:click=move |_| set.run(choice)>{text}</button>
        }
    });
    view! { <div use:roving class="segments" role="group" aria-labelledby=labelled_by>{buttons.collect_view()}</div> }
}

/// Returns a part of the settings as a signal.
fn part<T: PartialEq + Send + Sync + 'static>(of: fn(&Settings) -> T) -> Signal<T> {
    let store = store();
    Memo::new(move |_| of(&store.settings.read())).into()
}

/// Returns what changes a part of the settings and stores them.
fn change<T: 'static>(to: fn(&mut Settings, T)) -> Callback<T> {
    let store = store();
    Callback::new(move |value| store.change_settings(|settings| to(settings, value)))
}

#[cfg(test)]
mod tests {
    use super::LINES;

    #[test]
    fn the_palette_finds_every_line() {
        let sources = [
            include_str!("looks.rs"),
            include_str!("fonts.rs"),
            include_str!("work.rs"),
            include_str!("chat.rs"),
            include_str!("keys.rs"),
            include_str!("machine.rs"),
        ]
        .concat();
        for (name, id) in LINES {
            assert!(sources.contains(&format!("<Line name=t!(\"{name}\") id=\"{id}\"")), "{id}");
        }
        assert_eq!(sources.matches("<Line ").count(), LINES.len());
    }
}
