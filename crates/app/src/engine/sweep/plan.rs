//! Orders the measurements of a sweep. Quick kinds come first, and arms with the same prompts follow one another, so
//! that the activations below their vectors are computed once.

use ipc::sweep::{Curve, SweepPoint, SweepSettings};

use super::kind::Kind;

/// One kind of measurement of one arm on one set, with the scores that are read from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    pub(super) kind: Kind,
    pub(super) arm: u32,
    pub(super) set: Option<u32>,
    /// The scores, as indices into the settings.
    pub(super) scores: Vec<u32>,
}

impl Task {
    /// Returns a point of one of the scores, without numbers.
    pub(super) fn place(&self, score: u32) -> SweepPoint {
        SweepPoint {
            arm: self.arm,
            set: self.set,
            score,
            multiplier: 0.0,
            value: 0.0,
            low: 0.0,
            high: 0.0,
            count: 0,
            missing: 0,
        }
    }
}

/// Returns all tasks of a sweep, in order.
pub(super) fn tasks(settings: &SweepSettings) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for Curve { arm, set, score } in settings.curves() {
        let measured = settings.score_on(score, set);
        let Some(kind) = measured.as_deref().and_then(Kind::from_score) else { continue };
        match tasks.iter_mut().find(|task| task.kind == kind && (task.arm, task.set) == (arm, set)) {
            Some(task) => task.scores.push(score),
            None => tasks.push(Task { kind, arm, set, scores: vec![score] }),
        }
    }
    let prompting = |task: &Task| {
        let own = &settings.arms[task.arm as usize].prompting;
        settings.arms.iter().position(|arm| arm.prompting == *own)
    };
    tasks.sort_by_key(|task| (task.kind.order(), task.set, prompting(task), task.arm));
    tasks
}

#[cfg(test)]
mod tests {
    use ipc::score::Score;
    use ipc::sweep::{Arm, PromptSet, Prompting};

    use super::*;

    #[test]
    fn scores_of_one_kind_are_measured_together_and_the_quick_ones_first() {
        let list = PromptSet::List { name: "L".into(), prompts: vec!["Why?".into()] };
        let held_out = PromptSet::HeldOut { data_set: 1, name: "D".into() };
        let system = Prompting::System { text: "Be brief.".into() };
        let settings = SweepSettings {
            arms: vec![Arm::vector(1), Arm { prompting: system, ..Arm::default() }, Arm::vector(2)],
            multipliers: vec![0.0, 1.0],
            sets: vec![held_out, list],
            scores: vec![Score::Length, Score::LogOdds, Score::Rating, Score::Repetition, Score::WinShare],
            ..SweepSettings::default()
        };
        let tasks = tasks(&settings);
        let places: Vec<(u8, Option<u32>, u32)> =
            tasks.iter().map(|task| (task.kind.order(), task.set, task.arm)).collect();
        let quick = [(0, Some(0), 0), (0, Some(0), 2), (0, Some(0), 1)];
        assert_eq!(places[..3], quick, "arms that are prompted alike stand together");
        assert_eq!(tasks.len(), 9);
        assert_eq!((tasks[0].scores.as_slice(), tasks[3].scores.as_slice()), (&[1, 4][..], &[0, 3][..]));
    }
}
