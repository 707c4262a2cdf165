//! The view of the quality check: the findings about a data set, and their repairs.

mod check;
mod finding;
mod histogram;
mod margins;

use std::time::Duration;

use ipc::quality::QualityReport;
use leptos::prelude::*;

use self::check::Check;
use super::shown_view::ShownView;
use crate::actions::DataView;
use crate::state::store;
use crate::t;
use crate::text::{Argument, message};
use crate::widgets::{FailureCard, Pause};

/// The pause between an edit and the next check of the data set.
const PAUSE: Duration = Duration::from_millis(600);

/// The check of the data set in use; made when it is shown, and after every change while it is.
#[component]
pub(super) fn QualityView() -> impl IntoView {
    let (store, views) = (store(), expect_context::<ShownView>());
    let check = Check::new();
    provide_context(check);
    let pause = Pause::new(PAUSE);
    let data_set = Memo::new(move |_| store.data_set());
    Effect::new(move |_| {
        let (set, _) = (data_set.get(), store.margins_changed.get());
        if !views.is(DataView::Quality) {
            return;
        }
        let Some(set) = set else {
            check.failure.set(None);
            return check.report.set(None);
        };
        pause.cancel();
        let is_known = check.report.read_untracked().as_ref().is_some_and(|report| report.data_set == set.id);
        if is_known {
            pause.then(move || check.run(set.id));
        } else {
            check.report.set(None);
            check.run(set.id);
        }
    });
    let title = move || match (&*check.report.read(), check.is_busy.get()) {
        (None, true) => t!("data-check-under-way"),
        (None, false) => t!("data-check-none"),
        (Some(report), _) => summary(report),
    };
    let findings = move || check.report.get().map(|report| report.findings).unwrap_or_default();
    let is_sound = move || {
        check.report.read().as_ref().is_some_and(|report| report.pairs > 0 && report.findings.is_empty())
    };
    let is_empty = move || check.report.read().as_ref().is_some_and(|report| report.pairs == 0);
    view! {
        <div class="toolbar">
            <h2 class="grow" data-testid="quality-title">{title}</h2>
            <span class="quiet small">{move || check.is_busy.get().then(|| t!("data-check-busy"))}</span>
        </div>
        <div class="editor quality">
            <FailureCard failure=check.failure />
            <Show when=is_empty>
                <p class="quiet">{t!("data-check-empty")}</p>
            </Show>
            <Show when=is_sound>
                <p data-testid="quality-sound">{t!("data-check-sound")}</p>
            </Show>
            <For each=findings key=|found| (found.kind, found.message.clone(), found.count) children=|found| view! { <finding::FindingCard found /> } />
            <Show when=move || check.report.read().as_ref().is_some_and(|report| report.pairs > 0)>
                <margins::Margins />
            </Show>
        </div>
    }
}

/// Returns how many findings of each weight there are.
fn summary(report: &QualityReport) -> String {
    use ipc::quality::Weight;
    let count = |weight| report.findings.iter().filter(|found| found.weight == weight).count();
    let weights = [
        (Weight::Problem, "data-check-problems"),
        (Weight::Warning, "data-check-warnings"),
        (Weight::Note, "data-check-notes"),
    ];
    let parts: Vec<String> = weights
        .into_iter()
        .map(|(weight, id)| (count(weight), id))
        .filter(|(count, _)| *count > 0)
        .map(|(count, id)| message(id, &[("count", Argument::from(count))]))
        .collect();
    let pairs = t!("count-pairs", count = report.pairs);
    if parts.is_empty() { pairs } else { format!("{pairs} \u{00b7} {}", parts.join(" \u{00b7} ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::quality::{Finding, FindingKind, Weight};

    #[test]
    fn the_title_counts_by_weight() {
        let found = |weight| Finding {
            kind: FindingKind::Length,
            weight,
            message: String::new(),
            why: String::new(),
            count: 1,
            pairs: ipc::list::Ids::default(),
            rows: vec![],
            repair: None,
        };
        let findings = vec![found(Weight::Problem), found(Weight::Note), found(Weight::Note)];
        let report = QualityReport { data_set: 1, pairs: 84, findings, margins: vec![], measuring: None };
        assert_eq!(summary(&report), "84 pairs \u{00b7} 1 problem \u{00b7} 2 notes");
    }
}
