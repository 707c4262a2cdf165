//! The buttons that change all selected pairs at once. Each change is one step to undo.

use ipc::data::Split;
use ipc::list::PairChange;
use leptos::prelude::*;

use super::pairs::Pairs;
use super::save_failure::SaveFailure;
use super::tags_and_note::TagField;
use crate::format;
use crate::t;

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
            <h2 data-testid="many-count">{move || t!("data-selected", count = count())}</h2>
            <p class="quiet">{t!("data-selected-help")}</p>
            <div class="details actions">
                <span>{t!("data-many-tag")}</span>
                <div class="row wrap">
                    <TagField add testid="many-tag" id="many-tag-new" />
                    <select data-testid="many-untag" aria-label=t!("data-many-untag") class="fit" prop:value="" on:change=untag>
                        <option value="">{t!("data-many-untag-choice")}</option>
                        {move || pairs.tags.get().into_iter().map(|(tag, _)| view! { <option value=tag.clone()>{tag.clone()}</option> }).collect_view()}
                    </select>
                </div>
                <span>{t!("data-many-use")}</span>
                <div class="row wrap">
                    <button class="button" data-testid="many-train" on:click=change(PairChange::Split { split: Split::Train })>{t!("data-train")}</button>
                    <button class="button" data-testid="many-held-out" on:click=change(PairChange::Split { split: Split::HeldOut })>{t!("held-out")}</button>
                    <button class="button" data-testid="many-pin" title=t!("data-many-pin-title") on:click=change(PairChange::Pin { pinned: true })>{t!("data-many-pin")}</button>
                    <button class="button" data-testid="many-unpin" on:click=change(PairChange::Pin { pinned: false })>{t!("data-many-unpin")}</button>
                </div>
                <span>{t!("data-many-order")}</span>
                <div class="row wrap">
                    <button class="button" data-testid="many-up" title="Alt+Shift+\u{2191}" on:click=move |_| pairs.move_by(false)>{t!("data-many-up")}</button>
                    <button class="button" data-testid="many-down" title="Alt+Shift+\u{2193}" on:click=move |_| pairs.move_by(true)>{t!("data-many-down")}</button>
                </div>
                <span>{t!("pairs")}</span>
                <div class="row wrap">
                    <button class="button" data-testid="many-swap" title=t!("data-many-swap-title") on:click=change(PairChange::Swap)>{t!("data-many-swap")}</button>
                    <button class="button" data-testid="many-duplicate" on:click=change(PairChange::Duplicate)>{t!("data-duplicate")}</button>
                    <button class="button bad" data-testid="many-delete" data-once="true" title=t!("data-many-delete-title") on:click=change(PairChange::Delete)>{move || t!("data-many-delete", count = count())}</button>
                </div>
            </div>
            <div><button class="button" data-testid="many-none" title=t!("data-many-none-title") on:click=move |_| pairs.select_none()>{t!("data-many-none")}</button></div>
        </div>
    }
}
