//! Tests that the stored and hashed forms are still those of earlier versions, letter by letter.

use serde::Serialize;
use serde::de::DeserializeOwned;
use steering_types::{
    AnswerPosition, CapSide, Caps, Intervention, InterventionOp, LoraConfig, Method, Positions, Precision,
    Role, SamplingSettings, Schedule, TrainPrecision, TrainSettings, USUAL_FACTORS,
};

/// Holds a value to its text, both ways.
fn pin<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).expect("serialized"), text);
    assert_eq!(&serde_json::from_str::<T>(text).expect(text), value);
}

#[test]
fn interventions() {
    let ops = [
        (InterventionOp::Add, r#""how":"add""#),
        (InterventionOp::ProjectOut, r#""how":"project_out""#),
        (InterventionOp::Cap { at: 1.5 }, r#""how":"cap","at":1.5"#),
        (InterventionOp::Cap { at: 0.1 }, r#""how":"cap","at":0.1"#),
    ];
    for (positions, on) in Positions::ALL.into_iter().zip(["everywhere", "prompt_end", "answer"]) {
        pin(&positions, &format!("\"{on}\""));
        for (op, how) in ops {
            pin(&Intervention { positions, op }, &format!(r#"{{"on":"{on}",{how}}}"#));
        }
    }
}

#[test]
fn caps() {
    let caps = Caps {
        percentile: 25,
        side: CapSide::AtLeast,
        over: "the neutral text".into(),
        thresholds: vec![-1.5, 2.0],
    };
    pin(&caps, r#"{"percentile":25,"side":"at_least","over":"the neutral text","thresholds":[-1.5,2.0]}"#);
    assert_eq!(caps.words(), "kept at least at p25 of the neutral text");
    assert_eq!(Caps { side: CapSide::AtMost, ..caps }.words(), "capped at p25 of the neutral text");
}

#[test]
fn single_words() {
    let methods =
        ["bipo", "bipo_both", "bipo_uni", "bipo_normed", "reps", "dpo_lora", "caa", "freeform", "pca"];
    for (method, name) in Method::ALL.iter().zip(methods) {
        pin(method, &format!("\"{name}\""));
    }
    pin(&[Schedule::Cosine, Schedule::Linear, Schedule::Constant], r#"["cosine","linear","constant"]"#);
    pin(&[AnswerPosition::Mean, AnswerPosition::Last], r#"["mean","last"]"#);
    pin(&[TrainPrecision::Stored, TrainPrecision::Full, TrainPrecision::Bf16], r#"["stored","full","bf16"]"#);
    pin(&Precision::ALL, r#"["quantized","q8","f32"]"#);
    pin(&[Role::User, Role::Assistant], r#"["user","assistant"]"#);
    for role in [Role::System, Role::User, Role::Assistant] {
        pin(&role, &format!("\"{}\"", role.name()));
    }
    pin(&LoraConfig { rank: 4, alpha: 0.1 }, r#"{"rank":4,"alpha":0.1}"#);
}

#[test]
fn settings_of_a_run() {
    let settings =
        TrainSettings { layers: vec![10, 12], system_prompt: "Hi".into(), ..TrainSettings::default() };
    pin(
        &settings,
        r#"{"method":"bipo","layers":[10,12],"position":"mean","epochs":5,"learning_rate":0.05,"warmup_steps":10,"schedule":"cosine","beta":0.1,"factors":[0.5,1.0,1.5,2.0],"weight_decay":0.0,"clip_norm":1.0,"batch_pairs":4,"seed":11,"system_prompt":"Hi","on":"everywhere","precision":"stored","lora":{"rank":8,"alpha":16.0}}"#,
    );
    let adapter = TrainSettings {
        method: Method::DpoLora,
        position: AnswerPosition::Last,
        schedule: Schedule::Linear,
        positions: Positions::PromptEnd,
        precision: TrainPrecision::Bf16,
        ..settings
    };
    pin(
        &adapter,
        r#"{"method":"dpo_lora","layers":[10,12],"position":"last","epochs":5,"learning_rate":0.05,"warmup_steps":10,"schedule":"linear","beta":0.1,"factors":[0.5,1.0,1.5,2.0],"weight_decay":0.0,"clip_norm":1.0,"batch_pairs":4,"seed":11,"system_prompt":"Hi","on":"prompt_end","precision":"bf16","lora":{"rank":8,"alpha":16.0}}"#,
    );
}

#[test]
fn a_run_of_an_earlier_version_has_one_layer_and_todays_defaults() {
    let old = r#"{"method":"bipo","layer":10,"epochs":5,"learning_rate":0.05,"warmup_steps":10,"beta":0.1,
        "weight_decay":0.0,"clip_norm":1.0,"batch_pairs":4,"seed":11,"system_prompt":"Hi"}"#;
    let settings: TrainSettings = serde_json::from_str(old).expect("the settings of an earlier version");
    assert_eq!((settings.layers.as_slice(), settings.lowest_layer()), (&[10][..], 10));
    assert_eq!((settings.positions, settings.factors), (Positions::Everywhere, USUAL_FACTORS.to_vec()));
}

#[test]
fn sampling_of_an_answer() {
    pin(
        &SamplingSettings { stop: vec!["\n\n".into()], ..SamplingSettings::exact() },
        r#"{"temperature":0.0,"top_k":0,"top_p":1.0,"min_p":0.0,"repeat_penalty":1.0,"repeat_last_n":64,"seed":7,"max_new_tokens":400,"stop":["\n\n"]}"#,
    );
    pin(
        &SamplingSettings::lively(),
        r#"{"temperature":0.8,"top_k":40,"top_p":0.95,"min_p":0.05,"repeat_penalty":1.1,"repeat_last_n":64,"seed":7,"max_new_tokens":400,"stop":[]}"#,
    );
}
