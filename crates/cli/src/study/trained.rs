//! The vector of a cell: the one that the store has of this model, these pairs and these settings, else one that is made now.

use std::fs;
use std::path::Path;

use ::study::{Arm, ArmSettings, Cell, Control, VectorPlan, random_directions};
use app::defaults;
use ipc::command::{ControlJob, ImportVector, PickEpoch, Train};
use ipc::job::{JobAction, JobState};
use ipc::steering::{Intervention, InterventionOp, Positions};
use ipc::train::{LoraConfig, Run, SYSTEM_PROMPT, TrainSettings};
use ipc::vector::Vector;
use ipc::{Event, Id};
use store::steering::Steering;
use vectors::files::{Provenance, VectorFile};
use vectors::steering::SteeringVector;

use super::run::Study;
use crate::door::{Door, End, Follower, file, follow};
use crate::halt::Halt;

/// Returns the vector of a cell. `None` for an arm without one, and for given vectors, which a sweep names itself.
pub(super) fn vector(study: &mut Study<'_>, cell: &Cell) -> Result<Option<Vector>, Halt> {
    let arm = &study.plan.arm[cell.arm];
    match (arm.method, arm.control) {
        (None, None) => Ok(None),
        (_, Some(Control::RandomVector)) => random(study, cell).map(Some),
        _ => trained(study, cell).map(Some),
    }
}

/// Returns the settings of a cell's run.
fn settings(study: &Study<'_>, arm: &Arm, cell: &Cell, pairs: u32) -> TrainSettings {
    let usual = &study.usual;
    let own: &ArmSettings = &arm.settings;
    let method = arm.method.unwrap_or(usual.method);
    let epochs = own.epochs.unwrap_or(usual.epochs);
    let batch_pairs = own.batch_pairs.unwrap_or(usual.batch_pairs);
    let warmup = || defaults::warmup_steps(pairs, batch_pairs, epochs);
    let lora = LoraConfig::default();
    let positions =
        if method.makes_adapter() { Positions::Everywhere } else { own.on.unwrap_or(usual.positions) };
    TrainSettings {
        method,
        layers: if cell.layers.is_empty() { usual.layers.clone() } else { cell.layers.clone() },
        position: own.position.unwrap_or(usual.position),
        epochs,
        learning_rate: own.learning_rate.unwrap_or(method.usual_learning_rate()),
        warmup_steps: own.warmup_steps.unwrap_or_else(warmup),
        schedule: own.schedule.unwrap_or(usual.schedule),
        beta: own.beta.unwrap_or(method.usual_beta()),
        factors: own.factors.clone().unwrap_or_else(|| usual.factors.clone()),
        weight_decay: own.weight_decay.unwrap_or(usual.weight_decay),
        clip_norm: own.clip_norm.unwrap_or(usual.clip_norm),
        batch_pairs,
        seed: cell.seed.unwrap_or(usual.seed),
        system_prompt: own.system_prompt.clone().unwrap_or_else(|| usual.system_prompt.clone()),
        positions,
        precision: own.precision.unwrap_or(usual.precision),
        lora: LoraConfig { rank: own.rank.unwrap_or(lora.rank), alpha: own.alpha.unwrap_or(lora.alpha) },
    }
}

fn trained(study: &mut Study<'_>, cell: &Cell) -> Result<Vector, Halt> {
    let plan = study.plan;
    let (arm, base) = (&plan.arm[cell.arm], plan.base(&plan.arm[cell.arm]));
    let name = cell.data.as_deref().unwrap_or_default();
    let mut content = study.content(name)?.clone();
    if arm.control == Some(Control::ShuffledLabels) {
        content = content.shuffled(cell.seed.unwrap_or(study.usual.seed))?;
    }
    let settings = settings(study, base, cell, content.counts().0);
    settings.check().map_err(|error| Halt::Refused(format!("{}: {error}.", cell.name(plan))))?;
    let stored = study.stored(&content)?;
    let (data_set, snapshot) = (stored.id, stored.snapshot.clone());
    let model = study.model.id;
    let is_same = |run: &&Run| run.model == model && run.data_set == data_set && run.settings == settings;
    let runs: Vec<Run> = study.overview.runs.iter().filter(is_same).cloned().collect();
    let done = |run: &Run| {
        let vector = study.overview.vectors.iter().find(|vector| Some(vector.id) == run.vector);
        vector.filter(|vector| is_of(vector, run, &snapshot)).cloned()
    };
    if let Some(vector) = runs.iter().filter(|run| run.state == JobState::Done).find_map(done) {
        return of_epoch(study, vector, base);
    }
    let is_under_way =
        |run: &&Run| matches!(run.state, JobState::Queued | JobState::Running | JobState::Paused);
    let run = match runs.iter().find(is_under_way) {
        Some(run) => {
            if run.state == JobState::Paused {
                study.door.call(ControlJob { job: run.job, action: JobAction::Resume })?;
            }
            run.clone()
        }
        None => study.door.call(Train { name: cell.name(plan), model, data_set, settings })?,
    };
    wait(study, cell, run.job)?;
    let made = study.overview.runs.iter().find(|known| known.id == run.id).and_then(|run| run.vector);
    let vector = study.overview.vectors.iter().find(|vector| Some(vector.id) == made);
    let vector = vector.cloned();
    let vector =
        vector.ok_or_else(|| Halt::Failed(format!("{}: the run made no vector.", cell.name(plan))))?;
    of_epoch(study, vector, base)
}

/// Returns the vector of the epoch that an arm takes, given that of the run's end.
fn of_epoch(study: &mut Study<'_>, end: Vector, arm: &Arm) -> Result<Vector, Halt> {
    let (Some(epoch), Some(run)) = (arm.epoch, end.run) else { return Ok(end) };
    let is_it = |vector: &&Vector| {
        (vector.run, vector.epoch) == (Some(run), Some(epoch)) && vector.intervention == end.intervention
    };
    if let Some(known) = study.overview.vectors.iter().find(is_it) {
        return Ok(known.clone());
    }
    let vector = study.door.call(PickEpoch { run, epoch })?;
    study.refresh()?;
    Ok(vector)
}

/// Returns whether a vector is still what its run has made of this snapshot.
fn is_of(vector: &Vector, run: &Run, snapshot: &str) -> bool {
    let intervention = Intervention { positions: run.settings.positions, op: InterventionOp::Add };
    vector.data_hash.as_deref() == Some(snapshot) && vector.intervention == intervention
}

/// Follows a job to its end, and reads the state again.
pub(super) fn wait(study: &mut Study<'_>, cell: &Cell, job: Id) -> Result<(), Halt> {
    study.say_begun(cell, job)?;
    let end = follow(study.door, job, &mut Quiet)?;
    match end {
        End::Done => study.refresh(),
        End::Failed(failure) => Err(Halt::failure(failure)),
        End::Stopped => Err(Halt::Stopped(format!(
            "job {job} of {} was stopped; the same command goes on",
            cell.name(study.plan)
        ))),
        End::Paused => Err(Halt::Stopped(format!(
            "job {job} of {} is paused; the same command goes on",
            cell.name(study.plan)
        ))),
    }
}

/// Prints nothing: the bars of the job are shown anyway.
struct Quiet;

impl Follower for Quiet {
    fn hear(&mut self, _event: &Event) -> Result<(), Halt> {
        Ok(())
    }

    fn catch_up(&mut self, _door: &mut Door) -> Result<(), Halt> {
        Ok(())
    }
}

/// Returns the random vector of a cell, with the norms of the vector that it is the control of.
fn random(study: &mut Study<'_>, cell: &Cell) -> Result<Vector, Halt> {
    let base = trained(study, &study.plan.base_cell(cell))?;
    let origin = study.plan.base(&study.plan.arm[cell.arm]);
    let system = origin.settings.system_prompt.clone().unwrap_or_else(|| study.usual.system_prompt.clone());
    let seed = cell.seed.unwrap_or(study.usual.seed);
    let values = random_directions(&base.norms, base.size as usize, seed);
    let part =
        |(layer, values): (&u32, Vec<f32>)| SteeringVector { layer: *layer as usize, values: values.into() };
    let parts = base.layers.iter().zip(values).map(part).collect();
    given(study, &cell.name(study.plan), parts, base.intervention, &system)
}

/// Returns the vector of the store with the numbers of a plan's vector.
pub(super) fn of_plan(study: &mut Study<'_>, vector: &VectorPlan) -> Result<Vector, Halt> {
    let part = |part: &::study::VectorPart| SteeringVector {
        layer: part.layer as usize,
        values: part.values.iter().map(|value| *value as f32).collect::<Vec<f32>>().into(),
    };
    let parts = vector.part.iter().map(part).collect();
    let system = vector.system_prompt.clone().unwrap_or_else(|| SYSTEM_PROMPT.to_owned());
    given(study, &vector.name, parts, vector.intervention, &system)
}

/// Returns the vector of the store with these numbers, which is imported if there is none.
fn given(
    study: &mut Study<'_>,
    name: &str,
    parts: Vec<SteeringVector>,
    intervention: Intervention,
    system: &str,
) -> Result<Vector, Halt> {
    let steering = Steering { parts, intervention, adapter: None };
    let hash = steering.content_hash();
    let is_it = |vector: &&Vector| {
        vector.hash == hash
            && vector.name == name
            && vector.model == study.model.id
            && vector.intervention == intervention
    };
    if let Some(known) = study.overview.vectors.iter().find(is_it) {
        return Ok(known.clone());
    }
    let settings = serde_json::json!({ "system_prompt": system }).to_string();
    let provenance = Provenance {
        name: Some(name.to_owned()),
        policy: Some(Provenance::policy_of(intervention)),
        made_by: Some(concat!("Tiller ", env!("CARGO_PKG_VERSION")).to_owned()),
        settings: Some(settings),
        ..Provenance::default()
    };
    let path = study.door.folder().join(format!("plan-vector-{}.safetensors", std::process::id()));
    let imported = import(study, name, &path, steering.parts, provenance);
    // It is in the store now, or was never written.
    let _ = fs::remove_file(&path);
    let vector = imported?;
    study.refresh()?;
    Ok(vector)
}

fn import(
    study: &mut Study<'_>,
    name: &str,
    path: &Path,
    parts: Vec<SteeringVector>,
    provenance: Provenance,
) -> Result<Vector, Halt> {
    let written = VectorFile::new(parts, provenance).and_then(|file| file.write(path));
    written.map_err(|error| Halt::vector(path, &error))?;
    let request =
        ImportVector { file: file(path)?, name: name.to_owned(), layer: None, model: study.model.id };
    study.door.call(request)
}
