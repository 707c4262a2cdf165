//! `tiller-cli logits`: prints the logits of the token after a prompt.

use serde::Serialize;

use crate::data::{ModelArguments, SystemArguments, VectorArguments};
use crate::halt::Halt;
use crate::output;
use crate::steering::Steering;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The prompt
    #[arg(long, value_name = "TEXT")]
    prompt: String,
    /// Take the prompt as it stands, special tokens included, without the chat template
    #[arg(long)]
    raw: bool,
    /// The likeliest so many tokens
    #[arg(long, value_name = "N", default_value_t = 10, conflicts_with = "full")]
    top: usize,
    /// Every token, in the order of the ids
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    vector: VectorArguments,
    /// The vector's strength
    #[arg(long, value_name = "M", default_value_t = 1.0, allow_negative_numbers = true)]
    multiplier: f64,
    #[command(flatten)]
    system: SystemArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Logits {
    prompt_tokens: usize,
    /// The token ids with their logits.
    logits: Vec<(u32, f32)>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let vector = arguments.vector.read(arguments.model.blocks())?;
    let steering = Steering::new(vector.into_iter().collect(), None)?;
    let model = arguments.model.load()?;
    let prompt = if arguments.raw {
        model.encode_raw(&arguments.prompt)
    } else {
        model.encode_question(&arguments.system.system, &arguments.prompt)
    };
    let prompt = prompt.map_err(|error| Halt::text(None, &error))?;
    let all = model.next_logits(&prompt, &steering.terms(arguments.multiplier))?;
    let mut logits: Vec<(u32, f32)> = (0_u32..).zip(all).collect();
    if !arguments.full {
        logits.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        logits.truncate(arguments.top);
    }
    let logits = Logits { prompt_tokens: prompt.len(), logits };
    output::line(arguments.json, &logits, || {
        let line = |(id, logit): &(u32, f32)| format!("{id:>7} {logit:>9.4} {:?}", model.decode(&[*id]));
        logits.logits.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}
