//! Answers trials: questions that are asked to see an effect, and that nobody keeps.

use ipc::Id;
use ipc::answer::{Answer, AnswerEnd, Question, SteeringRecord, TrialSubject};
use ipc::command::TrySteering;
use ipc::event::Event;
use ipc::steering::{Intervention, InterventionOp, SteeringTerm};
use store::steering::{LoadedTerm, steering};
use store::{epoch_vectors, models, origins, runs};
use vectors::generate::Sampling;

use super::App;
use super::answers::{MOST_ANSWERS, check_question, prompt, requests};
use super::sweeps::check_multipliers;
use crate::engine::answers::{Pending, PendingTrial};
use crate::engine::train::vector::sizes;
use crate::{Error, clock};

/// Greedy, so that a trial can be repeated, with a penalty on what was said already: a small model repeats itself otherwise, and
/// the loop would hide what the vector does.
const SAMPLING: Sampling = Sampling {
    temperature: 0.0,
    top_k: 0,
    top_p: 1.0,
    min_p: 0.0,
    repeat_penalty: 1.15,
    repeat_last_n: 64,
    seed: 0,
};

/// What steers a trial, read from the store.
struct Subject {
    term: LoadedTerm,
    record: SteeringRecord,
    system_prompt: String,
}

impl App {
    /// Asks the model a question at several multipliers at once and keeps neither question nor answers.
    ///
    /// # Errors
    /// Returns an error if the question, what steers or the model cannot be used, or the store cannot be read.
    pub async fn try_steering(&self, request: TrySteering) -> Result<Question, Error> {
        let text = check_question(&request.text, request.max_new_tokens)?;
        let multipliers = check_multipliers(&request.multipliers, MOST_ANSWERS)?;
        let (model_id, model) = self.usable_model().await?;
        let Subject { term, record, system_prompt } = self.trial_subject(request.subject, model_id).await?;
        let prompt = prompt(&model, &system_prompt, text)?;
        let requests = requests(&prompt, &[term], &multipliers, SAMPLING);
        let id = self.state.current_question.new_trial();
        let open = |multiplier: &f64| Answer {
            multiplier: *multiplier,
            text: String::new(),
            tokens: 0,
            end: AnswerEnd::Open,
        };
        let question = Question {
            id,
            text: text.to_owned(),
            steering: vec![record],
            answers: multipliers.iter().map(open).collect(),
            created: clock::now(),
        };
        self.state.events.send(&Event::Question(question.clone()));
        let max_new_tokens = request.max_new_tokens as usize;
        self.enqueue(Pending::Trial(PendingTrial {
            question: id,
            model,
            requests,
            multipliers,
            max_new_tokens,
        }))?;
        Ok(question)
    }

    async fn trial_subject(&self, subject: TrialSubject, model: Id) -> Result<Subject, Error> {
        match subject {
            TrialSubject::Vector { vector } => {
                let (terms, records) = self.load_terms(&[SteeringTerm::new(vector)], model).await?;
                let one = terms.into_iter().zip(records).next();
                let (term, record) = one.ok_or(Error::Gone("vector"))?;
                let system_prompt = origins::system_prompt(self.state.store.read(), vector).await?;
                Ok(Subject { term, record, system_prompt })
            }
            TrialSubject::Epoch { run, epoch } => self.epoch_subject(run, epoch, model).await,
        }
    }

    /// Reads a run's vector as it was after an epoch.
    async fn epoch_subject(&self, run: Id, epoch: u32, model: Id) -> Result<Subject, Error> {
        let mut db = self.state.store.read().begin().await?;
        let run = runs::find(&mut *db, run).await?;
        if run.model != model {
            let (own, loaded) =
                (models::find(&mut *db, run.model).await?, models::find(&mut *db, model).await?);
            let message = format!(
                "The run \u{201c}{}\u{201d} is for {}, and {} is loaded.",
                run.name, own.name, loaded.name
            );
            return Err(Error::invalid(message, "Load the run's model under Models."));
        }
        let (_, values) = epoch_vectors::find(&mut *db, run.id, epoch).await?;
        let adapter = sizes(&mut db, &run).await?;
        let intervention = Intervention { positions: run.settings.positions, op: InterventionOp::Add };
        let steering = steering(adapter.as_ref(), &run.settings.layers, &values, intervention)?;
        // The vector of the run is in the library only after its end.
        let term = LoadedTerm::new(SteeringTerm::new(run.vector.unwrap_or_default()), steering, None)?;
        let record = SteeringRecord {
            vector: term.term.vector,
            name: format!("{} epoch {epoch}", run.name),
            weight: term.term.weight,
            fixed: term.term.fixed,
            hash: Some(term.hash.clone()),
        };
        let system_prompt = run.settings.system_prompt;
        Ok(Subject { term, record, system_prompt })
    }
}
