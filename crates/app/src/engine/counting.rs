//! Counts the tokens of a data set's pairs on a thread of its own, beside other work.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use data::pair_index::key;
use ipc::Id;
use ipc::data::{PairContent, PairTokens};
use ipc::event::Event;
use store::pairs;
use vectors::model::Model;
use vectors::tokens::TokenError;

use super::encode::preference;
use super::priority::give_way;
use crate::Error;
use crate::app_state::AppState;
use crate::failure::error_for_log;

/// The number of pairs that are read from the store at once.
const AT_ONCE: usize = 128;

/// The interval at which the window receives the progress.
const REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// Counts the tokens of a pair.
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

/// Starts a thread that counts the uncounted pairs of a listed data set. An earlier thread ends.
pub(crate) fn start(
    state: &Arc<AppState>,
    data_set: Id,
    model: Arc<Model>,
    system_prompt: String,
) -> Result<(), Error> {
    let turn = state.token_counts.begin();
    let with = state.token_counts.with(&model, &system_prompt);
    state.pair_index.with(data_set, |index| index.count_with(with));
    let state = Arc::clone(state);
    let counter = thread::Builder::new().name("token counts".into()).spawn(move || {
        give_way();
        if let Err(error) = run(&state, turn, data_set, &model, &system_prompt) {
            // The list then shows no counts. The editor counts the open pair by itself.
            tracing::warn!("tokens could not be counted: {}", error_for_log(error));
        }
    });
    counter.map(drop).map_err(|error| Error::Panic(error.to_string()))
}

fn run(
    state: &AppState,
    turn: u64,
    data_set: Id,
    model: &Arc<Model>,
    system_prompt: &str,
) -> Result<(), Error> {
    let is_over = || state.is_ending() || !state.token_counts.is_latest(turn);
    let mut last_report = Instant::now();
    loop {
        let Some(open) = state.pair_index.with(data_set, |index| index.uncounted()) else { return Ok(()) };
        if open.is_empty() {
            break;
        }
        for some in open.chunks(AT_ONCE) {
            for pair in state.block_on(pairs::find_all(state.store.read(), data_set, some))? {
                if is_over() {
                    return Ok(());
                }
                let key = key(&pair.content);
                let tokens = state.token_counts.tokens(key, || count(model, system_prompt, &pair.content));
                state.pair_index.with(data_set, |index| index.set_tokens(pair.id, key, tokens));
            }
            if last_report.elapsed() >= REPORT_INTERVAL {
                last_report = Instant::now();
                send_counts(state, data_set);
            }
        }
        // The next round counts the pairs that were changed meanwhile.
        if state.pair_index.with(data_set, |index| index.uncounted().len()) == Some(open.len()) {
            break;
        }
    }
    send_counts(state, data_set);
    Ok(())
}

fn send_counts(state: &AppState, data_set: Id) {
    if let Some(counted) = state.pair_index.with(data_set, |index| index.counted()) {
        state.events.send(&Event::PairsCounted(counted));
    }
}
