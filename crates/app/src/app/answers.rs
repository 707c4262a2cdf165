//! Reads what trials need, and stops their answers.

use ipc::Id;
use ipc::answer::SteeringRecord;
use ipc::command::StopAnswers;
use ipc::steering::SteeringTerm;
use store::steering::LoadedTerm;
use store::vectors as vector_rows;
use vectors::generate::{Request, Sampling};
use vectors::model::Model;

use super::App;
use crate::Error;

/// The most answers that a person can read side by side.
pub(super) const MOST_ANSWERS: usize = 16;
/// The most vectors that can steer at once.
const MOST_VECTORS: usize = 16;

impl App {
    /// Stops the answers of a trial, and keeps what they say so far.
    ///
    /// # Errors
    /// Returns an error if the question is no trial.
    #[expect(clippy::unused_async, reason = "every command is async")]
    pub async fn stop_answers(&self, request: StopAnswers) -> Result<(), Error> {
        // The conversations of Chat have a command of their own.
        if request.question >= 0 {
            return Err(Error::Gone("trial"));
        }
        self.state.current_question.stop_trial(request.question);
        Ok(())
    }

    /// Reads the vectors of a question, and records their names and hashes as they are now.
    pub(super) async fn load_terms(
        &self,
        terms: &[SteeringTerm],
        model: Id,
    ) -> Result<(Vec<LoadedTerm>, Vec<SteeringRecord>), Error> {
        if terms.len() > MOST_VECTORS {
            return Err(Error::invalid(
                format!("{} vectors are more than the {MOST_VECTORS} that can steer at once.", terms.len()),
                "Take some away.",
            ));
        }
        let (mut loaded, mut records) = (Vec::with_capacity(terms.len()), Vec::with_capacity(terms.len()));
        for term in terms {
            if !term.weight.is_finite() {
                return Err(Error::invalid("The weight of a vector is no number.", "Type one."));
            }
            let row = vector_rows::find(self.state.store.read(), term.vector).await?;
            self.check_model(&row, model).await?;
            let steering = vector_rows::steering(self.state.store.read(), term.vector).await?;
            let of_term = LoadedTerm::new(term.clone(), steering, None)?;
            records.push(SteeringRecord {
                vector: term.vector,
                name: row.name,
                weight: term.weight,
                fixed: term.fixed,
                hash: Some(of_term.hash.clone()),
            });
            loaded.push(of_term);
        }
        Ok((loaded, records))
    }
}

/// Returns the question without the spaces around it; refuses an empty one, and answers without tokens.
pub(super) fn check_question(text: &str, max_new_tokens: u32) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("There is no question.", "Type one."));
    }
    if max_new_tokens == 0 {
        return Err(Error::invalid("An answer needs at least one token.", "Allow more tokens."));
    }
    Ok(text)
}

/// Returns the request of each multiplier: rows of one batch.
pub(super) fn requests(
    prompt: &[u32],
    loaded: &[LoadedTerm],
    multipliers: &[f64],
    sampling: Sampling,
) -> Vec<Request> {
    let request = |multiplier: &f64| Request {
        prompt: prompt.to_vec(),
        steering: loaded.iter().flat_map(|term| term.at(*multiplier)).collect(),
        sampling,
    };
    multipliers.iter().map(request).collect()
}

/// Encodes a question, and refuses one that the model cannot read.
pub(super) fn prompt(model: &Model, system_prompt: &str, text: &str) -> Result<Vec<u32>, Error> {
    let prompt =
        model.encode_question(system_prompt, text).map_err(|source| Error::Tokens { pair: None, source })?;
    let limit = model.facts().context_length;
    if prompt.len() >= limit {
        let message =
            format!("The question takes {} tokens, and the model reads at most {limit}.", prompt.len());
        return Err(Error::invalid(message, "Shorten the question."));
    }
    Ok(prompt)
}
