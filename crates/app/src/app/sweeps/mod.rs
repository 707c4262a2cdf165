//! Starts and deletes sweeps, and reads the items behind their points.

use ::vectors::tokens::built_in_templates;
use data::content::{Snapshot, held_out, measured};
use ipc::Id;
use ipc::command::{
    DeleteSweep, DescribeSweep, EstimateSweep, ReadChanges, ReadItems, ReadPoint, StartSweep,
};
use ipc::deletion::Deletion;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::model::ModelState;
use ipc::score::{Needs, Rubric, Score};
use ipc::steering::{SteeringTerm, TermGate};
use ipc::sweep::{
    Arm, ItemCurves, PointItem, PromptSet, Prompting, Sweep, SweepEstimate, SweepPoint, SweepSettings,
};
use ipc::vector::Vector;
use sqlx::SqliteConnection;
use store::sweeps::{self, NewSweep, SweepSet};
use store::{data_sets, jobs, models, pairs, snapshots, vectors};

use super::App;
use super::conversations::{check_caps_of, check_gate_of};
use super::data_sets::usable_suffixes;
use super::deletions::recorded;
use super::training::check_pairs;
use crate::engine::queue::say_job;
use crate::engine::sweep::{estimate, prompts_as_pairs, with_suffixes};
use crate::{Error, clock};

/// More multipliers are most likely a typing mistake.
const MOST_MULTIPLIERS: usize = 101;
/// More points are most likely a typing mistake.
const MOST_POINTS: usize = 20_000;
/// The number of colours in the chart palette.
const COLORS: u8 = 7;

impl App {
    /// Queues a sweep. If one of the same content is finished or under way, that one is returned instead.
    ///
    /// # Errors
    /// Returns an error if a vector, a set, the multipliers or the model cannot be used, nobody confirmed a file of
    /// questions or a judge's address, or the store cannot be written.
    pub async fn start_sweep(&self, request: StartSweep) -> Result<Sweep, Error> {
        self.check_permissions(&request).await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let mut settings = request.settings;
        settings.multipliers = check_multipliers(&settings.multipliers, MOST_MULTIPLIERS)?;
        add_unsteered(&mut settings);
        keep_used_rubrics(&mut settings);
        keep_used_suffixes(&mut settings)?;
        // A person rates answers, so another score has to generate them.
        let makes_answers = |score: &Score| score.needs() == Needs::Answers && *score != Score::Rating;
        if settings.scores.contains(&Score::Rating) && !settings.scores.iter().any(makes_answers) {
            settings.scores.push(Score::Length);
        }
        complete_templates(&mut settings.arms)?;
        let model = complete_arms(&mut db, &mut settings.arms, request.model).await?;
        check_scores(&settings)?;
        check_gates(&settings)?;
        check_arms(&settings)?;
        let model = models::find(&mut *db, model).await?;
        if let ModelState::Failed { failure } = self.state.models.state(model.id) {
            return Err(Error::Failure(failure));
        }
        let identity = model.fingerprint.as_ref().map(|print| model.identity(print));
        let mut kept = Vec::with_capacity(settings.sets.len());
        let (shots, seed) = (settings.shots(), settings.examples_seed);
        for set in &mut settings.sets {
            kept.push(save_set(&mut db, set, shots, seed).await?);
        }
        if let Some(same) = sweeps::same(&mut db, model.id, identity.as_deref(), &settings, &kept).await? {
            return Ok(sweeps::find(&mut db, same).await?);
        }
        let now = clock::now();
        let job = jobs::insert(&mut db, &title(&settings), now).await?;
        let new = NewSweep {
            project: self.state.project(),
            model: model.id,
            identity: identity.as_deref(),
            job,
            settings: &settings,
            sets: &kept,
        };
        let id = sweeps::insert(&mut db, &new, now).await?;
        let sweep = sweeps::find(&mut db, id).await?;
        db.commit().await?;
        say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(sweep)
    }

    /// Estimates the time that a sweep would take, by the speeds that earlier sweeps have measured.
    ///
    /// # Errors
    /// Returns an error if the model or a data set does not exist, or the store cannot be read.
    pub async fn estimate_sweep(&self, request: EstimateSweep) -> Result<SweepEstimate, Error> {
        let mut settings = request.settings;
        add_unsteered(&mut settings);
        let mut db = self.state.store.read().acquire().await?;
        let row = models::find(&mut *db, request.model).await?;
        let mut sets = Vec::with_capacity(settings.sets.len());
        for set in &settings.sets {
            let items = match set {
                PromptSet::HeldOut { data_set, .. } => held_out(&pairs::contents(&mut *db, *data_set).await?),
                PromptSet::List { prompts, .. } | PromptSet::Answers { prompts, .. } => {
                    prompts_as_pairs(prompts)
                }
            };
            sets.push(with_suffixes(&items, &settings.suffixes_of(sets.len() as u32)));
        }
        drop(db);
        Ok(SweepEstimate { seconds: estimate(&self.state, &row, &settings, &sets).await? })
    }

    /// Returns the items behind a sweep's point, with the value of each.
    ///
    /// # Errors
    /// Returns an error if the sweep or the point does not exist or the store cannot be read.
    pub async fn read_point(&self, request: ReadPoint) -> Result<Vec<PointItem>, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        super::sweep_items::point(&mut db, &sweep, request.curve, request.multiplier + 0.0).await
    }

    /// Returns the values of each item over the multipliers of one curve.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or the store cannot be read.
    pub async fn read_items(&self, request: ReadItems) -> Result<ItemCurves, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        super::sweep_items::curves(&mut db, &sweep, request.curve).await
    }

    /// Returns how far the points of some curves lie from the unsteered model, with paired intervals.
    ///
    /// # Errors
    /// Returns an error if the sweep or a curve does not exist or the store cannot be read.
    pub async fn read_changes(&self, request: ReadChanges) -> Result<Vec<SweepPoint>, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        super::sweep_items::changes(db, &sweep, &request.curves).await
    }

    /// Changes the name and the note of a sweep.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or the store cannot be written.
    pub async fn describe_sweep(&self, request: DescribeSweep) -> Result<Sweep, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let name = Some(request.name.trim()).filter(|name| !name.is_empty());
        sweeps::describe(&mut db, request.sweep, name, request.note.trim_end()).await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        db.commit().await?;
        change.send(&Event::Sweep(sweep.clone()));
        Ok(sweep)
    }

    /// Deletes a sweep that does not run.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or runs, or the store cannot be written.
    pub async fn delete_sweep(&self, request: DeleteSweep) -> Result<Deletion, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        if sweep.state == JobState::Running {
            return Err(Error::invalid("The sweep is running.", "Stop it first."));
        }
        let mut job = jobs::find(&mut *db, sweep.job).await?;
        let arms: Vec<&str> = sweep.settings.arms.iter().map(|arm| arm.name.as_str()).collect();
        let title = format!("the sweep of \u{201c}{}\u{201d}", arms.join(", "));
        let deletion = recorded(db, title, async |db| sweeps::delete(db, sweep.id).await).await?;
        if !job.state.is_over() {
            job.state = JobState::Stopped;
            change.send(&Event::Job(job));
        }
        change.send(&Event::SweepDeleted(sweep.id));
        Ok(deletion)
    }
}

/// Drops the rubrics that no judge goes by, so that the same sweep always has the same settings.
fn keep_used_rubrics(settings: &mut SweepSettings) {
    let judged: Vec<&Rubric> = settings.scores.iter().filter_map(Score::rubric).collect();
    let sets = settings.sets.len() as u32;
    settings.rubrics.retain(|set, own| *set < sets && judged.iter().any(|rubric| *rubric != own));
}

/// Cleans the suffixes, and drops those of no set.
fn keep_used_suffixes(settings: &mut SweepSettings) -> Result<(), Error> {
    let sets = settings.sets.len() as u32;
    for own in settings.suffixes.values_mut() {
        *own = usable_suffixes(own)?;
    }
    settings.suffixes.retain(|set, own| *set < sets && !own.is_empty());
    Ok(())
}

/// Refuses arms that cannot be measured as they are: worked examples without a data set to take them from, and sets that
/// there are not.
fn check_arms(settings: &SweepSettings) -> Result<(), Error> {
    if settings.shots() > 0 && settings.example_set().is_none() {
        return Err(Error::invalid(
            "Worked examples are training pairs of a data set, and no data set is chosen.",
            "Choose the data set under \u{201c}Measured on\u{201d}.",
        ));
    }
    let is_given = settings.sets.iter().any(|set| set.given_answers().is_some());
    let is_plain = |arm: &Arm| arm.terms.is_empty() && arm.prompting == Prompting::AsTrained;
    if is_given && !(settings.suffixes.is_empty() && settings.arms.iter().all(is_plain)) {
        return Err(Error::invalid(
            "Answers that were given elsewhere are as they are: no vector and no way of prompting changes them.",
            "Take a plain curve for them, in a sweep of their own.",
        ));
    }
    let sets = settings.sets.len() as u32;
    if let Some(arm) = settings.arms.iter().find(|arm| arm.sets.iter().any(|set| *set >= sets)) {
        let message = format!("\u{201c}{}\u{201d} is to be measured on a set that is not chosen.", arm.name);
        return Err(Error::invalid(message, "Choose the sets again."));
    }
    Ok(())
}

/// Adds the multiplier 0, because everything is compared with the unsteered model.
fn add_unsteered(settings: &mut SweepSettings) {
    if !settings.multipliers.contains(&0.0) {
        settings.multipliers.push(0.0);
        settings.multipliers.sort_by(f64::total_cmp);
    }
}

/// Gives every arm a name and a colour. Returns the one model that all vectors were made for, or else the given one.
async fn complete_arms(db: &mut SqliteConnection, arms: &mut [Arm], given: Id) -> Result<Id, Error> {
    if arms.is_empty() {
        return Err(Error::invalid(
            "Nothing is chosen to be swept.",
            "Choose a vector, or a way of prompting.",
        ));
    }
    let mut model = None;
    let mut used: Vec<u8> = Vec::new();
    for arm in arms.iter_mut() {
        let mut parts = Vec::new();
        for term in &arm.terms {
            let vector = vectors::find(&mut *db, term.vector).await?;
            if !term.weight.is_finite() {
                return Err(Error::invalid("A weight of a combination is no number.", "Type one."));
            }
            if *model.get_or_insert(vector.model) != vector.model {
                return Err(Error::invalid(
                    "These vectors were made for different models.",
                    "Sweep each model by itself, then lay one over the other.",
                ));
            }
            let is_plain = arm.terms.len() == 1 && term.weight.to_bits() == 1.0_f64.to_bits();
            let part = match term.epoch {
                Some(epoch) => format!("{} epoch {epoch}", vector.name),
                None => vector.name.clone(),
            };
            let part = if is_plain { part } else { format!("{} \u{d7} {part}", term.weight) };
            let part = match &term.caps {
                Some(caps) => {
                    let own = vectors::steering_of(&mut *db, term).await?;
                    check_caps_of(&vector.name, &own, caps)?;
                    format!("{part} {}", caps.words())
                }
                None => part,
            };
            parts.push(match &term.gate {
                Some(gate) => format!("{part} {}", check_gate(&mut *db, term, &vector, gate).await?),
                None => part,
            });
            let own = is_plain
                && term.gate.is_none()
                && term.caps.is_none()
                && arm.prompting == Prompting::AsTrained
                && !used.contains(&vector.color);
            if own {
                arm.color = vector.color;
                used.push(vector.color);
            }
        }
        if arm.name.trim().is_empty() {
            let prompting = prompting_name(&arm.prompting);
            parts.extend(prompting);
            arm.name = if parts.is_empty() { "Unsteered".to_owned() } else { parts.join(" + ") };
        }
    }
    for arm in arms.iter_mut() {
        let is_plain = matches!(arm.terms.as_slice(), [only] if only.gate.is_none() && only.caps.is_none())
            && arm.prompting == Prompting::AsTrained
            && used.contains(&arm.color);
        if !is_plain {
            arm.color = (0..COLORS).find(|color| !used.contains(color)).unwrap_or(arm.color % COLORS);
            used.push(arm.color);
        }
    }
    color_lines_of_one_name(arms);
    Ok(model.unwrap_or(given))
}

/// Refuses a gate that does not fit its vector. Returns its condition in words.
async fn check_gate(
    db: &mut SqliteConnection,
    term: &SteeringTerm,
    vector: &Vector,
    gate: &TermGate,
) -> Result<String, Error> {
    let by = vectors::find(&mut *db, gate.vector).await?;
    if by.model != vector.model {
        return Err(Error::invalid(
            format!("The gate of \u{201c}{}\u{201d} is by a vector of another model.", vector.name),
            "Choose a vector of the same model for the gate.",
        ));
    }
    let own = vectors::steering_of(&mut *db, term).await?;
    let condition = vectors::steering(db, gate.vector).await?;
    check_gate_of(&vector.name, &own, gate.gate, &by.name, &condition)?;
    Ok(gate.words(&by.name))
}

/// Refuses to measure plain texts under a gate that is decided at the prompt: they have none.
fn check_gates(settings: &SweepSettings) -> Result<(), Error> {
    match settings.gate_without_prompt() {
        Some((arm, score)) => Err(Error::invalid(
            format!(
                "The gate of \u{201c}{}\u{201d} is decided at the prompt, and the text of \u{201c}{}\u{201d} has none.",
                arm.name,
                score.name()
            ),
            "Decide the gate at each token, or leave this score out.",
        )),
        None => Ok(()),
    }
}

/// Gives arms that are one line in different charts, each on a set of its own, the same colour.
fn color_lines_of_one_name(arms: &mut [Arm]) {
    for place in 1..arms.len() {
        let (before, rest) = arms.split_at_mut(place);
        let arm = &mut rest[0];
        let is_same_line =
            |other: &&Arm| !other.sets.is_empty() && !arm.sets.is_empty() && other.name == arm.name;
        if let Some(color) = before.iter().find(is_same_line).map(|other| other.color) {
            arm.color = color;
        }
    }
}

/// Replaces the name of a bundled template by its text, because the settings record the text that is used.
fn complete_templates(arms: &mut [Arm]) -> Result<(), Error> {
    for arm in arms {
        let Prompting::Template { name, source } = &mut arm.prompting else { continue };
        if source.trim().is_empty() {
            let known = built_in_templates().into_iter().find(|template| template.name == name);
            known.map(|known| known.source.clone_into(source)).ok_or_else(|| {
                Error::invalid(
                    format!("No chat template is called \u{201c}{name}\u{201d}."),
                    "Choose one of the list.",
                )
            })?;
        }
    }
    Ok(())
}

fn prompting_name(prompting: &Prompting) -> Option<String> {
    match prompting {
        Prompting::AsTrained => None,
        Prompting::System { .. } => Some("system prompt".to_owned()),
        Prompting::Template { name, .. } => Some(format!("template {name}")),
        Prompting::Shots { wanted, count } => {
            Some(format!("{count} {} examples", if *wanted { "wanted" } else { "opposite" }))
        }
    }
}

fn check_scores(settings: &SweepSettings) -> Result<(), Error> {
    if settings.scores.is_empty() {
        return Err(Error::invalid("No score is chosen.", "Choose what is to be measured."));
    }
    for (index, score) in settings.scores.iter().enumerate() {
        if settings.scores[..index].contains(score) {
            return Err(Error::invalid(
                format!("The score \u{201c}{}\u{201d} is chosen twice.", score.name()),
                "Choose it once.",
            ));
        }
        let is_measurable = match score.needs() {
            Needs::Nothing => true,
            Needs::Answers => !settings.sets.is_empty(),
            Needs::Pairs => settings.sets.iter().any(|set| set.data_set().is_some()),
        };
        if !is_measurable {
            let message = format!("There is nothing to measure \u{201c}{}\u{201d} on.", score.name());
            return Err(Error::invalid(message, "Choose a data set with held-out pairs."));
        }
    }
    let is_generating = settings.scores.iter().any(|score| score.needs() == Needs::Answers);
    if is_generating && settings.generation.max_new_tokens == 0 {
        return Err(Error::invalid("An answer needs at least one token.", "Allow more tokens."));
    }
    let temperature = settings.generation.temperature;
    if !temperature.is_finite() || temperature < 0.0 {
        return Err(Error::invalid("The temperature must be 0 or more.", "Change it, then try again."));
    }
    match settings.expected() {
        points if points > MOST_POINTS => Err(Error::invalid(
            format!("{points} points are more than the {MOST_POINTS} that a sweep can have."),
            "Choose fewer multipliers, vectors, sets or scores.",
        )),
        _ => Ok(()),
    }
}

/// Stores the present content of a set, and sets its name.
pub(super) async fn save_set(
    db: &mut SqliteConnection,
    set: &mut PromptSet,
    shots: u32,
    seed: Option<u64>,
) -> Result<SweepSet, Error> {
    let (contents, data_set) = match set {
        PromptSet::HeldOut { data_set, name } => {
            let row = data_sets::find(&mut *db, *data_set).await?;
            let contents = measured(&pairs::contents(&mut *db, *data_set).await?, shots, seed);
            check_pairs(&contents)?;
            name.clone_from(&row.name);
            if row.train < shots {
                let has = match row.train {
                    1 => "1 training pair".to_owned(),
                    many => format!("{many} training pairs"),
                };
                let message = format!(
                    "{shots} worked examples are to be taken from the {has} of \u{201c}{name}\u{201d}."
                );
                return Err(Error::invalid(
                    message,
                    "Take fewer examples, or add training pairs under Data.",
                ));
            }
            if row.held_out == 0 {
                let message = format!(
                    "No pair of \u{201c}{name}\u{201d} is held out, so there is nothing to measure on."
                );
                return Err(Error::invalid(message, "Mark some pairs as held out under Data."));
            }
            (contents, Some(*data_set))
        }
        PromptSet::Answers { prompts, answers, .. } => {
            if prompts.is_empty() || prompts.len() != answers.len() {
                return Err(Error::invalid(
                    "There is no answer to each prompt.",
                    "Give a prompt and its answer, one pair at least.",
                ));
            }
            (prompts_as_pairs(prompts), None)
        }
        PromptSet::List { name, prompts } => {
            prompts.retain(|prompt| !prompt.trim().is_empty());
            if prompts.is_empty() {
                return Err(Error::invalid("The list of prompts is empty.", "Type at least one prompt."));
            }
            if name.trim().is_empty() {
                "Prompts".clone_into(name);
            }
            (prompts_as_pairs(prompts), None)
        }
    };
    let snapshot = Snapshot::new(&contents)?;
    snapshots::insert(db, &snapshot).await?;
    Ok(SweepSet { data_set, snapshot: snapshot.hash })
}

fn title(settings: &SweepSettings) -> String {
    match settings.arms.as_slice() {
        [arm] => format!("Sweep of \u{201c}{}\u{201d}", arm.name),
        arms => format!("Sweep of {} curves", arms.len()),
    }
}

/// Refuses multipliers that cannot be used, and returns the others in ascending order. Minus zero becomes zero.
pub(super) fn check_multipliers(multipliers: &[f64], most: usize) -> Result<Vec<f64>, Error> {
    let mut sorted: Vec<f64> = multipliers.iter().map(|multiplier| multiplier + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let refuse = |message: String| Err(Error::invalid(message, "Change the multipliers, then try again."));
    if sorted.is_empty() {
        return refuse("No multiplier is given.".into());
    }
    if sorted.len() > most {
        return refuse(format!(
            "{} multipliers are more than the {most} that can be taken at once.",
            sorted.len()
        ));
    }
    if let Some(odd) = sorted.iter().find(|multiplier| !multiplier.is_finite()) {
        return refuse(format!("{odd} is not a multiplier."));
    }
    let mut neighbours = sorted.iter().zip(sorted.iter().skip(1));
    if let Some((twice, _)) = neighbours.find(|(one, next)| one.total_cmp(next).is_eq()) {
        return refuse(format!("The multiplier {twice} is given twice."));
    }
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use ipc::score::Judge;

    use super::*;

    #[test]
    fn every_template_that_is_offered_is_on_board() {
        let known = built_in_templates().map(|template| template.name);
        assert!(ipc::sweep::TEMPLATES.iter().all(|name| known.contains(name)), "{known:?}");
    }

    #[test]
    fn a_rubric_of_a_set_is_kept_where_a_judge_goes_by_it() {
        let rubric = |behavior: &str| Rubric::new(behavior);
        let judge = Score::Judge { judge: Judge::Local, rubric: rubric("care") };
        let set = PromptSet::List { name: "L".into(), prompts: vec!["Why?".into()] };
        let rubrics = [(0, rubric("care")), (1, rubric("wit")), (2, rubric("wit"))].into();
        let mut settings = SweepSettings {
            sets: vec![set.clone(), set],
            rubrics,
            scores: vec![judge],
            ..SweepSettings::default()
        };
        keep_used_rubrics(&mut settings);
        assert_eq!(settings.rubrics, [(1, rubric("wit"))].into());
        settings.scores = vec![Score::Length];
        keep_used_rubrics(&mut settings);
        assert!(settings.rubrics.is_empty());
    }

    #[test]
    fn multipliers_come_back_ascending_with_one_zero() {
        assert_eq!(check_multipliers(&[2.0, -0.0, -1.5], 9).expect("they can be used"), [-1.5, 0.0, 2.0]);
    }

    #[test]
    fn multipliers_that_cannot_be_used_are_refused() {
        for multipliers in [&[][..], &[0.0, -0.0], &[f64::NAN], &[f64::INFINITY], &[1.0, 2.0, 3.0, 4.0]] {
            assert!(check_multipliers(multipliers, 3).is_err(), "{multipliers:?}");
        }
    }
}
