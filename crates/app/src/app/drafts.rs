//! Starts jobs in which a model drafts pairs, and accepts, edits or rejects the drafts.

use std::collections::HashMap;
use std::time::Duration;

use endpoint::secrets::{Secret, SecretStorage};
use endpoint::{ChatRequest, Client, Endpoint, Limits, plain_address, shown_address, stays_here};
use ipc::Id;
use ipc::command::{
    AcceptDrafts, EditDraft, InspectEndpoint, ListDrafts, RejectDrafts, SaveKey, StartDrafts, TryEndpoint,
    UseKey,
};
use ipc::data::{Edited, Pair, PairContent};
use ipc::drafts::{
    Draft, DraftSettings, DraftSource, DraftTask, Drafts, EndpointFacts, KeyPlace, MOST_DRAFTS,
};
use ipc::event::Event;
use ipc::job::Job;
use store::drafts::{self, Batch, Given};
use store::edits::{ChangedPairs, Step};
use store::{data_sets, jobs, models, pairs};
use vectors::tokens::{Message, Role};

use super::App;
use super::models::blocking;
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::{Error, clock};

/// The most tokens of a drafted answer.
const MOST_TOKENS: u32 = 2000;
/// The longest time that a trial request may take, because a person waits for it.
const TRIED_FOR: Duration = Duration::from_mins(1);
/// The most requests to an endpoint at the same time.
const MOST_AT_ONCE: u32 = 64;

impl App {
    /// Queues a job that drafts answers.
    ///
    /// # Errors
    /// Returns an error if the data set, the questions, the settings or the model cannot be used, or the store cannot
    /// be written.
    pub async fn start_drafts(&self, request: StartDrafts) -> Result<Job, Error> {
        self.check_permissions(&request).await?;
        let settings = checked(request.settings)?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        let model = match &settings.source {
            DraftSource::Endpoint(_) => None,
            DraftSource::Model { model } => {
                let model = models::find(&mut *db, *model).await?;
                check_asked(&self.state, model.id).await?;
                Some(model.id)
            }
        };
        let given: Vec<(String, Option<Pair>)> = match request.task {
            DraftTask::Pairs { questions } => {
                let questions =
                    questions.iter().map(|question| question.trim()).filter(|question| !question.is_empty());
                questions.map(|question| (question.to_owned(), None)).collect()
            }
            DraftTask::Opposites { pairs: ids } => {
                // An empty list stands for all pairs without an opposite answer.
                let mut pairs = if ids.is_empty() {
                    pairs::list(&mut *db, data_set.id).await?
                } else {
                    pairs::find_all(&mut *db, data_set.id, &ids).await?
                };
                pairs.retain(|pair| !ids.is_empty() || pair.content.opposite.trim().is_empty());
                let half = pairs.into_iter().filter(|pair| kept(pair).is_some());
                half.map(|pair| (pair.content.prompt.clone(), Some(pair))).collect()
            }
        };
        if given.is_empty() {
            return Err(Error::invalid(
                "There is nothing to draft.",
                "Type a question on each line, or choose pairs with an answer.",
            ));
        }
        if given.len() > MOST_DRAFTS {
            let message =
                format!("{} drafts are more than the {MOST_DRAFTS} that are made at once.", given.len());
            return Err(Error::invalid(message, "Start with a part of them."));
        }
        let now = clock::now();
        let title = format!("Drafts for \u{201c}{}\u{201d}", data_set.name);
        let job = jobs::insert(&mut db, &title, now).await?;
        let batch = Batch { data_set: data_set.id, model, settings };
        let batch = drafts::insert_batch(&mut db, &batch, job, now).await?;
        for (prompt, given) in &given {
            drafts::insert(&mut db, batch, prompt, given.as_ref().and_then(kept)).await?;
        }
        db.commit().await?;
        let job = say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(job)
    }

    /// Returns the drafts of a data set that a person has not decided on.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be read.
    pub async fn list_drafts(&self, request: ListDrafts) -> Result<Drafts, Error> {
        let mut db = self.state.store.read().acquire().await?;
        data_sets::find(&mut *db, request.data_set).await?;
        let drafts = drafts::open(&mut *db, request.data_set).await?;
        Ok(Drafts { drafts, job: drafts::last_job(&mut db, request.data_set).await? })
    }

    /// Changes the content of a draft.
    ///
    /// # Errors
    /// Returns an error if the draft does not exist or the store cannot be written.
    pub async fn edit_draft(&self, request: EditDraft) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let data_set = drafts::data_set_of(&mut *db, request.draft).await?;
        drafts::edit(&mut db, request.draft, &request.wanted, &request.opposite).await?;
        db.commit().await?;
        change.send(&Event::Drafts(data_set));
        Ok(())
    }

    /// Turns drafts into pairs, as one edit. Drafts that lack an answer stay drafts.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be written.
    pub async fn accept_drafts(&self, request: AcceptDrafts) -> Result<Option<Edited>, Error> {
        let data_set = request.data_set;
        data_sets::find(self.state.store.read(), data_set).await?;
        let edited = self
            .edit(data_set, async move |db| {
                let mut chosen = drafts::open(&mut *db, data_set).await?;
                chosen.retain(|draft| request.drafts.contains(&draft.id) && is_usable(draft));
                if chosen.is_empty() {
                    return Ok(None);
                }
                accept(db, data_set, chosen).await.map(Some)
            })
            .await?;
        self.state.events.send(&Event::Drafts(data_set));
        Ok(edited)
    }

    /// Rejects drafts.
    ///
    /// # Errors
    /// Returns an error if the store cannot be written.
    pub async fn reject_drafts(&self, request: RejectDrafts) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        drafts::reject(&mut db, request.data_set, &request.drafts).await?;
        db.commit().await?;
        change.send(&Event::Drafts(request.data_set));
        Ok(())
    }

    /// Returns the address to which text would go, and whether a key is stored. Nothing is sent.
    ///
    /// # Errors
    /// Returns an error if the text is not the address of a server.
    pub async fn inspect_endpoint(&self, request: InspectEndpoint) -> Result<EndpointFacts, Error> {
        self.endpoint_facts(address(&request.address)?).await
    }

    /// Stores the key of an endpoint. An empty key deletes the stored one.
    ///
    /// # Errors
    /// Returns an error if the text is not the address of a server, or the key cannot be a key.
    pub async fn save_key(&self, request: SaveKey) -> Result<EndpointFacts, Error> {
        let address = address(&request.address)?;
        let state = std::sync::Arc::clone(&self.state);
        let to = address.clone();
        if request.key.trim().is_empty() {
            blocking(move || state.keys.forget(&to)).await?;
        } else {
            let key = Secret::new(&request.key).ok_or_else(no_key)?;
            blocking(move || state.keys.store(&to, &key)).await?;
        }
        self.endpoint_facts(address).await
    }

    /// Keeps the key of an endpoint in memory, until the application closes.
    ///
    /// # Errors
    /// Returns an error if the text is not the address of a server, or the key cannot be a key.
    pub async fn use_key(&self, request: UseKey) -> Result<EndpointFacts, Error> {
        let address = address(&request.address)?;
        let key = Secret::new(&request.key.0).ok_or_else(no_key)?;
        self.state.keys.keep(&address, &key);
        self.endpoint_facts(address).await
    }

    /// Sends one short question to an endpoint, and returns the answer.
    ///
    /// # Errors
    /// Returns an error if the text is not the address of a server, or no answer comes back.
    pub async fn try_endpoint(&self, request: TryEndpoint) -> Result<String, Error> {
        self.check_permissions(&request).await?;
        let failed = |server: &str, source| Error::Endpoint { server: shown_address(server), source };
        let endpoint = Endpoint::new(&request.address, &request.model)
            .map_err(|source| failed(&request.address, source))?;
        let state = std::sync::Arc::clone(&self.state);
        blocking(move || {
            let address = endpoint.address.clone();
            let key = state.keys.get(&address).map(|(key, _)| key);
            let limits = Limits { reply: TRIED_FOR, ..Limits::default() };
            let client = Client::new(endpoint, key, limits);
            let question = ChatRequest::new(vec![Message::new(Role::User, "Say hello in one word.")], 16);
            let reply = client.ask_once(&question).map_err(|source| failed(&address, source))?;
            Ok(reply.text)
        })
        .await?
    }

    async fn endpoint_facts(&self, address: String) -> Result<EndpointFacts, Error> {
        let state = std::sync::Arc::clone(&self.state);
        let of = address.clone();
        let key = blocking(move || state.keys.get(&of).map(|(_, kept)| kept)).await?;
        let key = match key {
            None => KeyPlace::Nowhere,
            Some(SecretStorage::Keyring) => KeyPlace::Keyring,
            Some(SecretStorage::Memory) => KeyPlace::Memory,
        };
        let is_plain = address.starts_with("http://");
        Ok(EndpointFacts { stays_here: stays_here(&address), is_plain, address, key })
    }
}

fn address(typed: &str) -> Result<String, Error> {
    plain_address(typed).map_err(|source| Error::Endpoint { server: shown_address(typed), source })
}

fn no_key() -> Error {
    Error::invalid("This cannot be a key.", "Type it as the server's makers gave it, without blanks.")
}

fn is_usable(draft: &Draft) -> bool {
    let is_text = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    is_text(&draft.wanted) && is_text(&draft.opposite)
}

/// Returns the answer of a pair to which the other one is drafted: the wanted one, else the opposite. `None` without any.
fn kept(pair: &Pair) -> Option<Given<'_>> {
    let is_text = |text: &str| !text.trim().is_empty();
    let (wanted, opposite) = (pair.content.wanted.as_str(), pair.content.opposite.as_str());
    let given = Given { pair: pair.id, wanted: None, opposite: None };
    if is_text(wanted) {
        Some(Given { wanted: Some(wanted), ..given })
    } else {
        is_text(opposite).then_some(Given { opposite: Some(opposite), ..given })
    }
}

/// Turns complete drafts into pairs. A draft becomes a new pair after all others, or another answer of the pair that it was
/// made for.
async fn accept(
    db: &mut sqlx::SqliteConnection,
    data_set: Id,
    drafts: Vec<Draft>,
) -> Result<ChangedPairs, Error> {
    let now = clock::now();
    let count = drafts.len();
    let mut step =
        Step::new(if count == 1 { "Accept a draft".to_owned() } else { format!("Accept {count} drafts") });
    let targets: Vec<Id> = drafts.iter().filter_map(|draft| draft.pair).collect();
    let known = pairs::find_all(&mut *db, data_set, &targets).await?;
    let mut known: HashMap<Id, Pair> = known.into_iter().map(|pair| (pair.id, pair)).collect();
    let (mut put, mut new) = (Vec::new(), Vec::new());
    for draft in drafts {
        let (wanted, opposite) = (draft.wanted.unwrap_or_default(), draft.opposite.unwrap_or_default());
        match draft.pair.and_then(|pair| known.remove(&pair)) {
            Some(before) => {
                let content = PairContent { wanted, opposite, ..before.content.clone() };
                let after = Pair { content, changed: now, ..before.clone() };
                step.changed(&before, &after)?;
                drafts::accept(db, draft.id, after.id).await?;
                put.push(after);
            }
            // The pair that the draft was made for is gone, so the draft becomes a new pair.
            None => new.push((
                draft.id,
                PairContent { prompt: draft.prompt, wanted, opposite, ..PairContent::default() },
            )),
        }
    }
    pairs::put_all(db, &put).await?;
    let (ids, contents): (Vec<Id>, Vec<PairContent>) = new.into_iter().unzip();
    let added = pairs::append(db, data_set, contents, now).await?;
    for (draft, pair) in ids.into_iter().zip(&added) {
        step.added(pair)?;
        drafts::accept(db, draft, pair.id).await?;
    }
    Ok(step.note(db, data_set, now).await?)
}

/// Refuses settings that cannot be used, and returns the others as they are stored.
fn checked(settings: DraftSettings) -> Result<DraftSettings, Error> {
    if settings.max_new_tokens == 0 || settings.max_new_tokens > MOST_TOKENS {
        return Err(Error::invalid(
            format!("An answer may take 1 to {MOST_TOKENS} tokens."),
            "Change the number of tokens.",
        ));
    }
    if !settings.temperature.is_finite() || !(0.0..=2.0).contains(&settings.temperature) {
        return Err(Error::invalid("The temperature must be between 0 and 2.", "Change the temperature."));
    }
    if settings.wanted_prompt.trim() == settings.opposite_prompt.trim() {
        return Err(Error::invalid(
            "Both system prompts are the same, so both answers would be alike.",
            "Describe the behaviour in one and its opposite in the other.",
        ));
    }
    let source = match settings.source {
        DraftSource::Endpoint(mut endpoint) => {
            endpoint.address = address(&endpoint.address)?;
            endpoint.at_once = endpoint.at_once.clamp(1, MOST_AT_ONCE);
            if endpoint.model.trim().is_empty() {
                return Err(Error::invalid("The model has no name.", "Type what the server calls it."));
            }
            DraftSource::Endpoint(endpoint)
        }
        model @ DraftSource::Model { .. } => model,
    };
    Ok(DraftSettings { source, ..settings })
}
