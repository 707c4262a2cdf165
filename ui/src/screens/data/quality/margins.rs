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
use crate::t;
use crate::widgets::Term;

/// The numbers of pairs that can be measured at once; 0 stands for all.
const CHOICES: [u32; 4] = [50, 200, 1000, 0];

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
            <h3>{t!("data-margins-title")}</h3>
            <p class="quiet small">{t!("data-margins-help")}</p>
            <Measure />
            <Show when=move || !margins.read().is_empty()>
                <p data-testid="margins-summary">{move || summary(&margins.read())}</p>
                <div class="chart"><Chart picture=Signal::derive(move || picture(&bins.read())) testid="margins-chart" label=t!("data-margins-chart") /></div>
                <div class="table-box rows">
                    <table>
                        <thead><tr><th class="number">{t!("data-margins-from")}</th><th class="number"><Term name="Nats" text=t!("data-margins-to") /></th><th class="number">{t!("pairs")}</th></tr></thead>
                        <tbody>
                            {move || bins.get().into_iter().enumerate().map(|(at, bin)| view! {
                                <tr class="link-row" data-testid="margins-bin" tabindex="0" aria-selected=move || (chosen.get() == Some(at)).to_string()
                                    aria-label=format!("{} \u{2013} {}: {}", end(bin.from), end(bin.to), bin.count)
                                    title=t!("data-margins-bin-title") on:click=move |_| chosen.set(Some(at))
                                    on:keydown=move |event| if event.key() == "Enter" { chosen.set(Some(at)); }>
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
            <select class="narrow" data-testid="margins-most" aria-label=t!("data-margins-most")
                on:change=move |event| most.set(event_target_value(&event).parse().unwrap_or(200))>
                {CHOICES.map(|count| view! { <option value=count.to_string() selected=count == 200>{amount(count)}</option> })}
            </select>
            <button class="button" data-testid="margins-measure" disabled=move || store.model().is_none() || measuring() on:click=measure>{t!("data-margins-measure")}</button>
            <span class="quiet small ellipsis">{move || if measuring() {
                t!("data-margins-under-way")
            } else {
                t!("data-margins-with", model = model())
            }}</span>
        </div>
    }
}

/// Names a number of pairs that can be measured.
fn amount(count: u32) -> String {
    if count == 0 { t!("data-margins-all") } else { t!("count-pairs", count = count) }
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
        <h3>{t!("data-margins-bin", from = end(bin.from), to = end(bin.to))}</h3>
        <div class="table-box rows">
            <table>
                <thead><tr><th class="number">{t!("data-pair")}</th><th class="number"><Term name="Nats" /></th><th class="number">{t!("data-margins-per-token")}</th></tr></thead>
                <tbody>{move || rows().into_iter().map(|margin| view! {
                    <tr class="link-row" data-testid="margins-row" tabindex="0" title=t!("data-open-pair")
                        aria-label=format!("{}: {}", margin.number, format::number(margin.margin, 2)) on:click=move |_| pairs.show_pair(margin.pair)
                        on:keydown=move |event| if event.key() == "Enter" { pairs.show_pair(margin.pair); }>
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
    t!(
        "data-margins-summary",
        count = values.len(),
        middle = format::number(middle, 1),
        against = format::percent(against as f64 / values.len().max(1) as f64)
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
