//! The settings of a sweep: what is compared, on what, by which scores, and which curves that makes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Arm, Prompting};
use crate::Id;
use crate::score::{Needs, Rubric, Score};
use crate::steering::{GateAt, SteeringTerm};

/// The settings of a sweep.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SweepSettings {
    /// The arms to compare. Each has a curve.
    pub arms: Vec<Arm>,
    /// The multipliers, ascending, including 0.
    pub multipliers: Vec<f64>,
    /// The data that the scores are measured on.
    pub sets: Vec<PromptSet>,
    /// The scores to measure.
    pub scores: Vec<Score>,
    /// The settings of generation, for scores that need answers.
    pub generation: Generation,
    /// The text that is appended to every prompt.
    #[serde(default)]
    pub suffix: String,
    /// The number of prompts of each set that are answered, the first ones. Preference is measured on all pairs.
    #[serde(default)]
    pub limit: Option<u32>,
    /// The rubrics of the sets that are not judged by the judge's own rubric, by the set's index.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rubrics: BTreeMap<u32, Rubric>,
    /// The suffixes of the sets that have some, by the set's index: each prompt is measured with each, after a blank.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub suffixes: BTreeMap<u32, Vec<String>>,
    /// The seed that draws worked examples from the training pairs. `None` takes the first pairs, as sweeps did at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples_seed: Option<u64>,
}

/// The data that a score is measured on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "set")]
pub enum PromptSet {
    /// The held-out pairs of a data set.
    HeldOut {
        /// The data set.
        data_set: Id,
        /// The name at the time of the measurement.
        name: String,
    },
    /// Prompts without answers.
    List {
        /// The name.
        name: String,
        /// The prompts.
        prompts: Vec<String>,
    },
    /// Answers that were given elsewhere, to be judged. Nothing is generated for them.
    Answers {
        /// The name.
        name: String,
        /// The prompts.
        prompts: Vec<String>,
        /// The answer to each prompt.
        answers: Vec<String>,
    },
}

/// The settings of generation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The maximum number of tokens of an answer.
    pub max_new_tokens: u32,
    /// The sampling temperature. 0 is greedy.
    pub temperature: f64,
    /// The seed of the sampler. A prompt has the same random draws at every multiplier.
    pub seed: u64,
}

impl Default for Generation {
    /// Greedy, as in the BiPO paper's evaluation, but shorter than its 200 tokens.
    fn default() -> Self {
        Self { max_new_tokens: 64, temperature: 0.0, seed: 7 }
    }
}

/// A curve of a sweep, as indices into its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Curve {
    /// The index of the arm.
    pub arm: u32,
    /// The index of the set. `None` for a score with its own text or questions.
    pub set: Option<u32>,
    /// The index of the score.
    pub score: u32,
}

impl SweepSettings {
    /// Returns every curve of the sweep: each arm with each score on each applicable set. An arm without vectors has no
    /// curve on a text without a prompt.
    #[must_use]
    pub fn curves(&self) -> Vec<Curve> {
        let mut curves = Vec::new();
        for (score, kind) in (0_u32..).zip(&self.scores) {
            let sets: Vec<Option<u32>> = match kind.needs() {
                Needs::Nothing => vec![None],
                Needs::Answers => (0..self.sets.len() as u32).map(Some).collect(),
                Needs::Pairs => (0_u32..)
                    .zip(&self.sets)
                    .filter(|(_, set)| set.data_set().is_some())
                    .map(|(place, _)| Some(place))
                    .collect(),
            };
            let has_prompt = !matches!(kind, Score::Perplexity | Score::Divergence);
            for set in sets {
                let has_curve = |(_, arm): &(u32, &Arm)| {
                    (has_prompt || !arm.terms.is_empty()) && set.is_none_or(|set| arm.is_measured_on(set))
                };
                let arms = (0_u32..).zip(&self.arms).filter(has_curve);
                curves.extend(arms.map(|(arm, _)| Curve { arm, set, score }));
            }
        }
        curves
    }

    /// Returns a score as it is measured on a set: a judge goes by the set's rubric. `None` where there is no such score.
    #[must_use]
    pub fn score_on(&self, score: u32, set: Option<u32>) -> Option<Cow<'_, Score>> {
        let score = self.scores.get(score as usize)?;
        let own = set.and_then(|set| self.rubrics.get(&set));
        Some(match (score, own) {
            (Score::Judge { judge, .. }, Some(rubric)) => {
                Cow::Owned(Score::Judge { judge: judge.clone(), rubric: rubric.clone() })
            }
            _ => Cow::Borrowed(score),
        })
    }

    /// Returns the suffixes of a set. A set without any has one: that of all sets, which is mostly empty.
    #[must_use]
    pub fn suffixes_of(&self, set: u32) -> Vec<String> {
        match self.suffixes.get(&set) {
            Some(own) if !own.is_empty() => own.iter().map(|suffix| format!(" {suffix}")).collect(),
            _ => vec![self.suffix.clone()],
        }
    }

    /// Returns the number of a set's items that are answered: the limit counts prompts, and each prompt is an item with each
    /// suffix.
    #[must_use]
    pub fn answered(&self, set: Option<u32>, items: usize) -> usize {
        let suffixes = set.map_or(1, |set| self.suffixes_of(set).len());
        self.limit.map_or(items, |limit| items.min((limit as usize).saturating_mul(suffixes)))
    }

    /// Returns the place of the set whose training pairs are the worked examples before prompts of a list, and before
    /// questions, which have no training pairs of their own: the first data set's.
    #[must_use]
    pub fn example_set(&self) -> Option<u32> {
        self.sets.iter().position(|set| set.data_set().is_some()).map(|place| place as u32)
    }

    /// Returns the different scores of all curves, as they are measured.
    #[must_use]
    pub fn measured_scores(&self) -> Vec<Cow<'_, Score>> {
        let mut all = Vec::new();
        for curve in self.curves() {
            if let Some(score) = self.score_on(curve.score, curve.set).filter(|score| !all.contains(score)) {
                all.push(score);
            }
        }
        all
    }

    /// Returns the multipliers of an arm: only 0 for an arm that does not depend on the multiplier.
    #[must_use]
    pub fn multipliers_of(&self, arm: u32) -> Vec<f64> {
        if self.arms.get(arm as usize).is_some_and(Arm::moves) { self.multipliers.clone() } else { vec![0.0] }
    }

    /// Returns the curve whose multiplier 0 is the unsteered model for a curve: the curve itself, or for an arm that does not depend
    /// on the multiplier, that of the first vector by itself on the same set. `None` if there is no such vector.
    #[must_use]
    pub fn unsteered(&self, curve: Curve) -> Option<Curve> {
        if self.arms.get(curve.arm as usize)?.moves() {
            return Some(curve);
        }
        let is_measured = |arm: &Arm| curve.set.is_none_or(|set| arm.is_measured_on(set));
        let is_plain = |arm: &Arm| {
            arm.moves() && arm.prompting == Prompting::AsTrained && !arm.terms.iter().any(|term| term.fixed)
        };
        let first = self.arms.iter().position(|arm| is_plain(arm) && is_measured(arm))?;
        Some(Curve { arm: first as u32, ..curve })
    }

    /// Returns the number of points of the complete sweep. Points of a person's ratings do not count.
    #[must_use]
    pub fn expected(&self) -> usize {
        let counted = |curve: &&Curve| self.scores[curve.score as usize] != Score::Rating;
        self.curves().iter().filter(counted).map(|curve| self.multipliers_of(curve.arm).len()).sum()
    }

    /// Returns whether every arm with vectors uses this one, so that the sweep is empty without it.
    #[must_use]
    pub fn is_only_of(&self, vector: Id) -> bool {
        let mut steered = self.arms.iter().filter(|arm| !arm.terms.is_empty()).peekable();
        steered.peek().is_some() && steered.all(|arm| arm.terms.iter().any(|term| term.vector == vector))
    }

    /// Returns an arm with a gate that is decided at the prompt, and a score of plain texts, which have none: they cannot be measured
    /// together.
    #[must_use]
    pub fn gate_without_prompt(&self) -> Option<(&Arm, &Score)> {
        let is_at_prompt = |term: &SteeringTerm| term.gate.is_some_and(|gate| gate.gate.at == GateAt::Prompt);
        let arm = self.arms.iter().find(|arm| arm.terms.iter().any(is_at_prompt))?;
        let is_on_text = |score: &&Score| matches!(score, Score::Perplexity | Score::Divergence);
        Some((arm, self.scores.iter().find(is_on_text)?))
    }

    /// Returns the largest number of worked examples of all arms.
    #[must_use]
    pub fn shots(&self) -> u32 {
        let count = |arm: &Arm| match arm.prompting {
            Prompting::Shots { count, .. } => count,
            Prompting::AsTrained | Prompting::System { .. } | Prompting::Template { .. } => 0,
        };
        self.arms.iter().map(count).max().unwrap_or(0)
    }
}

impl PromptSet {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::HeldOut { name, .. } | Self::List { name, .. } | Self::Answers { name, .. } => name,
        }
    }

    /// Returns the data set that the held-out pairs belong to.
    #[must_use]
    pub fn data_set(&self) -> Option<Id> {
        match self {
            Self::HeldOut { data_set, .. } => Some(*data_set),
            Self::List { .. } | Self::Answers { .. } => None,
        }
    }

    /// Returns the answers that were given elsewhere, in the order of the prompts. `None` where the model answers.
    #[must_use]
    pub fn given_answers(&self) -> Option<&[String]> {
        match self {
            Self::Answers { answers, .. } => Some(answers),
            Self::HeldOut { .. } | Self::List { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::Judge;

    fn settings() -> SweepSettings {
        SweepSettings {
            arms: vec![Arm::vector(1), Arm::default()],
            multipliers: vec![-1.0, 0.0, 1.0],
            sets: vec![
                PromptSet::HeldOut { data_set: 1, name: "A".into() },
                PromptSet::List { name: "B".into(), prompts: vec!["Why?".into()] },
            ],
            scores: vec![Score::LogOdds, Score::Length, Score::Perplexity],
            ..SweepSettings::default()
        }
    }

    #[test]
    fn a_score_is_measured_on_the_sets_that_it_can_be_measured_on() {
        let settings = settings();
        let of = |score: u32| settings.curves().iter().filter(|curve| curve.score == score).count();
        assert_eq!((of(0), of(1), of(2)), (2, 4, 1));
        // An arm without vectors is the same at every multiplier.
        assert_eq!(settings.expected(), 4 + 8 + 3);
    }

    #[test]
    fn an_arm_can_be_measured_on_some_of_the_sets() {
        let mut settings = settings();
        settings.arms[0].sets = vec![1];
        let on = |set: Option<u32>| {
            settings.curves().iter().filter(|curve| (curve.arm, curve.set) == (0, set)).count()
        };
        // Preference is measured on the data set alone, which is the other set.
        assert_eq!((on(Some(0)), on(Some(1)), on(None)), (0, 1, 1));
        let json = serde_json::to_string(&Arm::default()).expect("JSON");
        assert!(!json.contains("sets"), "an arm on all sets stays what it was: {json}");
    }

    #[test]
    fn each_prompt_is_an_item_with_each_suffix() {
        let own = vec!["!!".to_owned(), "?".to_owned()];
        let settings = SweepSettings {
            suffix: "\nBriefly.".into(),
            suffixes: [(1, own)].into(),
            limit: Some(3),
            ..settings()
        };
        assert_eq!(settings.suffixes_of(0), ["\nBriefly."]);
        assert_eq!(settings.suffixes_of(1), [" !!", " ?"]);
        assert_eq!((settings.answered(Some(0), 10), settings.answered(Some(1), 10)), (3, 6));
        assert_eq!((settings.answered(Some(1), 4), settings.answered(None, 10)), (4, 3));
    }

    #[test]
    fn each_set_is_judged_by_its_own_rubric_and_old_settings_by_the_judges() {
        let score = |behavior: &str| Score::Judge { judge: Judge::Local, rubric: Rubric::new(behavior) };
        let old = SweepSettings { scores: vec![score("care"), Score::Length], ..settings() };
        let json = serde_json::to_string(&old).expect("JSON");
        assert!(
            !json.contains("rubrics"),
            "settings without rubrics of their own stay what they were: {json}"
        );
        assert_eq!(serde_json::from_str::<SweepSettings>(&json).expect("old settings"), old);
        assert_eq!(old.score_on(0, Some(1)).as_deref(), Some(&score("care")));

        let new = SweepSettings { rubrics: [(1, Rubric::new("wit"))].into(), ..old };
        let json = serde_json::to_string(&new).expect("JSON");
        assert_eq!(serde_json::from_str::<SweepSettings>(&json).expect("new settings"), new);
        assert_eq!(new.score_on(0, Some(0)).as_deref(), Some(&score("care")));
        assert_eq!(new.score_on(0, Some(1)).as_deref(), Some(&score("wit")));
        assert_eq!(new.score_on(1, Some(1)).as_deref(), Some(&Score::Length));
        let names: Vec<String> = new.measured_scores().iter().map(|score| score.name()).collect();
        assert_eq!(names, ["Judge: care", "Judge: wit", "Length"]);
    }

    #[test]
    fn a_sweep_outlives_a_vector_that_is_one_of_several() {
        let mut settings = settings();
        assert!(settings.is_only_of(1) && !settings.is_only_of(2));
        settings.arms.push(Arm::vector(2));
        assert!(!settings.is_only_of(1));
    }
}
