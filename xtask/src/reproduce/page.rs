//! Writes the page: how it was measured, the chart, tables with intervals, and what the numbers say against the controls.

use std::fmt::Write as _;

use super::results::{Cell, Results};

/// The beginning of the page, before its numbers.
const HEAD: &str = "# The methods, reproduced with controls

`cargo xtask reproduce` writes this page from its measurements; nothing on it is typed by hand but the plan. It trains BiPO, its
one-sided and length-normalised forms, RePS, CAA, Freeform, PCA and DPO with LoRA with each seed, and measures them beside ways of
prompting and two controls: a random vector of the same norm, and BiPO on pairs whose labels are shuffled. A multiplier is chosen on one
half of the held-out pairs, within a bound on perplexity, and its effect is reported on the other half ([plans.md](plans.md)).
";

/// What differs from the paper, whatever the numbers are.
const READING: &str = "## Where this is not the paper

- The model has 135 million weights, the paper's 7 billion. It follows few instructions, and its answers drift soon: its perplexity bounds
  the multiplier where that of a 7B model does not.
- It judges its own answers, unsteered, by the probabilities of the digits 1 to 4. A small judge hardly tells degrees; the paper asks GPT-4.
- Some tens of pairs and steps train each vector; the paper has hundreds of pairs and 100 epochs.
- Few answers are judged, and each seed has the same ones: the range over the seeds says how a method varies, not how answers do.

The exact plan for the paper's model and data is `studies/llama-2-7b.toml`; its first lines say how it is run on one GPU. It was not run
for this page.
";

/// Returns the page.
pub(super) fn page(results: &Results, plan: &str) -> String {
    let mut text = HEAD.to_owned();
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "\n| | |\n| --- | --- |\n| plan | `{plan}` |\n| made by | {} |\n| model, SHA-256 | `{}` |\n| pairs, SHA-256 | `{}` |\n",
        results.made_by,
        results.model_sha256.as_deref().unwrap_or("unknown"),
        results.data_sha256.join("`, `")
    );
    text.push_str("![Every score over the multipliers, a line for each method; the band is the range over the seeds](reproduction.svg)\n\n");
    text.push_str(
        "Dashed lines are ways of prompting, which no multiplier changes. Grey lines are the controls.\n\n",
    );
    chosen(&mut text, results);
    versus_controls(&mut text, results);
    intervals(&mut text, results);
    curves(&mut text, results);
    text.push_str(READING);
    text
}

/// The means at the chosen multipliers on the half that did not choose.
fn chosen(text: &mut String, results: &Results) {
    text.push_str("## At the chosen multiplier\n\nThe mean over the seeds on the half that did not choose, with the least and the largest in brackets. Perplexity and knowledge have texts\nof their own.\n\n");
    let scores = results.scores();
    let _ = writeln!(text, "| | seeds | multipliers | norm | {} |", scores.join(" | "));
    let _ = writeln!(text, "| --- | --- | --- | --- |{}", " --- |".repeat(scores.len()));
    for arm in results.arms() {
        let rows: Vec<_> = results.summary.iter().filter(|row| row.arm == arm).collect();
        let Some(first) = rows.first() else { continue };
        let at: Vec<String> = first.multipliers.iter().map(ToString::to_string).collect();
        let cells = scores.iter().map(|score| match rows.iter().find(|row| row.score == *score) {
            Some(row) if row.seeds > 1 => format!("{:.2} ({:.2} to {:.2})", row.value, row.least, row.most),
            Some(row) => format!("{:.2}", row.value),
            None => String::new(),
        });
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(
            text,
            "| {arm} | {} | {} | {} | {} |",
            first.seeds,
            at.join(", "),
            norm(results, arm),
            cells.join(" | ")
        );
    }
    let plain = scores.iter().map(|score| {
        let row = results.summary.iter().find(|row| row.score == *score && row.unsteered.is_finite());
        row.map_or_else(String::new, |row| format!("{:.2}", row.unsteered))
    });
    let _ = writeln!(text, "| unsteered | | 0 | | {} |\n", plain.collect::<Vec<_>>().join(" | "));
}

fn norm(results: &Results, arm: &str) -> String {
    let norms: Vec<f64> =
        results.cells.iter().filter(|cell| cell.arm == arm).filter_map(|cell| cell.norm).collect();
    if norms.is_empty() {
        return String::new();
    }
    format!("{:.2}", norms.iter().sum::<f64>() / norms.len() as f64)
}

/// Which methods move the first score farther than every seed of every control.
fn versus_controls(text: &mut String, results: &Results) {
    let scores = results.scores();
    let Some(score) = scores.first() else { return };
    let of_arm = |arm: &str| results.summary.iter().find(|row| row.arm == arm && row.score == *score);
    let controls = results.arms().into_iter().filter(|arm| results.is_control(arm)).filter_map(of_arm);
    let best = controls.map(|row| row.most - row.unsteered).fold(f64::NEG_INFINITY, f64::max);
    if !best.is_finite() {
        return;
    }
    let (mut over, mut not) = (Vec::new(), Vec::new());
    for arm in results.arms().into_iter().filter(|arm| !results.is_control(arm)) {
        if let Some(row) = of_arm(arm) {
            let effect = row.least - row.unsteered;
            if effect > best { over.push(arm) } else { not.push(arm) }
        }
    }
    let list = |arms: &[&str]| if arms.is_empty() { "none".to_owned() } else { arms.join(", ") };
    let _ = writeln!(
        text,
        "The best seed of a control raises {score} by {best:.2}. With every seed above that: {}. Not: {}.\n",
        list(&over),
        list(&not)
    );
}

/// Every seed with its interval, by the first score.
fn intervals(text: &mut String, results: &Results) {
    let scores = results.scores();
    let Some(score) = scores.first() else { return };
    let _ = writeln!(
        text,
        "## Every seed\n\n{score} on the half that did not choose, with its 95 % bootstrap interval over the pairs.\n\n\
         | | multiplier's effect | 95 % interval |\n| --- | --- | --- |"
    );
    for cell in &results.cells {
        let Some(found) = cell.chosen.iter().find(|chosen| chosen.score == *score) else { continue };
        let effect = found.value - found.unsteered;
        let _ =
            writeln!(text, "| {} | {effect:+.2} | {:.2} to {:.2} |", row_name(cell), found.low, found.high);
    }
    text.push('\n');
}

fn row_name(cell: &Cell) -> String {
    format!("{} ({})", cell.arm, cell.kind)
}

/// The means over the seeds at every multiplier.
fn curves(text: &mut String, results: &Results) {
    text.push_str("## Every multiplier\n\nMeans over the seeds, on all held-out pairs.\n\n");
    for score in results.scores() {
        let arms: Vec<(&str, Vec<_>)> =
            results.arms().into_iter().map(|arm| (arm, results.curve(arm, score))).collect();
        let Some((_, longest)) = arms.iter().max_by_key(|(_, curve)| curve.len()) else { continue };
        let multipliers: Vec<f64> = longest.iter().map(|point| point.multiplier).collect();
        let head: Vec<String> = multipliers.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "| {score} | {} |\n| --- |{}", head.join(" | "), " --- |".repeat(head.len()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reproduce::chart;

    #[test]
    fn the_page_has_every_arm_and_says_what_beats_the_controls() {
        let cell = |arm: &str, kind: &str, value: f64| {
            format!(
                r#"{{"arm":"{arm}","kind":"{kind}","norm":2.0,"points":[{{"score":"preference","multiplier":0,"value":1.0}},
                    {{"score":"preference","multiplier":1,"value":{value}}}],
                    "chosen":[{{"score":"preference","value":{value},"low":0.5,"high":9.0,"unsteered":1.0}}]}}"#
            )
        };
        let row = |arm: &str, value: f64| {
            format!(
                r#"{{"arm":"{arm}","score":"preference","seeds":1,"multipliers":[1.0],"value":{value},"least":{value},
                    "most":{value},"unsteered":1.0}}"#
            )
        };
        let text = format!(
            r#"{{"made_by":"Tiller 0","model_sha256":"ab","data_sha256":["cd"],"cells":[{},{},{}],"summary":[{},{},{}]}}"#,
            cell("A & B", "bipo", 5.0),
            cell("Weak", "caa", 1.25),
            cell("Random", "random-vector", 1.5),
            row("A & B", 5.0),
            row("Weak", 1.25),
            row("Random", 1.5)
        );
        let results: Results = serde_json::from_str(&text).expect("results");
        let page = page(&results, "studies/x.toml");
        assert!(
            page.contains("raises preference by 0.50. With every seed above that: A & B. Not: Weak."),
            "{page}"
        );
        assert!(page.contains("| A & B (bipo) | +4.00 | 0.50 to 9.00 |"), "{page}");
        assert!(page.contains("| preference | 0 | 1 |"), "{page}");
        let svg = chart::svg(&results);
        assert!(svg.contains("A &amp; B") && svg.matches("<polyline").count() == 3, "{svg}");
    }
}
