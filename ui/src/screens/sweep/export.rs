//! Exports the shown sweeps: the chart for a paper, its numbers for other programs, and a report.

use std::fmt::Write as _;

use ipc::Failure;
use ipc::command::{ExportChart, ExportPlan, ExportReport, ExportTable};
use ipc::files::FilePurpose;
use ipc::plan::PlanOf;
use ipc::spreadsheet::guarded;
use ipc::sweep::{Sweep, SweepPoint};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};

use super::form::Form;
use super::panels::Panel;
use super::shown_sweeps::{ShownSweeps, title};
use crate::bridge;
use crate::charts::{Picture, svg};
use crate::chosen_files;
use crate::state::store;
use crate::widgets::FailureCard;
use crate::widgets::roving;
use crate::widgets::{Checkbox, PathField};

/// The formats: the ending, and the content of such a file.
const FORMATS: [(&str, &str); 7] = [
    ("png", "the chart as a picture of twice the size"),
    ("svg", "the chart, its letters as outlines"),
    ("pdf", "the chart for a paper, with its font"),
    ("csv", "the numbers that are shown"),
    ("json", "the numbers that are shown, with all settings"),
    ("html", "a report: chart, settings, hashes, numbers, samples"),
    ("toml", "a plan, with which anybody runs this sweep again, its training included"),
];

/// A number that the chart shows, with its place in the chart.
#[derive(Debug, Clone, PartialEq)]
struct Record {
    sweep: ipc::Id,
    curve: String,
    set: String,
    score: String,
    unit: &'static str,
    multiplier: f64,
    x: f64,
    value: f64,
    low: f64,
    high: f64,
    count: u32,
    missing: u32,
}

/// Returns every point of every curve that is drawn, in the order of the panels.
fn records(sweeps: &[Sweep], panels: &[Panel]) -> Vec<Record> {
    let mut all = Vec::new();
    for panel in panels {
        for (line, places) in panel.picture.lines.iter().zip(&panel.places) {
            let mut last = None;
            for (place, [x, _]) in places.iter().zip(&line.points) {
                // A horizontal line has its only point at both ends.
                if last.replace(*place) == Some(*place) {
                    continue;
                }
                let Some(sweep) = sweeps.iter().find(|one| one.id == place.sweep) else { continue };
                let Some(arm) = sweep.settings.arms.get(place.curve.arm as usize) else { continue };
                let points = sweep.curve(place.curve);
                let is_here = |point: &&SweepPoint| point.multiplier.total_cmp(&place.multiplier).is_eq();
                let Some(point) = points.iter().find(is_here) else { continue };
                all.push(Record {
                    sweep: place.sweep,
                    curve: arm.name.clone(),
                    set: panel.set.clone().unwrap_or_default(),
                    score: panel.score.name(),
                    unit: panel.score.unit(),
                    multiplier: point.multiplier,
                    x: *x,
                    value: point.value,
                    low: point.low,
                    high: point.high,
                    count: point.count,
                    missing: point.missing,
                });
            }
        }
    }
    all
}

const COLUMNS: &str = "sweep,curve,set,score,unit,multiplier,x,value,low_95,high_95,n,missing";

fn csv(records: &[Record], guard_formulas: bool) -> String {
    let quoted = |text: &str| quoted(&if guard_formulas { guarded(text) } else { text.into() });
    let mut text = format!("{COLUMNS}\n");
    for r in records {
        let words = [r.curve.as_str(), &r.set, &r.score, r.unit].map(quoted).join(",");
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{},{words},{},{},{},{},{},{},{}",
            r.sweep, r.multiplier, r.x, r.value, r.low, r.high, r.count, r.missing
        );
    }
    text
}

/// A text as a field of CSV.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn json(
    records: &[Record],
    sweeps: &[Sweep],
    axis: &str,
    version: &str,
    models: &[ipc::model::Model],
) -> String {
    let record = |r: &Record| {
        json!({
            "sweep": r.sweep, "curve": r.curve, "set": r.set, "score": r.score, "unit": r.unit,
            "multiplier": r.multiplier, "x": r.x, "value": r.value, "low_95": r.low, "high_95": r.high,
            "n": r.count, "missing": r.missing,
        })
    };
    let about = |sweep: &Sweep| {
        let model = models.iter().find(|model| model.id == sweep.model).map(|model| model.name.clone());
        json!({
            "sweep": sweep.id, "name": sweep.name, "note": sweep.note, "model": model,
            "model_sha256": sweep.fingerprint, "set_sha256": sweep.hashes, "vector_sha256": sweep.vectors,
            "created_ms": sweep.created, "stale": sweep.stale, "settings": sweep.settings,
        })
    };
    let all = json!({
        "made_by": format!("Tiller {version}"),
        "x": axis,
        "interval": "95 % percentile bootstrap over items, 10000 resamples",
        "sweeps": sweeps.iter().map(about).collect::<Vec<Value>>(),
        "points": records.iter().map(record).collect::<Vec<Value>>(),
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

/// The panel that exports the shown sweeps.
#[component]
pub(super) fn Export() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let path = RwSignal::new(String::new());
    let format = RwSignal::new("png");
    let replace = RwSignal::new(false);
    let guard_formulas = RwSignal::new(true);
    let failure = RwSignal::new(None::<Failure>);
    let done = RwSignal::new(None::<String>);
    let name = move || shown.sweep.get_untracked().map(|sweep| title(&sweep)).unwrap_or_default();
    let purpose = Callback::new(move |()| FilePurpose::ExportSweep {
        name: name(),
        ending: format.get_untracked().to_owned(),
    });
    let write = move |_| {
        let Some(own) = shown.sweep.get_untracked() else { return };
        let (panels, columns) = shown.panels.get_untracked();
        let sweeps = shown.sweeps.get_untracked();
        let pictures: Vec<Picture> = panels.iter().map(|panel| panel.picture.clone()).collect();
        let (path, replace) =
            (with_ending(&path.get_untracked(), format.get_untracked()), replace.get_untracked());
        let svg = svg::document(&pictures, columns);
        let axis = form.view.axis.get_untracked().title();
        let version = store.version.get_untracked();
        let text = match format.get_untracked() {
            "csv" => Some(csv(&records(&sweeps, &panels), guard_formulas.get_untracked())),
            "json" => {
                let models = store.models.get_untracked();
                Some(json(&records(&sweeps, &panels), &sweeps, axis, &version, &models))
            }
            _ => None,
        };
        let ending = format.get_untracked();
        failure.set(None);
        done.set(None);
        spawn_local(async move {
            let file = chosen_files::to_write(&path);
            let written = match text {
                Some(text) => bridge::call(ExportTable { text, file, replace }).await,
                None if ending == "toml" => {
                    bridge::call(ExportPlan { what: PlanOf::Sweep { sweep: own.id }, file, replace }).await
                }
                None if ending == "html" => {
                    bridge::call(ExportReport { sweep: own.id, svg, file, replace }).await
                }
                None => bridge::call(ExportChart { svg, file, replace }).await,
            };
            match written {
                Ok(()) => drop(done.try_set(Some(path))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let options = move || {
        FORMATS.into_iter().map(|(ending, _)| view! {
            <button type="button" data-testid=format!("export-{ending}") aria-pressed=move || (format.get() == ending).to_string()
                on:click=move |_| format.set(ending)>{ending.to_uppercase()}</button>
        }).collect_view()
    };
    let what = move || FORMATS.into_iter().find(|(ending, _)| *ending == format.get()).map(|(_, what)| what);
    view! {
        <details data-testid="sweep-export">
            <summary>"Export"</summary>
            <div class="fields">
                <div class="row wrap"><span use:roving class="segments">{options}</span><span class="quiet small">{what}</span></div>
                <PathField label="File" testid="sweep-export-path" path purpose failure />
                <Show when=move || format.get() == "csv">
                    <Checkbox label=Signal::stored("Guard against spreadsheet formulas: an apostrophe before names that begin with =, +, \u{2212} or @".to_owned()) testid="sweep-export-guard" value=guard_formulas />
                </Show>
                <div class="row">
                    <Checkbox label=Signal::stored("Replace a file that is there".to_owned()) testid="sweep-export-replace" value=replace />
                    <span class="grow"></span>
                    <button class="button primary" data-testid="sweep-export-write" disabled=move || path.read().trim().is_empty() on:click=write>"Export"</button>
                </div>
                {move || done.get().map(|path| view! { <p class="quiet small" data-testid="sweep-exported">{format!("Written to {path}")}</p> })}
                <FailureCard failure />
            </div>
        </details>
    }
}

/// Returns a typed path with the format's ending.
fn with_ending(path: &str, ending: &str) -> String {
    let path = path.trim();
    let has = path.to_lowercase().ends_with(&format!(".{ending}"));
    if has { path.to_owned() } else { format!("{path}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            sweep: 3,
            curve: "A, \"B\"".into(),
            set: "=D".into(),
            score: "Preference".into(),
            unit: "log-odds, nats",
            multiplier: -0.5,
            x: -0.5,
            value: 1.25,
            low: 1.0,
            high: 1.5,
            count: 20,
            missing: 0,
        }
    }

    #[test]
    fn a_table_keeps_every_digit_and_quotes_its_texts() {
        let text = csv(&[record()], true);
        let line = "3,\"A, \"\"B\"\"\",'=D,Preference,\"log-odds, nats\",-0.5,-0.5,1.25,1,1.5,20,0";
        assert_eq!(text, format!("{COLUMNS}\n{line}\n"));
        assert_eq!(csv(&[record()], false), format!("{COLUMNS}\n{}\n", line.replace("'=D", "=D")));
    }

    #[test]
    fn json_says_what_its_numbers_are() {
        let text = json(&[record()], &[], "multiplier", "0.1.0", &[]);
        let all: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&all["points"][0]["value"], &all["x"]), (&json!(1.25), &json!("multiplier")));
    }

    #[test]
    fn a_path_gets_its_ending_once() {
        assert_eq!(
            (with_ending(" /a/b ", "pdf"), with_ending("/a.PDF", "pdf")),
            ("/a/b.pdf".into(), "/a.PDF".into())
        );
    }
}
