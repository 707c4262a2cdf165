//! Runs analyses as jobs. Every finding is stored as soon as it is known, so a halted analysis goes on with the rest.

mod epochs;
mod layers;
mod projections;
mod search;
mod steerability;
mod strength;

use std::sync::Arc;

use data::content::{from_json, to_json};
use ipc::Id;
use ipc::analysis::{Analysis, Finding, Question};
use ipc::data::PairContent;
use ipc::event::Event;
use sqlx::SqliteConnection;
use store::{analyses, snapshots};
use vectors::model::{Model, ModelError};
use vectors::pairs::EncodedPair;

use super::encode::Encoded;
use super::encode_pairs::encode_pairs;
use super::job::{Interrupt, Job, Stored, is_halting, report_progress, save_progress};
use super::models;
use super::pace::Phase;
use super::train::pair_numbers::PairNumbers;
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
        Question::Projections { vector, layer, system_prompt } => {
            projections::run(&mut work, *vector, *layer, system_prompt.as_deref())?;
        }
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
    if state.shows_running_job() {
        change.send(&Event::Analysis(analysis.clone()));
    }
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
        check_finite(&finding)?;
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

    /// Returns the numbers of the pairs in the data set.
    fn numbers(&self) -> PairNumbers {
        PairNumbers::new(&self.contents)
    }

    /// Turns an error of a score of the held-out pairs into the reason why the job ends.
    fn at_multiplier(&self, error: ModelError, multiplier: f64) -> Interrupt {
        let ModelError::NotFinite { index, .. } = error else { return error.into() };
        let pair = self.numbers().held_out(index).unwrap_or(index + 1);
        Interrupt::Failed(Error::ScoreNotFinite { multiplier, what: format!("pair {pair}") })
    }

    /// Turns the pairs into tokens.
    fn encoded(&self, system_prompt: &str) -> Result<Encoded, Interrupt> {
        encode_pairs(self.state, &self.model, system_prompt, &self.contents)
    }
}

/// Refuses a finding with a number that is not finite. JSON has no such number and would keep null in its place, which
/// nobody could read back.
fn check_finite(finding: &Finding) -> Result<(), Error> {
    let json = to_json("finding", finding)?;
    from_json::<Finding>("finding", &json).map(drop).map_err(|_| Error::FindingNotFinite(json))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_that_could_not_be_read_back_is_refused() {
        let finding = |divergence| Finding::Strength { multiplier: 1.0, share: None, divergence };
        assert!(check_finite(&finding(0.5)).is_ok());
        for divergence in [f64::NAN, f64::INFINITY] {
            let refused = check_finite(&finding(divergence)).expect_err("it is not finite");
            assert!(matches!(refused, Error::FindingNotFinite(_)), "{refused}");
        }
    }
}
