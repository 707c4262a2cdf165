//! Loads the vectors of a desk.

use std::collections::HashMap;
use std::sync::Arc;

use ipc::Id;
use ipc::conversation::{Desk, Strip};
use ipc::steering::{Caps, Gate};
use store::steering::Steering;
use store::vectors as vector_rows;
use vectors::steering::{CapsError, capped};

use super::App;
use super::check::check_gate_numbers;
use crate::Error;
use crate::engine::chat::desk::{LoadedDesk, LoadedVector, needed};

impl App {
    /// Loads what steers the columns of a desk. Vectors that `known` has are not read again.
    ///
    /// # Errors
    /// Returns an error if a vector that steers is gone or belongs to another model, or a gate does not fit.
    pub(super) async fn load_desk(
        &self,
        desk: &Desk,
        model: Id,
        known: Option<&LoadedDesk>,
    ) -> Result<LoadedDesk, Error> {
        let mut vectors = HashMap::new();
        for id in needed(desk) {
            let loaded = match known.and_then(|known| known.vectors.get(&id)) {
                Some(loaded) => loaded.clone(),
                None => self.load_vector(desk, id, model).await?,
            };
            vectors.insert(id, loaded);
        }
        for strip in &desk.strips {
            check_gate(strip, &vectors)?;
            if let (Some(caps), Some(loaded)) = (&strip.caps, vectors.get(&strip.vector)) {
                check_caps_of(&strip.name, &loaded.steering, caps)?;
            }
        }
        Ok(LoadedDesk { desk: desk.clone(), model, vectors })
    }

    async fn load_vector(&self, desk: &Desk, id: Id, model: Id) -> Result<LoadedVector, Error> {
        let read = self.state.store.read();
        let row = match vector_rows::find(read, id).await.map_err(Error::from) {
            Err(Error::Gone(_)) => return Err(gone(desk, id)),
            row => row?,
        };
        self.check_model(&row, model).await?;
        let steering = vector_rows::steering(read, id).await?;
        let hash = steering.hash()?;
        Ok(LoadedVector { steering: Arc::new(steering), name: row.name, hash })
    }
}

fn gone(desk: &Desk, id: Id) -> Error {
    let strip = desk.strips.iter().find(|strip| strip.vector == id);
    let gate = || desk.strips.iter().filter_map(|strip| strip.gate.as_ref()).find(|gate| gate.vector == id);
    let name = strip.map(|strip| &strip.name).or_else(|| gate().map(|gate| &gate.name));
    let name = name.map_or("", String::as_str);
    Error::invalid(
        format!("The vector \u{201c}{name}\u{201d} is gone."),
        "Take its strip off the desk, or mute it.",
    )
}

/// Refuses caps that do not fit the vector of this name, and numbers that make no sense.
pub(in crate::app) fn check_caps_of(name: &str, steering: &Steering, caps: &Caps) -> Result<(), Error> {
    let again = "Measure the caps again.";
    let (message, next) = match capped(steering.terms(1.0), Some(caps)) {
        Ok(_) if caps.percentile <= 100 => return Ok(()),
        Ok(_) => (
            format!("The caps of \u{201c}{name}\u{201d} are at percentile {}.", caps.percentile),
            "Type 0 to 100.",
        ),
        Err(CapsError::Count { expected, found }) => (
            format!("\u{201c}{name}\u{201d} has {expected} layers, and its caps have {found} thresholds."),
            again,
        ),
        Err(CapsError::Threshold { .. }) => {
            (format!("A threshold of the caps of \u{201c}{name}\u{201d} is no number."), again)
        }
        Err(CapsError::Adapter) => (
            format!("\u{201c}{name}\u{201d} is an adapter, and has no direction to cap."),
            "Take the caps away.",
        ),
    };
    Err(Error::invalid(message, next))
}

/// Refuses a gate that cannot be computed before its strip acts.
fn check_gate(strip: &Strip, vectors: &HashMap<Id, LoadedVector>) -> Result<(), Error> {
    let Some(gate) = &strip.gate else { return Ok(()) };
    let (Some(gated), Some(by)) = (vectors.get(&strip.vector), vectors.get(&gate.vector)) else {
        return Ok(());
    };
    check_gate_of(&strip.name, &gated.steering, gate.gate, &by.name, &by.steering)
}

/// Refuses a gate that cannot be computed before the vector of this name acts, by a vector that cannot decide it, and numbers
/// that make no sense.
pub(in crate::app) fn check_gate_of(
    name: &str,
    gated: &Steering,
    gate: Gate,
    by_name: &str,
    by: &Steering,
) -> Result<(), Error> {
    let refuse = |message: String, next: &'static str| Err(Error::invalid(message, next));
    let layer = gate.layer;
    check_gate_numbers(name, gate)?;
    let Some(first) = gated.parts.iter().map(|part| part.layer).min() else {
        let message = format!("\u{201c}{name}\u{201d} is an adapter, and no gate can hold it back.");
        return refuse(message, "Take the gate away.");
    };
    if layer as usize > first {
        let message = format!(
            "The gate of \u{201c}{name}\u{201d} is decided at layer {layer}, after layer {first}, where it acts."
        );
        return refuse(message, "Choose an earlier layer for the gate.");
    }
    let Some(part) = by.direction(layer) else {
        let message = format!("\u{201c}{by_name}\u{201d} has no vector at layer {layer} to decide a gate.");
        return refuse(message, "Choose one of its layers, or another vector.");
    };
    if part.norm() == 0.0 {
        let message = format!("\u{201c}{by_name}\u{201d} is zero at layer {layer}: it decides nothing.");
        return refuse(message, "Choose another vector for the gate.");
    }
    Ok(())
}
