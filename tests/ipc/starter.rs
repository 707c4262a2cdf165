//! Tests that the program itself makes the vectors that come with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::long_haul::is_long_haul;
use crate::support::{folder, starter_model};
use crate::window::Tiller;
use ipc::Id;
use ipc::behaviour::{STARTER_BEHAVIOURS, StarterBehaviour};
use ipc::command::*;
use ipc::data::{Pair, PairContent, Split};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{JobAction, JobState};
use ipc::train::{Method, Preset, Run, TrainSettings};
use ipc::vector::Vector;
use vectors::model::Model;
use vectors::pairs::PreferencePair;
use vectors::train::Training;

/// The least cosine, and the largest relative difference of the norms, between a vector and its copy from a machine of another
/// kind, which rounds sums otherwise. `docs/defaults.md` states both.
const LEAST_COSINE: f64 = 0.999;
const MOST_APART: f64 = 0.01;

/// What to do where the vector of the first epoch is not there.
const HOW_IT_IS_MADE: &str =
    "A whole run writes it: `TILLER_LONG_HAUL=1 cargo test --package tiller --test ipc starter::long`.";

/// The behaviour whose vector is trained again.
const TRAINED_AGAIN: &str = "answers-cheerfully";

fn behaviour() -> &'static StarterBehaviour {
    STARTER_BEHAVIOURS.iter().find(|one| one.file == TRAINED_AGAIN).expect("a behaviour")
}

/// Returns the vector of a behaviour among those of a new data folder.
fn shipped(vectors: &[Vector], behaviour: &StarterBehaviour) -> Vector {
    vectors.iter().find(|vector| vector.hash == behaviour.hash).expect("its vector").clone()
}

/// Returns the file with the vector after the first epoch of the run that made the one that comes along.
fn first_epoch() -> PathBuf {
    let name = format!("../datasets/vectors/{TRAINED_AGAIN}-epoch-1.safetensors");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Takes more than a minute, so `cargo xtask test` begins with it.
mod long {
    use super::*;

    /// Trains the first epoch, and compares its vector with the one that the run of the vector that comes along had then. In a long
    /// haul it trains to the end and compares that as well. Only such a run, which has ended in the vector that comes along, writes
    /// the file of the first epoch where it is missing.
    #[test]
    fn a_starter_vector_is_made_again_with_the_default_settings() {
        let (file, is_whole) = (first_epoch(), is_long_haul());
        assert!(is_whole || file.is_file(), "{} is not there. {HOW_IT_IS_MADE}", file.display());
        let data = folder();
        let (tiller, picture) = Tiller::ready(data.path());
        let model = picture.models[0].id;
        let shipped = shipped(&picture.vectors, behaviour());
        let data_set = shipped.data_set.expect("its data set");
        let settings = tiller.get(DefaultSettings { model, data_set, preset: Preset::Small });
        let run: Run = tiller.get(Train { name: "Again".into(), model, data_set, settings });
        of_run(&tiller, &run, |event| match event {
            Event::Epoch { run: of, epoch } if *of == run.id && epoch.epoch == 1 => Some(()),
            _ => None,
        });
        if is_whole {
            let made = of_run(&tiller, &run, |event| match event {
                Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
                _ => None,
            });
            assert_alike(&tiller, &shipped, &made);
        } else {
            tiller.get(ControlJob { job: run.job, action: JobAction::Stop });
            of_run(&tiller, &run, |event| match event {
                Event::Job(job) if job.id == run.job && job.state == JobState::Stopped => Some(()),
                _ => None,
            });
        }
        let first = tiller.get(PickEpoch { run: run.id, epoch: 1 });
        assert_eq!(
            (first.layers.as_slice(), first.data_hash.as_ref()),
            (&[10][..], shipped.data_hash.as_ref())
        );
        let norms = [&shipped, &first].map(|vector| vector.residual_norm.expect("the stream's norm"));
        assert!(apart(norms[0], norms[1]) <= MOST_APART, "the residual stream's norms: {norms:?}");
        let file = FileRef::typed(file.display().to_string());
        if !first_epoch().is_file() {
            tiller.get(ExportVector { vector: first.id, file: file.clone(), replace: false, prove: false });
        }
        let kept = tiller.get(ImportVector { file, name: "Kept".into(), layer: None, model });
        assert_alike(&tiller, &kept, &first);
    }
}

/// Waits for an event of a training run that must not fail.
fn of_run<T>(tiller: &Tiller, run: &Run, find: impl Fn(&Event) -> Option<T>) -> T {
    tiller.wait_for_training(|event| match event {
        Event::Job(job) if job.id == run.job && matches!(job.state, JobState::Failed { .. }) => {
            panic!("{job:?}")
        }
        _ => find(event),
    })
}

fn apart(a: f64, b: f64) -> f64 {
    (a - b).abs() / b
}

/// Compares to the bit, or else within the tolerance.
fn assert_alike(tiller: &Tiller, known: &Vector, made: &Vector) {
    if made.hash == known.hash {
        return;
    }
    let compared = tiller.get(CompareVectors { vectors: vec![known.id, made.id], layer: None });
    let cosine = compared.cosines[0][1].expect("a cosine");
    let (there, here) = (known.norm, made.norm);
    assert!(
        cosine >= LEAST_COSINE && apart(there, here) <= MOST_APART,
        "{}: cosine {cosine}, norms {there} and {here}",
        made.name
    );
}

#[test]
fn what_plus_one_means_is_known_of_every_starter_vector() {
    let data = folder();
    let tiller = Tiller::without_model(data.path());
    let picture = tiller.watch_again();
    let read = Arc::new(Model::open(starter_model()).load().expect("the starter model"));
    // The other test trains the third one.
    for behaviour in STARTER_BEHAVIOURS.iter().filter(|one| one.file != TRAINED_AGAIN) {
        let shipped = shipped(&picture.vectors, behaviour);
        let data_set: Id = shipped.data_set.expect("its data set");
        // A method without steps reads the same rows after the same layer, and computes nothing behind it.
        let settings = TrainSettings {
            method: Method::Freeform,
            layers: shipped.layers.clone(),
            ..TrainSettings::default()
        };
        let encode = |pair: Pair| {
            let PairContent { prompt, wanted, opposite, .. } = pair.content;
            let pair = PreferencePair::new(prompt, wanted, opposite);
            read.encode_pair(&settings.system_prompt, &pair).expect("a starter pair")
        };
        let pairs = tiller.get(ListPairs { data_set }).into_iter();
        let train: Vec<_> = pairs.filter(|pair| pair.content.split == Split::Train).map(encode).collect();
        let training = Training::new(Arc::clone(&read), &train, settings.clone()).prepare().expect("a run");
        let (known, now) = (shipped.residual_norm.expect("it is known"), training.residual_norm());
        assert!((known - now).abs() <= MOST_APART * now, "{}: {known}, and now {now}", behaviour.vector);
    }
}
