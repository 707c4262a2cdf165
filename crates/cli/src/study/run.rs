//! Runs a study cell by cell: what the store has is not done again, so that the same command goes on after a stop.

use std::collections::HashMap;
use std::path::PathBuf;

use ::study::{Cell, CellResult, Plan, Results, Summary, cells};
use app::Purpose;
use ipc::Id;
use ipc::command::{ExportProject, NewProject, SaveSettings};
use ipc::model::Model;
use ipc::project::{Overview, Settings};
use ipc::train::TrainSettings;
use serde::Serialize;
use vectors::model::Device;

use super::data_sets::{Content, Stored};
use super::{RunArguments, cell, data_sets, model, read, report};
use crate::door::{self, Door};
use crate::halt::Halt;
use crate::output;
use crate::stop;

/// A study that is run in a store.
pub(super) struct Study<'a> {
    pub(super) door: &'a mut Door,
    pub(super) plan: &'a Plan,
    /// The folder from which the plan's files are looked for.
    pub(super) folder: PathBuf,
    pub(super) model: Model,
    /// The usual settings on this model, apart from those that depend on the data.
    pub(super) usual: TrainSettings,
    /// The plan's data sets, in its order.
    pub(super) data: Vec<Content>,
    /// The data sets that are in the store, by name.
    stored: HashMap<String, Stored>,
    pub(super) overview: Overview,
    pub(super) json: bool,
}

/// A job that a cell waits for.
#[derive(Serialize)]
struct Begun<'a> {
    cell: &'a str,
    job: Id,
}

/// A cell that is done.
#[derive(Serialize)]
struct DoneCell<'a> {
    cell: &'a str,
    done: usize,
    of: usize,
    vector: Option<&'a str>,
    points: usize,
}

pub(crate) fn run(arguments: &RunArguments) -> Result<(), Halt> {
    let (plan, folder) = read(&arguments.plan)?;
    let data = data_sets::read_all(&plan, &folder)?;
    report::check_folder(arguments.out.as_deref())?;
    door::within(&arguments.store, Purpose::Jobs, |door| {
        let overview = enter_project(door, arguments.project.as_deref().unwrap_or(plan.name.trim()))?;
        if let Some(device) = arguments.device {
            set_device(door, &overview, device)?;
        }
        let model = model::model(door, &overview, &plan.model, &folder)?;
        let blocks = model.facts.as_ref().map(|facts| facts.blocks).ok_or_else(|| {
            Halt::Refused(format!("{}: nothing is known about this model. Load it once.", model.name))
        })?;
        let overview = door.watch()?;
        let mut study = Study {
            door,
            plan: &plan,
            folder: folder.clone(),
            model,
            usual: app::defaults::settings(blocks, 1),
            data,
            stored: HashMap::new(),
            overview,
            json: arguments.json,
        };
        let results = study.all()?;
        report::write(&results, arguments.out.as_deref())?;
        if let Some(file) = &arguments.project_file {
            let (project, file) = (study.overview.project_id, door::file(file)?);
            study.door.call(ExportProject { project, file, replace: true })?;
        }
        results.summary.iter().try_for_each(|row| output::line(arguments.json, row, || row.text()))
    })
}

/// Works in the project of this name from here on, which is made if there is none, and returns its state. A window that runs keeps
/// the project that it shows.
fn enter_project(door: &mut Door, name: &str) -> Result<Overview, Halt> {
    let known = door.watch()?.projects.into_iter().find(|project| project.name == name);
    let project = match known {
        Some(project) => project,
        None => door.call(NewProject { name: name.to_owned(), open: false })?,
    };
    door.enter(Some(project.id));
    door.watch()
}

/// Sets the device on which the store's models are loaded from now on.
fn set_device(door: &mut Door, overview: &Overview, device: Device) -> Result<(), Halt> {
    let device = Some(device).filter(|device| *device != Device::Cpu).map(|device| device.to_string());
    if overview.settings.device == device {
        return Ok(());
    }
    door.call(SaveSettings { settings: Settings { device, ..overview.settings.clone() } })
}

impl Study<'_> {
    fn all(&mut self) -> Result<Results, Halt> {
        let cells = cells(self.plan, self.usual.lowest_layer());
        let mut done: Vec<CellResult> = Vec::with_capacity(cells.len());
        for (place, cell) in cells.iter().enumerate() {
            let name = cell.name(self.plan);
            if stop::is_asked() {
                return Err(Halt::Stopped(format!("stopped before {name}; the same command goes on")));
            }
            output::print_message(&format!("{} of {}: {name}", place + 1, cells.len()));
            let result = cell::run(self, cell)?;
            let line = DoneCell {
                cell: &name,
                done: place + 1,
                of: cells.len(),
                vector: result.vector.as_deref(),
                points: result.points.len(),
            };
            if self.json {
                output::line(true, &line, String::new)?;
            }
            done.push(result);
        }
        let model = self.overview.models.iter().find(|model| model.id == self.model.id);
        Ok(Results {
            name: self.plan.name.clone(),
            made_by: format!("Tiller {}", env!("CARGO_PKG_VERSION")),
            plan: self.plan.clone(),
            model_sha256: model.and_then(|model| model.fingerprint.clone()),
            data_sha256: self.data.iter().map(|data| data.hash.clone()).collect(),
            summary: Summary::all(&done),
            cells: done,
        })
    }

    /// Reads the state again, and hears from now on what changes.
    pub(super) fn refresh(&mut self) -> Result<(), Halt> {
        self.overview = self.door.watch()?;
        Ok(())
    }

    /// Says which job a cell waits for.
    pub(super) fn say_begun(&self, cell: &Cell, job: Id) -> Result<(), Halt> {
        if !self.json {
            return Ok(());
        }
        output::line(true, &Begun { cell: &cell.name(self.plan), job }, String::new)
    }

    /// Returns a data set of the plan by its name.
    pub(super) fn content(&self, name: &str) -> Result<&Content, Halt> {
        let found = self.data.iter().find(|content| content.name == name);
        found.ok_or_else(|| Halt::Refused(format!("the plan has no data set \u{201c}{name}\u{201d}.")))
    }

    /// Returns the data set of the store with a content. It is imported the first time.
    pub(super) fn stored(&mut self, content: &Content) -> Result<&Stored, Halt> {
        if !self.stored.contains_key(&content.name) {
            let stored = content.in_store(self.door, &self.overview)?;
            self.stored.insert(content.name.clone(), stored);
            self.refresh()?;
        }
        self.stored.get(&content.name).ok_or_else(|| Halt::Failed(format!("{} is gone.", content.name)))
    }
}
