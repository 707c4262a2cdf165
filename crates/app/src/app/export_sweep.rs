//! Exports sweeps: charts, tables of numbers, and a report on one page.

use std::sync::Arc;

use ipc::command::{ExportChart, ExportReport, ExportTable};
use ipc::files::Access;
use store::{models, sweeps};

use super::{App, sweep_items};
use crate::chart_export::ChartFormat;
use crate::report::{Report, Sample};
use crate::{Error, atomic_write};

/// The number of items of a point that the report shows.
const SAMPLES: usize = 6;

impl App {
    /// Writes a chart to a file, in the format of the file's ending.
    ///
    /// # Errors
    /// Returns an error if the ending is not that of a chart's format, a file is there that may not be replaced, or the
    /// file cannot be written.
    pub async fn export_chart(&self, request: ExportChart) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        let Some(format) = ChartFormat::from_path(&path) else {
            return Err(Error::invalid(
                "A chart is written as .svg, .pdf or .png.",
                "Give the file\u{2019}s name one of these endings.",
            ));
        };
        let state = Arc::clone(&self.state);
        super::models::blocking(move || {
            let bytes = format.bytes(&request.svg).map_err(|error| {
                Error::invalid(format!("The chart cannot be exported: {error}."), "Try another format.")
            })?;
            state.exports.write(&path, &bytes, request.replace)
        })
        .await?
    }

    /// Writes the numbers of a chart to a file, as the window shows them.
    ///
    /// # Errors
    /// Returns an error if a file is there that may not be replaced, or it cannot be written.
    pub async fn export_table(&self, request: ExportTable) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        let state = Arc::clone(&self.state);
        let write = move || state.exports.write(&path, request.text.as_bytes(), request.replace);
        super::models::blocking(write).await?
    }

    /// Writes a report of a sweep: settings, hashes, curves and samples on one self-contained page.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist, a file is there that may not be replaced, or it cannot be written.
    pub async fn export_report(&self, request: ExportReport) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        let model = models::find(&mut *db, sweep.model).await?;
        let mut samples = Vec::new();
        for curve in sweep.settings.curves() {
            // The samples come from the end of a curve, where steering has the largest effect.
            let points = sweep.curve(curve);
            let Some(last) = points.last() else { continue };
            let mut items = sweep_items::point(&mut db, &sweep, curve, last.multiplier).await?;
            items.truncate(SAMPLES);
            samples.push(Sample { curve, multiplier: last.multiplier, items });
        }
        drop(db);
        let state = Arc::clone(&self.state);
        super::models::blocking(move || {
            let report = Report { sweep: &sweep, model: &model.name, samples: &samples, svg: &request.svg };
            let page = report.page().map_err(|error| {
                Error::invalid(
                    format!("The report cannot be made: {error}."),
                    "Show the sweep again, then try again.",
                )
            })?;
            state.exports.write(&path, page.as_bytes(), request.replace)
        })
        .await?
    }
}
