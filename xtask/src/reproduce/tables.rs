//! The tables of the page: the chosen multipliers, every seed, every multiplier.

use std::fmt::Write as _;

use super::results::{Cell, Results};

/// The means at the chosen multipliers on the half that did not choose.
pub(super) fn chosen(text: &mut String, results: &Results) {
    text.push_str(
        "## At the chosen multiplier\n\nThe mean over the seeds on the half that did not choose, with the least and the largest in \
         brackets. Perplexity and knowledge have texts\nof their own.\n\n",
    );
    let scores = results.scores();
    // Writing to a String does not fail.
    let _ = writeln!(text, "| | seeds | multipliers | norm | {} |", scores.join(" | "));
    let _ = writeln!(text, "| --- | --- | --- | --- |{}", " --- |".repeat(scores.len()));
    for arm in results.arms() {
        let rows: Vec<_> = results.summary.iter().filter(|row| row.arm == arm).collect();
        let Some(first) = rows.first() else { continue };
        let at: Vec<String> = first.multipliers.iter().map(ToString::to_string).collect();
        let at = if results.is_prompting(arm) { String::new() } else { at.join(", ") };
        let cells = scores.iter().map(|score| match rows.iter().find(|row| row.score == *score) {
            Some(row) if row.seeds > 1 => format!("{:.2} ({:.2} to {:.2})", row.value, row.least, row.most),
            Some(row) => format!("{:.2}", row.value),
            None => String::new(),
        });
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(
            text,
            "| {arm} | {} | {at} | {} | {} |",
            first.seeds,
            norm(results, arm),
            cells.join(" | ")
        );
    }
    let plain = scores.iter().map(|score| results.plain(score));
    let plain: Vec<String> =
        plain.map(|value| value.map_or_else(String::new, |value| format!("{value:.2}"))).collect();
    let _ = writeln!(text, "| unsteered | | 0 | | {} |\n", plain.join(" | "));
}

fn norm(results: &Results, arm: &str) -> String {
    let norms: Vec<f64> =
        results.cells.iter().filter(|cell| cell.arm == arm).filter_map(|cell| cell.norm).collect();
    if norms.is_empty() {
        return String::new();
    }
    format!("{:.2}", norms.iter().sum::<f64>() / norms.len() as f64)
}

/// Every seed with its interval, by every score of the pairs.
pub(super) fn seeds(text: &mut String, results: &Results) {
    text.push_str(
        "## Every seed\n\nOn the half that did not choose, at the multiplier that the other half chose: the value, its 95 % bootstrap \
         interval over the\nitems, and what it is above the unsteered model.\n\n",
    );
    for score in results.scores_of_pairs() {
        let (_, items) = results.items(score);
        let _ = writeln!(
            text,
            "| {score}, {items} items | multiplier | value | 95 % interval | effect |\n| --- | --- | --- | --- | --- |"
        );
        for cell in &results.cells {
            let Some(found) = cell.chosen.iter().find(|chosen| chosen.score == score) else { continue };
            let is_prompting = results.is_prompting(&cell.arm);
            let at = if is_prompting { String::new() } else { found.multiplier.to_string() };
            // A way of prompting is compared with the usual prompt, which a vector at 0 has.
            let plain = if is_prompting { results.plain(score) } else { Some(found.unsteered) };
            let effect = plain.map_or_else(String::new, |plain| format!("{:+.2}", found.value - plain));
            let _ = writeln!(
                text,
                "| {} | {at} | {:.2} | {:.2} to {:.2} | {effect} |",
                row_name(cell),
                found.value,
                found.low,
                found.high
            );
        }
        text.push('\n');
    }
}

fn row_name(cell: &Cell) -> String {
    cell.seed.map_or_else(|| cell.arm.clone(), |seed| format!("{}, seed {seed}", cell.arm))
}

/// The means over the seeds at every multiplier.
pub(super) fn multipliers(text: &mut String, results: &Results) {
    text.push_str("## Every multiplier\n\nMeans over the seeds, on all held-out pairs.\n\n");
    for score in results.scores() {
        let arms: Vec<(&str, Vec<_>)> =
            results.arms().into_iter().map(|arm| (arm, results.curve(arm, score))).collect();
        let Some((_, longest)) = arms.iter().max_by_key(|(_, curve)| curve.len()) else { continue };
        let multipliers: Vec<f64> = longest.iter().map(|point| point.multiplier).collect();
        let head: Vec<String> = multipliers.iter().map(ToString::to_string).collect();
        let (items, _) = results.items(score);
        let _ = writeln!(
            text,
            "| {score}, {items} items | {} |\n| --- |{}",
            head.join(" | "),
            " --- |".repeat(head.len())
        );
        for (arm, curve) in arms.iter().filter(|(_, curve)| !curve.is_empty()) {
            let cell = |multiplier: &f64| {
                let found = curve.iter().find(|point| point.multiplier.total_cmp(multiplier).is_eq());
                found.map_or_else(String::new, |point| format!("{:.2}", point.value))
            };
            let cells: Vec<String> = multipliers.iter().map(cell).collect();
            let _ = writeln!(text, "| {arm} | {} |", cells.join(" | "));
        }
        text.push('\n');
    }
}
