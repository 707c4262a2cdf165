//! Checks the quality of a data set, and repairs what can be repaired.

use std::collections::HashSet;

use data::quality::{self, Found, Repaired};
use ipc::command::{CheckQuality, MeasureMargins, RepairPairs};
use ipc::data::{Edited, Pair, PairContent};
use ipc::job::Job;
use ipc::quality::{Finding, FindingKind, FindingRow, MOST_ROWS, Margin, QualityReport, Repair, Weight};
use store::edits::Step;
use store::margins::{self, Check, PairMargin};
use store::{data_sets, jobs, models, pairs};

use super::App;
use super::models::blocking;
use crate::engine::margins::content_hash;
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::{Error, clock};

/// The preference for the opposite answer, in nats for each token of the longer answer, from which a pair is reported.
const BY_FAR: f64 = -1.0;

impl App {
    /// Checks the quality of a data set.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be read.
    pub async fn check_quality(&self, request: CheckQuality) -> Result<QualityReport, Error> {
        let read = self.state.store.read();
        data_sets::find(read, request.data_set).await?;
        let pairs = pairs::list(read, request.data_set).await?;
        let known = self.margins(&pairs).await?;
        let measuring = margins::open_job(read, request.data_set).await?;
        blocking(move || report(request.data_set, &pairs, &known, measuring)).await
    }

    /// Repairs what can be repaired safely, as one edit. Returns `None` if nothing has to be repaired.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be written.
    pub async fn repair_pairs(&self, request: RepairPairs) -> Result<Option<Edited>, Error> {
        let data_set = request.data_set;
        data_sets::find(self.state.store.read(), data_set).await?;
        let known = self.margins(&pairs::list(self.state.store.read(), data_set).await?).await?;
        let only: Option<HashSet<i64>> = request.pairs.map(|ids| ids.into_iter().collect());
        self.edit(data_set, async move |db| {
            let now = clock::now();
            // The pairs are read again, because another edit may have changed them meanwhile.
            let all = pairs::list(&mut *db, data_set).await?;
            let values: Vec<Option<f64>> = if known.len() == all.len() {
                known.iter().map(|margin| margin.map(|margin| margin.margin())).collect()
            } else {
                vec![None; all.len()]
            };
            let contents: Vec<PairContent> = all.iter().map(|pair| pair.content.clone()).collect();
            let mut mended = quality::repair(&contents, &values, request.repair);
            mended.retain(|(place, _)| only.as_ref().is_none_or(|only| only.contains(&all[*place].id)));
            if mended.is_empty() {
                return Ok(None);
            }
            let mut step = Step::new(title(request.repair, mended.len()));
            let (mut gone, mut put) = (Vec::new(), Vec::new());
            for (place, mended) in mended {
                let before = &all[place];
                match mended {
                    Repaired::Removed => {
                        step.removed(before)?;
                        gone.push(before.id);
                    }
                    Repaired::Changed(content) => {
                        let after = Pair { content, changed: now, ..before.clone() };
                        step.changed(before, &after)?;
                        put.push(after);
                    }
                }
            }
            pairs::delete_all(db, &gone).await?;
            pairs::put_all(db, &put).await?;
            Ok(Some(step.note(db, data_set, now).await?))
        })
        .await
    }

    /// Queues a job that measures which answers the unsteered model prefers. If such a job for this data set is not
    /// over, that one is returned instead.
    ///
    /// # Errors
    /// Returns an error if the data set or the model cannot be used, or the store cannot be written.
    pub async fn measure_margins(&self, request: MeasureMargins) -> Result<Job, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        let model = models::find(&mut *db, request.model).await?;
        check_asked(&self.state, model.id).await?;
        if data_set.train + data_set.held_out == 0 {
            return Err(Error::invalid("There are no pairs to measure.", "Add pairs under Data."));
        }
        if let Some(job) = margins::open_job(&mut *db, data_set.id).await? {
            return Ok(jobs::find(&mut *db, job).await?);
        }
        let now = clock::now();
        let title = format!("What the model prefers in \u{201c}{}\u{201d}", data_set.name);
        let job = jobs::insert(&mut db, &title, now).await?;
        let check = Check { data_set: data_set.id, model: model.id, most: request.most };
        margins::insert(&mut db, &check, job, now).await?;
        db.commit().await?;
        let job = say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(job)
    }

    /// Returns the known margins of the loaded model, pair by pair.
    async fn margins(&self, pairs: &[Pair]) -> Result<Vec<Option<PairMargin>>, Error> {
        let read = self.state.store.read();
        let fingerprint = match self.state.models.loaded() {
            Some((id, _)) => models::find(read, id).await?.fingerprint,
            None => None,
        };
        let Some(fingerprint) = fingerprint else { return Ok(vec![None; pairs.len()]) };
        let contents: Vec<PairContent> = pairs.iter().map(|pair| pair.content.clone()).collect();
        let hashes =
            blocking(move || contents.iter().map(content_hash).collect::<Result<Vec<_>, _>>()).await??;
        let known = margins::known(read, &hashes, &fingerprint).await?;
        Ok(hashes.iter().map(|hash| known.get(hash).copied()).collect())
    }
}

/// Returns the name of the repair that undo shows.
fn title(repair: Repair, count: usize) -> String {
    let what = match repair {
        Repair::DeleteDuplicates => "Delete duplicates",
        Repair::DeleteEmpty => "Delete empty pairs",
        Repair::DeleteIdentical => "Delete pairs with identical answers",
        Repair::TrainOnLeaked => "Train on held-out duplicates",
        Repair::Trim => "Trim white space",
        Repair::EvenLetters => "Even out the letters",
        Repair::Swap => "Swap answers",
    };
    format!("{what} ({count})")
}

fn report(
    data_set: ipc::Id,
    pairs: &[Pair],
    known: &[Option<PairMargin>],
    measuring: Option<ipc::Id>,
) -> QualityReport {
    let contents: Vec<PairContent> = pairs.iter().map(|pair| pair.content.clone()).collect();
    let values: Vec<Option<f64>> = known.iter().map(|margin| margin.map(|margin| margin.margin())).collect();
    let mut found = quality::check(&contents, &values);
    found.extend(preferred(known));
    let margins = pairs.iter().zip(known).enumerate().filter_map(|(place, (pair, known))| {
        let known = known.as_ref()?;
        let (margin, per_token) = (known.margin(), known.per_token());
        Some(Margin { pair: pair.id, number: place as u32 + 1, margin, per_token })
    });
    QualityReport {
        data_set,
        pairs: pairs.len() as u32,
        margins: margins.collect(),
        findings: found.into_iter().map(|found| finding(found, pairs)).collect(),
        measuring,
    }
}

/// Finds pairs whose opposite answer the unsteered model clearly prefers.
fn preferred(known: &[Option<PairMargin>]) -> Option<Found> {
    let mut rows: Vec<(f64, usize)> = known
        .iter()
        .enumerate()
        .filter_map(|(place, known)| Some((known.as_ref()?.per_token(), place)))
        .filter(|(per_token, _)| *per_token < BY_FAR)
        .collect();
    rows.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let measured = known.iter().flatten().count();
    (!rows.is_empty()).then(|| Found {
        kind: FindingKind::Preferred,
        weight: Weight::Note,
        message: format!(
            "The model prefers the opposite answer by more than 1 nat a token in {} of {measured} measured pairs.",
            rows.len()
        ),
        why: "A vector has to work hardest against these; where their wanted answers are clumsy, rewrite them.",
        rows: rows
            .into_iter()
            .map(|(per_token, place)| {
                let text = format!("{per_token:.2} nats a token").replace('-', "\u{2212}");
                (place, text)
            })
            .collect(),
        repair: None,
    })
}

fn finding(found: Found, pairs: &[Pair]) -> Finding {
    const LETTERS: usize = 120;
    let row = |(place, note): (usize, String)| FindingRow {
        pair: pairs[place].id,
        number: place as u32 + 1,
        prompt: pairs[place]
            .content
            .prompt
            .trim()
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(LETTERS)
            .collect(),
        note,
    };
    Finding {
        kind: found.kind,
        weight: found.weight,
        message: found.message,
        why: found.why.to_owned(),
        count: found.rows.len() as u32,
        pairs: found.rows.iter().map(|(place, _)| pairs[*place].id).collect(),
        rows: found.rows.into_iter().take(MOST_ROWS).map(row).collect(),
        repair: found.repair,
    }
}
