//! Limits how much longer the steps of a tokenizer.json can make a text. The factors multiply, so a few kilobytes of
//! steps could turn a word into more bytes than a machine has. The limit is checked before the tokenizer is built.

use serde_json::Value;

use super::{TokenError, damaged, precompiled};

/// The largest factor that is accepted. Real tokenizers stay below twenty, but for those of T5, by the bounds used here.
const MAX_EXPANSION: u64 = 1 << 9;
/// The most bytes that all steps add to a text, whatever its length.
const MAX_ADDED_BYTES: u64 = 1 << 16;
/// The most steps inside one another, and of one kind in all. Real tokenizers have up to six.
const MAX_DEPTH: usize = 4;
const MAX_STEPS: usize = 64;
/// The most bytes of one text after all steps. The library keeps seventeen bytes for each of them.
const MAX_NORMALIZED_BYTES: u64 = 1 << 24;

/// How long a text of n bytes may become: `factor * n + more` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Growth {
    factor: u64,
    more: u64,
}

impl Growth {
    /// The text keeps its length, or becomes shorter.
    const NONE: Self = Self::times(1);

    pub(super) const fn times(factor: u64) -> Self {
        Self { factor, more: 0 }
    }

    fn plus(self, more: u64) -> Self {
        Self { more, ..self }
    }

    /// Returns the growth by this step and then the next.
    pub(super) fn then(self, next: Self) -> Self {
        Self {
            factor: self.factor.saturating_mul(next.factor),
            more: self.more.saturating_mul(next.factor).saturating_add(next.more),
        }
    }

    /// Returns the most bytes that a text may have before the steps.
    pub(super) fn longest_text(self) -> usize {
        (MAX_NORMALIZED_BYTES / self.factor.max(1)) as usize
    }
}

/// Returns how much longer the normalizer and then the pre-tokenizer make a text.
///
/// # Errors
/// Where they, or the decoder, would make a text too long, or a step is of no known kind.
pub(super) fn check(
    normalizer: &Value,
    pre_tokenizer: &Value,
    decoder: &Value,
) -> Result<Growth, TokenError> {
    let read = growth(normalizer, 0)?.then(growth(pre_tokenizer, 0)?);
    let written = growth(decoder, 0)?;
    if read.factor.max(written.factor) > MAX_EXPANSION || read.more.max(written.more) > MAX_ADDED_BYTES {
        return Err(damaged(format!("its steps would make texts more than {MAX_EXPANSION} times as long")));
    }
    Ok(read)
}

/// Returns an upper bound of how much longer a step makes a text.
fn growth(step: &Value, depth: usize) -> Result<Growth, TokenError> {
    if step.is_null() {
        return Ok(Growth::NONE);
    }
    let length = |key: &str| step[key].as_str().map_or(0, str::len) as u64;
    // The library reads a step of an unknown kind as any kind whose parts it has.
    let kind = step["type"].as_str().unwrap_or_default();
    Ok(match kind {
        "Sequence" => sequence(step, depth)?,
        "Replace" => replace(&step["pattern"], length("content"))?,
        "Prepend" => Growth::NONE.plus(length("prepend")),
        "Precompiled" => {
            let charsmap = step["precompiled_charsmap"].as_str().unwrap_or_default();
            Growth::times(precompiled::longest_replacement(charsmap).map_err(damaged)?.max(1))
        }
        // Bounds of Unicode: U+0390's two bytes become six, U+FDFA's three become thirty-three.
        "NFC" | "NFD" | "Lowercase" => Growth::times(3),
        "NFKC" | "NFKD" => Growth::times(11),
        "Bert" | "BertNormalizer"
            if ["pattern", "prepend", "precompiled_charsmap"].iter().all(|key| step[key].is_null()) =>
        {
            Growth::times(12)
        }
        "Metaspace" | "CharDelimiterSplit" => Growth::times(4).plus(4),
        "ByteLevel" => Growth::times(2).plus(1),
        "WordPiece" | "BPEDecoder" | "CTC" => Growth::times(2).plus(length("prefix")),
        "FixedLength" if step["length"].as_u64() == Some(0) => {
            return Err(damaged("it cuts texts into parts of no length"));
        }
        "Strip" | "StripAccents" | "Nmt" | "BertPreTokenizer" | "Delimiter" | "Whitespace" | "Split"
        | "Punctuation" | "WhitespaceSplit" | "Digits" | "UnicodeScripts" | "FixedLength" | "Fuse"
        | "ByteFallback" => Growth::NONE,
        unknown => return Err(damaged(format!("the step {unknown:?} is not known"))),
    })
}

fn sequence(step: &Value, depth: usize) -> Result<Growth, TokenError> {
    let lists = ["normalizers", "pretokenizers", "decoders"].map(|key| step[key].as_array());
    let steps: Vec<&Value> = lists.into_iter().flatten().flatten().collect();
    if depth >= MAX_DEPTH || steps.len() > MAX_STEPS {
        return Err(damaged(format!(
            "it has more than {MAX_STEPS} steps in a sequence, or sequences {MAX_DEPTH} deep"
        )));
    }
    steps
        .into_iter()
        .try_fold(Growth::NONE, |growth_before, step| Ok(growth_before.then(growth(step, depth + 1)?)))
}

/// Returns the growth by putting `content` bytes in the place of every match of a pattern.
fn replace(pattern: &Value, content: u64) -> Result<Growth, TokenError> {
    let text = pattern["String"].as_str();
    let written = text.or_else(|| pattern["Regex"].as_str()).unwrap_or_default();
    match text {
        _ if written.is_empty() => Err(damaged("it replaces the empty text")),
        Some(text) => Ok(Growth::times(content.div_ceil(text.len() as u64).max(1))),
        // A pattern may match the empty text before every byte.
        None => Ok(Growth::times(1 + content).plus(content)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(normalizer: &Value) -> Result<Growth, TokenError> {
        check(normalizer, &Value::Null, &Value::Null)
    }

    #[test]
    fn a_chain_of_replacements_is_refused_before_it_runs() {
        let ten = json!({"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaa"});
        assert!(of(&json!({"type": "Sequence", "normalizers": vec![ten.clone(); 12]})).is_err());
        let nested = (0..30)
            .fold(ten, |step, _| json!({"type": "Sequence", "decoders": [step, {"type": "ByteLevel"}]}));
        assert!(check(&Value::Null, &Value::Null, &nested).is_err());
        let doubled = json!({"type": "Sequence", "pretokenizers": vec![json!({"type": "ByteLevel"}); 40]});
        assert!(check(&Value::Null, &doubled, &Value::Null).is_err());
    }

    #[test]
    fn steps_that_explode_or_are_of_no_known_kind_are_refused() {
        let letters = "b".repeat(600);
        for step in [
            json!({"type": "Replace", "pattern": {"Regex": ""}, "content": "b"}),
            json!({"type": "Replace", "pattern": {"String": ""}, "content": "b"}),
            json!({"type": "Replace", "pattern": {"Regex": "a*"}, "content": letters}),
            json!({"type": "Replace", "pattern": {"String": "a"}, "content": letters}),
            json!({"type": "Prepend", "prepend": "b".repeat(100_000)}),
            json!({"type": "FixedLength", "length": 0}),
            json!({"type": "Precompiled", "precompiled_charsmap": "////fw=="}),
            json!({"pattern": {"Regex": ""}, "content": "b"}),
            json!({"type": "Other", "pattern": {"Regex": ""}, "content": "b"}),
            json!({"type": "BertNormalizer", "pattern": {"Regex": ""}, "content": "b"}),
        ] {
            assert!(of(&step).is_err(), "{step}");
        }
    }

    #[test]
    fn what_real_models_do_is_allowed() {
        let llama = json!({"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]});
        assert_eq!(of(&llama).unwrap(), Growth { factor: 3, more: 9 });
        let qwen = check(
            &json!({"type": "NFC"}),
            &json!({"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": "x"}}, {"type": "ByteLevel"}]}),
            &Value::Null,
        );
        assert_eq!(qwen.unwrap().longest_text(), (1 << 24) / 6);
        let t5 = json!({"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": "AAAAAGEA"},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]});
        check(&t5, &json!({"type": "Metaspace"}), &json!({"type": "Metaspace"})).unwrap();
    }
}
