//! Finds the entries of the palette that have the words of a query, and brings the closest to the top.

use super::entries::Entry;
use super::target::Target;

/// The most entries that are found.
const MOST: usize = 60;

/// Returns the entries in which every word of a query stands, the closest first: a label that begins with the query, one that begins
/// with its first word, one with words that begin so, one with the words anywhere, and then those whose kind or detail has them. A thing comes before what can be
/// done with others.
pub(super) fn ranked<'a>(entries: impl Iterator<Item = &'a Entry>, query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let is_act = |entry: &Entry| matches!(entry.target, Target::Act(..));
    let mut found: Vec<((u8, bool), &Entry)> =
        entries.filter_map(|entry| Some(((rank(entry, &query)?, is_act(entry)), entry))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(MOST).map(|(_, entry)| entry.clone()).collect()
}

fn rank(entry: &Entry, query: &str) -> Option<u8> {
    let english = entry.english.to_lowercase();
    // The English words of a thing say only of which kind it is.
    let is_named = !matches!(entry.target, Target::Thing(..) | Target::Project(_) | Target::Pair { .. });
    let by_english = is_named.then(|| rank_of_label(&english, query)).flatten();
    let by_label = rank_of_label(&entry.label.to_lowercase(), query);
    if let Some(rank) = by_label.into_iter().chain(by_english).min() {
        return Some(rank);
    }
    let text = format!("{} {} {} {english}", entry.label, entry.kind, entry.detail).to_lowercase();
    query.split_whitespace().all(|word| text.contains(word)).then_some(4)
}

fn rank_of_label(label: &str, query: &str) -> Option<u8> {
    let words: Vec<&str> = query.split_whitespace().collect();
    let begins =
        |word: &&str| label.split(|letter: char| !letter.is_alphanumeric()).any(|own| own.starts_with(*word));
    if label.starts_with(query) {
        return Some(0);
    }
    if words.iter().all(begins) {
        // The verb comes first in what can be done with a thing.
        return Some(if label.starts_with(words[0]) { 1 } else { 2 });
    }
    words.iter().all(|word| label.contains(word)).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::super::acts;
    use super::super::entries::{Thing, command, entry, of_kind};
    use super::*;
    use crate::text::{Language, set_spoken};

    fn labels(entries: &[Entry], query: &str) -> Vec<String> {
        ranked(entries.iter(), query).into_iter().map(|entry| entry.label).collect()
    }

    #[test]
    fn the_closest_label_comes_first() {
        let of = |kind: &str, label: &str, detail: &str| {
            entry(kind, label, detail, Target::Thing(&acts::VECTOR, 1))
        };
        let all = [
            of("Help", "Steering vector", "A direction added to wealth."),
            of("Vector", "Commonwealth", ""),
            of("Data set", "Seeks wealth", ""),
            of("Vector", "Wealth L10", "BiPO"),
            of("Vector", "Power", ""),
        ];
        let found = ["Wealth L10", "Seeks wealth", "Commonwealth", "Steering vector"];
        assert_eq!(labels(&all, "wealth"), found);
        assert_eq!(
            labels(&all, "vector BiPO"),
            ["Wealth L10"],
            "the kind and the detail are searched as well"
        );
        assert!(labels(&all, "nothing like it").is_empty());
    }

    #[test]
    fn a_command_is_found_by_its_english_words_whatever_language_is_spoken() {
        set_spoken(Language::Chinese);
        let all = [
            command("commands-zoom-in", "", Target::Train),
            entry("vector", "Zoomed", "", Target::Thing(&acts::VECTOR, 1)),
            entry("shell-kind-run", "Vectors", "", Target::Thing(&acts::RUN, 1)),
        ];
        assert_eq!(labels(&all, "zoom in"), ["\u{653e}\u{5927}"]);
        assert_eq!(labels(&all, "\u{653e}\u{5927}"), ["\u{653e}\u{5927}"]);
        assert_eq!(labels(&all, "vector"), ["Vectors", "Zoomed"], "a name comes before a kind");
        set_spoken(Language::English);
    }

    #[test]
    fn what_can_be_done_with_a_thing_is_found_by_its_verb_and_name() {
        let all = || {
            let thing = |id, name: &str| Thing { id, name: name.into(), detail: "BiPO".into() };
            of_kind(&acts::RUN, vec![thing(1, "Calm L10"), thing(2, "Wealth L10")])
        };
        let first = |query: &str| labels(&all(), query).into_iter().next();
        assert_eq!(first("rename wealth").as_deref(), Some("Rename the run Wealth L10"));
        assert_eq!(first("delete calm").as_deref(), Some("Delete the run Calm L10"));
        let found = labels(&all(), "l10");
        assert_eq!(found[..2], ["Calm L10", "Wealth L10"], "things come before what can be done with them");
        assert_eq!(found.len(), all().len());
        assert!(labels(&all(), "publish wealth").is_empty(), "a run is not published");
        let named = Thing { id: 3, name: "Wealth (rename)".into(), detail: String::new() };
        let both: Vec<Entry> = of_kind(&acts::SWEEP, vec![named]).into_iter().chain(all()).collect();
        assert_eq!(
            labels(&both, "rename wealth")[..2],
            ["Rename the sweep Wealth (rename)", "Rename the run Wealth L10"]
        );
        set_spoken(Language::Chinese);
        assert_eq!(first("rename wealth"), first("\u{91cd}\u{547d}\u{540d} wealth"));
        set_spoken(Language::English);
    }
}
