//! Converts pairs to the choices between (A) and (B) that contrastive activation addition trains on.

use ipc::data::PairContent;
use vectors::train::{Choice, as_choices};

use crate::engine::encode::preference;

/// Returns the choices that contrastive activation addition trains on with this seed.
pub(crate) fn choices(pairs: &[PairContent], seed: u64) -> Vec<Choice> {
    as_choices(&pairs.iter().map(preference).collect::<Vec<_>>(), seed)
}

/// Returns pairs whose prompts are choices and whose answers are letters.
pub(crate) fn to_choices(pairs: &[PairContent], seed: u64) -> Vec<PairContent> {
    let answer = |letter: char| format!("({letter})");
    let turned = pairs.iter().zip(choices(pairs, seed)).map(|(pair, choice)| PairContent {
        prompt: choice.question,
        wanted: answer(choice.wanted),
        opposite: answer(choice.opposite),
        ..pair.clone()
    });
    turned.collect()
}

#[cfg(test)]
mod tests {
    use data::choices::to_pair;
    use proptest::prelude::*;

    use super::*;

    fn pair(prompt: &str, wanted: &str, opposite: &str) -> PairContent {
        PairContent {
            prompt: prompt.into(),
            wanted: wanted.into(),
            opposite: opposite.into(),
            tags: vec!["kept".into()],
            ..PairContent::default()
        }
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_pair(
            prompt in "[a-z?漢 ]{0,20}[a-z]", wanted in "[a-z]{1,9}( [a-z]{1,5})?", opposite in "[a-z漢]{1,9}", seed in any::<u64>()
        ) {
            let pairs = [pair(prompt.trim_start(), &wanted, &opposite), pair("second", "w", "o")];
            let back: Vec<Option<PairContent>> = to_choices(&pairs, seed).iter().map(to_pair).collect();
            prop_assert_eq!(back, pairs.map(Some));
        }
    }
}
