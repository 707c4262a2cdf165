//! Makes vectors of a run's epochs, and sets where and how vectors act.

use ipc::command::{PickEpoch, PreviewTokens, SetIntervention};
use ipc::event::Event;
use ipc::steering::{InterventionOp, Positions, TokenPreview};
use ipc::vector::Vector;
use store::{sweeps, vectors};

use super::App;
use super::derive::check_vector;
use super::models::blocking;
use crate::Error;
use crate::engine::encode::preference;
use crate::engine::train::vector::pick;

impl App {
    /// Makes a vector of one of a run's epochs.
    ///
    /// # Errors
    /// Returns an error if the run or the epoch does not exist, or the store cannot be written.
    pub async fn pick_epoch(&self, request: PickEpoch) -> Result<Vector, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let id = pick(&mut db, self.state.project(), request.run, request.epoch).await?;
        let vector = vectors::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::Vector(vector.clone()));
        Ok(vector)
    }

    /// Changes where and how a vector acts.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, the cap is no number, or the store cannot be written.
    pub async fn set_intervention(&self, request: SetIntervention) -> Result<Vector, Error> {
        if matches!(request.intervention.op, InterventionOp::Cap { at } if !at.is_finite()) {
            return Err(Error::invalid("The cap must be a number.", "Type one."));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        check_vector(&vectors::find(&mut *db, request.vector).await?, "it acts on every token")?;
        vectors::set_intervention(&mut db, request.vector, request.intervention).await?;
        let vector = vectors::find(&mut *db, request.vector).await?;
        let sweeps = sweeps::list(&mut db, self.state.project()).await?;
        db.commit().await?;
        change.send(&Event::Vector(vector.clone()));
        // The sweeps become stale, because they measured the vector with its earlier intervention.
        for sweep in sweeps.into_iter().filter(|sweep| sweep.uses(vector.id)) {
            change.send(&Event::Sweep(sweep));
        }
        Ok(vector)
    }

    /// Returns the tokens of a pair with its wanted answer, and whether each is steered and scored.
    ///
    /// # Errors
    /// Returns an error if no model is in memory, or it refuses the text.
    pub async fn preview_tokens(&self, request: PreviewTokens) -> Result<Vec<TokenPreview>, Error> {
        let (_, model) = self.loaded_model()?;
        blocking(move || {
            let pair = model.encode_pair(&request.system_prompt, &preference(&request.content));
            let pair = pair.map_err(|source| Error::Tokens { pair: None, source })?;
            let prompt = pair.prompt.len();
            let ids = pair.prompt.iter().chain(&pair.wanted);
            let show = |(place, id): (usize, &u32)| {
                let is_answer = place >= prompt;
                // The model predicts the closing token and never reads it, so the vector does not act on it.
                let is_read = place + 1 < prompt + pair.wanted.len();
                TokenPreview {
                    text: model.tokenizer().token_text(*id),
                    is_special: model.decode(&[*id]).is_empty(),
                    is_answer,
                    is_steered: is_read
                        && match request.on {
                            Positions::Everywhere => true,
                            Positions::PromptEnd => place + 1 >= prompt,
                            Positions::Answer => is_answer,
                        },
                    is_scored: is_answer,
                }
            };
            Ok(ids.enumerate().map(show).collect())
        })
        .await?
    }
}
