//! The buttons that change all selected pairs at once. Each change is one step to undo.

use ipc::data::Split;
use ipc::list::PairChange;
use leptos::prelude::*;

use super::pairs::Pairs;
use super::save_failure::SaveFailure;
use super::tags_and_note::TagField;
use crate::format;

/// The panel in the place of the editor.
#[component]
pub(super) fn BulkEdit() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let count = move || format::whole(pairs.selected.read().len() as u32);
    let change = move |change: PairChange| move |_| pairs.change_all(change.clone());
    let add = Callback::new(move |tag| pairs.change_all(PairChange::Tag { tag }));
    let untag = move |event| {
        let tag = event_target_value(&event);
        if !tag.is_empty() {
            pairs.change_all(PairChange::Untag { tag });
        }
    };
    view! {
        <div class="editor" data-testid="many">
            <SaveFailure />
            <h2 data-testid="many-count">{move || format!("{} pairs selected", count())}</h2>
            <p class="quiet">"Ctrl+click adds a pair or takes it out, Shift+click selects up to it, Ctrl+A selects everything listed. Drag one of them to move all. Each of these is one step to undo."</p>
            <div class="details actions">
                <span>"Tag"</span>
                <div class="row wrap">
                    <TagField add testid="many-tag" id="many-tag-new" />
                    <select data-testid="many-untag" aria-label="Take a tag from them" class="fit" prop:value="" on:change=untag>
                        <option value="">"Remove a tag\u{2026}"</option>
                        {move || pairs.tags.get().into_iter().map(|(tag, _)| view! { <option value=tag.clone()>{tag.clone()}</option> }).collect_view()}
                    </select>
                </div>
                <span>"Use for"</span>
                <div class="row wrap">
                    <button class="button" data-testid="many-train" on:click=change(PairChange::Split { split: Split::Train })>"Train"</button>
                    <button class="button" data-testid="many-held-out" on:click=change(PairChange::Split { split: Split::HeldOut })>"Held out"</button>
                    <button class="button" data-testid="many-pin" title="They stay where they are when the data set is split anew" on:click=change(PairChange::Pin { pinned: true })>"Pin"</button>
                    <button class="button" data-testid="many-unpin" on:click=change(PairChange::Pin { pinned: false })>"Unpin"</button>
                </div>
                <span>"Order"</span>
                <div class="row wrap">
                    <button class="button" data-testid="many-up" title="Alt+Shift+\u{2191}" on:click=move |_| pairs.move_by(false)>"Move up"</button>
                    <button class="button" data-testid="many-down" title="Alt+Shift+\u{2193}" on:click=move |_| pairs.move_by(true)>"Move down"</button>
                </div>
                <span>"Pairs"</span>
                <div class="row wrap">
                    <button class="button" data-testid="many-swap" title="Exchange the wanted and the opposite answers" on:click=change(PairChange::Swap)>"Swap answers"</button>
                    <button class="button" data-testid="many-duplicate" on:click=change(PairChange::Duplicate)>"Duplicate"</button>
                    <button class="button bad" data-testid="many-delete" title="Undo brings them back" on:click=change(PairChange::Delete)>{move || format!("Delete {} pairs", count())}</button>
                </div>
            </div>
            <div><button class="button" data-testid="many-none" title="Escape in the list" on:click=move |_| pairs.select_none()>"Select none"</button></div>
        </div>
    }
}
