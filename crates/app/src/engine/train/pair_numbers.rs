//! Names the pairs of a run by their numbers in the data set, as a person counts them.

use ipc::data::{PairContent, Split};
use vectors::train::{RunPair, TrainError};

use crate::Error;
use crate::engine::job::Interrupt;

/// The numbers, from 1, of a run's training pairs and of its held-out pairs, in their order.
pub(crate) struct PairNumbers {
    train: Vec<usize>,
    held_out: Vec<usize>,
}

impl PairNumbers {
    /// Reads the numbers from the pairs of a snapshot.
    pub(crate) fn new(contents: &[PairContent]) -> Self {
        let of = |split: Split| {
            let numbered = (1..).zip(contents).filter(move |(_, content)| content.split == split);
            numbered.map(|(number, _)| number).collect()
        };
        Self { train: of(Split::Train), held_out: of(Split::HeldOut) }
    }

    /// Returns the number of a held-out pair.
    pub(crate) fn held_out(&self, index: usize) -> Option<usize> {
        self.held_out.get(index).copied()
    }

    /// Turns an error of a run into the reason why the job ends.
    pub(crate) fn interrupt(&self, error: TrainError) -> Interrupt {
        match error {
            error @ (TrainError::NotFinite { .. } | TrainError::ModelNotFinite { .. }) => {
                Interrupt::Failed(self.name(error))
            }
            error => error.into(),
        }
    }

    /// Gives the pair of an error its number in the data set.
    fn name(&self, error: TrainError) -> Error {
        let number = |pair: Option<RunPair>| match pair? {
            RunPair::Train(index) => self.train.get(index).copied(),
            RunPair::HeldOut(index) => self.held_out(index),
        };
        match error {
            TrainError::NotFinite { step, pair } => Error::Diverged { step, pair: number(pair) },
            TrainError::ModelNotFinite { pair } => Error::Diverged { step: 0, pair: number(pair) },
            error => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_a_split_has_its_number_among_all_pairs() {
        let of = |split: Split| PairContent { split, ..PairContent::default() };
        let contents = [Split::Train, Split::HeldOut, Split::Train, Split::HeldOut].map(of);
        let numbers = PairNumbers::new(&contents);
        let named = |pair| numbers.name(TrainError::NotFinite { step: 7, pair: Some(pair) });
        for (pair, number) in [(RunPair::Train(1), 3), (RunPair::HeldOut(1), 4)] {
            assert!(matches!(named(pair), Error::Diverged { step: 7, pair: Some(found) } if found == number));
        }
        assert!(matches!(numbers.name(TrainError::NoPairs), Error::Train(TrainError::NoPairs)));
    }
}
