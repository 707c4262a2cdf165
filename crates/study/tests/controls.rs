//! Tests the controls: random directions, and pairs with shuffled labels.

use ipc::data::{PairContent, Split};
use study::{random_directions, with_shuffled_labels};

#[test]
fn random_directions_have_their_norms_and_depend_on_the_seed_alone() {
    let one = random_directions(&[2.0, 0.5], 64, 3);
    for (values, wanted) in one.iter().zip([2.0, 0.5]) {
        let norm = values.iter().map(|value| f64::from(value * value)).sum::<f64>().sqrt();
        assert!((norm - wanted).abs() < 1e-6, "{norm}");
    }
    assert_eq!(one, random_directions(&[2.0, 0.5], 64, 3));
    assert_ne!(one, random_directions(&[2.0, 0.5], 64, 4));
    assert!(random_directions(&[0.0], 4, 1)[0].iter().all(|value| *value == 0.0));
}

#[test]
fn half_of_the_training_pairs_are_exchanged() {
    let pair = |place: usize| PairContent {
        prompt: place.to_string(),
        wanted: "yes".into(),
        opposite: "no".into(),
        split: if place < 20 { Split::Train } else { Split::HeldOut },
        ..PairContent::default()
    };
    let pairs: Vec<PairContent> = (0..25).map(pair).collect();
    let shuffled = with_shuffled_labels(&pairs, 1);
    let exchanged = |pairs: &[PairContent]| pairs.iter().filter(|pair| pair.wanted == "no").count();
    assert_eq!((exchanged(&shuffled[..20]), exchanged(&shuffled[20..])), (10, 0));
    assert_eq!(shuffled, with_shuffled_labels(&pairs, 1));
    assert_ne!(shuffled, with_shuffled_labels(&pairs, 2));
    assert!(shuffled.iter().zip(&pairs).all(|(one, other)| one.prompt == other.prompt));
}
