//! `tiller-cli distil --store`: the window's distilling as a job of a store. The adapter goes to the library, and to the file that
//! was asked for.

use std::path::Path;

use app::Purpose;
use app::baking::proof_file;
use ipc::Id;
use ipc::bake::Proof;
use ipc::command::{ListDistillations, SetOut, StartDistil};
use ipc::distil::{DistilSettings, Remaining};
use ipc::train::SYSTEM_PROMPT;
use ipc::vector::Vector;
use serde::Serialize;
use vectors::files::AdapterFile;
use vectors::train::Schedule;

use super::Arguments;
use crate::adapter::{Kind, check_out};
use crate::bake::as_typed;
use crate::door::{self, Door, End, conclude, follow_asked, library, number, sentence};
use crate::halt::Halt;
use crate::jobs::Silent;
use crate::output;
use crate::train::in_store::say_queued;

/// The last line: the adapter in the library, and its file if one was asked for.
#[derive(Serialize)]
struct Line {
    vector: Id,
    name: String,
    norm: f64,
    hash: String,
    divergence: Remaining,
    /// How the model with the adapter compares with the steered original.
    proof: Option<Proof>,
    out: Option<String>,
    /// What proves the file. `None` where none was asked for or lies beside it.
    proof_file: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let (steering, json) = (&arguments.steering, arguments.of.json);
    steering.check_in_store()?;
    arguments.check_in_store()?;
    let place = match &arguments.out {
        Some(out) => Some((out.as_path(), check_out(out, arguments.force)?)),
        None => None,
    };
    door::within_project(&arguments.of.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let vector = steering.in_store(door, &overview)?;
        if let Some(path) = steering.model.given()
            && library::model(door, &overview, path)?.id != vector.model
        {
            let message = format!("a job of a store distils on the model of \u{201c}{}\u{201d}", vector.name);
            return Err(Halt::Refused(format!("{message}, which is another one: leave out --model.")));
        }
        let data_set = library::any_set(door, &overview, &arguments.data, &arguments.read)?.id;
        let multiplier = as_typed(arguments.multiplier);
        let settings = arguments.settings_in_store();
        let job = door.call(StartDistil { vector: vector.id, multiplier, data_set, settings })?.id;
        if let Some((out, kind)) = place {
            let file = if kind == Kind::Gguf { out.to_owned() } else { AdapterFile::in_folder(out) };
            door.call(SetOut { job, file: door::file(&file)? })?;
        }
        say_queued(door, job, json)?;
        match follow_asked(door, job, &mut Silent::goes_on())? {
            End::Done => {
                let gone = || Halt::Failed(format!("job {job} is no longer in this store."));
                Line::read(door, vector.id, job)?.ok_or_else(gone)?.print(json)
            }
            end => conclude(door, job, end),
        }
    })
}

/// Prints what a job has distilled of which the number alone is known.
pub(crate) fn print_of_job(door: &mut Door, job: Id, json: bool) -> Result<(), Halt> {
    for vector in door.watch()?.vectors {
        if let Some(line) = Line::read(door, vector.id, job)? {
            return line.print(json);
        }
    }
    Ok(())
}

/// Returns what `--out` named: peft's folder, of which the job names the file.
fn asked_for(file: &str) -> String {
    let path = Path::new(file);
    AdapterFile::folder_of(path).unwrap_or(path).display().to_string()
}

impl Line {
    /// Returns what a job has distilled from a vector, if it is a job of that vector.
    fn read(door: &mut Door, vector: Id, job: Id) -> Result<Option<Self>, Halt> {
        let listed = door.call(ListDistillations { vector })?;
        let Some(found) = listed.into_iter().find(|found| found.job == job) else { return Ok(None) };
        let made = door.watch()?.vectors.into_iter().find(|vector| Some(vector.id) == found.made);
        let (Some(made), Some(divergence)) = (made, found.found) else {
            return Err(Halt::Failed(format!("the adapter of job {job} is no longer in the library.")));
        };
        let file = number(door, job)?.out;
        if let Some(failure) = file.as_ref().and_then(|file| file.failure.as_ref()) {
            let message =
                format!("the adapter is in the store, and could not be written: {}", sentence(failure));
            return Err(Halt::Failed(message));
        }
        let out = file.map(|file| asked_for(&file.path));
        let beside = out.as_ref().map(|out| proof_file(Path::new(out))).filter(|proof| proof.exists());
        let proof_file = beside.map(|proof| proof.display().to_string());
        let Vector { id, name, norm, hash, .. } = made;
        Ok(Some(Self { vector: id, name, norm, hash, divergence, proof: found.proof, out, proof_file }))
    }

    fn print(&self, json: bool) -> Result<(), Halt> {
        output::line(json, self, || {
            let written = self.out.as_ref().map(|out| format!(", written to {out}")).unwrap_or_default();
            format!("adapter {}{written}. {}", self.name, self.divergence.text())
        })
    }
}

impl Arguments {
    /// Refuses what a store sets for each distillation.
    fn check_in_store(&self) -> Result<(), Halt> {
        let message = if self.alpha.is_some() || self.schedule != Schedule::Cosine {
            "in a store alpha is twice the rank, and the rate falls as a cosine: leave out --alpha and --schedule."
        } else if self.system.system != SYSTEM_PROMPT {
            "in a store the prompts have the system message that the vector was made with: leave out --system."
        } else {
            return Ok(());
        };
        Err(Halt::Usage(message.into()))
    }

    /// Returns the settings of the window, with its defaults for the rest.
    fn settings_in_store(&self) -> DistilSettings {
        let usual = DistilSettings::default();
        DistilSettings {
            on: self.projections,
            rank: self.rank.unwrap_or(usual.rank),
            steps: self.steps.unwrap_or(usual.steps),
            batch: self.batch.unwrap_or(usual.batch),
            learning_rate: self.lr.unwrap_or(usual.learning_rate),
            seed: self.seed.unwrap_or(usual.seed),
        }
    }
}
