//! The list of models that comes with Tiller: small ones that the engine reads, with the memory that they take.

mod entries;

use ipc::catalogue::CatalogueModel;
use ipc::model::{ModelFacts, Precision};

use self::entries::ENTRIES;
use super::memory;

/// A model of the list, with the facts that its header will give.
struct Entry {
    name: &'static str,
    repository: &'static str,
    file: &'static str,
    quantization: &'static str,
    licence: &'static str,
    good_for: &'static str,
    architecture: &'static str,
    bytes: u64,
    parameters: u64,
    context: u32,
    shape: Shape,
}

/// The sizes that the memory depends on.
struct Shape {
    blocks: u32,
    hidden: u32,
    feed_forward: u32,
    heads: u32,
    kv_heads: u32,
    head_size: u32,
    vocabulary: u32,
}

impl Entry {
    /// Returns the facts as they are read from the file. Nearly all of a file are weights.
    fn facts(&self) -> ModelFacts {
        let shape = &self.shape;
        ModelFacts {
            family: String::new(),
            architecture: self.architecture.to_owned(),
            quantization: self.quantization.to_owned(),
            blocks: shape.blocks,
            hidden_size: shape.hidden,
            vocabulary: shape.vocabulary,
            context_length: self.context,
            parameters: self.parameters,
            file_bytes: self.bytes,
            weight_bytes: self.bytes,
            feed_forward: shape.feed_forward,
            heads: shape.heads,
            kv_heads: shape.kv_heads,
            head_size: shape.head_size,
        }
    }
}

/// Returns the list, the smallest file first.
pub(crate) fn models() -> Vec<CatalogueModel> {
    let model = |entry: &Entry| CatalogueModel {
        name: entry.name.to_owned(),
        repository: entry.repository.to_owned(),
        file: entry.file.to_owned(),
        quantization: entry.quantization.to_owned(),
        parameters: entry.parameters,
        bytes: entry.bytes,
        licence: entry.licence.to_owned(),
        good_for: entry.good_for.to_owned(),
        need: memory::need(&entry.facts(), Precision::Quantized),
    };
    let mut models: Vec<CatalogueModel> = ENTRIES.iter().map(model).collect();
    models.sort_by_key(|model| model.bytes);
    models
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use vectors::model::reads_architecture;

    use super::*;

    /// Returns the number of weights that a shape has: two matrices of the vocabulary if the output has its own, and in each
    /// block those of attention and feed-forward, with the norms.
    fn weights(shape: &Shape, vocabularies: u64) -> u64 {
        let of = u64::from;
        let [hidden, queries, kv] =
            [of(shape.hidden), of(shape.heads * shape.head_size), of(shape.kv_heads * shape.head_size)];
        let block = hidden * (2 * queries + 2 * kv + 3 * of(shape.feed_forward) + 2);
        vocabularies * of(shape.vocabulary) * hidden + of(shape.blocks) * block + hidden
    }

    #[test]
    fn every_model_has_an_architecture_that_the_engine_reads() {
        for entry in ENTRIES {
            assert!(reads_architecture(entry.architecture), "{}: {}", entry.name, entry.architecture);
        }
        assert!(!reads_architecture("qwen35"), "this year's Qwen is not read yet");
    }

    #[test]
    fn the_shape_of_every_model_makes_the_weights_that_it_is_said_to_have() {
        for entry in ENTRIES {
            let fits = |vocabularies| {
                let weights = weights(&entry.shape, vocabularies) as f64;
                (weights / entry.parameters as f64 - 1.0).abs() < 0.001
            };
            assert!(fits(1) || fits(2), "{}", entry.name);
        }
    }

    #[test]
    fn the_size_of_every_file_is_that_of_its_format() {
        for entry in ENTRIES {
            let bits = entry.bytes as f64 * 8.0 / entry.parameters as f64;
            // Files of four bits store the vocabulary, and the matrices that no block of 256 divides, with more.
            let usual = match entry.quantization {
                "Q8_0" => 8.5..8.7,
                "Q4_K_M" => 4.7..8.0,
                other => panic!("{}: no bounds for {other}", entry.name),
            };
            assert!(usual.contains(&bits), "{}: {bits} bits a weight", entry.name);
        }
    }

    #[test]
    fn names_are_the_hubs_and_nothing_is_listed_twice() {
        let endpoint = hub::Endpoint::new("https://hub.example").expect("an endpoint");
        let mut files = HashSet::new();
        for entry in ENTRIES {
            let address = format!("{}:{}", entry.repository, entry.file);
            let read = hub::Address::read(&address, &endpoint).expect("an address");
            assert_eq!(
                (read.repository.as_str(), read.wanted.as_deref()),
                (entry.repository, Some(entry.file))
            );
            assert!(hub::files::is_gguf(entry.file) && files.insert(entry.file), "{}", entry.file);
            assert!(entry.good_for.ends_with('.') && !entry.licence.is_empty(), "{}", entry.name);
        }
        assert!((10..=15).contains(&ENTRIES.len()));
    }

    #[test]
    fn the_list_begins_with_the_smallest_and_training_takes_more_than_chat() {
        let models = models();
        assert!(models.is_sorted_by_key(|model| model.bytes));
        for model in &models {
            assert!(model.bytes <= model.need.chat && model.need.chat < model.need.train, "{}", model.name);
        }
        let smallest = &models[0];
        assert!(smallest.need.train < 2_000_000_000, "{} trains on every machine", smallest.name);
    }
}
