//! Compares every model family with Hugging Face's transformers, loaded from safetensors folders and from GGUF files. The
//! models are tiny and random (see `tests/oracles/families.py`).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use crate::common::{device, oracle, oracle_path};
use safetensors::SafeTensors;
use vectors::adapter::Adapter;
use vectors::bake::{Ingredient, Recipe, bake};
use vectors::generate::{Limits, Request, Sampling, Step, generate};
use vectors::layer::Layer;
use vectors::model::{Device, Model, Precision, read_facts};
use vectors::pairs::EncodedPair;
use vectors::score::Scorer;
use vectors::steering::{Intervention, Positions, SteeringVector, Term};
use vectors::tokens::built_in_templates;
use vectors::train::{
    AnswerPosition, LoraConfig, LossAndGradient, Method, Schedule, TrainSettings, Training,
};

/// The models under test, with the family's name.
const FAMILIES: [(&str, &str); 13] = [
    ("llama", "Llama"),
    ("llama3", "Llama"),
    ("llama-linear", "Llama"),
    ("mistral", "Mistral"),
    ("qwen2", "Qwen2"),
    ("qwen2-yarn", "Qwen2"),
    ("qwen3", "Qwen3"),
    ("gemma2", "Gemma 2"),
    ("gemma2-scaled", "Gemma 2"),
    ("gemma3", "Gemma 3"),
    ("phi3", "Phi-3"),
    ("phi3-window", "Phi-3"),
    ("granite", "Granite"),
];
/// The models whose GGUF files give the same logits in llama.cpp.
const GGUF: [&str; 8] = ["llama", "llama3", "qwen2-yarn", "qwen3", "gemma2", "gemma3", "phi3", "granite"];

fn path(name: &str) -> PathBuf {
    oracle_path(&format!("families/{name}"))
}

fn load(name: &str, precision: Precision) -> Arc<Model> {
    let model = Model::open(path(name)).precision(precision).load();
    Arc::new(model.unwrap_or_else(|e| panic!("{name}: {e}")))
}

/// The results of transformers.
struct Oracle(HashMap<String, Vec<u8>>);

impl Oracle {
    fn read(name: &str) -> Self {
        let bytes = std::fs::read(path(&format!("{name}/oracle.safetensors"))).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        Self(tensors.iter().map(|(name, tensor)| (name.to_owned(), tensor.data().to_vec())).collect())
    }

    fn ids(&self, name: &str) -> Vec<u32> {
        self.0[name].as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f32> {
        self.0[name].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }

    fn pair(&self) -> EncodedPair {
        let [prompt, wanted, opposite] = ["prompt", "wanted", "opposite"].map(|part| self.ids(part));
        EncodedPair { prompt, wanted, opposite }
    }

    fn steering(&self) -> Vec<Term> {
        let vector = SteeringVector { layer: 0, values: self.numbers("vector").into() };
        vec![Term::Vector { vector, multiplier: 1.0, intervention: Intervention::default(), gate: None }]
    }
}

fn largest(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

/// Compares the logits at all positions, each from its own sequence.
fn check_logits(name: &str, model: &Model, oracle: &Oracle) {
    let (tokens, logits) = (oracle.ids("tokens"), oracle.numbers("logits"));
    let mut error = 0.0_f32;
    for (last, theirs) in logits.chunks_exact(logits.len() / tokens.len()).enumerate() {
        let ours = model.next_logits(&tokens[..=last], &[]).unwrap();
        error = error.max(largest(&ours, theirs));
    }
    println!("{name}: logits differ by up to {error:.1e}");
    assert!(error < 1e-4, "{name}: logits differ by {error}");
}

fn settings() -> TrainSettings {
    TrainSettings {
        method: Method::Bipo,
        layers: vec![0],
        position: AnswerPosition::Mean,
        epochs: 1,
        learning_rate: 5e-4,
        warmup_steps: 0,
        beta: 0.1,
        weight_decay: 0.0,
        clip_norm: 1.0,
        batch_pairs: 1,
        seed: 1,
        schedule: Schedule::Cosine,
        factors: Vec::new(),
        positions: Positions::Everywhere,
        ..TrainSettings::default()
    }
}

/// Compares a packed pair: log-probabilities, BiPO's loss and its gradient.
fn check_training(name: &str, model: &Arc<Model>, oracle: &Oracle) {
    let pairs = [oracle.pair()];
    let expected = oracle.numbers("log_probs");
    let scorer = Scorer::prepare(Arc::clone(model), &pairs, Layer(0).prefix(), None).unwrap();
    for (steering, expected) in [(vec![], &expected[..2]), (oracle.steering(), &expected[2..])] {
        let ours = scorer.log_probs(&steering, None).unwrap()[0];
        let error = largest(&[ours.wanted as f32, ours.opposite as f32], expected);
        assert!(error < 2e-4, "{name}: log-probabilities differ by {error}");
    }
    let training = Training::new(Arc::clone(model), &pairs, settings());
    let training = training.start(oracle.numbers("vector")).prepare().unwrap();
    let LossAndGradient { loss, gradient } = training.loss_and_gradient(&[0], 1, &[]).unwrap();
    let theirs = oracle.numbers("gradient");
    let scale = theirs.iter().fold(0.0_f32, |most, g| most.max(g.abs()));
    let error = largest(&gradient, &theirs) / scale;
    println!("{name}: the gradient differs by {error:.1e} of its largest number");
    assert!((loss - f64::from(oracle.numbers("loss")[0])).abs() < 2e-5, "{name}: the loss is {loss}");
    assert!(error < 1e-3, "{name}: the gradient differs by {error} of its largest number");
}

/// Compares answers generated token by token: two equal ones with steering and one without in one batch.
fn check_generation(name: &str, model: &Model, oracle: &Oracle) {
    let prompt = oracle.ids("prompt");
    let request = |steering| Request { prompt: prompt.clone(), steering, sampling: Sampling::default() };
    let requests = [request(oracle.steering()), request(vec![]), request(oracle.steering())];
    let limits = Limits { new_tokens: 12, rows: 3 };
    let answers = generate(model, &requests, limits, &mut |_: Step| ControlFlow::Continue(())).unwrap();
    assert_eq!(answers[0].ids, oracle.ids("greedy"), "{name}");
    assert_eq!(answers[2].ids, oracle.ids("greedy"), "{name}");
    let alone = generate(model, &requests[1..2], limits, &mut |_: Step| ControlFlow::Continue(())).unwrap();
    assert_eq!(alone[0].ids, answers[1].ids, "{name}");
}

fn check(name: &str, model: &Arc<Model>, oracle: &Oracle) {
    check_logits(name, model, oracle);
    check_training(name, model, oracle);
    check_generation(name, model, oracle);
}

#[test]
fn folders_agree_with_transformers() {
    for (name, family) in FAMILIES {
        let model = load(name, Precision::Quantized);
        assert_eq!(model.facts().family, family);
        check(name, &model, &Oracle::read(name));
    }
}

#[test]
fn gguf_files_agree_with_transformers() {
    for name in GGUF {
        check(name, &load(&format!("{name}.gguf"), Precision::Quantized), &Oracle::read(name));
    }
}

#[test]
fn candles_operations_agree_with_transformers_too() {
    // Candle's operations on the CPU stand in for a GPU, which can be selected instead.
    let device = Some(device()).filter(|device| *device != Device::Cpu).unwrap_or(Device::Candle);
    let on = |name: &str, precision| {
        Arc::new(Model::open(path(name)).device(device).precision(precision).load().unwrap())
    };
    for (name, _) in FAMILIES {
        check(name, &on(name, Precision::Quantized), &Oracle::read(name));
    }
    for name in GGUF {
        check(name, &on(&format!("{name}.gguf"), Precision::F32), &Oracle::read(name));
    }
}

#[test]
fn an_adapter_acts_equally_by_candles_operations() {
    for name in ["llama", "qwen3", "gemma3", "granite"] {
        let models = [Device::Cpu, Device::Candle].map(|device| {
            Arc::new(Model::open(path(name)).device(device).precision(Precision::F32).load().unwrap())
        });
        let oracle = Oracle::read(name);
        let shape = models[0].adapter_shape(2);
        let values: Vec<f32> = (0..shape.numbers()).map(|i| (0.3 * (0.7 * i as f64).sin()) as f32).collect();
        let adapter = Arc::new(Adapter::new(shape, 4.0, values.clone().into()).unwrap());
        let term = Term::Adapter { adapter, multiplier: 1.5 };
        let [ours, theirs] = models
            .each_ref()
            .map(|model| model.next_logits(&oracle.ids("tokens"), std::slice::from_ref(&term)).unwrap());
        assert!(largest(&ours, &theirs) < 1e-4, "{name}: {}", largest(&ours, &theirs));
        let request =
            Request { prompt: oracle.ids("prompt"), steering: vec![term], sampling: Sampling::default() };
        let limits = Limits { new_tokens: 8, rows: 1 };
        let [ours, theirs] = models.each_ref().map(|model| {
            generate(model, std::slice::from_ref(&request), limits, &mut |_: Step| ControlFlow::Continue(()))
                .unwrap()
        });
        assert_eq!(ours, theirs, "{name}");
        let lora = LoraConfig { rank: 2, alpha: 4.0 };
        let settings = TrainSettings { method: Method::DpoLora, layers: vec![], lora, ..settings() };
        let [ours, theirs] = models.map(|model| {
            let pairs = [oracle.pair()];
            let training = Training::new(model, &pairs, settings.clone());
            let training = training.start(values.as_slice()).prepare().unwrap();
            training.loss_and_gradient(&[0], 1, &[]).unwrap()
        });
        let scale = theirs.gradient.iter().fold(0.0_f32, |most, g| most.max(g.abs()));
        assert!((ours.loss - theirs.loss).abs() < 1e-5, "{name}");
        assert!(largest(&ours.gradient, &theirs.gradient) < 1e-3 * scale, "{name}");
    }
}

#[test]
fn weights_as_f32_give_the_same_and_as_eight_bits_nearly() {
    for name in ["llama", "gemma3", "granite"] {
        let oracle = Oracle::read(name);
        let [dense, stored, eight] =
            [Precision::F32, Precision::Quantized, Precision::Q8].map(|precision| load(name, precision));
        check_logits(name, &dense, &oracle);
        assert!(dense.weight_bytes() > stored.weight_bytes() && stored.weight_bytes() > eight.weight_bytes());
        let tokens = oracle.ids("tokens");
        let [ours, theirs] = [&eight, &dense].map(|model| model.next_logits(&tokens, &[]).unwrap());
        let error = largest(&ours, &theirs);
        println!("{name}: eight bits change logits by up to {error:.2}");
        assert!(error > 0.0 && error < 0.6, "{name}: {error}");
    }
}

#[test]
fn facts_are_read_without_loading() {
    let facts = read_facts(&path("gemma3")).unwrap();
    assert_eq!((facts.name.as_str(), facts.architecture.as_str()), ("gemma3", "gemma3_text"));
    assert_eq!((facts.blocks, facts.hidden_size, facts.heads, facts.kv_heads), (6, 32, 4, 2));
    assert_eq!((facts.head_size, facts.vocabulary, facts.context_length), (16, 320, 128));
    assert_eq!((facts.quantization.as_str(), facts.weight_bytes), ("BF16", 2 * facts.parameters));
    // One of the files also identifies its folder, and all parts make one model.
    let part = read_facts(&path("mistral/model-00002-of-00002.safetensors")).unwrap();
    let whole = read_facts(&path("mistral")).unwrap();
    assert_eq!((part.parameters, part.family), (whole.parameters, "Mistral".to_owned()));
    assert!(whole.file_bytes > whole.weight_bytes);
    // Phi-3's long models are read up to their original context length.
    assert_eq!(read_facts(&path("phi3")).unwrap().context_length, 512);
    assert_eq!(read_facts(&path("phi3.gguf")).unwrap().context_length, 512);
    assert_eq!(read_facts(&path("gemma3.gguf")).unwrap().name, "tiny gemma3");
}

#[derive(serde::Deserialize)]
struct Line {
    file: String,
    text: String,
    ids: Vec<u32>,
}

#[test]
fn tokenizers_of_gguf_files_and_folders_have_llama_cpps_ids() {
    let mut models: HashMap<String, [Arc<Model>; 2]> = HashMap::new();
    let lines: Vec<Line> =
        oracle("families/tokens.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 16 * GGUF.len());
    for line in lines {
        let folder = line.file.strip_suffix(".gguf").unwrap();
        let of = [line.file.as_str(), folder];
        let models = models
            .entry(line.file.clone())
            .or_insert_with(|| of.map(|name| load(name, Precision::default())));
        for model in models {
            assert_eq!(
                model.tokenizer().encode(&line.text).unwrap(),
                line.ids,
                "{}: {:?}",
                line.file,
                line.text
            );
        }
    }
}

#[test]
fn texts_begin_once_and_turns_end_as_the_template_says() {
    for name in ["llama", "qwen3", "gemma3.gguf", "llama3.gguf"] {
        let model = load(name, Precision::Quantized);
        let tokenizer = model.tokenizer();
        let [begin, turn] = ["<|begin|>", "<|turn|>"].map(|token| tokenizer.encode(token).unwrap()[0]);
        // The begin token occurs once, although both the template and the tokenizer add it.
        let ids = model.encode_question("Be brief.", "Hi").unwrap();
        assert_eq!(ids.iter().filter(|id| **id == begin).count(), 1, "{name}");
        assert_eq!((ids[0], ids[1]), (begin, turn));
        let bare = model.with_template("{% for m in messages %}{{ m.content }}{% endfor %}").unwrap();
        assert_eq!(bare.encode_question("", "Hi").unwrap()[0], begin, "{name}");
        for built_in in built_in_templates() {
            let other = model.with_template(built_in.source).unwrap();
            let ids = other.encode_question("Be brief.", "Hi").unwrap();
            assert_eq!((ids[0], ids[1] == begin), (begin, false), "{name} with {}", built_in.name);
        }
        assert_eq!(tokenizer.end_of_turn(), tokenizer.encode("<|end|>").unwrap()[0], "{name}");
        assert!(!model.template().folds_system());
        assert_eq!(model.decode(&tokenizer.encode("the cat 价格 🙂").unwrap()), "the cat 价格 🙂", "{name}");
    }
}

#[test]
fn an_adapter_acts_equally_on_the_folder_and_on_the_gguf_file_of_the_same_weights() {
    for name in GGUF {
        let (folder, gguf) = (load(name, Precision::F32), load(&format!("{name}.gguf"), Precision::F32));
        let (shape, tokens) = (folder.adapter_shape(2), Oracle::read(name).ids("tokens"));
        let values: Vec<f32> = (0..shape.numbers()).map(|i| 0.2 * (1.7 * i as f32).sin()).collect();
        let adapter = Arc::new(Adapter::new(shape, 4.0, values.into()).unwrap());
        let at = |multiplier| vec![Term::Adapter { adapter: Arc::clone(&adapter), multiplier }];
        let logits = |model: &Model, multiplier| model.next_logits(&tokens, &at(multiplier)).unwrap();
        let (ours, moved) = (logits(&folder, 1.5), largest(&logits(&folder, 1.5), &logits(&folder, 0.0)));
        let error = largest(&ours, &logits(&gguf, 1.5));
        println!("{name}: moved by {moved:.1e}, apart by {error:.1e}");
        assert!(moved > 1e-2 && error < 1e-4, "{name}: moved by {moved}, apart by {error}");

        // Decoding token by token gives the same result.
        let request = Request { prompt: tokens.clone(), steering: at(1.5), sampling: Sampling::default() };
        let limits = Limits { new_tokens: 4, rows: 1 };
        let answer = generate(&folder, &[request], limits, &mut |_| ControlFlow::Continue(())).unwrap();
        let mut read = tokens.clone();
        for id in &answer[0].ids {
            let logits = folder.next_logits(&read, &at(1.5)).unwrap();
            let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            assert!(most - logits[*id as usize] < 1e-4, "{name}: {id} is not the likeliest");
            read.push(*id);
        }
    }
}

#[test]
fn a_baked_model_computes_what_transformers_computes_with_a_hook() {
    for (name, bound) in [
        ("llama.gguf", 2e-4),
        ("llama3.gguf", 2e-4),
        ("granite.gguf", 2e-4),
        // Folders of 16 bits round the vector: to 11 bits in F16, to 8 in BF16.
        ("llama", 5e-3),
        ("granite", 5e-3),
        ("llama3", 5e-2),
        ("llama-linear", 5e-2),
    ] {
        let oracle = Oracle::read(name.trim_end_matches(".gguf"));
        let terms = oracle.steering();
        let vector = Ingredient { name: name.into(), hash: String::new(), multiplier: 1.0, terms };
        let recipe = Recipe { ingredients: vec![vector], made_by: String::new() };
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("baked");
        bake(&path(name), &recipe, &target, false, None).unwrap();
        for device in [device(), Device::Candle] {
            let model = Arc::new(Model::open(&target).device(device).load().unwrap());
            let scorer =
                Scorer::prepare(Arc::clone(&model), &[oracle.pair()], Layer(0).prefix(), None).unwrap();
            let ours = scorer.log_probs(&[], None).unwrap()[0];
            let steered = &oracle.numbers("log_probs")[2..];
            let error = largest(&[ours.wanted as f32, ours.opposite as f32], steered);
            println!("{name} on {device:?}: log-probabilities differ by up to {error:.1e}");
            assert!(error < bound, "{name} on {device:?}: log-probabilities differ by {error}");
            let prompt = oracle.ids("prompt");
            let request = Request { prompt, steering: Vec::new(), sampling: Sampling::default() };
            let limits = Limits { new_tokens: 12, rows: 1 };
            let answers =
                generate(&model, &[request], limits, &mut |_: Step| ControlFlow::Continue(())).unwrap();
            assert_eq!(answers[0].ids, oracle.ids("greedy"), "{name} on {device:?}");
        }
    }
}
