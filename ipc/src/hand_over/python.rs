//! The lines of Python for programs that steer by code. Each is a file beside this one, in which the person's names are filled in;
//! `tests/oracles/hand_over.py` runs those that run without a graphics card.

use std::fmt::Write as _;

use super::{Material, Step};

/// Fills in what the templates name in double braces. `file` is the vector's file.
fn filled(template: &str, of: &Material, file: &str) -> String {
    let layers: Vec<String> = of.layers.iter().map(ToString::to_string).collect();
    template
        .replace("{{multiplier}}", &of.multiplier.to_string())
        .replace("{{blocks}}", &of.blocks.to_string())
        .replace("{{layers}}", &layers.join(", "))
        .replace("{{name}}", &of.plain_name())
        // A path comes last: what stands in it is not filled in again.
        .replace("{{file}}", &literal(file))
}

/// Writes a text as a literal of Python, in which nothing is an escape of the person's.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            letter if letter.is_control() => {
                // Writing to a String does not fail.
                let _ = write!(literal, "\\u{:04x}", letter as u32);
            }
            letter => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}

/// A hook on the blocks of a transformers model: a block's output is its hidden states, or a tuple that begins with them.
pub(super) fn transformers(of: &Material) -> Vec<Step> {
    let code = filled(include_str!("steer.py"), of, &of.safetensors);
    vec![
        Step::new("Write this as the file steer.py.", code),
        Step::new(
            "Then steer a model that transformers has loaded.",
            "from steer import steer\nhooks = steer(model)",
        ),
    ]
}

/// A stack of layers x hidden, zero but for the vector's layers, which hotwire-vllm reads from its folder by the file's name.
pub(super) fn hotwire(of: &Material) -> Vec<Step> {
    let name = of.plain_name();
    let entry =
        |layer: &u32| format!("{{\"id\": \"{name}\", \"layer\": {layer}, \"scale\": {}}}", of.multiplier);
    let entries: Vec<String> = of.layers.iter().map(entry).collect();
    let spec = match entries.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    vec![
        Step::new(
            "These lines write the stack of layers x hidden that it reads.",
            filled(include_str!("stack.py"), of, &of.safetensors),
        ),
        Step::new(
            "Serve the model\u{2019}s folder from the hub with the folder of the stack.",
            "HOTWIRE_VECTORS=$PWD/vectors vllm serve MODEL",
        ),
        Step::new("Name the vector in a request, as the text under vllm_xargs.hotwire.", spec),
    ]
}

/// Requests of vLLM with the plugin. Without positions a vector acts at every token, as long as it is.
pub(super) fn vllm_lens(of: &Material) -> Vec<Step> {
    let code = filled(include_str!("vllm_lens.py"), of, &of.safetensors);
    vec![Step::new("These lines steer requests of vLLM with its plugin, at every token.", code)]
}

/// A request of EasySteer's fork of vLLM.
pub(super) fn easy_steer(of: &Material) -> String {
    filled(include_str!("easy_steer.py"), of, &of.gguf)
}

/// A model that repeng has wrapped.
pub(super) fn repeng(of: &Material) -> String {
    filled(include_str!("repeng.py"), of, &of.gguf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_literal_of_python_and_is_not_filled_in_again() {
        assert_eq!(literal("C:\\a \"b\"\n"), "\"C:\\\\a \\\"b\\\"\\u000a\"");
        let material = super::super::tests::material();
        let odd = Material { gguf: "/{{name}}.gguf".into(), ..material.clone() };
        assert!(repeng(&odd).contains("\"/{{name}}.gguf\""), "{}", repeng(&odd));
        for text in [repeng(&material), easy_steer(&material)] {
            assert!(!text.contains("{{") && text.contains("10, 12"), "{text}");
        }
        for steps in [transformers(&material), hotwire(&material), vllm_lens(&material)] {
            assert!(steps.iter().filter_map(|step| step.text.as_ref()).all(|text| !text.contains("{{")));
        }
    }
}
