//! Finds the sets of files in a repository that make a model, and suggests one.

use std::path::{Path, PathBuf};

use ipc::download::{HubChoice, HubFile};
use vectors::model::{first_gguf_file, gguf_files};

use crate::files;

/// GGUF kinds in order of preference, the best compromise between size and quality first.
const PREFERRED: [&str; 14] = [
    "Q4_K_M", "Q4_K_S", "Q5_K_M", "Q5_K_S", "Q4_1", "Q4_0", "Q5_1", "Q5_0", "Q6_K", "Q8_0", "Q3_K_M", "BF16",
    "F16", "F32",
];
/// Marks in the names of GGUF files that hold no language model.
const NO_MODEL: [&str; 4] = ["mmproj", "imatrix", "ggml-vocab", "control-vector"];

/// Returns the sets of files that make a model, the best suggestion first.
pub(super) fn from_files(all: &[HubFile]) -> Vec<HubChoice> {
    let mut choices: Vec<HubChoice> = all.iter().filter_map(|file| gguf(file, all)).collect();
    choices.sort_by_key(|choice| (choice.unusable.is_some(), rank(&choice.name), choice.bytes));
    choices.extend(safetensors(all));
    choices
}

/// Returns the index of the choice to suggest: the one that was named, else the first usable one.
pub(super) fn suggested(choices: &[HubChoice], wanted: Option<&str>) -> Option<usize> {
    let usable = |choice: &HubChoice| choice.unusable.is_none();
    let is_wanted = |choice: &HubChoice| {
        wanted.is_some_and(|wanted| {
            choice.name.eq_ignore_ascii_case(wanted) || choice.files.iter().any(|path| path == wanted)
        })
    };
    let named = choices.iter().position(|choice| usable(choice) && is_wanted(choice));
    named.or_else(|| choices.iter().position(usable))
}

fn rank(name: &str) -> usize {
    PREFERRED.iter().position(|known| *known == name).unwrap_or(PREFERRED.len())
}

/// Returns the choice of a GGUF file, with its other parts and the tokenizer beside it; `None` for a file that makes no
/// model.
fn gguf(file: &HubFile, all: &[HubFile]) -> Option<HubChoice> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let lower = name.to_lowercase();
    if !files::is_gguf(name) || NO_MODEL.iter().any(|part| lower.contains(part)) {
        return None;
    }
    let path = Path::new(&file.path);
    if first_gguf_file(path) != path {
        return None;
    }
    let beside = |wanted: &str| {
        let path = if folder.is_empty() { wanted.to_owned() } else { format!("{folder}/{wanted}") };
        all.iter().find(move |file| file.path == path)
    };
    let parts = gguf_files(path);
    let find = |part: &PathBuf| all.iter().find(|file| Path::new(&file.path) == part);
    let mut taken: Vec<&HubFile> = parts.iter().filter_map(find).collect();
    let missing = parts.len() - taken.len();
    let unusable = (missing > 0).then(|| format!("{missing} of its {} parts are not there.", parts.len()));
    taken.extend(["tokenizer.json", "tokenizer_config.json"].iter().filter_map(|name| beside(name)));
    let name = kind(name).unwrap_or_else(|| name[..name.len() - ".gguf".len()].to_owned());
    Some(choice(name, &taken, unusable))
}

/// Reads the kind of a GGUF file's weights from its name: `model-Q4_K_M.gguf`.
fn kind(name: &str) -> Option<String> {
    let upper = name.to_uppercase();
    let stem = upper.strip_suffix(".GGUF").unwrap_or(&upper);
    let is_kind = |part: &&str| {
        let number = part.strip_prefix("IQ").or_else(|| part.strip_prefix('Q')).unwrap_or_default();
        matches!(*part, "F16" | "F32" | "BF16" | "FP16") || number.starts_with(|c: char| c.is_ascii_digit())
    };
    stem.split(['-', '.', '/'])
        .rfind(is_kind)
        .map(|kind| if kind == "FP16" { "F16".to_owned() } else { kind.to_owned() })
}

/// Returns the choice of the safetensors weights in the repository's top folder, with the files that belong to them.
fn safetensors(all: &[HubFile]) -> Option<HubChoice> {
    let own: Vec<&HubFile> = all.iter().filter(|file| files::belongs(&file.path)).collect();
    let has_weights = own.iter().any(|file| files::is_weights(&file.path));
    let has_config = own.iter().any(|file| file.path == files::CONFIG);
    (has_weights && has_config).then(|| choice("safetensors".into(), &own, None))
}

fn choice(name: String, taken: &[&HubFile], unusable: Option<String>) -> HubChoice {
    HubChoice {
        name,
        files: taken.iter().map(|file| file.path.clone()).collect(),
        bytes: taken.iter().map(|file| file.bytes).sum(),
        unusable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(paths: &[&str]) -> Vec<HubFile> {
        let file = |path: &&str| HubFile {
            path: (*path).to_owned(),
            bytes: 100,
            sha256: None,
            blob: "a".repeat(40),
            is_here: false,
        };
        paths.iter().map(file).collect()
    }

    #[test]
    fn one_file_is_suggested_of_many_kinds() {
        let files = all(&[
            "README.md",
            "m-Q8_0.gguf",
            "m-Q4_K_M.gguf",
            "m-Q2_K.gguf",
            "mmproj-m-f16.gguf",
            "m-F16-00001-of-00002.gguf",
            "m-F16-00002-of-00002.gguf",
            "big/m-F32-00001-of-00003.gguf",
        ]);
        let choices = from_files(&files);
        let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
        assert_eq!(names, ["Q4_K_M", "Q8_0", "F16", "Q2_K", "F32"]);
        assert_eq!((choices[2].files.len(), choices[2].bytes), (2, 200), "parts are one model");
        assert!(choices[4].unusable.is_some(), "two of its parts are not there");
        assert_eq!(suggested(&choices, None), Some(0));
        assert_eq!(suggested(&choices, Some("q8_0")), Some(1));
        assert_eq!(suggested(&choices, Some("m-Q2_K.gguf")), Some(3));
        assert_eq!(suggested(&choices, Some("F16")), Some(2));
        assert_eq!(suggested(&choices, Some("m-F16-00002-of-00002.gguf")), Some(2));
        assert_eq!(suggested(&choices, Some("F32")), Some(0));
    }

    #[test]
    fn weights_come_with_what_belongs_to_them() {
        let files = all(&[
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "tokenizer.json",
            "pytorch_model.bin",
            "onnx/config.json",
            "consolidated.safetensors",
        ]);
        let choices = from_files(&files);
        assert_eq!(choices.len(), 1);
        assert_eq!((choices[0].files.len(), choices[0].bytes), (5, 500));
        assert!(
            from_files(&all(&["model.safetensors"])).is_empty(),
            "without a configuration it is no model"
        );
        assert_eq!(suggested(&[], None), None);
    }

    #[test]
    fn kinds_are_read_from_names() {
        assert_eq!(kind("SmolLM2-135M-Instruct.Q4_1.gguf").as_deref(), Some("Q4_1"));
        assert_eq!(kind("qwen2-0_5b-instruct-fp16.gguf").as_deref(), Some("F16"));
        assert_eq!(kind("Model-IQ3_XS.gguf").as_deref(), Some("IQ3_XS"));
        assert_eq!(kind("model.gguf"), None);
    }
}
