//! Holds the sweeps that the right side shows, and computes their panels.

use ipc::sweep::{NotUseful, Sweep};
use leptos::prelude::*;

use super::panels::{Panel, panels};
use super::view_state::{PanelOptions, ViewState};
use crate::state::Store;
use crate::t;

/// The sweeps that the right side shows, and their panels. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct ShownSweeps {
    /// The sweep that is shown.
    pub(super) sweep: Memo<Option<Sweep>>,
    /// The shown sweep, and those whose curves are laid over it.
    pub(super) sweeps: Memo<Vec<Sweep>>,
    /// Their panels, and the number of panels in a row.
    pub(super) panels: Memo<(Vec<Panel>, usize)>,
    /// The arm that the useful range and the examples are of.
    pub(super) arm: Memo<Option<(ipc::Id, u32)>>,
    /// Its useful range, or why it has none; `None` where no sweep is shown.
    pub(super) useful: Memo<Option<Result<(f64, f64), NotUseful>>>,
}

impl ShownSweeps {
    /// Follows the choices in the view.
    pub(super) fn new(store: Store, view: ViewState) -> Self {
        let sweep = Memo::new(move |_| {
            let (sweeps, chosen) = (store.sweeps.read(), view.sweep.get());
            sweeps.iter().find(|sweep| Some(sweep.id) == chosen).or(sweeps.first()).cloned()
        });
        let sweeps = Memo::new(move |_| {
            let own = sweep.get();
            let id = own.as_ref().map(|own| own.id);
            let overlaid = view.overlaid.get();
            let all = store.sweeps.read();
            let more = all.iter().filter(|one| overlaid.contains(&one.id) && Some(one.id) != id).cloned();
            own.into_iter().chain(more).collect::<Vec<_>>()
        });
        let arm = Memo::new(move |_| {
            let (sweeps, chosen) = (sweeps.read(), view.arm.get());
            let is_there = |arm: &(ipc::Id, u32)| {
                sweeps.iter().any(|sweep| sweep.id == arm.0 && (arm.1 as usize) < sweep.settings.arms.len())
            };
            chosen.filter(is_there).or_else(|| {
                let sweep = sweeps.first()?;
                let first = sweep.settings.arms.iter().position(ipc::sweep::Arm::moves).unwrap_or(0);
                Some((sweep.id, first as u32))
            })
        });
        let useful = Memo::new(move |_| {
            let (id, arm) = arm.get()?;
            let sweeps = sweeps.read();
            let sweep = sweeps.iter().find(|sweep| sweep.id == id)?;
            Some(sweep.useful_range(&store.changes.of(id), arm, view.factor.get()))
        });
        Effect::new(move |_| {
            for sweep in sweeps.read().iter() {
                store.read_changes(sweep, &sweep.settings.curves());
            }
        });
        let panels = Memo::new(move |_| {
            let ids = sweeps.read().iter().map(|sweep| sweep.id).collect::<Vec<_>>();
            let options = PanelOptions {
                axis: view.axis.get(),
                at: view.at.get(),
                hidden: view.hidden.get(),
                highlighted: view.highlighted.get(),
                useful: useful.get().and_then(Result::ok),
                shows: view.shows.get(),
                changes: ids.into_iter().map(|id| (id, store.changes.of(id))).collect(),
            };
            panels(&sweeps.read(), &store.vectors.read(), &options)
        });
        Self { sweep, sweeps, panels, arm, useful }
    }
}

/// Returns the title of a sweep: its own name, else the names of its arms.
#[must_use]
pub fn title(sweep: &Sweep) -> String {
    if let Some(name) = &sweep.name {
        return name.clone();
    }
    let names: Vec<&str> = sweep.settings.arms.iter().map(|arm| arm.name.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => t!("sweep-title-two", one = (*one).to_owned(), two = (*two).to_owned()),
        [one, two, more @ ..] => {
            t!("sweep-title-more", one = (*one).to_owned(), two = (*two).to_owned(), count = more.len())
        }
    }
}
