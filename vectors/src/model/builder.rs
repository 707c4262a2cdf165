//! Opens a model: the choices of device, precision and chat template, and then the loading of its weights.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decoder::Decoder;
use super::source::Source;
use super::{Device, Model, ModelError, Precision};

/// The progress callback of a loading model: it receives the finished share, 0 to 1, and stops the loading by returning
/// `Break`.
pub type LoadProgress<'a> = &'a mut dyn FnMut(f64) -> ControlFlow<()>;

/// The choices with which a model is loaded. [`Model::open`] begins one, [`ModelBuilder::load`] ends it.
#[must_use = "a model is loaded by `load`"]
pub struct ModelBuilder<'a> {
    path: PathBuf,
    device: Device,
    precision: Precision,
    chat_template: Option<&'a str>,
    progress: Option<LoadProgress<'a>>,
}

impl Model {
    /// Opens a GGUF file, or a folder with safetensors. Nothing is read before [`ModelBuilder::load`].
    pub fn open<'a>(path: impl AsRef<Path>) -> ModelBuilder<'a> {
        ModelBuilder {
            path: path.as_ref().to_owned(),
            device: Device::Cpu,
            precision: Precision::default(),
            chat_template: None,
            progress: None,
        }
    }
}

impl<'a> ModelBuilder<'a> {
    /// Sets the device of the weights; without it, the CPU.
    pub fn device(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// Sets the precision of the weights in memory; without it, the default [`Precision`].
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Sets a Jinja template in place of the model's chat template; `None` keeps the model's own.
    pub fn chat_template(mut self, source: impl Into<Option<&'a str>>) -> Self {
        self.chat_template = source.into();
        self
    }

    /// Sets a callback that receives the finished share, 0 to 1, and may stop the loading.
    pub fn progress(mut self, progress: LoadProgress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Loads the model.
    ///
    /// # Errors
    /// Where a file is missing, cut off, damaged or of an unknown kind, the device cannot be used, the chat template is not a
    /// Jinja template, or the callback breaks ([`ModelError::Interrupted`]).
    pub fn load(self) -> Result<Model, ModelError> {
        let Self { path, device, precision, chat_template, progress } = self;
        let mut silent = |_| ControlFlow::Continue(());
        let progress: LoadProgress<'_> = match progress {
            Some(progress) => progress,
            None => &mut silent,
        };
        let mut continue_unless_halting = || match progress(0.0) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ModelError::Interrupted),
        };
        let source = Source::open(&path)?;
        continue_unless_halting()?;
        let facts = source.facts(&path);
        let (tokenizer, template) = source.chat(&path, chat_template)?;
        continue_unless_halting()?;
        let decoder =
            Decoder::load(&source.tensors, &source.config, facts.vocabulary, precision, device, progress)?;
        Ok(Model {
            facts,
            device,
            decoder: Arc::new(decoder),
            tokenizer: Arc::new(tokenizer),
            template: template.into(),
            files: source.tensors.files().iter().map(Arc::downgrade).collect(),
        })
    }
}
