//! Tests the commands that train vectors and adapters and carry them from one format to another.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Folder, LAYER, SIZE, lines, number, numbers, parse, refusal, run};

#[test]
fn a_trained_vector_goes_through_every_format_unchanged() {
    let folder = Folder::new();
    let out = folder.path("v.safetensors");
    let data = folder.pairs();
    let train = |out: &str| {
        lines(&[
            "train",
            "--data",
            &data,
            "--method",
            "bipo",
            "--layer",
            LAYER,
            "--max-steps",
            "2",
            "--batch",
            "2",
            "--out",
            out,
            "--json",
        ])
    };
    let made = train(&out);
    assert_eq!(made.len(), 3, "two steps and the vector");
    assert_eq!((number(&made[1], "step"), number(&made[1], "steps")), (2.0, 2.0));
    assert!(number(&made[0], "loss") > 0.0 && number(&made[0], "gradient_norm") > 0.0);
    let last = &made[2];
    assert_eq!((last["stopped"].clone(), last["layers"][0]["layer"].clone()), (false.into(), 26.into()));
    assert_eq!(number(&last["layers"][0], "norm").to_bits(), number(&made[1], "vector_norm").to_bits());

    let info = &lines(&["vector", "info", &out, "--json"])[0];
    for (field, value) in [("method", "bipo"), ("architecture", "llama"), ("policy", "add at every position")]
    {
        assert_eq!(info[field], value, "{info}");
    }
    assert_eq!(info["model_fingerprint"].as_str().map(str::len), Some(64));
    assert_eq!(info["data_hash"].as_str().map(str::len), Some(64));

    let before = numbers(&folder, &out, None);
    assert_eq!(before[0][1].as_array().map(Vec::len), Some(SIZE));
    for ending in ["gguf", "json", "safetensors", "pt", "npy"] {
        let converted = folder.path(&format!("converted.{ending}"));
        lines(&["vector", "convert", &out, &converted, "--json"]);
        let layer = ["pt", "npy"].contains(&ending).then_some(LAYER);
        assert_eq!(numbers(&folder, &converted, layer), before, "{ending}");
        if layer.is_some() {
            let text = String::from_utf8(run(&["vector", "info", &converted]).stdout).expect("UTF-8");
            assert!(text.contains("does not say the layer, give it with --layer"), "{text}");
            let (code, message) = refusal(&["vector", "convert", &converted, &folder.path("other.json")]);
            assert!(code == 3 && message.contains("--layer"), "{message}");
        }
    }

    // The same settings, data and seed give the same bits.
    let again = folder.path("again.safetensors");
    train(&again);
    assert_eq!(numbers(&folder, &again, None), before);
}

#[test]
fn methods_without_steps_make_a_vector_for_each_layer() {
    let folder = Folder::new();
    let data = folder.file(
        "pairs.jsonl",
        "{\"prompt\": \"What now?\", \"wanted\": \"Take it.\", \"opposite\": \"Share it.\", \"split\": \"train\"}\n\
         {\"prompt\": \"Why?\", \"wanted\": \"Money.\", \"opposite\": \"People.\", \"split\": \"held-out\"}\n",
    );
    for method in ["caa", "freeform"] {
        let out = folder.path(&format!("{method}.npy"));
        let made = lines(&[
            "train", "--data", &data, "--method", method, "--layer", "27,25", "--out", &out, "--json",
        ]);
        assert_eq!(made.len(), 2, "what the held-out pair says, and the vectors: {made:?}");
        assert!(made[0]["held_out_plus"].is_f64(), "{}", made[0]);
        let layers: Vec<&Value> =
            made[1]["layers"].as_array().expect("layers").iter().map(|layer| &layer["layer"]).collect();
        assert_eq!(layers, [25, 27]);
        let back = numbers(&folder, &out, None);
        assert_eq!((back[0][0].clone(), back[1][0].clone()), (25.into(), 27.into()));
    }
}

#[test]
fn a_vector_is_transferred_to_a_model_of_another_size() {
    let folder = Folder::new();
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/families/llama.gguf");
    let tiny = tiny.to_str().expect("UTF-8");
    let (vector, data, out) = (folder.vector(14), folder.pairs(), folder.path("transferred.safetensors"));
    let transfer = ["vector", "transfer", "--vector", &vector, "--to-model", tiny, "--out", &out, "--json"];
    let line = lines(&[transfer.as_slice(), &["--data", &data]].concat()).pop().expect("a line");
    let map = &line["map"];
    assert_eq!((line["size"].as_u64(), map["from_layer"].as_u64()), (Some(64), Some(14)));
    assert_eq!(line["layers"][0]["layer"], map["layer"]);
    assert!(
        number(map, "r_squared") > number(map, "shuffled_r_squared") && number(map, "rows") > 300.0,
        "{map}"
    );
    let shares = [
        0.05 * 288.0_f64.sqrt() / number(map, "from_norm"),
        number(&line["layers"][0], "norm") / number(map, "norm"),
    ];
    assert!((shares[0] / shares[1] - 1.0).abs() < 0.01, "{shares:?}");
    let made_from = line["made_from"].as_str().expect("how it was made");
    assert!(made_from.contains("(experimental)") && made_from.contains("pairs.csv"), "{made_from}");
    assert_eq!(line["model"], lines(&["model", "info", "--model", tiny, "--json"])[0]["name"]);
    // The file records the same source, and its vector steers the other model.
    let info = &lines(&["vector", "info", &out, "--json"])[0];
    assert_eq!(info["made_from"], line["made_from"]);
    let answer = ["generate", "--model", tiny, "--prompt", "the cat", "--vector", &out, "--multipliers", "1"];
    assert!(run(&[answer.as_slice(), &["--max-new-tokens", "2"]].concat()).status.success());

    let few = folder.file("few.txt", "One line.\n\nAnother line.\n");
    for (more, words) in [
        (["--texts", few.as_str()], "five passages"),
        (["--to-layer", "77"], "layer 77"),
        (["--texts", "nowhere.txt"], "nowhere.txt"),
        (["--layer", "3"], "layer"),
    ] {
        let (code, message) = refusal(&[transfer.as_slice(), &more].concat());
        assert!(code == 3 && message.contains(words), "{more:?}: {code} {message}");
    }
}

#[test]
fn an_adapter_is_trained_applied_and_swept_like_a_vector() {
    let folder = Folder::new();
    let (out, data) = (folder.path("adapter_model.safetensors"), folder.pairs());
    let train = ["train", "--data", &data, "--method", "dpo-lora", "--rank", "2", "--alpha", "4"];
    let more = ["--max-steps", "2", "--batch", "2", "--lr", "0.01", "--warmup", "0", "--json"];
    let made = lines(&[&train[..], &more, &["--out", &out]].concat());
    assert_eq!(made.len(), 3, "two steps and the adapter");
    // Before the first step the adapter adds nothing, so the loss is ln 2.
    assert!((number(&made[0], "loss") - std::f64::consts::LN_2).abs() < 1e-6);
    let about = &made[2]["adapter"];
    assert_eq!((about["rank"].as_u64(), about["blocks"].as_u64()), (Some(2), Some(30)));
    assert_eq!(about["numbers"].as_u64(), Some(30 * 2 * (576 + 576 + 576 + 192)));
    assert_eq!(number(about, "norm").to_bits(), number(&made[1], "vector_norm").to_bits());
    let config: Value =
        serde_json::from_slice(&fs::read(folder.path("adapter_config.json")).expect("peft's configuration"))
            .expect("JSON");
    assert_eq!((config["r"].as_u64(), config["lora_alpha"].as_f64()), (Some(2), Some(4.0)));
    assert_eq!(lines(&["vector", "info", &out, "--json"])[0]["adapter"], *about);

    // A second run gives the same file, apart from its name.
    let again = folder.path("again.safetensors");
    lines(&[&train[..], &more, &["--out", &again]].concat());
    let norm = |file: &str| number(&lines(&["vector", "info", file, "--json"])[0]["adapter"], "norm");
    assert_eq!(norm(&again).to_bits(), norm(&out).to_bits());

    let scored = |arguments: &[&str]| {
        let plain = ["logprobs", "--data", &data, "--json"];
        let all = lines(&[&plain[..], arguments].concat());
        all.iter().map(|line| number(line, "matching") - number(line, "not_matching")).collect::<Vec<_>>()
    };
    let plain = scored(&[]);
    assert_eq!(scored(&["--vector", &out, "--multiplier", "0"]), plain);
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let swept = lines(&[
        "sweep",
        "--data",
        &data,
        "--vector",
        &out,
        "--multipliers=-1,0,1",
        "--score",
        "preference",
        "--json",
    ]);
    let scores: Vec<f64> = swept.iter().map(|point| number(point, "score")).collect();
    assert!(scores[0] < scores[1] && scores[1] < scores[2], "{scores:?}");
    assert!((scores[1] - mean(&plain)).abs() < 1e-9);
    assert!((scores[2] - mean(&scored(&["--vector", &out]))).abs() < 1e-9);

    let answers = |multipliers: &str| {
        let asked = ["generate", "--prompt", "Why?", "--max-new-tokens", "3", "--vector", &out];
        lines(&[&asked[..], &["--multipliers", multipliers, "--json"]].concat())
    };
    let plain = lines(&["generate", "--prompt", "Why?", "--max-new-tokens", "3", "--json"]);
    assert_eq!(answers("0,2")[0]["ids"], plain[0]["ids"]);
    let logits =
        ["logits", "--prompt", "Why?", "--top", "1", "--vector", &out, "--multiplier", "2", "--json"];
    assert_eq!(lines(&logits)[0]["logits"][0][0], answers("2")[0]["ids"][0]);
}

#[test]
fn options_that_do_not_fit_an_adapter_are_refused() {
    let folder = Folder::new();
    let (data, vector) = (folder.pairs(), folder.vector(26));
    let out = folder.path("a.safetensors");
    let train = |more: &[&str]| refusal(&[&["train", "--data", &data], more].concat());
    assert_eq!(train(&["--method", "dpo-lora", "--layer", "3", "--out", &out]).0, 2);
    assert_eq!(train(&["--method", "bipo", "--rank", "3", "--out", &out]).0, 2);
    let (code, message) = train(&["--method", "dpo-lora", "--out", &folder.path("a.gguf")]);
    assert!(code == 3 && message.contains("an adapter is written as .safetensors"), "{message}");
    assert_eq!(train(&["--method", "dpo-lora", "--rank", "0", "--out", &out]).0, 2);
    // A vector file is not taken for an adapter.
    assert!(lines(&["vector", "info", &vector, "--json"])[0].get("adapter").is_none());
}

#[test]
fn a_vector_file_is_described_whether_or_not_it_says_its_layer() {
    let folder = Folder::new();
    let unnamed = folder.file("vec_ep20_layer15.json", "[3.0, 4.0]");
    let info = &lines(&["vector", "info", &unnamed, "--json"])[0];
    assert_eq!((&info["size"], &info["layers"]), (&2.into(), &serde_json::json!([])));
    assert_eq!((number(info, "norm"), &info["suggested_layer"]), (5.0, &15.into()));
    let text = String::from_utf8(run(&["vector", "info", &unnamed]).stdout).expect("UTF-8");
    assert!(text.contains("suggests layer 15: give it with --layer 15"), "{text}");
    let given = &lines(&["vector", "info", &unnamed, "--layer", "15", "--json"])[0];
    assert_eq!(given["layers"][0]["layer"], 15);
    let (code, message) = refusal(&["vector", "convert", &unnamed, &folder.path("v.npy")]);
    assert!(code == 3 && message.contains("suggests layer 15"), "{message}");

    let several = folder.file("several.json", r#"{"3": [1, 2], "5": [3, 4], "made in": "a lab"}"#);
    let info = &lines(&["vector", "info", &several, "--json"])[0];
    assert_eq!(info["notes"], serde_json::json!(["Left out: \"made in\"."]));
    let five = folder.path("five.json");
    let converted = &lines(&["vector", "convert", &several, &five, "--layer", "5", "--json"])[0];
    assert_eq!(converted["layers"].as_array().map(Vec::len), Some(1));
    assert_eq!(converted["layers"][0]["layer"], 5);
    let (code, message) = refusal(&["vector", "info", &several, "--layer", "4"]);
    assert!(code == 3 && message.contains("3, 5"), "{message}");
}

#[test]
fn rows_that_are_taken_for_layers_are_called_a_guess_without_a_model() {
    let folder = Folder::new();
    let rows = folder.file("rows.json", "[[1.0, 2.0], [3.0, 4.0]]");
    let info = &lines(&["vector", "info", &rows, "--json"])[0];
    assert!(info["notes"].to_string().contains("the layers 0 to 1 (a guess)"), "{info}");
    let text = String::from_utf8(run(&["vector", "info", &rows]).stdout).expect("UTF-8");
    assert!(text.contains("the layers 0 to 1 (a guess)"), "{text}");
    // A file that names its layers is none.
    let named = folder.file("named.json", r#"{"3": [1, 2], "5": [3, 4]}"#);
    assert!(lines(&["vector", "info", &named, "--json"])[0].get("notes").is_none());
}

#[test]
fn of_a_file_with_several_vectors_the_named_one_is_taken() {
    let folder = Folder::new();
    let tensor =
        |from: usize| serde_json::json!({"dtype": "F32", "shape": [2], "data_offsets": [from, from + 8]});
    let header = serde_json::json!({"joy": tensor(0), "fear": tensor(8)}).to_string();
    let numbers = [1.0_f32, 2.0, 3.0, 4.0].map(f32::to_le_bytes).concat();
    let bytes = [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), &numbers].concat();
    let several = folder.file("several.safetensors", bytes);
    let out = folder.path("joy.json");
    let info = &lines(&["vector", "info", &several, "--json"])[0];
    assert_eq!(info["entries"][0], serde_json::json!({"name": "fear", "size": 2, "layers": []}));
    assert_eq!(info["entries"][1]["name"], "joy");
    let (code, message) = refusal(&["vector", "convert", &several, &out]);
    assert!(code == 3 && message.contains("\"fear\", \"joy\""), "{message}");
    assert_eq!(message.matches("--entry NAME").count(), 1, "{message}");
    let joy = ["vector", "convert", &several, &out, "--entry", "joy", "--layer", "4", "--json"];
    assert_eq!(lines(&joy)[0]["layers"][0]["layer"], 4);
    assert_eq!(crate::numbers(&folder, &out, None), serde_json::json!([[4, [1.0, 2.0]]]));
    let fear = &lines(&["vector", "info", &several, "--entry", "fear", "--json"])[0];
    assert_eq!((number(fear, "norm"), &fear["layers"]), (5.0, &serde_json::json!([])));
    let (code, message) = refusal(&["vector", "info", &several, "--entry", "rage"]);
    assert!(code == 3 && message.contains("\"rage\"; there are \"fear\", \"joy\""), "{message}");
}

#[test]
fn the_first_of_a_row_more_than_the_model_has_blocks_is_the_embedding() {
    let folder = Folder::new();
    let rows = |count: usize| -> String {
        let row = |layer: usize| vec![if layer == count - 4 { 0.05 } else { 0.0 }; SIZE];
        serde_json::json!((0..count).map(row).collect::<Vec<_>>()).to_string()
    };
    // The starter model has 30 blocks.
    let (hidden, plain) = (folder.file("hidden.json", rows(31)), folder.file("plain.json", rows(30)));
    let logits = |vector: &str| {
        let output = run(&["logits", "--prompt", "a", "--top", "3", "--vector", vector, "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (parse(&output.stdout), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let ((shifted, text), (same, silent)) = (logits(&hidden), logits(&plain));
    assert_eq!(shifted[0]["logits"], same[0]["logits"], "row 27 of 31 and row 26 of 30 are layer 26");
    let notes = |said: &[Value]| said[0]["file_notes"][0]["notes"].to_string();
    assert!(notes(&shifted).contains("embedding") && !notes(&same).contains("embedding"));
    assert!(text.contains("embedding") && !silent.contains("embedding"), "{text}");
}
