//! How far the points of sweeps lie from the unsteered model. The application computes it when a screen needs it.

use std::collections::{HashMap, HashSet};

use ipc::Id;
use ipc::command::ReadChanges;
use ipc::sweep::{Curve, Sweep, SweepPoint};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Store;
use crate::bridge;

/// The multipliers of a curve's points and their values, as bits: a change is one of these numbers.
type Numbers = Vec<(u64, u64)>;

/// The changes that are known. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Changes {
    known: RwSignal<HashMap<Id, Vec<SweepPoint>>>,
    /// The numbers for which the changes of a curve were asked last.
    asked: StoredValue<HashMap<(Id, Curve), Numbers>>,
    /// The sweeps of which changes are being read.
    under_way: StoredValue<HashSet<Id>>,
}

impl Changes {
    pub(super) fn new() -> Self {
        Self { known: RwSignal::default(), asked: StoredValue::default(), under_way: StoredValue::default() }
    }

    /// Returns the known changes of a sweep.
    #[must_use]
    pub fn of(self, sweep: Id) -> Vec<SweepPoint> {
        self.known.read().get(&sweep).cloned().unwrap_or_default()
    }
}

impl Store {
    /// Reads the changes of some curves that were measured since they were read last. An effect that calls this runs again once
    /// they are there.
    pub fn read_changes(self, sweep: &Sweep, curves: &[Curve]) {
        let changes = self.changes;
        changes.known.track();
        let id = sweep.id;
        if changes.under_way.with_value(|all| all.contains(&id)) {
            return;
        }
        let is_new = |curve: &&Curve| {
            let now = numbers(sweep, **curve);
            let before = changes.asked.with_value(|all| all.get(&(id, **curve)).cloned());
            !now.is_empty() && before.as_ref() != Some(&now) && has_unsteered(sweep, **curve)
        };
        let curves: Vec<Curve> = curves.iter().filter(is_new).copied().collect();
        if curves.is_empty() {
            return;
        }
        changes.under_way.update_value(|all| {
            all.insert(id);
        });
        changes.asked.update_value(|all| {
            for curve in &curves {
                all.insert((id, *curve), numbers(sweep, *curve));
            }
        });
        spawn_local(async move {
            let read = bridge::call(ReadChanges { sweep: id, curves: curves.clone() }).await;
            changes.under_way.update_value(|all| {
                all.remove(&id);
            });
            match read {
                Ok(points) => changes.known.update(|all| {
                    let known = all.entry(id).or_default();
                    known.retain(|point| !curves.contains(&point.curve()));
                    known.extend(points);
                }),
                // The sweep may have been deleted meanwhile, and then nobody misses its changes.
                Err(failure) => {
                    if self.sweeps.read_untracked().iter().any(|sweep| sweep.id == id) {
                        self.failure.set(Some(failure));
                    }
                }
            }
        });
    }
}

fn numbers(sweep: &Sweep, curve: Curve) -> Numbers {
    let bits = |point: &SweepPoint| (point.multiplier.to_bits(), point.value.to_bits());
    sweep.curve(curve).iter().map(bits).collect()
}

/// Whether the unsteered model is measured where a curve's changes begin.
fn has_unsteered(sweep: &Sweep, curve: Curve) -> bool {
    let base = sweep.settings.unsteered(curve);
    base.is_some_and(|base| sweep.curve(base).iter().any(|point| point.multiplier == 0.0))
}
