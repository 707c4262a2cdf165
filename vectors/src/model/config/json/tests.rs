//! Configurations as they are published, and what is refused.

use serde_json::json;

use super::super::RopeScaling;
use super::*;
use crate::ops::rope::RopeLayout;

fn config(value: impl Into<Value>) -> Config {
    Config::from_json(&value.into()).unwrap()
}

fn windowed(config: &Config) -> Vec<usize> {
    config.sliding_windows.iter().enumerate().filter_map(|(block, window)| window.map(|_| block)).collect()
}

#[test]
fn llama_3_2_and_mistral_0_1_are_read_as_published() {
    let llama = config(json!({"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
        "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
        "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 500_000.0, "hidden_act": "silu",
        "tie_word_embeddings": true, "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0,
        "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"}}));
    assert_eq!(llama.heads, Heads { query_heads: 32, kv_heads: 8, head_size: 64 });
    assert_eq!((llama.tie_word_embeddings, llama.attention_scale), (Some(true), 0.125));
    assert_eq!(
        llama.rope.scaling,
        RopeScaling::Llama3 {
            factor: 32.0,
            low_freq_factor: 1.0,
            high_freq_factor: 4.0,
            original_context: 8192.0
        }
    );
    let mut mistral = json!({"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14_336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "max_position_embeddings": 32_768, "rms_norm_eps": 1e-5, "sliding_window": 4096,
        "tie_word_embeddings": false});
    assert_eq!(config(mistral.clone()).sliding_windows, vec![Some(4096); 32]);
    // Version 0.2 has no window.
    mistral["sliding_window"] = Value::Null;
    assert!(config(mistral).sliding_windows.is_empty());
}

#[test]
fn qwen_2_5_has_no_window_unless_it_is_switched_on() {
    let mut qwen = json!({"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864,
        "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2, "max_window_layers": 21,
        "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 1e6, "sliding_window": 32_768,
        "tie_word_embeddings": true, "use_sliding_window": false});
    assert!(config(qwen.clone()).sliding_windows.is_empty());
    qwen["use_sliding_window"] = json!(true);
    assert_eq!(windowed(&config(qwen)), [21, 22, 23]);
}

#[test]
fn gemma_omits_keys_and_relies_on_its_defaults() {
    let gemma2 = config(json!({"model_type": "gemma2", "hidden_size": 2304, "intermediate_size": 9216,
        "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
        "max_position_embeddings": 8192, "query_pre_attn_scalar": 256, "sliding_window": 4096,
        "hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh"}));
    assert_eq!((gemma2.attn_logit_softcap, gemma2.final_logit_softcap), (Some(50.0), Some(30.0)));
    assert_eq!(
        (gemma2.tie_word_embeddings, gemma2.embedding_scale, gemma2.attention_scale),
        (Some(true), 48.0, 0.0625)
    );
    assert_eq!(windowed(&gemma2), (0..26).step_by(2).collect::<Vec<_>>());
    // The multimodal model keeps its decoder's configuration in `text_config`.
    let gemma3 = config(json!({"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"],
        "text_config": {"hidden_size": 2560, "intermediate_size": 10_240, "model_type": "gemma3_text",
        "num_hidden_layers": 34, "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
        "sliding_window": 1024}}));
    assert_eq!(gemma3.heads, Heads { query_heads: 8, kv_heads: 4, head_size: 256 });
    assert_eq!(windowed(&gemma3), (0..34).filter(|block| block % 6 != 5).collect::<Vec<_>>());
    assert_eq!((gemma3.rope.theta, gemma3.rope.local_theta), (1e6, Some(10_000.0)));
    assert_eq!((gemma3.context_length, gemma3.attn_logit_softcap), (131_072, None));
}

#[test]
fn granite_3_3_is_read_as_published_and_its_factors_refuse_other_families() {
    let mut published = json!({"model_type": "granite", "hidden_size": 2048, "intermediate_size": 8192,
        "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8,
        "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 1e7, "hidden_act": "silu",
        "tie_word_embeddings": true, "attention_bias": false, "mlp_bias": false, "rope_scaling": null,
        "attention_multiplier": 0.015_625, "embedding_multiplier": 12.0, "logits_scaling": 8.0,
        "residual_multiplier": 0.22});
    let granite = config(published.clone());
    assert_eq!(
        (granite.attention_scale, granite.embedding_scale, granite.logits_scaling, granite.residual_scale),
        (0.015_625, 12.0, 8.0, 0.22)
    );
    assert!(!granite.reads_mlp_bias && granite.rope.layout == RopeLayout::HalfSplit);
    published["mlp_bias"] = json!(true);
    assert!(config(published.clone()).reads_mlp_bias);
    // Without the keys, transformers' own defaults are 1, for attention too.
    let keys = ["attention_multiplier", "embedding_multiplier", "logits_scaling", "residual_multiplier"];
    let mut bare = published.clone();
    for key in keys {
        bare[key] = Value::Null;
    }
    assert_eq!(config(bare).attention_scale, 1.0);
    for key in keys {
        let mut zero = published.clone();
        zero[key] = json!(0.0);
        assert!(Config::from_json(&zero).is_err(), "{key}");
        let mut llama = published.clone();
        llama["model_type"] = json!("llama");
        keys.iter().filter(|other| **other != key).for_each(|other| llama[other] = json!(1.0));
        let refused = Config::from_json(&llama).unwrap_err();
        let is_named = matches!(&refused, ModelError::UnknownKey { key: named, .. } if named == key);
        assert!(is_named, "{refused}");
    }
}

#[test]
fn phi_3_reads_both_ways_of_writing_its_scaling() {
    let base = json!({"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "rms_norm_eps": 1e-5,
        "max_position_embeddings": 131_072, "original_max_position_embeddings": 4096,
        "sliding_window": 262_144, "tie_word_embeddings": false});
    let list = vec![1.05; 48];
    let (mut old, mut new) = (base.clone(), base);
    old["rope_scaling"] = json!({"type": "su", "short_factor": list, "long_factor": list});
    new["rope_parameters"] = json!({"rope_type": "longrope", "rope_theta": 10_000.0, "short_factor": list,
        "long_factor": list, "original_max_position_embeddings": 4096});
    let (old, new) = (config(old), config(new));
    assert_eq!(old.rope, new.rope);
    assert_eq!((old.context_length, old.rope.rotary_dim), (4096, 96));
    let RopeScaling::FrequencyFactors { attention_factor, .. } = old.rope.scaling else {
        panic!("no factors")
    };
    assert!((attention_factor - 1.190_238).abs() < 1e-5, "{attention_factor}");
}

#[test]
fn the_rotary_base_is_found_wherever_a_library_puts_it() {
    let base = json!({"model_type": "llama", "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "max_position_embeddings": 128});
    let with = |changes: Value| {
        let mut llama = base.clone();
        llama.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        Config::from_json(&llama)
    };
    for place in [
        json!({"rope_theta": 1e5}),
        json!({"rope_theta": 1e5, "rope_scaling": null}),
        json!({"rope_scaling": {"rope_theta": 1e5, "rope_type": "default"}}),
        json!({"rope_parameters": {"rope_theta": 1e5, "rope_type": "default"}}),
        json!({"rope_parameters": {"rope_theta": 1e5, "rope_type": "default"}, "rope_theta": 1e5}),
        json!({"rope_scaling": {}, "rope_parameters": {"rope_theta": 1e5}}),
        json!({"rope_scaling": {"type": "default"}, "rope_theta": 1e5}),
        json!({"rope_scaling": {"type": "default"}, "rope_parameters": {"rope_theta": 1e5}}),
    ] {
        let rope = with(place.clone()).unwrap().rope;
        assert_eq!((rope.theta, rope.scaling), (1e5, RopeScaling::None), "{place}");
    }
    for two in [
        json!({"rope_theta": 1e4, "rope_scaling": {"rope_theta": 1e5}}),
        json!({"rope_theta": 1e4, "rope_parameters": {"rope_theta": 1e5}}),
        json!({"rope_parameters": {"rope_theta": 1e4}, "rope_scaling": {"rope_theta": 1e5}}),
        json!({"partial_rotary_factor": 0.5, "rope_parameters": {"partial_rotary_factor": 0.25}}),
        json!({"rope_scaling": {"type": "linear", "rope_type": "default", "factor": 2.0}}),
        json!({"rope_scaling": {"type": "linear", "factor": 2.0}, "rope_parameters": {"rope_type": "default"}}),
    ] {
        assert!(matches!(with(two.clone()), Err(ModelError::Contradiction { .. })), "{two}");
    }
    assert!(with(json!({"rope_theta": "Infinity"})).is_err());
    // A factor that nothing uses, and settings that are none.
    assert!(with(json!({"rope_scaling": {"factor": 2.0}})).is_err());
    assert!(with(json!({"rope_scaling": {"factor": 1.0}})).is_ok());
    assert!(with(json!({"rope_scaling": "linear"})).is_err());
    let sliding = json!({"sliding_attention": {"rope_type": "linear", "factor": 2.0}});
    assert!(with(json!({"rope_parameters": sliding})).is_err());
}

#[test]
fn an_error_in_place_of_the_file_is_named() {
    let refused = Config::from_json(&json!({"error": "Repository not found"})).unwrap_err().to_string();
    assert!(refused.contains("an error message of a server"), "{refused}");
}

#[test]
fn weights_of_other_programs_quantisation_are_refused_by_its_name() {
    for (key, value, name) in [
        ("quantization", json!({"group_size": 64, "bits": 4}), "MLX"),
        ("quantization_config", json!({"group_size": 64, "bits": 4}), "MLX"),
        ("quantization_config", json!({"quant_method": "awq", "bits": 4}), "awq"),
    ] {
        let refused = Config::from_json(&json!({"model_type": "llama", key: value})).unwrap_err();
        assert!(refused.to_string().contains(&format!("quantized by {name}: take")), "{refused}");
    }
}

#[test]
fn factors_of_another_length_and_numbers_that_make_no_angles_are_refused() {
    let mut llama = json!({"model_type": "llama", "hidden_size": 64, "intermediate_size": 64,
        "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 128});
    assert!(Config::from_json(&llama).is_ok());
    for scaling in [
        json!({"type": "longrope", "short_factor": [1.0, 2.0]}),
        json!({"type": "longrope", "short_factor": vec![0.0; 8]}),
        json!({"type": "linear", "factor": -4.0}),
        json!({"type": "linear"}),
        json!({"type": "yarn", "factor": 2.0, "mscale": 1.0}),
        json!({"type": "dynamic", "factor": 2.0}),
    ] {
        llama["rope_scaling"] = scaling;
        assert!(Config::from_json(&llama).is_err(), "{}", llama["rope_scaling"]);
    }
}
