//! Prints the points of a sweep in a store as they are measured, whoever measures them.

use std::collections::BTreeSet;

use ipc::sweep::export::Record;
use ipc::sweep::{Sweep, SweepPoint, SweepSettings};
use ipc::{Event, Id};
use serde::Serialize;

use crate::door::{Door, End, Follower, conclude, number, sentence};
use crate::halt::Halt;
use crate::output::Lines;

/// The place of a point: arm, set, score, and the bits of the multiplier.
type Place = (u32, Option<u32>, u32, u64);

/// Prints each point once.
pub(crate) struct Points<'a> {
    sweep: Id,
    job: Id,
    settings: SweepSettings,
    printed: BTreeSet<Place>,
    lines: &'a Lines,
}

/// The last line: the sweep, and the file that was asked for.
#[derive(Serialize)]
struct LastLine {
    sweep: Id,
    job: Id,
    points: usize,
    expected: u32,
    out: Option<String>,
}

impl<'a> Points<'a> {
    pub(crate) fn new(sweep: &Sweep, lines: &'a Lines) -> Self {
        let (id, job, settings) = (sweep.id, sweep.job, sweep.settings.clone());
        Self { sweep: id, job, settings, printed: BTreeSet::new(), lines }
    }

    /// Takes what a sweep has measured before as printed.
    pub(crate) fn skip(&mut self, sweep: &Sweep) {
        self.printed.extend(sweep.points.iter().map(place));
    }

    fn print(&mut self, point: &SweepPoint) -> Result<(), Halt> {
        if point.count == 0 || !self.printed.insert(place(point)) {
            return Ok(());
        }
        let Some(record) = Record::new(self.sweep, &self.settings, point) else { return Ok(()) };
        self.lines.line(&record, || {
            let Record { curve, score, unit, multiplier, value, low, high, count, .. } = &record;
            let set = if record.set.is_empty() { String::new() } else { format!(" on {}", record.set) };
            format!(
                "{curve}{set}, {score} at {multiplier}: {value:.3} {unit} ({low:.3} to {high:.3}), N = {count}"
            )
        })
    }

    /// Prints what was measured and the file, and says how the sweep has ended.
    pub(crate) fn conclude(mut self, door: &mut Door, end: End) -> Result<(), Halt> {
        self.catch_up(door)?;
        if matches!(end, End::Paused | End::Failed(_)) {
            return conclude(door, self.job, end);
        }
        let out = number(door, self.job)?.out;
        if let Some(failure) = out.as_ref().and_then(|out| out.failure.as_ref()) {
            let message = format!(
                "the sweep is in the store, and its file could not be written: {}",
                sentence(failure)
            );
            return Err(Halt::Failed(message));
        }
        let expected = self.settings.expected() as u32;
        let points = self.printed.len();
        let line =
            LastLine { sweep: self.sweep, job: self.job, points, expected, out: out.map(|out| out.path) };
        self.lines.line(&line, || {
            let out = line.out.as_ref().map(|out| format!(", written to {out}")).unwrap_or_default();
            format!("sweep {}: {points} of {expected} points{out}", line.sweep)
        })?;
        conclude(door, self.job, end)
    }
}

fn place(point: &SweepPoint) -> Place {
    (point.arm, point.set, point.score, point.multiplier.to_bits())
}

impl Follower for Points<'_> {
    fn hear(&mut self, event: &Event) -> Result<(), Halt> {
        match event {
            Event::SweepPoints { sweep, points } if *sweep == self.sweep => {
                points.iter().try_for_each(|point| self.print(point))
            }
            _ => Ok(()),
        }
    }

    fn catch_up(&mut self, door: &mut Door) -> Result<(), Halt> {
        let overview = door.watch()?;
        let Some(sweep) = overview.sweeps.iter().find(|sweep| sweep.id == self.sweep) else { return Ok(()) };
        sweep
            .settings
            .curves()
            .into_iter()
            .try_for_each(|curve| sweep.curve(curve).iter().try_for_each(|point| self.print(point)))
    }
}
