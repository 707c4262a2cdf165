//! Makes new vectors from existing ones by vector arithmetic. Each records the hashes of its sources.

use ipc::Id;
use ipc::command::MakeVector;
use ipc::derive::{Change, Derivation, Source};
use ipc::event::Event;
use ipc::vector::Vector;
use store::models;
use store::origins::{self, Origin};
use store::vectors::{self as vector_rows, NewVector};
use vectors::algebra::{linear_combination, norm, project_out, scale};
use vectors::files::Provenance;
use vectors::steering::SteeringVector;

use super::App;
use crate::{Error, clock};

/// The share of its norm below which the rest of a vector is only rounding error.
const NOTHING_LEFT: f64 = 1e-5;

/// A vector with its numbers.
struct LoadedVector {
    row: Vector,
    parts: Vec<SteeringVector>,
}

impl App {
    /// Makes a new vector from an existing one.
    ///
    /// # Errors
    /// Returns an error if a vector or a model does not exist, they do not fit each other, nothing would be left, or
    /// the store cannot be written.
    pub async fn make_vector(&self, request: MakeVector) -> Result<Vector, Error> {
        let base = self.read_vector(request.vector).await?;
        let other = match request.change.other() {
            Some(other) => Some(self.read_vector(other).await?),
            None => None,
        };
        let to = match request.change {
            Change::Transfer { model } => self.check_transfer(&base.row, model).await?,
            _ => base.row.model,
        };
        let parts = apply(request.change, &base, other.as_ref())?;
        let mut from = vec![self.source(&base.row).await?];
        if let Some(other) = &other {
            from.push(self.source(&other.row).await?);
        }
        let made = Derivation { change: request.change, from, map: None };
        let name = match request.name.trim() {
            "" => self.usual_name(&made, to).await?,
            typed => typed.to_owned(),
        };
        self.save_derived(&base, &made, &name, to, &parts).await
    }

    async fn read_vector(&self, id: Id) -> Result<LoadedVector, Error> {
        let row = vector_rows::find(self.state.store.read(), id).await?;
        check_vector(&row, "nothing is made of it")?;
        let parts = vector_rows::steering(self.state.store.read(), id).await?.parts;
        Ok(LoadedVector { row, parts })
    }

    async fn source(&self, row: &Vector) -> Result<Source, Error> {
        let model = models::find(self.state.store.read(), row.model).await?.name;
        Ok(Source { vector: row.id, name: row.name.clone(), hash: row.hash.clone(), model })
    }

    /// Refuses a model that a vector cannot act on, because its numbers would apply to other dimensions or to another
    /// depth.
    async fn check_transfer(&self, vector: &Vector, to: Id) -> Result<Id, Error> {
        let read = self.state.store.read();
        let (from_row, to_row) = (models::find(read, vector.model).await?, models::find(read, to).await?);
        if vector.model == to {
            return Err(Error::invalid(
                format!("The vector is for {} already.", to_row.name),
                "Choose another model.",
            ));
        }
        let facts = self.facts(to).await?;
        if facts.hidden_size != vector.size {
            let message = format!(
                "The vector has {} numbers at a layer, and the residual stream of {} has {}.",
                vector.size, to_row.name, facts.hidden_size
            );
            return Err(Error::invalid(message, "Choose a model of the same hidden size."));
        }
        // The facts of a model that is gone may be unknown, and unknown facts are not compared.
        let blocks = from_row.facts.as_ref().map(|facts| facts.blocks);
        if blocks.is_some_and(|blocks| blocks != facts.blocks) {
            let message = format!(
                "{} has {} layers, and {} has {}.",
                from_row.name,
                blocks.unwrap_or_default(),
                to_row.name,
                facts.blocks
            );
            return Err(Error::invalid(message, "Choose a model with as many layers."));
        }
        Ok(to)
    }

    async fn usual_name(&self, made: &Derivation, to: Id) -> Result<String, Error> {
        let name = made.from.first().map(|source| source.name.as_str()).unwrap_or_default();
        let other = made.from.get(1).map(|source| source.name.as_str()).unwrap_or_default();
        Ok(match made.change {
            Change::Duplicate => format!("{name} copy"),
            Change::Scale { factor } => format!("{name} \u{d7} {factor}"),
            Change::Negate => format!("{name} reversed"),
            Change::Normalize { norm } => format!("{name} at norm {norm}"),
            Change::MatchNorm { .. } => format!("{name} at the norm of {other}"),
            Change::Add { .. } => format!("{name} + {other}"),
            Change::Orthogonalize { .. } => format!("{name} without {other}"),
            Change::Transfer { .. } => {
                format!("{name} on {}", models::find(self.state.store.read(), to).await?.name)
            }
        })
    }

    async fn save_derived(
        &self,
        base: &LoadedVector,
        made: &Derivation,
        name: &str,
        model: Id,
        parts: &[SteeringVector],
    ) -> Result<Vector, Error> {
        let origin = origins::origin(self.state.store.read(), base.row.id).await?;
        let model = models::find(self.state.store.read(), model).await?;
        let is_sum = matches!(made.change, Change::Add { .. });
        // A sum has no settings of its own. It takes over the system prompt of the first vector.
        let provenance = if is_sum {
            let prompt = origins::system_prompt(self.state.store.read(), base.row.id).await?;
            Some(Provenance {
                model: Some(model.name.clone()),
                architecture: model.facts.as_ref().map(|facts| facts.architecture.clone()),
                model_fingerprint: origin.model_fingerprint.clone(),
                policy: Some(Provenance::policy_of(base.row.intervention)),
                made_by: Some(concat!("Tiller ", env!("CARGO_PKG_VERSION")).to_owned()),
                settings: Some(serde_json::json!({ "system_prompt": prompt }).to_string()),
                ..Provenance::default()
            })
        } else {
            origin.provenance.clone()
        };
        let Origin { snapshot, settings, steps, .. } = origin;
        let values: Vec<f32> = parts.iter().flat_map(|part| part.values.iter().copied()).collect();
        let own_model = (!made.is_transfer()).then_some(origin.model_fingerprint).flatten();
        let fingerprint = own_model.or(model.fingerprint);
        let new = NewVector {
            project: self.state.project(),
            name,
            method: base.row.method.filter(|_| !is_sum),
            layers: &base.row.layers,
            adapter: None,
            intervention: base.row.intervention,
            values: &values,
            norm: norm(parts),
            residual_norm: base.row.residual_norm.filter(|_| !made.is_transfer()),
            model: model.id,
            model_fingerprint: fingerprint.as_deref(),
            run: None,
            epoch: None,
            data_set: base.row.data_set.filter(|_| !is_sum),
            snapshot: snapshot.as_deref().filter(|_| !is_sum),
            settings: settings.as_ref().filter(|_| !is_sum),
            steps: if is_sum { 0 } else { steps },
            provenance: provenance.as_ref(),
            derivation: Some(made),
        };
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let id = vector_rows::insert(&mut db, &new, clock::now()).await?;
        let vector = vector_rows::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::Vector(vector.clone()));
        Ok(vector)
    }
}

/// Computes the parts of the new vector.
fn apply(
    change: Change,
    base: &LoadedVector,
    other: Option<&LoadedVector>,
) -> Result<Vec<SteeringVector>, Error> {
    let (v, name) = (base.parts.as_slice(), base.row.name.as_str());
    let made = match (change, other) {
        (Change::Duplicate | Change::Transfer { .. }, _) => v.to_vec(),
        (Change::Negate, _) => scale(v, -1.0),
        (Change::Scale { factor }, _) => scale(v, usable("factor", factor)?),
        (Change::Normalize { norm: to }, _) => scale(v, positive(to)? / length(v, name)?),
        (Change::MatchNorm { .. }, Some(other)) => {
            scale(v, length(&other.parts, &other.row.name)? / length(v, name)?)
        }
        (Change::Add { weight, other_weight, .. }, Some(other)) => {
            check_pair(&base.row, &other.row)?;
            linear_combination(v, usable("weight", weight)?, &other.parts, usable("weight", other_weight)?)
        }
        (Change::Orthogonalize { .. }, Some(other)) => {
            check_pair(&base.row, &other.row)?;
            length(&other.parts, &other.row.name)?;
            project_out(v, &other.parts)
        }
        (_, None) => return Err(Error::Gone("vector")),
    };
    if made.iter().flat_map(|part| part.values.iter()).any(|value| !value.is_finite()) {
        return Err(Error::invalid("The numbers become too large.", "Take a smaller factor."));
    }
    let before = norm(v) * largest(change);
    if !matches!(change, Change::Duplicate | Change::Transfer { .. }) && norm(&made) <= NOTHING_LEFT * before
    {
        let next = "Choose another vector, or another factor.";
        return Err(Error::invalid("Nothing would be left of the vector.", next));
    }
    Ok(made)
}

/// Returns the factor by which a change shrinks a vector on purpose, because a small factor is not a loss.
fn largest(change: Change) -> f64 {
    match change {
        Change::Add { weight, .. } => weight.abs(),
        Change::Scale { factor } => factor.abs(),
        Change::Orthogonalize { .. } => 1.0,
        _ => 0.0,
    }
}

/// Refuses an adapter if the operation needs a vector.
pub(super) fn check_vector(row: &Vector, so: &str) -> Result<(), Error> {
    if row.adapter.is_none() {
        return Ok(());
    }
    let message = format!(
        "\u{201c}{}\u{201d} is an adapter: it adds to weights in every block and has no direction, so {so}.",
        row.name
    );
    Err(Error::invalid(message, "Choose a vector."))
}

/// Refuses two vectors that cannot be combined.
fn check_pair(one: &Vector, other: &Vector) -> Result<(), Error> {
    if one.id == other.id {
        return Err(Error::invalid("It is the same vector.", "Choose another one."));
    }
    if one.model != other.model || one.size != other.size {
        return Err(Error::invalid(
            format!(
                "\u{201c}{}\u{201d} and \u{201c}{}\u{201d} are for different models.",
                one.name, other.name
            ),
            "Choose two vectors of one model.",
        ));
    }
    if one.layers != other.layers {
        let list = |layers: &[u32]| layers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let message = format!(
            "\u{201c}{}\u{201d} acts after layer {}, \u{201c}{}\u{201d} after {}.",
            one.name,
            list(&one.layers),
            other.name,
            list(&other.layers)
        );
        return Err(Error::invalid(message, "Choose two vectors of the same layers."));
    }
    Ok(())
}

fn usable(what: &str, number: f64) -> Result<f64, Error> {
    if number.is_finite() && number != 0.0 {
        return Ok(number);
    }
    Err(Error::invalid(format!("The {what} must be a number other than 0."), "Type another one."))
}

fn positive(norm: f64) -> Result<f64, Error> {
    if norm.is_finite() && norm > 0.0 {
        return Ok(norm);
    }
    Err(Error::invalid("A norm must be a number over 0.", "Type another one."))
}

fn length(parts: &[SteeringVector], name: &str) -> Result<f64, Error> {
    match norm(parts) {
        norm if norm > 0.0 => Ok(norm),
        _ => Err(Error::invalid(
            format!("\u{201c}{name}\u{201d} is all zeros: it has no direction."),
            "Choose another vector.",
        )),
    }
}
