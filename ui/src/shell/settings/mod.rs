//! The sheet of settings, in groups that have a file each.

mod chat;
mod fonts;
mod keys;
mod looks;
mod machine;
mod work;

use ipc::project::Settings;
use leptos::prelude::*;

use crate::state::store;
use crate::t;
use crate::widgets::{SheetFrame, roving};

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
