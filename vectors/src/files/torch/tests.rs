//! Tests files as PyTorch writes them, and hostile ones.

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
    assert!(message(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 4])]).contains("larger than its storage"));
    assert!(
        message(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 8]), ("a/byteorder", b"mixed")])
            .contains("byte")
    );
    assert!(message(&[("a/data.pkl", &vec![b'N'; 600_000])]).contains("600000 bytes"));
    assert!(message(&[("a/data.pkl", b"cos\nsystem\n.")]).contains("os.system"));
    assert!(message(&[("readme", b"")]).contains("data.pkl"));
}

#[test]
fn a_view_stays_in_its_storage() {
    let description = |shape: &[usize], strides: &[usize], offset| Description {
        kind: Stored::Floats(bytes::FloatType::F32),
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
    // A dictionary with the vector of storage `key` and its layer.
    let part = |key: u8, layer: u8| {
        [b"}(".to_vec(), text("vector"), stored(key), text("layer"), vec![b'K', layer, b'u']].concat()
    };
    let two = |layers: [u8; 2]| {
        let parts = [text("a"), part(b'0', layers[0]), text("b"), part(b'1', layers[1])].concat();
        // [{"id": .., "interventions": [{"vector": .., "cap": -16.875}]}], as its programs write what they tried.
        let cap =
            [b"}(".to_vec(), text("vector"), text("a"), text("cap"), b"G\xc0\x30\xe0\0\0\0\0\0u".to_vec()]
                .concat();
        let interventions = [text("interventions"), b"](".to_vec(), cap, b"e".to_vec()].concat();
        let experiment =
            [b"}(".to_vec(), text("id"), text("layers_20:24-p0.25"), interventions, b"u".to_vec()].concat();
        let rest = [text("experiments"), b"](".to_vec(), experiment, b"e".to_vec()].concat();
        [b"}(".to_vec(), text("vectors"), b"}(".to_vec(), parts, b"u".to_vec(), rest, b"u.".to_vec()].concat()
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
    // Two vectors of one layer are no parts of one: a person names one of them.
    let several = read(&two([20, 20])).unwrap_err();
    assert!(matches!(&several, FileError::Several { names } if names == "\"a\", \"b\""), "{several}");
}

#[test]
fn dictionaries_side_by_side_are_asked_for_by_their_names() {
    let by_layers = |keys: [u8; 2], layers: [u8; 2]| {
        let entry = |place: usize| [vec![b'K', layers[place]], stored(keys[place])].concat();
        [b"}(".to_vec(), entry(0), entry(1), b"u".to_vec()].concat()
    };
    let read = |second: [u8; 2]| {
        let entries = [
            [text("joy"), by_layers([b'0', b'1'], [10, 11])].concat(),
            [text("fear"), by_layers([b'2', b'3'], second)].concat(),
            [text("metadata"), b"}".to_vec(), text("model"), text("m"), b"s".to_vec()].concat(),
        ];
        let pickle = [b"\x80\x02}(".as_slice(), &entries.concat(), b"u."].concat();
        let storages = [1.0, 2.0, 3.0, 4.0].map(|number| bytes::to_bytes(&[number, number]));
        let [a, b, c, d] = &storages;
        let files = [
            ("a/data.pkl", pickle.as_slice()),
            ("a/data/0", a),
            ("a/data/1", b),
            ("a/data/2", c),
            ("a/data/3", d),
        ];
        parse(&archive(&files)).unwrap()
    };
    // Also where no layer is there twice: they are vectors of their own.
    for second in [[10, 11], [12, 13]] {
        let contents = read(second);
        let asked = contents.clone().vectors(None, None).unwrap_err().to_string();
        assert!(asked.contains("\"joy\", \"fear\""), "{asked}");
        let fear = contents.entry("fear").unwrap().vectors(None, None).unwrap();
        let found: Vec<(usize, f32)> =
            fear.vectors.iter().map(|vector| (vector.layer, vector.values[0])).collect();
        assert_eq!(found, [(usize::from(second[0]), 3.0), (usize::from(second[1]), 4.0)]);
        assert!(fear.notes.iter().any(|note| note.contains("\"metadata\"")), "{:?}", fear.notes);
    }
}

#[test]
fn whole_numbers_beside_a_vector_are_its_layers_or_left_out() {
    // A tensor of whole numbers, of so many bytes each, in storage `key`.
    let whole = |kind: &str, key: u8, count: u8| {
        let mut tensor = bare(2);
        let from = b"FloatStorage";
        let at = tensor.windows(from.len()).position(|bytes| bytes == from).unwrap();
        drop(tensor.splice(at..at + from.len(), kind.bytes()));
        let at = tensor.windows(6).position(|bytes| bytes == b"X\x01\0\0\x000").unwrap();
        tensor[at + 5] = key;
        // The shape and the number in the storage stand as four bytes.
        let places: Vec<usize> =
            (0..tensor.len() - 4).filter(|at| tensor[*at..].starts_with(b"J\x02\0\0\0")).collect();
        for at in places {
            tensor[at + 1] = count;
        }
        tensor
    };
    let read = |vectors: Vec<u8>, name: &str, layers: Vec<u8>, held: &[u8]| {
        let entries = [text("vector"), vectors, text(name), layers].concat();
        let pickle = [b"\x80\x02}(".as_slice(), &entries, b"u."].concat();
        let numbers = [bytes::to_bytes(&[1.0, 2.0]), bytes::to_bytes(&[3.0, 4.0])];
        let files = [
            ("a/data.pkl", pickle.as_slice()),
            ("a/data/0", &numbers[0]),
            ("a/data/1", &numbers[1]),
            ("a/data/9", held),
        ];
        parse(&archive(&files))
    };
    let of = |contents: Result<Contents, FileError>| -> Vec<usize> {
        let file = contents.unwrap().vectors(None, None).unwrap();
        file.vectors.iter().map(|vector| vector.layer).collect()
    };
    for (kind, held) in [
        ("LongStorage", 15_i64.to_le_bytes().as_slice()),
        ("IntStorage", &15_i32.to_le_bytes()),
        ("ShortStorage", &15_i16.to_le_bytes()),
        ("ByteStorage", &[15]),
    ] {
        assert_eq!(of(read(stored(b'0'), "layer", whole(kind, b'9', 1), held)), [15], "{kind}");
    }
    let two = [b"](".to_vec(), stored(b'0'), stored(b'1'), b"e".to_vec()].concat();
    let numbers = [24_i64.to_le_bytes(), 26_i64.to_le_bytes()].concat();
    assert_eq!(of(read(two, "layers", whole("LongStorage", b'9', 2), &numbers)), [24, 26]);
    // What is no layer is left out, and said.
    for (name, kind, held) in [
        ("steps", "LongStorage", 15_i64.to_le_bytes().as_slice()),
        ("layer", "LongStorage", &(-1_i64).to_le_bytes()),
        ("mask", "BoolStorage", &[1]),
    ] {
        let contents = read(stored(b'0'), name, whole(kind, b'9', 1), held).unwrap();
        assert!(contents.notes.iter().any(|note| note.contains(&format!("Left out: {name:?}"))), "{name}");
        assert!(matches!(contents.vectors(None, None), Err(FileError::NoLayer { .. })), "{name}");
    }
    let alone = [b"\x80\x02".as_slice(), &whole("LongStorage", b'9', 1), b"."].concat();
    let files = [("a/data.pkl", alone.as_slice()), ("a/data/9", [0_u8; 8].as_slice())];
    assert!(message(&files).contains("stored as LongStorage"));
}

/// A text as a pickle has it.
fn text(text: &str) -> Vec<u8> {
    [b"X", (text.len() as u32).to_le_bytes().as_slice(), text.as_bytes()].concat()
}

/// The pickle of a tensor of two numbers in this storage.
fn stored(key: u8) -> Vec<u8> {
    let mut tensor = bare(2);
    let place = tensor.windows(6).position(|bytes| bytes == b"X\x01\0\0\x000").unwrap();
    tensor[place + 5] = key;
    tensor
}

#[test]
fn a_dictionary_by_layers_is_taken_before_sums_that_have_no_layer() {
    let dictionary = |entries: &[Vec<u8>]| [b"}(", entries.concat().as_slice(), b"u"].concat();
    let by_layers = dictionary(&[b"K\x18".to_vec(), stored(b'1'), b"K\x1a".to_vec(), stored(b'2')]);
    let numbers = b"](K\x18K\x1ae".to_vec();
    let read = |sum: &str| {
        // A sum under two names, as persona programs keep it, and lists and facts beside it.
        let entries = [
            [text(sum), stored(b'0'), text("safe_vector"), stored(b'0')].concat(),
            [text("per_layer_vectors"), by_layers.clone(), text("layers"), numbers.clone()].concat(),
            [text("metadata"), dictionary(&[text("model"), text("a model")])].concat(),
        ];
        let pickle = [b"\x80\x02", dictionary(&entries).as_slice(), b"."].concat();
        let storages = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]].map(|numbers| bytes::to_bytes(&numbers));
        let [sum, low, high] = &storages;
        let files =
            [("a/data.pkl", pickle.as_slice()), ("a/data/0", sum), ("a/data/1", low), ("a/data/2", high)];
        parse(&archive(&files))
    };
    let file = read("raw_vector").unwrap().vectors(None, None).unwrap();
    let found: Vec<(usize, &[f32])> =
        file.vectors.iter().map(|vector| (vector.layer, vector.values.as_ref())).collect();
    assert_eq!(found, [(24, [3.0, 4.0].as_slice()), (26, &[5.0, 6.0])]);
    let left_out = "\"raw_vector\", \"safe_vector\", \"layers\", \"metadata\"";
    assert!(file.notes.iter().any(|note| note.contains(left_out)), "{:?}", file.notes);
    // A name that says that it is the vector decides, and its second name changes nothing.
    let file = read("vector").unwrap().vectors(Some(3), None).unwrap();
    assert_eq!(file.vectors[0].values.as_ref(), [1.0, 2.0]);
    assert!(file.notes.iter().any(|note| note.contains("\"safe_vector\"")), "{:?}", file.notes);
}

#[test]
fn a_list_of_layers_beside_the_vectors_says_their_layers() {
    let read = |layers: &[u8]| {
        let two = [b"](".to_vec(), stored(b'0'), stored(b'1'), b"e".to_vec()].concat();
        let entries = [text("vectors"), two, text("layers"), layers.to_vec()].concat();
        let pickle = [b"\x80\x02}(", entries.as_slice(), b"u."].concat();
        let (low, high) = (bytes::to_bytes(&[1.0, 2.0]), bytes::to_bytes(&[3.0, 4.0]));
        let files = [("a/data.pkl", pickle.as_slice()), ("a/data/0", &low), ("a/data/1", &high)];
        parse(&archive(&files)).and_then(|contents| contents.vectors(None, None))
    };
    let file = read(b"](K\x18K\x1ae").unwrap();
    let found: Vec<(usize, &[f32])> =
        file.vectors.iter().map(|vector| (vector.layer, vector.values.as_ref())).collect();
    assert_eq!(found, [(24, [1.0, 2.0].as_slice()), (26, &[3.0, 4.0])]);
    assert!(file.notes.is_empty(), "{:?}", file.notes);
    assert!(read(b"](K\x18e").unwrap_err().to_string().contains("1 layers for 2 rows"));
}

#[test]
fn tensors_over_each_other_are_refused() {
    let both = [b"](".as_slice(), &bare(2), &bare(2), b"e."].concat();
    assert!(layers(&both, 2, None).unwrap_err().to_string().contains("over each other"));
}
