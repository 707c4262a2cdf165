//! A language model in memory: a decoder as explicit blocks, its tokenizer and its chat template.

mod block;
mod cache;
mod config;
mod decoder;
mod error;
mod file;
mod step;

use std::ops::ControlFlow;
use std::path::Path;

pub(crate) use block::Trace;
pub(crate) use cache::Cache;
pub(crate) use config::Config;
pub(crate) use decoder::Decoder;
pub use error::ModelError;
pub use file::{fingerprint, read_facts};
pub(crate) use step::{Next, Steps};

use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::pairs::{EncodedPair, PreferencePair};
use crate::steering::{Shifts, SteeringVector, Term};
use crate::tokens::{ChatTemplate, Message, Role, TokenError, Tokenizer};

/// What a model file's header says.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The model's own name, or the file's.
    pub name: String,
    /// The architecture, as the file names it (`llama`).
    pub architecture: String,
    /// How most weights are stored (`Q4_1`).
    pub quantization: String,
    /// Decoder blocks.
    pub blocks: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Tokens known.
    pub vocabulary: usize,
    /// Longest sequence, in tokens.
    pub context_length: usize,
    /// Number of weights.
    pub parameters: u64,
    /// The file's size.
    pub file_bytes: u64,
}

/// How a model's weights stand in memory. The numbers are the same: a weight has the same bits whether it is unpacked
/// once or at every use, so results differ by no more than the order of additions does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Precision {
    /// As f32: four bytes a weight.
    F32,
    /// As the file stores them, unpacked where they are used: at four bits a weight a model takes a sixth of the memory,
    /// single answers are half as fast again, and training loses a few per cent of its speed.
    #[default]
    Quantized,
}

/// A model in memory. Immutable, so threads share it behind an `Arc`.
pub struct Model {
    facts: Facts,
    pub(crate) decoder: Decoder,
    tokenizer: Tokenizer,
    template: ChatTemplate,
}

impl Model {
    /// Reads a GGUF file with the default [`Precision`]. `progress` is called with the share that is done, 0 to 1.
    ///
    /// # Errors
    /// Where the file is missing, cut off, damaged or of a kind that is not known, or `progress` says stop.
    pub fn load(path: &Path, progress: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<Self, ModelError> {
        Self::load_as(path, Precision::default(), progress)
    }

    /// As [`Model::load`], with the weights as asked for.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn load_as(
        path: &Path,
        precision: Precision,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, ModelError> {
        let mut file = file::ModelFile::open(path)?;
        let config = Config::from_gguf(&file.header)?;
        let tokenizer = Tokenizer::from_gguf(&file.header)?;
        let template = ChatTemplate::from_gguf(&file.header, &tokenizer)?;
        let facts = file.facts(path, &config);
        let decoder = Decoder::load(&mut file, &config, tokenizer.vocabulary(), precision, progress)?;
        Ok(Self { facts, decoder, tokenizer, template })
    }

    /// What the header says.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Bytes that the weights take in memory.
    #[must_use]
    pub fn weight_bytes(&self) -> u64 {
        self.decoder.size() as u64
    }

    /// Where the weights are.
    #[must_use]
    pub fn device(&self) -> &'static str {
        "CPU"
    }

    /// The tokenizer.
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// A pair as tokens: the prompt through the chat template with a system message (none where `system` is empty),
    /// the answers as they stand, closed by the end-of-turn token.
    ///
    /// # Errors
    /// Where the template refuses the messages or an answer is empty.
    pub fn encode_pair(&self, system: &str, pair: &PreferencePair) -> Result<EncodedPair, TokenError> {
        Ok(EncodedPair {
            prompt: self.encode_question(system, &pair.prompt)?,
            wanted: self.encode_answer("wanted", &pair.wanted)?,
            opposite: self.encode_answer("opposite", &pair.opposite)?,
        })
    }

    /// A question as tokens, up to where the answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn encode_question(&self, system: &str, question: &str) -> Result<Vec<u32>, TokenError> {
        let mut messages = vec![Message::new(Role::User, question)];
        if !system.is_empty() {
            messages.insert(0, Message::new(Role::System, system));
        }
        self.encode_messages(&messages)
    }

    /// A conversation as tokens, up to where the model's answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn encode_messages(&self, messages: &[Message]) -> Result<Vec<u32>, TokenError> {
        self.tokenizer.encode_conversation(&self.template.render(messages)?)
    }

    /// A text that is no conversation as tokens, with the begin-of-text token in front where the model wants one.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode_text(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        self.tokenizer.encode_conversation(text)
    }

    fn encode_answer(&self, which: &'static str, answer: &str) -> Result<Vec<u32>, TokenError> {
        let mut ids = self.tokenizer.encode(answer)?;
        if ids.is_empty() {
            return Err(TokenError::EmptyAnswer { which });
        }
        ids.push(self.tokenizer.end_of_turn());
        Ok(ids)
    }

    /// A text as tokens, as it stands: special tokens written out in it are taken as such, nothing is added.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode_raw(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        self.tokenizer.encode(text)
    }

    /// The logits of the token after `tokens`, one for each token of the vocabulary.
    ///
    /// # Errors
    /// Where there are no tokens or too many, or a vector does not fit the model.
    pub fn next_logits(&self, tokens: &[u32], steering: &[Term]) -> Result<Vec<f32>, ModelError> {
        steering.iter().try_for_each(|term| self.check_vector(&term.vector))?;
        self.check_tokens(tokens)?;
        let mut packing = Packing::default();
        packing.push_sequence(tokens);
        on_pool(|| {
            let x = self.decoder.embed(tokens)?;
            let x = self.decoder.run(0..self.facts.blocks, x, &packing, &Shifts::of(steering))?;
            let last = rows::gather(&x, std::iter::once(tokens.len() - 1))?;
            Ok(rows::read(&self.decoder.logits(&last)?)?.all().to_vec())
        })
    }

    /// Tokens as text, without special tokens.
    #[must_use]
    pub fn decode(&self, ids: &[u32]) -> String {
        self.tokenizer.decode(ids)
    }

    /// Refuses a layer that the model does not have.
    pub(crate) fn check_layer(&self, layer: usize) -> Result<(), ModelError> {
        let last = self.facts.blocks - 1;
        if layer > last { Err(ModelError::Layer { layer, last }) } else { Ok(()) }
    }

    /// Refuses a vector made for another model.
    pub(crate) fn check_vector(&self, vector: &SteeringVector) -> Result<(), ModelError> {
        self.check_layer(vector.layer)?;
        let (expected, found) = (self.facts.hidden_size, vector.values.len());
        if expected == found { Ok(()) } else { Err(ModelError::VectorSize { expected, found }) }
    }

    /// Refuses tokens that are none, longer than the model can read, or not made of its tokens.
    pub(crate) fn check_tokens(&self, tokens: &[u32]) -> Result<(), ModelError> {
        let vocabulary = self.tokenizer.vocabulary();
        match tokens.iter().find(|id| **id as usize >= vocabulary) {
            Some(id) => Err(ModelError::Token { id: *id, vocabulary }),
            None if tokens.is_empty() => Err(ModelError::EmptyPrompt),
            None => self.check_length(tokens.len()),
        }
    }

    /// Refuses a pair with an empty part, one longer than the model can read, or one not made of its tokens.
    pub(crate) fn check_pair(&self, pair: &EncodedPair) -> Result<(), ModelError> {
        [&pair.prompt, &pair.wanted, &pair.opposite]
            .into_iter()
            .try_for_each(|part| self.check_tokens(part))?;
        self.check_length(pair.prompt.len() + pair.wanted.len().max(pair.opposite.len()))
    }

    /// Refuses a sequence that is longer than the model can read.
    pub(crate) fn check_length(&self, tokens: usize) -> Result<(), ModelError> {
        let limit = self.decoder.longest();
        if tokens > limit { Err(ModelError::TooLong { tokens, limit }) } else { Ok(()) }
    }
}
