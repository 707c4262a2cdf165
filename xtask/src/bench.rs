//! `cargo xtask bench`: measures every figure of docs/performance.md, prints it and writes it as JSON.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::print;
use crate::problem::{Outcome, WithContext as _};
use crate::program;
use crate::run::STARTER_MODEL;
use crate::starter_model;

/// One figure: its name, the arguments of the measuring program, and the shown values of its report with their units.
struct Figure {
    name: &'static str,
    arguments: &'static [&'static str],
    shown: &'static [(&'static str, &'static str)],
}

const STEP: &[(&str, &str)] = &[
    ("seconds_per_step_median", "s a step"),
    ("gflops", "GFLOP/s"),
    ("tokens_per_second", "tokens/s"),
    ("peak_memory_mb", "MB at most"),
];

const FIGURES: &[Figure] = &[
    Figure { name: "machine: f32 matrix product", arguments: &["peak"], shown: &[("gflops", "GFLOP/s")] },
    Figure { name: "training step, weights as stored", arguments: &["train"], shown: STEP },
    Figure {
        name: "training step, weights as f32",
        arguments: &["train", "--precision", "f32"],
        shown: STEP,
    },
    Figure {
        name: "training step, products in bf16",
        arguments: &["train", "--precision", "bf16"],
        shown: STEP,
    },
    Figure {
        name: "training step, one thread",
        arguments: &["train", "--threads", "1"],
        shown: &[("seconds_per_step_median", "s a step")],
    },
    Figure { name: "training step, layer 4", arguments: &["train", "--layer", "4"], shown: STEP },
    Figure { name: "training step, layer 24", arguments: &["train", "--layer", "24"], shown: STEP },
    Figure {
        name: "training step, layers 14 to 16",
        arguments: &["train", "--layer", "14,15,16"],
        shown: STEP,
    },
    Figure {
        name: "training step, activations in a file",
        arguments: &["train", "--kept-mb", "0"],
        shown: &[("seconds_per_step_median", "s a step"), ("peak_memory_mb", "MB at most")],
    },
    Figure { name: "preparing 40 pairs", arguments: &["prepare"], shown: &[("seconds", "s")] },
    Figure {
        name: "one answer",
        arguments: &["decode"],
        shown: &[("tokens_per_second", "tokens/s"), ("without_the_prompt", "tokens/s without the prompt")],
    },
    Figure {
        name: "one answer, weights as f32",
        arguments: &["decode", "--precision", "f32", "--repeats", "2"],
        shown: &[("tokens_per_second", "tokens/s")],
    },
    Figure {
        name: "a sweep's answers: 8 prompts, 5 multipliers",
        arguments: &["sweep", "--alone", "yes"],
        shown: &[
            ("tokens_per_second", "tokens/s"),
            ("alone_tokens_per_second", "tokens/s one by one"),
            ("same_answers", "same answers"),
            ("answers", "answers"),
        ],
    },
];

/// The figures of the editor with 50,000 pairs: the key in its program's report, and the person's action.
const PAIR_EDITOR: &[(&str, &str)] = &[
    ("import_ms", "import of a file as a new data set"),
    ("first_list_ms", "first look at the list"),
    ("search_ms", "search, one more letter (the slowest of six)"),
    ("filter_ms", "filter (the slowest of six)"),
    ("rows_ms", "50 rows of the list"),
    ("edit_ms", "an edit, stored"),
    ("tag_all_ms", "a tag for all pairs"),
    ("undo_all_ms", "its undo"),
    ("check_ms", "the check"),
    ("export_ms", "export (the slowest format)"),
];

/// Builds the measuring program, runs it for every figure, and writes the reports to `target/bench.json`. `pairs` and
/// `questions` are BiPO CSVs. The starter set is used if they are not given.
pub(crate) fn bench(pairs: Option<&Path>, questions: Option<&Path>) -> Outcome {
    let model = starter_model::ensure()?;
    print::step("Building the measuring program");
    program::run(program::cargo().args([
        "build",
        "--release",
        "--package",
        "vectors",
        "--example",
        "bench",
    ]))?;
    let program =
        folders::target().join("release/examples").join(format!("bench{}", std::env::consts::EXE_SUFFIX));
    print::step("Measuring: let nothing else run, or compare ratios only");
    let mut reports = Vec::new();
    for figure in FIGURES {
        let mut command = program::command(&program);
        command.env(STARTER_MODEL, &model).args(figure.arguments);
        let csv = if figure.arguments[0] == "sweep" { questions } else { pairs };
        if let Some(csv) = csv {
            let csv =
                std::path::absolute(csv).with_context(|| format!("{} cannot be found", csv.display()))?;
            command.arg("--csv").arg(csv);
        }
        let report = program::output(&mut command)?;
        let shown: Vec<String> = figure
            .shown
            .iter()
            .filter_map(|(key, unit)| Some(format!("{} {unit}", value(&report, key)?)))
            .collect();
        let numbers = if shown.is_empty() { "not on this machine".to_owned() } else { shown.join(", ") };
        print::note(&format!("{:<46} {numbers}", figure.name));
        reports.push(format!("{{\"figure\":\"{}\",\"report\":{}}}", figure.name, report.trim()));
    }
    reports.push(pair_editor()?);
    let path: PathBuf = folders::target().join("bench.json");
    fs::write(&path, format!("[\n{}\n]\n", reports.join(",\n")))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    print::note(&format!("all of it is in {}", folders::short(&path)));
    Ok(())
}

/// Measures the editor of pairs in a program without a window, and returns the report.
fn pair_editor() -> Outcome<String> {
    const NAME: &str = "pair-editor-bench";
    print::step("Building the program that measures the editor of pairs");
    program::run(program::cargo().args([
        "build",
        "--release",
        "--package",
        "app",
        "--features",
        "bench",
        "--bin",
        NAME,
    ]))?;
    let program = folders::target().join("release").join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX));
    let report = program::output(&mut program::command(&program))?;
    for (key, what) in PAIR_EDITOR {
        if let Some(time) = value(&report, key) {
            print::note(&format!("{:<46} {time} ms", format!("50,000 pairs: {what}")));
        }
    }
    Ok(format!("{{\"figure\":\"50,000 pairs\",\"report\":{}}}", report.trim()))
}

/// Returns the value of a key in a flat report, with numbers rounded to four digits.
fn value(report: &str, key: &str) -> Option<String> {
    let rest = report.split_once(&format!("\"{key}\":"))?.1;
    let digits = &rest[..rest.find([',', '}'])?];
    let number: f64 = digits.parse().ok()?;
    if !digits.contains('.') {
        return Some(digits.to_owned());
    }
    Some(if number >= 100.0 { format!("{number:.0}") } else { format!("{number:.3}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_out_of_a_report() {
        let report = r#"{"gflops":120.04,"seconds":0.51234,"steps":40,"what":"train"}"#;
        assert_eq!(value(report, "gflops").as_deref(), Some("120"));
        assert_eq!(value(report, "seconds").as_deref(), Some("0.512"));
        assert_eq!(value(report, "steps").as_deref(), Some("40"));
        assert_eq!(value(report, "missing"), None);
    }
}
