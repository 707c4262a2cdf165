//! The Data screen: the pairs on the left, one of them open on the right. There is no Save button.

mod choice;
mod drafts;
mod editor;
mod edits;
mod list;
mod pairs;
mod quality;
mod views;

pub use pairs::Pairs;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::commands::chord;
use crate::state::store;
use views::View;

/// The element id of the search field, which a key brings the focus to.
const SEARCH: &str = "pair-search";

/// The screen.
#[component]
pub fn DataScreen() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    store.before_leaving.set_value(Some(Callback::new(move |()| pairs.keep_typed())));
    on_cleanup(move || store.before_leaving.set_value(None));
    let views = views::Views::new();
    provide_context(views);
    let hidden = move |view| move || !views.is(view);
    view! {
        <div class="columns list" on:keydown=move |event| on_key(&event, pairs)>
            <section class="left" aria-label="Pairs"><list::PairList /></section>
            <section class="right flush" aria-label="The pair">
                <views::ViewChoice />
                <div class="kept" class:hidden=hidden(View::Pair)><editor::Editor /></div>
                <div class="kept" class:hidden=hidden(View::Quality)><quality::QualityView /></div>
                <div class="kept" class:hidden=hidden(View::Drafts)><drafts::DraftsView /></div>
                <div class="kept" class:hidden=hidden(View::Choice)><choice::ChoiceView /></div>
            </section>
        </div>
    }
}

/// The keys of this screen; `commands::DATA_KEYS` names them for the help sheet.
fn on_key(event: &KeyboardEvent, pairs: Pairs) {
    let keys = chord(event.ctrl_key() || event.meta_key(), event.alt_key(), event.shift_key(), &event.key());
    match keys.as_str() {
        "Ctrl+Enter" | "Alt+ArrowDown" => pairs.step(1),
        "Alt+ArrowUp" => pairs.step(-1),
        "Ctrl+Z" => pairs.undo(),
        "Ctrl+Shift+Z" => pairs.redo(),
        "Ctrl+D" => pairs.duplicate(),
        "Ctrl+F" => focus(SEARCH),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

fn focus(id: &str) {
    let element =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}
