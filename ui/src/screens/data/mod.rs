//! The Data screen: the list of pairs on the left, the open pair on the right. Edits are stored as they are typed.

mod actions;
mod bulk_edit;
mod choice_view;
mod drafts;
mod drag;
mod earlier_turns;
mod editor;
mod edits;
mod highlight;
mod marks;
mod pair_filter;
mod pair_list;
mod pairs;
mod quality;
mod rows;
mod save_failure;
mod saving;
mod selection;
mod shown_view;
mod split_sheet;
mod tags_and_note;
mod text_field;
mod token_view;
mod version_uses;
mod version_view;
mod versions_sheet;
mod view_tabs;

pub use pairs::Pairs;
pub use split_sheet::SplitSheet;
pub use versions_sheet::VersionsSheet;

use leptos::prelude::*;

use crate::actions::{DataView, Screen, Sheet};
use crate::pasted_table::pasted_table;
use crate::state::store;
use crate::t;

/// The Data screen.
#[component]
pub fn DataScreen() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    store.before_leaving.set_value(Some(Callback::new(move |()| pairs.save_typed())));
    on_cleanup(move || store.before_leaving.set_value(None));
    let views = pairs.views;
    provide_context(views);
    let hidden = move |view| move || !views.is(view);
    // A table that is pasted outside of a text field starts an import.
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
            <section class="left" aria-label=t!("pairs")><pair_list::PairList /></section>
            <section class="right flush" aria-label=t!("data-the-pair")>
                <view_tabs::ViewTabs />
                <div class="kept" class:hidden=hidden(DataView::Pair)><editor::Editor /></div>
                <div class="kept" class:hidden=hidden(DataView::Quality)><quality::QualityView /></div>
                <div class="kept" class:hidden=hidden(DataView::Drafts)><drafts::DraftsView /></div>
                <div class="kept" class:hidden=hidden(DataView::Choice)><choice_view::ChoiceView /></div>
            </section>
        </div>
    }
}
