//! Estimates the memory that a model needs from its header alone. The Train screen's estimate is exact, because it uses
//! the loaded model and the real pairs.
//!
//! With h the width of the residual stream, b the blocks, V the vocabulary, P the weights, f the feed-forward width, q and k
//! the query and key-value heads of s numbers each:
//!
//! - **load**: the weights in memory. As stored: their bytes in the file. Q8: if they are stored with 16 or 32 bits, 34
//!   bytes for 32 of them. F32: 4 P.
//! - **chat**: load, the keys and values of two sequences (with and without steering) of 1,024 tokens in every block,
//!   2 · 1,024 · b · 2 k s · 4 bytes, their logits, 2 · V · 4 bytes, and the working buffers.
//! - **train**: load, the kept activations of 20,000 rows (80 pairs of 250 rows), 20,000 · h · 4 bytes, and the traces of a
//!   batch of 1,000 rows (4 pairs) in the blocks above the middle one: 2 h + (q + 2 k) s + q (s + 1) + 2 f numbers a row and
//!   block.

use ipc::model::{MemoryNeed, ModelFacts, Precision};
use vectors::model::MAX_COPIED_BYTES;

/// The tokens of a conversation.
const CHAT_TOKENS: u64 = 1024;
/// The sequences that are generated side by side: one without steering and one with it.
const CHAT_ROWS: u64 = 2;
/// The rows of activations that are kept for a data set like the starter ones.
const KEPT_ROWS: u64 = 20_000;
/// The rows of a training step of four pairs.
const BATCH_ROWS: u64 = 1000;
/// The bytes of temporary buffers.
const WORKING: u64 = 64 << 20;
/// The bytes of a number.
const F32: u64 = 4;

/// Returns the memory that a model needs, for every precision.
pub(crate) fn needs(facts: &ModelFacts) -> Vec<MemoryNeed> {
    Precision::ALL.map(|precision| need(facts, precision)).to_vec()
}

/// Returns the bytes that loading takes of the free memory. The weights of a large file stay in it if they are used as
/// they are stored: the system drops and reads their pages again, so they take none.
pub(crate) fn taken_by_loading(facts: &ModelFacts, precision: Precision) -> u64 {
    let load = need(facts, precision).load;
    let is_as_stored = load == need(facts, Precision::Quantized).load;
    // F32 weights are copied in any case.
    let stays = is_as_stored && facts.quantization != "F32" && facts.file_bytes > MAX_COPIED_BYTES;
    if stays { 0 } else { load }
}

/// Returns the memory that a model needs with one precision.
pub(crate) fn need(facts: &ModelFacts, precision: Precision) -> MemoryNeed {
    let (hidden, blocks, vocabulary) =
        (u64::from(facts.hidden_size), u64::from(facts.blocks), u64::from(facts.vocabulary));
    let (heads, size) = (u64::from(facts.heads), u64::from(facts.head_size));
    let kv = u64::from(facts.kv_heads).saturating_mul(size);
    // A header that an older version has read lacks this fact.
    let stored = if facts.weight_bytes > 0 { facts.weight_bytes } else { facts.file_bytes };
    let is_wide = matches!(facts.quantization.as_str(), "F32" | "F16" | "BF16");
    let load = match precision {
        // A block has 32 weights and a scale of two bytes.
        Precision::Q8 if is_wide => facts.parameters.div_ceil(32).saturating_mul(34),
        Precision::Quantized | Precision::Q8 => stored,
        Precision::F32 => F32.saturating_mul(facts.parameters),
    };
    let sum = |parts: &[u64]| parts.iter().fold(load, |sum, part| sum.saturating_add(*part));
    let product = |factors: &[u64]| factors.iter().fold(F32, |all, factor| all.saturating_mul(*factor));

    let tokens = CHAT_TOKENS.min(u64::from(facts.context_length));
    let keys_and_values = product(&[CHAT_ROWS, tokens, blocks, 2, kv]);
    let logits = product(&[CHAT_ROWS, vocabulary]);

    let queries = heads.saturating_mul(size);
    let parts = [
        hidden,
        hidden,
        queries,
        queries,
        heads,
        kv,
        kv,
        facts.feed_forward.into(),
        facts.feed_forward.into(),
    ];
    let trace = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(*part));
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

    /// The facts of SmolLM2-135M-Instruct as `Q4_1`.
    fn starter() -> ModelFacts {
        ModelFacts {
            family: "Llama".into(),
            architecture: "llama".into(),
            quantization: "Q4_1".into(),
            blocks: 30,
            hidden_size: 576,
            vocabulary: 49_152,
            context_length: 8192,
            parameters: 134_515_008,
            file_bytes: 98_000_000,
            weight_bytes: 96_000_000,
            feed_forward: 1536,
            heads: 9,
            kv_heads: 3,
            head_size: 64,
        }
    }

    #[test]
    fn the_starter_model_takes_what_its_formulas_say() {
        let need = need(&starter(), Precision::Quantized);
        assert_eq!(need.load, 96_000_000);
        // 2 · 1,024 · 30 · 2 · 3 · 64 · 4 and 2 · 49,152 · 4.
        assert_eq!(need.chat, 96_000_000 + 94_371_840 + 393_216 + (64 << 20));
        // A row's trace has 2 · 576 + 15 · 64 + 9 · 65 + 2 · 1,536 = 5,769 numbers.
        assert_eq!(need.train, 96_000_000 + 4 * (20_000 * 576 + 1000 * 15 * 5769) + (64 << 20));
    }

    #[test]
    fn eight_bits_are_for_what_is_stored_wider() {
        let stored_as =
            |kind: &str| ModelFacts { quantization: kind.into(), weight_bytes: 269_030_016, ..starter() };
        assert_eq!(need(&stored_as("BF16"), Precision::Q8).load, 134_515_008 / 32 * 34);
        assert_eq!(need(&stored_as("Q4_1"), Precision::Q8).load, 269_030_016);
    }

    #[test]
    fn f32_takes_four_bytes_a_weight_and_everything_takes_more_than_loading() {
        let [quantized, _, f32] = needs(&starter())[..] else { panic!("three precisions") };
        assert_eq!(f32.load, 4 * 134_515_008);
        assert!(quantized.chat > quantized.load && f32.train > f32.load);
        assert_eq!(f32.chat - f32.load, quantized.chat - quantized.load);
    }

    #[test]
    fn a_large_model_that_is_used_as_it_is_stored_takes_no_memory_for_loading() {
        assert_eq!(taken_by_loading(&starter(), Precision::Quantized), 96_000_000);
        let large = ModelFacts { file_bytes: 1 << 31, weight_bytes: 1 << 31, ..starter() };
        assert_eq!(taken_by_loading(&large, Precision::Quantized), 0);
        assert_eq!(taken_by_loading(&large, Precision::F32), 4 * 134_515_008);
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
            weight_bytes: u64::MAX,
            heads: u32::MAX,
            kv_heads: u32::MAX,
            head_size: u32::MAX,
            ..starter()
        };
        assert_eq!(need(&absurd, Precision::F32).train, u64::MAX);
        let empty = ModelFacts { blocks: 0, hidden_size: 0, ..starter() };
        assert!(need(&empty, Precision::Quantized).train > 0);
    }
}
