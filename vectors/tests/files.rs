//! Tests vector files: every format survives a round trip, and malicious files are refused.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod common;

use std::path::Path;

use common::authors_file;
use proptest::prelude::*;
use vectors::files::{FileError, Format, NameHint, Provenance, VectorFile};
use vectors::steering::SteeringVector;

/// Any finite f32, including subnormal numbers and negative zero.
fn number() -> impl Strategy<Value = f32> {
    any::<u32>().prop_map(f32::from_bits).prop_filter("finite", |number| number.is_finite())
}

/// Vectors for one to four layers from `lowest` on. None is zero.
fn vectors(lowest: usize) -> impl Strategy<Value = Vec<SteeringVector>> {
    (1_usize..40, proptest::collection::btree_set(lowest..60, 1..4)).prop_flat_map(|(size, layers)| {
        let layers: Vec<usize> = layers.into_iter().collect();
        let numbers = proptest::collection::vec(proptest::collection::vec(number(), size), layers.len());
        numbers.prop_map(move |numbers| {
            let vector = |(layer, mut values): (&usize, Vec<f32>)| {
                values[0] = if values[0] == 0.0 { 1.0 } else { values[0] };
                SteeringVector { layer: *layer, values: values.into() }
            };
            layers.iter().zip(numbers).map(vector).collect()
        })
    })
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let text = || proptest::option::of(".{0,30}");
    (text(), text(), text(), text(), text(), proptest::option::of(any::<u64>())).prop_map(
        |(name, method, model, architecture, settings, seed)| Provenance {
            name,
            method,
            model,
            // A GGUF reader takes the model hint if the architecture is missing.
            architecture: architecture.filter(|architecture| !architecture.trim().is_empty()),
            policy: Some(Provenance::ADD_EVERYWHERE.into()),
            seed,
            settings,
            ..Provenance::default()
        },
    )
}

fn bits(vectors: &[SteeringVector]) -> Vec<(usize, Vec<u32>)> {
    vectors.iter().map(|v| (v.layer, v.values.iter().map(|value| value.to_bits()).collect())).collect()
}

fn back(file: &VectorFile, format: Format) -> VectorFile {
    let layer = (file.vectors.len() == 1).then(|| file.vectors[0].layer);
    VectorFile::parse(format, &file.to_bytes(format).expect("bytes"), layer).expect("our own file")
}

proptest! {
    #[test]
    fn formats_with_provenance_give_everything_back(vectors in vectors(1), provenance in provenance()) {
        let file = VectorFile::new(vectors, provenance).unwrap();
        for format in [Format::Safetensors, Format::Gguf, Format::Json] {
            let back = back(&file, format);
            prop_assert_eq!(bits(&back.vectors), bits(&file.vectors), "{:?}", format);
            prop_assert_eq!(&back.provenance, &file.provenance, "{:?}", format);
            prop_assert_eq!(file.to_bytes(format).unwrap(), file.to_bytes(format).unwrap(), "{:?}", format);
        }
    }

    #[test]
    fn formats_without_layers_give_the_numbers_back(vectors in vectors(0)) {
        let file = VectorFile::new(vectors, Provenance::default()).unwrap();
        for format in [Format::Torch, Format::Numpy, Format::Safetensors, Format::Json] {
            prop_assert_eq!(bits(&back(&file, format).vectors), bits(&file.vectors), "{:?}", format);
        }
    }

    #[test]
    fn a_damaged_byte_never_does_harm(
        vectors in vectors(1), format in 0_usize..5, place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let format = Format::ALL[format];
        let mut bytes = VectorFile::new(vectors, Provenance::default()).unwrap().to_bytes(format).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = VectorFile::parse(format, &bytes, Some(3));
        let _ = VectorFile::parse(format, &bytes[..place], None);
    }

    #[test]
    fn noise_is_refused(noise in proptest::collection::vec(any::<u8>(), 0..300), format in 0_usize..5) {
        prop_assert!(VectorFile::parse(Format::ALL[format], &noise, Some(3)).is_err());
    }
}

#[test]
fn the_authors_vectors_are_read() {
    for (name, layer, epoch, norm) in [
        ("pretrained/llama-2_wealth-seeking_vec_ep20_layer15.pt", 15, 20, 8.99),
        ("pretrained/mistral_wealth-seeking_vec_ep5_layer13.pt", 13, 5, 1.45),
    ] {
        let Some(path) = authors_file(name) else { return };
        assert_eq!(NameHint::from_path(&path), NameHint { layer: Some(layer), epoch: Some(epoch) });
        let unsaid = VectorFile::read(&path, None);
        assert!(matches!(unsaid, Err(FileError::NoLayer { suggestion: Some(found) }) if found == layer));
        let file = VectorFile::read(&path, Some(layer)).unwrap();
        assert_eq!((file.vectors.len(), file.size(), file.vectors[0].layer), (1, 4096, layer));
        assert!((file.vectors[0].norm() - norm).abs() < 0.005, "{}", file.vectors[0].norm());
        for format in Format::ALL {
            assert_eq!(bits(&back(&file, format).vectors), bits(&file.vectors), "{format:?}");
        }
    }
}

#[test]
fn what_belongs_to_nothing_is_refused() {
    let vector = |layer, values: &[f32]| SteeringVector { layer, values: values.into() };
    let message = |vectors: Vec<SteeringVector>| {
        VectorFile::new(vectors, Provenance::default()).unwrap_err().to_string()
    };
    assert!(message(vec![]).contains("no vector"));
    assert!(message(vec![vector(1, &[])]).contains("no numbers"));
    assert!(message(vec![vector(1, &[1.0]), vector(2, &[1.0, 2.0])]).contains("layer 2 has 2"));
    assert!(message(vec![vector(1, &[1.0]), vector(1, &[2.0])]).contains("twice"));
    assert!(message(vec![vector(7, &[1.0, f32::NAN])]).contains("number 1 of the vector for layer 7"));
    assert!(message(vec![vector(4000, &[1.0])]).contains("4000"));
    let file = VectorFile::new(vec![vector(4, &[1.0])], Provenance::default()).unwrap();
    let bytes = file.to_bytes(Format::Gguf).unwrap();
    assert!(VectorFile::parse(Format::Gguf, &bytes, Some(5)).unwrap_err().to_string().contains("layer 4"));
}

#[test]
fn files_are_read_and_written_by_their_ending() {
    let folder = tempfile::tempdir().unwrap();
    let vector = SteeringVector { layer: 3, values: [1.0, 2.0].into() };
    let file = VectorFile::new(vec![vector], Provenance::default()).unwrap();
    let path = folder.path().join("v.NPY");
    file.write(&path).unwrap();
    assert_eq!(VectorFile::read(&path, Some(3)).unwrap(), file);
    assert!(matches!(VectorFile::read(Path::new("v.bin"), None), Err(FileError::Ending { .. })));
    assert!(matches!(VectorFile::read(Path::new("nowhere.pt"), None), Err(FileError::Missing)));
    assert!(matches!(file.write(&folder.path().join("no/v.pt")), Err(FileError::Unwritable(_))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no part is left behind");

    let large = folder.path().join("large.gguf");
    std::fs::File::create(&large).unwrap().set_len(1 << 40).unwrap();
    assert!(
        matches!(VectorFile::read(&large, None), Err(FileError::TooLarge { bytes, .. }) if bytes == 1 << 40)
    );
}
