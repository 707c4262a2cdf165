//! Tests that the program itself makes the vectors that come with it.

use std::sync::Arc;

use crate::support::folder;
use crate::window::Tiller;
use ipc::Id;
use ipc::behaviour::{STARTER_BEHAVIOURS, StarterBehaviour};
use ipc::command::*;
use ipc::data::{Pair, PairContent, Split};
use ipc::event::Event;
use ipc::job::JobState;
use ipc::train::{Preset, Run};
use ipc::vector::Vector;
use vectors::model::Model;
use vectors::pairs::PreferencePair;
use vectors::train::Training;

/// The least cosine, and the largest relative difference of the norms, between a vector and its copy from a machine of another
/// kind, which rounds sums otherwise. `docs/defaults.md` states both.
const LEAST_COSINE: f64 = 0.999;
const MOST_APART: f64 = 0.01;

/// The behaviour whose vector is trained again.
const TRAINED_AGAIN: &str = "answers-cheerfully";

/// Takes minutes, so `cargo xtask test` begins with it.
mod long {
    use super::*;

    #[test]
    fn a_starter_vector_is_made_again_with_the_default_settings() {
        let data = folder();
        let (tiller, picture) = Tiller::ready(data.path());
        let behaviour = STARTER_BEHAVIOURS.iter().find(|one| one.file == TRAINED_AGAIN).expect("a behaviour");
        let shipped =
            picture.vectors.iter().find(|vector| vector.hash == behaviour.hash).expect("its vector");
        let data_set = shipped.data_set.expect("its data set");
        let made = train(&tiller, picture.models[0].id, data_set);
        assert_eq!(
            (made.layers.as_slice(), made.data_hash.as_ref()),
            (&[10][..], shipped.data_hash.as_ref())
        );
        assert_alike(&tiller, behaviour, shipped, &made);
    }
}

fn train(tiller: &Tiller, model: Id, data_set: Id) -> Vector {
    let settings = tiller.get(DefaultSettings { model, data_set, preset: Preset::Small });
    let run: Run = tiller.get(Train { name: "Again".into(), model, data_set, settings });
    tiller.wait_for_training(|event| match event {
        Event::Job(job) if job.id == run.job => match &job.state {
            JobState::Failed { failure } => panic!("{failure:?}"),
            _ => None,
        },
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        _ => None,
    })
}

/// Compares to the bit, or else within the tolerance.
fn assert_alike(tiller: &Tiller, behaviour: &StarterBehaviour, shipped: &Vector, made: &Vector) {
    let apart = |a: f64, b: f64| (a - b).abs() / b;
    let norms = [shipped, made].map(|vector| vector.residual_norm.expect("the residual stream's norm"));
    assert!(apart(norms[0], norms[1]) <= MOST_APART, "the residual stream's norms: {norms:?}");
    if made.hash == behaviour.hash {
        return;
    }
    let compared = tiller.get(CompareVectors { vectors: vec![shipped.id, made.id], layer: None });
    let cosine = compared.cosines[0][1].expect("a cosine");
    let (there, here) = (shipped.norm, made.norm);
    assert!(
        cosine >= LEAST_COSINE && apart(there, here) <= MOST_APART,
        "cosine {cosine}, norms {there} and {here}"
    );
}

#[test]
fn what_plus_one_means_is_known_of_every_starter_vector() {
    let data = folder();
    let (tiller, picture) = Tiller::ready(data.path());
    let model = picture.models[0].id;
    let read = Model::open(&picture.models[0].path).load().expect("the starter model");
    let read = Arc::new(read);
    // The other test trains the third one.
    for behaviour in STARTER_BEHAVIOURS.iter().filter(|one| one.file != TRAINED_AGAIN) {
        let shipped =
            picture.vectors.iter().find(|vector| vector.hash == behaviour.hash).expect("its vector");
        let data_set = shipped.data_set.expect("its data set");
        let settings = tiller.get(DefaultSettings { model, data_set, preset: Preset::Small });
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
