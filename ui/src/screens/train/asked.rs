//! What the palette asks of the Train screen: a run to be renamed, compared or laid over the shown one, a tab, a pane.

use ipc::Id;
use leptos::prelude::*;

use super::form::{Form, Pane};
use super::tab::Tab;
use crate::state::Store;
use crate::widgets::focus;

/// The element id of the field with the name of the shown run.
pub(super) const NAME_FIELD: &str = "run-name";
/// The element id of the line that unfolds the export of the shown run.
pub(super) const PLAN: &str = "run-plan";

impl Form {
    /// Shows a run with the focus on its name in the list.
    pub fn rename(self, run: Id) {
        self.pane.set(Some(Pane::List));
        self.show_run(run);
        focus::give_to_shown(NAME_FIELD);
    }

    /// Shows a run with its export unfolded.
    pub fn export_plan(self, run: Id) {
        self.show_run(run);
        focus::give_to_shown(PLAN);
    }

    /// Whether a run is the shown one.
    #[must_use]
    pub fn is_shown(self, store: Store, run: Id) -> bool {
        let (runs, chosen) = (store.runs.read(), self.run.get());
        let shown = runs.iter().find(|one| Some(one.id) == chosen).or(runs.first());
        shown.is_some_and(|shown| shown.id == run)
    }

    /// Whether the curves of a run are laid over those of the shown one.
    #[must_use]
    pub fn is_overlaid(self, run: Id) -> bool {
        self.overlaid.read().contains(&run)
    }

    /// Lays the curves of a run over those of the shown one, or takes them away.
    pub(super) fn overlay(self, run: Id) {
        self.overlaid.update(|all| {
            if !all.remove(&run) {
                all.insert(run);
            }
        });
    }

    /// Lays the curves of a run over those of the shown one, or takes them away. The charts show it.
    pub fn overlay_in_charts(self, run: Id) {
        self.overlay(run);
        self.tab.set(Tab::Run);
    }

    /// Compares the shown run with another one.
    pub fn compare_with(self, run: Id) {
        self.other.set(Some(run));
        self.tab.set(Tab::Compare);
    }

    /// Returns the messages of the tabs' names, in their order.
    #[must_use]
    pub fn views() -> Vec<&'static str> {
        Tab::ALL.into_iter().map(Tab::name).collect()
    }

    /// Shows the tab at this place.
    pub fn show_view(self, at: usize) {
        if let Some(tab) = Tab::ALL.get(at) {
            self.tab.set(*tab);
        }
    }

    /// Returns the messages of the panes' names at the left, in their order.
    #[must_use]
    pub fn panes() -> Vec<&'static str> {
        vec!["train-pane-new", "train-runs"]
    }

    /// Shows the pane at this place.
    pub fn show_pane(self, at: usize) {
        self.pane.set(Some(if at == 0 { Pane::New } else { Pane::List }));
    }
}
