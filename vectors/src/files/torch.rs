//! PyTorch files (`.pt`, `.pth`, `.bin`): a zip archive with a pickle that describes tensors, and their storages. The BiPO
//! authors' program saves one tensor; others save a parameter, a list, or a dictionary by layers or by names. The pickle is
//! parsed, never executed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::rc::Rc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::contents::{Contents, Count, Holds, Tensor, listed};
use super::error::damaged;
use super::pickle::{self, Description, Saved};
use super::{FileError, MAX_FILE_BYTES, Provenance, Table, bytes};

const FORMAT: &str = "PyTorch";

/// The largest pickle, in bytes; one tensor takes about 200.
const MAX_PICKLE_BYTES: u64 = 512 << 10;

/// The key of a vector's layer in a dictionary.
const LAYER: &str = "layer";

/// The keys under which programs keep their vectors beside other lists and dictionaries.
const VECTORS: [&str; 5] = ["vectors", "layers", "directions", "steering_vectors", "control_vectors"];

/// The folder in the archive; PyTorch accepts any name.
const FOLDER: &str = "vector";

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Parses the bytes of a file.
///
/// # Errors
/// Where the file is truncated or damaged, contains something other than tensors of floats, or refers to code.
pub fn parse(bytes: &[u8]) -> Result<Contents, FileError> {
    if !bytes.starts_with(b"PK") {
        let detail = match bytes.first() {
            Some(0x80) => {
                "it was saved in PyTorch's old form; torch.save(torch.load(...), ...) makes a new one"
            }
            _ => "it is no zip archive",
        };
        return Err(damaged(FORMAT, "its beginning", detail));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| damaged(FORMAT, "its table of contents", error))?;
    let pickle = archive.file_names().filter_map(Result::ok).find(|name| name.ends_with("/data.pkl"));
    let pickle =
        pickle.ok_or_else(|| damaged(FORMAT, "its table of contents", "there is no data.pkl"))?.into_owned();
    let folder = pickle.trim_end_matches("data.pkl").to_owned();
    let saved = pickle::describe(&content(&mut archive, &pickle, MAX_PICKLE_BYTES)?)?;
    let is_big = match content(&mut archive, &format!("{folder}byteorder"), 16) {
        Ok(order) if order == b"big" => true,
        Ok(order) if order != b"little" => {
            return Err(FileError::NotAVector { detail: "the order of its bytes is not known".into() });
        }
        _ => false,
    };
    Storages { archive, folder, is_big, read: BTreeMap::new(), bytes: 0, count: Count::default() }
        .contents(saved)
}

/// One storage: its numbers, and which of them a tensor has already.
struct Storage {
    numbers: Vec<f32>,
    is_taken: Vec<bool>,
}

/// The storages of a file, which are read when a tensor refers to them.
struct Storages<'a> {
    archive: Archive<'a>,
    folder: String,
    is_big: bool,
    read: BTreeMap<Rc<str>, Storage>,
    bytes: u64,
    count: Count,
}

impl Storages<'_> {
    /// The content of what the pickle describes.
    fn contents(&mut self, saved: Saved) -> Result<Contents, FileError> {
        let no_vector = |detail: String| FileError::NotAVector { detail };
        match saved {
            Saved::Tensor(description) => {
                let tensor = self.tensor(String::new(), &description)?;
                Contents::of_tensors(vec![tensor], Provenance::default())
            }
            Saved::List(items) => self.of_list(items),
            Saved::Dict(entries) => self.of_dictionary(entries),
            Saved::Integer(_) | Saved::Other => {
                Err(no_vector("its pickle describes something other than tensors".into()))
            }
        }
    }

    /// A list of tensors is a table: an item for each layer. A list of one is that one.
    fn of_list(&mut self, items: Vec<Saved>) -> Result<Contents, FileError> {
        let mut tensors = Vec::new();
        for item in items {
            let Saved::Tensor(description) = item else {
                let detail = "it is a list of something other than tensors".into();
                return Err(FileError::NotAVector { detail });
            };
            tensors.push(self.tensor(String::new(), &description)?);
        }
        if let Some(other) = tensors.iter().find(|tensor| tensor.shape != tensors[0].shape) {
            let detail =
                format!("it is a list of tensors of the shapes {:?} and {:?}", tensors[0].shape, other.shape);
            return Err(FileError::NotAVector { detail });
        }
        let shape = tensors.first().map(|first| [&[tensors.len()], first.shape.as_slice()].concat());
        let whole = shape.map(|shape| Tensor {
            name: String::new(),
            shape,
            values: tensors.into_iter().flat_map(|tensor| tensor.values).collect(),
        });
        Contents::of_tensors(whole.into_iter().collect(), Provenance::default())
    }

    /// A dictionary of tensors by layers or by names. One with a single dictionary and no tensor in it stands around that.
    fn of_dictionary(&mut self, entries: Vec<(String, Saved)>) -> Result<Contents, FileError> {
        let (mut tensors, mut layer, mut left_out, mut inside) = (Vec::new(), None, Vec::new(), Vec::new());
        for (name, value) in entries {
            match value {
                Saved::Tensor(description) => {
                    let tensor = self.tensor(name.clone(), &description);
                    match tensor {
                        // A count or a mask beside the vector is no vector.
                        Err(FileError::NotAVector { .. }) => left_out.push(name),
                        tensor => tensors.push(tensor?),
                    }
                }
                Saved::Integer(number) if name == LAYER => layer = Some(number),
                Saved::List(_) | Saved::Dict(_) => inside.push((name, value)),
                Saved::Integer(_) | Saved::Other => left_out.push(name),
            }
        }
        let mut contents = if tensors.is_empty() && !inside.is_empty() {
            self.of_inside(&mut inside)?
        } else {
            Contents::of_tensors(tensors, Provenance::default())?
        };
        left_out.extend(inside.into_iter().map(|(name, _)| name));
        if let Some(layer) = layer {
            contents = contents.at_layer(layer);
        }
        if !left_out.is_empty() {
            contents.notes.push(format!("Left out: {}.", listed(left_out.iter().map(String::as_str))));
        }
        Ok(contents)
    }

    /// The content of a dictionary without a tensor of its own, whose only list or dictionary, or the one that is named after
    /// vectors, is taken out. Where all are dictionaries with a vector and its layer, as in the assistant axis' `vectors`,
    /// those are the layers.
    fn of_inside(&mut self, inside: &mut Vec<(String, Saved)>) -> Result<Contents, FileError> {
        let is_named = |(name, _): &(String, Saved)| VECTORS.contains(&name.to_ascii_lowercase().as_str());
        let mut named = if inside.len() == 1 {
            std::mem::take(inside)
        } else {
            inside.extract_if(.., |entry| is_named(entry)).collect()
        };
        if named.len() == 1
            && let Some((_, value)) = named.pop()
        {
            return self.contents(value);
        }
        inside.append(&mut named);
        let names = listed(inside.iter().map(|(name, _)| name.as_str()));
        let (mut layers, mut notes) = (Vec::new(), Vec::new());
        for (_, value) in inside.drain(..) {
            let contents = self.contents(value)?;
            let Holds::Layers(found) = contents.holds else {
                let detail = format!("it holds {names}, and one of them does not say its layer");
                return Err(FileError::NotAVector { detail });
            };
            layers.extend(found);
            notes.extend(contents.notes);
        }
        let mut contents = Contents::new(Holds::Layers(layers), Provenance::default());
        contents.notes.push(format!("Its vectors are named {names}: each is taken for the layer beside it."));
        contents.notes.extend(notes);
        Ok(contents)
    }

    fn tensor(&mut self, name: String, description: &Description) -> Result<Tensor, FileError> {
        self.count.add(&description.shape)?;
        let storage = match self.read.remove(&description.key) {
            Some(storage) => storage,
            None => self.storage(description)?,
        };
        let storage = self.read.entry(Rc::clone(&description.key)).or_insert(storage);
        let values = view(description, storage)?;
        Ok(Tensor { name, shape: description.shape.clone(), values })
    }

    fn storage(&mut self, description: &Description) -> Result<Storage, FileError> {
        let name = format!("{}data/{}", self.folder, description.key);
        let stored = content(&mut self.archive, &name, MAX_FILE_BYTES)?;
        // Files of an archive may lie over each other; their sum is that of an archive where they do not.
        self.bytes += stored.len() as u64;
        if self.bytes > MAX_FILE_BYTES {
            return Err(FileError::TooLarge { bytes: self.bytes, limit: MAX_FILE_BYTES });
        }
        let numbers = description.kind.read_ordered(&stored, self.is_big);
        Ok(Storage { is_taken: vec![false; numbers.len()], numbers })
    }
}

/// Reads a file of the archive. PyTorch does not compress; a compressed file is refused, so none is larger than the archive.
fn content(archive: &mut Archive<'_>, name: &str, limit: u64) -> Result<Vec<u8>, FileError> {
    let refuse = |detail: String| damaged(FORMAT, name, detail);
    let file = archive.by_name(name).map_err(|error| refuse(error.to_string()))?;
    if file.compression() != CompressionMethod::Stored {
        return Err(refuse("it is compressed, which PyTorch does not do".into()));
    }
    if file.size() > limit {
        return Err(refuse(format!("it has {} bytes, at most {limit} are read", file.size())));
    }
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(|error| refuse(error.to_string()))?;
    Ok(bytes)
}

/// The numbers of a tensor in C order, read from its storage. A number that is taken twice, by a stride of 0 or by two
/// tensors, is refused: no file grows by being read.
fn view(description: &Description, storage: &mut Storage) -> Result<Vec<f32>, FileError> {
    let refuse = |detail| damaged(FORMAT, "its pickle", detail);
    let too_large = || refuse("the tensor is larger than its storage");
    let Description { shape, strides, offset, .. } = description;
    let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
    let count = count.filter(|count| *count <= storage.numbers.len()).ok_or_else(too_large)?;
    let place = |index: usize| {
        let (mut rest, mut place) = (index, *offset);
        for (size, stride) in shape.iter().zip(strides).rev() {
            place = place.checked_add((rest % size).checked_mul(*stride)?)?;
            rest /= size;
        }
        (place < storage.numbers.len()).then_some(place)
    };
    let paths: Vec<usize> = (0..count).map(place).collect::<Option<_>>().ok_or_else(too_large)?;
    for place in &paths {
        if std::mem::replace(&mut storage.is_taken[*place], true) {
            return Err(refuse("its tensors lie over each other"));
        }
    }
    Ok(paths.into_iter().map(|place| storage.numbers[place]).collect())
}

/// The bytes of the file; `torch.load(..., weights_only=True)` reads them.
///
/// # Errors
/// Where the zip writer fails, which does not happen in memory.
pub fn write(table: &Table) -> Result<Vec<u8>, FileError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // PyTorch maps a storage into memory where it begins at a multiple of 64 bytes.
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).with_alignment(64);
    let numbers = bytes::to_bytes(&table.values);
    let files: [(&str, &[u8]); 4] = [
        ("data.pkl", &pickle::write(&table.shape())),
        ("byteorder", b"little"),
        ("data/0", &numbers),
        ("version", b"3\n"),
    ];
    let failed = |error: &dyn std::fmt::Display| damaged(FORMAT, "writing", error);
    for (name, content) in files {
        archive.start_file(format!("{FOLDER}/{name}"), options).map_err(|error| failed(&error))?;
        archive.write_all(content).map_err(|error| failed(&error))?;
    }
    Ok(archive.finish().map_err(|error| failed(&error))?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, content) in files {
            archive.start_file(*name, options).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn message(files: &[(&str, &[u8])]) -> String {
        parse(&archive(files)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_one_tensor_is_refused() {
        let pickle = pickle::write(&[2]);
        assert!(parse(&archive(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 8])])).is_ok());
        assert!(message(&[("a/data.pkl", &pickle)]).contains("a/data/0"));
        assert!(
            message(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 4])]).contains("larger than its storage")
        );
        assert!(
            message(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 8]), ("a/byteorder", b"mixed")])
                .contains("byte")
        );
        assert!(message(&[("a/data.pkl", &vec![b'N'; 600_000])]).contains("600000 bytes"));
        assert!(message(&[("a/data.pkl", b"cos\nsystem\n.")]).contains("os.system"));
        assert!(message(&[("readme", b"")]).contains("data.pkl"));
        assert!(
            parse(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.")
                .unwrap_err()
                .to_string()
                .contains("old form")
        );
    }

    #[test]
    fn a_view_stays_in_its_storage() {
        let description = |shape: &[usize], strides: &[usize], offset| Description {
            kind: bytes::FloatType::F32,
            key: "0".into(),
            offset,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
        };
        let read = |description: &Description| {
            let numbers = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
            view(description, &mut Storage { is_taken: vec![false; 6], numbers })
        };
        assert_eq!(read(&description(&[3], &[2], 1)).unwrap(), [1.0, 3.0, 5.0]);
        assert_eq!(read(&description(&[2, 3], &[1, 2], 0)).unwrap(), [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        assert!(read(&description(&[3], &[2], 2)).is_err());
        assert!(read(&description(&[usize::MAX, usize::MAX], &[0, 0], 0)).is_err());
        assert!(read(&description(&[7], &[0], 0)).is_err());
        assert!(read(&description(&[2], &[usize::MAX], usize::MAX)).is_err());
        assert!(read(&description(&[2], &[0], 0)).unwrap_err().to_string().contains("over each other"));
    }

    /// The pickle of a tensor without its header and its end, which stand once in a file.
    fn bare(size: usize) -> Vec<u8> {
        let whole = pickle::write(&[size]);
        whole[2..whole.len() - 1].to_vec()
    }

    fn layers(pickle: &[u8], numbers: usize, layer: Option<usize>) -> Result<Vec<usize>, FileError> {
        let storage = bytes::to_bytes(&vec![1.0; numbers]);
        let contents = parse(&archive(&[("a/data.pkl", pickle), ("a/data/0", &storage)]))?;
        let file = contents.vectors(layer, None)?;
        Ok(file.vectors.iter().map(|vector| vector.layer).collect())
    }

    #[test]
    fn parameters_lists_and_dictionaries_are_read() {
        let parameter = [
            b"\x80\x02ctorch._utils\n_rebuild_parameter\n".as_slice(),
            &bare(2),
            b"\x88ccollections\nOrderedDict\n)R\x87R.",
        ];
        assert_eq!(layers(&parameter.concat(), 2, Some(3)).unwrap(), [3]);
        assert_eq!(layers(&[b"]".as_slice(), &bare(2), b"a."].concat(), 2, Some(3)).unwrap(), [3]);
        assert_eq!(layers(&[b"}K\x0a".as_slice(), &bare(2), b"s."].concat(), 2, None).unwrap(), [10]);
        let named = [
            b"}(X\x06\0\0\0vector".as_slice(),
            &bare(2),
            b"X\x05\0\0\0layerK\x07X\x04\0\0\0typeX\x04\0\0\0meanu.",
        ];
        assert_eq!(layers(&named.concat(), 2, None).unwrap(), [7]);
        let around = [b"}X\x07\0\0\0vectors}K\x0a".as_slice(), &bare(2), b"ss."].concat();
        assert_eq!(layers(&around, 2, None).unwrap(), [10]);
        assert!(matches!(
            layers(&[b"]".as_slice(), &bare(2), b"a."].concat(), 2, None),
            Err(FileError::NoLayer { .. })
        ));
        for other in [b"].".as_slice(), b"}.", b"]K\x01a.", b"}X\x01\0\0\0aK\x01s."] {
            assert!(matches!(layers(other, 2, Some(1)), Err(FileError::NotAVector { .. })), "{other:?}");
        }
    }

    #[test]
    fn named_vectors_with_their_layers_are_read_as_the_assistant_axis_keeps_them() {
        let text =
            |text: &str| [b"X", (text.len() as u32).to_le_bytes().as_slice(), text.as_bytes()].concat();
        // A dictionary with the vector of storage `key` and its layer.
        let part = |key: u8, layer: u8| {
            let mut tensor = bare(2);
            let place = tensor.windows(6).position(|bytes| bytes == b"X\x01\0\0\x000").unwrap();
            tensor[place + 5] = key;
            [b"}(".to_vec(), text("vector"), tensor, text("layer"), vec![b'K', layer, b'u']].concat()
        };
        let two = |layers: [u8; 2]| {
            let parts = [text("a"), part(b'0', layers[0]), text("b"), part(b'1', layers[1])].concat();
            // [{"id": .., "interventions": [{"vector": .., "cap": -16.875}]}], as its programs write what they tried.
            let cap = [
                b"}(".to_vec(),
                text("vector"),
                text("a"),
                text("cap"),
                b"G\xc0\x30\xe0\0\0\0\0\0u".to_vec(),
            ]
            .concat();
            let interventions = [text("interventions"), b"](".to_vec(), cap, b"e".to_vec()].concat();
            let experiment =
                [b"}(".to_vec(), text("id"), text("layers_20:24-p0.25"), interventions, b"u".to_vec()]
                    .concat();
            let rest = [text("experiments"), b"](".to_vec(), experiment, b"e".to_vec()].concat();
            [b"}(".to_vec(), text("vectors"), b"}(".to_vec(), parts, b"u".to_vec(), rest, b"u.".to_vec()]
                .concat()
        };
        let read = |pickle: &[u8]| {
            let storage = bytes::to_bytes(&[1.0, 2.0]);
            let entries = [("a/data.pkl", pickle), ("a/data/0", storage.as_slice()), ("a/data/1", &storage)];
            parse(&archive(&entries)).and_then(|contents| contents.vectors(None, None))
        };
        let file = read(&two([20, 24])).unwrap();
        assert_eq!(file.vectors.iter().map(|vector| vector.layer).collect::<Vec<_>>(), [20, 24]);
        assert!(
            file.notes[0].contains("\"a\", \"b\"") && file.notes[1].contains("experiments"),
            "{:?}",
            file.notes
        );
        assert!(read(&two([20, 20])).unwrap_err().to_string().contains("layer 20 is there twice"));
    }

    #[test]
    fn tensors_over_each_other_are_refused() {
        let both = [b"](".as_slice(), &bare(2), &bare(2), b"e."].concat();
        assert!(layers(&both, 2, None).unwrap_err().to_string().contains("over each other"));
    }
}
