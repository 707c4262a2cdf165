//! Queues jobs that transfer a vector to another model by a learned linear map.

use data::content::Snapshot;
use ipc::command::TransferVector;
use ipc::job::Job;
use ipc::steering::InterventionOp;
use ipc::vector::Vector;
use store::transfers::{self, Transfer};
use store::{data_sets, jobs, models, pairs, snapshots, vectors};

use super::App;
use super::derive::check_vector;
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::{Error, clock};

impl App {
    /// Queues a job that transfers a vector to another model. If a job that does the same is not over, that one is
    /// returned instead.
    ///
    /// # Errors
    /// Returns an error if the vector, a model, a layer or the data set cannot be used, or the store cannot be written.
    pub async fn transfer_vector(&self, request: TransferVector) -> Result<Job, Error> {
        let facts = self.facts(request.model).await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let vector = vectors::find(&mut *db, request.vector).await?;
        check_vector(&vector, "no map transfers it to another model")?;
        let from_layer = transferred_layer(&vector, request.from_layer)?;
        check_acts(&vector)?;
        let to = models::find(&mut *db, request.model).await?;
        if vector.model == to.id {
            return Err(Error::invalid(
                format!("The vector is for {} already.", to.name),
                "Choose another model.",
            ));
        }
        if request.layer >= facts.blocks {
            return Err(Error::invalid(
                format!("{} has the layers 0 to {}, and no {}.", to.name, facts.blocks - 1, request.layer),
                "Choose one of these.",
            ));
        }
        for model in [vector.model, to.id] {
            check_asked(&self.state, model).await?;
        }
        let (mut texts, mut snapshot) = ("the neutral text".to_owned(), None);
        if let Some(data_set) = request.data_set {
            let data_set = data_sets::find(&mut *db, data_set).await?;
            let pairs = Snapshot::new(&pairs::contents(&mut *db, data_set.id).await?)?;
            snapshots::insert(&mut db, &pairs).await?;
            texts = format!("{texts} and \u{201c}{}\u{201d}", data_set.name);
            snapshot = Some(pairs.hash);
        }
        let transfer = Transfer {
            vector: vector.id,
            from_layer,
            model: to.id,
            layer: request.layer,
            data_set: request.data_set,
            snapshot,
            texts,
            made: None,
        };
        if let Some(same) = transfers::same_open_job(&mut *db, &transfer).await? {
            return Ok(jobs::find(&mut *db, same).await?);
        }
        let now = clock::now();
        let title = format!("Transferring \u{201c}{}\u{201d} to {}", vector.name, to.name);
        let job = jobs::insert(&mut db, &title, now).await?;
        transfers::insert(&mut db, &transfer, job, now).await?;
        db.commit().await?;
        let job = say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(job)
    }
}

/// Returns the layer that is transferred.
fn transferred_layer(vector: &Vector, asked: Option<u32>) -> Result<u32, Error> {
    let has = || vector.layers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    match (asked, vector.layers.as_slice()) {
        (Some(layer), layers) if layers.contains(&layer) => Ok(layer),
        (None, [only]) => Ok(*only),
        (Some(layer), _) => {
            let message = format!("The vector has no part at layer {layer}; it has {}.", has());
            Err(Error::invalid(message, "Choose one of its layers."))
        }
        (None, _) => Err(Error::invalid(
            format!("The vector acts after the layers {}, and a map is from one layer to one.", has()),
            "Choose the layer that is transferred.",
        )),
    }
}

/// Refuses a vector that caps its projection, because the cap means something in its own model only.
fn check_acts(vector: &Vector) -> Result<(), Error> {
    match vector.intervention.op {
        InterventionOp::Add | InterventionOp::ProjectOut => Ok(()),
        InterventionOp::Cap { .. } => Err(Error::invalid(
            "The vector caps the projection at a number that means something in its own model only.",
            "Set it to be added, transfer it, and choose a cap for the new one.",
        )),
    }
}
