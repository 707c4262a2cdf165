//! Measures as a job which answer of each pair the unsteered model prefers, in groups of pairs.

use std::sync::Arc;

use data::content::{sha256, to_json};
use ipc::Id;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::train::SYSTEM_PROMPT;
use sqlx::SqliteConnection;
use store::margins::{self, PairMargin};
use store::pairs;
use vectors::layer::PrefixBlocks;
use vectors::model::{Model, ModelError};
use vectors::pairs::EncodedPair;
use vectors::score::Scorer;

use super::encode::preference;
use super::job::{
    Interrupt, Job, Stored, continue_unless_halting, is_halting, report_progress, save_progress,
};
use super::models;
use super::pace::Phase;
use crate::Error;
use crate::app_state::AppState;

/// The number of pairs in a group. A halt loses the measurements of the current group.
const AT_ONCE: usize = 16;

/// Hashes everything that the model reads of a pair.
pub(crate) fn content_hash(pair: &PairContent) -> Result<String, Error> {
    // The split does not change the content.
    let read = PairContent { split: Split::Train, ..pair.as_seen() };
    Ok(sha256(to_json("pair", &(SYSTEM_PROMPT, read))?.as_bytes()))
}

/// Chooses at most `most` of `count` pairs, spread evenly, and returns their indices. 0 means all pairs.
fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let taken = if most == 0 { count } else { most.min(count) };
    (0..taken).map(move |index| index * count / taken)
}

/// Measures what the unsteered model prefers: fills the check with this id.
pub(super) struct MarginsJob(pub(super) Id);

impl Job for MarginsJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(vec![margins::find(db, self.0).await?.model]) })
    }

    fn run(&self, state: &Arc<AppState>, _id: Id) -> Result<(), Interrupt> {
        run(state, self.0)
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Margins(margins::find(db, self.0).await?.data_set))) })
    }
}

/// Measures the pairs that are still missing.
fn run(state: &Arc<AppState>, id: Id) -> Result<(), Interrupt> {
    let (check, pairs) = state.block_on(async {
        let mut db = state.store.read().acquire().await?;
        let check = margins::find(&mut *db, id).await?;
        let pairs = pairs::contents(&mut *db, check.data_set).await?;
        Ok::<_, Error>((check, pairs))
    })?;
    report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
    let (model, fingerprint) = models::wait(state, check.model, || is_halting(state))?;
    let wanted: Vec<(String, &PairContent)> = spread(pairs.len(), check.most as usize)
        .map(|place| Ok((content_hash(&pairs[place])?, &pairs[place])))
        .collect::<Result<_, Error>>()?;
    let hashes: Vec<String> = wanted.iter().map(|(hash, _)| hash.clone()).collect();
    let known = state.block_on(margins::known(state.store.read(), &hashes, &fingerprint))?;
    let missing: Vec<&(String, &PairContent)> =
        wanted.iter().filter(|(hash, _)| !known.contains_key(hash)).collect();

    let mut phase = Phase::new("Measuring", "pair");
    let (done, total) = (wanted.len() - missing.len(), wanted.len());
    for (group, some) in missing.chunks(AT_ONCE).enumerate() {
        let done = done + group * AT_ONCE;
        report_progress(state, &mut phase, done, total);
        let number = |content: &PairContent| pairs.iter().position(|pair| std::ptr::eq(pair, content));
        let measured = measure(state, &model, some, &number, &mut |pair| {
            report_progress(state, &mut phase, done + pair, total);
        })?;
        state.block_on(save(state, check.data_set, &fingerprint, &measured))?;
    }
    report_progress(state, &mut phase, total, total);
    Ok(())
}

type Measured<'a> = Vec<(&'a str, PairMargin)>;

/// Measures some pairs. It leaves out those that the model cannot read.
fn measure<'a>(
    state: &AppState,
    model: &Arc<Model>,
    some: &[&'a (String, &PairContent)],
    place: &dyn Fn(&PairContent) -> Option<usize>,
    on_pair: &mut dyn FnMut(usize),
) -> Result<Measured<'a>, Interrupt> {
    if is_halting(state) {
        return Err(Interrupt::Halted);
    }
    let fits = |pair: &EncodedPair| {
        pair.prompt.len() + pair.wanted.len().max(pair.opposite.len()) <= model.facts().context_length
    };
    let (known, encoded): (Vec<(&str, &PairContent)>, Vec<EncodedPair>) = some
        .iter()
        .filter_map(|(hash, pair)| {
            Some(((hash.as_str(), *pair), model.encode_pair(SYSTEM_PROMPT, &preference(pair)).ok()?))
        })
        .filter(|(_, pair)| fits(pair))
        .unzip();
    if encoded.is_empty() {
        return Ok(vec![]);
    }
    let mut progress = |pair: usize, _: usize| {
        on_pair(pair);
        continue_unless_halting(state)
    };
    // Nothing is steered, so all blocks run once and only the output head is left.
    let all = PrefixBlocks(model.facts().blocks);
    let named = |error| match error {
        ModelError::NotFinite { index, .. } => {
            let pair = known.get(index).and_then(|(_, content)| place(content)).map(|place| place + 1);
            Interrupt::Failed(Error::Diverged { step: 0, pair })
        }
        error => error.into(),
    };
    let scorer = Scorer::prepare(Arc::clone(model), &encoded, all, Some(&mut progress)).map_err(named)?;
    let log_probs = scorer.log_probs(&[], None).map_err(named)?;
    let margin = |(pair, log_probs): (&EncodedPair, vectors::score::PairLogProbs)| PairMargin {
        wanted_log_prob: log_probs.wanted,
        opposite_log_prob: log_probs.opposite,
        wanted_tokens: pair.wanted.len() as u32,
        opposite_tokens: pair.opposite.len() as u32,
    };
    let hashes = known.iter().map(|(hash, _)| *hash);
    Ok(hashes.zip(encoded.iter().zip(log_probs).map(margin)).collect())
}

async fn save(
    state: &AppState,
    data_set: Id,
    fingerprint: &str,
    measured: &Measured<'_>,
) -> Result<(), Error> {
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    for (content, margin) in measured {
        margins::put(&mut db, content, fingerprint, margin).await?;
    }
    save_progress(state, &mut db).await?;
    db.commit().await?;
    change.send(&Event::Margins(data_set));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_spread_over_the_whole() {
        assert_eq!(spread(10, 4).collect::<Vec<_>>(), [0, 2, 5, 7]);
        assert_eq!(spread(3, 0).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spread(3, 9).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spread(0, 9).count(), 0);
    }

    #[test]
    fn tags_and_the_split_leave_a_margin_known_and_words_do_not() {
        let pair = PairContent { prompt: "p".into(), wanted: "w".into(), ..PairContent::default() };
        let hash = |pair: &PairContent| content_hash(pair).expect("a hash");
        let tagged = PairContent { tags: vec!["t".into()], split: Split::HeldOut, ..pair.clone() };
        assert_eq!(hash(&pair), hash(&tagged));
        assert_ne!(hash(&pair), hash(&PairContent { opposite: "o".into(), ..pair.clone() }));
        assert_ne!(hash(&pair), hash(&PairContent { system: Some("s".into()), ..pair.clone() }));
    }
}
