//! `adapter_config.json` of peft: which keys are applied, which change nothing, and which are refused.

use serde_json::Value;
use serde_json::value::RawValue;

use super::entries::Entries;
use super::pattern::Pattern;
use super::targets::{Names, Targets};
use super::{CONFIG_NAME, unusable};
use crate::files::FileError;
use crate::files::contents::listed;
use crate::files::error::damaged;

/// The keys whose values are applied.
pub const APPLIED: [&str; 9] = [
    "r",
    "lora_alpha",
    "use_rslora",
    "rank_pattern",
    "alpha_pattern",
    "target_modules",
    "exclude_modules",
    "layers_to_transform",
    "layers_pattern",
];

/// The keys that must have one of these values, or null where that is said.
pub const ONE_VALUE: [(&str, &str); 4] = [
    ("peft_type", "\"LORA\""),
    ("task_type", "\"CAUSAL_LM\" or null"),
    ("bias", "\"none\""),
    ("init_lora_weights", "true, false, \"gaussian\", \"eva\", \"orthogonal\" or \"mica\""),
];

/// The keys that change nothing that is computed with trained weights.
pub const WITHOUT_EFFECT: [&str; 16] = [
    "auto_mapping",
    "base_model_name_or_path",
    "corda_config",
    "ensure_weight_tying",
    "eva_config",
    "inference_mode",
    "loftq_config",
    "lora_dropout",
    "lora_ga_config",
    "megatron_core",
    "merge_weights",
    "peft_version",
    "qalora_group_size",
    "revision",
    "runtime_config",
    "velora_config",
];

/// The keys whose values are refused unless they are null, false or empty, and what they ask for.
pub const REFUSED: [(&str, &str); 15] = [
    ("alora_invocation_tokens", "an adapter that acts from certain words on"),
    ("arrow_config", "a choice between several adapters at every token"),
    ("enable_lora", "parts of one matrix for several projections"),
    ("fan_in_fan_out", "transposed weights"),
    ("kasa_config", "base weights without their smallest singular values"),
    ("layer_replication", "a model with repeated layers"),
    ("lora_bias", "biases besides the matrices"),
    ("megatron_config", "Megatron's layers"),
    ("modules_to_save", "whole trained modules besides the matrices"),
    ("monteclora_config", "matrices that are sampled"),
    ("target_parameters", "matrices on parameters that are no linear module"),
    ("trainable_token_indices", "trained embeddings of tokens"),
    ("use_bdlora", "block-diagonal matrices"),
    ("use_dora", "DoRA's magnitudes besides the matrices"),
    ("use_qalora", "inputs that are averaged in groups"),
];

/// The initialisations that leave the base weights as they are, so that the trained matrices are all that is added.
const INITIALISATIONS: [&str; 4] = ["gaussian", "eva", "orthogonal", "mica"];

/// The most expressions among the patterns, which take longer than names.
const MAX_EXPRESSIONS: usize = 32;

/// What a configuration asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    rank: Option<usize>,
    pub(super) alpha: f64,
    is_rank_stabilised: bool,
    ranks: Vec<(Pattern, usize)>,
    alphas: Vec<(Pattern, f64)>,
    pub(super) targets: Targets,
    /// What was passed over, as sentences.
    pub(super) notes: Vec<String>,
}

/// The part of a configuration that sets how strongly a module's matrices act.
pub(super) struct OfModule {
    /// The rank that the tensors must have, where the configuration says it.
    pub(super) rank: Option<usize>,
    pub(super) alpha: f64,
}

impl Config {
    /// A configuration that says alpha and nothing else, as the metadata of Tiller's own files do.
    pub(super) fn of_alpha(alpha: f64) -> Self {
        Self { alpha, ..Self::default() }
    }

    /// Reads a configuration.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let broken = |error| damaged("JSON", CONFIG_NAME, error);
        // The order of the patterns counts, and a value of serde's would sort them.
        let entries: Entries<Box<RawValue>> = serde_json::from_slice(bytes).map_err(broken)?;
        let has = |key| entries.0.iter().any(|(known, _)| known == key);
        if !has("peft_type") {
            return Err(unusable(format!(
                "{CONFIG_NAME} has no peft_type: it is not peft's, or it is cut off"
            )));
        }
        if !has("lora_alpha") {
            return Err(unusable(format!("{CONFIG_NAME} has no lora_alpha")));
        }
        let (mut config, mut passed) = (Self::default(), vec![]);
        for (key, raw) in &entries.0 {
            config.take(key, raw, &mut passed)?;
        }
        let patterns = config.ranks.iter().map(|(pattern, _)| pattern);
        let patterns = patterns.chain(config.alphas.iter().map(|(pattern, _)| pattern));
        let count = patterns.chain(&config.targets.layer).filter(|pattern| pattern.is_expression()).count();
        if count > MAX_EXPRESSIONS {
            let detail =
                format!("{CONFIG_NAME} has {count} expressions as patterns, more than {MAX_EXPRESSIONS}");
            return Err(unusable(detail));
        }
        if config.targets.layer.is_empty() {
            config.targets.layer.push(Pattern::layer(None).map_err(unusable)?);
        }
        if !passed.is_empty() {
            let keys = listed(passed.iter().map(String::as_str));
            config.notes.push(format!(
                "{CONFIG_NAME} has keys that Tiller does not know, with empty values: {keys}."
            ));
        }
        Ok(config)
    }

    /// Takes the value of a key; an unknown key with an empty value is added to `passed`.
    fn take(&mut self, key: &str, raw: &RawValue, passed: &mut Vec<String>) -> Result<(), FileError> {
        match key {
            "rank_pattern" => self.ranks = patterns(key, raw, rank)?,
            "alpha_pattern" => self.alphas = patterns(key, raw, alpha)?,
            _ => {
                let value: Value =
                    serde_json::from_str(raw.get()).map_err(|error| damaged("JSON", CONFIG_NAME, error))?;
                let names = |value| Names::read(value).map_err(|why| wrong(key, &why));
                match key {
                    "r" => self.rank = Some(rank(key, &value)?),
                    "lora_alpha" => self.alpha = alpha(key, &value)?,
                    "use_rslora" => self.is_rank_stabilised = truth(key, &value)?,
                    "target_modules" => self.targets.target = names(&value)?,
                    "exclude_modules" if is_nothing(&value) => {}
                    "exclude_modules" => self.targets.exclude = names(&value)?,
                    "layers_to_transform" => self.targets.layers = layers(key, &value)?,
                    "layers_pattern" => self.targets.layer = lists_of_layers(key, &value)?,
                    _ => check(key, &value, passed)?,
                }
            }
        }
        Ok(())
    }

    /// The rank and alpha of a module: of the first pattern that fits, else those of all.
    pub(super) fn of_module(&self, module: &str) -> Result<OfModule, FileError> {
        Ok(OfModule {
            rank: first(&self.ranks, module, "rank_pattern")?.or(self.rank),
            alpha: first(&self.alphas, module, "alpha_pattern")?.unwrap_or(self.alpha),
        })
    }

    /// Alpha / rank, or alpha / √rank where the adapter is rank-stabilised (Kalajdzievski 2023, arXiv 2312.03732).
    pub(super) fn scale(&self, alpha: f64, rank: usize) -> f64 {
        let rank = rank as f64;
        alpha / if self.is_rank_stabilised { rank.sqrt() } else { rank }
    }

    /// Whether alpha / rank is the scale of every module of a rank and an alpha.
    pub(super) fn divides_by_rank(&self) -> bool {
        !self.is_rank_stabilised
    }
}

fn first<T: Copy>(patterns: &[(Pattern, T)], module: &str, key: &str) -> Result<Option<T>, FileError> {
    for (pattern, value) in patterns {
        if pattern.matches(module).map_err(|why| wrong(key, &why))? {
            return Ok(Some(*value));
        }
    }
    Ok(None)
}

/// Checks a key that is not applied; an unknown one with an empty value is added to `passed`.
fn check(key: &str, value: &Value, passed: &mut Vec<String>) -> Result<(), FileError> {
    let is_allowed = match key {
        "peft_type" => value == "LORA",
        "task_type" => value.is_null() || value == "CAUSAL_LM",
        "bias" => value == "none",
        "init_lora_weights" => match value {
            Value::Null | Value::Bool(_) => true,
            Value::String(name) => INITIALISATIONS.contains(&name.as_str()),
            _ => false,
        },
        _ => true,
    };
    if !is_allowed {
        let known = ONE_VALUE.iter().find(|(known, _)| *known == key).map_or("", |(_, values)| values);
        let why = if key == "init_lora_weights" {
            format!("which may change the base weights, and Tiller knows those that do not: {known}")
        } else {
            format!("where Tiller reads {known}")
        };
        return Err(asks(key, value, &why));
    }
    let is_known = WITHOUT_EFFECT.contains(&key)
        || APPLIED.contains(&key)
        || ONE_VALUE.iter().any(|(known, _)| *known == key);
    let refused = REFUSED.iter().find(|(refused, _)| *refused == key);
    match refused {
        // peft acts on a list of tokens that is there, even where it is empty.
        Some((key, what))
            if !is_nothing(value) || (*key == "alora_invocation_tokens" && !value.is_null()) =>
        {
            Err(asks(key, value, &format!("{what}, which Tiller does not compute")))
        }
        None if !is_known && is_nothing(value) => {
            passed.push(key.to_owned());
            Ok(())
        }
        None if !is_known => {
            Err(asks(key, value, "which Tiller does not know, so that it may change what is computed"))
        }
        _ => Ok(()),
    }
}

/// Whether a value is null, false or empty.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Reads a mapping from patterns to numbers; null is none.
fn patterns<T>(
    key: &str,
    raw: &RawValue,
    read: impl Fn(&str, &Value) -> Result<T, FileError>,
) -> Result<Vec<(Pattern, T)>, FileError> {
    let entries: Result<Option<Entries<Value>>, _> = serde_json::from_str(raw.get());
    let entries = entries.map_err(|_| wrong(key, "it is no mapping from names to numbers"))?;
    let entries = entries.map(|entries| entries.0).unwrap_or_default();
    let pattern = |(name, value): (String, Value)| {
        let pattern = Pattern::ending(&name).map_err(|why| wrong(key, &why))?;
        Ok((pattern, read(key, &value)?))
    };
    entries.into_iter().map(pattern).collect()
}

/// Reads a layer or a list of layers; null is none.
fn layers(key: &str, value: &Value) -> Result<Vec<u64>, FileError> {
    let layers = match value {
        Value::Null => Some(vec![]),
        Value::Array(items) => items.iter().map(Value::as_u64).collect(),
        other => other.as_u64().map(|layer| vec![layer]),
    };
    layers.ok_or_else(|| wrong(key, "it is neither a layer nor a list of layers"))
}

/// Reads the names of lists of layers: one, or several.
fn lists_of_layers(key: &str, value: &Value) -> Result<Vec<Pattern>, FileError> {
    let lists: Option<Vec<&str>> = match value {
        Value::String(list) if !list.is_empty() => Some(vec![list]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        other => is_nothing(other).then(Vec::new),
    };
    let lists = lists.ok_or_else(|| wrong(key, "it is neither a name nor a list of names"))?;
    let patterns = lists.into_iter().map(|list| Pattern::layer(Some(list)));
    patterns.collect::<Result<_, _>>().map_err(|why| wrong(key, &why))
}

fn rank(key: &str, value: &Value) -> Result<usize, FileError> {
    let rank = value.as_u64().and_then(|rank| usize::try_from(rank).ok());
    rank.filter(|rank| *rank > 0).ok_or_else(|| wrong(key, &format!("{} is no rank", short(value))))
}

fn alpha(key: &str, value: &Value) -> Result<f64, FileError> {
    let alpha = value.as_f64().filter(|alpha| alpha.is_finite() && *alpha > 0.0);
    alpha.ok_or_else(|| wrong(key, &format!("{} is no alpha, which is a number over 0", short(value))))
}

fn truth(key: &str, value: &Value) -> Result<bool, FileError> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(truth) => Ok(*truth),
        _ => Err(wrong(key, &format!("{} is neither true nor false", short(value)))),
    }
}

/// The beginning of a value as it stands in the file.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text,
    }
}

fn wrong(key: &str, why: &str) -> FileError {
    unusable(format!("{key} in {CONFIG_NAME}: {why}"))
}

fn asks(key: &str, value: &Value, why: &str) -> FileError {
    let key: String = key.chars().take(60).collect();
    unusable(format!("{CONFIG_NAME} says {key} = {}: {why}", short(value)))
}
