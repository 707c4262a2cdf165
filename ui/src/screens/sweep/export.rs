//! Exports the shown sweeps: the chart for a paper, its numbers for other programs, and a report.

use ipc::command::{ExportChart, ExportPlan, ExportReport, ExportTable};
use ipc::files::FilePurpose;
use ipc::plan::PlanOf;
use ipc::sweep::export::{ExportedSweeps, Record, csv};
use ipc::sweep::{Sweep, SweepPoint};
use leptos::prelude::*;

use super::asked::EXPORT;
use super::form::Form;
use super::panels::Panel;
use super::shown_sweeps::{ShownSweeps, title};
use super::useful::{ChangesByPlace, changes_of};
use crate::bridge;
use crate::charts::{Picture, svg};
use crate::chosen_files;
use crate::state::store;
use crate::widgets::{Checkbox, WriteFile, Writing, roving};
use crate::{t, text};

/// The formats: the ending, and the message that says what such a file holds.
const FORMATS: [(&str, &str); 7] = [
    ("png", "sweep-export-png"),
    ("svg", "sweep-export-svg"),
    ("pdf", "sweep-export-pdf"),
    ("csv", "sweep-export-csv"),
    ("json", "sweep-export-json"),
    ("html", "sweep-export-html"),
    ("toml", "sweep-export-toml"),
];

/// Returns every point of every curve that is drawn, in the order of the panels.
fn records(sweeps: &[Sweep], panels: &[Panel], changes: &ChangesByPlace) -> Vec<Record> {
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
                let points = sweep.curve(place.curve);
                let is_here = |point: &&SweepPoint| point.multiplier.total_cmp(&place.multiplier).is_eq();
                let Some(point) = points.iter().find(is_here) else { continue };
                let change = changes.get(&(place.sweep, place.curve, point.multiplier.to_bits()));
                let Some(record) = Record::new(place.sweep, &sweep.settings, point) else { continue };
                all.push(Record { x: *x, ..record.with_change(change) });
            }
        }
    }
    all
}

fn json(
    records: &[Record],
    sweeps: &[Sweep],
    axis: &str,
    version: &str,
    models: &[ipc::model::Model],
) -> String {
    let with_model = sweeps.iter().map(|sweep| {
        let model = models.iter().find(|model| model.id == sweep.model);
        (sweep, model.map(|model| model.name.as_str()))
    });
    let file = ExportedSweeps::new(version, axis, with_model, records);
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

/// The panel that exports the shown sweeps.
#[component]
pub(super) fn Export() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let format = RwSignal::new("png");
    let guard_formulas = RwSignal::new(true);
    let name = move || shown.sweep.get_untracked().map(|sweep| title(&sweep)).unwrap_or_default();
    let purpose = Callback::new(move |()| FilePurpose::ExportSweep {
        name: name(),
        ending: format.get_untracked().to_owned(),
    });
    let write = move |path: &str, replace: bool| {
        let own = shown.sweep.get_untracked()?;
        let (panels, columns) = shown.panels.get_untracked();
        let sweeps = shown.sweeps.get_untracked();
        let pictures: Vec<Picture> = panels.iter().map(|panel| panel.picture.clone()).collect();
        let ending = format.get_untracked();
        let path = with_ending(path, ending);
        let svg = svg::document(&pictures, columns);
        let axis = form.view.axis.get_untracked().in_files();
        let version = store.version.get_untracked();
        let changes = untrack(|| changes_of(store, sweeps.iter().map(|sweep| sweep.id)));
        let table = match ending {
            "csv" => Some(csv(&records(&sweeps, &panels, &changes), guard_formulas.get_untracked())),
            "json" => {
                let models = store.models.get_untracked();
                Some(json(&records(&sweeps, &panels, &changes), &sweeps, axis, &version, &models))
            }
            _ => None,
        };
        let file = chosen_files::to_write(&path);
        let writing: Writing = Box::pin(async move {
            match table {
                Some(text) => bridge::call(ExportTable { text, file, replace }).await,
                None if ending == "toml" => {
                    bridge::call(ExportPlan { what: PlanOf::Sweep { sweep: own.id }, file, replace }).await
                }
                None if ending == "html" => {
                    bridge::call(ExportReport { sweep: own.id, svg, file, replace }).await
                }
                None => bridge::call(ExportChart { svg, file, replace }).await,
            }
        });
        Some((path, writing))
    };
    let options = move || {
        FORMATS.into_iter().map(|(ending, _)| view! {
            <button type="button" data-testid=format!("export-{ending}") aria-pressed=move || (format.get() == ending).to_string()
                on:click=move |_| format.set(ending)>{ending.to_uppercase()}</button>
        }).collect_view()
    };
    let what = move || {
        FORMATS
            .into_iter()
            .find(|(ending, _)| *ending == format.get())
            .map(|(_, what)| text::message(what, &[]))
    };
    view! {
        <section id=EXPORT tabindex="-1" aria-label=t!("export") data-testid="sweep-export">
            <div class="fields">
                <div class="row wrap"><span use:roving class="segments">{options}</span><span class="quiet small">{what}</span></div>
                <WriteFile label=t!("file") testid="sweep-export" purpose write>
                    <Show when=move || format.get() == "csv">
                        <Checkbox label=Signal::stored(t!("sweep-export-guard")) testid="sweep-export-guard" value=guard_formulas />
                    </Show>
                </WriteFile>
            </div>
        </section>
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

    #[test]
    fn a_path_gets_its_ending_once() {
        assert_eq!(
            (with_ending(" /a/b ", "pdf"), with_ending("/a.PDF", "pdf")),
            ("/a/b.pdf".into(), "/a.PDF".into())
        );
    }
}
