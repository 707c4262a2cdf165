//! Opens Tiller with a tiny model instead of the starter model. Tests whose result does not depend on what the model says use it,
//! because it computes in milliseconds what takes the starter model seconds.

use std::fs;
use std::path::Path;

use ipc::Id;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::project::Overview;
use ipc::train::TrainSettings;
use serde_json::Value;

use crate::model_files::copy;
use crate::opened::is_ready;
use crate::support::{HELD_OUT_PAIRS, TRAIN_PAIRS, small_run};
use crate::window::Tiller;

/// A context with room for the pairs of a starter set, of which a letter is nearly a token, and for a judge's instructions.
pub(crate) const ROOM: u32 = 8192;

/// Opens Tiller, adds the tiny model with a context of this number of tokens, and waits until it is in memory. Returns the state
/// before the model was added, and the model. `Tiller::without_model` opens the same folder again.
pub(crate) fn ready(folder: &Path, context: u32) -> (Tiller, Overview, Id) {
    let path = folder.join("tiny");
    copy("llama", &path);
    let config = path.join("config.json");
    let text = fs::read_to_string(&config).expect("a configuration");
    let mut changed: Value = serde_json::from_str(&text).expect("JSON");
    changed["max_position_embeddings"] = context.into();
    fs::write(&config, changed.to_string()).expect("it is changed");
    let tiller = Tiller::without_model(folder);
    let picture = tiller.watch_again();
    let model = tiller.get(AddModel { file: FileRef::typed(path.display().to_string()) }).id;
    tiller.wait_for(|event| match event {
        Event::Model(known) => (is_ready(model)(known) && known.fingerprint.is_some()).then_some(()),
        _ => None,
    });
    (tiller, picture, model)
}

/// Makes as many pairs as a small run has, of a few tokens each.
pub(crate) fn pairs(tiller: &Tiller) -> Id {
    let set = tiller.get(CreateDataSet { name: "Cats".into(), description: String::new() }).id;
    for number in 0..TRAIN_PAIRS + HELD_OUT_PAIRS {
        let content = PairContent {
            prompt: format!("the cat {number}"),
            wanted: "sat on the mat".into(),
            opposite: "ran to the dog".into(),
            split: if number < TRAIN_PAIRS { Split::Train } else { Split::HeldOut },
            ..PairContent::default()
        };
        tiller.get(AddPair { data_set: set, content, after: None });
    }
    set
}

/// Returns the settings of a small run on the tiny model.
pub(crate) fn run(epochs: u32) -> TrainSettings {
    TrainSettings { layers: vec![0], ..small_run(epochs) }
}
