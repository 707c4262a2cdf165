//! What the palette and other screens ask of the Sweep screen: a sweep to be shown, renamed, run again or laid over another one, a
//! tab, a goal.

use std::collections::HashSet;

use ipc::Id;
use ipc::command::ControlJob;
use ipc::job::JobAction;
use ipc::sweep::Sweep;
use leptos::prelude::*;

use super::form::{Form, Pane};
use super::goal::Goal;
use super::results::{has_answers, job_to_go_on};
use super::sweep_actions;
use super::view_state::{Tab, ViewState};
use crate::state::Store;
use crate::widgets::focus;

/// The element id of the field with the name of the shown sweep.
pub(super) const NAME_FIELD: &str = "sweep-name";
/// The element id of the panel that exports the shown sweeps.
pub(super) const EXPORT: &str = "sweep-export";

impl ViewState {
    /// Lays the curves of a sweep over those of the shown one, or takes them away.
    pub(super) fn overlay(self, sweep: Id) {
        self.overlaid.update(|all| {
            if !all.remove(&sweep) {
                all.insert(sweep);
            }
        });
    }
}

impl Form {
    /// Shows a sweep, beside the list.
    pub fn show(self, sweep: Id) {
        self.pane.set(Some(Pane::List));
        self.view.choose(sweep);
    }

    /// Shows a sweep with the focus on its name in the list.
    pub fn rename(self, sweep: Id) {
        self.show(sweep);
        focus::give_to_shown(NAME_FIELD);
    }

    /// Shows the files that can be made of a sweep.
    pub fn export(self, sweep: Id) {
        self.show(sweep);
        self.view.tab.set(Tab::Export);
        focus::give_to_shown(EXPORT);
    }

    /// Shows answers of a sweep to rate.
    pub fn rate(self, sweep: Id) {
        self.show(sweep);
        self.view.tab.set(Tab::Rate);
    }

    /// Whether a sweep has answers to rate.
    #[must_use]
    pub fn has_answers(self, store: Store, sweep: Id) -> bool {
        find(store, sweep).is_some_and(|sweep| has_answers(&sweep))
    }

    /// Whether a sweep is the shown one.
    #[must_use]
    pub fn is_shown(self, store: Store, sweep: Id) -> bool {
        let (sweeps, chosen) = (store.sweeps.read(), self.view.sweep.get());
        let shown = sweeps.iter().find(|one| Some(one.id) == chosen).or(sweeps.first());
        shown.is_some_and(|shown| shown.id == sweep)
    }

    /// Whether the curves of a sweep are laid over those of the shown one.
    #[must_use]
    pub fn is_overlaid(self, sweep: Id) -> bool {
        self.view.overlaid.read().contains(&sweep)
    }

    /// Lays the curves of a sweep over those of the shown one, or takes them away. The chart shows it.
    pub fn overlay(self, sweep: Id) {
        self.view.overlay(sweep);
        self.view.tab.set(Tab::Chart);
    }

    /// Shows a sweep with another one laid over it.
    pub fn lay_over(self, shown: Id, over: Id) {
        self.view.choose(shown);
        self.view.overlaid.set(HashSet::from([over]));
    }

    /// Fills the form in with the settings of a sweep.
    pub fn duplicate(self, store: Store, sweep: Id) {
        if let Some(found) = find(store, sweep) {
            self.refill(store, &found.settings);
        }
    }

    /// Runs a sweep once more.
    pub fn run_again(self, store: Store, sweep: Id) {
        if let Some(found) = find(store, sweep) {
            sweep_actions::run_again(store, self.view, found);
        }
    }

    /// Whether a sweep was stopped or has failed before its last point.
    #[must_use]
    pub fn can_go_on(self, store: Store, sweep: Id) -> bool {
        find(store, sweep).is_some_and(|sweep| job_to_go_on(&sweep).is_some())
    }

    /// Shows a sweep that was halted, and measures what it lacks.
    pub fn go_on(self, store: Store, sweep: Id) {
        self.show(sweep);
        if let Some(job) = find(store, sweep).as_ref().and_then(job_to_go_on) {
            store.send(ControlJob { job, action: JobAction::Resume });
        }
    }

    /// Lets a person choose an exported sweep, and runs it.
    pub fn run_file(self, store: Store) {
        sweep_actions::run_file(store, self.view);
    }

    /// Returns the messages of the tabs' names, in their order.
    #[must_use]
    pub fn views() -> Vec<&'static str> {
        Tab::ALL.into_iter().map(Tab::name).collect()
    }

    /// Shows the tab at this place.
    pub fn show_view(self, at: usize) {
        if let Some(tab) = Tab::ALL.get(at) {
            self.view.tab.set(*tab);
        }
    }

    /// Returns the messages of what can stand at the left: the form with each goal, and the list.
    #[must_use]
    pub fn panes() -> Vec<&'static str> {
        Goal::ALL.into_iter().map(Goal::name).chain(["sweep-list"]).collect()
    }

    /// Shows what stands at this place of those.
    pub fn show_pane(self, at: usize) {
        let goal = Goal::ALL.get(at);
        if let Some(goal) = goal {
            self.goal.set(*goal);
        }
        self.pane.set(Some(if goal.is_some() { Pane::New } else { Pane::List }));
    }
}

fn find(store: Store, sweep: Id) -> Option<Sweep> {
    store.sweeps.with_untracked(|all| all.iter().find(|one| one.id == sweep).cloned())
}
