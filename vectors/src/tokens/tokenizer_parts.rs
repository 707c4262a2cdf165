//! The parts of a tokenizer.json, checked before the library builds anything from them, and without those that Tiller
//! does not use: padding, truncation and the post-processor.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::expansion_limit::{self, Growth};
use super::{TokenError, damaged};

/// The most tokens beside the vocabulary, and bytes of their names. Real tokenizers have some thousands.
pub(super) const MAX_ADDED: usize = 1 << 16;
pub(super) const MAX_ADDED_BYTES: usize = 1 << 21;
/// The most bytes of the steps. The longest real ones hold a charsmap of half a million.
const MAX_STEP_BYTES: usize = 1 << 22;
/// The most letters of a word that `WordPiece` parts; its time grows with the square. Real tokenizers have 100.
const MAX_WORD: u64 = 1 << 10;
/// The most bytes that a vocabulary puts before or after a part of a word. Real ones have up to four.
const MAX_AFFIX_BYTES: usize = 64;

/// The file's parts. Those that are used as they are stay text.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(default, borrow)]
    version: Option<&'a RawValue>,
    #[serde(default, borrow)]
    added_tokens: Option<&'a RawValue>,
    #[serde(default, borrow)]
    normalizer: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pre_tokenizer: Option<&'a RawValue>,
    #[serde(default, borrow)]
    post_processor: Option<&'a RawValue>,
    #[serde(default, borrow)]
    decoder: Option<&'a RawValue>,
    #[serde(borrow)]
    model: &'a RawValue,
}

#[derive(Deserialize)]
struct Added {
    content: String,
}

/// What of the vocabulary is checked.
#[derive(Deserialize)]
struct Vocabulary {
    #[serde(default)]
    max_input_chars_per_word: Option<u64>,
    #[serde(default)]
    continuing_subword_prefix: Option<String>,
    #[serde(default)]
    end_of_word_suffix: Option<String>,
}

/// A tokenizer.json that may be built.
pub(super) struct CheckedFile {
    /// The JSON without padding, truncation and post-processor.
    pub(super) json: String,
    /// How much longer its steps make a text.
    pub(super) growth: Growth,
    /// The token that the post-processor puts before a text.
    pub(super) first_token: Option<u32>,
}

/// Checks a tokenizer.json.
///
/// # Errors
/// Where the bytes are not one, its steps could make a text too long, it has too many tokens beside its vocabulary, or its
/// numbers make no sense.
pub(super) fn check(bytes: &[u8]) -> Result<CheckedFile, TokenError> {
    let file: File<'_> = serde_json::from_slice(bytes).map_err(damaged)?;
    let steps = |part: Option<&RawValue>| match part {
        Some(part) if part.get().len() > MAX_STEP_BYTES => {
            Err(damaged(format!("a step of {} bytes makes no sense", part.get().len())))
        }
        Some(part) => serde_json::from_str::<Value>(part.get()).map_err(damaged),
        None => Ok(Value::Null),
    };
    let (normalizer, pre_tokenizer) = (steps(file.normalizer)?, steps(file.pre_tokenizer)?);
    let (decoder, post_processor) = (steps(file.decoder)?, steps(file.post_processor)?);
    let growth = expansion_limit::check(&normalizer, &pre_tokenizer, &decoder)?;
    check_vocabulary(file.model)?;
    let added = file.added_tokens.map_or("[]", RawValue::get);
    check_added(added)?;
    let version = file.version.map_or("\"1.0\"", RawValue::get);
    // What was checked is what is built: a key that stands there twice counts once.
    let json = format!(
        "{{\"version\":{version},\"truncation\":null,\"padding\":null,\"added_tokens\":{added},\
         \"normalizer\":{normalizer},\"pre_tokenizer\":{pre_tokenizer},\"post_processor\":null,\
         \"decoder\":{decoder},\"model\":{}}}",
        file.model.get()
    );
    Ok(CheckedFile { json, growth, first_token: first_token(&post_processor) })
}

fn check_added(json: &str) -> Result<(), TokenError> {
    let added: Option<Vec<Added>> = serde_json::from_str(json).map_err(damaged)?;
    let added = added.unwrap_or_default();
    refuse_too_many(added.iter().map(|token| token.content.as_str()))
}

/// Refuses too many tokens that are matched literally. The library looks for all of them in every text.
pub(super) fn refuse_too_many<'a>(added: impl Iterator<Item = &'a str>) -> Result<(), TokenError> {
    let (count, bytes) = added.fold((0_usize, 0), |(count, bytes), token| (count + 1, bytes + token.len()));
    if count > MAX_ADDED || bytes > MAX_ADDED_BYTES {
        return Err(damaged(format!("{count} tokens of {bytes} bytes beside the vocabulary make no sense")));
    }
    Ok(())
}

fn check_vocabulary(model: &RawValue) -> Result<(), TokenError> {
    let found: Vocabulary = serde_json::from_str(model.get()).map_err(damaged)?;
    if let Some(letters) = found.max_input_chars_per_word.filter(|letters| *letters > MAX_WORD) {
        return Err(damaged(format!("words of {letters} letters (max_input_chars_per_word) make no sense")));
    }
    let affixes = [found.continuing_subword_prefix, found.end_of_word_suffix];
    match affixes.into_iter().flatten().find(|affix| affix.len() > MAX_AFFIX_BYTES) {
        Some(affix) => Err(damaged(format!("an affix of {} bytes makes no sense", affix.len()))),
        None => Ok(()),
    }
}

/// Returns the token that a post-processor puts before a text.
fn first_token(processor: &Value) -> Option<u32> {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    if let Some(processors) = processor["processors"].as_array() {
        // The last one puts its token before those of the others.
        return processors.iter().rev().filter(|one| one["processors"].is_null()).find_map(first_token);
    }
    if let Some(pieces) = processor["single"].as_array() {
        for piece in pieces {
            let name = piece["SpecialToken"]["id"].as_str()?;
            let ids = processor["special_tokens"][name]["ids"].as_array()?;
            if let Some(first) = ids.first() {
                return id(first);
            }
        }
        return None;
    }
    id(&processor["cls"][1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tokenizers::Tokenizer as Inner;

    fn file(with: &Value) -> Value {
        let mut file = json!({"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null,
            "post_processor": null, "decoder": null,
            "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<unk>": 0, "a": 1, "<s>": 2}}});
        for (key, value) in with.as_object().unwrap() {
            file[key] = value.clone();
        }
        file
    }

    fn checked(with: &Value) -> Result<CheckedFile, TokenError> {
        check(file(with).to_string().as_bytes())
    }

    #[test]
    fn padding_and_truncation_are_gone_before_anything_is_encoded() {
        for with in [
            json!({"padding": {"strategy": {"Fixed": 400_000_000}, "direction": "Right", "pad_to_multiple_of": null,
                "pad_id": 0, "pad_type_id": 0, "pad_token": "<unk>"}}),
            json!({"padding": {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": 1_u64 << 62,
                "pad_id": 0, "pad_type_id": 0, "pad_token": "<unk>"}}),
            json!({"truncation": {"direction": "Right", "max_length": 0, "strategy": "LongestFirst", "stride": 9}}),
        ] {
            let inner = Inner::from_bytes(checked(&with).unwrap().json).unwrap();
            assert_eq!(inner.encode_fast("a", true).unwrap().get_ids(), [1], "{with}");
        }
    }

    #[test]
    fn a_post_processor_is_read_and_not_run() {
        let template = |ids: &[u32]| {
            json!({"type": "TemplateProcessing", "pair": [],
                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "special_tokens": {"<s>": {"id": "<s>", "ids": ids, "tokens": vec!["<s>"; ids.len()]}}})
        };
        let bytes = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false});
        let roberta = json!({"type": "RobertaProcessing", "sep": ["</s>", 0], "cls": ["<s>", 2],
            "trim_offsets": true, "add_prefix_space": false});
        for (processor, first) in [
            (template(&[2]), Some(2)),
            (template(&[]), None),
            (bytes.clone(), None),
            (roberta.clone(), Some(2)),
            (json!({"type": "Sequence", "processors": [bytes, template(&[2])]}), Some(2)),
            (json!({"type": "BertProcessing", "sep": ["</s>", 0], "cls": ["<s>", 2]}), Some(2)),
            (Value::Null, None),
        ] {
            let with = json!({"post_processor": processor});
            let checked = checked(&with).unwrap();
            assert_eq!(checked.first_token, first, "{processor}");
            // The library itself, with the post-processor, puts the same token first.
            let library = Inner::from_bytes(file(&with).to_string()).unwrap();
            let ids = library.encode_fast("a", true).unwrap().get_ids().to_vec();
            assert_eq!(ids.first().copied().filter(|id| *id == 2), first, "{processor}");
            let built = Inner::from_bytes(checked.json).unwrap();
            assert_eq!(built.encode_fast("a", true).unwrap().get_ids(), [1]);
        }
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        let words = json!({"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 1_000_000_000, "vocab": {"<unk>": 0}});
        let prefix =
            json!({"type": "BPE", "continuing_subword_prefix": "x".repeat(100), "vocab": {}, "merges": []});
        let added = vec![json!({"id": 1, "content": "x"}); MAX_ADDED + 1];
        for with in [json!({"model": words}), json!({"model": prefix}), json!({"added_tokens": added})] {
            assert!(checked(&with).is_err_and(|error| error.to_string().contains("no sense")));
        }
        let twice = r#"{"model": {}, "padding": null, "normalizer": null, "normalizer": {"type": "NFC"}}"#;
        assert!(check(twice.as_bytes()).is_err());
        let long = json!({"post_processor": {"ids": vec![1; MAX_STEP_BYTES]}});
        assert!(checked(&long).is_err_and(|error| error.to_string().contains("no sense")));
    }
}
