//! Writes the model card of a passport: Markdown with the front matter of the Hugging Face hub.

use std::fmt::Write as _;

use vectors::adapter::Projection;
use vectors::files::Provenance;
use vectors::passport::{ADAPTER, ADAPTER_GGUF, CHART, CurveOf, GGUF, Passport, SAFETENSORS, SteeringRecord};

/// Returns the model card. `has_chart` says whether there is a picture of the curves.
pub(super) fn card(passport: &Passport, has_chart: bool, has_gguf: bool) -> String {
    let mut card = String::from("---\n");
    if let Some(licence) = &passport.licence {
        let _ = writeln!(card, "license: {}", licence.to_lowercase());
    }
    let (tags, kind) = match &passport.steering {
        SteeringRecord::Vector(_) => {
            ("tags:\n- steering-vector\n- activation-steering\n", "A steering vector")
        }
        SteeringRecord::Adapter(_) => ("library_name: peft\ntags:\n- lora\n", "A low-rank adapter (LoRA)"),
    };
    card.push_str(tags);
    card.push_str("- tiller\n---\n\n");
    let _ = writeln!(card, "# {}\n", cell(&passport.name));
    let about = &passport.provenance;
    let model = about.model.as_deref().unwrap_or("a model whose file was not named");
    let _ = writeln!(
        card,
        "{kind} for {}. `passport.json` holds everything that is known of it; `tiller-cli verify` measures its \
         curves again on another machine.\n",
        cell(model)
    );
    facts(&mut card, passport);
    if has_chart {
        let _ = writeln!(card, "\n## Curves\n\n![The measured curves]({CHART})\n");
        card.push_str(
            "The solid line is with it, with the 95 % bootstrap interval over items. Dashed lines are ways of prompting alone.\n",
        );
    }
    measured(&mut card, passport);
    usage(&mut card, passport, has_gguf);
    card
}

/// Writes the table of what the vector or the adapter is.
fn facts(card: &mut String, passport: &Passport) {
    let about: &Provenance = &passport.provenance;
    let data = passport.data.as_ref();
    let pairs = data.and_then(|data| data.train).map(|train| format!("{train} training pairs"));
    let [place, how, numbers] = acts(&passport.steering);
    let rows = [
        (place.0, Some(place.1)),
        (how.0, Some(how.1)),
        (numbers.0, Some(numbers.1)),
        ("Method", about.method.clone()),
        ("Model", about.model.clone()),
        ("SHA-256 of the model\u{2019}s file", about.model_fingerprint.clone()),
        ("Data", pairs),
        ("SHA-256 of the training pairs", data.map(|data| data.hash.clone())),
        ("Made from", about.made_from.clone()),
        ("Seed", about.seed.map(|seed| seed.to_string())),
        ("SHA-256 of the numbers", Some(passport.steering.content_hash().to_owned())),
        ("Licence", passport.licence.clone()),
        ("Made by", passport.versions.made_by.clone()),
    ];
    card.push_str("| | |\n| --- | --- |\n");
    for (name, text) in rows.iter().filter_map(|(name, text)| Some((name, text.as_ref()?))) {
        let _ = writeln!(card, "| {name} | {} |", cell(text));
    }
}

/// Returns where it acts, how, and its numbers: three rows of the table.
fn acts(steering: &SteeringRecord) -> [(&'static str, String); 3] {
    match steering {
        SteeringRecord::Vector(vector) => {
            let layers: Vec<String> = vector.layers.iter().map(ToString::to_string).collect();
            let norms: Vec<String> = vector.norms.iter().map(|norm| format!("{norm:.4}")).collect();
            [
                ("Acts after layer", format!("{} (0-based)", layers.join(", "))),
                ("How", vector.policy.clone()),
                ("Numbers", format!("{} for each layer, norm {}", vector.size, norms.join(", "))),
            ]
        }
        SteeringRecord::Adapter(adapter) => {
            let on: Vec<&str> = adapter.projections.iter().map(Projection::name).collect();
            [
                ("Acts in", format!("all {} layers, on {}", adapter.blocks, on.join(", "))),
                ("How", "adds multiplier times alpha / rank times B A to these weights".to_owned()),
                (
                    "Numbers",
                    format!("rank {}, alpha {}, norm {:.4}", adapter.rank, adapter.alpha, adapter.norm),
                ),
            ]
        }
    }
}

/// Writes the useful range, the side effects and the curves' numbers.
fn measured(card: &mut String, passport: &Passport) {
    let Some(sweep) = &passport.sweep else {
        card.push_str("\nNothing has been measured with it.\n");
        return;
    };
    card.push_str("\n## Useful range\n\n");
    match &passport.useful_range {
        Some(range) => {
            let _ =
                writeln!(card, "Multipliers {} to {}: {}.", number(range.from), number(range.to), range.rule);
        }
        None => card.push_str("None was found: the sweep has no perplexity, or nothing moves inside it.\n"),
    }
    if !passport.side_effects.is_empty() {
        card.push_str("\n## Side effects\n\n| score | multiplier | unsteered | steered | 95 % | N |\n| --- | --- | --- | --- | --- | --- |\n");
        for one in &passport.side_effects {
            let _ = writeln!(
                card,
                "| {} ({}) | {} | {} | {} | {} to {} | {} |",
                cell(&one.score),
                cell(&one.unit),
                number(one.multiplier),
                number(one.unsteered),
                number(one.value),
                number(one.low),
                number(one.high),
                one.n
            );
        }
    }
    card.push_str("\n## Measured\n\n| curve | score | on | multiplier | value | 95 % | N |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    for curve in sweep.curves.iter().filter(|curve| curve.of != CurveOf::Other) {
        for point in &curve.points {
            let _ = writeln!(
                card,
                "| {} | {} | {} | {} | {} | {} to {} | {} |",
                cell(&curve.arm),
                cell(&curve.score),
                cell(curve.set.as_deref().unwrap_or("its own text or questions")),
                number(point.multiplier),
                number(point.value),
                number(point.low),
                number(point.high),
                point.n
            );
        }
    }
}

fn usage(card: &mut String, passport: &Passport, has_gguf: bool) {
    card.push_str("\n## Use\n\n");
    let vector = match &passport.steering {
        SteeringRecord::Vector(vector) => vector,
        SteeringRecord::Adapter(_) => return adapter_usage(card, has_gguf),
    };
    if has_gguf {
        let _ = writeln!(
            card,
            "llama.cpp adds it once with `--control-vector {GGUF}`, at another strength with `--control-vector-scaled {GGUF}:2`.\n"
        );
    } else {
        card.push_str(
            "It acts after layer 0, where llama.cpp adds nothing, so there is no control vector for it.\n\n",
        );
    }
    if vector.policy != Provenance::ADD_EVERYWHERE {
        let _ = writeln!(
            card,
            "llama.cpp adds it at every position; here it was measured as: {}.\n",
            cell(&vector.policy)
        );
    }
    let _ = writeln!(
        card,
        "`{SAFETENSORS}` has a tensor `layer.N` for each layer N; the vector times the multiplier is added to the output of that \
         block."
    );
}

fn adapter_usage(card: &mut String, has_gguf: bool) {
    card.push_str(
        "peft adds it to transformers\u{2019} model of the same weights:\n\n```python\nfrom peft import PeftModel\n\nmodel = \
         PeftModel.from_pretrained(model, \".\")  # this folder, or its name on the hub\n```\n\n",
    );
    if has_gguf {
        let _ = writeln!(
            card,
            "llama.cpp adds it with `--lora {ADAPTER_GGUF}`, at another strength with `--lora-scaled {ADAPTER_GGUF}:0.5`; Ollama \
             with `ADAPTER ./{ADAPTER_GGUF}` in a Modelfile.\n"
        );
    } else {
        card.push_str(
            "`tiller-cli adapter export` writes a GGUF file of it for llama.cpp and Ollama; that needs the model.\n\n",
        );
    }
    let _ = writeln!(card, "`{ADAPTER}` has the names and rows of peft.");
}

/// Writes a number with up to four decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Writes a text of a person as one cell of a table, in which nothing is markup.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' => cell.extend(['\\', letter]),
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            letter if letter.is_control() => cell.push(' '),
            letter => cell.push(letter),
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_text_is_no_markup() {
        assert_eq!(cell("a|b\n<script>[x](y)"), "a\\|b &lt;script&gt;\\[x\\](y)");
        assert_eq!(
            (number(0.125), number(-2.0), number(-0.00001)),
            ("0.125".into(), "-2".into(), "0".into())
        );
    }
}
