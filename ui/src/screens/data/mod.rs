//! The Data screen: the pairs on the left, one of them open on the right. There is no Save button.

mod actions;
mod choice;
mod drafts;
mod drag;
mod editor;
mod edits;
mod field;
mod finding;
mod highlight;
mod labels;
mod list;
mod many;
mod pairs;
mod quality;
mod rows;
mod selection;
mod split;
mod tokens;
mod turns;
mod version;
mod versions;
mod views;

pub use actions::PairAction;
pub use pairs::Pairs;
pub use split::SplitSheet;
pub use versions::VersionsSheet;
pub use views::View;

use leptos::prelude::*;

use crate::files::paste::pasted_table;
use crate::screens::Screen;
use crate::state::{Sheet, store};

/// The element id of the search field, which a key brings the focus to.
const SEARCH: &str = "pair-search";
/// The element id of the field for tags.
const TAG: &str = "pair-tag-new";

/// The screen.
#[component]
pub fn DataScreen() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    store.before_leaving.set_value(Some(Callback::new(move |()| pairs.keep_typed())));
    on_cleanup(move || store.before_leaving.set_value(None));
    let views = pairs.views;
    provide_context(views);
    let hidden = move |view| move || !views.is(view);
    // A table that is pasted anywhere but into a text is an import.
    let paste = window_event_listener(leptos::ev::paste, move |event| {
        let is_here = store.screen.get_untracked() == Screen::Data && store.sheet.get_untracked().is_none();
        if let Some(text) = is_here.then(|| pasted_table(&event)).flatten() {
            event.prevent_default();
            store.pasted.set(Some(text));
            store.sheet.set(Some(Sheet::ImportPairs));
        }
    });
    on_cleanup(move || paste.remove());
    view! {
        <div class="columns list">
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
