//! Carries out the actions of [`PairAction`] on the pairs of the Data screen.

use ipc::data::{PairContent, Split};
use ipc::list::PairChange;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::edits::Edit;
use super::pairs::Pairs;
use crate::actions::{DataView, PairAction};

/// The element id of the search field, which a key brings the focus to.
pub(super) const SEARCH_FIELD: &str = "pair-search";
/// The element id of the field for tags, which a key brings the focus to.
pub(super) const TAG_FIELD: &str = "pair-tag-new";

impl Pairs {
    /// Carries out an action.
    pub fn act(self, action: PairAction) {
        match action {
            PairAction::Accept => {
                self.save_typed();
                self.step(1);
            }
            PairAction::Next => self.step(1),
            PairAction::Previous => self.step(-1),
            PairAction::Undo => {
                self.save_typed();
                self.make(Edit::Undo);
            }
            PairAction::Redo => {
                self.save_typed();
                self.make(Edit::Redo);
            }
            PairAction::Add => self.add(),
            PairAction::Duplicate => self.duplicate(),
            PairAction::Swap => self.swap(),
            PairAction::Delete => self.change_all(PairChange::Delete),
            PairAction::MoveUp => self.move_by(false),
            PairAction::MoveDown => self.move_by(true),
            PairAction::Train => self.change_all(PairChange::Split { split: Split::Train }),
            PairAction::HoldOut => self.change_all(PairChange::Split { split: Split::HeldOut }),
            PairAction::Pin => self.change_all(PairChange::Pin { pinned: true }),
            PairAction::Unpin => self.change_all(PairChange::Pin { pinned: false }),
            PairAction::SelectAll => self.select_all(),
            PairAction::Search => focus(SEARCH_FIELD),
            PairAction::Tag => {
                self.views.show(DataView::Pair);
                focus(TAG_FIELD);
            }
            PairAction::Show(view) => {
                self.save_typed();
                self.views.show(view);
            }
        }
    }

    /// Opens the pair `by` places further in the list.
    pub fn step(self, by: isize) {
        self.select_none();
        let target = self.beside(by);
        if let Some(target) = target {
            self.anchor.set_value(Some(target));
            self.open(target);
        }
    }

    /// Returns the pair `by` places further in the list.
    pub(super) fn beside(self, by: isize) -> Option<ipc::Id> {
        let (listed, current) = (self.listed.read_untracked(), self.current());
        let at = listed.iter().position(|id| Some(*id) == current);
        let next = at.map_or(0, |at| at.saturating_add_signed(by).min(listed.len().saturating_sub(1)));
        listed.get(next).copied()
    }

    /// Adds an empty pair after the open one, and clears the filter so that the new pair is listed.
    pub fn add(self) {
        self.save_typed();
        self.select_none();
        self.filter.set(ipc::list::PairFilter::default());
        self.make(Edit::Add { after: self.current(), content: PairContent::default() });
    }

    fn duplicate(self) {
        if self.selected.with_untracked(|selected| selected.len() > 1) {
            self.change_all(PairChange::Duplicate);
        } else if let Some(open) = self.open.get_untracked() {
            self.save_typed();
            self.make(Edit::Add { after: Some(open), content: self.draft.get_untracked() });
        }
    }

    fn swap(self) {
        if self.selected.with_untracked(|selected| selected.len() > 1) {
            self.change_all(PairChange::Swap);
        } else if self.open.get_untracked().is_some() {
            self.change(|content| std::mem::swap(&mut content.wanted, &mut content.opposite));
        }
    }
}

fn focus(id: &str) {
    let element =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}
