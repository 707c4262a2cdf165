//! A language model in memory: a decoder as explicit blocks, its tokenizer and its chat template.

mod adapted;
mod block;
mod cache;
mod config;
mod decoder;
mod error;
mod family;
mod load;
mod source;
mod step;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub use crate::device::Device;
pub use crate::ops::bf16::Products;
pub(crate) use adapted::Adapting;
pub(crate) use block::Block;
pub(crate) use cache::Cache;
pub(crate) use config::Config;
pub(crate) use decoder::{Decoder, Trace};
pub use error::ModelError;
pub(crate) use source::{Described, Folder, Header, Number, TensorInfo, extent, read_bytes};
pub use source::{fingerprint, first_gguf_file, gguf_files, model_path, read_facts};
pub(crate) use step::{Next, Steps};

use crate::adapter::Shape;
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::pairs::{EncodedPair, PreferencePair};
use crate::steering::{Shifts, SteeringVector, Term};
use crate::tokens::{ChatTemplate, Message, Role, TokenError, Tokenizer};
use source::Source;

/// What a model file's header says.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The model's own name, or the file's.
    pub name: String,
    /// The family of models, as a person calls it (`Llama`).
    pub family: String,
    /// The architecture, as the file names it (`llama`).
    pub architecture: String,
    /// How most weights are stored (`Q4_1`, `BF16`).
    pub quantization: String,
    /// Decoder blocks.
    pub blocks: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Width of the feed-forward layers.
    pub feed_forward: usize,
    /// Query heads.
    pub heads: usize,
    /// Key-value heads: what a conversation keeps for every token is twice as many times the size of a head.
    pub kv_heads: usize,
    /// Numbers in a head.
    pub head_size: usize,
    /// Rows of the embedding: at least as many as there are tokens.
    pub vocabulary: usize,
    /// Longest sequence, in tokens.
    pub context_length: usize,
    /// Number of weights.
    pub parameters: u64,
    /// Bytes of the weights as they are stored.
    pub weight_bytes: u64,
    /// Size of the file, or of all files with weights.
    pub file_bytes: u64,
}

/// How a model's weights stand in memory. As f32 and as stored the numbers are the same: a weight has the same bits
/// whether it is unpacked once or at every use, so results differ by no more than the order of additions does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Precision {
    /// As f32: four bytes a weight.
    F32,
    /// As the file stores them, unpacked where they are used: at four bits a weight a model takes a sixth of the memory,
    /// single answers are half as fast again, and training loses a few per cent of its speed.
    #[default]
    Quantized,
    /// As the file stores them, but what it stores as F32, F16 or BF16 is rounded to eight bits a weight (`Q8_0`): a
    /// quarter of f32's memory, half of bf16's.
    Q8,
}

/// A model in memory. Immutable, so threads share it behind an `Arc`.
pub struct Model {
    facts: Facts,
    device: Device,
    pub(crate) decoder: Arc<Decoder>,
    tokenizer: Arc<Tokenizer>,
    template: Arc<ChatTemplate>,
}

impl Model {
    /// Reads a GGUF file, or a folder with safetensors, with the default [`Precision`]. `progress` is called with the
    /// share that is done, 0 to 1.
    ///
    /// # Errors
    /// Where a file is missing, cut off, damaged or of a kind that is not known, or `progress` says stop.
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
        Self::load_with(path, precision, Device::Cpu, None, progress)
    }

    /// As [`Model::load_as`], on a device, with the person's own chat template in place of the model's.
    ///
    /// # Errors
    /// As [`Model::load`], where the device cannot be used, and where the template is none.
    pub fn load_with(
        path: &Path,
        precision: Precision,
        device: Device,
        template: Option<&str>,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, ModelError> {
        let source = Source::open(path)?;
        let facts = source.facts(path);
        let mut tokenizer = Tokenizer::of(&source.described, path)?;
        let carried = source.described.template()?;
        let template = choose_template(template, carried.as_deref(), &facts, &tokenizer)?;
        tokenizer.end_turns_with(&template.after_answer());
        let decoder =
            Decoder::load(&source.tensors, &source.config, facts.vocabulary, precision, device, progress)?;
        Ok(Self {
            facts,
            device,
            decoder: Arc::new(decoder),
            tokenizer: Arc::new(tokenizer),
            template: template.into(),
        })
    }

    /// The same model with another chat template: the weights are shared. What ends a turn stays.
    ///
    /// # Errors
    /// Where it is no Jinja template.
    pub fn with_template(&self, source: &str) -> Result<Self, ModelError> {
        Ok(Self {
            facts: self.facts.clone(),
            device: self.device,
            decoder: Arc::clone(&self.decoder),
            tokenizer: Arc::clone(&self.tokenizer),
            template: choose_template(Some(source), None, &self.facts, &self.tokenizer)?.into(),
        })
    }

    /// The same model with another way of multiplying many rows at once, as training and scoring do; the weights are
    /// shared. Answers that grow token by token are not touched.
    ///
    /// # Errors
    /// Where this machine, or the device where the model lies, does not compute products so.
    pub fn with_products(&self, products: Products) -> Result<Self, ModelError> {
        let decoder = self.decoder.with_products(products).filter(|_| products.is_available());
        Ok(Self {
            facts: self.facts.clone(),
            device: self.device,
            decoder: Arc::new(decoder.ok_or(ModelError::NoBf16)?),
            tokenizer: Arc::clone(&self.tokenizer),
            template: Arc::clone(&self.template),
        })
    }

    /// The chat template.
    #[must_use]
    pub fn template(&self) -> &ChatTemplate {
        &self.template
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
    pub fn device(&self) -> Device {
        self.device
    }

    /// The tokenizer.
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// A pair as tokens: earlier turns and the prompt through the chat template with a system message (the pair's own,
    /// else `system`; none where that is empty), the answers as they stand, closed by the end-of-turn token.
    ///
    /// # Errors
    /// Where the template refuses the messages or an answer is empty.
    pub fn encode_pair(&self, system: &str, pair: &PreferencePair) -> Result<EncodedPair, TokenError> {
        Ok(EncodedPair {
            prompt: self.encode_prompt(system, pair, &pair.prompt)?,
            wanted: self.encode_answer("wanted", &pair.wanted)?,
            opposite: self.encode_answer("opposite", &pair.opposite)?,
        })
    }

    /// A question as tokens, up to where the answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn encode_question(&self, system: &str, question: &str) -> Result<Vec<u32>, TokenError> {
        self.encode_conversation(system, &[], question)
    }

    /// A question behind earlier turns as tokens, up to where the answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn encode_conversation(
        &self,
        system: &str,
        turns: &[Message],
        question: &str,
    ) -> Result<Vec<u32>, TokenError> {
        let system = (!system.is_empty()).then(|| Message::new(Role::System, system));
        let question = Message::new(Role::User, question);
        let messages: Vec<Message> =
            system.into_iter().chain(turns.iter().cloned()).chain([question]).collect();
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

    /// What a pair's answers follow, with `prompt` in the place of the pair's own.
    pub(crate) fn encode_prompt(
        &self,
        system: &str,
        pair: &PreferencePair,
        prompt: &str,
    ) -> Result<Vec<u32>, TokenError> {
        self.encode_conversation(pair.system.as_deref().unwrap_or(system), &pair.turns, prompt)
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
        self.check_steering(steering)?;
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

    /// Refuses a steering set with a part that was made for another model.
    pub(crate) fn check_steering(&self, steering: &[Term]) -> Result<(), ModelError> {
        steering.iter().try_for_each(|term| match term {
            Term::Vector { vector, .. } => self.check_vector(vector),
            Term::Adapter { adapter, .. } => self.check_adapter(adapter.shape()),
        })
    }

    /// The sizes of an adapter of this rank for this model.
    #[must_use]
    pub fn adapter_shape(&self, rank: usize) -> Shape {
        self.decoder.adapter_shape(rank)
    }

    /// Refuses an adapter made for another model.
    fn check_adapter(&self, found: Shape) -> Result<(), ModelError> {
        let expected = self.adapter_shape(found.rank);
        if expected == found {
            Ok(())
        } else {
            Err(ModelError::AdapterShape { expected: expected.into(), found: found.into() })
        }
    }

    /// Refuses a vector made for another model.
    pub(crate) fn check_vector(&self, vector: &SteeringVector) -> Result<(), ModelError> {
        self.check_layer(vector.layer)?;
        let (expected, found) = (self.facts.hidden_size, vector.values.len());
        if expected == found { Ok(()) } else { Err(ModelError::VectorSize { expected, found }) }
    }

    /// Refuses tokens that are none, longer than the model can read, or not made of its tokens.
    pub(crate) fn check_tokens(&self, tokens: &[u32]) -> Result<(), ModelError> {
        let vocabulary = self.decoder.vocabulary();
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

/// The chat template that a model would be loaded with, without its weights: the person's own, where there is one.
///
/// # Errors
/// As [`Model::load_with`].
pub fn read_template(path: &Path, own: Option<&str>) -> Result<ChatTemplate, ModelError> {
    let source = Source::open(path)?;
    let tokenizer = Tokenizer::of(&source.described, path)?;
    let carried = source.described.template()?;
    Ok(choose_template(own, carried.as_deref(), &source.facts(path), &tokenizer)?)
}

fn choose_template(
    own: Option<&str>,
    carried: Option<&str>,
    facts: &Facts,
    tokenizer: &Tokenizer,
) -> Result<ChatTemplate, TokenError> {
    let called = (facts.family.as_str(), facts.name.as_str());
    let ends = (tokenizer.begin_text(), tokenizer.end_text());
    ChatTemplate::choose(own, carried, called, ends)
}
