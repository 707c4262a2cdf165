//! Completes the arms of a sweep, their names, colours and templates, and refuses those that cannot be measured.

use ::vectors::tokens::built_in_templates;
use ipc::Id;
use ipc::steering::{SteeringTerm, TermGate};
use ipc::sweep::{Arm, Prompting, SweepSettings};
use ipc::vector::Vector;
use sqlx::SqliteConnection;
use store::vectors;

use crate::Error;
use crate::app::conversations::{check_caps_of, check_gate_of};

/// The number of colours in the chart palette.
const COLORS: u8 = 7;

/// Refuses arms that cannot be measured as they are: worked examples without a data set to take them from, and sets that
/// there are not.
pub(super) fn check_arms(settings: &SweepSettings) -> Result<(), Error> {
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

/// Gives every arm a name and a colour. Returns the one model that all vectors were made for, or else the given one.
pub(super) async fn complete_arms(
    db: &mut SqliteConnection,
    arms: &mut [Arm],
    given: Id,
) -> Result<Id, Error> {
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
pub(super) fn check_gates(settings: &SweepSettings) -> Result<(), Error> {
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
pub(super) fn complete_templates(arms: &mut [Arm]) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_that_is_offered_is_on_board() {
        let known = built_in_templates().map(|template| template.name);
        assert!(ipc::sweep::TEMPLATES.iter().all(|name| known.contains(name)), "{known:?}");
    }
}
