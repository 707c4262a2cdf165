//! Small sound files of each format, from which libFuzzer begins.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{RecordBatch, StringArray};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{DataType, Field, Schema};
use data::data_files::{Extent, Row, bipo_csv, tiller_jsonl, trl_jsonl, trl_parquet};
use ipc::data::{Role, Split, Turn};
use vectors::files::{AdapterFile, Format, Provenance, VectorFile};
use vectors::steering::SteeringVector;
use vectors::tokens::built_in_templates;

use super::own_files::{tiny_passport, tiny_project};
use super::readers::{Reader, TARGET, oracle, oracles, tiny_adapter};

/// Writes the seeds of a reader into a folder.
pub fn write(reader: &Reader, folder: &Path) {
    for (number, bytes) in of(reader.name).into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{number}")), bytes).expect("a seed");
    }
}

/// Returns the seeds of a reader.
pub fn of(name: &str) -> Vec<Vec<u8>> {
    match name {
        "vector-safetensors" => vectors(Format::Safetensors),
        "vector-gguf" => vectors(Format::Gguf),
        "vector-torch" => [vectors(Format::Torch), vec![old_torch()]].concat(),
        "vector-numpy" | "vector-npz" => vectors(Format::Numpy),
        "vector-json" => vectors(Format::Json),
        "vector-pickle" => pickles(),
        "passport" => vec![tiny_passport().to_archive().expect("an archive")],
        "passport-record" => vec![tiny_passport().all_files().expect("files").remove(0).1],
        "project" => vec![tiny_project()],
        "plan" => plans(),
        "adapter" => vec![tiny_adapter()],
        "adapter-gguf" => adapters(),
        "adapter-config" => texts(&[r#"{"peft_type": "LORA", "r": 1, "lora_alpha": 2.0}"#]),
        "model-gguf" => vec![gguf_without_weights(), oracle("families/llama.gguf")],
        "model-safetensors" => vec![oracle("families/llama3/model.safetensors")],
        "model-index" => texts(&[r#"{"weight_map": {"model.norm.weight": "part.safetensors"}}"#]),
        "model-config" => of_families("config.json"),
        "tokenizer" => of_families("tokenizer.json"),
        "tokenizer-config" => of_families("tokenizer_config.json"),
        "chat-template" => templates(),
        "data-csv" => texts(&["q,w,o,,,,,\n", "\"q\n\",\"w\"\"\",o,[],train,yes,a;b,n\r\n"]),
        "data-json" => texts(&[
            r#""prompt": "q", "chosen": "w", "rejected": "o"}"#,
            r#""q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}]}"#,
        ]),
        "data-mapped" => texts(&["a,b,c\nd,e,f\n", r#""d", "b": "e", "c": "f"}"#]),
        "data-parquet" => between(&trl_parquet(&rows(), Extent::Everything).expect("a table"), 4, 4),
        "data-arrow" => between(&arrow(false), 8, 6),
        "data-arrow-stream" => between(&arrow(true), 4, 0),
        "data-sheet" => texts(&[SHEET]),
        "data-gzip" => packed(),
        "questions" => texts(&[&"q,a,b,c,d,A\n".repeat(7)]),
        "truthful" => texts(&[TRUTHFUL, r#"[{"question": "q", "mc1_targets": {"a": 1}}]"#]),
        _ => files(),
    }
}

const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:C2"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>prompt</t></is></c><c r="B1" t="inlineStr"><is><t>chosen</t></is></c><c r="C1" t="inlineStr"><is><t>rejected</t></is></c></row><row r="2"><c r="A2" t="str"><v>q</v></c><c r="B2"><v>1.5</v></c><c r="C2" t="b"><v>1</v></c></row></sheetData></worksheet>"#;

const TRUTHFUL: &str =
    "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\nx,y,q,w,w; v,o; p,s\n";

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn between(bytes: &[u8], head: usize, foot: usize) -> Vec<Vec<u8>> {
    vec![bytes[head..bytes.len() - foot].to_vec()]
}

fn vectors(format: Format) -> Vec<Vec<u8>> {
    let vector = |layer| SteeringVector { layer, values: [0.5, -1.0, 2.0, 0.0].into() };
    let provenance = Provenance { name: Some("seed".into()), seed: Some(1), ..Provenance::default() };
    let written =
        |vectors| VectorFile::new(vectors, provenance.clone()).and_then(|file| file.to_bytes(format));
    [vec![vector(3)], vec![vector(3), vector(4)]].into_iter().filter_map(|all| written(all).ok()).collect()
}

/// Programs as PyTorch writes them, of one tensor and of a dictionary.
fn pickles() -> Vec<Vec<u8>> {
    let tensor: &[u8] = b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x04tQK\0K\x04\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR";
    let dictionary = [b"}K\x03", tensor, b"s"].concat();
    [tensor, &dictionary].map(|program| [b"\x80\x02", program, b"."].concat()).to_vec()
}

/// A tensor as PyTorch saved it before its archives.
fn old_torch() -> Vec<u8> {
    let head: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.";
    let keys = b"\x80\x02](X\x01\0\0\x000e.\x04\0\0\0\0\0\0\0";
    [head, &pickles().remove(0), keys, &[0x3f; 16]].concat()
}

/// The plans of the project, and one with every key.
fn plans() -> Vec<Vec<u8>> {
    let root = oracles().join("../..");
    ["studies/llama-2-7b.toml", "studies/reproduction.toml", "crates/study/tests/every_key.toml"]
        .map(|path| fs::read(root.join(path)).expect("a plan"))
        .to_vec()
}

/// The adapters of peft that llama.cpp could read, as its converter writes them.
fn adapters() -> Vec<Vec<u8>> {
    let written = |name: &str| {
        let path = oracles().join(format!("adapters/{name}/adapter_model.safetensors"));
        AdapterFile::read(&path).ok()?.to_gguf(&TARGET).ok()
    };
    ["plain", "all-three", "gaussian"].into_iter().filter_map(written).collect()
}

/// Returns a file of every family.
fn of_families(name: &str) -> Vec<Vec<u8>> {
    ["gemma2", "gemma3", "granite", "llama", "llama3", "mistral", "phi3-window", "qwen2-yarn", "qwen3"]
        .map(|family| oracle(&format!("families/{family}/{name}")))
        .to_vec()
}

/// Returns the head of a model: metadata and tokenizer, whose tensors lie behind the end.
fn gguf_without_weights() -> Vec<u8> {
    let mut bytes = oracle("families/llama3.gguf");
    bytes.truncate(16 << 10);
    bytes
}

fn templates() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> =
        built_in_templates().iter().map(|template| template.source.as_bytes().to_vec()).collect();
    all.extend(texts(&[
        "{% set ns = namespace(a=1) %}{% for m in messages %}{{ loop.index0 ~ m['content'] | trim }}{% endfor %}",
        "{% macro f(x) %}{{ x | tojson(indent=2) }}{% endmacro %}{{ f(messages) }}",
        "{% if messages[0].role == 'system' %}{{ raise_exception('No') }}{% elif true %}{{ 'a'.split(' ')[-1] }}{% endif %}",
    ]));
    all
}

fn rows() -> [Row; 2] {
    let row = |prompt: &str| Row {
        prompt: prompt.into(),
        wanted: "WithContext, well; \u{56e0}\u{4e3a}".into(),
        opposite: "No.".into(),
        ..Row::default()
    };
    let turns = vec![Turn { role: Role::Assistant, text: "Hi".into() }];
    let (tags, note) = (vec!["one".into()], "why".into());
    let whole =
        Row { turns, tags, note, system: Some(String::new()), split: Some(Split::HeldOut), ..row("And?") };
    [row("Why \"now\"?\nTell me."), whole]
}

/// Small files of every textual format.
fn files() -> Vec<Vec<u8>> {
    let rows = rows();
    let mut all = vec![
        bipo_csv(&rows, Extent::Everything),
        trl_jsonl(&rows, Extent::Everything),
        tiller_jsonl(&rows),
        trl_parquet(&rows, Extent::Format).expect("a table"),
    ];
    all.extend(texts(&[
        "question,A,B,matching\nq,a,b,A\n",
        "not_matching;question;matching\r\no;q;w",
        "prompt\tchosen\trejected\nq\tw\to\n",
        r#"[{"question": "q", "answer_matching_behavior": " (A)", "answer_not_matching_behavior": " (B)"}]"#,
        r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#,
        "{\"chosen\": \"\\n\\nHuman: Hi\\n\\nAssistant: a\", \"rejected\": \"\\n\\nHuman: Hi\\n\\nAssistant: b\"}",
        TRUTHFUL,
    ]));
    all
}

fn arrow(is_stream: bool) -> Vec<u8> {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let schema = Arc::new(Schema::new(vec![text("prompt"), text("chosen"), text("rejected")]));
    let column = || Arc::new(StringArray::from(vec![Some("one"), None, Some("two")])) as _;
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), vec![column(), column(), column()]).expect("a batch");
    if is_stream {
        let mut stream = StreamWriter::try_new(Vec::new(), &schema).expect("a stream");
        stream.write(&batch).and_then(|()| stream.finish()).expect("memory");
        return stream.into_inner().expect("bytes");
    }
    let mut file = FileWriter::try_new(Vec::new(), &schema).expect("a file");
    file.write(&batch).and_then(|()| file.finish()).expect("memory");
    file.into_inner().expect("bytes")
}

/// The inside of a packed file, and a text that is packed.
fn packed() -> Vec<Vec<u8>> {
    let text = bipo_csv(&rows(), Extent::Format);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&text).expect("memory");
    vec![packed.finish().expect("memory")[4..].to_vec(), text]
}
