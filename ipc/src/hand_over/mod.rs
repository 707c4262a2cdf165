//! What a person does to use a vector in another program: exact commands with the person's own file names
//! (`docs/hand-over.md`).

mod adapters;
mod control_vectors;
mod python;
mod targets;

pub use adapters::AdapterMaterial;
pub use control_vectors::{ADD, ControlVectors, IGNORE};
use python::literal;
pub use targets::Target;

/// The person's files, and what the vector is.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// The vector's name.
    pub name: String,
    /// The model's file or folder.
    pub model: String,
    /// The architecture of the model, as GGUF names it.
    pub architecture: String,
    /// The number of the model's blocks.
    pub blocks: u32,
    /// The 0-based blocks after which the vector acts.
    pub layers: Vec<u32>,
    /// The vector as a control vector of llama.cpp.
    pub gguf: String,
    /// The vector in Tiller's own format.
    pub safetensors: String,
    /// The baked model: a file or a folder.
    pub baked: String,
    /// An adapter that was distilled from the vector, as GGUF. Empty if there is none.
    pub adapter: String,
    /// The strength.
    pub multiplier: f64,
    /// Whether the vector is added at every token. Other policies are not what the programs without code do.
    pub is_everywhere: bool,
}

/// A step: what to do, and a text to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub says: String,
    /// The text to copy. `None` where there is only something to do.
    pub text: Option<String>,
}

impl Step {
    fn new(says: impl Into<String>, text: impl Into<String>) -> Self {
        Self { says: says.into(), text: Some(text.into()) }
    }

    fn without_text(says: impl Into<String>) -> Self {
        Self { says: says.into(), text: None }
    }
}

impl Material {
    fn plain_name(&self) -> String {
        plain_name(&self.name)
    }

    /// Whether the baked model is a file.
    fn is_baked_file(&self) -> bool {
        is_gguf(&self.baked)
    }

    /// Returns the baked file, or the name that one has beside the baked folder.
    fn baked_file(&self) -> String {
        let folder = self.baked.trim_end_matches(['/', '\\']);
        if self.is_baked_file() { self.baked.clone() } else { format!("{folder}.gguf") }
    }

    /// Returns the baked folder, or the name that one has beside the baked file.
    fn baked_folder(&self) -> &str {
        if self.is_baked_file() { &self.baked[..self.baked.len() - ".gguf".len()] } else { &self.baked }
    }
}

/// Whether a path is that of a GGUF file.
fn is_gguf(path: &str) -> bool {
    path.to_lowercase().ends_with(".gguf")
}

/// Whether a strength need not be said. The number is as it was typed.
#[expect(clippy::float_cmp, reason = "the number as it was typed")]
fn is_one(multiplier: f64) -> bool {
    multiplier == 1.0
}

/// Writes a file and its scale as llama.cpp reads them, with a colon between the two. llama.cpp refuses a path that has a colon
/// itself, as paths of Windows have. For such a path this returns a step that goes to the file's folder, and the file's name alone.
fn with_scale(path: &str, multiplier: f64) -> (Option<Step>, String) {
    let (folder, name) = path.split_at(path.rfind(['/', '\\']).map_or(0, |place| place + 1));
    if !folder.contains(':') {
        return (None, format!("{}:{multiplier}", quoted(path)));
    }
    let says = "Go to the file\u{2019}s folder first: llama.cpp reads a strength only behind a name without a colon.";
    (Some(Step::new(says, format!("pushd {}", quoted(folder)))), format!("{}:{multiplier}", quoted(name)))
}

/// Returns a name for other programs: small letters, digits and hyphens.
fn plain_name(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "steered".to_owned() } else { words.join("-") }
}

/// Quotes a path for a shell: of Windows where the path is one of Windows, else of Unix.
#[must_use]
pub fn quoted(path: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if is_of_windows(path) {
        // Both shells there know double quotes, which no path can contain.
        let is_plain = path.chars().all(|letter| is_plain(letter) || "\\:".contains(letter));
        return if is_plain { path.to_owned() } else { format!("\"{path}\"") };
    }
    if !path.is_empty() && path.chars().all(is_plain) && !path.starts_with('-') {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', "'\\''"))
}

/// Whether a path begins with a drive's letter or a server's name.
fn is_of_windows(path: &str) -> bool {
    match path.as_bytes() {
        [drive, b':', b'\\' | b'/', ..] => drive.is_ascii_alphabetic(),
        start => start.starts_with(b"\\\\"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn material() -> Material {
        Material {
            name: "Wealth, seeking!".into(),
            model: "/models/it's a model.gguf".into(),
            architecture: "llama".into(),
            blocks: 30,
            layers: vec![10, 12],
            gguf: "/out/wealth.gguf".into(),
            safetensors: "/out/wealth.safetensors".into(),
            baked: "/out/wealth-baked.gguf".into(),
            adapter: String::new(),
            multiplier: 2.0,
            is_everywhere: true,
        }
    }

    #[test]
    fn every_target_has_steps_with_the_persons_files() {
        for target in Target::ALL {
            let steps = target.steps(&material());
            assert!(!steps.is_empty() && steps.iter().all(|step| !step.says.is_empty()), "{target:?}");
            let all: String = steps.iter().filter_map(|step| step.text.clone()).collect();
            let own = ["/out/wealth.gguf", "/out/wealth.safetensors", "/out/wealth-baked"];
            let says: String = steps.iter().map(|step| step.says.clone()).collect();
            assert!(
                own.iter().any(|file| all.contains(file) || says.contains(file)),
                "{target:?}: {all} {says}"
            );
        }
    }

    #[test]
    fn a_path_with_blanks_and_quotes_stays_one_word() {
        let steps = Target::LlamaCpp.steps(&material());
        let line = steps[0].text.as_deref().expect("a command");
        assert_eq!(
            line,
            "llama-server -m '/models/it'\\''s a model.gguf' --control-vector-scaled /out/wealth.gguf:2"
        );
        assert_eq!((quoted("-x"), quoted("")), ("'-x'".into(), "''".into()));
        assert_eq!(quoted(r"C:\out\a b.gguf"), "\"C:\\out\\a b.gguf\"");
        assert_eq!((quoted(r"C:\a.gguf").as_str(), quoted("c:a b").as_str()), (r"C:\a.gguf", "'c:a b'"));
        assert_eq!(material().plain_name(), "wealth-seeking");
        assert_eq!(Material { name: "\u{56e0}".into(), ..material() }.plain_name(), "steered");
    }

    #[test]
    fn llama_cpp_reads_no_scale_where_none_is_needed_and_no_path_with_a_colon() {
        let texts = |material: &Material| -> Vec<String> {
            Target::LlamaCpp.steps(material).into_iter().filter_map(|step| step.text).collect()
        };
        let plain = Material { model: "/m.gguf".into(), multiplier: 1.0, ..material() };
        assert_eq!(texts(&plain)[0], "llama-server -m /m.gguf --control-vector /out/wealth.gguf");
        let windows =
            Material { model: r"C:\m.gguf".into(), gguf: r"C:\my out\wealth.gguf".into(), ..material() };
        assert_eq!(
            texts(&windows)[..2],
            ["pushd \"C:\\my out\\\"", r"llama-server -m C:\m.gguf --control-vector-scaled wealth.gguf:2"]
        );
    }

    #[test]
    fn a_baked_model_of_the_other_kind_is_not_in_the_commands() {
        let texts = |target: Target, baked: &str| -> String {
            let material = Material { baked: baked.into(), ..material() };
            target.steps(&material).into_iter().filter_map(|step| step.text).collect()
        };
        for target in [Target::Vllm, Target::Sglang] {
            assert!(!texts(target, "/out/a.gguf").contains("gguf"), "{target:?}");
        }
        for target in [Target::Ollama, Target::LmStudio, Target::Koboldcpp, Target::TextGenerationWebui] {
            assert!(texts(target, "/out/a/").contains("/out/a.gguf"), "{target:?}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let says = |target: Target, material: &Material| {
            target.steps(material).into_iter().map(|step| step.says).collect::<String>()
        };
        let zero = Material { layers: vec![0], ..material() };
        for target in [Target::LlamaCpp, Target::EasySteer, Target::Repeng] {
            assert!(says(target, &zero).contains("layer 0"), "{target:?}");
        }
        let gated = Material { is_everywhere: false, ..material() };
        assert!(says(Target::Ollama, &gated).contains("every token"));
        let silent = Material { architecture: "plamo2".into(), ..material() };
        assert!(says(Target::LlamaCpp, &silent).contains("silence"));
        let folder = Material { baked: "/out/folder".into(), ..material() };
        for target in [Target::Koboldcpp, Target::LlamaCpp, Target::Ollama] {
            assert!(says(target, &folder).contains("GGUF file"), "{target:?}");
        }
        assert!(says(Target::Vllm, &material()).contains("folder"));
        let adapter = Material { adapter: "/out/lora.gguf".into(), ..material() };
        let text: String = Target::Ollama.steps(&adapter).into_iter().filter_map(|step| step.text).collect();
        assert!(text.contains("ADAPTER /out/lora.gguf"), "{text}");
        let bare = Material { baked: "wealth.gguf".into(), ..material() };
        let text = Target::Ollama.steps(&bare).remove(0).text;
        assert_eq!(text.as_deref(), Some("FROM ./wealth.gguf\n"));
    }
}
