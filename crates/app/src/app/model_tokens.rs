//! Shows how a model reads a sample pair: its tokens, and where its files disagree.

use std::path::Path;
use std::sync::Arc;

use ipc::command::ReadModelTokens;
use ipc::tokens::{FoundToken, ModelTokens, SampleToken};
use store::models;
use vectors::model::read_token_report;
use vectors::tokens::{ReportedToken, TokenReport};

use super::App;
use super::models::blocking;
use crate::Error;
use crate::engine::models::check_fully;

impl App {
    /// Returns how a model reads a sample pair. The model need not be in memory.
    ///
    /// # Errors
    /// Returns an error if the model's files cannot be read, or it has no chat template.
    pub async fn read_model_tokens(&self, request: ReadModelTokens) -> Result<ModelTokens, Error> {
        let row = models::find(self.state.store.read(), request.model).await?;
        if let Ok(model) = self.state.models.get(row.id) {
            let report = blocking(move || model.token_report()).await?;
            return report.map(model_tokens).map_err(|source| Error::Tokens { pair: None, source });
        }
        let state = Arc::clone(&self.state);
        blocking(move || {
            check_fully(&state, &row)?;
            let report = read_token_report(Path::new(&row.path), row.template.as_deref());
            report.map(model_tokens).map_err(|source| Error::Model { path: row.path.clone(), source })
        })
        .await?
    }
}

/// Turns the engine's report into the one that crosses to the window.
#[must_use]
pub fn model_tokens(report: TokenReport) -> ModelTokens {
    let found = |token: vectors::tokens::FoundToken| FoundToken {
        id: token.id,
        text: token.text,
        places: token.places,
    };
    let sample = |token: ReportedToken| SampleToken { id: token.id, text: token.text, kind: token.kind };
    ModelTokens {
        prompt: report.prompt.into_iter().map(sample).collect(),
        answer: report.answer.into_iter().map(sample).collect(),
        begin: report.begin.map(found),
        adds_begin: report.adds_begin,
        ends: report.ends.into_iter().map(found).collect(),
        warnings: report.warnings,
    }
}
