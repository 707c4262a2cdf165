//! Writes the page: how it was measured, the chart, what the numbers say, the tables, and where this is not the paper.

use std::fmt::Write as _;
use std::time::Duration;

use super::clock::Taken;
use super::results::Results;
use super::{reading, tables};
use crate::print;

/// The beginning of the page, before its numbers.
const HEAD: &str = "# The methods, reproduced with controls

`cargo xtask reproduce` writes this page from its measurements; no number and no verdict on it is typed by hand. It trains BiPO, its
one-sided and length-normalised forms, RePS, CAA, Freeform, PCA and DPO with LoRA with each seed, and measures them beside ways of
prompting and two controls: a random vector of the same norm, and BiPO on pairs whose labels are shuffled. A multiplier is chosen on one
half of the held-out pairs, within a bound on perplexity, and its effect is reported on the other half ([plans.md](plans.md)). Freeform and
PCA draw nothing, so that one seed says all of them.
";

/// The plan for the paper's own model, whatever the numbers are.
const PAPERS_MODEL: &str = "## The paper's model

`studies/llama-2-7b.toml` is the exact plan for Llama-2-7b-chat-hf on one GPU: the authors' settings, data, layer and published epoch, 200
tokens an answer, nine multipliers, the same methods and controls, three seeds. Its first lines say what is put where, and the command.
It was not run for this page, and needs a GPU of 40 GB, since the weights are held as 32-bit numbers there. By calculation
([performance.md](performance.md), \"How cost grows\") a step of four pairs is 6 TFLOP and a run of 100 epochs has 15,600 of them: at 30
TFLOP/s some 50 minutes a run, and with fifteen such runs and the sweeps about a day. Stopped, the same command goes on, and
`tiller-cli plan --shards` splits it over several GPUs ([scale.md](scale.md)).
";

/// Returns the page.
pub(super) fn page(results: &Results, plan: &str, taken: &Taken) -> String {
    let mut text = HEAD.to_owned();
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "\n| | |\n| --- | --- |\n| command | `cargo xtask reproduce --plan {plan}` |\n| machine | {} |\n| time | {} |\n\
         | made by | {} |\n| model, SHA-256 | `{}` |\n| pairs, SHA-256 | `{}` |\n",
        if taken.cells == 0 { "unknown" } else { &taken.machine },
        time(taken),
        results.made_by,
        results.model_sha256.as_deref().unwrap_or("unknown"),
        results.data_sha256.join("`, `")
    );
    text.push_str("![Every score over the multipliers, a line for each method; the band is the range over the seeds](reproduction.svg)\n\n");
    text.push_str(
        "Dashed lines are ways of prompting, which no multiplier changes. Grey lines are the controls, on every chart.\n\n",
    );
    reading::controls(&mut text, results);
    reading::claims(&mut text, results);
    different(&mut text, results);
    tables::chosen(&mut text, results);
    tables::seeds(&mut text, results);
    tables::multipliers(&mut text, results);
    text.push_str(PAPERS_MODEL);
    text
}

fn time(taken: &Taken) -> String {
    if taken.cells == 0 {
        return "unknown".to_owned();
    }
    let whole = print::time(Duration::from_secs_f64(taken.seconds));
    format!("{whole} for {} cells, with whatever else the machine did meanwhile", taken.cells)
}

/// What differs from the paper whatever the numbers are, with the sizes of this study.
fn different(text: &mut String, results: &Results) {
    let plan = &results.plan;
    let data = plan.data.first();
    let pairs = data.and_then(|data| data.first_train).map_or("all".to_owned(), |count| count.to_string());
    let name = data.map_or("its data set", |data| data.name.as_str());
    let tokens =
        plan.measure.max_new_tokens.map_or(String::new(), |tokens| format!(" of at most {tokens} tokens"));
    let items: Vec<String> = results
        .scores_of_pairs()
        .into_iter()
        .map(|score| {
            let (all, half) = results.items(score);
            format!("{score} {all} and {half}")
        })
        .collect();
    let _ = writeln!(
        text,
        "## Where this is not the paper\n\n\
         - The paper trains Llama-2-7b-chat on hundreds of pairs for up to 100 epochs at a rate of 5e-4. Each vector here is trained on {pairs} \
         pairs of\n  {name} in some tens of steps, on the model above, with the rate that suits so few ([defaults.md](defaults.md)).\n\
         - The paper asks GPT-4 about 200 answers of 200 tokens. Here the model itself judges, unsteered, by the probabilities of the digits 1 to \
         4,\n  answers{tokens}. What that is worth is said above.\n\
         - Items at a multiplier, in all and on the half that reports: {}. With so few the intervals\n  \
         below are wide, and the range over the {} seeds says how a method varies, not how answers do: each seed has the same items.\n\
         - The paper's personas are judged in free text alone. Preference and choice read log-probabilities of the pairs' own answers, which \
         is\n  near to what BiPO is trained on and far from what PCA and Freeform read.\n",
        items.join(", "),
        plan.seeds.len()
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reproduce::chart;

    /// Results of a study with a method, a weaker one, a control and a way of prompting.
    fn results() -> Results {
        let cell = |arm: &str, kind: &str, ends: [f64; 2]| {
            let point = |multiplier: f64, value: f64| {
                format!(
                    r#"{{"set":"D","score":"preference","multiplier":{multiplier},"value":{value},"n":8}}"#
                )
            };
            let points = if kind == "prompting" {
                point(0.0, ends[1])
            } else {
                [point(-1.0, ends[0]), point(0.0, 1.0), point(1.0, ends[1])].join(",")
            };
            let unsteered = if kind == "prompting" { ends[1] } else { 1.0 };
            format!(
                r#"{{"arm":"{arm}","kind":"{kind}","seed":1,"norm":2.0,"points":[{points},
                    {{"score":"perplexity","multiplier":-1,"value":{},"n":3}},{{"score":"perplexity","multiplier":0,"value":10,"n":3}},
                    {{"score":"perplexity","multiplier":1,"value":12,"n":3}}],
                    "chosen":[{{"score":"preference","multiplier":1,"value":{},"low":0.5,"high":9.0,"unsteered":{unsteered},"n":4}}]}}"#,
                10.0 + 2.0 * ends[1],
                ends[1]
            )
        };
        let row = |arm: &str, score: &str, value: f64, unsteered: f64| {
            format!(
                r#"{{"arm":"{arm}","score":"{score}","seeds":1,"multipliers":[1.0],"value":{value},"least":{value},
                    "most":{value},"unsteered":{unsteered}}}"#
            )
        };
        let text = format!(
            r#"{{"made_by":"Tiller 0","model_sha256":"ab","data_sha256":["cd"],
                "plan":{{"seeds":[1],"data":[{{"name":"D","first_train":40}}],"measure":{{"max_new_tokens":24}}}},
                "cells":[{},{},{},{}],"summary":[{},{},{},{},{}]}}"#,
            cell("Told", "prompting", [3.0, 3.0]),
            cell("A & B", "bipo", [-3.0, 6.0]),
            cell("Weak", "caa", [0.5, 1.25]),
            cell("Random", "random-vector", [0.75, 1.5]),
            row("Told", "preference", 3.0, 3.0),
            row("A & B", "preference", 6.0, 1.0),
            row("A & B", "perplexity", 12.0, 10.0),
            row("Weak", "preference", 1.25, 1.0),
            row("Random", "preference", 1.5, 1.0)
        );
        serde_json::from_str(&text).expect("results")
    }

    #[test]
    fn the_page_says_what_beats_the_controls_and_what_of_the_papers_holds() {
        let taken = Taken { seconds: 127.0, cells: 3, machine: "2 cores".into() };
        let page = page(&results(), "studies/x.toml", &taken);
        for part in [
            "| command | `cargo xtask reproduce --plan studies/x.toml` |\n| machine | 2 cores |\n| time | 2 min 07 s for 3 cells",
            // A way of prompting is compared with the usual prompt, not with itself.
            "raises it by 0.50. With every seed above that: Told +2.00, A & B +5.00. Not: Weak +0.25.",
            "| BiPO has a wider range than CAA (Figure 1) | yes: +9.00 against +0.75 |",
            "| Told steers farther than BiPO (AxBench, Wu et al. 2025) | no: +2.00 against +5.00 |",
            "perplexity of 10, so that their range counts broken text as well: A & B (2.2 and 1.2 times).",
            "trained on 40 pairs of\n  D in some tens of steps",
            "preference 8 and 4.",
            "| A & B, seed 1 | 1 | 6.00 | 0.50 to 9.00 | +5.00 |",
            "| Told, seed 1 |  | 3.00 | 0.50 to 9.00 | +2.00 |",
            "| preference, 8 items | -1 | 0 | 1 |",
            "| unsteered | | 0 | | 1.00 | 10.00 |",
            "studies/llama-2-7b.toml",
        ] {
            assert!(page.contains(part), "{part}\nis not in\n{page}");
        }
        assert!(!page.contains("wider range than Freeform"), "it was not measured");
    }

    #[test]
    fn every_chart_has_every_arm() {
        let svg = chart::svg(&results());
        assert!(svg.contains("A &amp; B"), "{svg}");
        // Three arms have lines on two charts, and the way of prompting a dashed one.
        assert_eq!(svg.matches("<polyline").count(), 7, "{svg}");
        assert_eq!(svg.matches("stroke-dasharray").count(), 2, "in its panel and in the legend: {svg}");
        assert!(!svg.contains("points=\"\""), "what was not measured is not drawn: {svg}");
    }
}
