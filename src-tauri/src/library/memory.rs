//! What a model takes of memory, estimated from its header alone. Advice: the Train screen's estimate, made from the loaded
//! model and the real pairs, is exact.
//!
//! With h the width of the residual stream, b the blocks, V the vocabulary, P the weights:
//!
//! - **load**: the weights as they stand in memory. Quantized: the file's bytes. F32: 4 P.
//! - **chat**: load, the keys and values of two sequences (with and without steering) of 1,024 tokens in every block,
//!   2 · 1,024 · b · 2 h · 4 bytes, their logits, 2 · V · 4 bytes, and the working buffers. Models that share keys among
//!   heads take less.
//! - **train**: load, the kept activations of 20,000 rows (80 pairs of 250 rows), 20,000 · h · 4 bytes, and the traces of a
//!   batch of 1,000 rows (4 pairs) in the blocks above the middle one. A block's trace has about 4 h numbers, the keys and
//!   values (2 h at most) and twice the feed-forward width f; 3 h f is what of a block's weights the attention leaves.

use ipc::model::{MemoryNeed, ModelFacts, Precision};

/// Tokens of a conversation.
const CHAT_TOKENS: u64 = 1024;
/// Sequences that are answered side by side: without and with steering.
const CHAT_ROWS: u64 = 2;
/// Rows of activations that are kept for a data set like the starter ones.
const KEPT_ROWS: u64 = 20_000;
/// Rows of a training step: four pairs.
const BATCH_ROWS: u64 = 1000;
/// Buffers that come and go.
const WORKING: u64 = 64 << 20;
/// Bytes of a number.
const F32: u64 = 4;

/// What a model takes, for every precision.
pub(crate) fn needs(facts: &ModelFacts) -> Vec<MemoryNeed> {
    [Precision::Quantized, Precision::F32].map(|precision| need(facts, precision)).to_vec()
}

/// What a model takes with one precision.
pub(crate) fn need(facts: &ModelFacts, precision: Precision) -> MemoryNeed {
    let (hidden, blocks, vocabulary) =
        (u64::from(facts.hidden_size), u64::from(facts.blocks), u64::from(facts.vocabulary));
    let load = match precision {
        Precision::Quantized => facts.file_bytes,
        Precision::F32 => F32.saturating_mul(facts.parameters),
    };
    let sum = |parts: &[u64]| parts.iter().fold(load, |sum, part| sum.saturating_add(*part));
    let product = |factors: &[u64]| factors.iter().fold(F32, |all, factor| all.saturating_mul(*factor));

    let tokens = CHAT_TOKENS.min(u64::from(facts.context_length));
    let keys_and_values = product(&[CHAT_ROWS, tokens, blocks, 2, hidden]);
    let logits = product(&[CHAT_ROWS, vocabulary]);

    let of_block = facts.parameters.saturating_sub(vocabulary.saturating_mul(hidden)) / blocks.max(1);
    let attention = hidden.saturating_mul(hidden).saturating_mul(2);
    let feed_forward = of_block.saturating_sub(attention) / (3 * hidden).max(1);
    let trace = 6 * hidden + 2 * feed_forward;
    let kept = product(&[KEPT_ROWS, hidden]);
    let traces = product(&[BATCH_ROWS, blocks.div_ceil(2), trace]);
    MemoryNeed {
        precision,
        load,
        chat: sum(&[keys_and_values, logits, WORKING]),
        train: sum(&[kept, traces, WORKING]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SmolLM2-135M-Instruct as Q4_1.
    fn starter() -> ModelFacts {
        ModelFacts {
            architecture: "llama".into(),
            quantization: "Q4_1".into(),
            blocks: 30,
            hidden_size: 576,
            vocabulary: 49_152,
            context_length: 8192,
            parameters: 134_515_008,
            file_bytes: 98_000_000,
        }
    }

    #[test]
    fn the_starter_model_takes_what_its_formulas_say() {
        let need = need(&starter(), Precision::Quantized);
        assert_eq!(need.load, 98_000_000);
        // 98 MB + 2 · 1,024 · 30 · 2 · 576 · 4 (283 MB) + 2 · 49,152 · 4 (0.4 MB) + 67 MB.
        assert_eq!(need.chat, 98_000_000 + 283_115_520 + 393_216 + (64 << 20));
        // Its feed-forward width is 1,536; the estimate takes the shared keys' share for it as well.
        let megabytes = need.train / 1_000_000;
        assert!((480..700).contains(&megabytes), "{megabytes} MB");
    }

    #[test]
    fn f32_takes_four_bytes_a_weight_and_everything_takes_more_than_loading() {
        let [quantized, f32] = needs(&starter())[..] else { panic!("two precisions") };
        assert_eq!(f32.load, 4 * 134_515_008);
        assert!(quantized.chat > quantized.load && f32.train > f32.load);
        assert_eq!(f32.chat - f32.load, quantized.chat - quantized.load);
    }

    #[test]
    fn absurd_numbers_do_not_overflow() {
        let absurd = ModelFacts {
            blocks: u32::MAX,
            hidden_size: u32::MAX,
            vocabulary: u32::MAX,
            context_length: u32::MAX,
            parameters: u64::MAX,
            file_bytes: u64::MAX,
            ..starter()
        };
        assert_eq!(need(&absurd, Precision::F32).train, u64::MAX);
        let empty = ModelFacts { blocks: 0, hidden_size: 0, ..starter() };
        assert!(need(&empty, Precision::Quantized).train > 0);
    }
}
