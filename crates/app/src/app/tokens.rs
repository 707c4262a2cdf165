//! Counts and shows the tokens of pairs with the loaded model.

use ipc::command::{CountPairs, CountTokens, ShowTokens};
use ipc::data::PairTokens;
use ipc::tokens::{PairSequence, Token};
use vectors::model::Model;

use super::App;
use super::models::blocking;
use crate::Error;
use crate::engine::counting;
use crate::engine::encode::preference;

impl App {
    /// Counts a pair's tokens with the loaded model.
    ///
    /// # Errors
    /// Returns an error if no model is loaded or it refuses the text.
    #[expect(clippy::unused_async, reason = "every command is a future")]
    pub async fn count_tokens(&self, request: CountTokens) -> Result<PairTokens, Error> {
        let (_, model) = self.loaded_model()?;
        counting::count(&model, &request.system_prompt, &request.content)
            .map_err(|source| Error::Tokens { pair: None, source })
    }

    /// Counts the tokens of all pairs beside other work. The counts arrive as events.
    ///
    /// # Errors
    /// Returns an error if no model is loaded, the data set does not exist or the store cannot be read.
    pub async fn count_pairs(&self, request: CountPairs) -> Result<(), Error> {
        let (_, model) = self.loaded_model()?;
        self.with_list(request.data_set, |_| ()).await?;
        counting::start(&self.state, request.data_set, model, request.system_prompt)
    }

    /// Returns the tokens of a pair, one by one.
    ///
    /// # Errors
    /// Returns an error if no model is loaded or it refuses the text.
    pub async fn show_tokens(&self, request: ShowTokens) -> Result<PairSequence, Error> {
        let (_, model) = self.loaded_model()?;
        blocking(move || {
            let encoded = model
                .encode_pair(&request.system_prompt, &preference(&request.content))
                .map_err(|source| Error::Tokens { pair: None, source })?;
            Ok(PairSequence {
                prompt: tokens(&model, &encoded.prompt),
                wanted: tokens(&model, &encoded.wanted),
                opposite: tokens(&model, &encoded.opposite),
                limit: model.facts().context_length as u32,
            })
        })
        .await?
    }
}

fn tokens(model: &Model, ids: &[u32]) -> Vec<Token> {
    let token = |id: &u32| {
        let piece = model.tokenizer().piece(*id);
        Token { id: *id, text: piece.text, special: piece.is_special }
    };
    ids.iter().map(token).collect()
}
