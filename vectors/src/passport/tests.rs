//! Tests that a passport comes back as it was packed, and that a changed or hostile one is refused.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::adapter::Adapter;
use crate::files::{AdapterFile, GgufTarget, Provenance, SteeringFile, VectorFile};
use crate::model::Model;
use crate::steering::SteeringVector;

fn vector(layers: &[usize]) -> VectorFile {
    let part =
        |layer: &usize| SteeringVector { layer: *layer, values: [0.1, -2.5, 1.5e-42, *layer as f32].into() };
    let provenance = Provenance {
        name: Some("wealth".into()),
        seed: Some(11),
        policy: Some(Provenance::ADD_EVERYWHERE.into()),
        ..Provenance::default()
    };
    VectorFile::new(layers.iter().map(part).collect(), provenance).unwrap()
}

/// A passport whose curve has numbers that a careless reader of decimals gets wrong.
fn package(layers: &[usize]) -> Package {
    let file = SteeringFile::Vectors(vector(layers));
    let mut passport = Passport::new("wealth".into(), &file, "Tiller 0.1.0".into());
    let point = |multiplier: f64| PointRecord {
        multiplier,
        value: 2.638_344_616_030_823e3 * (multiplier + 0.1),
        low: 8.533_e-5 / 3.0,
        high: 1.0 / 3.0,
        n: 20,
        missing: 0,
    };
    passport.sweep = Some(SweepRecord {
        name: "wealth".into(),
        note: String::new(),
        model_fingerprint: Some("ab".repeat(32)),
        precision: Some("stored".into()),
        settings: serde_json::json!({"multipliers": [-1.0, 0.0, 0.7]}),
        set_hashes: vec!["cd".repeat(32)],
        vector_hashes: vec!["ef".repeat(32)],
        curves: vec![CurveRecord {
            arm: "wealth".into(),
            of: CurveOf::Vector,
            arm_index: 0,
            set: Some("Wealth".into()),
            set_index: Some(0),
            score: "Preference".into(),
            score_index: 0,
            unit: "log-odds, nats".into(),
            is_behavior: true,
            points: [-1.0, 0.0, 0.7].map(point).to_vec(),
        }],
    });
    Package::new(passport, file, vec![(CARD, b"# wealth\n".to_vec()), (PAIRS, b"{}\n".to_vec())]).unwrap()
}

fn family(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families").join(name)
}

/// An adapter of the tiny Llama, with its GGUF file.
fn adapter_package() -> Package {
    let model = family("llama.gguf");
    let shape = Model::open(&model).load().unwrap().adapter_shape(2);
    let values = (0..shape.numbers()).map(|i| (0.1 * (1.3 * i as f64).sin()) as f32).collect();
    let provenance = Provenance {
        name: Some("calm".into()),
        policy: Some(Provenance::ADD_TO_WEIGHTS.into()),
        ..Provenance::default()
    };
    let adapter = Arc::new(Adapter::new(shape, 4.0, values).unwrap());
    let file = AdapterFile { adapter, provenance, notes: vec![] };
    let gguf = file.to_gguf(&GgufTarget::open(&model).unwrap()).unwrap();
    let file = SteeringFile::Adapter(file);
    let passport = Passport::new("calm".into(), &file, "Tiller 0.1.0".into());
    Package::new(passport, file, vec![(CARD, b"# calm\n".to_vec()), (ADAPTER_GGUF, gguf)]).unwrap()
}

fn archive_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn files(package: &Package) -> Vec<(String, Vec<u8>)> {
    package.all_files().unwrap()
}

fn borrowed(files: &[(String, Vec<u8>)]) -> Vec<(&str, &[u8])> {
    files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
}

#[test]
fn a_passport_comes_back_to_the_bit_from_an_archive_and_from_a_folder() {
    let place = tempfile::tempdir().unwrap();
    for layers in [&[3][..], &[1, 7], &[0]] {
        let package = package(layers);
        let bytes = package.to_archive().unwrap();
        assert_eq!(bytes, self::package(layers).to_archive().unwrap(), "the same content has the same bytes");
        assert_eq!(Package::parse(&bytes).unwrap(), package);
        let folder = place.path().join(format!("folder-{}", layers[0]));
        package.write(&folder, false).unwrap();
        fs::write(folder.join(".gitattributes"), "* text").unwrap();
        assert_eq!(Package::read(&folder).unwrap(), package);
        assert_eq!(package.file(GGUF).is_some(), layers[0] != 0, "a control vector has no layer 0");
        // The same archive, packed by another program.
        let again = archive_of(&borrowed(&files(&package)));
        assert_eq!(Package::parse(&again).unwrap(), package);
    }
}

#[test]
fn a_passport_is_read_wherever_a_vector_is() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("wealth.tiller-vector.zip");
    package(&[1, 7]).write(&path, false).unwrap();
    let read = |layer| SteeringFile::read(&path, layer);
    assert_eq!(read(None).unwrap(), SteeringFile::Vectors(vector(&[1, 7])));
    assert_eq!(VectorFile::read(&path, Some(7)).unwrap().vectors, vector(&[7]).vectors);
    assert!(matches!(read(Some(2)), Err(FileError::OtherLayer { given: 2, .. })));
    assert!(matches!(SteeringFile::read(&place.path().join("no.zip"), None), Err(FileError::Missing)));
}

#[test]
fn an_adapters_passport_is_read_wherever_an_adapter_is() {
    let place = tempfile::tempdir().unwrap();
    let package = adapter_package();
    assert_eq!(package.passport.version, 2);
    let (archive, folder) = (place.path().join("calm.tiller-vector.zip"), place.path().join("calm"));
    package.write(&archive, false).unwrap();
    package.write(&folder, false).unwrap();
    for path in [&archive, &folder] {
        assert_eq!(Package::read(path).unwrap(), package);
        assert_eq!(SteeringFile::read(path, None).unwrap(), package.steering);
        let error = VectorFile::read(path, None).unwrap_err().to_string();
        assert!(error.contains("passport of an adapter"), "{error}");
    }
    // The folder is peft's, too.
    let file = AdapterFile::read(&AdapterFile::in_folder(&folder)).unwrap();
    assert_eq!(SteeringFile::Adapter(file), package.steering);
    let model = |name: &str| GgufTarget::open(&family(name)).unwrap();
    package.check_adapter_gguf(&model("llama.gguf")).unwrap();
    assert!(package.check_adapter_gguf(&model("qwen3")).is_err());

    let changed = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = files(&package);
        let file = files.iter_mut().find(|(known, _)| known == name).unwrap();
        change(&mut file.1);
        let mut passport = package.passport.clone();
        let record = FileRecord { bytes: file.1.len() as u64, sha256: numbers::sha256(&file.1) };
        passport.files.insert(name.into(), record);
        files[0].1 = passport.to_bytes().unwrap();
        Package::parse(&archive_of(&borrowed(&files)))
    };
    let last = |bytes: &mut Vec<u8>| {
        let at = bytes.len() - 2;
        bytes[at] ^= 1;
    };
    let message = changed(ADAPTER, &last).unwrap_err().to_string();
    assert!(message.contains("numbers"), "{message}");
    // The order of a GGUF file's rows is the model's: only with it can the numbers be compared.
    let other = changed(ADAPTER_GGUF, &last).unwrap();
    let message = other.check_adapter_gguf(&model("llama.gguf")).unwrap_err().to_string();
    assert!(message.contains("adapter.gguf") && message.contains("numbers"), "{message}");
    let mut both = files(&package);
    let control = package_of_vector_file();
    let mut passport = package.passport.clone();
    let record = FileRecord { bytes: control.len() as u64, sha256: numbers::sha256(&control) };
    passport.files.insert(SAFETENSORS.into(), record);
    both[0].1 = passport.to_bytes().unwrap();
    both.push((SAFETENSORS.into(), control));
    let message = Package::parse(&archive_of(&borrowed(&both))).unwrap_err().to_string();
    assert!(message.contains("no file of the passport of an adapter"), "{message}");
}

fn package_of_vector_file() -> Vec<u8> {
    vector(&[3]).to_bytes(crate::files::Format::Safetensors).unwrap()
}

#[test]
fn what_was_changed_on_the_way_is_refused_by_its_name() {
    let package = package(&[3]);
    for (index, (name, _)) in files(&package).iter().enumerate().skip(1) {
        let mut changed = files(&package);
        *changed[index].1.last_mut().unwrap() ^= 1;
        let message = Package::parse(&archive_of(&borrowed(&changed))).unwrap_err().to_string();
        assert!(message.contains(name.as_str()) && message.contains("changed"), "{message}");
        changed.remove(index);
        let message = Package::parse(&archive_of(&borrowed(&changed))).unwrap_err().to_string();
        assert!(message.contains(name.as_str()) && message.contains("not there"), "{message}");
    }
    // A passport about other numbers, whose hash of the file fits.
    let mut other = package.passport.clone();
    if let SteeringRecord::Vector(record) = &mut other.steering {
        record.content_hash = "0".repeat(64);
    }
    let mut changed = files(&package);
    changed[0].1 = other.to_bytes().unwrap();
    let message = Package::parse(&archive_of(&borrowed(&changed))).unwrap_err().to_string();
    assert!(message.contains("numbers"), "{message}");
    other.version = 3;
    changed[0].1 = other.to_bytes().unwrap();
    let message = Package::parse(&archive_of(&borrowed(&changed))).unwrap_err().to_string();
    assert!(message.contains("version 3"), "{message}");
}

#[test]
fn hostile_archives_are_refused() {
    let package = package(&[3]);
    let whole = files(&package);
    let refused = |bytes: &[u8]| Package::parse(bytes).unwrap_err().to_string();
    for name in [
        "../passport.json",
        "/etc/passwd",
        "a/passport.json",
        "c:\\x",
        "passport.json/",
        "extra.txt",
        "PASSPORT.JSON",
    ] {
        let mut files = borrowed(&whole);
        files.push((name, b"x"));
        let message = refused(&archive_of(&files));
        assert!(message.contains("no file of a passport"), "{name}: {message}");
    }
    // A link in the place of a file.
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_symlink(PASSPORT, "/etc/passwd", SimpleFileOptions::default()).unwrap();
    assert!(refused(&archive.finish().unwrap().into_inner()).contains("link"));
    // What unpacks to far more than it says.
    let bomb = vec![b' '; MAX_PASSPORT_BYTES as usize + 1];
    let bytes = archive_of(&[(PASSPORT, &bomb)]);
    assert!(bytes.len() < 1 << 20);
    assert!(matches!(Package::parse(&bytes), Err(FileError::TooLarge { .. })));
    assert!(refused(b"PK no archive").contains("contents"));
    assert!(refused(&archive_of(&[])).contains("passport.json"));
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    // The library does not write one: the second name is put in the place of another of its length.
    let bytes = archive_of(&[(PASSPORT, b"{}"), ("passport.JSOM", b"{\"format\": 1}")]);
    let from = b"passport.JSOM";
    let mut twice = bytes.clone();
    for at in 0..bytes.len() - from.len() {
        if &bytes[at..at + from.len()] == from {
            twice[at..at + from.len()].copy_from_slice(PASSPORT.as_bytes());
        }
    }
    assert_ne!(twice, bytes);
    let message = Package::parse(&twice).unwrap_err().to_string();
    assert!(message.contains("twice"), "{message}");
}

#[test]
fn a_folder_that_is_there_stays_and_an_archive_is_replaced_only_where_it_may_be() {
    let place = tempfile::tempdir().unwrap();
    let package = package(&[3]);
    let (folder, archive) = (place.path().join("wealth"), place.path().join("wealth.tiller-vector.zip"));
    fs::create_dir(&folder).unwrap();
    assert!(package.write(&folder, true).is_err());
    package.write(&archive, false).unwrap();
    assert!(package.write(&archive, false).is_err());
    package.write(&archive, true).unwrap();
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
}

#[test]
fn what_is_no_file_in_a_folder_is_refused() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join(PASSPORT)).unwrap();
    assert!(matches!(Package::read(place.path()), Err(FileError::Special(_))));
}

/// Collects the paths of all fields. What stands under `settings` is another format's.
fn fields(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        serde_json::Value::Object(entries) if path == "files" => {
            entries.values().for_each(|file| fields(file, "files.NAME", found));
        }
        serde_json::Value::Object(entries) if path != "sweep.settings" => {
            entries.iter().for_each(|(key, value)| fields(value, &below(key), found));
        }
        serde_json::Value::Array(entries) if entries.iter().any(serde_json::Value::is_object) => {
            for entry in entries {
                fields(entry, &format!("{path}[]"), found);
            }
        }
        _ if !found.iter().any(|known| known == path) => found.push(path.to_owned()),
        _ => {}
    }
}

/// Returns what stands in backticks at the beginning of the rows of a section's table.
fn documented(section: &str) -> Vec<String> {
    let docs = include_str!("../../../docs/passport.md");
    let (_, text) = docs.split_once(section).unwrap();
    let rows =
        text.lines().skip_while(|line| !line.starts_with("| `")).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn the_documentation_lists_every_field_and_file() {
    let text = Some("x".to_owned());
    let mut whole = package(&[3]).passport;
    whole.licence = text.clone();
    whole.provenance = Provenance {
        name: text.clone(),
        method: text.clone(),
        model: text.clone(),
        architecture: text.clone(),
        model_fingerprint: text.clone(),
        data_hash: text.clone(),
        policy: text.clone(),
        made_by: text.clone(),
        seed: Some(1),
        settings: text.clone(),
        made_from: text.clone(),
    };
    whole.versions.made_by = text;
    whole.data = Some(DataRecord { hash: "x".into(), train: Some(1), held_out: Some(1), pairs: true });
    whole.useful_range = Some(UsefulRange { from: -1.0, to: 1.0, rule: "x".into() });
    if let Some(sweep) = &mut whole.sweep {
        sweep.note = "x".into();
    }
    whole.side_effects = vec![SideEffect {
        score: "x".into(),
        unit: "x".into(),
        multiplier: 1.0,
        unsteered: 1.0,
        value: 1.0,
        low: 1.0,
        high: 1.0,
        n: 1,
    }];
    let mut found = Vec::new();
    fields(&serde_json::to_value(&whole).unwrap(), "", &mut found);
    fields(&serde_json::to_value(adapter_package().passport).unwrap(), "", &mut found);
    let mut listed = documented("## `passport.json`");
    found.sort();
    listed.sort();
    assert_eq!(found, listed);
    let mut files: Vec<String> =
        FILES.iter().map(|(name, _)| (*name).to_owned()).chain([PASSPORT.to_owned()]).collect();
    let mut listed = documented("## Files");
    files.sort();
    listed.sort();
    assert_eq!(files, listed);
}
