//! Queues analyses of a data set, a run or a vector.

use data::content::{Snapshot, held_out};
use ipc::analysis::{Analysis, Question};
use ipc::command::StartAnalysis;
use ipc::model::ModelFacts;
use ipc::train::{Method, TrainSettings};
use ipc::vector::Vector;
use sqlx::SqliteConnection;
use store::analyses::{self, NewAnalysis};
use store::models::ModelRow;
use store::steering::Steering;
use store::{data_sets, epoch_vectors, jobs, models, pairs, runs, snapshots, vectors};

use super::App;
use super::sweeps::check_multipliers;
use super::training::{check, check_pairs};
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::{Error, clock};

/// A search over more candidates is most likely a typing mistake.
const MOST_CANDIDATES: usize = 64;
const MOST_STEPS: u32 = 100_000;
const MOST_MULTIPLIERS: usize = 41;

impl App {
    /// Queues an analysis. If one of the same content is finished or under way, that one is returned instead.
    ///
    /// # Errors
    /// Returns an error if the question, the pairs or the model cannot be used, or the store cannot be written.
    pub async fn start_analysis(&self, request: StartAnalysis) -> Result<Analysis, Error> {
        let question = checked(request.question)?;
        let model = models::find(self.state.store.read(), request.model).await?;
        check_asked(&self.state, model.id).await?;
        if let (Some(settings), Some(facts)) = (settings_of(&question), &model.facts) {
            check_layers(&question, settings, facts)?;
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        let contents = pairs::contents(&mut *db, data_set.id).await?;
        check_pairs(&contents)?;
        let needs_held_out =
            !matches!(question, Question::Steerability { .. } | Question::Projections { .. });
        if needs_held_out && held_out(&contents).is_empty() {
            let message = format!(
                "No pair of \u{201c}{}\u{201d} is held out, so there is nothing to measure on.",
                data_set.name
            );
            return Err(Error::invalid(message, "Mark some pairs as held out under Data."));
        }
        if matches!(question, Question::Steerability { .. }) && data_set.train < 2 {
            return Err(Error::invalid(
                "This takes at least two pairs to train on.",
                "Add pairs under Data.",
            ));
        }
        let current = Snapshot::new(&contents)?;
        let (title, subject, snapshot) =
            about(&mut db, &question, &data_set.name, &current.hash, &model).await?;
        snapshots::insert(&mut db, &current).await?;
        let new = |job| NewAnalysis {
            model: model.id,
            data_set: data_set.id,
            snapshot: &snapshot,
            job,
            question: &question,
            subject: &subject,
        };
        let identity = model.fingerprint.as_deref().map(|fingerprint| model.identity(fingerprint));
        if let Some(same) = analyses::same(&mut *db, &new(0), identity.as_deref()).await? {
            return Ok(analyses::find(&mut db, same).await?);
        }
        let now = clock::now();
        let job = jobs::insert(&mut db, &title, now).await?;
        let id = analyses::insert(&mut db, &new(job), now).await?;
        let analysis = analyses::find(&mut db, id).await?;
        db.commit().await?;
        say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(analysis)
    }
}

/// Returns the title of an analysis's job, what its findings depend on besides pairs and model, and the hash of its
/// pairs.
async fn about(
    db: &mut SqliteConnection,
    question: &Question,
    data_set: &str,
    current: &str,
    model: &ModelRow,
) -> Result<(String, String, String), Error> {
    let (title, subject, snapshot) = match question {
        Question::Steerability { .. } => {
            (format!("Will \u{201c}{data_set}\u{201d} steer?"), String::new(), None)
        }
        Question::Layers { .. } => (format!("Layers for \u{201c}{data_set}\u{201d}"), String::new(), None),
        Question::Search { .. } => (format!("Search for \u{201c}{data_set}\u{201d}"), String::new(), None),
        Question::Epochs { run, .. } => {
            let run = runs::find(&mut *db, *run).await?;
            let kept = epoch_vectors::list(&mut *db, run.id).await?;
            if kept.is_empty() {
                return Err(Error::invalid(
                    "This run has no epoch behind it yet.",
                    "Wait for the end of its first epoch.",
                ));
            }
            // The analysis uses the pairs that were held out when the run was trained, and the epochs that exist now.
            let snapshot = runs::snapshot(&mut *db, run.id).await?;
            (format!("Epochs of \u{201c}{}\u{201d}", run.name), format!("{kept:?}"), Some(snapshot))
        }
        Question::Strength { vector, .. } => {
            let name = vectors::find(&mut *db, *vector).await?.name;
            let hash = vectors::steering(&mut *db, *vector).await?.hash()?;
            (format!("Strength of \u{201c}{name}\u{201d}"), hash, None)
        }
        Question::Projections { vector, layer, .. } => {
            let row = vectors::find(&mut *db, *vector).await?;
            let steering = vectors::steering(&mut *db, *vector).await?;
            check_direction(&row, model, *layer, &steering)?;
            let title = format!("Prompts of \u{201c}{data_set}\u{201d} along \u{201c}{}\u{201d}", row.name);
            (title, steering.content_hash(), None)
        }
    };
    Ok((title, subject, snapshot.unwrap_or_else(|| current.to_owned())))
}

/// Refuses a vector that belongs to another model or has no direction at a layer, and a layer that the model has not.
fn check_direction(vector: &Vector, model: &ModelRow, layer: u32, steering: &Steering) -> Result<(), Error> {
    let name = &vector.name;
    let refuse = |message: String, next: &'static str| Err(Error::invalid(message, next));
    if vector.model != model.id {
        return refuse(
            format!("\u{201c}{name}\u{201d} was made for another model."),
            "Choose a vector of this model.",
        );
    }
    if model.facts.as_ref().is_some_and(|facts| layer >= facts.blocks) {
        return refuse(format!("The model has no layer {layer}."), "Choose an earlier layer.");
    }
    match steering.direction(layer) {
        Some(part) if part.norm() > 0.0 => Ok(()),
        _ => refuse(
            format!("\u{201c}{name}\u{201d} has no direction at layer {layer}."),
            "Choose one of its layers, or another vector.",
        ),
    }
}

/// Returns the training settings of a question, if it has any.
fn settings_of(question: &Question) -> Option<&TrainSettings> {
    match question {
        Question::Layers { settings, .. } | Question::Search { settings, .. } => Some(settings),
        Question::Steerability { .. }
        | Question::Epochs { .. }
        | Question::Strength { .. }
        | Question::Projections { .. } => None,
    }
}

fn check_layers(question: &Question, settings: &TrainSettings, facts: &ModelFacts) -> Result<(), Error> {
    let layers = match question {
        Question::Search { layers, .. } => layers.clone(),
        _ => settings.layers.clone(),
    };
    check(&TrainSettings { layers, ..settings.clone() }, facts)
}

/// Refuses questions that cannot be measured, and sorts the lists of the others.
fn checked(question: Question) -> Result<Question, Error> {
    let refuse = |message: String, next: &'static str| Err(Error::invalid(message, next));
    Ok(match question {
        Question::Steerability { .. } | Question::Projections { .. } => question,
        Question::Epochs { run, multipliers } => {
            Question::Epochs { run, multipliers: check_multipliers(&multipliers, MOST_MULTIPLIERS)? }
        }
        Question::Strength { vector, multipliers } => {
            Question::Strength { vector, multipliers: check_multipliers(&multipliers, MOST_MULTIPLIERS)? }
        }
        Question::Layers { settings, share } => {
            if settings.method.has_steps() {
                return refuse(
                    "Layers are compared with a method that needs no steps.".into(),
                    "Choose Freeform, CAA or PCA, or search instead.",
                );
            }
            if !share.is_finite() || share <= 0.0 || share > 10.0 {
                return refuse(
                    format!("{share} is no share of the residual stream."),
                    "Type a number such as 0.1.",
                );
            }
            Question::Layers { settings, share }
        }
        Question::Search { settings, mut layers, mut rates, budget } => {
            layers.sort_unstable();
            layers.dedup();
            rates.sort_by(f64::total_cmp);
            rates.dedup();
            if !settings.method.has_steps() || settings.method == Method::Caa {
                return refuse("This method has no learning rate.".into(), "Compare its layers instead.");
            }
            if settings.method.makes_adapter() {
                return refuse(
                    "An adapter acts in every block, so there are no layers to search.".into(),
                    "Choose a method that trains a vector.",
                );
            }
            if layers.len() * rates.len() < 2 || layers.len() * rates.len() > MOST_CANDIDATES {
                return refuse(
                    format!("A search takes 2 to {MOST_CANDIDATES} pairs of a layer and a rate."),
                    "Change the layers or the rates.",
                );
            }
            if rates.iter().any(|rate| !rate.is_finite() || *rate <= 0.0) {
                return refuse("Every learning rate must be over 0.".into(), "Change the rates.");
            }
            if budget == 0 || budget > MOST_STEPS {
                return refuse(format!("A budget is 1 to {MOST_STEPS} steps."), "Change the budget.");
            }
            Question::Search { settings, layers, rates, budget }
        }
    })
}
