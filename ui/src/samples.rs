//! Sample values for tests.

use ipc::Id;
use ipc::job::{Job, JobKind, JobState, Progress};
use ipc::model::{FileState, Model, ModelFacts, ModelOrigin, ModelState, Precision};
use ipc::train::{Method, Run, RunCost, TrainSettings};
use ipc::vector::Vector;

/// A vector of BiPO after block 10.
pub(crate) fn vector(id: Id) -> Vector {
    Vector {
        id,
        name: format!("V{id}"),
        method: Some(Method::Bipo),
        adapter: None,
        layer: 10,
        layers: vec![10],
        intervention: ipc::steering::Intervention::default(),
        trained_on: None,
        size: 4,
        norm: 1.0,
        norms: vec![1.0],
        residual_norm: None,
        model: 1,
        run: None,
        epoch: None,
        data_set: None,
        color: 0,
        created: id,
        tags: vec![],
        note: String::new(),
        hash: String::new(),
        data_hash: None,
        app_version: String::new(),
        derivation: None,
    }
}

/// A vector of BiPO after block 10 with this name and norm.
pub(crate) fn named_vector(id: Id, name: &str, norm: f64) -> Vector {
    Vector { name: name.into(), norm, norms: vec![norm], ..vector(id) }
}

/// A model of the Llama family with this many blocks, in a file that is there and not loaded.
pub(crate) fn model(id: Id, name: &str, blocks: u32) -> Model {
    let facts = ModelFacts {
        family: "Llama".into(),
        architecture: "llama".into(),
        quantization: "Q4_1".into(),
        blocks,
        hidden_size: 64,
        vocabulary: 10,
        context_length: 10,
        parameters: 10,
        file_bytes: 10,
        weight_bytes: 10,
        feed_forward: 10,
        heads: 1,
        kv_heads: 1,
        head_size: 64,
    };
    Model {
        id,
        name: name.into(),
        path: format!("/models/{name}.gguf"),
        facts: Some(facts),
        state: ModelState::Unloaded,
        file: FileState::Present,
        origin: ModelOrigin::File,
        fingerprint: None,
        precision: Precision::Quantized,
        in_memory: None,
        template: None,
        needs: vec![],
        waits_for: None,
    }
}

/// A job of this id and state, which trains the run of the same id.
pub(crate) fn job(id: Id, state: JobState) -> Job {
    Job {
        id,
        kind: JobKind::Train { run: id },
        project: None,
        title: format!("Training R{id}"),
        state,
        progress: Progress::default(),
        created: id,
        paused_by: None,
    }
}

/// A run of this id and state, with a job of the same id.
pub(crate) fn run(id: Id, state: JobState) -> Run {
    Run {
        id,
        name: format!("R{id}"),
        data_set: 1,
        model: 1,
        job: id,
        state,
        settings: TrainSettings::bipo(10),
        steps: 85,
        seconds: 0.0,
        cost: RunCost::default(),
        vector: None,
        effect: None,
        created: id,
    }
}
