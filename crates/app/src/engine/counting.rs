//! The tokens of a data set's pairs, counted beside other work and kept by what the pairs say.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use ipc::Id;
use ipc::data::{PairContent, PairTokens};
use ipc::event::Event;
use vectors::model::Model;
use vectors::tokens::TokenError;

use super::encode::preference;
use super::priority::give_way;
use crate::Error;
use crate::core::Core;
use data::pair_index::{Key, Tokens, key};
use store::pairs;

/// Pairs that are read from the store at once.
const AT_ONCE: usize = 128;

/// How often the window hears how far it is.
const SAY_EVERY: Duration = Duration::from_millis(250);

/// Texts whose tokens are remembered: some 40 bytes each.
const MOST_KNOWN: usize = 500_000;

/// The counts that are known, and which counting is the latest.
#[derive(Default)]
pub(crate) struct Counting {
    turn: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The model and the system prompt that they were counted with, and how many there were before these.
    model: Weak<Model>,
    system_prompt: String,
    with: u64,
    tokens: HashMap<Key, Tokens>,
}

/// A pair's tokens.
pub(crate) fn count(
    model: &Model,
    system_prompt: &str,
    content: &PairContent,
) -> Result<PairTokens, TokenError> {
    let pair = preference(content);
    let system = pair.system.as_deref().unwrap_or(system_prompt);
    let answer = |text: &str| model.tokenizer().encode(text).map(|ids| ids.len() as u32 + 1);
    Ok(PairTokens {
        prompt: model.encode_conversation(system, &pair.turns, &pair.prompt)?.len() as u32,
        wanted: answer(&content.wanted)?,
        opposite: answer(&content.opposite)?,
        limit: model.facts().context_length as u32,
    })
}

/// Counts what is not counted yet of the data set whose list is in memory; an earlier counting ends.
pub(crate) fn start(
    core: &Arc<Core>,
    data_set: Id,
    model: Arc<Model>,
    system_prompt: String,
) -> Result<(), Error> {
    let turn = core.counting.turn.fetch_add(1, Ordering::SeqCst) + 1;
    let with = core.counting.with(&model, &system_prompt);
    core.pair_index.with(data_set, |index| index.count_with(with));
    let core = Arc::clone(core);
    let counter = thread::Builder::new().name("token counts".into()).spawn(move || {
        give_way();
        if let Err(error) = run(&core, turn, data_set, &model, &system_prompt) {
            // The list goes without counts; the editor counts the open pair by itself.
            tracing::warn!("tokens could not be counted: {error:?}");
        }
    });
    counter.map(drop).map_err(|error| Error::Panic(error.to_string()))
}

fn run(core: &Core, turn: u64, data_set: Id, model: &Arc<Model>, system_prompt: &str) -> Result<(), Error> {
    let is_over = || core.is_ending() || core.counting.turn.load(Ordering::SeqCst) != turn;
    let mut said = Instant::now();
    loop {
        let Some(open) = core.pair_index.with(data_set, |index| index.uncounted()) else { return Ok(()) };
        if open.is_empty() {
            break;
        }
        for some in open.chunks(AT_ONCE) {
            for pair in core.block_on(pairs::find_all(core.store.read(), data_set, some))? {
                if is_over() {
                    return Ok(());
                }
                let key = key(&pair.content);
                let tokens = core.counting.tokens(key, || count(model, system_prompt, &pair.content));
                core.pair_index.with(data_set, |index| index.set_tokens(pair.id, key, tokens));
            }
            if said.elapsed() >= SAY_EVERY {
                said = Instant::now();
                say(core, data_set);
            }
        }
        // A pair that was changed meanwhile is counted in the next round.
        if core.pair_index.with(data_set, |index| index.uncounted().len()) == Some(open.len()) {
            break;
        }
    }
    say(core, data_set);
    Ok(())
}

fn say(core: &Core, data_set: Id) {
    if let Some(counted) = core.pair_index.with(data_set, |index| index.counted()) {
        core.hub.say(&Event::PairsCounted(counted));
    }
}

impl Counting {
    /// The number of this model with this system prompt. Counts of another one are forgotten.
    fn with(&self, model: &Arc<Model>, system_prompt: &str) -> u64 {
        let mut known = self.lock();
        let is_same =
            Weak::as_ptr(&known.model) == Arc::as_ptr(model) && known.system_prompt == system_prompt;
        if !is_same {
            let (model, system_prompt) = (Arc::downgrade(model), system_prompt.to_owned());
            *known = Known { model, system_prompt, with: known.with + 1, tokens: HashMap::new() };
        }
        known.with
    }

    fn tokens(&self, key: Key, count: impl FnOnce() -> Result<PairTokens, TokenError>) -> Tokens {
        if let Some(tokens) = self.lock().tokens.get(&key) {
            return *tokens;
        }
        let tokens = count().map_or(Tokens::Refused, Tokens::Known);
        let mut known = self.lock();
        if known.tokens.len() >= MOST_KNOWN {
            known.tokens.clear();
        }
        known.tokens.insert(key, tokens);
        tokens
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
