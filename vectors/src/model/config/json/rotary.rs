//! Reads the settings of the rotary embedding, which libraries of different years put into different places.

use serde_json::Value;

use super::super::keys::unknown_key;
use super::super::rope::longrope_attention_factor;
use super::super::{RopeConfig, RopeScaling, bad_number};
use super::Keys;
use crate::model::ModelError;
use crate::model::family::Family;
use crate::ops::attention::Heads;
use crate::ops::rope::RopeLayout;

impl Keys<'_> {
    pub(super) fn rope(
        &self,
        family: Family,
        heads: Heads,
        context: usize,
        original: Option<usize>,
    ) -> Result<RopeConfig, ModelError> {
        // Over the years the settings lay beside the others, in `rope_scaling`, and in `rope_parameters`; as in
        // transformers, the first object that has something counts. Gemma 3's have an object for each type of block.
        for key in ["rope_scaling", "rope_parameters"] {
            if !(self.0[key].is_null() || self.0[key].is_object()) {
                return Err(bad_number(key));
            }
        }
        let object = |key: &str| Some(&self.0[key]).filter(|v| v.as_object().is_some_and(|o| !o.is_empty()));
        let settings = object("rope_scaling").or(object("rope_parameters")).unwrap_or(&Value::Null);
        let full = settings.get("full_attention").unwrap_or(settings);
        let default = if family == Family::Gemma3 { 1_000_000.0 } else { 10_000.0 };
        let sliding = &settings["sliding_attention"];
        if let Some(kind) = Keys(sliding).rope_kind()?.filter(|kind| *kind != "default") {
            return Err(ModelError::Unsupported { what: format!("the rotary scaling {kind:?}") });
        }
        // What stands in the other object, where both have something.
        let other = object("rope_scaling").and(object("rope_parameters")).unwrap_or(&Value::Null);
        let other = other.get("full_attention").unwrap_or(other);
        if let (Some(one), Some(other)) = (Keys(full).rope_kind()?, Keys(other).rope_kind()?)
            && one != other
        {
            return Err(ModelError::Contradiction {
                first: format!("config.json: rope_type = {other:?}"),
                second: format!("rope_type = {one:?} in its rotary settings"),
            });
        }
        Self::agree(full, other, "rope_theta")?;
        Self::agree(full, self.0, "rope_theta")?;
        Self::agree(full, self.0, "partial_rotary_factor")?;
        let is_there = |object: &Value| !object["rope_theta"].is_null();
        let base = if is_there(full) || is_there(self.0) {
            self.number_in(full, "rope_theta", default)?
        } else {
            Keys(other).number("rope_theta", default)?
        };
        let local = match sliding.get("rope_theta") {
            None | Some(Value::Null) => self.number("rope_local_base_freq", 10_000.0)?,
            Some(_) => Keys(sliding).number("rope_theta", 0.0)?,
        };
        let part = self.number_in(full, "partial_rotary_factor", 1.0)?;
        Ok(RopeConfig {
            theta: base,
            local_theta: (family == Family::Gemma3).then_some(local),
            rotary_dim: (heads.head_size as f32 * part.min(1.0)) as usize,
            layout: RopeLayout::HalfSplit,
            scaling: Keys(full).scaling(context, original)?,
        })
    }

    /// Reads a number of an object, else the one of the same name beside it.
    fn number_in(&self, object: &Value, key: &str, default: f32) -> Result<f32, ModelError> {
        match object.get(key) {
            None | Some(Value::Null) => self.number(key, default),
            Some(_) => Keys(object).number(key, default),
        }
    }

    /// Refuses two places that give one key different numbers: libraries of different years use different ones.
    fn agree(one: &Value, other: &Value, key: &str) -> Result<(), ModelError> {
        let number = |object: &Value| object[key].as_f64();
        match (number(one), number(other)) {
            (Some(first), Some(second)) if (first - second).abs() > 0.0 => Err(ModelError::Contradiction {
                first: format!("config.json: {key} = {second}"),
                second: format!("{key} = {first} in its rotary settings"),
            }),
            _ => Ok(()),
        }
    }

    /// Reads the scaling from the keys of a `rope_scaling` object.
    fn scaling(&self, context: usize, original: Option<usize>) -> Result<RopeScaling, ModelError> {
        let kind = self.rope_kind()?;
        let original_context = self.optional_count("original_max_position_embeddings")?.or(original);
        let factor = || self.number("factor", 0.0);
        let attention_factor = match self.0.get("attention_factor") {
            None | Some(Value::Null) => None,
            Some(_) => Some(self.number("attention_factor", 1.0)?),
        };
        match kind {
            None | Some("default") => match self.0.get("factor") {
                Some(factor) if !factor.is_null() && factor.as_f64() != Some(1.0) => {
                    Err(unknown_key("factor", factor))
                }
                _ => Ok(RopeScaling::None),
            },
            Some("linear") => Ok(RopeScaling::Linear { factor: factor()? }),
            Some("llama3") => Ok(RopeScaling::Llama3 {
                factor: factor()?,
                low_freq_factor: self.number("low_freq_factor", 0.0)?,
                high_freq_factor: self.number("high_freq_factor", 0.0)?,
                original_context: original_context
                    .ok_or_else(|| bad_number("original_max_position_embeddings"))?
                    as f32,
            }),
            Some("yarn") if self.0.get("short_factor").is_none() => {
                if self.0.get("mscale").is_some() {
                    return Err(ModelError::Unsupported { what: "yarn scaling with mscale".into() });
                }
                Ok(RopeScaling::Yarn {
                    factor: factor()?,
                    original_context: original_context.unwrap_or(context) as f32,
                    beta_fast: self.number("beta_fast", 32.0)?,
                    beta_slow: self.number("beta_slow", 1.0)?,
                    truncate: self.flag("truncate").unwrap_or(true),
                    attention_factor,
                })
            }
            Some("longrope" | "su" | "yarn") => {
                let list = self.0["short_factor"].as_array().ok_or_else(|| bad_number("short_factor"))?;
                let factors = list.iter().map(|x| x.as_f64().map(|x| x as f32)).collect::<Option<_>>();
                let factors = factors.ok_or_else(|| bad_number("short_factor"))?;
                let original = original_context.unwrap_or(context) as f32;
                let longest = match self.0.get("factor") {
                    None | Some(Value::Null) => context as f32,
                    Some(_) => factor()? * original,
                };
                let attention_factor =
                    attention_factor.unwrap_or_else(|| longrope_attention_factor(longest, original));
                Ok(RopeScaling::FrequencyFactors { factors, attention_factor })
            }
            Some(other) => Err(ModelError::Unsupported { what: format!("the rotary scaling {other:?}") }),
        }
    }
}

impl<'a> Keys<'a> {
    /// Reads the kind of scaling from the keys of a `rope_scaling` object, of which there are two.
    fn rope_kind(&self) -> Result<Option<&'a str>, ModelError> {
        let [kind, older] = ["rope_type", "type"].map(|key| self.0[key].as_str());
        // Phi-3's scaling has two names.
        if let (Some(kind), Some(older)) = (kind, older)
            && kind != older
            && (kind, older) != ("longrope", "su")
        {
            return Err(ModelError::Contradiction {
                first: format!("config.json: type = {older:?}"),
                second: format!("rope_type = {kind:?} in its rotary settings"),
            });
        }
        Ok(kind.or(older))
    }
}
