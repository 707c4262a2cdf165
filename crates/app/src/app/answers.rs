//! Asks the steered model questions, and stops its answers.

use ipc::Id;
use ipc::answer::{Answer, AnswerEnd, Question, SteeringRecord};
use ipc::command::{Ask, StopAnswers};
use ipc::event::Event;
use ipc::steering::SteeringTerm;
use ipc::train::SYSTEM_PROMPT;
use store::steering::LoadedTerm;
use store::{answers, origins, questions, vectors as vector_rows};
use vectors::generate::{Request, Sampling};
use vectors::model::Model;

use super::App;
use super::sweeps::check_multipliers;
use crate::engine::answers::{PendingQuestion, end_open};
use crate::{Error, clock};

/// The most answers that a person can read side by side.
pub(super) const MOST_ANSWERS: usize = 16;
/// The most vectors that can steer at once.
const MOST_VECTORS: usize = 16;

impl App {
    /// Asks the model a question at several multipliers at once. The answers arrive as events. If no vector follows the
    /// multiplier, there is only one answer.
    ///
    /// # Errors
    /// Returns an error if the question, the vector or the model cannot be used, or the store cannot be written.
    pub async fn ask(&self, request: Ask) -> Result<Question, Error> {
        let text = check_question(&request.text, request.max_new_tokens)?;
        let asked_for = check_multipliers(&request.multipliers, MOST_ANSWERS)?;
        let (model_id, model) = self.usable_model().await?;
        let (loaded, records) = self.load_terms(&request.terms, model_id).await?;
        let multipliers = if loaded.iter().any(|term| !term.term.fixed) { asked_for } else { vec![0.0] };
        let system_prompt = match request.terms.first() {
            Some(term) => origins::system_prompt(self.state.store.read(), term.vector).await?,
            None => SYSTEM_PROMPT.to_owned(),
        };
        let prompt = prompt(&model, &system_prompt, text)?;
        let max_new_tokens = request.max_new_tokens as usize;

        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let max = request.max_new_tokens;
        let project = self.state.project;
        let id =
            questions::insert(&mut db, project, text, &records, &system_prompt, max, clock::now()).await?;
        for multiplier in &multipliers {
            let open =
                Answer { multiplier: *multiplier, text: String::new(), tokens: 0, end: AnswerEnd::Open };
            answers::put(&mut db, id, &open).await?;
        }
        let question = questions::find(&mut db, id).await?;
        db.commit().await?;
        change.send(&Event::Question(question.clone()));
        let requests = requests(&prompt, &loaded, &multipliers, Sampling::default());
        let asked =
            PendingQuestion { question: id, is_stored: true, model, requests, multipliers, max_new_tokens };
        self.enqueue(asked)?;
        Ok(question)
    }

    /// Stops the answers to a question, and keeps what they say so far.
    ///
    /// # Errors
    /// Returns an error if the question does not exist or the store cannot be written.
    pub async fn stop_answers(&self, request: StopAnswers) -> Result<(), Error> {
        if request.question < 0 {
            self.state.current_question.stop_trial(request.question);
            return Ok(());
        }
        if self.state.current_question.stop(request.question) {
            return Ok(());
        }
        // The question still waits for its turn, or its answers have ended already.
        end_open(&self.state, request.question, &AnswerEnd::Stopped).await
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
            let hash = steering.hash()?;
            records.push(SteeringRecord {
                vector: term.vector,
                name: row.name,
                weight: term.weight,
                fixed: term.fixed,
                hash: Some(hash.clone()),
            });
            loaded.push(LoadedTerm { term: *term, steering, hash });
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
