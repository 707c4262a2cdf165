//! Refuses plans that contradict themselves, each with the line and the next step.

use std::path::Path;

use ipc::sweep::TEMPLATES;
use ipc::train::{Method, TrainSettings};

use crate::cells::cells;
use crate::fault::{PlanFault, Step};
use crate::plan::{Arm, ArmSettings, Control, DataPlan, Layers, Plan, ScoreKind};

/// Where the fault is, and what is wrong.
type Fault = (Vec<Step>, String, &'static str);

fn fault<T>(steps: Vec<Step>, message: impl Into<String>, next: &'static str) -> Result<T, Fault> {
    Err((steps, message.into(), next))
}

fn step(table: &str, place: usize, key: &str) -> Vec<Step> {
    vec![table.into(), place.into(), key.into()]
}

/// Checks a plan that was read from this text.
pub(crate) fn check(plan: &Plan, file: &Path, text: &str) -> Result<(), PlanFault> {
    let checks = [study, names, data, arms, scores, vectors, only];
    for check in checks {
        if let Err((steps, message, next)) = check(plan) {
            return Err(PlanFault::at(file, text, &steps, message, next));
        }
    }
    Ok(())
}

fn study(plan: &Plan) -> Result<(), Fault> {
    if plan.name.trim().is_empty() {
        return fault(vec!["name".into()], "the study has no name", "Give it one: its project is called so.");
    }
    if plan.seeds.is_empty() {
        return fault(vec!["seeds".into()], "there is no seed", "Give at least one, or leave the key out.");
    }
    if plan.arm.is_empty() {
        return fault(vec!["arm".into()], "nothing is compared", "Add an [[arm]].");
    }
    let measure = &plan.measure;
    let step = |key: &str| vec!["measure".into(), key.into()];
    if measure.multipliers.is_empty() || measure.multipliers.iter().any(|one| !one.is_finite()) {
        return fault(
            step("multipliers"),
            "the multipliers are no list of numbers",
            "Give some, as [-1, 0, 1].",
        );
    }
    let trains = |arm: &Arm| arm.method.is_some() || arm.control.is_some();
    if measure.scores.is_empty() && !plan.arm.iter().all(trains) {
        let message = "no score is measured, and an arm trains nothing";
        return fault(step("scores"), message, "Add one: { score = \"preference\" }.");
    }
    if plan.model.file.is_some() && plan.model.name.is_some() {
        return fault(
            vec!["model".into(), "name".into()],
            "the model has a file and a name",
            "Leave one out.",
        );
    }
    Ok(())
}

fn names(plan: &Plan) -> Result<(), Fault> {
    let unique = |table: &str, names: Vec<&str>| {
        for (place, name) in names.iter().enumerate() {
            if name.trim().is_empty() {
                return fault(step(table, place, "name"), "this name is empty", "Give it one.");
            }
            if name.contains('/') {
                let message = format!(
                    "the name \u{201c}{name}\u{201d} has a stroke, which separates the parts of a cell"
                );
                return fault(step(table, place, "name"), message, "Write it without.");
            }
            if names[..place].contains(name) {
                let message = format!("two of [[{table}]] are called \u{201c}{name}\u{201d}");
                return fault(step(table, place, "name"), message, "Give each a name of its own.");
            }
        }
        Ok(())
    };
    unique("arm", plan.arm.iter().map(|arm| arm.name.as_str()).collect())?;
    unique("data", plan.data.iter().map(|data| data.name.as_str()).collect())?;
    unique("vector", plan.vector.iter().map(|vector| vector.name.as_str()).collect())?;
    unique("prompts", plan.prompts.iter().map(|list| list.name.as_str()).collect())?;
    match plan.prompts.iter().position(|list| plan.data.iter().any(|data| data.name == list.name)) {
        Some(place) => fault(
            step("prompts", place, "name"),
            "a list of prompts is called like a data set",
            "Give each a name of its own.",
        ),
        None => Ok(()),
    }
}

fn data(plan: &Plan) -> Result<(), Fault> {
    for (place, data) in plan.data.iter().enumerate() {
        let DataPlan { starter, file, pairs, .. } = data;
        let sources = [starter.is_some(), file.is_some(), pairs.is_some()];
        if sources.iter().filter(|is_given| **is_given).count() != 1 {
            let message = format!("\u{201c}{}\u{201d} has not exactly one source", data.name);
            return fault(step("data", place, "name"), message, "Give one of starter, file and pairs.");
        }
        if data.hold_out.is_some_and(|share| !(0.0..1.0).contains(&share)) {
            let next = "Give a number from 0 to below 1.";
            return fault(step("data", place, "hold_out"), "this is no share of the pairs", next);
        }
    }
    for (place, list) in plan.prompts.iter().enumerate() {
        if list.prompts.iter().all(|prompt| prompt.trim().is_empty()) {
            return fault(step("prompts", place, "prompts"), "the list has no prompt", "Write at least one.");
        }
    }
    Ok(())
}

fn arms(plan: &Plan) -> Result<(), Fault> {
    plan.arm.iter().enumerate().try_for_each(|(place, arm)| self::arm(plan, place, arm))
}

fn arm(plan: &Plan, place: usize, arm: &Arm) -> Result<(), Fault> {
    let at = |key: &str| step("arm", place, key);
    let sources = [arm.method.is_some(), arm.control.is_some(), !arm.steer.is_empty()];
    match sources.iter().filter(|is_given| **is_given).count() {
        0 if arm.prompting.is_none() => {
            let message = format!("\u{201c}{}\u{201d} changes nothing", arm.name);
            return fault(at("name"), message, "Give it a method, a control, steer or prompting.");
        }
        0 | 1 => {}
        _ => {
            let message =
                format!("\u{201c}{}\u{201d} has more than one of method, control and steer", arm.name);
            return fault(at("name"), message, "Make an arm of each.");
        }
    }
    if let Some(unknown) = arm.data.iter().find(|name| plan.data_set(name).is_none()) {
        let message = format!("there is no data set \u{201c}{unknown}\u{201d}");
        return fault(at("data"), message, "Name one of [[data]].");
    }
    let is_set = |name: &&String| plan.data_set(name).is_some() || plan.list(name).is_some();
    if let Some(unknown) = arm.measured_on.iter().find(|name| !is_set(name)) {
        let message = format!("there is neither a data set nor a list \u{201c}{unknown}\u{201d}");
        return fault(at("measured_on"), message, "Name one of [[data]] or [[prompts]].");
    }
    let is_empty = |layers: &Layers| layers.list().is_empty();
    if arm.layers.iter().chain(&plan.layers).any(is_empty) {
        return fault(at("layers"), "a list of layers is empty", "Give at least one layer.");
    }
    if plan.data.is_empty() && (arm.method.is_some() || arm.control.is_some()) {
        return fault(at("name"), "there is nothing to train on", "Add a [[data]].");
    }
    control(plan, place, arm)?;
    epoch(place, arm)?;
    prompting(place, arm)?;
    for term in &arm.steer {
        let gate = term.gate.as_ref().map(|gate| &gate.vector);
        for name in std::iter::once(&term.vector).chain(gate) {
            if !plan.vector.iter().any(|vector| vector.name == *name) {
                let message = format!("there is no vector \u{201c}{name}\u{201d}");
                return fault(at("steer"), message, "Name one of [[vector]].");
            }
        }
    }
    Ok(())
}

fn control(plan: &Plan, place: usize, arm: &Arm) -> Result<(), Fault> {
    let at = |key: &str| step("arm", place, key);
    let (Some(control), of) = (arm.control, arm.of.as_ref()) else {
        return match arm.of {
            Some(_) => {
                fault(at("of"), "only a control is one of another arm", "Add control, or leave it out.")
            }
            None => Ok(()),
        };
    };
    let base = of.and_then(|of| plan.arm.iter().find(|base| base.name == *of));
    let Some(method) = base.and_then(|base| base.method) else {
        let message = format!("\u{201c}{}\u{201d} is the control of no arm with a method", arm.name);
        return fault(
            at(if of.is_some() { "of" } else { "control" }),
            message,
            "Name the arm with of = \"..\".",
        );
    };
    if control == Control::RandomVector && method.makes_adapter() {
        return fault(at("of"), "an adapter has no direction", "Take shuffled-labels, or another arm.");
    }
    let has_own = !arm.layers.is_empty() || !arm.seeds.is_empty() || arm.epoch.is_some();
    if arm.settings != ArmSettings::default() || has_own {
        let next = "Leave out settings, layers, seeds and epoch: they are those of the arm.";
        return fault(at("control"), "a control has the settings of its arm", next);
    }
    Ok(())
}

fn epoch(place: usize, arm: &Arm) -> Result<(), Fault> {
    let Some(epoch) = arm.epoch else { return Ok(()) };
    let at = || step("arm", place, "epoch");
    if !arm.method.is_some_and(Method::has_steps) {
        return fault(at(), "only a method that trains in steps has epochs", "Leave it out.");
    }
    let epochs = arm.settings.epochs.unwrap_or(TrainSettings::default().epochs);
    if !(1..=epochs).contains(&epoch) {
        let message = format!("a run of {epochs} epochs has no epoch {epoch}");
        return fault(at(), message, "Name one that it has, or leave it out for the last.");
    }
    Ok(())
}

fn prompting(place: usize, arm: &Arm) -> Result<(), Fault> {
    let Some(way) = &arm.prompting else { return Ok(()) };
    let at = || step("arm", place, "prompting");
    let ways = [way.system.is_some(), way.template.is_some(), way.examples.is_some()];
    if ways.iter().filter(|is_given| **is_given).count() != 1 {
        let next = "Give one of system, template and examples.";
        return fault(at(), "this is not exactly one way of prompting", next);
    }
    if let Some(name) = &way.template
        && way.source.is_none()
        && !TEMPLATES.contains(&name.as_str())
    {
        let message = format!("no built-in chat template is called \u{201c}{name}\u{201d}");
        return fault(at(), message, "Give its source, or one of Llama 2, Llama2-Chinese, Mistral, Vicuna.");
    }
    Ok(())
}

fn scores(plan: &Plan) -> Result<(), Fault> {
    for (place, score) in plan.measure.scores.iter().enumerate() {
        let at = || vec!["measure".into(), "scores".into(), place.into()];
        if let Some(key) = score.unread_key() {
            let message = format!("{} does not read {key}", score.score.name());
            return fault(at(), message, "Leave it out.");
        }
        if score.needs_file() && score.file.is_none() {
            let message = format!("{} has no file", score.score.name());
            return fault(at(), message, "Name it with file = \"..\".");
        }
        if plan.measure.scores[..place].contains(score) {
            return fault(at(), "this score is measured already", "Leave it out.");
        }
    }
    let Some(choose) = plan.choose else { return Ok(()) };
    let has = |kind: ScoreKind| plan.measure.scores.iter().any(|score| score.score == kind);
    let at = |key: &str| vec!["choose".into(), key.into()];
    if !has(choose.by) {
        let message = format!("{} is not measured, so no multiplier is chosen by it", choose.by.name());
        return fault(at("by"), message, "Add it to the scores.");
    }
    if choose.by.is_of_its_own_text() {
        let message = format!("{} is not measured on held-out pairs", choose.by.name());
        return fault(at("by"), message, "Choose by a score of pairs or answers.");
    }
    if choose.max_perplexity.is_some() && !has(ScoreKind::Perplexity) {
        let next = "Add { score = \"perplexity\" } to the scores.";
        return fault(at("max_perplexity"), "the perplexity is not measured", next);
    }
    Ok(())
}

fn vectors(plan: &Plan) -> Result<(), Fault> {
    for (place, vector) in plan.vector.iter().enumerate() {
        let size = vector.part.first().map_or(0, |part| part.values.len());
        let is_same = vector.part.iter().all(|part| part.values.len() == size);
        if size == 0 || !is_same {
            let message =
                format!("the parts of \u{201c}{}\u{201d} are empty or of different sizes", vector.name);
            return fault(step("vector", place, "part"), message, "Give each layer as many numbers.");
        }
        let is_exact =
            |value: &f64| value.is_finite() && f64::from(*value as f32).to_bits() == value.to_bits();
        if !vector.part.iter().flat_map(|part| &part.values).all(is_exact) {
            let message = format!("a number of \u{201c}{}\u{201d} is none of 32 bits", vector.name);
            return fault(step("vector", place, "part"), message, "Export the vector again.");
        }
    }
    Ok(())
}

/// The cells of a shard must be some of the plan's. Which layer is the usual one depends on the model, so that only the other
/// parts are compared where the plan has no layers.
fn only(plan: &Plan) -> Result<(), Fault> {
    if plan.only.is_empty() {
        return Ok(());
    }
    let whole = Plan { only: vec![], ..plan.clone() };
    let all: Vec<String> = cells(&whole, 0).iter().map(|cell| cell.name(&whole)).collect();
    for (place, name) in plan.only.iter().enumerate() {
        let arm = name.split('/').next().unwrap_or_default();
        let is_known = all.contains(name)
            || (plan.layers.is_empty() && all.iter().any(|known| known.split('/').next() == Some(arm)));
        if !is_known {
            let message = format!("the plan has no cell \u{201c}{name}\u{201d}");
            return fault(vec!["only".into(), place.into()], message, "Make the shards again.");
        }
    }
    Ok(())
}
