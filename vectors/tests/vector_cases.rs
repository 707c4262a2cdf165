//! Vector files as people have them: each is read to its numbers and layers, or refused with words that help.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::path::{Path, PathBuf};

use crate::common::{check_cases, shared_cases};
use vectors::files::{Contents, FileError, VectorFile};

/// What comes of a case.
enum Outcome {
    /// Vectors of these layers.
    Layers(&'static [usize]),
    /// One vector without a layer.
    NoLayer,
    /// A refusal with these words.
    Refused(&'static str),
}

use Outcome::{Layers, NoLayer, Refused};

const OUTCOMES: &[(&str, Outcome)] = &[
    ("g01-gguf-repeng", Layers(&[1])),
    ("g01b-gguf-odd-size", Layers(&[1, 2, 3])),
    ("g02-gguf-f16", Refused("not stored as F32")),
    ("g02b-gguf-f64", Refused("GGUF")),
    ("g03-gguf-direction-0", Refused("direction.0")),
    ("g04-gguf-arrays", Layers(&[1])),
    ("g06-gguf-no-hint", Layers(&[1])),
    ("g07-gguf-align-128", Layers(&[1, 2])),
    ("g08-gguf-negative", Refused("direction.-1")),
    ("g09-gguf-beyond", Layers(&[1, 99])),
    ("g10-gguf-2d", Layers(&[1])),
    ("g11-gguf-arch-llama", Refused("\"llama\"")),
    ("g12-gguf-other-tensors", Refused("bias.1")),
    ("j01-json-dict-layers", Layers(&[10])),
    ("j02-json-list", NoLayer),
    ("j03-json-nan", Refused("line 1")),
    ("j04-json-neuronpedia", NoLayer),
    ("j05-json-bom", Layers(&[1])),
    ("j06-json-extra", Layers(&[1])),
    ("j07-json-strings", Layers(&[1])),
    ("j08-json-float-layer", Layers(&[1])),
    ("j09-json-coefficient", Layers(&[1])),
    ("j11-json-settings-object", Layers(&[1])),
    ("j12-json-seed-negative", Layers(&[1])),
    ("j13-json-nested-vector", Layers(&[1])),
    ("j14-json-int-vector", Layers(&[1])),
    ("j15-json-data-hash-null", Layers(&[1])),
    ("n01-npy-fortran", Layers(&[0, 1])),
    ("n01b-npy-1xH-fortran", NoLayer),
    ("n01c-npy-transposed-view", Layers(&[0, 1])),
    ("n02-npy-big-endian", NoLayer),
    ("n03-npy-f16", NoLayer),
    ("n03b-npy-f64", NoLayer),
    ("n04-npy-object", Refused("|O")),
    ("n05-npy-Hx1", NoLayer),
    ("n06-npy-Lx1xH", Layers(&[0, 1])),
    ("n07-npy-0d", Refused("single number")),
    ("n08-npy-python2", NoLayer),
    ("n09-npz", NoLayer),
    ("n10-npy-int", Refused("i8")),
    ("n11-npy-nan", Refused("not finite")),
    ("n12-npy-zero-row", Layers(&[1])),
    ("n13-npy-all-zero", NoLayer),
    ("n14-npy-bf16-void", Refused("V2")),
    ("s01-st-layer_1", Layers(&[1])),
    ("s01b-st-numbers", Layers(&[1, 2])),
    ("s01c-st-layers-dot", Layers(&[1])),
    ("s01d-st-model-layers", Layers(&[0, 1])),
    ("s01e-st-direction", Layers(&[1])),
    ("s02-st-2d-one", Layers(&[0, 1])),
    ("s03-st-layer-1xH", Layers(&[1])),
    ("s04-st-int", Refused("I64")),
    ("s05-st-f16", Layers(&[1])),
    ("s06-st-many-zero", Layers(&[0, 1])),
    ("s07-st-bf16", Layers(&[1])),
    ("s08-st-f8", Refused("F8")),
    ("s09-st-misaligned", Layers(&[1])),
    ("s10-st-gap", Refused("header")),
    ("s11-st-metadata-number", Refused("header")),
    ("s12-st-lfs-pointer", Refused("git lfs pull")),
    ("v01-pt-f32-cuda", NoLayer),
    ("v02-pt-f16", NoLayer),
    ("v02b-pt-bf16", NoLayer),
    ("v02c-pt-f64", NoLayer),
    ("v03-pt-row-view", NoLayer),
    ("v03b-pt-column-view", NoLayer),
    ("v03c-pt-transposed-layers", Layers(&[0, 1, 2, 3])),
    ("v04-pt-parameter", NoLayer),
    ("v04b-pt-requires-grad", NoLayer),
    ("v05-pt-dict-layer", Layers(&[10])),
    ("v05c-pt-dict-vector-layer", Layers(&[10])),
    ("v06-pt-list", NoLayer),
    ("v07-pt-legacy", NoLayer),
    ("v09-pt-pth-ending", NoLayer),
    ("v09b-pt-bin-ending", NoLayer),
    ("v10-pt-1x1xH", NoLayer),
    ("v10b-pt-Hx1", NoLayer),
    ("v10c-pt-1xH", NoLayer),
    ("v11-pt-hidden-states-rows", Layers(&[0, 1, 2])),
    ("v13-pt-long", Refused("LongStorage")),
    ("v14-pt-proto4", NoLayer),
    ("v15-pt-big-endian", NoLayer),
    ("v16-pt-no-byteorder", NoLayer),
];

/// A layer that no case names.
const ELSEWHERE: usize = 7;

fn input(case: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.file_stem().is_some_and(|stem| stem == "in")).unwrap()
}

/// The numbers that a case must be read to, by layer; a row of zeros is no vector.
fn expected(case: &Path, file: &VectorFile) -> Option<Vec<(usize, Vec<f32>)>> {
    let text = std::fs::read(case.join("exp.json")).ok()?;
    let numbers: Vec<f64> = serde_json::from_slice(&text).unwrap();
    let numbers: Vec<f32> = numbers.iter().map(|number| *number as f32).collect();
    if let ([one], true) = (file.vectors.as_slice(), numbers.len() == file.size()) {
        return Some(vec![(one.layer, numbers)]);
    }
    let rows = numbers.chunks(file.size()).map(<[f32]>::to_vec).enumerate();
    Some(rows.filter(|(_, row)| row.iter().any(|number| *number != 0.0)).collect())
}

/// What is wrong with a case; `None` where it came out right.
fn fault(case: &Path, outcome: &Outcome) -> Option<String> {
    let path = input(case);
    let read = match (VectorFile::read(&path, None), outcome) {
        (Err(FileError::NoLayer { .. }), NoLayer) => VectorFile::read(&path, Some(ELSEWHERE)),
        (read, _) => read,
    };
    match (read, outcome) {
        (Err(error), Refused(words)) if error.to_string().contains(words) => {
            // What is refused is refused by the description, too.
            let contents = Contents::read(&path).and_then(|contents| contents.vectors(Some(ELSEWHERE), None));
            contents.is_ok().then(|| "its description is not refused".to_owned())
        }
        (Ok(file), Layers(_) | NoLayer) => {
            let found: Vec<usize> = file.vectors.iter().map(|vector| vector.layer).collect();
            let wanted = if let Layers(layers) = outcome { layers.to_vec() } else { vec![ELSEWHERE] };
            let numbers: Vec<(usize, Vec<f32>)> =
                file.vectors.iter().map(|vector| (vector.layer, vector.values.to_vec())).collect();
            let expected = expected(case, &file).unwrap_or_else(|| numbers.clone());
            (found != wanted || numbers != expected)
                .then(|| format!("{numbers:?} in place of {expected:?} at {wanted:?}"))
        }
        (read, _) => Some(format!("{read:?}")),
    }
}

#[test]
fn every_case_is_read_to_its_numbers_or_refused() {
    let Some(cases) = shared_cases("vectors") else { return };
    check_cases(&cases, OUTCOMES, fault);
}

#[test]
fn the_rows_of_hidden_states_are_those_of_a_model_with_so_many_blocks() {
    let Some(cases) = shared_cases("vectors") else { return };
    let case = cases.iter().find(|case| case.ends_with("v11-pt-hidden-states-rows")).unwrap();
    let rows = VectorFile::read(&input(case), None).unwrap();
    let of_two_blocks = VectorFile::read_for(&input(case), None, Some(2)).unwrap();
    assert_eq!(of_two_blocks.vectors.len(), 2);
    assert_eq!(of_two_blocks.vectors[1].values, rows.vectors[2].values);
    assert_eq!(
        VectorFile::read_for(&input(case), Some(1), Some(2)).unwrap().vectors[0].values,
        rows.vectors[2].values
    );
    let suggested = cases.iter().find(|case| case.ends_with("j04-json-neuronpedia")).unwrap();
    assert_eq!(Contents::read(&input(suggested)).unwrap().suggestion, Some(20));
}
