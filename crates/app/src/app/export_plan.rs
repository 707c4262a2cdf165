//! Exports a sweep or a training run as the plan of a study: one file with which anybody gets the same numbers.

use std::sync::Arc;

use data::content::{Snapshot, data_hash, held_out, measured};
use data::data_files::{Row, tiller_jsonl};
use ipc::Id;
use ipc::command::ExportPlan;
use ipc::data::{PairContent, Split};
use ipc::files::Access;
use ipc::plan::PlanOf;
use ipc::score::Rubric;
use ipc::steering::{Intervention, InterventionOp, SteeringTerm};
use ipc::sweep::{Arm as SweepArm, PromptSet, Prompting, Sweep};
use ipc::train::TrainSettings;
use sqlx::SqliteConnection;
use store::{data_sets, models, origins, runs, snapshots, sweeps, vectors};
use study::{
    Arm, ArmSettings, DataPlan, Layers, Measure, ModelPlan, Plan, PromptList, PromptingPlan, ScoreKind,
    ScorePlan, Steer, SteerGate, VectorPart, VectorPlan,
};

use super::App;
use super::models::blocking;
use crate::starter::MODEL_FINGERPRINT;
use crate::{Error, atomic_write, defaults};

/// The multipliers at which the plan of a run measures its vector.
const MULTIPLIERS: [f64; 3] = [-1.0, 0.0, 1.0];

impl App {
    /// Writes a sweep or a run as a plan.
    ///
    /// # Errors
    /// Returns an error if it does not exist or cannot be a plan, a file is there that may not be replaced, or it cannot be
    /// written.
    pub async fn export_plan(&self, request: ExportPlan) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        let mut db = self.state.store.read().begin().await?;
        let plan = match request.what {
            PlanOf::Sweep { sweep } => {
                let sweep = sweeps::find(&mut db, sweep).await?;
                Writer::new(&mut db).sweep(&sweep).await?
            }
            PlanOf::Run { run } => Writer::new(&mut db).run(run).await?,
        };
        drop(db);
        let no_plan = |error: String| {
            let message = format!("It cannot be written as a plan: {error}");
            Error::invalid(message, "Report this, with what you exported.")
        };
        let text = study::write(&plan).map_err(|error| no_plan(error.to_string()))?;
        // What is written can be read, or a person hears of it now and not on another machine.
        Plan::parse(&path, &text).map_err(|fault| no_plan(fault.to_string()))?;
        let state = Arc::clone(&self.state);
        blocking(move || state.exports.write(&path, text.as_bytes(), request.replace)).await?
    }
}

/// Collects what a plan consists of.
struct Writer<'a> {
    db: &'a mut SqliteConnection,
    /// The data sets of the plan with their pairs.
    data: Vec<(DataPlan, Vec<PairContent>)>,
    lists: Vec<PromptList>,
    vectors: Vec<VectorPlan>,
}

impl<'a> Writer<'a> {
    fn new(db: &'a mut SqliteConnection) -> Self {
        Self { db, data: vec![], lists: vec![], vectors: vec![] }
    }

    async fn run(mut self, run: Id) -> Result<Plan, Error> {
        let run = runs::find(&mut *self.db, run).await?;
        let snapshot = runs::snapshot(&mut *self.db, run.id).await?;
        let set = data_sets::find(&mut *self.db, run.data_set).await?;
        let pairs = snapshots::read(&mut *self.db, &snapshot).await?;
        // Of a run that held nothing out there is nothing to measure on.
        let is_measured = pairs.iter().any(|pair| pair.split == Split::HeldOut);
        let scores = is_measured.then(|| ScorePlan::plain(ScoreKind::Preference));
        let data = self.add(&set.name, &set.description, pairs)?;
        let arm = Arm { name: plain(&run.name), data: vec![data], ..trained(&run.settings) };
        let measure = Measure {
            multipliers: MULTIPLIERS.to_vec(),
            scores: scores.into_iter().collect(),
            answers: None,
            max_new_tokens: None,
            temperature: None,
            generation_seed: None,
            suffix: String::new(),
            examples_seed: None,
        };
        let print = runs::model_fingerprint(&mut *self.db, run.id).await?;
        let model = self.model(run.model, print).await?;
        Ok(self.plan(plain(&run.name), String::new(), model, measure, vec![arm]))
    }

    async fn sweep(mut self, sweep: &Sweep) -> Result<Plan, Error> {
        let settings = &sweep.settings;
        if settings.shots() > 0 && settings.examples_seed.is_none() {
            return Err(Error::invalid(
                "The worked examples of this sweep are the first pairs, as earlier versions took them.",
                "Run it again with examples that are drawn by a seed, then export that sweep.",
            ));
        }
        let scores: Option<Vec<ScorePlan>> = settings.scores.iter().map(ScorePlan::of).collect();
        let scores = scores.ok_or_else(|| {
            Error::invalid("A plan cannot have a person\u{2019}s rating.", "Export a sweep without it.")
        })?;
        let mut arms: Vec<Arm> = Vec::with_capacity(settings.arms.len());
        let mut pending = Vec::with_capacity(settings.arms.len());
        for arm in &settings.arms {
            let mut made = self.arm(arm).await?;
            let taken = |name: &str| arms.iter().any(|arm| arm.name == *name);
            made.name = numbered(plain(&arm.name), taken);
            pending.push(arm);
            arms.push(made);
        }
        let sets = self.sets(sweep).await?;
        for (made, arm) in arms.iter_mut().zip(pending) {
            let measured = (0_u32..).zip(&sets).filter(|(place, _)| arm.is_measured_on(*place));
            made.measured_on = measured.map(|(_, name)| name.clone()).collect();
            if made.method.is_none() && made.prompting.as_ref().is_some_and(|way| way.examples.is_some()) {
                made.seeds = settings.examples_seed.into_iter().collect();
            }
        }
        let generation = settings.generation;
        let measure = Measure {
            multipliers: settings.multipliers.clone(),
            scores,
            answers: settings.limit,
            max_new_tokens: Some(generation.max_new_tokens),
            temperature: Some(generation.temperature),
            generation_seed: Some(generation.seed),
            suffix: settings.suffix.clone(),
            examples_seed: settings.examples_seed,
        };
        let model = self.model(sweep.model, sweep.fingerprint.clone()).await?;
        let arm_names: Vec<&str> = settings.arms.iter().map(|arm| arm.name.as_str()).collect();
        let name = sweep.name.clone().unwrap_or_else(|| format!("Sweep of {}", arm_names.join(", ")));
        Ok(self.plan(plain(&name), sweep.note.clone(), model, measure, arms))
    }

    fn plan(self, name: String, note: String, model: ModelPlan, measure: Measure, arm: Vec<Arm>) -> Plan {
        Plan {
            name,
            note,
            seeds: vec![TrainSettings::default().seed],
            layers: vec![],
            only: vec![],
            model,
            measure,
            choose: None,
            data: self.data.into_iter().map(|(plan, _)| plan).collect(),
            prompts: self.lists,
            arm,
            vector: self.vectors,
        }
    }

    /// Names a model by its content, and by its name unless it is the one that comes along: no path of this machine goes
    /// into a file.
    async fn model(&mut self, model: Id, print: Option<String>) -> Result<ModelPlan, Error> {
        let row = models::find(&mut *self.db, model).await?;
        let sha256 = print.or(row.fingerprint);
        let is_starter = sha256.as_deref() == Some(MODEL_FINGERPRINT);
        Ok(ModelPlan { file: None, name: (!is_starter).then_some(row.name), sha256 })
    }

    /// Returns the name of the data set of the plan with these pairs, which is added if there is none.
    fn add(&mut self, name: &str, behaviour: &str, pairs: Vec<PairContent>) -> Result<String, Error> {
        if let Some((known, _)) = self.data.iter().find(|(_, known)| *known == pairs) {
            return Ok(known.name.clone());
        }
        let taken = |name: &str| self.data.iter().any(|(known, _)| known.name == *name);
        let name = numbered(plain(name), taken);
        let rows: Vec<Row> = pairs.iter().cloned().map(Row::from).collect();
        let plan = DataPlan {
            name: name.clone(),
            behaviour: behaviour.to_owned(),
            sha256: Some(data_hash(&pairs)?),
            pairs: Some(String::from_utf8_lossy(&tiller_jsonl(&rows)).into_owned()),
            ..DataPlan::default()
        };
        self.data.push((plan, pairs));
        Ok(name)
    }

    /// Adds the sets of a sweep, and returns their names. The held-out pairs of a set that an arm was trained on are that
    /// data set's.
    async fn sets(&mut self, sweep: &Sweep) -> Result<Vec<String>, Error> {
        let settings = &sweep.settings;
        let (shots, seed) = (settings.shots(), settings.examples_seed);
        let kept = sweeps::sets(&mut *self.db, sweep.id).await?;
        let mut names = Vec::with_capacity(settings.sets.len());
        for ((place, set), kept) in (0_u32..).zip(&settings.sets).zip(kept) {
            let rubric = settings.rubrics.get(&place).cloned();
            let suffixes = settings.suffixes.get(&place).cloned().unwrap_or_default();
            let name = match set {
                PromptSet::List { name, prompts } => {
                    let taken = |name: &str| self.lists.iter().any(|list| list.name == *name);
                    let name = numbered(plain(name), taken);
                    let list = PromptList { name: name.clone(), prompts: prompts.clone(), rubric, suffixes };
                    self.lists.push(list);
                    name
                }
                PromptSet::Answers { name, .. } => {
                    return Err(Error::invalid(
                        format!(
                            "\u{201c}{name}\u{201d} are the answers of a file, which a plan does not hold."
                        ),
                        "Judge the file again with tiller-cli judge.",
                    ));
                }
                PromptSet::HeldOut { name, .. } => {
                    let pairs = snapshots::read(&mut *self.db, &kept.snapshot).await?;
                    let data = self.measured_set(name, pairs, &kept.snapshot, (shots, seed))?;
                    self.judge(&data, rubric, suffixes)?;
                    data
                }
            };
            names.push(name);
        }
        Ok(names)
    }

    fn measured_set(
        &mut self,
        name: &str,
        pairs: Vec<PairContent>,
        hash: &str,
        (shots, seed): (u32, Option<u64>),
    ) -> Result<String, Error> {
        for (plan, whole) in &self.data {
            if Snapshot::new(&measured(whole, shots, seed))?.hash == hash {
                return Ok(plan.name.clone());
            }
        }
        let behaviour = String::new();
        debug_assert!(!held_out(&pairs).is_empty(), "a sweep measures held-out pairs");
        self.add(name, &behaviour, pairs)
    }

    /// Gives a data set the rubric and the suffixes with which it was measured.
    fn judge(&mut self, name: &str, rubric: Option<Rubric>, suffixes: Vec<String>) -> Result<(), Error> {
        let found = self.data.iter_mut().find(|(plan, _)| plan.name == name);
        let (plan, _) = found.ok_or(Error::Gone("data set"))?;
        (plan.rubric, plan.suffixes) = (rubric, suffixes);
        Ok(())
    }

    async fn arm(&mut self, arm: &SweepArm) -> Result<Arm, Error> {
        let prompting = way(&arm.prompting);
        if let [term] = arm.terms.as_slice()
            && let Some(trained) = self.trained(term).await?
        {
            return Ok(Arm { prompting, ..trained });
        }
        let mut steer = Vec::with_capacity(arm.terms.len());
        for term in &arm.terms {
            let vector = self.vector(term).await?;
            if term.caps.is_some() {
                return Err(Error::invalid(
                    "A vector of this sweep is capped by percentiles, which a plan does not hold.",
                    "Export the numbers as JSON, from which the window runs the sweep again.",
                ));
            }
            let gate = match &term.gate {
                Some(gate) => Some(SteerGate {
                    vector: self.vector(&SteeringTerm::new(gate.vector)).await?,
                    layer: gate.gate.layer,
                    above: gate.gate.above,
                    soft: gate.gate.soft,
                    at: Some(gate.gate.at),
                }),
                None => None,
            };
            steer.push(Steer { vector, weight: term.weight, fixed: term.fixed, gate });
        }
        // The plain model is an arm without anything: it has the system prompt that everything is measured with.
        let is_plain = steer.is_empty() && prompting.is_none();
        let system = TrainSettings::default().system_prompt;
        let plain = PromptingPlan { system: Some(system), ..PromptingPlan::default() };
        Ok(Arm { prompting: if is_plain { Some(plain) } else { prompting }, steer, ..Arm::default() })
    }

    /// Returns the arm that trains a term's vector again, if it is the whole result of a run.
    async fn trained(&mut self, term: &SteeringTerm) -> Result<Option<Arm>, Error> {
        if *term != SteeringTerm::new(term.vector) {
            return Ok(None);
        }
        let vector = vectors::find(&mut *self.db, term.vector).await?;
        let origin = origins::origin(&mut *self.db, term.vector).await?;
        let (Some(settings), Some(snapshot), Some(_), None) =
            (origin.settings, origin.snapshot, vector.run, &vector.derivation)
        else {
            return Ok(None);
        };
        let pairs = snapshots::read(&mut *self.db, &snapshot).await?;
        let train = (pairs.len() - held_out(&pairs).len()) as u32;
        let steps = if settings.method.has_steps() {
            defaults::steps(train, settings.batch_pairs, settings.epochs)
        } else {
            0
        };
        let intervention = Intervention { positions: settings.positions, op: InterventionOp::Add };
        let is_whole = vector.epoch.is_none() && origin.steps == steps && vector.intervention == intervention;
        if !is_whole {
            return Ok(None);
        }
        let set = match vector.data_set {
            Some(set) => data_sets::find(&mut *self.db, set).await.ok(),
            None => None,
        };
        let (name, behaviour) =
            set.map_or(("Pairs".to_owned(), String::new()), |set| (set.name, set.description));
        let data = self.add(&name, &behaviour, pairs)?;
        Ok(Some(Arm { data: vec![data], ..trained(&settings) }))
    }

    /// Adds a term's vector by its numbers, and returns its name in the plan.
    async fn vector(&mut self, term: &SteeringTerm) -> Result<String, Error> {
        let row = vectors::find(&mut *self.db, term.vector).await?;
        let steering = vectors::steering_of(&mut *self.db, term).await?;
        if steering.adapter.is_some() {
            return Err(Error::invalid(
                format!(
                    "\u{201c}{}\u{201d} is an adapter that no whole run of this project has made.",
                    row.name
                ),
                "Export the adapter as a file, or train it again.",
            ));
        }
        let system_prompt = Some(origins::system_prompt(&mut *self.db, term.vector).await?);
        let part = |part: &::vectors::steering::SteeringVector| VectorPart {
            layer: part.layer as u32,
            values: part.values.iter().copied().map(f64::from).collect(),
        };
        let name = match term.epoch {
            Some(epoch) => format!("{} epoch {epoch}", row.name),
            None => row.name,
        };
        let made = VectorPlan {
            name: plain(&name),
            system_prompt,
            intervention: steering.intervention,
            part: steering.parts.iter().map(part).collect(),
        };
        if let Some(known) = self
            .vectors
            .iter()
            .find(|known| VectorPlan { name: made.name.clone(), ..(*known).clone() } == made)
        {
            return Ok(known.name.clone());
        }
        let taken = |name: &str| self.vectors.iter().any(|known| known.name == *name);
        let name = numbered(made.name.clone(), taken);
        self.vectors.push(VectorPlan { name: name.clone(), ..made });
        Ok(name)
    }
}

/// Returns an arm that trains with these settings, without a name and data.
fn trained(settings: &TrainSettings) -> Arm {
    let makes_adapter = settings.method.makes_adapter();
    let own = ArmSettings {
        epochs: Some(settings.epochs),
        learning_rate: Some(settings.learning_rate),
        warmup_steps: Some(settings.warmup_steps),
        schedule: Some(settings.schedule),
        beta: Some(settings.beta),
        factors: Some(settings.factors.clone()),
        weight_decay: Some(settings.weight_decay),
        clip_norm: Some(settings.clip_norm),
        batch_pairs: Some(settings.batch_pairs),
        position: Some(settings.position),
        on: Some(settings.positions),
        precision: Some(settings.precision),
        system_prompt: Some(settings.system_prompt.clone()),
        rank: makes_adapter.then_some(settings.lora.rank),
        alpha: makes_adapter.then_some(settings.lora.alpha),
    };
    let layers = if makes_adapter { vec![] } else { vec![Layers::Together(settings.layers.clone())] };
    Arm { method: Some(settings.method), layers, seeds: vec![settings.seed], settings: own, ..Arm::default() }
}

fn way(prompting: &Prompting) -> Option<PromptingPlan> {
    Some(match prompting {
        Prompting::AsTrained => return None,
        Prompting::System { text } => {
            PromptingPlan { system: Some(text.clone()), ..PromptingPlan::default() }
        }
        Prompting::Template { name, source } => PromptingPlan {
            template: Some(name.clone()),
            source: Some(source.clone()).filter(|source| !source.is_empty()),
            ..PromptingPlan::default()
        },
        Prompting::Shots { wanted, count } => {
            PromptingPlan { examples: Some(*count), opposite: !wanted, ..PromptingPlan::default() }
        }
    })
}

/// A stroke separates the parts of a cell's name.
fn plain(name: &str) -> String {
    let plain = name.replace('/', "\u{2215}");
    if plain.trim().is_empty() { "Unnamed".to_owned() } else { plain }
}

/// Returns the name with the first number under which it is free.
fn numbered(name: String, is_taken: impl Fn(&str) -> bool) -> String {
    let others = (2..).map(|number| format!("{name} ({number})"));
    std::iter::once(name.clone()).chain(others).find(|name| !is_taken(name)).unwrap_or(name)
}
