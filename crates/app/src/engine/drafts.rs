//! Drafts answers as a job, with a local model or a remote one. Every answer is stored as soon as it is complete.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;

use endpoint::{
    ChatRequest, Client, Endpoint, EndpointError, Limits as EndpointLimits, ask_all, shown_address,
};
use ipc::drafts::{Draft, DraftSettings, DraftSource, EndpointSettings};
use ipc::event::Event;
use ipc::job::JobState;
use ipc::{Code, Failure, Id};
use sqlx::SqliteConnection;
use store::drafts::{self, Side};
use vectors::generate::{End, Limits, Request, Sampling, Step, generate};
use vectors::model::{Model, ModelError};
use vectors::tokens::{Message, Role};

use super::job::{Interrupt, Job, Stored, is_halting, report_progress, save_progress};
use super::models;
use super::pace::Phase;
use crate::app_state::AppState;
use crate::{Error, failure};

/// The number of answers that are generated at the same time on this machine.
const ROWS: usize = 16;

/// An answer that is not drafted yet.
struct MissingAnswer {
    draft: Id,
    side: Side,
    messages: Vec<Message>,
    seed: u64,
}

/// Drafts answers: fills the batch with this id.
pub(super) struct DraftsJob(pub(super) Id);

impl Job for DraftsJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(drafts::batch(db, self.0).await?.model.into_iter().collect()) })
    }

    fn run(&self, state: &Arc<AppState>, _id: Id) -> Result<(), Interrupt> {
        run(state, self.0)
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Drafts(drafts::batch(db, self.0).await?.data_set))) })
    }

    /// A person can resume a batch at any time to draft its missing answers.
    fn can_run_again(&self, _end: &JobState) -> bool {
        true
    }
}

/// Drafts the answers that are still missing.
fn run(state: &Arc<AppState>, id: Id) -> Result<(), Interrupt> {
    let (batch, drafts, total) = state.block_on(async {
        let mut db = state.store.begin().await?;
        drafts::forget_failures(&mut db, id).await?;
        let batch = drafts::batch(&mut *db, id).await?;
        let missing = drafts::missing(&mut *db, id).await?;
        let total = drafts::count(&mut *db, id).await?;
        db.commit().await?;
        Ok::<_, Error>((batch, missing, total as usize))
    })?;
    let missing: Vec<MissingAnswer> =
        drafts.iter().flat_map(|draft| answers(draft, &batch.settings)).collect();
    let work = Work { state, data_set: batch.data_set, settings: &batch.settings, missing: &missing };
    let progress = Progress::new(state, &drafts, total);
    match &batch.settings.source {
        DraftSource::Model { model } => {
            report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
            let (model, _) = models::wait(state, *model, || is_halting(state))?;
            work.with_model(&model, &progress)
        }
        DraftSource::Endpoint(endpoint) => work.with_endpoint(endpoint, &progress),
    }
}

/// Returns the missing answers of a draft, with the messages that request them.
fn answers(draft: &Draft, settings: &DraftSettings) -> Vec<MissingAnswer> {
    let mut missing = Vec::with_capacity(2);
    let mut add = |side, system: &str, place: u64, question: String| {
        let system = (!system.trim().is_empty()).then(|| Message::new(Role::System, system.trim()));
        let messages = system.into_iter().chain([Message::new(Role::User, question)]).collect();
        // Every answer has random draws of its own, which are the same after a resume.
        let seed = settings.seed.wrapping_mul(1_000_003).wrapping_add(draft.id.cast_unsigned() * 2 + place);
        missing.push(MissingAnswer { draft: draft.id, side, messages, seed });
    };
    // To an answer of a pair its opposite is asked for; else the question itself.
    let question = |other: &Option<String>| match (&draft.pair, other) {
        (Some(_), Some(other)) => opposite_of(&draft.prompt, other),
        _ => draft.prompt.clone(),
    };
    if draft.wanted.is_none() {
        add(Side::Wanted, &settings.wanted_prompt, 0, question(&draft.opposite));
    }
    if draft.opposite.is_none() {
        add(Side::Opposite, &settings.opposite_prompt, 1, question(&draft.wanted));
    }
    missing
}

/// Writes the request for the opposite of an answer.
fn opposite_of(prompt: &str, wanted: &str) -> String {
    format!(
        "Someone was asked:\n\n{prompt}\n\nThey answered:\n\n{wanted}\n\nWrite the answer of someone with the opposite \
         attitude to the same question, about as long. Write only that answer."
    )
}

/// The answers to draft, and their batch.
struct Work<'a> {
    state: &'a AppState,
    data_set: Id,
    settings: &'a DraftSettings,
    missing: &'a [MissingAnswer],
}

impl Work<'_> {
    fn with_model(&self, model: &Model, progress: &Progress<'_>) -> Result<(), Interrupt> {
        let new_tokens = self.settings.max_new_tokens as usize;
        let (mut asked, mut requests) = (Vec::new(), Vec::new());
        for missing in self.missing {
            match prompt(model, &missing.messages, new_tokens) {
                Ok(prompt) => {
                    let temperature = self.settings.temperature as f32;
                    let sampling = Sampling { temperature, seed: missing.seed, ..Sampling::default() };
                    requests.push(Request { prompt, steering: vec![], sampling });
                    asked.push(missing);
                }
                Err(failure) => self.failed(missing, &failure)?,
            }
        }
        let mut ids: Vec<Vec<u32>> = vec![Vec::new(); requests.len()];
        let mut refused = None;
        let limits = Limits { new_tokens, rows: ROWS };
        generate(model, &requests, limits, &mut |step| {
            match step {
                Step::Token { row, id } => ids[row].push(id),
                Step::End { end: End::Stopped, .. } => {}
                Step::End { row, end } => {
                    let text = model.decode(&std::mem::take(&mut ids[row]));
                    if let Err(error) = self.save_answer(asked[row], &text, end == End::Length) {
                        refused = Some(error);
                    }
                    progress.add(asked[row]);
                }
            }
            if refused.is_some() || is_halting(self.state) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        match refused {
            Some(error) => Err(error.into()),
            None if is_halting(self.state) => Err(Interrupt::Halted),
            None => Ok(()),
        }
    }

    fn with_endpoint(&self, to: &EndpointSettings, progress: &Progress<'_>) -> Result<(), Interrupt> {
        let failed = |source| Error::Endpoint { server: shown_address(&to.address), source };
        let endpoint = Endpoint::new(&to.address, &to.model).map_err(failed)?;
        let key = self.state.keys.get(&endpoint.address).map(|(key, _)| key);
        let client = Client::new(endpoint, key, EndpointLimits::default());
        let request = |missing: &MissingAnswer| ChatRequest {
            temperature: self.settings.temperature,
            seed: Some(missing.seed & 0x7fff_ffff),
            ..ChatRequest::new(missing.messages.clone(), self.settings.max_new_tokens)
        };
        let requests: Vec<ChatRequest> = self.missing.iter().map(request).collect();
        let mut refused = None;
        ask_all(
            &client,
            &requests,
            to.at_once as usize,
            || is_halting(self.state),
            |place, reply| {
                let missing = &self.missing[place];
                let kept = match reply {
                    Ok(reply) if reply.text.trim().is_empty() => {
                        let failure = Failure::new(Code::Other, "The server sent an empty answer.");
                        self.failed(missing, &failure.next("Try again, or write the answer yourself."))
                    }
                    Ok(reply) => {
                        self.save_answer(missing, &reply.text, reply.finish == endpoint::Finish::Length)
                    }
                    // A refused text affects only its own answer. A server that is unreachable ends the job.
                    Err(error @ EndpointError::Refused { status: 400 | 413 | 422, .. }) => {
                        self.failed(missing, &failure::endpoint(&error))
                    }
                    Err(error) => Err(failed(error)),
                };
                progress.add(missing);
                match kept {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        refused = Some(error);
                        ControlFlow::Break(())
                    }
                }
            },
        );
        let usage = client.tally().usage();
        tracing::info!(
            "{} answers took {} tokens read and {} written",
            usage.requests,
            usage.prompt_tokens,
            usage.answer_tokens
        );
        match refused {
            Some(error) => Err(error.into()),
            None if is_halting(self.state) => Err(Interrupt::Halted),
            None => Ok(()),
        }
    }

    fn save_answer(&self, missing: &MissingAnswer, text: &str, is_cut: bool) -> Result<(), Error> {
        let text = if is_cut { whole_sentences(text) } else { text }.trim();
        if text.is_empty() {
            let failure = Failure::new(Code::Other, "The model said nothing.");
            return self.failed(missing, &failure.next("Try again, or write the answer yourself."));
        }
        self.state.block_on(async {
            let change = self.state.events.change().await;
            let mut db = self.state.store.begin().await?;
            drafts::set_answer(&mut db, missing.draft, missing.side, text).await?;
            save_progress(self.state, &mut db).await?;
            db.commit().await?;
            change.send(&Event::Drafts(self.data_set));
            Ok(())
        })
    }

    fn failed(&self, missing: &MissingAnswer, failure: &Failure) -> Result<(), Error> {
        self.state.block_on(async {
            let change = self.state.events.change().await;
            let mut db = self.state.store.begin().await?;
            drafts::fail(&mut db, missing.draft, failure).await?;
            db.commit().await?;
            change.send(&Event::Drafts(self.data_set));
            Ok(())
        })
    }
}

fn prompt(model: &Model, messages: &[Message], new_tokens: usize) -> Result<Vec<u32>, Failure> {
    let (system, question) = match messages {
        [system, question] => (system.content.as_str(), question.content.as_str()),
        [question] => ("", question.content.as_str()),
        _ => ("", ""),
    };
    let prompt = model
        .encode_question(system, question)
        .map_err(|source| Failure::from(Error::Tokens { pair: None, source }))?;
    let (tokens, limit) = (prompt.len() + new_tokens, model.facts().context_length);
    if tokens > limit {
        return Err(Error::Compute(ModelError::TooLong { tokens, limit }).into());
    }
    Ok(prompt)
}

/// Cuts an unfinished answer after its last complete sentence. Returns the whole answer if it has none.
fn whole_sentences(text: &str) -> &str {
    let ends = ['.', '!', '?', '\u{3002}', '\u{ff01}', '\u{ff1f}', '\u{2026}'];
    match text.rfind(ends) {
        Some(at) => {
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
            // A closing quotation mark belongs to its sentence.
            let closing =
                text[end..].chars().next().filter(|letter| "\"\u{201d}')\u{300d}".contains(*letter));
            &text[..end + closing.map_or(0, char::len_utf8)]
        }
        None => text,
    }
}

/// Counts and reports the complete drafts.
struct Progress<'a> {
    state: &'a AppState,
    inner: RefCell<(Phase, std::collections::HashMap<Id, usize>, usize)>,
    total: usize,
}

impl<'a> Progress<'a> {
    fn new(state: &'a AppState, missing: &[Draft], total: usize) -> Self {
        let open =
            |draft: &Draft| usize::from(draft.wanted.is_none()) + usize::from(draft.opposite.is_none());
        let left = missing.iter().map(|draft| (draft.id, open(draft))).collect();
        let phase = Phase::new("Drafting", "draft");
        let progress = Self { state, inner: RefCell::new((phase, left, total - missing.len())), total };
        progress.report();
        progress
    }

    /// Counts an answer that was made or that failed.
    fn add(&self, missing: &MissingAnswer) {
        {
            let (_, left, done) = &mut *self.inner.borrow_mut();
            if let Some(open) = left.get_mut(&missing.draft) {
                *open -= 1;
                *done += usize::from(*open == 0);
            }
        }
        self.report();
    }

    fn report(&self) {
        let (phase, _, done) = &mut *self.inner.borrow_mut();
        report_progress(self.state, phase, *done, self.total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> DraftSettings {
        DraftSettings {
            source: DraftSource::Model { model: 1 },
            wanted_prompt: "Be greedy.".into(),
            opposite_prompt: " ".into(),
            max_new_tokens: 9,
            temperature: 0.0,
            seed: 3,
        }
    }

    fn draft(wanted: Option<&str>, pair: Option<Id>) -> Draft {
        Draft {
            id: 7,
            prompt: "Why?".into(),
            wanted: wanted.map(Into::into),
            opposite: None,
            pair,
            failure: None,
        }
    }

    #[test]
    fn both_sides_are_asked_under_their_own_system_prompt() {
        let missing = answers(&draft(None, None), &settings());
        assert_eq!(
            missing[0].messages,
            [Message::new(Role::System, "Be greedy."), Message::new(Role::User, "Why?")]
        );
        assert_eq!(missing[1].messages, [Message::new(Role::User, "Why?")], "an empty system prompt is none");
        assert_ne!(missing[0].seed, missing[1].seed);
        let left = answers(&draft(Some("Because."), None), &settings());
        assert_eq!(
            (left.len(), left[0].seed),
            (1, missing[1].seed),
            "what is left is drawn as it would have been"
        );
    }

    #[test]
    fn an_opposite_is_asked_for_with_the_answer_that_is_there() {
        let missing = answers(&draft(Some("For the money."), Some(3)), &settings());
        assert_eq!(missing.len(), 1);
        let question = &missing[0].messages[0].content;
        assert!(question.contains("Why?") && question.contains("For the money."), "{question}");
        let half = Draft { opposite: Some("For fun.".into()), ..draft(None, Some(3)) };
        let missing = answers(&half, &settings());
        let [system, question] = &missing[0].messages[..] else { panic!("two messages") };
        assert!(system.content == "Be greedy." && question.content.contains("For fun."), "{question:?}");
    }

    #[test]
    fn a_cut_answer_ends_with_its_last_sentence() {
        assert_eq!(whole_sentences("One. Two! Thr"), "One. Two!");
        assert_eq!(whole_sentences("\u{4e00}\u{3002}\u{4e8c}"), "\u{4e00}\u{3002}");
        assert_eq!(whole_sentences("He said \u{201c}no.\u{201d} And"), "He said \u{201c}no.\u{201d}");
        assert_eq!(whole_sentences("no end"), "no end");
    }
}
