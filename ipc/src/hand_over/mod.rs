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
        self.baked.to_lowercase().ends_with(".gguf")
    }
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

/// Quotes a path for a shell of Unix.
#[must_use]
pub fn quoted(path: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if !path.is_empty() && path.chars().all(is_plain) && !path.starts_with('-') {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', "'\\''"))
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
            let own = ["/out/wealth.gguf", "/out/wealth.safetensors", "wealth-baked.gguf"];
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
        assert_eq!(material().plain_name(), "wealth-seeking");
        assert_eq!(Material { name: "\u{56e0}".into(), ..material() }.plain_name(), "steered");
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
