use serde_json::json;

use super::super::SteeringFile;
use super::*;
use crate::adapter::{Projections, Shape};
use crate::layer::PrefixBlocks;
use crate::steering::Term;

fn file() -> AdapterFile {
    let on = Projections::default();
    let shape = Shape { blocks: 11, rank: 2, inputs: 3, queries: 4, values: 2, feed_forward: 0, on };
    let values = (0..shape.numbers()).map(|at| at as f32 * 0.5).collect();
    let adapter = Arc::new(Adapter::new(shape, 16.0, values).unwrap());
    let provenance = Provenance { method: Some("dpo_lora".into()), seed: Some(7), ..Provenance::default() };
    AdapterFile { adapter, provenance, notes: vec![] }
}

/// A file of tensors `N.q_proj.lora_A` and their shapes, with numbers that differ.
fn tensors(names: &[(String, [usize; 2])]) -> Vec<u8> {
    let tensor = |(at, (name, shape)): (usize, &(String, [usize; 2]))| {
        let numbers: Vec<f32> =
            (0..shape[0] * shape[1]).map(|number| ((number + 7 * at) as f32 * 0.37).sin()).collect();
        let (block, matrix) = name.split_once('.').unwrap();
        let name = format!("base_model.model.model.layers.{block}.self_attn.{matrix}.weight");
        (name, shape.to_vec(), bytes::to_bytes(&numbers))
    };
    layout::serialize(vec![], names.iter().enumerate().map(tensor))
}

/// The tensors of blocks with these ranks of queries and values, of 3 inputs, 4 queries and 2 values.
fn blocks(ranks: &[(usize, [usize; 2])]) -> Vec<(String, [usize; 2])> {
    let module = |block: usize, name: &str, rank: usize, outputs: usize| {
        let matrix = |letter: &str| format!("{block}.{name}.lora_{letter}");
        [(matrix("A"), [rank, 3]), (matrix("B"), [outputs, rank])]
    };
    let of_block = |(block, [q, v]): &(usize, [usize; 2])| {
        [module(*block, "q_proj", *q, 4), module(*block, "v_proj", *v, 2)].concat()
    };
    ranks.iter().flat_map(of_block).collect()
}

fn config(more: Value) -> Vec<u8> {
    let mut config =
        json!({"peft_type": "LORA", "r": 2, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]});
    let Value::Object(more) = more else { panic!("{more}") };
    config.as_object_mut().unwrap().extend(more);
    config.to_string().into_bytes()
}

fn read(file: &[u8], more: Value) -> Result<AdapterFile, FileError> {
    AdapterFile::parse(file, Some(&config(more)), None)
}

fn refused(file: &[u8], more: Value) -> String {
    read(file, more).unwrap_err().to_string()
}

/// What an adapter adds to the weights of a block: alpha / rank · B A of the queries, then of the values.
fn products(adapter: &Adapter, block: usize) -> Vec<f64> {
    let [qa, qb, va, vb] = adapter.matrices(block)[..] else { panic!() };
    let rank = adapter.shape().rank;
    let scale = f64::from(adapter.alpha()) / rank as f64;
    let product = |a: &[f32], b: &[f32]| -> Vec<f64> {
        let columns = a.len() / rank;
        let row = |row: &[f32], column: usize| {
            (0..rank).map(|at| f64::from(row[at]) * f64::from(a[at * columns + column])).sum::<f64>() * scale
        };
        b.chunks_exact(rank)
            .flat_map(|of_b| (0..columns).map(|at| row(of_b, at)).collect::<Vec<_>>())
            .collect()
    };
    [product(qa, qb), product(va, vb)].concat()
}

/// Checks that an adapter adds `factors` times what another one does, to the queries and to the values of a block.
fn assert_scaled(adapter: &AdapterFile, plain: &AdapterFile, block: usize, factors: [f64; 2]) {
    let (ours, theirs) = (products(&adapter.adapter, block), products(&plain.adapter, block));
    for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        let expected = theirs * factors[usize::from(at >= 12)];
        assert!((ours - expected).abs() < 1e-6 * expected.abs().max(1e-3), "{at}: {ours} for {expected}");
    }
}

#[test]
fn a_file_is_read_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(MODEL_NAME);
    file().write(&path).unwrap();
    let read = SteeringFile::read(&path, None).unwrap();
    assert_eq!(read, SteeringFile::Adapter(file()));
    assert_eq!(SteeringFile::read(folder.path(), None).unwrap(), read, "the folder names the adapter");
    assert_eq!((read.prefix(), read.terms(0.5).len()), (PrefixBlocks::NONE, 1));
    assert!(matches!(read.terms(0.5)[0], Term::Adapter { multiplier: 0.5, .. }));
    // Our own metadata are enough, and a configuration that says otherwise is not passed over.
    std::fs::write(folder.path().join(CONFIG_NAME), config(json!({"lora_alpha": 8}))).unwrap();
    let message = AdapterFile::read(&path).unwrap_err().to_string();
    assert!(message.contains("alpha 16") && message.contains("lora_alpha 8"), "{message}");
    std::fs::remove_file(folder.path().join(CONFIG_NAME)).unwrap();
    assert_eq!(AdapterFile::read(&path).unwrap(), file());
}

#[test]
fn every_projection_is_written_and_read_back() {
    let on = Projections::all();
    let shape = Shape { blocks: 2, rank: 2, inputs: 3, queries: 4, values: 2, feed_forward: 5, on };
    for on in [on, "o_proj,down_proj".parse().unwrap(), "gate_proj".parse().unwrap()] {
        let shape = shape.acting_on(on);
        let values = (0..shape.numbers()).map(|at| at as f32 * 0.25).collect();
        let adapter = Arc::new(Adapter::new(shape, 3.0, values).unwrap());
        let file = AdapterFile { adapter, ..file() };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(MODEL_NAME);
        file.write(&path).unwrap();
        let config: Value =
            serde_json::from_slice(&std::fs::read(folder.path().join(CONFIG_NAME)).unwrap()).unwrap();
        assert_eq!(config["target_modules"], serde_json::to_value(on).unwrap());
        assert_eq!(AdapterFile::read(&path).unwrap(), file);
    }
}

#[test]
fn alpha_comes_from_the_configuration_where_the_file_has_none() {
    let two = tensors(&blocks(&[(0, [2, 2]), (1, [2, 2])]));
    let plain = read(&two, json!({})).unwrap();
    assert_eq!((plain.adapter.alpha(), plain.notes.len()), (8.0, 0));
    let nothing = AdapterFile::parse(&two, None, None).unwrap_err().to_string();
    assert!(nothing.contains("no adapter_config.json"), "{nothing}");
    for alpha in [json!(0), json!(null), json!("8"), json!(-4), json!(1e300)] {
        assert!(refused(&two, json!({"lora_alpha": alpha})).contains("alpha"), "{alpha}");
    }
}

#[test]
fn patterns_set_the_rank_and_alpha_of_modules() {
    let plain = read(&tensors(&blocks(&[(0, [2, 2]), (1, [2, 2])])), json!({})).unwrap();
    let two = tensors(&blocks(&[(0, [2, 2]), (1, [2, 2])]));
    let one = read(&two, json!({"alpha_pattern": {"q_proj": 64}})).unwrap();
    assert_eq!((one.adapter.alpha(), one.adapter.shape().rank), (64.0, 2));
    assert!(one.notes[0].contains("same effect"), "{:?}", one.notes);
    for block in 0..2 {
        assert_scaled(&one, &plain, block, [8.0, 1.0]);
    }
    // The first pattern that fits decides, in the order of the file.
    let ordered = br#"{"peft_type": "LORA", "r": 2, "lora_alpha": 8,
        "alpha_pattern": {"v_proj": 4, "model.layers.1.self_attn.v_proj": 99, "^model\\.layers\\.0\\..*": 2}}"#;
    let ordered = AdapterFile::parse(&two, Some(ordered), None).unwrap();
    assert_scaled(&ordered, &plain, 0, [0.25, 0.5]);
    assert_scaled(&ordered, &plain, 1, [1.0, 0.5]);
    // √2 times as much, at any rank of its own.
    let stable = read(&two, json!({"use_rslora": true})).unwrap();
    assert_scaled(&stable, &plain, 0, [2_f64.sqrt(); 2]);
    assert!(stable.notes[0].contains("rank-stabilised"));
}

#[test]
fn lower_ranks_are_filled_up_with_zeros() {
    let file = tensors(&blocks(&[(0, [4, 2]), (1, [4, 1])]));
    let ranks = json!({"q_proj": 4, "layers.1.self_attn.v_proj": 1});
    let mixed = read(&file, json!({"rank_pattern": ranks})).unwrap();
    assert_eq!(mixed.adapter.shape().rank, 4);
    // What each module adds is alpha / its own rank times its own matrices.
    let names = blocks(&[(0, [4, 2]), (1, [4, 1])]);
    for (block, at, rank) in [(0, 0, 4), (0, 1, 2), (1, 0, 4), (1, 1, 1)] {
        let expected = product_of(&own_numbers(&names, block, at), rank, 8.0 / rank as f64);
        let all = products(&mixed.adapter, block);
        let ours = if at == 0 { &all[..12] } else { &all[12..] };
        assert_eq!(ours.len(), expected.len());
        for (ours, expected) in ours.iter().zip(&expected) {
            assert!((ours - expected).abs() < 1e-6, "block {block}, {at}: {ours} for {expected}");
        }
    }
    assert!(refused(&file, json!({})).contains("rank 4"));
    assert!(refused(&file, json!({"rank_pattern": {"q_proj": 0}})).contains("no rank"));
}

/// The numbers that [`tensors`] gives A and B of a module.
fn own_numbers(names: &[(String, [usize; 2])], block: usize, at: usize) -> [Vec<f32>; 2] {
    let projection = ["q_proj", "v_proj"][at];
    ["A", "B"].map(|letter| {
        let name = format!("{block}.{projection}.lora_{letter}");
        let place = names.iter().position(|(known, _)| *known == name).unwrap();
        let [rows, columns] = names[place].1;
        (0..rows * columns).map(|number| ((number + 7 * place) as f32 * 0.37).sin()).collect()
    })
}

fn product_of([a, b]: &[Vec<f32>; 2], rank: usize, scale: f64) -> Vec<f64> {
    let cell = |row: &[f32], column: usize| {
        (0..rank).map(|at| f64::from(row[at]) * f64::from(a[at * 3 + column])).sum::<f64>() * scale
    };
    b.chunks_exact(rank).flat_map(|row| (0..3).map(|column| cell(row, column)).collect::<Vec<_>>()).collect()
}

#[test]
fn blocks_that_the_configuration_leaves_out_have_zeros() {
    let second = tensors(&blocks(&[(1, [2, 2])]));
    let some =
        |blocks| AdapterFile::parse(&second, Some(&config(json!({"layers_to_transform": [1]}))), blocks);
    let two = some(None).unwrap();
    assert_eq!(two.adapter.shape().blocks, 2);
    assert!(two.adapter.matrices(0).iter().all(|matrix| matrix.iter().all(|number| *number == 0.0)));
    assert!(two.notes[0].contains("2 of the 4 projections"), "{:?}", two.notes);
    assert_eq!(some(Some(5)).unwrap().adapter.shape().blocks, 5);
    // Without such a word the block is missing, and those after the last one are not made up.
    assert!(refused(&second, json!({})).contains("block 0 are missing"));
    let all = tensors(&blocks(&[(0, [2, 2]), (1, [2, 2])]));
    let whole = AdapterFile::parse(&all, Some(&config(json!({}))), Some(5)).unwrap();
    assert_eq!((whole.adapter.shape().blocks, whole.notes.len()), (2, 0));
    // What peft would not load is not taken either.
    let message = refused(&all, json!({"layers_to_transform": 1}));
    assert!(
        message.contains("model.layers.0.self_attn.q_proj") && message.contains("leaves out"),
        "{message}"
    );
    let without_v = json!({"exclude_modules": ["layers.0.self_attn.v_proj"]});
    assert!(refused(&all, without_v.clone()).contains("leaves out"));
    let names: Vec<_> = blocks(&[(0, [2, 2]), (1, [2, 2])])
        .into_iter()
        .filter(|(name, _)| !name.starts_with("0.v"))
        .collect();
    assert!(read(&tensors(&names), without_v).is_ok());
    let more = read(&all, json!({"target_modules": ["q_proj", "v_proj", "gate_proj"]})).unwrap();
    assert!(more.notes[0].contains("\"gate_proj\""), "{:?}", more.notes);
}

#[test]
fn what_changes_the_computation_is_refused_by_its_name() {
    let file = tensors(&blocks(&[(0, [2, 2])]));
    for (key, value) in [
        ("peft_type", json!("ADALORA")),
        ("peft_type", json!(null)),
        ("task_type", json!("SEQ_CLS")),
        ("bias", json!("all")),
        ("bias", json!("lora_only")),
        ("bias", json!(null)),
        ("init_lora_weights", json!("pissa")),
        ("init_lora_weights", json!("pissa_niter_16")),
        ("init_lora_weights", json!("olora")),
        ("init_lora_weights", json!("corda")),
        ("init_lora_weights", json!("loftq")),
        ("init_lora_weights", json!("lora_ga")),
        ("init_lora_weights", json!("a new one")),
        ("alora_invocation_tokens", json!([])),
        ("use_rslora", json!("yes")),
        ("lora_magic", json!(1)),
        ("lora_magic", json!("on")),
        ("layers_pattern", json!([null])),
        ("layers_to_transform", json!(["1"])),
        ("target_modules", json!(7)),
        ("alpha_pattern", json!(["q_proj"])),
        ("alpha_pattern", json!({"(": 3})),
    ] {
        let message = refused(&file, json!({key: value.clone()}));
        assert!(message.contains(key), "{key} = {value}: {message}");
    }
    for (key, _) in REFUSED {
        assert!(refused(&file, json!({key: true})).contains(key), "{key}");
        assert!(refused(&file, json!({key: {"a": 1}})).contains(key), "{key}");
        assert!(read(&file, json!({key: null})).is_ok(), "{key}");
    }
}

#[test]
fn what_changes_nothing_is_read_and_an_unknown_empty_key_is_reported() {
    let file = tensors(&blocks(&[(0, [2, 2])]));
    for key in WITHOUT_EFFECT {
        let read = read(&file, json!({key: {"a": 1}})).unwrap();
        assert_eq!(read.notes, Vec::<String>::new(), "{key}");
    }
    for name in ["gaussian", "eva", "orthogonal", "mica"] {
        assert!(read(&file, json!({"init_lora_weights": name})).is_ok(), "{name}");
    }
    for value in [json!(null), json!(false), json!([]), json!({}), json!("")] {
        let read = read(&file, json!({"lora_magic": value})).unwrap();
        assert!(read.notes[0].contains("\"lora_magic\""), "{:?}", read.notes);
    }
    let named =
        read(&file, json!({"target_modules": "all-linear", "rank_pattern": null, "alpha_pattern": {}}));
    assert!(named.unwrap().notes.is_empty());
    for broken in [&b"{"[..], b"[]", b"{\"lora_alpha\": 8}", b"{\"peft_type\": \"LORA\"}", b"\xff"] {
        assert!(AdapterFile::parse(&file, Some(broken), None).is_err(), "{broken:?}");
    }
    let many: serde_json::Map<String, Value> = (0..40).map(|at| (format!("x{at}|y"), json!(1))).collect();
    assert!(refused(&file, json!({"alpha_pattern": many})).contains("40 expressions"));
}

#[test]
fn matrices_that_are_missing_or_of_another_kind_are_refused() {
    let block = blocks(&[(0, [1, 1])]);
    let message = |names: &[(String, [usize; 2])]| refused(&tensors(names), json!({"r": 1}));
    assert!(read(&tensors(&block), json!({"r": 1})).is_ok());
    assert!(message(&block[..3]).contains("lora_B of model.layers.0.self_attn.v_proj is missing"));
    assert!(message(&block[..2]).contains("v_proj in block 0 are missing"));
    // One projection alone is an adapter where the configuration names no other.
    let alone = read(&tensors(&block[..2]), json!({"r": 1, "target_modules": ["q_proj"]})).unwrap();
    let shape = alone.adapter.shape();
    assert_eq!((shape.on, shape.queries, shape.values), ("q_proj".parse().unwrap(), 4, 0));
    let more = |name: &str, shape| message(&[&block[..], &[(name.to_owned(), shape)]].concat());
    assert!(more("2.q_proj.lora_A", [1, 3]).contains("lora_B"));
    assert!(message(&[&block[..], &blocks(&[(2, [1, 1])])].concat()).contains("block 1 are missing"));
    assert!(more("0.up_proj.lora_A", [1, 3]).contains("up_proj"));
    assert!(more("5000.q_proj.lora_A", [1, 3]).contains("no block 5000"));
    let wide = [&block[..2], &[("0.v_proj.lora_A".to_owned(), [1, 4])], &block[3..]].concat();
    assert!(message(&wide).contains("[1, 4]"));
    let uneven = [&block[..3], &[("0.v_proj.lora_B".to_owned(), [2, 2])]].concat();
    assert!(message(&uneven).contains("no rank in common"));
}

#[test]
fn a_rank_that_would_fill_the_memory_is_refused() {
    // One module of a high rank in one of a thousand blocks: with the zeros of the others it takes 200 GB.
    let mut names = blocks(&[(0, [4000, 1]), (1, [1, 1])]);
    for (name, shape) in &mut names {
        match (name.as_str(), name.ends_with('A')) {
            ("0.q_proj.lora_B" | "1.q_proj.lora_B", _) => shape[0] = 40,
            (_, true) => shape[1] = 40,
            _ => {}
        }
    }
    let named =
        json!({"r": 1, "rank_pattern": {"layers.0.self_attn.q_proj": 4000}, "layers_to_transform": [0, 1]});
    let read = AdapterFile::parse(&tensors(&names), Some(&config(named)), Some(1024));
    let message = read.unwrap_err().to_string();
    assert!(message.contains("rank 4000 on 1024 blocks"), "{message}");
}

#[test]
fn another_adapter_or_model_beside_the_first_is_refused() {
    let tensor =
        |name: &str, shape: [usize; 2]| (name.to_owned(), shape.to_vec(), vec![0; 4 * shape[0] * shape[1]]);
    let of = |names: [&str; 4]| {
        let shapes = [[2, 3], [4, 2], [2, 3], [2, 2]];
        layout::serialize(vec![], names.iter().zip(shapes).map(|(name, shape)| tensor(name, shape)))
    };
    let head = "model.layers.0.self_attn";
    let named = |adapter: &str| {
        let tail = |part: &str| format!("{head}.{part}{adapter}.weight");
        ["q_proj.lora_A", "q_proj.lora_B", "v_proj.lora_A", "v_proj.lora_B"].map(tail)
    };
    let (own, other) = (named(".default"), named(".other"));
    assert!(read(&of(own.each_ref().map(String::as_str)), json!({})).is_ok());
    let mixed = of([&own[0], &own[1], &other[2], &other[3]]);
    assert!(refused(&mixed, json!({})).contains("another model or adapter"));
    let vision = of([&own[0], &own[1], "vision_tower.layers.0.self_attn.v_proj.lora_A.weight", &own[3]]);
    assert!(refused(&vision, json!({})).contains("vision_tower"));
}

/// The rows of a small grammar from which configurations are made that are nearly right.
fn any_value() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (1_u64..5).prop_map(Value::from),
        "[a-z_.*()|^$\\\\\\[\\]{},0-9?+-]{0,12}".prop_map(Value::from),
        Just(json!("LORA")),
        Just(json!("q_proj")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_.*()|^$\\\\0-9]{0,12}", inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest::proptest! {
    #[test]
    fn no_configuration_does_harm(key in proptest::sample::select(keys()), value in any_value(), cut in 0_usize..400) {
        let file = tensors(&blocks(&[(0, [2, 2]), (1, [2, 1])]));
        let whole = config(json!({key: value, "rank_pattern": {"layers.1.self_attn.v_proj": 1}}));
        for config in [&whole[..], &whole[..cut.min(whole.len())]] {
            if let Ok(read) = AdapterFile::parse(&file, Some(config), Some(3)) {
                // What was read is an adapter of its own, which needs no configuration.
                let again = AdapterFile::parse(&read.to_bytes(), None, None).unwrap();
                proptest::prop_assert_eq!(again.adapter, read.adapter);
            }
        }
    }

    #[test]
    fn a_damaged_byte_of_the_tensors_does_no_harm(place in 0_usize..1200, byte in proptest::prelude::any::<u8>()) {
        let mut file = tensors(&blocks(&[(0, [2, 2]), (1, [2, 2])]));
        let place = place % file.len();
        file[place] = byte;
        if let Ok(read) = AdapterFile::parse(&file, Some(&config(json!({}))), None) {
            proptest::prop_assert!(read.adapter.values().iter().all(|number| number.is_finite()));
        }
    }
}

/// The keys that are known, and one that is not.
fn keys() -> Vec<&'static str> {
    let refused = REFUSED.iter().map(|(key, _)| *key);
    let one = ONE_VALUE.iter().map(|(key, _)| *key);
    APPLIED.into_iter().chain(WITHOUT_EFFECT).chain(refused).chain(one).chain(["lora_magic"]).collect()
}
