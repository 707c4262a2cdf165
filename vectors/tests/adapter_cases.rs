//! Adapters as people have them: each is read to what peft computes with it, or refused with the name of what it asks for.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::{check_cases, oracle, oracle_path, shared_cases};
use safetensors::SafeTensors;
use vectors::files::AdapterFile;
use vectors::files::adapter::{APPLIED, ONE_VALUE, REFUSED, WITHOUT_EFFECT};
use vectors::layer::PrefixBlocks;
use vectors::model::Model;
use vectors::pairs::EncodedPair;
use vectors::score::Scorer;
use vectors::steering::Term;

/// What comes of a case.
enum Outcome {
    /// An adapter on two blocks, of this rank and alpha.
    Adapter { rank: usize, alpha: f32 },
    /// A refusal with this word.
    Refused(&'static str),
}

use Outcome::{Adapter, Refused};

const PLAIN: Outcome = Adapter { rank: 2, alpha: 8.0 };

const OUTCOMES: &[(&str, Outcome)] = &[
    ("a00-plain", PLAIN),
    ("a01-alpha-pattern", Adapter { rank: 2, alpha: 64.0 }),
    ("a02-pissa", Refused("init_lora_weights = \"pissa\"")),
    ("a02b-olora", Refused("init_lora_weights = \"olora\"")),
    ("a02d-gaussian", PLAIN),
    ("a03-rslora", Adapter { rank: 2, alpha: 8.0 * std::f32::consts::SQRT_2 }),
    ("a04-dora", Refused("use_dora")),
    ("a05-modules-to-save", Refused("modules_to_save")),
    ("a06-all-linear", PLAIN),
    ("a07-rank-pattern", Adapter { rank: 4, alpha: 16.0 }),
    ("a07b-rank-pattern-all", PLAIN),
    ("a08-lora-bias", Refused("lora_bias")),
    ("a08b-bias-all", Refused("bias = \"all\"")),
    ("a09-fan-in-fan-out", Refused("fan_in_fan_out")),
    ("a11-no-config", Refused("no adapter_config.json")),
    ("a12-alora", Refused("alora_invocation_tokens")),
    ("a13-some-blocks", PLAIN),
    ("a14-default-names", PLAIN),
    ("a15-language-model", PLAIN),
    ("a15b-no-prefix", PLAIN),
    ("a16-f16", PLAIN),
    ("a17-metadata-alpha", Refused("alpha 4")),
    ("a18-prefix-tuning", Refused("peft_type = \"ADALORA\"")),
    ("a18b-vera", Refused("peft_type = \"VERA\"")),
    ("a19-task-cls", Refused("task_type = \"SEQ_CLS\"")),
    ("a20-qalora", Refused("use_qalora")),
    ("a21-layer-replication", Refused("layer_replication")),
    ("a22-alpha-null", Refused("null is no alpha")),
    ("a23-alpha-0", Refused("0 is no alpha")),
];

fn file(folder: &Path) -> PathBuf {
    folder.join("adapter_model.safetensors")
}

/// What is wrong with a case; `None` where it came out right.
fn fault(case: &Path, outcome: &Outcome) -> Option<String> {
    match (AdapterFile::read(&file(case)), outcome) {
        (Err(error), Refused(word)) if error.to_string().contains(word) => None,
        (Ok(file), Adapter { rank, alpha }) => {
            let shape = file.adapter.shape();
            let found = (shape.blocks, shape.rank, file.adapter.alpha().to_bits());
            (found != (2, *rank, alpha.to_bits()))
                .then(|| format!("{shape:?}, alpha {}: {:?}", file.adapter.alpha(), file.notes))
        }
        (Err(error), _) => Some(error.to_string()),
        (Ok(file), _) => Some(format!("{:?}, {:?}", file.adapter.shape(), file.notes)),
    }
}

#[test]
fn every_case_is_applied_or_refused_by_the_name_of_what_it_asks_for() {
    if let Some(cases) = shared_cases("adapters") {
        check_cases(&cases, OUTCOMES, fault);
    }
}

/// The pair of the tiny Llama's own oracle.
fn pair() -> EncodedPair {
    let bytes = std::fs::read(oracle_path("families/llama/oracle.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let [prompt, wanted, opposite] = ["prompt", "wanted", "opposite"].map(|part| {
        let data = tensors.tensor(part).unwrap().data().to_vec();
        data.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
    });
    EncodedPair { prompt, wanted, opposite }
}

#[test]
fn log_probabilities_are_those_of_peft() {
    let expected: BTreeMap<String, [f64; 2]> =
        serde_json::from_str(&oracle("adapters/log-probs.json")).unwrap();
    assert_eq!(expected.len(), 10);
    let model = Arc::new(Model::open(oracle_path("families/llama")).load().unwrap());
    let scorer = Scorer::prepare(Arc::clone(&model), &[pair()], PrefixBlocks::NONE, None).unwrap();
    let mut worst = 0.0_f64;
    for (name, expected) in expected {
        let steering = match name.as_str() {
            "none" => vec![],
            name => {
                let path = file(&oracle_path(&format!("adapters/{name}")));
                let adapter =
                    AdapterFile::read_for(&path, Some(2)).unwrap_or_else(|e| panic!("{name}: {e}")).adapter;
                vec![Term::Adapter { adapter, multiplier: 1.0 }]
            }
        };
        let ours = scorer.log_probs(&steering, None).unwrap()[0];
        for (ours, theirs) in [ours.wanted, ours.opposite].into_iter().zip(expected) {
            let error = (ours - theirs).abs() / theirs.abs();
            assert!(error < 1e-5, "{name}: {ours} for {theirs}");
            worst = worst.max(error);
        }
    }
    println!("log-probabilities differ from peft's by up to {worst:.1e} of them");
}

#[test]
fn the_documentation_lists_every_key_of_the_configuration() {
    let docs = include_str!("../../docs/vectors.md");
    let row = |what: &str, keys: Vec<String>| {
        let row = format!("| {what} | {} |\n", keys.join(", "));
        assert!(docs.contains(&row), "{row}");
    };
    let code = |key: &str| format!("`{key}`");
    row("applied", APPLIED.iter().map(|key| code(key)).collect());
    row("changes nothing", WITHOUT_EFFECT.iter().map(|key| code(key)).collect());
    for (key, what) in REFUSED {
        assert!(docs.contains(&format!("| `{key}` | {what} |\n")), "| `{key}` | {what} |");
    }
    for (key, values) in ONE_VALUE {
        assert!(
            docs.contains(&format!("| `{key}` | other than {values} |\n")),
            "| `{key}` | other than {values} |"
        );
    }
}
