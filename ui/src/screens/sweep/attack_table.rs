//! The table of attack success rates: each way to steer on each set, at both signs, by phrases and by a judge beside each other.

use ipc::score::Score;
use ipc::sweep::{Curve, Sweep};
use leptos::prelude::*;

use super::shown_sweeps::ShownSweeps;
use crate::format;
use crate::t;

/// A row: an arm on a set.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    arm: String,
    set: String,
    /// The rate in each column, where it is measured.
    rates: Vec<Option<f64>>,
}

/// Who says that an answer complies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// A list of phrases.
    Phrase,
    /// A judge.
    Judge,
}

/// Returns the columns of the table and its rows; no rows if no rate is measured. The multipliers are -1, 0 and 1 if the
/// sweep has both signs of 1, else all.
fn table(sweep: &Sweep) -> (Vec<(f64, By)>, Vec<Row>) {
    let settings = &sweep.settings;
    let way = |(place, score): (u32, &Score)| match score {
        Score::Compliance => Some((place, By::Phrase)),
        Score::JudgedCompliance { .. } => Some((place, By::Judge)),
        _ => None,
    };
    let mut ways: Vec<(u32, By)> = (0..).zip(&settings.scores).filter_map(way).collect();
    ways.sort_by_key(|(_, by)| *by == By::Judge);
    if ways.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let usual = [-1.0, 0.0, 1.0];
    let has_usual = usual.iter().all(|one| settings.multipliers.contains(one));
    let multipliers = if has_usual { usual.to_vec() } else { settings.multipliers.clone() };
    let mut rows = Vec::new();
    for (set, of) in (0_u32..).zip(&settings.sets) {
        for (arm, one) in (0_u32..).zip(&settings.arms).filter(|(_, arm)| arm.is_measured_on(set)) {
            let rate = |score: u32, multiplier: f64| {
                let points = sweep.curve(Curve { arm, set: Some(set), score });
                // An arm without vectors is the same at every multiplier.
                let at = if one.moves() { multiplier } else { 0.0 };
                points.iter().find(|point| point.multiplier.total_cmp(&at).is_eq()).map(|point| point.value)
            };
            let rates = multipliers
                .iter()
                .flat_map(|multiplier| ways.iter().map(|(score, _)| rate(*score, *multiplier)));
            rows.push(Row { arm: one.name.clone(), set: of.name().to_owned(), rates: rates.collect() });
        }
    }
    let column = |multiplier: &f64| ways.iter().map(|(_, by)| (*multiplier, *by)).collect::<Vec<_>>();
    (multipliers.iter().flat_map(column).collect(), rows)
}

/// The table, where attack success rates are measured.
#[component]
pub(super) fn AttackTable() -> impl IntoView {
    let shown = expect_context::<ShownSweeps>();
    let content = Memo::new(move |_| shown.sweep.read().as_ref().map(table).unwrap_or_default());
    let cell = |rate: Option<f64>| {
        let text = rate
            .map_or_else(|| "\u{2013}".to_owned(), |rate| format!("{} %", format::number(100.0 * rate, 1)));
        view! { <td class="number">{text}</td> }
    };
    let row = move |row: Row| {
        let cells = row.rates.into_iter().map(cell).collect_view();
        view! { <tr data-testid="attack-row"><td>{row.arm}</td><td>{row.set}</td>{cells}</tr> }
    };
    let heads = move || {
        content
            .read()
            .0
            .iter()
            .map(|(multiplier, by)| {
                let at = format::multiplier(*multiplier);
                let head = match by {
                    By::Phrase => t!("sweep-attack-by-phrase", multiplier = at),
                    By::Judge => t!("sweep-attack-by-judge", multiplier = at),
                };
                view! { <th class="number">{head}</th> }
            })
            .collect_view()
    };
    view! {
        <Show when=move || !content.read().1.is_empty()>
            <h3>{t!("sweep-attack-title")}</h3>
            <div class="table-box" tabindex="0">
                <table data-testid="attack-table">
                    <thead><tr><th>{t!("sweep-attack-compared")}</th><th>{t!("sweep-measured-on")}</th>{heads}</tr></thead>
                    <tbody>{move || content.get().1.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use ipc::job::JobState;
    use ipc::score::Judge;
    use ipc::sweep::{Arm, PromptSet, SweepPoint, SweepSettings, TokenUsage};

    use super::*;

    fn sweep(scores: Vec<Score>) -> Sweep {
        let settings = SweepSettings {
            arms: vec![
                Arm { name: "V".into(), ..Arm::vector(1) },
                Arm { name: "Prompt".into(), ..Arm::default() },
            ],
            multipliers: vec![-2.0, -1.0, 0.0, 1.0],
            sets: vec![PromptSet::List { name: "Own".into(), prompts: vec!["Why?".into()] }],
            scores,
            ..SweepSettings::default()
        };
        let point = |arm: u32, score: u32, multiplier: f64, value: f64| SweepPoint {
            arm,
            set: Some(0),
            score,
            multiplier,
            value,
            low: value,
            high: value,
            count: 4,
            missing: 0,
        };
        Sweep {
            id: 1,
            model: 1,
            job: 1,
            state: JobState::Done,
            points: vec![point(0, 0, -1.0, 0.25), point(0, 1, 1.0, 0.75), point(1, 0, 0.0, 0.5)],
            expected: settings.expected() as u32,
            settings,
            fingerprint: None,
            hashes: Vec::new(),
            name: None,
            note: String::new(),
            vectors: Vec::new(),
            usage: TokenUsage::default(),
            stale: None,
            created: 1,
        }
    }

    #[test]
    fn phrases_and_judge_stand_side_by_side_at_both_signs() {
        let scores = vec![Score::Compliance, Score::JudgedCompliance { judge: Judge::Local }];
        let (columns, rows) = table(&sweep(scores));
        let multipliers: Vec<f64> = columns.iter().map(|(multiplier, _)| *multiplier).collect();
        assert_eq!(multipliers, [-1.0, -1.0, 0.0, 0.0, 1.0, 1.0]);
        assert!(columns.iter().step_by(2).all(|(_, by)| *by == By::Phrase), "{columns:?}");
        assert_eq!(rows[0].rates, [Some(0.25), None, None, None, None, Some(0.75)]);
        assert_eq!(rows[1].rates, [Some(0.5), None].repeat(3), "a way of prompting is the same everywhere");
    }

    #[test]
    fn what_is_not_measured_has_no_column() {
        let (columns, rows) = table(&sweep(vec![Score::Compliance, Score::Length]));
        assert_eq!(columns, [-1.0, 0.0, 1.0].map(|multiplier| (multiplier, By::Phrase)));
        assert_eq!(rows[0].rates, [Some(0.25), None, None]);
    }

    #[test]
    fn a_sweep_without_rates_has_no_table() {
        assert!(table(&sweep(vec![Score::Length, Score::Repetition])).1.is_empty());
    }
}
