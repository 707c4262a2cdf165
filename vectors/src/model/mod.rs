//! A language model in memory: decoder, tokenizer and chat template.

mod block;
mod builder;
mod config;
mod decode_step;
mod decoder;
mod error;
mod extension;
mod family;
mod forward_pass;
mod kv_cache;
mod load;
mod lora_targets;
mod probe;
mod source;

use std::path::Path;
use std::sync::{Arc, Weak};

pub use crate::device::{Device, UnknownDevice};
pub use crate::ops::matmul_precision::MatmulPrecision;
pub(crate) use block::Block;
pub use builder::{LoadProgress, ModelBuilder};
pub(crate) use config::Config;
// For the test that holds docs/models.md against what is read.
#[doc(hidden)]
pub use config::{
    COMPUTING_WORDS, INERT_GGUF_KEYS, INERT_JSON_KEYS, OFF_GGUF_KEYS, OFF_JSON_KEYS, READ_GGUF_KEYS,
    READ_JSON_KEYS, ROPE_JSON_KEYS,
};
pub(crate) use decode_step::{DecodeBuffers, NextToken, begin as begin_step};
pub(crate) use decoder::{Decoder, SavedActivations};
pub use error::{ModelError, Part};
pub(crate) use extension::{NewRows, Stage, Visit};
pub(crate) use family::Family;
pub(crate) use forward_pass::BlockSteering;
pub(crate) use kv_cache::KvCache;
pub(crate) use lora_targets::{LoraTargets, Product, TrainedPairs};
pub use probe::{ProbeError, ProbeStage, probe};
pub use source::{
    ChangedFile, LONGEST_PATH, MAX_COPIED_BYTES, fingerprint, first_gguf_file, gguf_files, is_gguf_file,
    mapped_file_at, model_path, read_facts,
};
pub(crate) use source::{
    GgufHeader, HuggingFaceFolder, MappedFile, Metadata, Number, Source, TensorInfo, TensorPlace, extent,
    read_bytes,
};

pub use steering_types::Precision;

use crate::adapter::{Projections, Shape};
use crate::layer::PrefixBlocks;
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::pairs::{EncodedPair, PreferencePair};
use crate::steering::{SteeringPlan, SteeringVector, Term, TermGate};
use crate::tokens::{ChatTemplate, Message, Role, TokenError, TokenReport, Tokenizer};

/// The description of a model in its files, without the weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The model's name: the one in its files, else the file's.
    pub name: String,
    /// The family's name for people (`Llama`).
    pub family: String,
    /// The architecture, as the file names it (`llama`).
    pub architecture: String,
    /// The format of most weights (`Q4_1`, `BF16`).
    pub quantization: String,
    /// The number of decoder blocks.
    pub blocks: usize,
    /// The width of the residual stream.
    pub hidden_size: usize,
    /// The width of the MLP (transformers: `intermediate_size`).
    pub feed_forward: usize,
    /// The number of query heads.
    pub heads: usize,
    /// The number of key-value heads. The KV cache holds 2 x `kv_heads` x `head_size` numbers per token and block.
    pub kv_heads: usize,
    /// The numbers in a head.
    pub head_size: usize,
    /// The rows of the embedding: at least as many as there are tokens.
    pub vocabulary: usize,
    /// The longest sequence, in tokens.
    pub context_length: usize,
    /// The number of weights.
    pub parameters: u64,
    /// The bytes of the weights as they are stored.
    pub weight_bytes: u64,
    /// The bytes of the file, or of all files with weights.
    pub file_bytes: u64,
    /// What was left aside or is not known in the files, in sentences for people.
    pub notes: Vec<String>,
}

/// A model in memory. It is immutable, so threads share it behind an `Arc`.
pub struct Model {
    facts: Facts,
    device: Device,
    pub(crate) decoder: Arc<Decoder>,
    tokenizer: Arc<Tokenizer>,
    template: Arc<ChatTemplate>,
    /// The files that weights are read from while they are used; none for models that lie in memory as a whole.
    files: Vec<Weak<MappedFile>>,
}

impl Model {
    /// Returns the same model with another chat template. Both share the weights; the end-of-turn token stays. What the
    /// template writes as tokens of the vocabulary are these tokens.
    ///
    /// # Errors
    /// Where `source` is not a Jinja template.
    pub fn with_template(&self, source: &str) -> Result<Self, ModelError> {
        let template = choose_template(Some(source), None, &self.facts, &self.tokenizer)?;
        let mut tokenizer = Tokenizer::clone(&self.tokenizer);
        tokenizer.add_marks_of(&template)?;
        Ok(Self {
            facts: self.facts.clone(),
            device: self.device,
            decoder: Arc::clone(&self.decoder),
            tokenizer: tokenizer.into(),
            template: template.into(),
            files: self.files.clone(),
        })
    }

    /// Returns the same model with another precision of products of many rows, as training and scoring compute them.
    /// Both share the weights. Generation token by token does not change.
    ///
    /// # Errors
    /// Where this machine, or the model's device, does not compute in this precision.
    pub fn with_matmul_precision(&self, precision: MatmulPrecision) -> Result<Self, ModelError> {
        let decoder = self.decoder.with_matmul_precision(precision).filter(|_| precision.is_available());
        Ok(Self {
            facts: self.facts.clone(),
            device: self.device,
            decoder: Arc::new(decoder.ok_or(ModelError::NoBf16)?),
            tokenizer: Arc::clone(&self.tokenizer),
            template: Arc::clone(&self.template),
            files: self.files.clone(),
        })
    }

    /// Refuses a model whose files were cut off or written since it was loaded. Only weights that stay in their files are
    /// concerned, as those of large models do: reading behind the end of a file ends the process.
    ///
    /// # Errors
    /// The first file that has changed.
    pub fn check_files(&self) -> Result<(), ChangedFile> {
        // A file that nobody holds was copied into memory as a whole.
        self.files.iter().filter_map(Weak::upgrade).try_for_each(|file| file.check())
    }

    /// Returns the chat template.
    #[must_use]
    pub fn template(&self) -> &ChatTemplate {
        &self.template
    }

    /// Returns the description of the model.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns the bytes that the weights take in memory.
    #[must_use]
    pub fn weight_bytes(&self) -> u64 {
        self.decoder.size() as u64
    }

    /// Returns the device of the weights.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Returns how the tokenizer and the chat template read a sample pair.
    ///
    /// # Errors
    /// Where the template refuses the sample.
    pub fn token_report(&self) -> Result<TokenReport, TokenError> {
        TokenReport::new(&self.tokenizer, &self.template, &self.facts)
    }

    /// Returns the tokenizer.
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Encodes a pair. Earlier turns and the prompt go through the chat template with a system message: the pair's
    /// own, else `system`, none where that is empty. The answers are encoded as they are, followed by the end-of-turn
    /// token unless they end in it.
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

    /// Encodes a question, up to where the answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn encode_question(&self, system: &str, question: &str) -> Result<Vec<u32>, TokenError> {
        self.encode_conversation(system, &[], question)
    }

    /// Encodes a question after earlier turns, up to where the answer begins.
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

    /// Encodes a conversation, up to where the model's answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn encode_messages(&self, messages: &[Message]) -> Result<Vec<u32>, TokenError> {
        self.tokenizer.encode_conversation(&self.template.render(messages)?)
    }

    /// Encodes a text without the chat template, with the begin-of-text token first where the model wants one.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode_text(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        self.tokenizer.encode_conversation(text)
    }

    /// Encodes the prompt of a pair's answers, with `prompt` in place of the pair's own.
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
        // A text that brings the token itself is closed by it.
        let end = self.tokenizer.end_of_turn();
        if ids.last() != Some(&end) {
            ids.push(end);
        }
        Ok(ids)
    }

    /// Encodes a text as it is. Special tokens that are written out in it count as such; nothing is added.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode_raw(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        self.tokenizer.encode(text)
    }

    /// Returns the logits of the token after `tokens`, `[vocabulary]`.
    ///
    /// # Errors
    /// Where there are no tokens or too many, a vector does not fit the model, or a logit is not finite.
    pub fn next_logits(&self, tokens: &[u32], steering: &[Term]) -> Result<Vec<f32>, ModelError> {
        self.check_steering(steering)?;
        self.check_tokens(tokens)?;
        let mut packing = Packing::default();
        packing.push_sequence(tokens);
        on_pool(|| {
            let (all, plan) = (PrefixBlocks::NONE, SteeringPlan::new(steering));
            let x = self.decoder.forward_prefix(all, &packing)?;
            let x = self.decoder.forward_after_prefix(all, x, &packing, &plan)?;
            let last = rows::gather(&x, std::iter::once(tokens.len() - 1))?;
            let logits = rows::read(&self.decoder.logits(&last)?)?.all().to_vec();
            Part::Prompt.check(0, logits.iter().map(|logit| f64::from(*logit)))?;
            Ok(logits)
        })
    }

    /// Returns the text of tokens, without special tokens.
    #[must_use]
    pub fn decode(&self, ids: &[u32]) -> String {
        self.tokenizer.decode(ids)
    }

    /// Refuses a layer that the model does not have.
    pub(crate) fn check_layer(&self, layer: usize) -> Result<(), ModelError> {
        let last = self.facts.blocks - 1;
        if layer > last { Err(ModelError::Layer { layer, last }) } else { Ok(()) }
    }

    /// Refuses a steering set with a vector or an adapter that was made for another model.
    pub(crate) fn check_steering(&self, steering: &[Term]) -> Result<(), ModelError> {
        steering.iter().try_for_each(|term| match term {
            Term::Vector { vector, gate, .. } => {
                self.check_vector(vector)?;
                gate.as_ref().map_or(Ok(()), |gate| self.check_gate(gate, vector.layer))
            }
            Term::Adapter { adapter, .. } => self.check_adapter(adapter.shape()),
        })
    }

    /// Returns the shape of an adapter of this rank on queries and values for this model.
    #[must_use]
    pub fn adapter_shape(&self, rank: usize) -> Shape {
        self.adapter_shape_on(rank, Projections::default())
    }

    /// Returns the shape of an adapter of this rank on some projections for this model.
    #[must_use]
    pub fn adapter_shape_on(&self, rank: usize, on: Projections) -> Shape {
        self.decoder.adapter_shape(rank, on)
    }

    /// Refuses an adapter that was made for another model.
    fn check_adapter(&self, found: Shape) -> Result<(), ModelError> {
        let expected = self.adapter_shape_on(found.rank, found.on);
        if expected == found {
            Ok(())
        } else {
            Err(ModelError::AdapterShape { expected: expected.into(), found: found.into() })
        }
    }

    /// Refuses a gate that was made for another model, or that cannot be read before its vector acts.
    fn check_gate(&self, gate: &TermGate, layer: usize) -> Result<(), ModelError> {
        let (expected, found) = (self.facts.hidden_size, gate.condition.len());
        if expected != found {
            return Err(ModelError::ConditionSize { expected, found });
        }
        Ok(gate.check(layer)?)
    }

    /// Refuses a vector that was made for another model.
    pub(crate) fn check_vector(&self, vector: &SteeringVector) -> Result<(), ModelError> {
        self.check_layer(vector.layer)?;
        let (expected, found) = (self.facts.hidden_size, vector.values.len());
        if expected == found { Ok(()) } else { Err(ModelError::VectorSize { expected, found }) }
    }

    /// Refuses an empty sequence, one that is longer than the model can read, and ids outside the vocabulary.
    pub(crate) fn check_tokens(&self, tokens: &[u32]) -> Result<(), ModelError> {
        let vocabulary = self.decoder.vocabulary();
        match tokens.iter().find(|id| **id as usize >= vocabulary) {
            Some(id) => Err(ModelError::Token { id: *id, vocabulary }),
            None if tokens.is_empty() => Err(ModelError::EmptyPrompt),
            None => self.check_length(tokens.len()),
        }
    }

    /// Refuses a pair with an empty part, one that is longer than the model can read, and ids outside the vocabulary.
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

/// Returns whether models of an architecture can be read. `name` is the one in GGUF metadata or the `model_type` of
/// `config.json`. A file may be refused for another reason.
#[must_use]
pub fn reads_architecture(name: &str) -> bool {
    Family::from_architecture(name).is_some()
}

/// Reads the chat template that a model would be loaded with, without its weights. `custom` replaces the model's.
///
/// # Errors
/// As [`ModelBuilder::load`].
pub fn read_template(path: &Path, custom: Option<&str>) -> Result<ChatTemplate, ModelError> {
    Ok(Source::open(path)?.chat(path, custom)?.1)
}

/// Reads how a model's tokenizer and chat template read a sample pair, without its weights. `custom` replaces the model's
/// template.
///
/// # Errors
/// As [`ModelBuilder::load`].
pub fn read_token_report(path: &Path, custom: Option<&str>) -> Result<TokenReport, ModelError> {
    let source = Source::open(path)?;
    let (tokenizer, template) = source.chat(path, custom)?;
    Ok(TokenReport::new(&tokenizer, &template, &source.facts(path))?)
}

fn choose_template(
    custom: Option<&str>,
    in_files: Option<&str>,
    facts: &Facts,
    tokenizer: &Tokenizer,
) -> Result<ChatTemplate, TokenError> {
    let called = (facts.family.as_str(), facts.name.as_str());
    let ends = (tokenizer.bos_text(), tokenizer.eos_text());
    ChatTemplate::choose(custom, in_files, called, ends)
}
