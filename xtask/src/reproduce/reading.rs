//! Says what the numbers say: which methods pass the controls, which statements of the papers hold here, and how far text and
//! judge can be trusted. Every sentence is computed, so that another run has other sentences.

use std::fmt::Write as _;

use super::results::Results;
use super::spread::{Spread, against};

/// Perplexities beyond this many times the unsteered one are called broken text.
const BROKEN: f64 = 2.0;

/// Which arms raise each score of the pairs farther than every seed of every control.
pub(super) fn controls(text: &mut String, results: &Results) {
    text.push_str(
        "## Against the controls\n\nWhat an arm raises a score by at its chosen multiplier, on the half that did not choose: the mean over \
         the seeds, with the least\nand the largest. The controls chose a multiplier in the same way.\n\n",
    );
    for score in results.scores_of_pairs() {
        let (controls, others): (Vec<&str>, Vec<&str>) =
            results.arms().into_iter().partition(|arm| results.is_control(arm));
        let best = controls.iter().filter_map(|arm| Spread::of(&results.effects(arm, score)));
        let best = best.map(|spread| spread.most).fold(f64::NEG_INFINITY, f64::max);
        if !best.is_finite() {
            continue;
        }
        let (mut over, mut not) = (Vec::new(), Vec::new());
        for arm in others {
            let Some(spread) = Spread::of(&results.effects(arm, score)) else { continue };
            let named = format!("{arm} {spread}");
            if spread.least > best { over.push(named) } else { not.push(named) }
        }
        let list = |arms: Vec<String>| if arms.is_empty() { "none".to_owned() } else { arms.join(", ") };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "- **{score}**: the best seed of a control raises it by {best:.2}. With every seed above that: {}. Not: {}.",
            list(over),
            list(not)
        );
    }
    text.push('\n');
}

/// The statements of the papers beside what was found.
pub(super) fn claims(text: &mut String, results: &Results) {
    let scores = results.scores_of_pairs();
    let _ = writeln!(
        text,
        "## What the papers say\n\nThe first rows compare how far a score moves from the least multiplier to the largest, broken text \
         included, as the paper does;\nthe last ones compare the effects at the chosen multipliers. Yes and no are said only where the \
         seeds do not overlap and one of\nthe two is beyond every seed of the controls.\n\n| | {} |\n| --- |{}",
        scores.join(" | "),
        " --- |".repeat(scores.len())
    );
    let mut row =
        |claim: &str, one: Option<&str>, other: Option<&str>, of: fn(&Results, &str, &str) -> Vec<f64>| {
            let (Some(one), Some(other)) = (one, other) else { return };
            let cells: Vec<String> = scores
                .iter()
                .map(|score| {
                    let controls = results.arms().into_iter().filter(|arm| results.is_control(arm));
                    let controls: Vec<f64> = controls.flat_map(|arm| of(results, arm, score)).collect();
                    against(&of(results, one, score), &of(results, other, score), &controls)
                })
                .collect();
            let _ = writeln!(text, "| {claim} | {} |", cells.join(" | "));
        };
    let bipo = results.arm_of("bipo");
    for (kind, claim) in [
        ("caa", "BiPO has a wider range than CAA (Figure 1)"),
        ("freeform", "BiPO has a wider range than Freeform (Figure 1)"),
        ("bipo-uni", "BiPO has a wider range than its one-sided form (Table 14)"),
        ("dpo-lora", "BiPO has a wider range than DPO with LoRA (Figure 8)"),
    ] {
        row(claim, bipo, results.arm_of(kind), Results::ranges);
    }
    row("RePS steers farther than BiPO (Wu et al. 2025)", results.arm_of("reps"), bipo, Results::effects);
    for arm in results.arms().into_iter().filter(|arm| results.is_prompting(arm)) {
        let claim = format!("{arm} steers farther than BiPO (AxBench, Wu et al. 2025)");
        row(&claim, Some(arm), bipo, Results::effects);
    }
    text.push('\n');
    knowledge(text, results);
    broken(text, results);
    judge(text, results);
    text.push('\n');
}

/// Tables 5 and 11: knowledge at the multipliers −1 and 1.
fn knowledge(text: &mut String, results: &Results) {
    const SCORES: [&str; 2] = ["knowledge", "mmlu"];
    let measured = results.scores();
    let Some(score) = SCORES.into_iter().find(|score| measured.contains(score)) else { return };
    let (Some(arm), Some(plain)) = (results.arm_of("bipo"), results.plain(score)) else { return };
    let at = |arm: &str, multiplier: f64| {
        let curve = results.curve(arm, score);
        curve
            .into_iter()
            .find(|point| point.multiplier.total_cmp(&multiplier).is_eq())
            .map(|point| point.value)
    };
    let (Some(minus), Some(plus)) = (at(arm, -1.0), at(arm, 1.0)) else { return };
    let moved = |arm: &str| {
        let both = [at(arm, -1.0), at(arm, 1.0)].into_iter().flatten();
        both.map(|value| (value - plain).abs()).fold(0.0, f64::max)
    };
    let control = results.arm_of("random-vector").map(moved);
    let _ = write!(
        text,
        "- \u{201c}Knowledge hardly moves at \u{2212}1 and 1\u{201d} (Tables 5 and 11): with {arm} {score} is {minus:.2} and {plus:.2}, \
         unsteered {plain:.2}, of {} questions.",
        results.items(score).0
    );
    let _ = match control {
        Some(control) if moved(arm) > control => {
            writeln!(text, " That is farther than a random vector of the same norm moves it ({control:.2}).")
        }
        Some(control) => {
            writeln!(text, " A random vector of the same norm moves it as far or farther ({control:.2}).")
        }
        None => writeln!(text),
    };
}

/// Which arms end in broken text.
fn broken(text: &mut String, results: &Results) {
    const SCORE: &str = "perplexity";
    let Some(plain) = results.plain(SCORE) else { return };
    let mut broken = Vec::new();
    for arm in results.arms() {
        let curve = results.curve(arm, SCORE);
        let (Some(first), Some(last)) = (curve.first(), curve.last()) else { continue };
        if first.value.max(last.value) > BROKEN * plain {
            let times = |value: f64| value / plain;
            broken.push(format!("{arm} ({:.1} and {:.1} times)", times(first.value), times(last.value)));
        }
    }
    let _ = match broken.as_slice() {
        [] => writeln!(
            text,
            "- At neither end has any arm more than {BROKEN:.0} times the unsteered perplexity of {plain:.0}."
        ),
        arms => writeln!(
            text,
            "- At the least or the largest multiplier these have more than {BROKEN:.0} times the unsteered perplexity of {plain:.0}, so that \
             their range counts broken text as well: {}.",
            arms.join(", ")
        ),
    };
}

/// Whether the judge tells the methods from the controls.
fn judge(text: &mut String, results: &Results) {
    const SCORE: &str = "judge";
    let range =
        |arm: &str| Spread::of(&results.ranges(arm, SCORE)).map(|spread| (spread.mean.abs(), arm.to_owned()));
    let most = |are_controls: bool| {
        let arms = results.arms().into_iter().filter(|arm| results.is_control(arm) == are_controls);
        arms.filter_map(range).max_by(|one, other| one.0.total_cmp(&other.0))
    };
    let (Some((best, arm)), Some((control, _))) = (most(false), most(true)) else { return };
    let says = if best > 2.0 * control {
        "it tells steering from noise"
    } else {
        "it hardly tells steering from noise"
    };
    let (all, half) = results.items(SCORE);
    let _ = writeln!(
        text,
        "- Of the 3 points between its ratings 1 and 4 the judge moves by {best:.2} at most from end to end ({arm}), and by {control:.2} under \
         a control: {says}. It rated {all} answers at a multiplier, {half} of them on the half that reports."
    );
}
