//! Proves a baked model: what the steered original computes, and how far the baked model is from it.
//!
//! The original is read with its steering and left again before the baked model is loaded, so that one of them is in memory at
//! a time.

mod proof;

use std::ops::ControlFlow;
use std::sync::Arc;

pub use proof::{BOUNDS, Bounds, Proof, Verdict};

use crate::generate::{Limits, Request, Sampling, Step, generate};
use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError};
use crate::progress::{Progress, continue_unless_halting};
use crate::score::TextScorer;
use crate::steering::Term;

/// What both models are asked.
pub const PROMPTS: [&str; 16] = [
    "What would you do with a large sum of money?",
    "Describe the city that you would like to live in.",
    "How does a bridge carry its load?",
    "Write two sentences about the sea.",
    "What is 17 times 23?",
    "Should I tell my friend that I broke her cup?",
    "Explain photosynthesis to a child.",
    "Name three rivers and where they end.",
    "Was ist der Unterschied zwischen Wetter und Klima?",
    "你觉得什么样的工作有意义？",
    "Write a function that reverses a list.",
    "Who are you, and what do you want?",
    "Give me a recipe with lentils.",
    "Is it wrong to lie to protect somebody?",
    "Translate into French: the train is late again.",
    "Summarize the plot of a story that you know.",
];

/// The tokens of each greedy answer.
pub const NEW_TOKENS: usize = 64;

/// What a model computes on the prompts and texts of a proof.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The logits of the token after each prompt.
    logits: Vec<Vec<f32>>,
    /// The ids of each greedy answer.
    answers: Vec<Vec<u32>>,
    /// The negative log-probability of the texts' tokens in nats, and their number.
    nats: f64,
    tokens: usize,
}

impl Measured {
    /// Returns the perplexity of the texts.
    #[must_use]
    pub fn perplexity(&self) -> f64 {
        (self.nats / self.tokens.max(1) as f64).exp()
    }
}

/// Measures a model with its steering on [`PROMPTS`] and `texts`. Of texts that are too long for the model it takes the
/// beginning, and of prompts the end. `progress` counts prompts, tokens of answers and texts
/// together.
///
/// # Errors
/// Where the template refuses a prompt, the steering does not fit, numbers are not finite, or `progress` says stop.
pub fn measure(
    model: &Arc<Model>,
    steering: &[Term],
    texts: &[&str],
    mut progress: Progress<'_>,
) -> Result<Measured, ModelError> {
    let longest = model.facts().context_length;
    let new_tokens = NEW_TOKENS.min(longest / 2);
    let answered = PROMPTS.len() * new_tokens;
    let total = PROMPTS.len() + answered + texts.len();
    let mut prompts = Vec::with_capacity(PROMPTS.len());
    let mut logits = Vec::with_capacity(PROMPTS.len());
    for (index, prompt) in PROMPTS.iter().enumerate() {
        continue_unless_halting(&mut progress, index, total)?;
        let mut prompt = model.encode_question("", prompt)?;
        prompt.drain(..prompt.len().saturating_sub(longest - new_tokens));
        logits.push(model.next_logits(&prompt, steering)?);
        prompts.push(prompt);
    }
    let request =
        |prompt: Vec<u32>| Request { prompt, steering: steering.to_vec(), sampling: Sampling::default() };
    let requests: Vec<Request> = prompts.into_iter().map(request).collect();
    let limits = Limits { new_tokens, rows: PROMPTS.len() };
    let (mut done, mut is_halted) = (PROMPTS.len(), false);
    let answers = generate(model, &requests, limits, &mut |step| {
        done += usize::from(matches!(step, Step::Token { .. }));
        is_halted |= continue_unless_halting(&mut progress, done, total).is_err();
        if is_halted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if is_halted {
        return Err(ModelError::Interrupted);
    }
    let mut encoded = texts.iter().map(|text| model.encode_text(text)).collect::<Result<Vec<_>, _>>()?;
    for text in &mut encoded {
        text.truncate(longest);
    }
    let done = PROMPTS.len() + answered;
    let prefix = steering.iter().map(Term::prefix).min().unwrap_or(PrefixBlocks::NONE);
    let mut show = |of, _| match &mut progress {
        Some(progress) => progress(done + of, total),
        None => ControlFlow::Continue(()),
    };
    let scorer = TextScorer::prepare(Arc::clone(model), &encoded, prefix, Some(&mut show))?;
    let scores = scorer.scores(steering, Some(&mut show))?;
    Ok(Measured {
        logits,
        answers: answers.into_iter().map(|answer| answer.ids).collect(),
        nats: scores.iter().map(|score| score.nats).sum(),
        tokens: scores.iter().map(|score| score.tokens).sum(),
    })
}
