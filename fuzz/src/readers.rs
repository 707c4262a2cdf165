//! The readers of files that others wrote, each as a function of bytes that must neither panic nor take much.
//!
//! What is read must survive a round trip where Tiller writes the format. The corpus of each is in `fuzz/corpus`; the tests
//! of the whole read it again (`tests/cli/damaged_files.rs`).

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use data::benchmarks::{Questions, Truthful};
use data::data_files::{DataFile, Extent, Mapping, bipo_csv, tiller_jsonl, trl_jsonl};
use tempfile::TempDir;
use vectors::files::{AdapterFile, Contents, Format, Provenance, SteeringFile, VectorFile};
use vectors::model::{Model, probe, read_facts};
use vectors::passport::{Package, Passport};
use vectors::steering::SteeringVector;

/// A reader of files that others wrote.
pub struct Reader {
    /// Its name, which is also its corpus'.
    pub name: &'static str,
    /// Reads the bytes of a file.
    pub read: fn(&[u8]),
}

/// All of them.
pub const ALL: &[Reader] = &[
    Reader { name: "vector-safetensors", read: |bytes| vectors_of(Format::Safetensors, bytes) },
    Reader { name: "vector-gguf", read: |bytes| vectors_of(Format::Gguf, bytes) },
    Reader { name: "vector-torch", read: |bytes| vectors_of(Format::Torch, bytes) },
    Reader { name: "vector-pickle", read: pickle },
    Reader { name: "vector-numpy", read: |bytes| vectors_of(Format::Numpy, bytes) },
    Reader { name: "vector-npz", read: npz },
    Reader { name: "vector-json", read: |bytes| vectors_of(Format::Json, bytes) },
    Reader { name: "passport", read: passport },
    Reader { name: "passport-record", read: passport_record },
    Reader { name: "adapter", read: adapter },
    Reader { name: "adapter-config", read: adapter_config },
    Reader { name: "model-gguf", read: model_gguf },
    Reader { name: "model-safetensors", read: |bytes| model_with("model.safetensors", bytes) },
    Reader { name: "model-config", read: |bytes| model_with("config.json", bytes) },
    Reader { name: "model-index", read: |bytes| model_with("model.safetensors.index.json", bytes) },
    Reader { name: "tokenizer", read: |bytes| model_with("tokenizer.json", bytes) },
    Reader { name: "tokenizer-config", read: |bytes| model_with("tokenizer_config.json", bytes) },
    Reader { name: "chat-template", read: chat_template },
    Reader { name: "data-any", read: data_any },
    Reader { name: "data-mapped", read: data_mapped },
    Reader { name: "data-csv", read: data_csv },
    Reader { name: "data-json", read: data_json },
    Reader { name: "data-parquet", read: |bytes| data_framed(b"PAR1", bytes, b"PAR1") },
    Reader { name: "data-arrow", read: |bytes| data_framed(b"ARROW1\0\0", bytes, b"ARROW1") },
    Reader { name: "data-arrow-stream", read: |bytes| data_framed(&[0xff; 4], bytes, b"") },
    Reader { name: "data-sheet", read: data_sheet },
    Reader { name: "data-gzip", read: data_gzip },
    Reader { name: "questions", read: questions },
    Reader { name: "truthful", read: truthful },
];

fn vectors_of(format: Format, bytes: &[u8]) {
    let Ok(file) = VectorFile::parse(format, bytes, Some(3)) else { return };
    let Ok(written) = file.to_bytes(format) else { return };
    let again = VectorFile::parse(format, &written, Some(3)).expect("our own file");
    assert_eq!((again.vectors, again.provenance), (file.vectors, file.provenance));
}

/// Reads the bytes as the program inside a PyTorch file, which a random archive seldom reaches.
fn pickle(bytes: &[u8]) {
    vectors_of(Format::Torch, &torch_of(bytes));
}

/// Packs a program as PyTorch does.
pub fn torch_of(program: &[u8]) -> Vec<u8> {
    zip_of(&[
        ("archive/data.pkl", program),
        ("archive/byteorder", b"little"),
        ("archive/data/0", &[0; 64]),
        ("archive/version", b"3\n"),
    ])
}

fn npz(bytes: &[u8]) {
    let place = Place::new();
    for archive in [bytes.to_vec(), zip_of(&[("layer_3.npy", bytes)])] {
        drop(Contents::read(&place.write("vectors.npz", &archive)));
    }
}

fn passport(bytes: &[u8]) {
    let Ok(package) = Package::parse(bytes) else { return };
    let again = Package::parse(&package.to_archive().expect("an archive")).expect("our own archive");
    assert_eq!(again, package);
}

/// Reads the bytes as the record of a passport whose other files are sound.
fn passport_record(bytes: &[u8]) {
    let mut files = tiny_passport().all_files().expect("files");
    files[0].1 = bytes.to_vec();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    passport(&zip_of(&files));
}

/// Returns a passport of a vector of four numbers.
pub fn tiny_passport() -> Package {
    let values = [0.5, -1.0, 2.0, 0.0];
    let vector = SteeringVector { layer: 3, values: values.into() };
    let file = VectorFile::new(vec![vector], Provenance::default()).expect("a vector");
    let file = SteeringFile::Vectors(file);
    let passport = Passport::new("seed".into(), &file, "Tiller".into());
    Package::new(passport, file, vec![("README.md", b"# seed".to_vec())]).expect("a passport")
}

fn adapter(bytes: &[u8]) {
    let config = Some(&br#"{"r": 2, "lora_alpha": 4, "peft_type": "LORA"}"#[..]);
    if let Ok(file) = AdapterFile::parse(bytes, config, None) {
        let again = AdapterFile::parse(&file.to_bytes(), config, None).expect("our own file");
        assert_eq!(again, file);
    }
}

fn adapter_config(bytes: &[u8]) {
    let place = Place::new();
    let path = place.write("adapter_model.safetensors", &tiny_adapter());
    place.write("adapter_config.json", bytes);
    drop(AdapterFile::read(&path));
}

/// Returns an adapter of one block and rank 1 that does not say its alpha.
pub fn tiny_adapter() -> Vec<u8> {
    let tensor = |projection: &str, letter: &str, shape: [usize; 2], start: usize| {
        let name = format!("base_model.model.model.layers.0.self_attn.{projection}.lora_{letter}.weight");
        (name, serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [start, start + 8]}))
    };
    let header: serde_json::Map<String, serde_json::Value> = [
        tensor("q_proj", "A", [1, 2], 0),
        tensor("q_proj", "B", [2, 1], 8),
        tensor("v_proj", "A", [1, 2], 16),
        tensor("v_proj", "B", [2, 1], 24),
    ]
    .into_iter()
    .collect();
    let header = serde_json::Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &[0; 32]].concat()
}

fn model_gguf(bytes: &[u8]) {
    let place = Place::new();
    model(&place.write("model.gguf", bytes));
}

/// Reads the bytes as one file of a tiny model whose other files are sound.
fn model_with(name: &str, bytes: &[u8]) {
    let place = Place::new();
    for sound in ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"] {
        if sound != name {
            place.write(sound, &oracle(&format!("families/llama3/{sound}")));
        }
    }
    if name.ends_with(".index.json") {
        fs::remove_file(place.0.path().join("model.safetensors")).expect("a file of ours");
        place.write("part.safetensors", &oracle("families/llama3/model.safetensors"));
    }
    place.write(name, bytes);
    model(place.0.path());
}

fn model(path: &Path) {
    if probe(path, None, &mut |_| {}).is_ok() && read_facts(path).is_ok() {
        drop(Model::open(path).load());
    }
}

fn chat_template(bytes: &[u8]) {
    if let Ok(source) = str::from_utf8(bytes) {
        drop(probe(&oracles().join("families/llama3"), Some(source), &mut |_| {}));
    }
}

fn data_any(bytes: &[u8]) {
    let Ok(file) = DataFile::parse(bytes, None) else { return };
    if file.rows.is_empty() {
        return;
    }
    let again = DataFile::parse(&tiller_jsonl(&file.rows), None).expect("our own file");
    assert_eq!(again.rows.len(), file.rows.len());
    for (one, other) in file.rows.iter().zip(&again.rows) {
        assert_eq!(
            (&one.prompt, &one.wanted, &one.opposite),
            (&other.prompt, &other.wanted, &other.opposite)
        );
    }
}

fn data_mapped(bytes: &[u8]) {
    let mapping = Mapping { prompt: "a".into(), wanted: "b".into(), opposite: "c".into() };
    for head in [&b""[..], b"a,b,c\n", b"{\"a\":"] {
        drop(DataFile::parse(&[head, bytes].concat(), Some(&mapping)));
    }
}

fn data_csv(bytes: &[u8]) {
    let head = b"question,matching,not_matching,before,split,pinned,tags,note\n";
    let Ok(file) = DataFile::parse(&[head.as_slice(), bytes].concat(), None) else { return };
    if file.rows.is_empty() {
        return;
    }
    let again = DataFile::parse(&bipo_csv(&file.rows, Extent::Everything), None).expect("our own file");
    assert!(again.refused.is_empty());
    for (one, other) in file.rows.iter().zip(&again.rows) {
        assert_eq!(
            (&one.prompt, &one.wanted, &one.opposite),
            (&other.prompt, &other.wanted, &other.opposite)
        );
        assert_eq!((&one.system, &one.turns, one.split), (&other.system, &other.turns, other.split));
        assert_eq!((&one.tags, &one.note, one.pinned), (&other.tags, &other.note, other.pinned));
    }
}

/// Reads the bytes as the rest of lines, of a list, and of messages.
fn data_json(bytes: &[u8]) {
    let heads: [&[u8]; 4] = [
        b"{",
        b"[{",
        b"{\"prompt\": \"q\", \"chosen\": \"w\", \"rejected\": \"o\"}\n{",
        b"{\"chosen\": [{\"role\": \"user\", \"content\": ",
    ];
    for head in heads {
        let Ok(file) = DataFile::parse(&[head, bytes].concat(), None) else { continue };
        if !file.rows.is_empty() {
            let again =
                DataFile::parse(&trl_jsonl(&file.rows, Extent::Everything), None).expect("our own file");
            assert_eq!((again.rows.len(), again.refused.len()), (file.rows.len(), 0));
        }
    }
}

/// Reads the bytes between the marks by which a format is known.
fn data_framed(head: &[u8], bytes: &[u8], foot: &[u8]) {
    data_any(&[head, bytes, foot].concat());
}

/// Reads the bytes as the sheet of a workbook.
fn data_sheet(bytes: &[u8]) {
    data_any(&workbook_of(bytes));
}

/// Packs a sheet as spreadsheets do.
pub fn workbook_of(sheet: &[u8]) -> Vec<u8> {
    let types = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    let workbook = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let places = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let root = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    zip_of(&[
        ("[Content_Types].xml", types),
        ("_rels/.rels", root),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", places),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn data_gzip(bytes: &[u8]) {
    data_any(&[&[0x1f, 0x8b, 8, 0], bytes].concat());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory");
    data_any(&packed.finish().expect("memory"));
}

fn questions(bytes: &[u8]) {
    let place = Place::new();
    for name in ["questions.csv", "questions.jsonl"] {
        drop(Questions::read(&place.write(name, bytes)));
    }
}

fn truthful(bytes: &[u8]) {
    let place = Place::new();
    for name in ["truthful.csv", "truthful.json"] {
        drop(Truthful::read(&place.write(name, bytes)));
    }
}

/// A folder for one input.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("a temporary file");
        path
    }
}

/// Packs files into an archive.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        archive.start_file(*name, stored).expect("memory");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

/// The folder of sound files.
fn oracles() -> PathBuf {
    // From the fuzzer's folder and from a crate's.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../tests/oracles", "../../tests/oracles"]
        .iter()
        .map(|path| here.join(path))
        .find(|path| path.is_dir())
        .expect("the oracles")
}

pub fn oracle(name: &str) -> Vec<u8> {
    let path = oracles().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
