//! The fields for MMLU's folder.

use ipc::mmlu::MmluGroup;
use ipc::score::Score;
use leptos::prelude::*;

use crate::t;

/// The fields for MMLU's folder.
#[derive(Clone, Copy)]
pub(super) struct MmluForm {
    pub(super) folder: RwSignal<String>,
    pub(super) is_zero_shot: RwSignal<bool>,
    pub(super) is_five_shot: RwSignal<bool>,
    /// Whether the mean of each group of subjects is a score, too.
    pub(super) by_group: RwSignal<bool>,
    /// The number of questions of each subject; empty for all.
    pub(super) limit: RwSignal<String>,
}

impl MmluForm {
    pub(super) fn new() -> Self {
        Self {
            folder: RwSignal::default(),
            is_zero_shot: RwSignal::new(false),
            is_five_shot: RwSignal::new(false),
            by_group: RwSignal::new(false),
            limit: RwSignal::default(),
        }
    }

    /// Fills the fields in from the scores of a sweep.
    pub(super) fn refill(self, scores: &[Score]) {
        let mut all = scores.iter().filter_map(|score| match score {
            Score::Mmlu { folder, shots, limit, group } => Some((folder, *shots, *limit, *group)),
            _ => None,
        });
        let has_shots = |wanted: u8| {
            scores.iter().any(|score| matches!(score, Score::Mmlu { shots, .. } if *shots == wanted))
        };
        self.is_zero_shot.set(has_shots(0));
        self.is_five_shot.set(has_shots(5));
        self.by_group.set(all.clone().any(|(.., group)| group.is_some()));
        if let Some((folder, _, limit, _)) = all.next() {
            self.folder.set(folder.clone());
            self.limit.set(limit.map(|limit| limit.to_string()).unwrap_or_default());
        }
    }

    /// Returns the number of questions of each subject; the error is a sentence that says what is wrong.
    pub(super) fn read_limit(self) -> Result<Option<u32>, String> {
        match self.limit.get().trim() {
            "" => Ok(None),
            typed => match typed.parse() {
                Ok(limit) if limit > 0 => Ok(Some(limit)),
                _ => Err(t!("sweep-fault-questions", typed = typed.to_owned())),
            },
        }
    }

    /// Returns the scores that are chosen; the error is a sentence that says what is wrong.
    pub(super) fn scores(self) -> Result<Vec<Score>, String> {
        let folder = self.folder.get().trim().to_owned();
        let shots = [(0, self.is_zero_shot.get()), (5, self.is_five_shot.get())];
        let chosen: Vec<u8> =
            shots.into_iter().filter(|(_, is_chosen)| *is_chosen).map(|(shots, _)| shots).collect();
        if folder.is_empty() || chosen.is_empty() {
            return Ok(Vec::new());
        }
        let limit = self.read_limit()?;
        let groups = MmluGroup::ALL.into_iter().filter(|_| self.by_group.get()).map(Some);
        let groups: Vec<Option<MmluGroup>> = std::iter::once(None).chain(groups).collect();
        let score = |shots: u8, group| Score::Mmlu { folder: folder.clone(), shots, limit, group };
        Ok(chosen.iter().flat_map(|shots| groups.iter().map(|group| score(*shots, *group))).collect())
    }
}
