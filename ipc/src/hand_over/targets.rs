//! The programs that a vector is handed over to, and what to do in each.

use super::{ControlVectors, Material, Step, is_one, python, quoted, with_scale};

/// A program that a vector is handed over to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// llama.cpp
    LlamaCpp,
    /// Ollama
    Ollama,
    /// LM Studio
    LmStudio,
    /// Jan
    Jan,
    /// koboldcpp
    Koboldcpp,
    /// text-generation-webui
    TextGenerationWebui,
    /// vLLM
    Vllm,
    /// SGLang
    Sglang,
    /// EasySteer
    EasySteer,
    /// hotwire-vllm
    Hotwire,
    /// vllm-lens
    VllmLens,
    /// transformers
    Transformers,
    /// repeng
    Repeng,
}

impl Target {
    /// Every program, in the order of the page.
    pub const ALL: [Self; 13] = [
        Self::LlamaCpp,
        Self::Ollama,
        Self::LmStudio,
        Self::Jan,
        Self::Koboldcpp,
        Self::TextGenerationWebui,
        Self::Vllm,
        Self::Sglang,
        Self::EasySteer,
        Self::Hotwire,
        Self::VllmLens,
        Self::Transformers,
        Self::Repeng,
    ];

    /// Returns the program's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LlamaCpp => "llama.cpp",
            Self::Ollama => "Ollama",
            Self::LmStudio => "LM Studio",
            Self::Jan => "Jan",
            Self::Koboldcpp => "koboldcpp",
            Self::TextGenerationWebui => "text-generation-webui",
            Self::Vllm => "vLLM",
            Self::Sglang => "SGLang",
            Self::EasySteer => "EasySteer",
            Self::Hotwire => "hotwire-vllm",
            Self::VllmLens => "vllm-lens",
            Self::Transformers => "transformers",
            Self::Repeng => "repeng",
        }
    }

    /// Returns what to do.
    #[must_use]
    pub fn steps(self, of: &Material) -> Vec<Step> {
        match self {
            Self::LlamaCpp => llama_cpp(of),
            Self::Ollama => ollama(of),
            Self::LmStudio => with_baked_file(of, lm_studio(of)),
            Self::Jan => with_baked_file(
                of,
                Step::without_text(format!(
                    "Settings, Model Providers, llama.cpp, Import: choose {}.",
                    of.baked_file()
                )),
            ),
            Self::Koboldcpp => with_baked_file(
                of,
                Step::new("Load the baked model.", format!("koboldcpp --model {}", quoted(&of.baked_file()))),
            ),
            Self::TextGenerationWebui => with_baked_file(
                of,
                Step::new(
                    "Put the baked model into its folder of models, and choose it under Model.",
                    format!("cp {} user_data/models/", quoted(&of.baked_file())),
                ),
            ),
            Self::Vllm => with_baked_folder(
                of,
                Step::new(
                    "Serve the baked folder: vLLM\u{2019}s Llama reads its biases.",
                    format!("vllm serve {}", quoted(of.baked_folder())),
                ),
            ),
            Self::Sglang => with_baked_folder(
                of,
                Step::new(
                    "Serve the baked folder with transformers\u{2019} Llama. SGLang\u{2019}s own passes over the biases in silence.",
                    format!(
                        "python -m sglang.launch_server --model-path {} --model-impl transformers",
                        quoted(of.baked_folder())
                    ),
                ),
            ),
            Self::EasySteer => easy_steer(of),
            Self::Hotwire => with_code(of, python::hotwire(of)),
            Self::VllmLens => with_code(of, python::vllm_lens(of)),
            Self::Transformers => with_code(of, python::transformers(of)),
            Self::Repeng => repeng(of),
        }
    }
}

/// What keeps a control vector from acting as it was measured, as steps that come first.
fn about_control_vectors(of: &Material) -> Vec<Step> {
    let mut steps: Vec<Step> = about_layer_0(of).into_iter().collect();
    if let Some(warning) = ControlVectors::of(&of.architecture).warning(&of.architecture) {
        steps.push(Step::without_text(warning));
    }
    steps.extend(about_policy(of));
    steps
}

/// What is said where a vector has no control vector, because it acts after layer 0.
fn about_layer_0(of: &Material) -> Option<Step> {
    let says =
        "The vector acts after layer 0, and llama.cpp adds nothing there: there is no control vector for it.";
    of.layers.contains(&0).then(|| Step::without_text(says))
}

/// What is said where a vector is not added at every token.
fn about_policy(of: &Material) -> Option<Step> {
    let says = "This vector was not measured as one that is added at every token, which is all that this program does with \
                it: measure it as such before you rely on it.";
    (!of.is_everywhere).then(|| Step::without_text(says))
}

/// What is said where the baked model is a folder.
const NEEDS_FILE: &str = "This program loads a GGUF file: bake the vector into one.";

fn llama_cpp(of: &Material) -> Vec<Step> {
    let mut steps = about_control_vectors(of);
    if !of.layers.contains(&0) {
        let vector = if is_one(of.multiplier) {
            format!("--control-vector {}", quoted(&of.gguf))
        } else {
            let (first, scaled) = with_scale(&of.gguf, of.multiplier);
            steps.extend(first);
            format!("--control-vector-scaled {scaled}")
        };
        steps.push(Step::new(
            format!("With the vector beside the model, at strength {}.", of.multiplier),
            format!("llama-server -m {} {vector}", quoted(&of.model)),
        ));
    }
    if of.is_baked_file() {
        steps.push(Step::new("Or the baked model.", format!("llama-server -m {}", quoted(&of.baked))));
    } else {
        steps.push(Step::without_text(NEEDS_FILE));
    }
    if !of.adapter.is_empty() {
        steps.push(Step::new(
            "Or the adapter beside the model.",
            format!("llama-server -m {} --lora {}", quoted(&of.model), quoted(&of.adapter)),
        ));
    }
    steps
}

fn ollama(of: &Material) -> Vec<Step> {
    let name = of.plain_name();
    let mut steps: Vec<Step> = about_policy(of).into_iter().collect();
    if of.adapter.is_empty() {
        if !of.is_baked_file() {
            steps.push(Step::without_text(NEEDS_FILE));
        }
        steps.push(Step::new(
            "Write this as the file Modelfile. The path is that of the baked model.",
            format!("FROM {}\n", in_modelfile(&of.baked_file())),
        ));
    } else {
        steps.push(Step::new(
            "Write this as the file Modelfile: the model, and the adapter beside it.",
            format!("FROM {}\nADAPTER {}\n", in_modelfile(&of.model), in_modelfile(&of.adapter)),
        ));
    }
    steps.push(Step::new(
        "Then make the model of it, and talk to it.",
        format!("ollama create {name} -f Modelfile\nollama run {name}"),
    ));
    steps
}

/// Returns a path as a Modelfile has it: a bare name would be that of a model in Ollama's library.
pub(super) fn in_modelfile(path: &str) -> String {
    if path.contains(['/', '\\']) { path.to_owned() } else { format!("./{path}") }
}

fn lm_studio(of: &Material) -> Step {
    Step::new(
        "Import the baked model, or put it into Tiller/NAME/ in the folder that My Models shows: LM Studio finds files exactly two \
         folders deep.",
        format!("lms import {}", quoted(&of.baked_file())),
    )
}

/// The step of a program that loads GGUF files.
fn with_baked_file(of: &Material, step: Step) -> Vec<Step> {
    let mut steps: Vec<Step> = about_policy(of).into_iter().collect();
    if !of.is_baked_file() {
        steps.push(Step::without_text(NEEDS_FILE));
    }
    steps.push(step);
    steps
}

/// The step of a program that loads folders of safetensors.
fn with_baked_folder(of: &Material, step: Step) -> Vec<Step> {
    let mut steps: Vec<Step> = about_policy(of).into_iter().collect();
    if of.is_baked_file() {
        steps.push(Step::without_text(
            "This program loads a folder of safetensors: bake the vector into the model\u{2019}s folder from the hub.",
        ));
    }
    steps.push(step);
    steps
}

/// The steps of a program that runs lines of Python.
fn with_code(of: &Material, steps: Vec<Step>) -> Vec<Step> {
    about_policy(of).into_iter().chain(steps).collect()
}

fn easy_steer(of: &Material) -> Vec<Step> {
    if let Some(none) = about_layer_0(of) {
        return vec![none];
    }
    let mut steps = about_policy(of).into_iter().collect::<Vec<_>>();
    steps.push(Step::new(
        "A request of its fork of vLLM. It reads the control vector as it is; -1 stands for every token.",
        python::easy_steer(of),
    ));
    steps
}

fn repeng(of: &Material) -> Vec<Step> {
    if let Some(none) = about_layer_0(of) {
        return vec![none];
    }
    let mut steps = about_policy(of).into_iter().collect::<Vec<_>>();
    steps.push(Step::new(
        "repeng reads the control vector and sets it on a wrapped model.",
        python::repeng(of),
    ));
    steps
}
