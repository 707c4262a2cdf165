//! The settings of typefaces, and of the size of the texts that are read.

use ipc::fonts::{TextTypeface, WindowTypeface};
use leptos::prelude::*;

use super::{Line, Segments, change, part};
use crate::state::{TEXT_SIZES, store, text_percent, text_typeface_name};
use crate::t;

#[component]
pub(super) fn Fonts() -> impl IntoView {
    let typefaces = vec![
        (WindowTypeface::Bundled, "settings-typeface-bundled", t!("shell-typeface-bundled")),
        (WindowTypeface::System, "settings-typeface-system", t!("shell-typeface-system")),
    ];
    view! {
        <Line name=t!("shell-typeface") id="settings-typeface" note=t!("shell-typeface-note")>
            <Segments labelled_by="settings-typeface" choices=typefaces value=part(|settings| settings.fonts.window)
                set=change(|settings, typeface| settings.fonts.window = typeface) />
        </Line>
        <Line name=t!("shell-texts") id="settings-texts" note=t!("shell-texts-note")>
            <TextTypefaces />
            <TextSizes />
        </Line>
    }
}

#[component]
fn TextTypefaces() -> impl IntoView {
    let choices = [
        (TextTypeface::Window, t!("shell-texts-window")),
        (TextTypeface::Bundled, t!("shell-typeface-bundled")),
        (TextTypeface::System, t!("shell-texts-system")),
        (TextTypeface::Serif, t!("shell-texts-serif")),
        (TextTypeface::Monospace, t!("shell-texts-monospace")),
    ];
    let known = choices.each_ref().map(|(typeface, _)| *typeface);
    let now = part(|settings| settings.fonts.texts);
    let set = change(|settings, typeface| settings.fonts.texts = typeface);
    let choose = move |event| {
        let name = event_target_value(&event);
        if let Some(typeface) = known.into_iter().find(|typeface| text_typeface_name(*typeface) == name) {
            set.run(typeface);
        }
    };
    let options = choices.map(|(typeface, text)| {
        view! { <option value=text_typeface_name(typeface) selected=move || now.get() == typeface>{text}</option> }
    });
    view! {
        <select data-testid="settings-text-typeface" aria-label=t!("shell-texts-typeface") on:change=choose>{options}</select>
    }
}

#[component]
fn TextSizes() -> impl IntoView {
    let store = store();
    let now = part(|settings| text_percent(settings.fonts));
    let choose = move |event| {
        if let Ok(size) = event_target_value(&event).parse() {
            store.set_text_size(size);
        }
    };
    let options = TEXT_SIZES.map(|size| {
        view! { <option value=size.to_string() selected=move || now.get() == size>{t!("percent", number = size)}</option> }
    });
    view! {
        <select class="narrow" data-testid="settings-text-size" aria-label=t!("shell-texts-size") on:change=choose>{options}</select>
    }
}
