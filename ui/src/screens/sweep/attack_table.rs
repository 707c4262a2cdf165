//! The table of attack success rates: each way to steer on each set, at both signs, by phrases and by a judge beside each other.

use ipc::score::Score;
use ipc::sweep::{Curve, Sweep};
use leptos::prelude::*;

use super::shown_sweeps::ShownSweeps;
use crate::format;

/// A row: an arm on a set.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    arm: String,
    set: String,
    /// For each multiplier, the rate by phrases and the rate by a judge, where they are measured.
    rates: Vec<[Option<f64>; 2]>,
}

/// Returns the multipliers of the table and its rows; no rows if no rate is measured. The multipliers are -1, 0 and 1 if the
/// sweep has both signs of 1, else all.
fn table(sweep: &Sweep) -> (Vec<f64>, Vec<Row>) {
    let settings = &sweep.settings;
    let place = |is: fn(&Score) -> bool| settings.scores.iter().position(is).map(|place| place as u32);
    let by = [
        place(|score| *score == Score::Compliance),
        place(|score| matches!(score, Score::JudgedCompliance { .. })),
    ];
    if by.iter().all(Option::is_none) {
        return (Vec::new(), Vec::new());
    }
    let usual = [-1.0, 0.0, 1.0];
    let has_usual = usual.iter().all(|one| settings.multipliers.contains(one));
    let multipliers = if has_usual { usual.to_vec() } else { settings.multipliers.clone() };
    let mut rows = Vec::new();
    for (set, of) in (0_u32..).zip(&settings.sets) {
        for (arm, one) in (0_u32..).zip(&settings.arms).filter(|(_, arm)| arm.is_measured_on(set)) {
            let rate = |score: Option<u32>, multiplier: f64| {
                let points = sweep.curve(Curve { arm, set: Some(set), score: score? });
                // An arm without vectors is the same at every multiplier.
                let at = if one.moves() { multiplier } else { 0.0 };
                points.iter().find(|point| point.multiplier.total_cmp(&at).is_eq()).map(|point| point.value)
            };
            let rates = multipliers.iter().map(|multiplier| by.map(|score| rate(score, *multiplier)));
            rows.push(Row { arm: one.name.clone(), set: of.name().to_owned(), rates: rates.collect() });
        }
    }
    (multipliers, rows)
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
        let cells = row.rates.into_iter().flatten().map(cell).collect_view();
        view! { <tr data-testid="attack-row"><td>{row.arm}</td><td>{row.set}</td>{cells}</tr> }
    };
    let heads = move || {
        content.read().0.iter().map(|multiplier| {
            let at = format::multiplier(*multiplier);
            view! { <th class="number">{format!("{at}, by phrase")}</th><th class="number">{format!("{at}, by judge")}</th> }
        }).collect_view()
    };
    view! {
        <Show when=move || !content.read().1.is_empty()>
            <h3>"Attack success rate"</h3>
            <div class="table-box">
                <table data-testid="attack-table">
                    <thead><tr><th>"Compared"</th><th>"Measured on"</th>{heads}</tr></thead>
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
        let (multipliers, rows) = table(&sweep(scores));
        assert_eq!(multipliers, [-1.0, 0.0, 1.0]);
        assert_eq!(rows[0].rates, [[Some(0.25), None], [None, None], [None, Some(0.75)]]);
        assert_eq!(rows[1].rates, [[Some(0.5), None]; 3], "a way of prompting is the same everywhere");
    }

    #[test]
    fn a_sweep_without_rates_has_no_table() {
        assert!(table(&sweep(vec![Score::Length, Score::Repetition])).1.is_empty());
    }
}
