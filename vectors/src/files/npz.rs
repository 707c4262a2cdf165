//! NumPy `.npz` archives: arrays by their names, packed or not.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::beside::with_layers;
use super::contents::{Contents, Count};
use super::error::damaged;
use super::{FileError, MAX_FILE_BYTES, MAX_LAYERS, Provenance, numpy};

const FORMAT: &str = "NumPy archive";

/// Parses the bytes of a file.
///
/// # Errors
/// Where the archive is truncated or damaged, unpacks to more than [`MAX_FILE_BYTES`], or its arrays are no vectors.
pub fn parse(bytes: &[u8]) -> Result<Contents, FileError> {
    let refuse = |error: &dyn std::fmt::Display| damaged(FORMAT, "its table of contents", error);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refuse(&error))?;
    if archive.len() > MAX_LAYERS {
        return Err(refuse(&format!("it has {} files", archive.len())));
    }
    let (mut tensors, mut others) = (Vec::new(), Vec::new());
    let (mut count, mut left) = (Count::default(), MAX_FILE_BYTES);
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| refuse(&error))?;
        let name = file.name().map_err(|error| refuse(&error))?.into_owned();
        let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else { continue };
        let mut unpacked = Vec::new();
        file.take(left + 1)
            .read_to_end(&mut unpacked)
            .map_err(|error| damaged(FORMAT, name.as_str(), error))?;
        let size = unpacked.len() as u64;
        left = left.checked_sub(size).ok_or(FileError::TooLarge { bytes: size, limit: MAX_FILE_BYTES })?;
        match numpy::tensor(name.clone(), &unpacked, &mut count) {
            // Beside the vector there may be its layer, the model's name, counts.
            Err(FileError::NotAVector { .. }) if archive.len() > 1 => others.push((name, unpacked)),
            tensor => tensors.push(tensor?),
        }
    }
    let others = others.into_iter().map(|(name, array)| (name, numpy::layers(&array))).collect();
    with_layers(Contents::of_tensors(tensors, Provenance::default())?, others)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::super::Table;
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, content) in files {
            archive.start_file(*name, options).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn arrays_are_layers_by_their_names_or_one_vector() {
        let array = numpy::write(&Table { rows: None, values: vec![1.0, 2.0] });
        let layers = |bytes: &[u8], layer| {
            let file = parse(bytes)?.vectors(layer, None)?;
            Ok::<_, FileError>(file.vectors.iter().map(|vector| vector.layer).collect::<Vec<_>>())
        };
        assert_eq!(
            layers(&archive(&[("layer_3.npy", &array), ("layer_7.npy", &array)]), None).unwrap(),
            [3, 7]
        );
        assert_eq!(layers(&archive(&[("arr_0.npy", &array)]), Some(5)).unwrap(), [5]);
        assert!(matches!(layers(&archive(&[("arr_0.npy", &array)]), None), Err(FileError::NoLayer { .. })));
        assert!(layers(&archive(&[("a.npy", &array), ("b.npy", &array)]), None).is_err());
        assert!(layers(b"PK no archive", None).is_err());
    }

    #[test]
    fn layers_stand_beside_the_vector_and_other_arrays_are_left_out() {
        let array = |kind: &str, shape: &str, data: &[u8]| {
            let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
            let length = (header.len() as u16).to_le_bytes();
            [b"\x93NUMPY\x01\x00".as_slice(), &length, header.as_bytes(), data].concat()
        };
        let layer = array("<i8", "()", &10_u64.to_le_bytes());
        let words = array("<U2", "()", &[97, 0, 0, 0, 98, 0, 0, 0]);
        let one = numpy::write(&Table { rows: None, values: vec![1.0, 2.0] });
        let named = [("vector.npy", one.as_slice()), ("layer.npy", &layer), ("model.npy", &words)];
        let file = parse(&archive(&named)).unwrap().vectors(None, None).unwrap();
        assert_eq!((file.vectors[0].layer, file.notes), (10, vec!["Left out: \"model\".".to_owned()]));
        let two = numpy::write(&Table { rows: Some(2), values: vec![1.0, 2.0, 3.0, 4.0] });
        let layers = array("<i4", "(2,)", &[10, 0, 0, 0, 12, 0, 0, 0]);
        let file = parse(&archive(&[("v.npy", &two), ("layers.npy", &layers)])).unwrap();
        let file = file.vectors(None, None).unwrap();
        assert_eq!(file.vectors.iter().map(|vector| vector.layer).collect::<Vec<_>>(), [10, 12]);
        // Alone, it is refused as before.
        assert!(parse(&archive(&[("layers.npy", &layers)])).unwrap_err().to_string().contains("<i4"));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let zeros = vec![0; MAX_FILE_BYTES as usize + 1];
        let bytes = archive(&[("a.npy", &zeros)]);
        assert!(bytes.len() < 1 << 20);
        assert!(matches!(parse(&bytes), Err(FileError::TooLarge { .. })));
    }
}
