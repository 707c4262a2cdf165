//! The thread that downloads, one after the other, beside the engine's.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ipc::event::Event;
use ipc::job::{Job, JobKind, JobState, Progress};
use ipc::{Failure, Id};
use ureq::Agent;
use vectors::model::read_facts;

use super::from_row;
use crate::Error;
use crate::core::Core;
use crate::engine::catch;
use crate::engine::live::{Live, Wish};
use crate::library::watch;
use hub::fetch::{Fetch, Heard};
use hub::{Endpoint, HubError, HubPlaces, Listing, Place, RemoteFile, Tokens, files, place, request};
use store::downloads::{self, DownloadRow};
use store::{jobs, settings};

/// Space that stays free on the disk: a full one stops more than a download.
const RESERVE: u64 = 256 << 20;
/// How long to wait after the store refused, before asking it again.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// How far back the rate looks.
const RATE_OVER: Duration = Duration::from_secs(5);
/// What the progress counts in.
const UNIT: u64 = 1_000_000;
/// How many listings are kept for a download to be started from.
const LISTINGS: usize = 8;

/// What downloads share with the commands.
pub(crate) struct Downloads {
    pub(crate) places: HubPlaces,
    pub(crate) tokens: Tokens,
    /// The download that runs.
    pub(crate) live: Live,
    /// What its requests go through; ended, they end.
    agent: Mutex<Option<Agent>>,
    listings: Mutex<VecDeque<Listing>>,
}

impl Downloads {
    pub(crate) fn new(places: HubPlaces) -> Self {
        Self {
            tokens: Tokens::new(&places),
            places,
            live: Live::default(),
            agent: Mutex::default(),
            listings: Mutex::default(),
        }
    }

    /// Where a repository lies in the cache.
    pub(crate) fn place(&self, repository: &str) -> Place {
        Place::new(&self.places.cache, repository)
    }

    /// Bytes that are free where the cache is.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        fs4::available_space(place::existing(&self.places.cache)).ok()
    }

    /// Ends the requests that are under way, so that a wish is heard at once.
    pub(crate) fn interrupt(&self) {
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(agent) = agent {
            agent.shutdown();
        }
    }

    /// Keeps a listing for a download to be started from.
    pub(crate) fn remember(&self, listing: Listing) {
        let mut listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        listings.push_back(listing);
        if listings.len() > LISTINGS {
            listings.pop_front();
        }
    }

    /// The listing of a commit.
    pub(crate) fn listing(&self, repository: &str, commit: &str) -> Option<Listing> {
        let listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it =
            |listing: &&Listing| listing.shown.repository == repository && listing.shown.commit == commit;
        listings.iter().rfind(is_it).cloned()
    }
}

/// Refuses a download for which there is no space. `needed` are the bytes that are missing still.
pub(crate) fn check_space(core: &Core, needed: u64) -> Result<(), HubError> {
    let folder = place::existing(&core.downloads.places.cache).to_owned();
    match core.downloads.free_bytes() {
        Some(free) if free < needed.saturating_add(RESERVE) => {
            Err(HubError::Full { needed: needed + RESERVE, free, folder })
        }
        // Where it cannot be told, the disk itself will say it.
        _ => Ok(()),
    }
}

/// Downloads until the application ends. `wake` hears that there may be something new.
pub(crate) fn run(core: &Arc<Core>, wake: &Receiver<()>) {
    while !core.is_ending() {
        match core.block_on(next(core)) {
            Ok(Some(job)) => one(core, &job),
            Ok(None) => {
                if wake.recv().is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!("the next download could not be read: {error:?}");
                if wake.recv_timeout(AFTER_TROUBLE) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        }
    }
}

async fn next(core: &Core) -> Result<Option<Job>, Error> {
    let change = core.hub.change().await;
    let Some(id) = jobs::next_download(core.store.read()).await? else {
        return Ok(None);
    };
    core.downloads.live.begin(&jobs::find(core.store.read(), id).await?);
    let begun = core.set_job_state(&change, id, &JobState::Running).await;
    if begun.is_err() {
        core.downloads.live.end();
    }
    begun.map(Some)
}

fn one(core: &Arc<Core>, job: &Job) {
    tracing::info!("{} begins", job.title);
    let outcome = catch(|| match job.kind {
        JobKind::Download { download } => bring(core, download),
        _ => Err(Error::Gone("download")),
    });
    *core.downloads.agent.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let state = match (outcome, core.downloads.live.wish()) {
        (Ok(()), _) => JobState::Done,
        (Err(error), Some(Wish::Stop)) if error.is_stop() => JobState::Stopped,
        (Err(error), _) if error.is_stop() => JobState::Paused,
        (Err(error), _) => JobState::Failed { failure: error.into() },
    };
    tracing::info!("{} ends: {state:?}", job.title);
    if let Err(error) = core.block_on(finish(core, job, &state)) {
        tracing::error!("the end of {} could not be stored: {error:?}", job.title);
        core.downloads.live.end();
        let state = JobState::Failed { failure: Failure::from(error) };
        core.hub.say(&Event::Job(Job { state, ..job.clone() }));
    }
}

async fn finish(core: &Core, job: &Job, state: &JobState) -> Result<(), Error> {
    let change = core.hub.change().await;
    let mut ended = job.clone();
    core.downloads.live.overlay(&mut ended);
    let progress =
        Progress { phase: String::new(), seconds_per_unit: None, seconds_left: None, ..ended.progress };
    let mut db = core.store.begin().await?;
    jobs::set_progress(&mut db, job.id, &progress).await?;
    jobs::set_state(&mut db, job.id, state).await?;
    db.commit().await?;
    core.downloads.live.end();
    core.say_job(&change, job.id).await.map(drop)
}

fn is_halting(core: &Core) -> bool {
    core.is_ending() || core.downloads.live.wish().is_some()
}

/// Fetches what is missing, gives it its names, and puts the model into the list.
fn bring(core: &Core, id: Id) -> Result<(), Error> {
    let read = core.store.read();
    let (row, files, set) = core.block_on(async {
        Ok::<_, Error>((
            downloads::row(read, id).await?,
            downloads::files(read, id).await?,
            settings::read(read, core.project).await?,
        ))
    })?;
    let files: Vec<RemoteFile> = files.into_iter().map(from_row).collect();
    let endpoint = Endpoint::new(&row.endpoint)?;
    // The token belongs to the hub that is set, not to one that was set once.
    let is_current =
        core.downloads.places.endpoint(set.hub_endpoint.as_deref()).is_ok_and(|now| now == endpoint);
    let token = is_current.then(|| core.downloads.tokens.find(&core.downloads.places).0).flatten();
    let place = core.downloads.place(&row.repository);
    let missing = files.iter().map(|file| file.bytes - place.there(&file.blob, file.bytes)).sum();
    check_space(core, missing)?;

    let agent = request::agent(&endpoint);
    *core.downloads.agent.lock().unwrap_or_else(PoisonError::into_inner) = Some(agent.clone());
    let fetch = Fetch::new(&agent, &endpoint, token.as_ref(), &row.repository, &row.commit_hash, &place);
    let mut report = Report::new(core, &files, &place);
    for (index, file) in files.iter().enumerate() {
        let mut refused = None;
        fetch
            .content(file, &mut |heard| {
                if let Heard::Validator(validator) = heard
                    && let Err(error) = core.block_on(note_validator(core, id, index, validator))
                {
                    refused = Some(error);
                    return ControlFlow::Break(());
                }
                report.hear(index, file, heard)
            })
            .map_err(|error| refused.map_or(Error::Hub(error), |refused| refused))?;
        report.there[index] = file.bytes;
    }
    let path = name_files(&place, &row, &files)?;
    let facts =
        read_facts(&path).map_err(|source| Error::Model { path: path.display().to_string(), source })?;
    core.block_on(async {
        let (model, _) = watch::make_known(core, &path, &facts).await?;
        let mut db = core.store.begin().await?;
        downloads::set_model(&mut db, id, model).await?;
        Ok(db.commit().await?)
    })
}

/// Gives the contents their names in the commit, and the commit its branch; returns where the model is.
fn name_files(place: &Place, row: &DownloadRow, files: &[RemoteFile]) -> Result<std::path::PathBuf, Error> {
    let mut gguf = None;
    for file in files {
        let named = place.name(&row.commit_hash, &file.path, &file.blob)?;
        if files::is_gguf(&file.path) {
            gguf = Some(named);
        }
    }
    place.refer(&row.revision, &row.commit_hash)?;
    let folder = || {
        let config = files
            .iter()
            .find(|file| Path::new(&file.path).file_name().is_some_and(|name| name == files::CONFIG));
        let below = config.and_then(|file| Path::new(&file.path).parent()).unwrap_or(Path::new(""));
        place.snapshot(&row.commit_hash).join(below)
    };
    Ok(gguf.unwrap_or_else(folder))
}

async fn note_validator(core: &Core, id: Id, index: usize, validator: Option<&str>) -> Result<(), Error> {
    let mut db = core.store.begin().await?;
    downloads::set_validator(&mut db, id, index, validator).await?;
    Ok(db.commit().await?)
}

/// How far a download is, and how fast.
struct Report<'a> {
    core: &'a Core,
    /// Bytes of each file that are there.
    there: Vec<u64>,
    total: u64,
    rate: Rate,
}

impl<'a> Report<'a> {
    fn new(core: &'a Core, files: &[RemoteFile], place: &Place) -> Self {
        let there = files.iter().map(|file| place.there(&file.blob, file.bytes)).collect();
        Self { core, there, total: files.iter().map(|file| file.bytes).sum(), rate: Rate::default() }
    }

    fn hear(&mut self, index: usize, file: &RemoteFile, heard: Heard<'_>) -> ControlFlow<()> {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let phase = match heard {
            Heard::There(bytes) => {
                self.there[index] = bytes;
                name.to_owned()
            }
            Heard::Checked(_) => format!("Checking what is there of {name}"),
            Heard::Waits(seconds, why) => format!("{why}: again in {seconds} s"),
            Heard::Validator(_) => name.to_owned(),
        };
        let done: u64 = self.there.iter().sum();
        let per_second =
            matches!(heard, Heard::There(_)).then(|| self.rate.of(Instant::now(), done)).flatten();
        let per_second = per_second.filter(|rate| *rate > 0.0);
        let progress = Progress {
            phase,
            done: (done / UNIT) as u32,
            // Rounded as sizes are elsewhere on the screen.
            total: ((self.total + UNIT / 2) / UNIT).max(1) as u32,
            unit: "MB".to_owned(),
            seconds_per_unit: per_second.map(|rate| UNIT as f64 / rate),
            seconds_left: per_second.map(|rate| self.total.saturating_sub(done) as f64 / rate),
        };
        self.core.downloads.live.progress(&self.core.hub, progress);
        if is_halting(self.core) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Bytes a second over the last seconds.
#[derive(Default)]
struct Rate {
    marks: VecDeque<(Instant, u64)>,
}

impl Rate {
    fn of(&mut self, now: Instant, done: u64) -> Option<f64> {
        // Another file begins, or one begins again.
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
        assert_eq!(rate.of(at(0), 0), None);
        let fast = (1..=50).map(|tenth| rate.of(at(tenth), tenth * 1000)).last().flatten();
        assert!((fast.expect("a rate") - 10_000.0).abs() < 1.0);
        let slow = (51..=150).map(|tenth| rate.of(at(tenth), 50_000 + (tenth - 50) * 100)).last().flatten();
        assert!((slow.expect("a rate") - 1000.0).abs() < 1.0, "{slow:?}");
        assert_eq!(rate.of(at(151), 0), None, "what begins again has no rate yet");
    }
}
