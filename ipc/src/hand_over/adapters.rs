//! What a person does to use an adapter in another program.

use super::targets::in_modelfile;
use super::{Step, Target, is_gguf, is_one, literal, plain_name, quoted, with_scale};

/// The person's files of an adapter.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterMaterial {
    /// The adapter's name.
    pub name: String,
    /// The model's file or folder.
    pub model: String,
    /// The adapter as a GGUF file.
    pub gguf: String,
    /// The adapter as peft's folder.
    pub folder: String,
    /// Its rank.
    pub rank: u32,
    /// The strength.
    pub multiplier: f64,
}

impl Target {
    /// The programs that load an adapter, in the order of the page.
    pub const FOR_ADAPTERS: [Self; 4] = [Self::LlamaCpp, Self::Ollama, Self::Vllm, Self::Transformers];

    /// Returns what to do with an adapter. Empty for programs that load none.
    #[must_use]
    pub fn adapter_steps(self, of: &AdapterMaterial) -> Vec<Step> {
        match self {
            Self::LlamaCpp => llama_cpp(of),
            Self::Ollama => ollama(of),
            Self::Vllm => vllm(of),
            Self::Transformers => transformers(of),
            _ => vec![],
        }
    }
}

fn llama_cpp(of: &AdapterMaterial) -> Vec<Step> {
    let mut steps = vec![];
    let adapter = if is_one(of.multiplier) {
        format!("--lora {}", quoted(&of.gguf))
    } else {
        let (first, scaled) = with_scale(&of.gguf, of.multiplier);
        steps.extend(first);
        format!("--lora-scaled {scaled}")
    };
    let command = format!("llama-server -m {} {adapter}", quoted(&of.model));
    steps.push(Step::new("The adapter beside the model.", command));
    steps
}

fn ollama(of: &AdapterMaterial) -> Vec<Step> {
    let name = plain_name(&of.name);
    let (mut steps, adapter) = at_strength(of, &of.gguf, ".gguf");
    steps.push(Step::new(
        "Write this as the file Modelfile: the model, and the adapter beside it.",
        format!("FROM {}\nADAPTER {}\n", in_modelfile(&of.model), in_modelfile(&adapter)),
    ));
    steps.push(Step::new(
        "Then make the model of it, and talk to it.",
        format!("ollama create {name} -f Modelfile\nollama run {name}"),
    ));
    steps
}

fn vllm(of: &AdapterMaterial) -> Vec<Step> {
    let name = plain_name(&of.name);
    let (mut steps, folder) = at_strength(of, &of.folder, "");
    let model = if is_gguf(&of.model) {
        steps.push(Step::without_text(
            "Serve the model\u{2019}s folder from the hub in place of the GGUF file: MODEL stands for it.",
        ));
        "MODEL".to_owned()
    } else {
        quoted(&of.model)
    };
    steps.push(Step::new(
        "Serve the model with the adapter\u{2019}s folder. A request names the adapter as its model.",
        format!(
            "vllm serve {} --enable-lora --max-lora-rank {} --lora-modules {}",
            model,
            of.rank.next_power_of_two().max(LEAST_RANK),
            quoted_module(&name, &folder),
        ),
    ));
    steps
}

/// The least rank that vLLM makes room for.
const LEAST_RANK: u32 = 8;

/// Quotes a name with a path, as one word of the shell.
fn quoted_module(name: &str, folder: &str) -> String {
    let module = format!("{name}={folder}");
    if quoted(folder) == folder { module } else { quoted(&module) }
}

fn transformers(of: &AdapterMaterial) -> Vec<Step> {
    let (mut steps, folder) = at_strength(of, &of.folder, "");
    steps.push(Step::new(
        "peft adds the adapter\u{2019}s folder to a model that transformers has loaded.",
        format!(
            "from peft import PeftModel\n\nmodel = PeftModel.from_pretrained(model, {})",
            literal(&folder)
        ),
    ));
    steps
}

/// Where a program knows no strength, the adapter is written with its strength first. Returns that step and the file's name.
fn at_strength(of: &AdapterMaterial, adapter: &str, ending: &str) -> (Vec<Step>, String) {
    if is_one(of.multiplier) {
        return (vec![], adapter.to_owned());
    }
    let stem = adapter.strip_suffix(ending).unwrap_or(adapter);
    let out = format!("{}-x{}{ending}", stem.trim_end_matches('/'), of.multiplier);
    let command = format!(
        "tiller-cli adapter export --model {} --adapter {} --multiplier {} --out {}",
        quoted(&of.model),
        quoted(adapter),
        of.multiplier,
        quoted(&out),
    );
    (vec![Step::new("This program knows no strength: write the adapter with it.", command)], out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn material(multiplier: f64) -> AdapterMaterial {
        AdapterMaterial {
            name: "Wealth, DPO".into(),
            model: "/models/a model.gguf".into(),
            gguf: "/out/lora.gguf".into(),
            folder: "/out/lora".into(),
            rank: 12,
            multiplier,
        }
    }

    fn texts(target: Target, multiplier: f64) -> Vec<String> {
        target.adapter_steps(&material(multiplier)).into_iter().filter_map(|step| step.text).collect()
    }

    #[test]
    fn an_adapter_has_a_command_for_each_program_that_loads_one() {
        assert_eq!(
            texts(Target::LlamaCpp, 1.0),
            ["llama-server -m '/models/a model.gguf' --lora /out/lora.gguf"]
        );
        assert_eq!(
            texts(Target::LlamaCpp, -0.5),
            ["llama-server -m '/models/a model.gguf' --lora-scaled /out/lora.gguf:-0.5"]
        );
        assert_eq!(texts(Target::Ollama, 1.0)[0], "FROM /models/a model.gguf\nADAPTER /out/lora.gguf\n");
        assert_eq!(
            texts(Target::Vllm, 1.0),
            ["vllm serve MODEL --enable-lora --max-lora-rank 16 --lora-modules wealth-dpo=/out/lora"]
        );
        assert!(texts(Target::Transformers, 1.0)[0].ends_with("from_pretrained(model, \"/out/lora\")"));
        let with_none = Target::ALL.into_iter().filter(|target| !Target::FOR_ADAPTERS.contains(target));
        assert!(with_none.map(|target| texts(target, 1.0)).all(|steps| steps.is_empty()));
    }

    #[test]
    fn where_a_program_knows_no_strength_the_adapter_is_written_with_it() {
        let ollama = texts(Target::Ollama, 2.0);
        assert!(
            ollama[0].starts_with("tiller-cli adapter export")
                && ollama[0].ends_with("--out /out/lora-x2.gguf"),
            "{ollama:?}"
        );
        assert!(ollama[1].contains("ADAPTER /out/lora-x2.gguf"), "{ollama:?}");
        assert!(texts(Target::Transformers, 2.0)[0].ends_with("--out /out/lora-x2"));
    }
}
