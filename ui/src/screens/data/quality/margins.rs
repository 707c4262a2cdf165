//! Shows which answers the unsteered model prefers: a histogram of margins, a table of the same numbers, and the pairs
//! of each bin.

use ipc::command::MeasureMargins;
use ipc::quality::Margin;
use leptos::prelude::*;

use super::check::Check;
use super::histogram::{Bin, bins, picture};
use crate::charts::Chart;
use crate::format;
use crate::screens::data::pairs::Pairs;
use crate::state::store;
use crate::widgets::Term;

/// The numbers of pairs that can be measured at once; 0 stands for all.
const CHOICES: [(u32, &str); 4] =
    [(50, "50 pairs"), (200, "200 pairs"), (1000, "1000 pairs"), (0, "all pairs")];

/// The section on margins.
#[component]
pub(super) fn Margins() -> impl IntoView {
    let check = expect_context::<Check>();
    let margins = Memo::new(move |_| {
        check.report.read().as_ref().map(|report| report.margins.clone()).unwrap_or_default()
    });
    let bins = Memo::new(move |_| bins(&margins.read()));
    let chosen = RwSignal::new(None::<usize>);
    view! {
        <section class="margins">
            <h3>"What the model prefers without a vector"</h3>
            <p class="quiet small">"The log-odds of the wanted answer against the opposite one, summed over their tokens. Below 0 the model prefers the opposite; a behaviour worth steering often begins there."</p>
            <Measure />
            <Show when=move || !margins.read().is_empty()>
                <p data-testid="margins-summary">{move || summary(&margins.read())}</p>
                <div class="chart"><Chart picture=Signal::derive(move || picture(&bins.read())) testid="margins-chart" label="How many pairs have which log-odds; the table below has the numbers" /></div>
                <div class="table-box rows">
                    <table>
                        <thead><tr><th class="number">"From"</th><th class="number"><Term name="Nats" text="To (nats)" /></th><th class="number">"Pairs"</th></tr></thead>
                        <tbody>
                            {move || bins.get().into_iter().enumerate().map(|(at, bin)| view! {
                                <tr class="link-row" data-testid="margins-bin" aria-selected=move || (chosen.get() == Some(at)).to_string()
                                    title="Show these pairs" on:click=move |_| chosen.set(Some(at))>
                                    <td class="number">{end(bin.from)}</td><td class="number">{end(bin.to)}</td><td class="number">{bin.count}</td>
                                </tr>
                            }).collect_view()}
                        </tbody>
                    </table>
                </div>
                {move || chosen.get().and_then(|at| bins.read().get(at).copied()).map(|bin| view! { <BinPairs bin margins /> })}
            </Show>
        </section>
    }
}

/// The fields that choose the measured pairs and the model.
#[component]
fn Measure() -> impl IntoView {
    let (store, check) = (store(), expect_context::<Check>());
    let most = RwSignal::new(200_u32);
    let measuring = move || {
        let report = check.report.read();
        let job = report.as_ref().and_then(|report| report.measuring);
        store.jobs.read().iter().any(|known| Some(known.id) == job)
    };
    let measure = move |_| {
        let (Some(set), Some(model)) = (store.data_set(), store.model()) else { return };
        store.send(MeasureMargins { data_set: set.id, model: model.id, most: most.get_untracked() });
    };
    let model = move || store.model().map(|model| model.name).unwrap_or_default();
    view! {
        <div class="row wrap">
            <select class="narrow" data-testid="margins-most" aria-label="How many pairs"
                on:change=move |event| most.set(event_target_value(&event).parse().unwrap_or(200))>
                {CHOICES.map(|(count, name)| view! { <option value=count.to_string() selected=count == 200>{name}</option> })}
            </select>
            <button class="button" data-testid="margins-measure" disabled=move || store.model().is_none() || measuring() on:click=measure>"Measure"</button>
            <span class="quiet small ellipsis">{move || if measuring() {
                "The strip below shows how far it is.".to_owned()
            } else {
                format!("with {}; what was measured before is kept", model())
            }}</span>
        </div>
    }
}

/// The pairs of one bin.
#[component]
fn BinPairs(bin: Bin, margins: Memo<Vec<Margin>>) -> impl IntoView {
    const MOST: usize = 200;
    let pairs = expect_context::<Pairs>();
    let rows = move || {
        margins.get().into_iter().filter(|margin| bin.holds(margin.margin)).take(MOST).collect::<Vec<_>>()
    };
    view! {
        <h3>{format!("Pairs from {} to {}", end(bin.from), end(bin.to))}</h3>
        <div class="table-box rows">
            <table>
                <thead><tr><th class="number">"Pair"</th><th class="number"><Term name="Nats" /></th><th class="number">"A token"</th></tr></thead>
                <tbody>{move || rows().into_iter().map(|margin| view! {
                    <tr class="link-row" data-testid="margins-row" title="Open the pair" on:click=move |_| pairs.show_pair(margin.pair)>
                        <td class="number">{margin.number}</td><td class="number">{format::number(margin.margin, 2)}</td><td class="number">{format::number(margin.per_token, 2)}</td>
                    </tr>
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Returns the end of a bin in as few digits as it needs.
fn end(value: f64) -> String {
    format::number(value, usize::from(value.fract().abs() > 1e-9))
}

/// Returns a sentence with the number of measured pairs, their median, and the share that prefers the opposite.
fn summary(margins: &[Margin]) -> String {
    let mut values: Vec<f64> = margins.iter().map(|margin| margin.margin).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2).copied().unwrap_or_default();
    let against = values.iter().filter(|value| **value < 0.0).count();
    format!(
        "{} measured \u{00b7} in the middle {} nats \u{00b7} {} prefer the opposite answer",
        format::plural(values.len(), "pair"),
        format::number(middle, 1),
        format::percent(against as f64 / values.len().max(1) as f64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_how_many_the_middle_and_the_share_against() {
        let margins: Vec<Margin> =
            [-3.0, -1.0, 2.5].map(|margin| Margin { pair: 1, number: 1, margin, per_token: 0.0 }).to_vec();
        assert_eq!(
            summary(&margins),
            "3 pairs measured \u{00b7} in the middle \u{2212}1.0 nats \u{00b7} 67 % prefer the opposite answer"
        );
    }
}
