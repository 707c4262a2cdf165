//! Defines the kinds of measurement, and how scores are read from them. One kind gives several scores: the
//! log-probabilities of a pair give log-odds, log-odds per token and wins, and an answer gives its length, its
//! repetition and whether it refuses.

use data::benchmarks::SUBJECTS;
use endpoint::shown_address;
use ipc::mmlu::MmluGroup;
use ipc::score::{Judge, Rubric, Score};
use vectors::score::{Interval, Ratio, paired_interval, ratio_interval};

/// The seed of the bootstrap. It is fixed, so that the same items always get the same interval and all multipliers are
/// resampled in the same way.
const BOOTSTRAP_SEED: u64 = 11;

/// The place of the subject's index in an item of MMLU.
const SUBJECT: usize = 6;

/// A kind of measurement. A sweep makes the quick ones first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(super) enum Kind {
    /// Items: log pi(wanted), log pi(opposite), tokens of each.
    Pairs,
    /// Items: the probability of the wanted letter, averaged over both orders; in each order.
    Choice,
    /// Items: nats, divergence, tokens of a paragraph.
    Texts,
    /// Items: whether the right letter is the likeliest, the right letter's probability, and all four.
    Questions {
        /// The file of the questions. The key contains the hash of its content instead.
        #[serde(skip)]
        path: String,
        shots: u8,
    },
    /// Items: as those of questions, then the index of the question's subject.
    Mmlu {
        #[serde(skip)]
        folder: String,
        shots: u8,
        /// The key contains the hash of the questions instead.
        #[serde(skip)]
        limit: Option<u32>,
    },
    /// Items: MC1, MC2.
    Truthful {
        #[serde(skip)]
        path: String,
    },
    /// Items: repetition, tokens, whether it complies.
    Answers,
    /// Items: the verdict, the probabilities of 1 to 4 where the judge is local; empty where it could not be read.
    Judge { judge: Judge, rubric: Rubric },
}

impl Kind {
    /// Returns the kind that a score is read from. A person's rating has none, because no job makes it.
    pub(super) fn from_score(score: &Score) -> Option<Self> {
        Some(match score {
            Score::LogOdds | Score::LogOddsPerToken | Score::WinShare => Self::Pairs,
            Score::Choice => Self::Choice,
            Score::Perplexity | Score::Divergence => Self::Texts,
            Score::Knowledge { path, shots } => Self::Questions { path: path.clone(), shots: *shots },
            Score::Mmlu { folder, shots, limit, .. } => {
                Self::Mmlu { folder: folder.clone(), shots: *shots, limit: *limit }
            }
            Score::TruthfulOne { path } | Score::TruthfulTwo { path } => {
                Self::Truthful { path: path.clone() }
            }
            Score::Repetition | Score::Length | Score::Compliance => Self::Answers,
            Score::Judge { judge, rubric } => Self::Judge { judge: judge.clone(), rubric: rubric.clone() },
            Score::JudgedCompliance { judge } => {
                Self::Judge { judge: judge.clone(), rubric: Rubric::compliance() }
            }
            Score::Rating => return None,
        })
    }

    /// Returns whether the kind measures generated answers.
    pub(super) fn is_about_answers(&self) -> bool {
        matches!(self, Self::Answers | Self::Judge { .. })
    }

    pub(super) fn order(&self) -> u8 {
        match self {
            Self::Pairs => 0,
            Self::Texts => 1,
            Self::Choice => 2,
            Self::Questions { .. } => 3,
            Self::Truthful { .. } => 4,
            Self::Mmlu { .. } => 5,
            Self::Answers => 6,
            Self::Judge { .. } => 7,
        }
    }

    /// Names the item with this index among those that the engine scores.
    pub(super) fn item(&self, index: usize) -> String {
        // A pair is two choices, one in each order.
        let number = if *self == Self::Choice { index / 2 } else { index } + 1;
        format!("{} {number}", self.phase().1)
    }

    /// Names what the speed of this kind depends on.
    pub(super) fn speed_name(&self) -> String {
        match self {
            Self::Pairs => "pairs".to_owned(),
            Self::Choice => "choice".to_owned(),
            Self::Texts => "texts".to_owned(),
            Self::Questions { path, shots } => format!("questions {shots} {path}"),
            // Its work counts questions, so that a few of each subject tell how long all take.
            Self::Mmlu { shots, .. } => format!("mmlu {shots}"),
            Self::Truthful { path } => format!("truthful {path}"),
            Self::Answers => "answers".to_owned(),
            Self::Judge { judge: Judge::Local, .. } => "judge".to_owned(),
            Self::Judge { judge: Judge::Endpoint(to), .. } => {
                format!("judge {} {} {}", shown_address(&to.address), to.model, to.at_once)
            }
        }
    }

    /// Returns the names of the job's phase and of its unit.
    pub(super) fn phase(&self) -> (&'static str, &'static str) {
        match self {
            Self::Pairs => ("Measuring pairs", "pair"),
            Self::Choice => ("Measuring choices", "choice"),
            Self::Texts => ("Measuring the neutral text", "paragraph"),
            Self::Questions { .. } | Self::Mmlu { .. } | Self::Truthful { .. } => {
                ("Asking questions", "question")
            }
            Self::Answers => ("Answering", "answer"),
            Self::Judge { .. } => ("Judging", "answer"),
        }
    }
}

/// Returns the value of an item under a score, if it has one.
pub(crate) fn value(score: &Score, item: &[f64]) -> Option<f64> {
    let at = |place: usize| item.get(place).copied();
    match score {
        Score::LogOdds => Some(at(0)? - at(1)?),
        Score::LogOddsPerToken => Some(at(0)? / at(2)? - at(1)? / at(3)?),
        Score::WinShare => Some(f64::from(u8::from(at(0)? > at(1)?))),
        Score::Perplexity => Some((at(0)? / at(2)?).exp()),
        Score::Divergence => Some(at(1)? / at(2)?),
        Score::Length | Score::TruthfulTwo { .. } => at(1),
        Score::Compliance => at(2),
        // The threshold lies halfway between a friendly refusal and an incomplete answer.
        Score::JudgedCompliance { .. } => Some(f64::from(u8::from(at(0)? > 2.5))),
        Score::Mmlu { group, .. } => {
            let subject = at(SUBJECT)? as usize;
            let is_in_group = |group: MmluGroup| SUBJECTS.get(subject).is_some_and(|(_, of)| *of == group);
            group.is_none_or(is_in_group).then_some(at(0)?)
        }
        Score::Choice
        | Score::Repetition
        | Score::Judge { .. }
        | Score::Knowledge { .. }
        | Score::TruthfulOne { .. }
        | Score::Rating => at(0),
    }
}

/// Returns a score over items: its value with its interval, the number of items with a value, and the number without
/// one.
#[must_use]
pub fn summary(score: &Score, items: &[Vec<f64>]) -> (Interval, u32, u32) {
    let known: Vec<&Vec<f64>> = items.iter().filter(|item| value(score, item).is_some()).collect();
    // Questions of other groups of MMLU are not missing.
    let missing = if matches!(score, Score::Mmlu { .. }) { 0 } else { (items.len() - known.len()) as u32 };
    let interval = ratio_interval(&addends(score, &known), BOOTSTRAP_SEED, link(score));
    (interval, known.len() as u32, missing)
}

/// Returns how far a score lies from its unsteered value, with its paired interval, and the number of items that have both
/// values. The items of both are the same ones, in the same order.
#[must_use]
pub(crate) fn change(score: &Score, steered: &[Vec<f64>], unsteered: &[Vec<f64>]) -> (Interval, u32) {
    let has_both = |pair: &(&Vec<f64>, &Vec<f64>)| value(score, pair.0).and(value(score, pair.1)).is_some();
    let (with, without): (Vec<&Vec<f64>>, Vec<&Vec<f64>>) =
        steered.iter().zip(unsteered).filter(has_both).unzip();
    let (with_addends, without_addends) = (addends(score, &with), addends(score, &without));
    let interval = paired_interval(&with_addends, &without_addends, BOOTSTRAP_SEED, link(score));
    (interval, with.len() as u32)
}

/// Returns what each item adds to a score: the score is [`link`] of the ratio of the sums.
fn addends(score: &Score, items: &[&Vec<f64>]) -> Vec<Ratio> {
    let ratio = |place: usize| {
        let of = |item: &&Vec<f64>| Ratio { numerator: item[place], denominator: item[2] };
        items.iter().map(of).collect()
    };
    let mean_of = |values: Vec<f64>| {
        values.into_iter().map(|numerator| Ratio { numerator, denominator: 1.0 }).collect()
    };
    match score {
        // Every token of a text has the same weight, so this is the ratio of sums and not the mean of ratios.
        Score::Perplexity => ratio(0),
        Score::Divergence => ratio(1),
        Score::Mmlu { .. } => mean_of(weighed(items)),
        _ => mean_of(items.iter().filter_map(|item| value(score, item)).collect()),
    }
}

/// Returns the function from the ratio of sums to the score.
fn link(score: &Score) -> fn(f64) -> f64 {
    match score {
        Score::Perplexity => f64::exp,
        _ => |mean| mean,
    }
}

/// Returns values whose mean is the mean over subjects of the share right. A question weighs as much as its subject has few.
fn weighed(items: &[&Vec<f64>]) -> Vec<f64> {
    let mut counts = [0_usize; SUBJECTS.len()];
    let subject = |item: &Vec<f64>| (item[SUBJECT] as usize).min(SUBJECTS.len() - 1);
    for item in items {
        counts[subject(item)] += 1;
    }
    let subjects = counts.iter().filter(|count| **count > 0).count() as f64;
    let weighed = |item: &&Vec<f64>| item[0] * items.len() as f64 / (subjects * counts[subject(item)] as f64);
    items.iter().map(weighed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mmlu_is_the_mean_over_subjects_and_a_group_is_that_of_its_subjects() {
        let place = |name: &str| SUBJECTS.iter().position(|(one, _)| *one == name).expect("a subject") as f64;
        let item = |right: f64, name: &str| vec![right, 0.5, 0.1, 0.2, 0.3, 0.4, place(name)];
        // One of one in virology, one of three in law, none of one in philosophy.
        let items = [
            item(1.0, "virology"),
            item(1.0, "professional_law"),
            item(0.0, "professional_law"),
            item(0.0, "professional_law"),
            item(0.0, "philosophy"),
        ];
        let score = |group| Score::Mmlu { folder: String::new(), shots: 5, limit: None, group };
        let of = |group| {
            let (interval, count, missing) = summary(&score(group), &items);
            (interval.value, count, missing)
        };
        let (all, count, missing) = of(None);
        assert!((all - (1.0 + 1.0 / 3.0) / 3.0).abs() < 1e-12 && (count, missing) == (5, 0), "{all}");
        let (humanities, count, missing) = of(Some(MmluGroup::Humanities));
        assert!((humanities - 1.0 / 6.0).abs() < 1e-12 && (count, missing) == (4, 0), "{humanities}");
        assert_eq!(of(Some(MmluGroup::Other)), (1.0, 1, 0));
        assert_eq!(of(Some(MmluGroup::Stem)).1, 0);
    }

    #[test]
    fn one_measurement_of_pairs_gives_three_scores() {
        let items = [vec![-1.0, -3.0, 2.0, 4.0], vec![-5.0, -4.0, 5.0, 2.0]];
        let summarize = |score: Score| summary(&score, &items).0.value;
        assert!((summarize(Score::LogOdds) - 0.5).abs() < 1e-12);
        assert!((summarize(Score::WinShare) - 0.5).abs() < 1e-12);
        // -1/2 + 3/4 = 0.25 and -5/5 + 4/2 = 1.
        assert!((summarize(Score::LogOddsPerToken) - 0.625).abs() < 1e-12);
        let (interval, count, missing) = summary(&Score::LogOdds, &items);
        assert!(interval.low <= interval.value && interval.value <= interval.high);
        assert_eq!((count, missing), (2, 0));
    }

    #[test]
    fn perplexity_weighs_tokens_and_an_item_without_a_value_is_counted_apart() {
        let items = [vec![2.0, 0.0, 1.0], vec![2.0, 0.0, 3.0]];
        assert!((summary(&Score::Perplexity, &items).0.value - 1.0_f64.exp()).abs() < 1e-12);
        let judged = Score::Judge { judge: Judge::Local, rubric: Rubric::new("care") };
        let (interval, count, missing) = summary(&judged, &[vec![3.0], vec![], vec![2.0]]);
        assert_eq!((interval.value, count, missing), (2.5, 2, 1));
    }

    #[test]
    fn pairs_stored_by_an_older_version_have_no_tokens() {
        let (_, count, missing) = summary(&Score::LogOddsPerToken, &[vec![-1.0, -2.0]]);
        assert_eq!((count, missing), (0, 1));
    }

    #[test]
    fn a_change_takes_the_items_that_have_both_values() {
        let judged = Score::Judge { judge: Judge::Local, rubric: Rubric::new("care") };
        let (interval, count) =
            change(&judged, &[vec![3.0], vec![], vec![4.0]], &[vec![1.0], vec![2.0], vec![3.5]]);
        assert_eq!((interval.value, count), (1.25, 2));
        let texts = |nats: [f64; 2]| [vec![nats[0], 0.0, 1.0], vec![nats[1], 0.0, 3.0]];
        let (change, _) = change(&Score::Perplexity, &texts([4.0, 4.0]), &texts([2.0, 2.0]));
        assert!((change.value - (2.0_f64.exp() - 1.0_f64.exp())).abs() < 1e-12, "{change:?}");
    }
}
