//! Tests vector files: every format survives a round trip, and malicious files are refused.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::path::Path;

use crate::common::authors_file;
use proptest::prelude::*;
use vectors::files::{
    ENDINGS, FileError, Format, MAX_FILE_BYTES, MAX_LAYERS, MAX_NUMBERS, NameHint, Provenance,
    SteeringContents, SteeringFile, VECTOR_NAMES, VectorFile,
};
use vectors::steering::SteeringVector;

/// Any finite f32, including subnormal numbers and negative zero.
fn number() -> impl Strategy<Value = f32> {
    any::<u32>().prop_map(f32::from_bits).prop_filter("finite", |number| number.is_finite())
}

/// Vectors for one to four layers from `lowest` on. None is zero.
fn vectors(lowest: usize) -> impl Strategy<Value = Vec<SteeringVector>> {
    (2_usize..40, proptest::collection::btree_set(lowest..60, 1..4)).prop_flat_map(|(size, layers)| {
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
    assert!(matches!(VectorFile::read(Path::new("v.txt"), None), Err(FileError::Ending { .. })));
    let other = folder.path().join("v.pth");
    assert!(matches!(file.write(&other), Err(FileError::Ending { .. })), "what is only read is not written");
    std::fs::write(&other, file.to_bytes(Format::Torch).unwrap()).unwrap();
    assert_eq!(VectorFile::read(&other, Some(3)).unwrap(), file);
    std::fs::remove_file(&other).unwrap();
    assert!(matches!(VectorFile::read(Path::new("nowhere.pt"), None), Err(FileError::Missing)));
    assert!(matches!(file.write(&folder.path().join("no/v.pt")), Err(FileError::Unwritable(_))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no part is left behind");

    let large = folder.path().join("large.gguf");
    std::fs::File::create(&large).unwrap().set_len(1 << 40).unwrap();
    assert!(
        matches!(VectorFile::read(&large, None), Err(FileError::TooLarge { bytes, .. }) if bytes == 1 << 40)
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["pt", "safetensors", "gguf", "npz", "json"] {
        let pipe = folder.path().join(format!("v.{ending}"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(matches!(SteeringFile::read(&pipe, None), Err(FileError::Special("a pipe"))), "{ending}");
        assert!(vectors::model::read_facts(&pipe).unwrap_err().to_string().contains("a pipe"), "{ending}");
    }
}

#[test]
fn a_thousand_directions_at_one_place_are_refused() {
    // As many as a file has layers, each of a million numbers, all of which lie at one place: 4 MB for 4 GB.
    let vectors = (1..1000).map(|layer| SteeringVector { layer, values: [1.0, 2.0].into() }).collect();
    let bytes = VectorFile::new(vectors, Provenance::default()).unwrap().to_bytes(Format::Gguf).unwrap();
    let mut hostile = bytes.clone();
    let name = b"direction.";
    let paths: Vec<usize> =
        bytes.windows(name.len()).enumerate().filter(|(_, at)| at == name).map(|(at, _)| at).collect();
    for at in paths {
        let end = at + bytes[at..].iter().position(|byte| *byte == 0 || *byte == 1).unwrap();
        // The number of dimensions, the size, the type and the offset stand behind the name.
        let size = end + 4;
        hostile[size..size + 8].copy_from_slice(&(1_u64 << 20).to_le_bytes());
        hostile[size + 12..size + 20].copy_from_slice(&0_u64.to_le_bytes());
    }
    hostile.resize(bytes.len() + (4 << 20), 0);
    let message = VectorFile::parse(Format::Gguf, &hostile, None).unwrap_err().to_string();
    assert!(message.contains("direction.2: it lies over another tensor"), "{message}");
}

#[test]
fn the_documentation_has_the_budgets() {
    let docs = include_str!("../../docs/vectors.md");
    for (what, most) in [
        ("bytes of a vector file", format!("{} MB", MAX_FILE_BYTES >> 20)),
        ("numbers of all its tensors", MAX_NUMBERS.to_string()),
        ("layers", MAX_LAYERS.to_string()),
        ("bytes of an adapter", format!("{} MB", vectors::files::adapter::MAX_ADAPTER_BYTES >> 20)),
    ] {
        assert!(docs.contains(&format!("| {what} | {most} |\n")), "| {what} | {most} |");
    }
}

/// The cells of the documentation's rows on files of other programs.
fn documented() -> Vec<(&'static str, &'static str)> {
    let docs = include_str!("../../docs/vectors.md");
    let (_, table) = docs.split_once("## Files of other programs").unwrap();
    let rows =
        table.lines().skip_while(|line| !line.starts_with("| `")).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split_once('|').unwrap()).collect()
}

/// What stands in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn the_documentation_lists_the_endings_that_are_read() {
    let endings: Vec<&str> = documented().iter().flat_map(|(endings, _)| quoted(endings)).collect();
    assert_eq!(endings, ENDINGS.map(|ending| format!(".{ending}")));
    let folder = tempfile::tempdir().unwrap();
    for ending in ENDINGS {
        let nowhere = VectorFile::read(&folder.path().join(format!("v.{ending}")), None);
        assert!(matches!(nowhere, Err(FileError::Missing)), "{ending}");
        let unknown = VectorFile::read(Path::new("v.txt"), None).unwrap_err().to_string();
        assert!(unknown.contains(&format!(".{ending}")), "{unknown}");
    }
}

#[test]
fn what_the_documentation_shows_is_read() {
    let cell = |ending: &str| {
        let rows = documented();
        rows.iter().find(|(endings, _)| quoted(endings).any(|known| known == ending)).unwrap().1
    };
    let names = VECTOR_NAMES.map(|name| format!("`{name}`")).join(", ");
    assert!(cell(".pt").contains(&names), "{names}");
    let layers = |format: Format, bytes: &[u8]| -> Vec<usize> {
        let file = VectorFile::parse(format, bytes, None).unwrap();
        file.vectors.iter().map(|vector| vector.layer).collect()
    };
    let named: Vec<&str> = quoted(cell(".safetensors")).collect();
    assert!(named.len() >= 5, "{named:?}");
    for name in named {
        let header =
            serde_json::json!({name: {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).to_string();
        let bytes =
            [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &[0; 4], &1_f32.to_le_bytes()].concat();
        assert_eq!(layers(Format::Safetensors, &bytes), [14], "{name}");
    }
    let shown: Vec<String> = quoted(cell(".json")).map(|shown| shown.replace("..", "0.5, 1")).collect();
    assert!(shown.len() >= 2, "{shown:?}");
    for shown in shown {
        assert_eq!(layers(Format::Json, shown.as_bytes()), [14], "{shown}");
    }
}

#[test]
fn a_file_is_read_once_and_then_for_any_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table_layer7.npy");
    let rows = [1.0_f32, 2.0, 3.0].map(|value| [value, -value]);
    let part = |(layer, row): (usize, &[f32; 2])| SteeringVector { layer, values: row.as_slice().into() };
    let table = rows.iter().enumerate().map(part).collect();
    VectorFile::new(table, Provenance::default()).unwrap().write(&path).unwrap();
    let contents = SteeringContents::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let layers = |layer, blocks| match contents.for_model(layer, blocks).unwrap() {
        SteeringFile::Vectors(file) => file.vectors.iter().map(|vector| vector.layer).collect::<Vec<_>>(),
        other @ SteeringFile::Adapter(_) => panic!("{other:?}"),
    };
    assert_eq!(layers(None, Some(3)), [0, 1, 2]);
    // The first row is the embedding's for a model of two blocks.
    assert_eq!(layers(None, Some(2)), [0, 1]);
    assert_eq!(layers(Some(1), None), [1]);
    assert!(matches!(contents.clone().entry("x"), Err(FileError::NoEntry { .. })));
    assert_eq!(contents.vectors().and_then(|contents| contents.suggestion), Some(7));
}
