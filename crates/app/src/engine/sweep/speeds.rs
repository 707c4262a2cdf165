//! The speed of each kind of measurement on this machine: what a sweep measures while it runs, for the time that a sweep
//! takes. The store remembers them from one sweep to the next.

use std::time::Duration;

use store::models::ModelRow;
use store::settings::{self, SweepSpeed};

use super::kind::Kind;
use crate::Error;
use crate::app_state::AppState;

/// The most speeds that are remembered. Those that were measured longest ago go first.
const MOST: usize = 128;

/// The seconds that a unit of work takes, by the kind of measurement. `work.rs` defines the units.
#[derive(Debug, Default)]
pub(super) struct Speeds {
    /// Names the model, the device and the precision that the speeds belong to.
    machine: String,
    /// All speeds, of other models as well. The one that was measured last stands last.
    all: Vec<SweepSpeed>,
}

impl Speeds {
    /// Reads the speeds that were measured with a model as it is set now.
    pub(super) async fn read(state: &AppState, row: &ModelRow) -> Result<Self, Error> {
        let read = state.store.read();
        let device = settings::read(read, state.project()).await?.device.unwrap_or_default();
        let machine = format!("{} {device} {:?}", row.id, row.precision);
        Ok(Self { machine, all: settings::speeds(read, state.project()).await? })
    }

    /// Stores the speeds for the next sweep.
    pub(super) async fn write(&self, state: &AppState) -> Result<(), Error> {
        let mut db = state.store.begin().await?;
        settings::set_speeds(&mut db, state.project(), &self.all).await?;
        Ok(db.commit().await?)
    }

    /// Notes how long this amount of work has taken. The last speed of a kind counts.
    pub(super) fn note(&mut self, kind: &Kind, work: f64, passed: Duration) {
        if work <= 0.0 {
            return;
        }
        let kind = kind.speed_name();
        self.all.retain(|known| known.machine != self.machine || known.kind != kind);
        let seconds = passed.as_secs_f64() / work;
        self.all.push(SweepSpeed { machine: self.machine.clone(), kind, seconds });
        if self.all.len() > MOST {
            self.all.remove(0);
        }
    }

    /// Returns the seconds that these amounts of work take. `None` while the speed of one of them is not known.
    pub(super) fn seconds<'a>(&self, work: impl IntoIterator<Item = &'a (Kind, f64)>) -> Option<f64> {
        let mut seconds = 0.0;
        for (kind, work) in work.into_iter().filter(|(_, work)| *work > 0.0) {
            let kind = kind.speed_name();
            let known = self.all.iter().find(|known| known.machine == self.machine && known.kind == kind)?;
            seconds += known.seconds * work;
        }
        Some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_known_once_every_kind_that_is_left_was_measured() {
        let mut speeds = Speeds::default();
        assert_eq!(speeds.seconds(&[]), Some(0.0), "nothing is left");
        let left = [(Kind::Pairs, 10.0), (Kind::Answers, 4.0), (Kind::Choice, 0.0)];
        speeds.note(&Kind::Pairs, 5.0, Duration::from_secs(1));
        assert_eq!(speeds.seconds(&left), None, "no answer was timed yet");
        speeds.note(&Kind::Answers, 2.0, Duration::from_secs(6));
        assert_eq!(speeds.seconds(&left), Some(2.0 + 12.0));
        speeds.note(&Kind::Pairs, 5.0, Duration::from_secs(2));
        assert_eq!(speeds.seconds(&left), Some(4.0 + 12.0), "the last speed counts");
        speeds.note(&Kind::Pairs, 0.0, Duration::from_secs(2));
        assert_eq!(speeds.seconds(&left), Some(16.0), "nothing was done, so nothing was measured");
    }

    #[test]
    fn a_speed_is_that_of_one_model_on_one_device() {
        let mut speeds = Speeds { machine: "1 cpu".into(), all: Vec::new() };
        speeds.note(&Kind::Texts, 1.0, Duration::from_secs(3));
        let other = Speeds { machine: "2 cpu".into(), all: speeds.all.clone() };
        assert_eq!(speeds.seconds(&[(Kind::Texts, 2.0)]), Some(6.0));
        assert_eq!(other.seconds(&[(Kind::Texts, 2.0)]), None);
        for layer in 0..2 * MOST {
            speeds.note(&Kind::Truthful { path: layer.to_string() }, 1.0, Duration::from_secs(1));
        }
        assert_eq!(speeds.all.len(), MOST, "they do not grow without end");
    }
}
