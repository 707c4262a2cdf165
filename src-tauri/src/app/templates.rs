//! Chat templates: what a model's own says, and the person's in its place.

use ipc::command::{ReadTemplate, SetTemplate, TryTemplate};
use ipc::model::{TemplateOrigin, TemplateText};
use vectors::model::Model;
use vectors::tokens::{Message, Origin, Role};

use super::App;
use super::models::blocking;
use crate::Error;
use crate::store::models;

/// A template is some thousand letters; nobody types more.
const LONGEST: usize = 256 << 10;

impl App {
    /// The chat template that a model in memory uses.
    ///
    /// # Errors
    /// Where the model is not in memory.
    pub async fn read_template(&self, request: ReadTemplate) -> Result<TemplateText, Error> {
        let model = self.core.models.get(request.model)?;
        blocking(move || shown(&model)).await?
    }

    /// What another chat template would write; nothing is kept.
    ///
    /// # Errors
    /// Where the model is not in memory or the template is none.
    pub async fn try_template(&self, request: TryTemplate) -> Result<TemplateText, Error> {
        let model = self.core.models.get(request.model)?;
        blocking(move || tried(&model, &request.template)).await?
    }

    /// Puts a chat template in place of the file's, or takes it away again; the model is loaded anew.
    ///
    /// # Errors
    /// Where the model is not in memory, the template is none or does not write the question, or the store cannot be
    /// written.
    pub async fn set_template(&self, request: SetTemplate) -> Result<(), Error> {
        if let Some(template) = request.template.clone() {
            let model = self.core.models.get(request.model)?;
            blocking(move || tried(&model, &template)).await??;
        }
        let id = request.model;
        self.change_model(id, async |db| models::set_template(db, id, request.template.as_deref()).await)
            .await
    }
}

fn tried(model: &Model, template: &str) -> Result<TemplateText, Error> {
    if template.trim().is_empty() || template.len() > LONGEST {
        return Err(Error::invalid("This is no chat template.", "Type one, or use the file’s own."));
    }
    let other = model.with_template(template).map_err(|error| refused(&error.to_string()))?;
    let shown = shown(&other)?;
    if !shown.example.contains(QUESTION) {
        return Err(refused("It leaves the question out."));
    }
    Ok(shown)
}

const QUESTION: &str = "What is a model?";

fn shown(model: &Model) -> Result<TemplateText, Error> {
    let template = model.template();
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
    })
}

fn refused(detail: &str) -> Error {
    let failure = ipc::Failure::new(ipc::Code::Invalid, "The chat template cannot be used.");
    Error::Told(failure.detail(detail).next("Change it, or use the file’s own."))
}
