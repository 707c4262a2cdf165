//! `SentencePiece`'s BPE, built from a GGUF file's tokens and scores (Llama 1 and 2, Mistral, Gemma, Phi-3).
//!
//! `SentencePiece` repeatedly joins the two adjacent tokens whose joint token has the best score. Written as BPE
//! merges, these are all ways to split a token into two tokens, those of the best score first.

use tokenizers::Tokenizer as Inner;
use tokenizers::decoders::DecoderWrapper;
use tokenizers::decoders::byte_fallback::ByteFallback;
use tokenizers::decoders::fuse::Fuse;
use tokenizers::decoders::sequence::Sequence as Decoders;
use tokenizers::decoders::strip::Strip;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::{NormalizerWrapper, Prepend, Replace, Sequence};

use super::{TokenError, damaged};
use crate::model::{GgufHeader, Number};

/// The character that stands for a space inside tokens.
const SPACE: char = '▁';
/// The most bytes of a token that is split. Real tokens are far shorter, and the time grows with the square.
const MAX_TOKEN_BYTES: usize = 256;
/// The most merges of a vocabulary. The largest real ones have some six hundred thousand.
const MAX_MERGES: usize = 1 << 22;

/// Builds the tokenizer without its special tokens.
pub(super) fn build(header: &GgufHeader, tokens: &[String], vocabulary: Vocab) -> Result<Inner, TokenError> {
    const SCORES: &str = "tokenizer.ggml.scores";
    let scores = header.numbers(SCORES).ok_or(TokenError::NoTokenizer { key: SCORES })?;
    if scores.len() != tokens.len() {
        return Err(damaged(format!("{} tokens but {} scores", tokens.len(), scores.len())));
    }
    let scores: Vec<f32> = scores.iter().map(|score| score.real()).collect();
    let merges = merges(tokens, &scores, &vocabulary)?;
    let unknown = header.number("tokenizer.ggml.unknown_token_id").and_then(Number::whole).unwrap_or(0);
    let unknown = tokens.get(unknown as usize).ok_or_else(|| damaged("the unknown token is none"))?;
    let model = BPE::builder()
        .vocab_and_merges(vocabulary, merges)
        .unk_token(unknown.clone())
        .fuse_unk(true)
        .byte_fallback(true)
        .build()
        .map_err(damaged)?;
    let mut inner = Inner::new(model);
    let begins_with_space = header.flag("tokenizer.ggml.add_space_prefix").unwrap_or(true);
    let space = |from: &str, to: &str| Replace::new(from, to).map_err(damaged);
    let mut steps = Vec::new();
    if begins_with_space {
        steps.push(NormalizerWrapper::Prepend(Prepend::new(SPACE.into())));
    }
    steps.push(NormalizerWrapper::Replace(space(" ", &SPACE.to_string())?));
    inner.with_normalizer(Some(Sequence::new(steps))).map_err(damaged)?;
    let mut decoders = vec![
        DecoderWrapper::Replace(space(&SPACE.to_string(), " ")?),
        DecoderWrapper::ByteFallback(ByteFallback::new()),
        DecoderWrapper::Fuse(Fuse::new()),
    ];
    if begins_with_space {
        decoders.push(DecoderWrapper::Strip(Strip::new(' ', 1, 0)));
    }
    inner.with_decoder(Some(Decoders::new(decoders)));
    Ok(inner)
}

/// Returns all ways to split a token into two tokens, in the order of their priority.
fn merges(
    tokens: &[String],
    scores: &[f32],
    vocabulary: &Vocab,
) -> Result<Vec<(String, String)>, TokenError> {
    let mut found: Vec<(u32, u32, u32)> = Vec::new();
    for (id, token) in tokens.iter().enumerate().filter(|(_, token)| token.len() <= MAX_TOKEN_BYTES) {
        for (place, _) in token.char_indices().skip(1) {
            let (left, right) = token.split_at(place);
            if let (Some(left), Some(right)) = (vocabulary.get(left), vocabulary.get(right)) {
                found.push((id as u32, *left, *right));
            }
        }
        if found.len() > MAX_MERGES {
            return Err(damaged("its tokens can be parted in more ways than any real vocabulary's"));
        }
    }
    found.sort_by(|a, b| scores[b.0 as usize].total_cmp(&scores[a.0 as usize]).then_with(|| a.cmp(b)));
    let text = |id: u32| tokens[id as usize].clone();
    Ok(found.into_iter().map(|(_, left, right)| (text(left), text(right))).collect())
}
