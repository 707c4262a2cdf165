//! The sweep of a cell: the one that the store has of these settings and contents, else one that is measured now.

use ::study::{Cell, Plan, PromptingPlan, ScoreKind, Steer};
use ipc::command::{ControlJob, DescribeSweep, StartSweep};
use ipc::job::{JobAction, JobState};
use ipc::score::{Rubric, Score};
use ipc::steering::{Gate, SteeringTerm, TermGate};
use ipc::sweep::{Arm, Generation, PromptSet, Prompting, Sweep, SweepSettings, TEMPLATES};
use ipc::vector::Vector;

use super::data_sets::Content;
use super::run::Study;
use super::trained::{of_plan, wait};
use crate::halt::Halt;

/// Measures a cell.
pub(super) fn sweep(study: &mut Study<'_>, cell: &Cell, vector: Option<&Vector>) -> Result<Sweep, Halt> {
    let settings = settings(study, cell, vector)?;
    if let Some(done) = known(study, &settings) {
        return Ok(done);
    }
    resume_paused(study, cell, &settings)?;
    let model = study.model.id;
    let sweep = study.door.call(StartSweep { model, settings })?;
    let name = cell.name(study.plan);
    if sweep.name.as_ref() != Some(&name) {
        study.door.call(DescribeSweep { sweep: sweep.id, name, note: sweep.note.clone() })?;
    }
    if sweep.state == JobState::Done {
        return Ok(sweep);
    }
    wait(study, cell, sweep.job)?;
    let done = study.overview.sweeps.iter().find(|known| known.id == sweep.id);
    done.cloned().ok_or_else(|| Halt::Failed(format!("{}: the sweep is gone.", cell.name(study.plan))))
}

/// Returns the finished sweep of the store with these settings, whose contents are still the same.
fn known(study: &Study<'_>, settings: &SweepSettings) -> Option<Sweep> {
    let is_it = |sweep: &&Sweep| {
        sweep.state == JobState::Done && sweep.stale.is_none() && is_same(study, sweep, settings)
    };
    study.overview.sweeps.iter().find(is_it).cloned()
}

/// Goes on with the paused sweep of a cell, so that it is not measured beside a second one.
fn resume_paused(study: &mut Study<'_>, cell: &Cell, settings: &SweepSettings) -> Result<(), Halt> {
    let is_it = |sweep: &&Sweep| sweep.state == JobState::Paused && is_same(study, sweep, settings);
    let Some(job) = study.overview.sweeps.iter().find(is_it).map(|sweep| sweep.job) else { return Ok(()) };
    study.door.call(ControlJob { job, action: JobAction::Resume })?;
    wait(study, cell, job)
}

fn is_same(study: &Study<'_>, sweep: &Sweep, settings: &SweepSettings) -> bool {
    sweep.model == study.model.id && comparable(&sweep.settings) == comparable(settings)
}

/// Returns settings without what the store completes when a sweep is started: colours, the multiplier 0, the source of built-in
/// templates, and rubrics by which no judge goes.
fn comparable(settings: &SweepSettings) -> SweepSettings {
    let mut settings = settings.clone();
    settings.multipliers = settings.multipliers.iter().map(|multiplier| multiplier + 0.0).collect();
    settings.multipliers.push(0.0);
    settings.multipliers.sort_by(f64::total_cmp);
    settings.multipliers.dedup();
    for arm in &mut settings.arms {
        arm.color = 0;
        if let Prompting::Template { name, source } = &mut arm.prompting
            && TEMPLATES.contains(&name.as_str())
        {
            source.clear();
        }
    }
    let judged: Vec<Rubric> = settings.scores.iter().filter_map(Score::rubric).cloned().collect();
    settings.rubrics.retain(|_, own| judged.iter().any(|rubric| rubric != own));
    settings
}

fn settings(study: &mut Study<'_>, cell: &Cell, vector: Option<&Vector>) -> Result<SweepSettings, Halt> {
    let plan = study.plan;
    let (arm, measure) = (&plan.arm[cell.arm], &plan.measure);
    let names = plan.sets_of(cell);
    let mut sets = Vec::with_capacity(names.len());
    for name in &names {
        sets.push(set(study, name)?);
    }
    let rubrics: Vec<Option<Rubric>> = names.iter().map(|name| rubric(study, name)).collect();
    let usual =
        rubrics.iter().flatten().next().cloned().unwrap_or_else(|| Rubric::about(&plan.name, &plan.note));
    let scores = measure.scores.iter().map(|score| score.score(&study.folder, &usual)).collect();
    let suffixes = (0_u32..).zip(&names).map(|(place, name)| (place, suffixes(plan, name)));
    let generation = Generation::default();
    let terms = match vector {
        Some(vector) => vec![SteeringTerm::new(vector.id)],
        None => arm.steer.iter().map(|steer| term(study, steer)).collect::<Result<_, _>>()?,
    };
    Ok(SweepSettings {
        arms: vec![Arm {
            name: arm.name.clone(),
            terms,
            prompting: arm.prompting.as_ref().map(prompting).unwrap_or_default(),
            ..Arm::default()
        }],
        multipliers: measure.multipliers.clone(),
        sets,
        scores,
        generation: Generation {
            max_new_tokens: measure.max_new_tokens.unwrap_or(generation.max_new_tokens),
            temperature: measure.temperature.unwrap_or(generation.temperature),
            seed: measure.generation_seed.unwrap_or(generation.seed),
        },
        suffix: measure.suffix.clone(),
        limit: measure.answers,
        rubrics: (0_u32..).zip(rubrics).filter_map(|(place, rubric)| Some((place, rubric?))).collect(),
        suffixes: suffixes.filter(|(_, suffixes)| !suffixes.is_empty()).collect(),
        examples_seed: measure.examples_seed.or(cell.seed.filter(|_| draws_examples(arm))),
    })
}

fn draws_examples(arm: &::study::Arm) -> bool {
    arm.prompting.as_ref().is_some_and(|way| way.examples.is_some())
}

fn set(study: &mut Study<'_>, name: &str) -> Result<PromptSet, Halt> {
    if let Some(list) = study.plan.list(name) {
        return Ok(PromptSet::List { name: list.name.clone(), prompts: list.prompts.clone() });
    }
    let content = study.content(name)?.clone();
    let data_set = study.stored(&content)?.id;
    Ok(PromptSet::HeldOut { data_set, name: content.name })
}

/// Returns the rubric of a set. `None` for one that is judged by the score's: a list without its own, and a data set without its
/// own where every judge has one.
fn rubric(study: &Study<'_>, name: &str) -> Option<Rubric> {
    let scores = &study.plan.measure.scores;
    let needs_one = scores.iter().any(|score| score.score == ScoreKind::Judge && score.rubric.is_none());
    if let Some(list) = study.plan.list(name) {
        return list.rubric.clone();
    }
    let own = study.plan.data_set(name).is_some_and(|data| data.rubric.is_some());
    study.content(name).ok().filter(|_| own || needs_one).map(Content::rubric)
}

fn suffixes(plan: &Plan, name: &str) -> Vec<String> {
    let of_list = plan.list(name).map(|list| list.suffixes.clone());
    of_list.or_else(|| plan.data_set(name).map(|data| data.suffixes.clone())).unwrap_or_default()
}

fn prompting(way: &PromptingPlan) -> Prompting {
    if let Some(text) = &way.system {
        return Prompting::System { text: text.clone() };
    }
    if let Some(name) = &way.template {
        return Prompting::Template { name: name.clone(), source: way.source.clone().unwrap_or_default() };
    }
    Prompting::Shots { wanted: !way.opposite, count: way.examples.unwrap_or_default() }
}

fn term(study: &mut Study<'_>, steer: &Steer) -> Result<SteeringTerm, Halt> {
    let vector = named(study, &steer.vector)?;
    let gate = match &steer.gate {
        Some(gate) => Some(TermGate {
            vector: named(study, &gate.vector)?,
            gate: Gate {
                layer: gate.layer,
                above: gate.above,
                soft: gate.soft,
                at: gate.at.unwrap_or_default(),
            },
        }),
        None => None,
    };
    Ok(SteeringTerm { vector, weight: steer.weight, fixed: steer.fixed, epoch: None, gate, caps: None })
}

fn named(study: &mut Study<'_>, name: &str) -> Result<ipc::Id, Halt> {
    let plan = study.plan;
    let found = plan.vector.iter().find(|vector| vector.name == name);
    let vector =
        found.ok_or_else(|| Halt::Refused(format!("the plan has no vector \u{201c}{name}\u{201d}.")))?;
    Ok(of_plan(study, vector)?.id)
}
