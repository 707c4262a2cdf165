//! Reads, tries and sets chat templates. The model need not be in memory, because a model whose files have no template
//! cannot be loaded without one.

use std::path::Path;
use std::sync::Arc;

use ipc::command::{ReadTemplate, SetTemplate, TryTemplate};
use ipc::model::{NamedTemplate, TemplateOrigin, TemplateText};
use ipc::{Code, Failure, Id};
use sandbox::SandboxError;
use store::models::{self, ModelRow};
use vectors::model::{ModelError, read_template};
use vectors::tokens::{ChatTemplate, Message, Origin, Role, TokenError, built_in_templates};

use super::App;
use super::models::blocking;
use crate::Error;
use crate::engine::models::{check_fully, check_template};

/// The longest template. Templates have some thousand letters.
const LONGEST: usize = 256 << 10;

impl App {
    /// Returns the chat template that a model uses.
    ///
    /// # Errors
    /// Returns an error if the model's files cannot be read.
    pub async fn read_template(&self, request: ReadTemplate) -> Result<TemplateText, Error> {
        let row = models::find(self.state.store.read(), request.model).await?;
        if let Ok(model) = self.state.models.get(row.id) {
            return blocking(move || shown(model.template())).await?;
        }
        let state = Arc::clone(&self.state);
        blocking(move || {
            check_fully(&state, &row).and_then(|()| match of_files(&row, row.template.as_deref()) {
                Ok(template) => shown(&template),
                Err(Error::Model { source: ModelError::Tokens(TokenError::NoTemplate), .. }) => Ok(none()),
                Err(error) => Err(error),
            })
        })
        .await?
    }

    /// Returns what another chat template would write. Nothing is stored.
    ///
    /// # Errors
    /// Returns an error if the text is no chat template, or the model's files cannot be read.
    pub async fn try_template(&self, request: TryTemplate) -> Result<TemplateText, Error> {
        self.check_in_sandbox(request.model, request.template).await
    }

    /// Replaces the chat template of the model's files, or restores it. A model that is in memory or could not be
    /// loaded is loaded again.
    ///
    /// # Errors
    /// Returns an error if the text is no chat template or does not write the question, the model's files cannot be
    /// read, or the store cannot be written.
    pub async fn set_template(&self, request: SetTemplate) -> Result<(), Error> {
        if let Some(template) = request.template.clone() {
            self.check_in_sandbox(request.model, template).await?;
        }
        let id = request.model;
        self.change_model(id, async |db| Ok(models::set_template(db, id, request.template.as_deref()).await?))
            .await
    }

    async fn check_in_sandbox(&self, id: Id, template: String) -> Result<TemplateText, Error> {
        let row = models::find(self.state.store.read(), id).await?;
        let loaded = self.state.models.get(id).ok();
        let state = Arc::clone(&self.state);
        blocking(move || {
            if template.trim().is_empty() || template.len() > LONGEST {
                return Err(Error::invalid("This is no chat template.", "Type one, or use the file’s own."));
            }
            check_template(&state, &row, &template).map_err(refused_by_sandbox)?;
            let shown = match loaded {
                Some(model) => shown(model.with_template(&template).map_err(unusable)?.template())?,
                None => shown(&of_files(&row, Some(&template))?)?,
            };
            if shown.example.contains(QUESTION) {
                Ok(shown)
            } else {
                Err(refused("It leaves the question out."))
            }
        })
        .await?
    }
}

/// Returns the template that the model would be loaded with.
fn of_files(row: &ModelRow, own: Option<&str>) -> Result<ChatTemplate, Error> {
    read_template(Path::new(&row.path), own).map_err(|source| match source {
        ModelError::Tokens(TokenError::Template { detail }) => refused(&detail),
        source => Error::Model { path: row.path.clone(), source },
    })
}

const QUESTION: &str = "What is a model?";

fn shown(template: &ChatTemplate) -> Result<TemplateText, Error> {
    let messages = [Message::new(Role::System, "Be brief."), Message::new(Role::User, QUESTION)];
    let example = template.render(&messages).map_err(|error| refused(&error.to_string()))?;
    Ok(TemplateText {
        text: template.source().to_owned(),
        origin: match template.origin() {
            Origin::File => TemplateOrigin::File,
            Origin::BuiltIn(name) => TemplateOrigin::BuiltIn { name: name.to_owned() },
            Origin::Person => TemplateOrigin::Person,
        },
        folds_system: template.folds_system(),
        example,
        built_in: built_in(),
    })
}

/// Returns the answer for a model whose files have no template.
fn none() -> TemplateText {
    TemplateText {
        text: String::new(),
        origin: TemplateOrigin::Nowhere,
        folds_system: false,
        example: String::new(),
        built_in: built_in(),
    }
}

fn built_in() -> Vec<NamedTemplate> {
    let named = |template: vectors::tokens::BuiltInTemplate| NamedTemplate {
        name: template.name.to_owned(),
        text: template.source.to_owned(),
    };
    built_in_templates().map(named).to_vec()
}

/// Words the error of a check of a template that the person has typed.
fn refused_by_sandbox(error: Error) -> Error {
    match error {
        Error::Sandbox {
            source: source @ (SandboxError::Ended { .. } | SandboxError::Unusable(_)), ..
        } => refused(&source.to_string()),
        error => error,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "passed to map_err, which hands the error over")]
fn unusable(error: ModelError) -> Error {
    refused(&error.to_string())
}

fn refused(detail: &str) -> Error {
    let failure = Failure::new(Code::Invalid, "The chat template cannot be used.");
    Error::Failure(failure.detail(detail).next("Change it, or use the file’s own."))
}
