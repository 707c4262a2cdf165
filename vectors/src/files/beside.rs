//! Reads the layers that stand as whole numbers beside a vector in a file of named arrays.

use super::contents::{Contents, are_layers, listed};
use super::{FileError, MAX_LAYERS};

/// Reads the layers of vectors from whole numbers of `size` bytes each. Returns `None` where one of them is no layer.
pub(super) fn layers(bytes: &[u8], size: usize, is_signed: bool, is_big_endian: bool) -> Option<Vec<usize>> {
    let number = |bytes: &[u8]| {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        let (number, highest) = if is_big_endian {
            (bytes.iter().fold(0, add), bytes.first())
        } else {
            (bytes.iter().rev().fold(0, add), bytes.last())
        };
        let is_negative = is_signed && highest.is_some_and(|byte| *byte >= 0x80);
        usize::try_from(number).ok().filter(|layer| *layer < MAX_LAYERS && !is_negative)
    };
    (bytes.len() <= MAX_LAYERS * size).then(|| bytes.chunks_exact(size).map(number).collect())?
}

/// The content with the layers that are among the other arrays of its file: their names, and their whole numbers where they hold
/// such. What is no layer is said to be left out.
pub(super) fn with_layers(
    mut contents: Contents,
    others: Vec<(String, Option<Vec<usize>>)>,
) -> Result<Contents, FileError> {
    let mut left_out = Vec::new();
    for (name, numbers) in others {
        match numbers.filter(|_| are_layers(&name)) {
            Some(layers) => {
                let (read, is_used) = contents.at_layers(&layers)?;
                contents = read;
                left_out.extend((!is_used).then_some(name));
            }
            None => left_out.push(name),
        }
    }
    if !left_out.is_empty() {
        contents.notes.push(format!("Left out: {}.", listed(left_out.iter().map(String::as_str))));
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::super::contents::LAYER_LISTS;
    use super::*;

    #[test]
    fn the_names_of_layers_are_those_of_the_documentation() {
        let docs = include_str!("../../../docs/vectors.md");
        let (_, names) = docs.split_once("where they are called so (").unwrap();
        let (names, _) = names.split_once(')').unwrap();
        assert!(names.split('`').skip(1).step_by(2).eq(LAYER_LISTS), "{names}");
    }

    #[test]
    fn numbers_of_every_size_are_read_and_negative_ones_are_no_layers() {
        for size in [1, 2, 4, 8] {
            let mut little = vec![0; size];
            little[0] = 14;
            let big: Vec<u8> = little.iter().rev().copied().collect();
            assert_eq!(layers(&little, size, true, false), Some(vec![14]), "{size}");
            assert_eq!(layers(&big, size, false, true), Some(vec![14]), "{size}");
            assert_eq!(layers(&vec![0xff; size], size, true, false), None, "{size}");
        }
        assert_eq!(layers(&[0xff], 1, false, false), Some(vec![255]));
        assert_eq!(layers(&[7, 0, 9, 0], 2, true, false), Some(vec![7, 9]));
        assert_eq!(layers(&[0, 4], 2, true, false), None, "1024 is no layer");
    }
}
