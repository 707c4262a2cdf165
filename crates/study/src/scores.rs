//! Turns the scores of a plan into those of a sweep, and back.

use std::path::Path;

use ipc::score::{Judge, Rubric, Score};

use crate::plan::{ScoreKind, ScorePlan};

impl ScoreKind {
    /// Returns its name in a plan.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Preference => "preference",
            Self::PreferencePerToken => "preference-per-token",
            Self::WinRate => "win-rate",
            Self::Choice => "choice",
            Self::Perplexity => "perplexity",
            Self::Divergence => "divergence",
            Self::Repetition => "repetition",
            Self::Length => "length",
            Self::AttackSuccess => "attack-success",
            Self::AttackSuccessJudged => "attack-success-judged",
            Self::Judge => "judge",
            Self::Knowledge => "knowledge",
            Self::Mmlu => "mmlu",
            Self::TruthfulqaMc1 => "truthfulqa-mc1",
            Self::TruthfulqaMc2 => "truthfulqa-mc2",
        }
    }

    /// Returns whether it is measured on a text or on questions of its own, and not on the study's sets.
    #[must_use]
    pub fn is_of_its_own_text(self) -> bool {
        matches!(
            self,
            Self::Perplexity
                | Self::Divergence
                | Self::Knowledge
                | Self::Mmlu
                | Self::TruthfulqaMc1
                | Self::TruthfulqaMc2
        )
    }
}

impl ScorePlan {
    /// Makes a score without anything else.
    #[must_use]
    pub fn plain(score: ScoreKind) -> Self {
        Self { score, file: None, shots: None, limit: None, group: None, endpoint: None, rubric: None }
    }

    /// Returns whether it cannot be measured without a file.
    pub(crate) fn needs_file(&self) -> bool {
        matches!(self.score, ScoreKind::Mmlu | ScoreKind::TruthfulqaMc1 | ScoreKind::TruthfulqaMc2)
    }

    /// Returns a key that is given and that this score does not read.
    pub(crate) fn unread_key(&self) -> Option<&'static str> {
        let is_mmlu = self.score == ScoreKind::Mmlu;
        let is_judged = matches!(self.score, ScoreKind::Judge | ScoreKind::AttackSuccessJudged);
        let asks = is_mmlu || self.score == ScoreKind::Knowledge;
        let keys = [
            ("file", self.file.is_some() && !asks && !self.needs_file()),
            ("shots", self.shots.is_some() && !asks),
            ("limit", self.limit.is_some() && !is_mmlu),
            ("group", self.group.is_some() && !is_mmlu),
            ("endpoint", self.endpoint.is_some() && !is_judged),
            ("rubric", self.rubric.is_some() && self.score != ScoreKind::Judge),
        ];
        keys.into_iter().find(|(_, is_unread)| *is_unread).map(|(key, _)| key)
    }

    /// Returns the score of a sweep. Files are looked for from `folder`; `usual` is the rubric of a judge without one.
    #[must_use]
    pub fn score(&self, folder: &Path, usual: &Rubric) -> Score {
        let path = || {
            let file = self.file.as_ref().map(|file| folder.join(file));
            file.map(|file| file.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let judge = || self.endpoint.clone().map_or(Judge::Local, Judge::Endpoint);
        match self.score {
            ScoreKind::Preference => Score::LogOdds,
            ScoreKind::PreferencePerToken => Score::LogOddsPerToken,
            ScoreKind::WinRate => Score::WinShare,
            ScoreKind::Choice => Score::Choice,
            ScoreKind::Perplexity => Score::Perplexity,
            ScoreKind::Divergence => Score::Divergence,
            ScoreKind::Repetition => Score::Repetition,
            ScoreKind::Length => Score::Length,
            ScoreKind::AttackSuccess => Score::Compliance,
            ScoreKind::AttackSuccessJudged => Score::JudgedCompliance { judge: judge() },
            ScoreKind::Judge => {
                let rubric = self.rubric.clone().unwrap_or_else(|| usual.clone());
                Score::Judge { judge: judge(), rubric }
            }
            ScoreKind::Knowledge => Score::Knowledge { path: path(), shots: self.shots.unwrap_or(0) },
            ScoreKind::Mmlu => Score::Mmlu {
                folder: path(),
                shots: self.shots.unwrap_or(0),
                limit: self.limit,
                group: self.group,
            },
            ScoreKind::TruthfulqaMc1 => Score::TruthfulOne { path: path() },
            ScoreKind::TruthfulqaMc2 => Score::TruthfulTwo { path: path() },
        }
    }

    /// Returns the score of a plan that is measured like one of a sweep. `None` for a person's rating.
    #[must_use]
    pub fn of(score: &Score) -> Option<Self> {
        let plain = Self::plain;
        let file = |path: &String| Some(path.into()).filter(|_| !path.is_empty());
        let endpoint = |judge: &Judge| match judge {
            Judge::Local => None,
            Judge::Endpoint(endpoint) => Some(endpoint.clone()),
        };
        Some(match score {
            Score::LogOdds => plain(ScoreKind::Preference),
            Score::LogOddsPerToken => plain(ScoreKind::PreferencePerToken),
            Score::WinShare => plain(ScoreKind::WinRate),
            Score::Choice => plain(ScoreKind::Choice),
            Score::Perplexity => plain(ScoreKind::Perplexity),
            Score::Divergence => plain(ScoreKind::Divergence),
            Score::Repetition => plain(ScoreKind::Repetition),
            Score::Length => plain(ScoreKind::Length),
            Score::Compliance => plain(ScoreKind::AttackSuccess),
            Score::JudgedCompliance { judge } => {
                Self { endpoint: endpoint(judge), ..plain(ScoreKind::AttackSuccessJudged) }
            }
            Score::Judge { judge, rubric } => {
                Self { endpoint: endpoint(judge), rubric: Some(rubric.clone()), ..plain(ScoreKind::Judge) }
            }
            Score::Knowledge { path, shots } => {
                Self { file: file(path), shots: Some(*shots), ..plain(ScoreKind::Knowledge) }
            }
            Score::Mmlu { folder, shots, limit, group } => Self {
                file: file(folder),
                shots: Some(*shots),
                limit: *limit,
                group: *group,
                ..plain(ScoreKind::Mmlu)
            },
            Score::TruthfulOne { path } => Self { file: file(path), ..plain(ScoreKind::TruthfulqaMc1) },
            Score::TruthfulTwo { path } => Self { file: file(path), ..plain(ScoreKind::TruthfulqaMc2) },
            Score::Rating => return None,
        })
    }
}
