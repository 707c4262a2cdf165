//! Runs a download as a job: it fetches the files of a model and puts the model into the list.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub::fetch::{Fetch, FetchEvent};
use hub::{Endpoint, RemoteFile, RepositoryCache, files, request};
use ipc::Id;
use ipc::event::Event;
use ipc::job::Progress;
use sqlx::SqliteConnection;
use store::downloads::{self, DownloadRow};
use store::{jobs, settings};
use vectors::model::read_facts;

use super::from_row;
use crate::Error;
use crate::app_state::AppState;
use crate::engine::job::{Interrupt, Job, Stored};
use crate::engine::lanes::Lane;
use crate::library::watch;

/// The time over which the rate is measured.
const RATE_OVER: Duration = Duration::from_secs(5);
/// The interval at which the progress is stored.
const KEEP_EVERY: Duration = Duration::from_secs(2);
/// Progress is counted in megabytes.
const UNIT: u64 = 1_000_000;

/// Fetches a model: fills the download with this id.
pub(crate) struct DownloadJob(pub(crate) Id);

impl Job for DownloadJob {
    fn lane(&self) -> Lane {
        Lane::Downloads
    }

    fn models<'a>(&'a self, _db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(vec![]) })
    }

    fn run(&self, state: &Arc<AppState>, job: Id) -> Result<(), Interrupt> {
        let brought = bring(state, self.0, job);
        state.downloads.set_agent(None);
        brought
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Download(downloads::find(db, self.0).await?))) })
    }

    /// Shuts the current request down, because a request that waits for its answer checks nothing else.
    fn interrupt(&self, state: &AppState) {
        state.downloads.interrupt();
    }
}

fn is_halting(state: &AppState) -> bool {
    state.is_ending() || state.lanes.downloads.request().is_some()
}

/// Fetches the missing files, links them to their names, and adds the model to the list.
fn bring(state: &AppState, id: Id, job: Id) -> Result<(), Interrupt> {
    let read = state.store.read();
    let (row, files, set) = state.block_on(async {
        Ok::<_, Error>((
            downloads::row(read, id).await?,
            downloads::files(read, id).await?,
            settings::read(read, state.project()).await?,
        ))
    })?;
    let files: Vec<RemoteFile> = files.into_iter().map(from_row).collect();
    let endpoint = Endpoint::new(&row.endpoint)?;
    // The token is only for the hub that the settings name now, not for an earlier one.
    let is_current =
        state.downloads.environment.endpoint(set.hub_endpoint.as_deref()).is_ok_and(|now| now == endpoint);
    let downloads = &state.downloads;
    let token = is_current.then(|| downloads.tokens.find(&downloads.environment, &endpoint).0).flatten();
    let cache = state.downloads.repository_cache(&row.repository);
    let missing = files.iter().map(|file| file.bytes - cache.there(&file.blob, file.bytes)).sum();
    state.downloads.check_space(missing).map_err(Error::Hub)?;

    let agent = request::agent(&endpoint);
    state.downloads.set_agent(Some(agent.clone()));
    let fetch = Fetch::new(&agent, &endpoint, token.as_ref(), &row.repository, &row.commit_hash, &cache);
    let mut report = Report::new(state, job, &files, &cache);
    for (index, file) in files.iter().enumerate() {
        let mut refused = None;
        let fetched = fetch.content(file, &mut |event| {
            if let FetchEvent::Validator(validator) = event
                && let Err(error) = state.block_on(note_validator(state, id, index, validator))
            {
                refused = Some(error);
                return ControlFlow::Break(());
            }
            report.on_event(index, file, event)
        });
        if let Some(error) = refused {
            return Err(error.into());
        }
        if fetched.map_err(Error::Hub)?.is_break() {
            return Err(Interrupt::Halted);
        }
        report.there[index] = file.bytes;
    }
    let path = name_files(&cache, &row, &files)?;
    let facts =
        read_facts(&path).map_err(|source| Error::Model { path: path.display().to_string(), source })?;
    state.block_on(async {
        let (model, _) = watch::make_known(state, &path, &facts).await?;
        let mut db = state.store.begin().await?;
        downloads::set_model(&mut db, id, model).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    Ok(())
}

/// Links the files to their names in the commit, and the branch to the commit. Returns the model's path.
fn name_files(
    cache: &RepositoryCache,
    row: &DownloadRow,
    files: &[RemoteFile],
) -> Result<std::path::PathBuf, Error> {
    let mut gguf = None;
    for file in files {
        let named = cache.name(&row.commit_hash, &file.path, &file.blob)?;
        if files::is_gguf(&file.path) {
            gguf = Some(named);
        }
    }
    cache.refer(&row.revision, &row.commit_hash)?;
    let folder = || {
        let config = files
            .iter()
            .find(|file| Path::new(&file.path).file_name().is_some_and(|name| name == files::CONFIG));
        let below = config.and_then(|file| Path::new(&file.path).parent()).unwrap_or(Path::new(""));
        cache.snapshot(&row.commit_hash).join(below)
    };
    Ok(gguf.unwrap_or_else(folder))
}

async fn note_validator(
    state: &AppState,
    id: Id,
    index: usize,
    validator: Option<&str>,
) -> Result<(), Error> {
    let mut db = state.store.begin().await?;
    downloads::set_validator(&mut db, id, index, validator).await?;
    Ok(db.commit().await?)
}

/// Reports the progress and the rate of a download.
struct Report<'a> {
    state: &'a AppState,
    job: Id,
    /// When the progress was stored last.
    kept: Option<Instant>,
    /// The number of bytes of each file that are in the cache.
    there: Vec<u64>,
    total: u64,
    rate: Rate,
}

impl<'a> Report<'a> {
    fn new(state: &'a AppState, job: Id, files: &[RemoteFile], cache: &RepositoryCache) -> Self {
        let there = files.iter().map(|file| cache.there(&file.blob, file.bytes)).collect();
        Self {
            state,
            job,
            kept: None,
            there,
            total: files.iter().map(|file| file.bytes).sum(),
            rate: Rate::default(),
        }
    }

    /// Stores the progress, so that a download that was killed is shown where it resumes.
    fn keep(&mut self, progress: &Progress) {
        if self.kept.is_some_and(|kept| kept.elapsed() < KEEP_EVERY) {
            return;
        }
        self.kept = Some(Instant::now());
        let stored = self.state.block_on(async {
            let mut db = self.state.store.begin().await?;
            jobs::set_progress(&mut db, self.job, progress).await?;
            db.commit().await
        });
        if let Err(error) = stored {
            // The bytes are on the disk whatever the store says, and the end of the download says what is wrong.
            tracing::warn!("the progress of a download could not be stored: {error:?}");
        }
    }

    fn on_event(&mut self, index: usize, file: &RemoteFile, event: FetchEvent<'_>) -> ControlFlow<()> {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let phase = match event {
            FetchEvent::There(bytes) => {
                self.there[index] = bytes;
                name.to_owned()
            }
            FetchEvent::Checked(_) => format!("Checking what is there of {name}"),
            FetchEvent::Waits(seconds, why) => format!("{why}: again in {seconds} s"),
            FetchEvent::Validator(_) => name.to_owned(),
        };
        let done: u64 = self.there.iter().sum();
        let per_second =
            matches!(event, FetchEvent::There(_)).then(|| self.rate.update(Instant::now(), done)).flatten();
        let per_second = per_second.filter(|rate| *rate > 0.0);
        let progress = Progress {
            phase,
            done: (done / UNIT) as u32,
            // The size is rounded as elsewhere on the screen.
            total: ((self.total + UNIT / 2) / UNIT).max(1) as u32,
            unit: "MB".to_owned(),
            seconds_per_unit: per_second.map(|rate| UNIT as f64 / rate),
            seconds_left: per_second.map(|rate| self.total.saturating_sub(done) as f64 / rate),
        };
        self.keep(&progress);
        self.state.lanes.downloads.progress(&self.state.events, progress);
        if is_halting(self.state) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Measures the bytes per second over the last seconds.
#[derive(Default)]
struct Rate {
    marks: VecDeque<(Instant, u64)>,
}

impl Rate {
    fn update(&mut self, now: Instant, done: u64) -> Option<f64> {
        // Another file begins, or the same file begins again.
        if self.marks.back().is_some_and(|(_, last)| done < *last) {
            self.marks.clear();
        }
        let is_new = |(at, _): &(Instant, u64)| now.duration_since(*at) >= Duration::from_millis(100);
        if self.marks.back().is_none_or(is_new) {
            self.marks.push_back((now, done));
        }
        while self.marks.len() > 2
            && self.marks.front().is_some_and(|(at, _)| now.duration_since(*at) > RATE_OVER)
        {
            self.marks.pop_front();
        }
        let (since, first) = *self.marks.front()?;
        let seconds = now.duration_since(since).as_secs_f64();
        (seconds >= 0.5).then(|| done.saturating_sub(first) as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let at = |tenths: u64| start + Duration::from_millis(100 * tenths);
        let mut rate = Rate::default();
        assert_eq!(rate.update(at(0), 0), None);
        let fast = (1..=50).map(|tenth| rate.update(at(tenth), tenth * 1000)).last().flatten();
        assert!((fast.expect("a rate") - 10_000.0).abs() < 1.0);
        let slow =
            (51..=150).map(|tenth| rate.update(at(tenth), 50_000 + (tenth - 50) * 100)).last().flatten();
        assert!((slow.expect("a rate") - 1000.0).abs() < 1.0, "{slow:?}");
        assert_eq!(rate.update(at(151), 0), None, "what begins again has no rate yet");
    }
}
