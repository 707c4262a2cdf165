//! Words the reasons why a vector cannot be baked into a model, or a steered model be distilled.

use std::path::Path;

use ipc::{Code, Failure};
use vectors::bake::BakeError;
use vectors::distil::DistilError;

use super::sentence;
use crate::baking::file_name;

/// The next step where a bias cannot do what the steering does.
const DISTIL: &str =
    "Distil it into an adapter, or export the vector itself for llama.cpp\u{2019}s --control-vector.";

fn gigabytes(bytes: u64) -> String {
    format!("{:.2} GB", bytes as f64 / 1e9)
}

pub(super) fn bake(target: &Path, error: &BakeError) -> Failure {
    let invalid = |message: String, next: &str| Failure::new(Code::Invalid, message).next(next);
    match error {
        BakeError::Architecture { architecture, why } => {
            invalid(format!("{architecture} cannot be baked: {why}."), DISTIL)
        }
        BakeError::Policy { what, .. } => invalid(
            format!("{what} cannot be baked: a bias of the weights acts at every token alike."),
            "Distil it into an adapter, or make a copy of the vector that acts at every token and measure it.",
        ),
        BakeError::Adapter => invalid(
            "An adapter is not baked: other programs read it as it is.".into(),
            "Export it as a GGUF adapter or as peft\u{2019}s folder.",
        ),
        BakeError::Misfit { .. } | BakeError::Nothing => {
            invalid(sentence(&error.to_string()), "Choose the model that the vector was made for.")
        }
        BakeError::OneDirection(_) => invalid(
            "Only one direction can be taken out of the weights, and nothing be added with it.".into(),
            "Take a vector of one layer.",
        ),
        BakeError::Split => invalid(
            "The model is split into several GGUF files.".into(),
            "Join them first with llama.cpp\u{2019}s llama-gguf-split --merge.",
        ),
        BakeError::Format { .. } | BakeError::Folder(_) => {
            invalid(sentence(&error.to_string()), "Choose the model in another format, or distil it.")
        }
        BakeError::Overflow { .. } => {
            invalid(sentence(&error.to_string()), "Take a smaller strength, then try again.")
        }
        BakeError::IsSource(_) => {
            invalid("That is the model itself.".into(), "Choose another name for the copy.")
        }
        BakeError::Exists(path) => invalid(
            format!("{} is there already.", file_name(path)),
            "Choose another name, or allow that a file is replaced; a folder never is.",
        )
        .detail(path.display().to_string()),
        BakeError::NoFolder(path) => invalid(
            "The folder for the copy is not there.".into(),
            "Choose a folder that is there, or make it first.",
        )
        .detail(path.display().to_string()),
        BakeError::NoSpace { needed, free } => Failure::new(
            Code::Storage,
            format!("The copies take about {}, and {} are free there.", gigabytes(*needed), gigabytes(*free)),
        )
        .next("Free some space, take fewer strengths, or choose another disk."),
        BakeError::Model(error) => super::engine::model(&target.display().to_string(), error),
        BakeError::Io(source) => Failure::new(Code::Storage, "The copy cannot be written.")
            .detail(format!("{source}: {}", target.display()))
            .next("Choose another folder, or free some space, then try again. Nothing was left behind."),
    }
}

pub(super) fn distil(error: &DistilError) -> Failure {
    let (code, next) = match error {
        DistilError::NotFinite { .. } => (Code::Other, "Start again with a smaller learning rate."),
        DistilError::NoSteering => (Code::Invalid, "Take a strength other than 0."),
        DistilError::NoSamples => (Code::Invalid, "Choose a data set with pairs."),
        _ => (Code::Invalid, "Change the setting, then start again."),
    };
    Failure::new(code, sentence(&error.to_string())).next(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_baked_says_what_to_do_instead() {
        let failure = |error: BakeError| bake(Path::new("/out.gguf"), &error);
        let norm = BakeError::Architecture { architecture: "gemma2".into(), why: "a norm stands there" };
        let found = failure(norm);
        assert!(found.message.starts_with("gemma2 cannot be baked: a norm"), "{found:?}");
        assert!(found.next.is_some_and(|next| next.contains("Distil") && next.contains("--control-vector")));
        let full = failure(BakeError::NoSpace { needed: 2_500_000_000, free: 1_000_000 });
        assert!(full.code == Code::Storage && full.message.contains("2.50 GB"), "{full:?}");
    }
}
