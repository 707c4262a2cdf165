//! Runs analyses as jobs. Every finding is stored as soon as it is known, so a halted analysis goes on with the rest.

mod epochs;
mod layers;
mod search;
mod steerability;
mod strength;

use std::sync::Arc;

use ipc::Id;
use ipc::analysis::{Analysis, Finding, Question};
use ipc::data::PairContent;
use ipc::event::Event;
use sqlx::SqliteConnection;
use store::{analyses, snapshots};
use vectors::model::Model;
use vectors::pairs::EncodedPair;

use super::encode::Encoded;
use super::encode_pairs::encode_pairs;
use super::job::{Interrupt, Job, Stored, is_halting, report_progress, save_progress};
use super::models;
use super::pace::Phase;
use crate::Error;
use crate::app_state::AppState;

/// The number of held-out pairs, from the first on, that a comparison of many vectors uses.
const COMPARED_PAIRS: usize = 12;

/// Answers a person's question by measuring: fills the analysis with this id.
pub(super) struct AnalysisJob(pub(super) Id);

impl Job for AnalysisJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(vec![analyses::find(db, self.0).await?.model]) })
    }

    fn run(&self, state: &Arc<AppState>, _id: Id) -> Result<(), Interrupt> {
        run(state, self.0)
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Analysis(analyses::find(db, self.0).await?))) })
    }
}

/// Measures every finding that is not stored yet.
fn run(state: &Arc<AppState>, id: Id) -> Result<(), Interrupt> {
    let (analysis, contents) = state.block_on(async {
        let mut db = state.store.read().acquire().await?;
        let analysis = analyses::find(&mut db, id).await?;
        let snapshot = analyses::snapshot(&mut *db, id).await?;
        Ok::<_, Error>((analysis, snapshots::read(&mut *db, &snapshot).await?))
    })?;
    report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
    let (model, fingerprint) = models::wait(state, analysis.model, || is_halting(state))?;
    let analysis = state.block_on(begin(state, id, &fingerprint))?;
    let mut work = Work { state, model, contents, findings: analysis.findings, id };
    match &analysis.question {
        Question::Steerability { position } => steerability::run(&mut work, *position)?,
        Question::Epochs { run, multipliers } => epochs::run(&mut work, *run, multipliers)?,
        Question::Layers { settings, share } => layers::run(&mut work, settings, *share)?,
        Question::Search { settings, layers, rates, budget } => {
            search::run(&mut work, settings, &search::candidates(layers, rates), *budget)?;
        }
        Question::Strength { vector, multipliers } => strength::run(&mut work, *vector, multipliers)?,
    }
    Ok(())
}

/// Stores which model is measured.
async fn begin(state: &AppState, id: Id, fingerprint: &str) -> Result<Analysis, Error> {
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    analyses::set_model(&mut db, id, fingerprint).await?;
    let analysis = analyses::find(&mut db, id).await?;
    db.commit().await?;
    change.send(&Event::Analysis(analysis.clone()));
    Ok(analysis)
}

/// A running analysis.
struct Work<'a> {
    state: &'a AppState,
    id: Id,
    model: Arc<Model>,
    contents: Vec<PairContent>,
    /// The findings so far.
    findings: Vec<Finding>,
}

impl Work<'_> {
    /// Stores a finding and sends its event. A finding that is stored already is not stored again.
    fn found(&mut self, finding: Finding) -> Result<(), Error> {
        if self.findings.contains(&finding) {
            return Ok(());
        }
        let (state, analysis) = (self.state, self.id);
        state.block_on(async {
            let change = state.events.change().await;
            let mut db = state.store.begin().await?;
            analyses::add_finding(&mut db, analysis, &finding).await?;
            save_progress(state, &mut db).await?;
            db.commit().await?;
            change.send(&Event::Finding { analysis, finding: finding.clone() });
            Ok::<_, Error>(())
        })?;
        self.findings.push(finding);
        Ok(())
    }

    /// Turns the pairs into tokens.
    fn encoded(&self, system_prompt: &str) -> Result<Encoded, Interrupt> {
        encode_pairs(self.state, &self.model, system_prompt, &self.contents)
    }
}

/// Cuts the held-out pairs to as many as a comparison of vectors needs.
fn compared(mut held_out: Vec<EncodedPair>) -> Vec<EncodedPair> {
    held_out.truncate(COMPARED_PAIRS);
    held_out
}

/// Returns the mean of log pi(wanted) - log pi(opposite), in nats.
fn mean_margin(scores: &[vectors::score::PairLogProbs]) -> f64 {
    scores.iter().map(vectors::score::PairLogProbs::margin).sum::<f64>() / scores.len().max(1) as f64
}
