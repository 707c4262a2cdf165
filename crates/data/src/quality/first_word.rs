//! Finds a shortcut: the first word alone tells which answer is wanted.

use std::collections::HashMap;

use ipc::data::PairContent;
use ipc::quality::{FindingKind, Weight};

use super::letters::letter;
use super::words::first_word;
use super::{FEWEST, Found, percent};

/// First words that predict the wanted answer in at least this share of the pairs are a shortcut. Chance gives 0.5.
const SHORTCUT: f64 = 0.75;

/// Counts how often every word begins a wanted answer and how often an opposite one.
pub(super) struct FirstWords {
    /// The first words of each pair: of its wanted and of its opposite answer.
    words: Vec<(Option<String>, Option<String>)>,
    /// For each word, how many wanted and how many opposite answers it begins.
    counts: HashMap<String, (usize, usize)>,
}

impl FirstWords {
    pub(super) fn new(pairs: &[PairContent]) -> Self {
        let words: Vec<_> =
            pairs.iter().map(|pair| (first_word(&pair.wanted), first_word(&pair.opposite))).collect();
        let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
        for (wanted, opposite) in &words {
            if let Some(word) = wanted {
                counts.entry(word.clone()).or_default().0 += 1;
            }
            if let Some(word) = opposite {
                counts.entry(word.clone()).or_default().1 += 1;
            }
        }
        Self { words, counts }
    }

    /// Returns how far the first words of a pair speak for its wanted answer, judged by all other pairs:
    /// above 0 they tell it, below 0 they tell the opposite one.
    pub(super) fn score(&self, place: usize) -> f64 {
        let (wanted, opposite) = &self.words[place];
        let lean = |word: &Option<String>| {
            let Some(word) = word else { return 0.0 };
            let (mut for_wanted, mut for_opposite) = self.counts[word];
            // The pair's own counts are subtracted, because a pair is no evidence about itself.
            for_wanted -= usize::from(wanted.as_ref() == Some(word));
            for_opposite -= usize::from(opposite.as_ref() == Some(word));
            (for_wanted as f64 - for_opposite as f64) / (for_wanted + for_opposite + 1) as f64
        };
        lean(wanted) - lean(opposite)
    }

    /// Returns the share of pairs whose wanted answer the first words tell. A pair on which they are silent
    /// counts one half.
    pub(super) fn accuracy(&self) -> f64 {
        let tells = |place| match self.score(place) {
            score if score > 0.0 => 1.0,
            score if score < 0.0 => 0.0,
            _ => 0.5,
        };
        (0..self.words.len()).map(tells).sum::<f64>() / self.words.len().max(1) as f64
    }

    /// Names the first words of a pair's answers, for its row in the finding.
    pub(super) fn note(&self, place: usize) -> String {
        let show = |word: &Option<String>| word.clone().unwrap_or_else(|| "nothing".into());
        let (wanted, opposite) = &self.words[place];
        format!("wanted: {}, opposite: {}", show(wanted), show(opposite))
    }

    /// Returns the word that leads most by `lead`, with its counts of wanted and of opposite answers.
    fn telling(&self, lead: impl Fn(&(usize, usize)) -> isize) -> Option<(&str, (usize, usize))> {
        let most = self
            .counts
            .iter()
            .max_by_key(|(word, counts)| (lead(counts), std::cmp::Reverse(word.as_str())))?;
        (lead(most.1) > 0).then_some((most.0.as_str(), *most.1))
    }
}

pub(super) fn check(pairs: &[PairContent]) -> Option<Found> {
    let are_letters = pairs.iter().filter(|pair| letter(&pair.wanted).is_some()).count() * 2 > pairs.len();
    if pairs.len() < FEWEST || are_letters {
        return None;
    }
    let words = FirstWords::new(pairs);
    let accuracy = words.accuracy();
    if accuracy < SHORTCUT {
        return None;
    }
    let rows: Vec<(usize, String)> = (0..pairs.len())
        .filter(|place| words.score(*place) > 0.0)
        .map(|place| (place, words.note(place)))
        .collect();
    let begins = |(word, (wanted, opposite)): (&str, (usize, usize))| {
        format!("\u{201c}{word}\u{201d} begins {wanted} wanted and {opposite} opposite answers")
    };
    let telling = [
        words.telling(|counts| counts.0.cast_signed() - counts.1.cast_signed()),
        words.telling(|counts| counts.1.cast_signed() - counts.0.cast_signed()),
    ];
    let examples = telling.into_iter().flatten().map(begins).collect::<Vec<_>>().join("; ");
    let share = percent((accuracy * pairs.len() as f64).round() as usize, pairs.len());
    Some(Found {
        kind: FindingKind::FirstWord,
        weight: Weight::Warning,
        message: format!("The first word alone tells the wanted answer in {share} of the pairs: {examples}."),
        why: "A vector may learn to say this word instead of the behaviour. Let both kinds of answer begin in many ways.",
        rows,
        repair: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::testing::pair;

    #[test]
    fn yes_and_no_are_found_and_counted() {
        let pairs: Vec<PairContent> = (0..100)
            .map(|n| pair(&format!("p{n}"), if n == 7 { "It is so" } else { "Yes, it is" }, "No, it is not"))
            .collect();
        let found = check(&pairs).expect("a shortcut");
        assert_eq!(
            found.message,
            "The first word alone tells the wanted answer in 100 % of the pairs: \u{201c}yes\u{201d} begins 99 wanted and 0 \
             opposite answers; \u{201c}no\u{201d} begins 0 wanted and 100 opposite answers."
        );
        assert_eq!(found.rows.len(), 100);
        assert_eq!(found.rows[0].1, "wanted: yes, opposite: no");
    }

    #[test]
    fn words_that_occur_once_count_for_nothing() {
        let pairs: Vec<PairContent> =
            (0..50).map(|n| pair("p", &format!("wanted{n} so"), &format!("opposite{n} so"))).collect();
        assert!(check(&pairs).is_none(), "a word that no other pair has is no shortcut");
        let alike: Vec<PairContent> = (0..50).map(|_| pair("p", "I would", "I would not")).collect();
        assert!(check(&alike).is_none());
    }

    #[test]
    fn chinese_first_words_count() {
        let pairs: Vec<PairContent> = (0..30).map(|_| pair("问", "是的，我会", "不会，我不要")).collect();
        assert!(check(&pairs).expect("a shortcut").message.contains("是的"));
    }
}
