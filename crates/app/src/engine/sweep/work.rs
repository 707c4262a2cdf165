//! Counts the work of a sweep, in the units that its speeds are measured in: the texts' characters where pairs are read, the
//! tokens where answers are written, and the answers where they are judged.

use ipc::data::PairContent;
use ipc::mmlu::{MMLU_QUESTIONS, MMLU_SUBJECTS};
use ipc::sweep::SweepSettings;

use super::kind::Kind;
use super::plan::Task;

/// Returns the work of a kind of measurement at one multiplier over the items of a set. A text or a file of questions counts as
/// one.
pub(super) fn amount(kind: &Kind, items: &[PairContent], settings: &SweepSettings, set: Option<u32>) -> f64 {
    let answers = settings.answered(set, items.len()) as f64;
    match kind {
        Kind::Pairs | Kind::Choice => items.iter().map(characters).sum(),
        Kind::Mmlu { limit, .. } => f64::from(mmlu_questions(*limit)),
        Kind::Texts | Kind::Questions { .. } | Kind::Truthful { .. } => 1.0,
        Kind::Answers => answers * f64::from(settings.generation.max_new_tokens),
        Kind::Judge { .. } => answers,
    }
}

/// Returns about how many questions MMLU has with a limit for each subject. A subject has at least a hundred.
fn mmlu_questions(limit: Option<u32>) -> u32 {
    limit.map_or(MMLU_QUESTIONS, |limit| limit.saturating_mul(MMLU_SUBJECTS).min(MMLU_QUESTIONS))
}

fn characters(pair: &PairContent) -> f64 {
    let turns = pair.turns.iter().map(|turn| turn.text.len()).sum::<usize>();
    (pair.prompt.len() + pair.wanted.len() + pair.opposite.len() + turns) as f64
}

/// Returns the work of each task at its missing multipliers. What is answered before it is judged counts where it is judged
/// first.
pub(super) fn of_tasks(
    settings: &SweepSettings,
    tasks: &[Task],
    sets: &[&[PairContent]],
    is_missing: impl Fn(&Task, f64) -> bool,
) -> Vec<Vec<(Kind, f64)>> {
    let of = |(at, task): (usize, &Task)| {
        let (before, items) = (&tasks[..at], task.set.map_or(&[][..], |set| sets[set as usize]));
        let count = |multiplier: &&f64| {
            is_missing(task, **multiplier) && !is_measured_before(settings, before, task, **multiplier)
        };
        let missing = settings.multipliers_of(task.arm).iter().filter(count).count() as f64;
        let work = |kind: &Kind| (kind.clone(), missing * amount(kind, items, settings, task.set));
        let are_answered =
            |one: &Task| one.kind.is_about_answers() && (one.arm, one.set) == (task.arm, task.set);
        let is_judge = matches!(task.kind, Kind::Judge { .. });
        let answers = (is_judge && !before.iter().any(are_answered)).then(|| work(&Kind::Answers));
        answers.into_iter().chain([work(&task.kind)]).collect()
    };
    tasks.iter().enumerate().map(of).collect()
}

/// Returns whether an earlier task measures the same: the unsteered model under the same prompt.
fn is_measured_before(settings: &SweepSettings, before: &[Task], task: &Task, multiplier: f64) -> bool {
    let arm = |task: &Task| &settings.arms[task.arm as usize];
    let is_unsteered = |task: &Task| multiplier == 0.0 && arm(task).terms.iter().all(|term| !term.fixed);
    let is_same = |one: &Task| {
        (&one.kind, one.set) == (&task.kind, task.set)
            && arm(one).prompting == arm(task).prompting
            && is_unsteered(one)
    };
    is_unsteered(task) && before.iter().any(is_same)
}

#[cfg(test)]
mod tests {
    use ipc::score::{Judge, Rubric, Score};
    use ipc::sweep::{Arm, Generation, PromptSet};

    use super::super::plan;
    use super::*;

    fn settings(scores: Vec<Score>) -> SweepSettings {
        SweepSettings {
            arms: vec![Arm::vector(1), Arm::vector(2)],
            multipliers: vec![-1.0, 0.0, 1.0],
            sets: vec![PromptSet::HeldOut { data_set: 1, name: "D".into() }],
            scores,
            generation: Generation { max_new_tokens: 10, ..Generation::default() },
            limit: Some(2),
            ..SweepSettings::default()
        }
    }

    fn total(settings: &SweepSettings, kind: &Kind) -> f64 {
        let pair = PairContent { prompt: "Why?".into(), wanted: "Yes.".into(), ..PairContent::default() };
        let items = [pair.clone(), pair.clone(), pair];
        let work = of_tasks(settings, &plan::tasks(settings), &[&items], |_, _| true);
        work.iter().flatten().filter(|(of, _)| of == kind).map(|(_, work)| work).sum()
    }

    #[test]
    fn a_limit_cuts_answers_alone_and_the_unsteered_model_is_measured_once() {
        let settings = settings(vec![Score::LogOdds, Score::Length, Score::Perplexity]);
        // The second vector is measured at two multipliers, because the unsteered model is known by then.
        assert!((total(&settings, &Kind::Pairs) - 5.0 * 3.0 * 8.0).abs() < 1e-9);
        assert!((total(&settings, &Kind::Answers) - 5.0 * 2.0 * 10.0).abs() < 1e-9);
        assert!((total(&settings, &Kind::Texts) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_judged_is_answered_once() {
        let judge = || Score::Judge { judge: Judge::Local, rubric: Rubric::new("care") };
        let judged = Kind::from_score(&judge()).expect("a judge's kind");
        for scores in [vec![judge()], vec![Score::Length, judge()]] {
            let settings = settings(scores);
            assert!((total(&settings, &Kind::Answers) - 100.0).abs() < 1e-9);
            assert!((total(&settings, &judged) - 10.0).abs() < 1e-9);
        }
    }
}
