//! Fetches one file from the hub, resumes after every break of the connection, and verifies its checksum.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use ::endpoint::secrets::Secret;
use sha2::{Digest as _, Sha256};
use ureq::Agent;
use ureq::http::{HeaderMap, header};
use url::Url;

use super::request::{Answer, get, refusal};
use super::{Endpoint, HubError, RepositoryCache};

/// A file of a repository, with everything that fetching needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its path in the repository.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal, where the hub states it.
    pub sha256: Option<String>,
    /// The name of its content in the cache.
    pub blob: String,
    /// The `ETag` under which the partial file was fetched.
    pub validator: Option<String>,
}

/// The number of tries without progress before giving up, and the first wait; every further wait is twice as long.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait, in seconds, at the hub's request; a longer one becomes an error.
const LONGEST_WAIT: u64 = 5 * 60;
/// The number of bytes that are read at a time.
const BUFFER: usize = 256 << 10;
/// The interval at which a wait asks whether to end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// An event while a file is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchEvent<'a> {
    /// The number of its bytes that are in the cache.
    There(u64),
    /// The number of bytes of the partial file that were read again for the checksum.
    Checked(u64),
    /// The host states this `ETag` for the content.
    Validator(Option<&'a str>),
    /// The download waits: the seconds, and the reason.
    Waits(u64, &'static str),
}

/// The reason why fetching a file ends early. It stays within this module: [`Fetch::content`] separates the two cases.
enum Interruption {
    /// The caller's callback asked to halt.
    Halted,
    Failed(HubError),
}

impl From<HubError> for Interruption {
    fn from(error: HubError) -> Self {
        Self::Failed(error)
    }
}

/// The source and the target of one file.
pub struct Fetch<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) token: Option<&'a Secret>,
    pub(crate) repository: &'a str,
    pub(crate) commit: &'a str,
    pub(crate) cache: &'a RepositoryCache,
    /// The wait after the first break.
    pub(crate) first_wait: Duration,
}

impl<'a> Fetch<'a> {
    /// Makes a fetch with the default waits.
    #[must_use]
    pub fn new(
        agent: &'a Agent,
        endpoint: &'a Endpoint,
        token: Option<&'a Secret>,
        repository: &'a str,
        commit: &'a str,
        cache: &'a RepositoryCache,
    ) -> Self {
        Self { agent, endpoint, token, repository, commit, cache, first_wait: FIRST_WAIT }
    }

    /// Fetches a file's content into the cache, and resumes an earlier try. `on_event` receives the events and says whether
    /// to go on; returns [`ControlFlow::Break`] where it said to halt before the file was whole.
    ///
    /// # Errors
    /// Returns an error where the hub refuses, the connection breaks too often, the content is not what the hub states,
    /// or the disk cannot be written, and [`HubError::Stopped`] where `on_event` breaks off.
    pub fn content(
        &self,
        file: &RemoteFile,
        on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, HubError> {
        match self.whole(file, on_event) {
            Ok(()) => Ok(ControlFlow::Continue(())),
            Err(Interruption::Halted) => Ok(ControlFlow::Break(())),
            Err(Interruption::Failed(error)) => Err(error),
        }
    }

    fn whole(
        &self,
        file: &RemoteFile,
        on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
    ) -> Result<(), Interruption> {
        self.cache.prepare()?;
        let _lock = self.lock(&file.blob, on_event)?;
        if self.cache.has(&file.blob, file.bytes) {
            return halted(on_event(FetchEvent::There(file.bytes)));
        }
        let mut partial = PartialFile::open(self.cache.partial(&file.blob), file, on_event)?;
        let (mut tries, mut wait) = (0, self.first_wait);
        loop {
            let before = partial.bytes;
            let broken = match self.resume(file, &mut partial, on_event) {
                Ok(()) => break,
                Err(Interruption::Failed(HubError::Busy { seconds }))
                    if seconds <= LONGEST_WAIT && tries < TRIES =>
                {
                    tries += 1;
                    pause(Duration::from_secs(seconds), "The hub asks to wait", on_event)?;
                    continue;
                }
                Err(Interruption::Failed(error)) if is_passing(&error) => error,
                Err(cut) => return Err(cut),
            };
            halted(on_event(FetchEvent::There(partial.bytes)))?;
            if partial.bytes > before {
                (tries, wait) = (0, self.first_wait);
            }
            tries += 1;
            if tries > TRIES {
                return Err(broken.into());
            }
            pause(wait, "The connection broke", on_event)?;
            wait *= 2;
        }
        Ok(partial.finish(file, self.cache.blob(&file.blob))?)
    }

    /// Waits until no other program fetches this content.
    fn lock(
        &self,
        blob: &str,
        on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
    ) -> Result<File, Interruption> {
        loop {
            if let Some(lock) = self.cache.lock(blob)? {
                return Ok(lock);
            }
            pause(Duration::from_secs(1), "Another program fetches this file", on_event)?;
        }
    }

    /// Sends one request, and takes as much of its answer as arrives.
    fn resume(
        &self,
        file: &RemoteFile,
        partial: &mut PartialFile,
        on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
    ) -> Result<(), Interruption> {
        if partial.bytes == file.bytes {
            return Ok(());
        }
        let mut headers = Vec::new();
        if partial.bytes > 0 {
            headers.push((header::RANGE, format!("bytes={}-", partial.bytes)));
            if let Some(validator) = &partial.validator {
                headers.push((header::IF_RANGE, validator.clone()));
            }
        }
        let answer = get(self.agent, self.endpoint, self.token, &self.url(&file.path)?, &headers).map_err(
            |error| {
                if on_event(FetchEvent::There(partial.bytes)).is_break() {
                    Interruption::Halted
                } else {
                    Interruption::Failed(error)
                }
            },
        )?;
        let status = answer.response.status().as_u16();
        if status == 416 {
            // The partial file does not belong to the hub's content.
            partial.restart()?;
            return Err(
                HubError::Broken { host: answer.host, detail: "the range is not there".into() }.into()
            );
        }
        let what = format!("{} of {}", file.path, self.repository);
        if let Some(refused) = refusal(&answer, self.repository, &what, self.token.is_some()) {
            return Err(refused.into());
        }
        if partial.bytes > 0
            && !(status == 206 && continues(answer.response.headers(), partial.bytes, file.bytes))
        {
            // The host sent the whole file, or another range than was asked for.
            partial.restart()?;
            if status == 206 {
                return Err(
                    HubError::Broken { host: answer.host, detail: "another range was sent".into() }.into()
                );
            }
        }
        let validator = validator(answer.response.headers());
        if validator != partial.validator {
            partial.validator.clone_from(&validator);
            halted(on_event(FetchEvent::Validator(validator.as_deref())))?;
        }
        partial.take(file, answer, on_event)
    }

    fn url(&self, path: &str) -> Result<Url, HubError> {
        let mut url = self.endpoint.at("")?;
        if let Ok(mut parts) = url.path_segments_mut() {
            parts
                .pop_if_empty()
                .extend(self.repository.split('/'))
                .extend(["resolve", self.commit])
                .extend(path.split('/'));
        }
        Ok(url)
    }
}

/// A partial file, with the hash of its bytes so far.
struct PartialFile {
    file: File,
    path: PathBuf,
    bytes: u64,
    hash: Sha256,
    validator: Option<String>,
}

impl PartialFile {
    /// Opens the partial file and reads it for the checksum.
    fn open(
        path: PathBuf,
        row: &RemoteFile,
        on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
    ) -> Result<Self, Interruption> {
        let options = File::options().create(true).truncate(false).read(true).write(true).open(&path);
        let file = options.map_err(|source| HubError::Disk { path: path.clone(), source })?;
        let mut partial =
            Self { file, path, bytes: 0, hash: Sha256::new(), validator: row.validator.clone() };
        let length = partial.file.metadata().map_err(|source| partial.failed(source))?.len();
        // Without a checksum, a partial file of another program may belong to another content.
        if length > row.bytes || (row.sha256.is_none() && partial.validator.is_none()) {
            partial.restart()?;
            return Ok(partial);
        }
        let mut buffer = vec![0; BUFFER];
        while partial.bytes < length {
            let read = partial.file.read(&mut buffer).map_err(|source| partial.failed(source))?;
            if read == 0 {
                break;
            }
            partial.hash.update(&buffer[..read]);
            partial.bytes += read as u64;
            halted(on_event(FetchEvent::Checked(partial.bytes)))?;
        }
        Ok(partial)
    }

    fn restart(&mut self) -> Result<(), HubError> {
        (self.bytes, self.hash, self.validator) = (0, Sha256::new(), None);
        let emptied = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied.map(drop).map_err(|source| self.failed(source))
    }

    /// Appends an answer's content.
    fn take(
        &mut self,
        row: &RemoteFile,
        answer: Answer,
        on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
    ) -> Result<(), Interruption> {
        let host = answer.host;
        let mut reader = answer.response.into_body().into_reader();
        let mut buffer = vec![0; BUFFER];
        loop {
            let read = reader.read(&mut buffer);
            halted(on_event(FetchEvent::There(self.bytes)))?;
            let read =
                read.map_err(|error| HubError::Broken { host: host.clone(), detail: error.to_string() })?;
            if read == 0 {
                break;
            }
            let after = self.bytes + read as u64;
            if after > row.bytes {
                self.restart()?;
                return Err(
                    HubError::Size { path: row.path.clone(), expected: row.bytes, found: after }.into()
                );
            }
            self.file.write_all(&buffer[..read]).map_err(|source| self.failed(source))?;
            self.hash.update(&buffer[..read]);
            self.bytes = after;
        }
        if self.bytes < row.bytes {
            return Err(HubError::Broken { host, detail: "it ended too early".into() }.into());
        }
        halted(on_event(FetchEvent::There(self.bytes)))
    }

    /// Verifies the checksum of the whole file and moves it to its final name.
    fn finish(self, row: &RemoteFile, blob: PathBuf) -> Result<(), HubError> {
        let found = hex::encode(self.hash.clone().finalize());
        if let Some(expected) = row.sha256.as_ref().filter(|expected| **expected != found) {
            // The partial file is useless to every program.
            let _ = fs::remove_file(&self.path);
            return Err(HubError::Checksum { path: row.path.clone(), expected: expected.clone(), found });
        }
        // This is not a temporary file: a partial file outlives its process, so that a download resumes where it broke
        // off.
        let named = self.file.sync_all().and_then(|()| fs::rename(&self.path, &blob));
        named.map_err(|source| HubError::Disk { path: blob, source })
    }

    fn failed(&self, source: io::Error) -> HubError {
        HubError::Disk { path: self.path.clone(), source }
    }
}

/// Says whether an answer continues at byte `at`, and belongs to a file of `whole` bytes.
fn continues(headers: &HeaderMap, at: u64, whole: u64) -> bool {
    let Some(range) = headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok()) else {
        return false;
    };
    let Some((range, total)) = range.trim().strip_prefix("bytes ").and_then(|range| range.split_once('/'))
    else {
        return false;
    };
    let begins = range.split_once('-').and_then(|(first, _)| first.trim().parse::<u64>().ok());
    let total_fits = total.trim() == "*" || total.trim().parse() == Ok(whole);
    begins == Some(at) && total_fits
}

/// Returns the answer's `ETag`, where it is a strong one: only a strong one may be sent as `If-Range`.
fn validator(headers: &HeaderMap) -> Option<String> {
    let tag = headers.get(header::ETAG)?.to_str().ok()?.trim();
    (tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2).then(|| tag.to_owned())
}

/// Says whether another try can help.
fn is_passing(error: &HubError) -> bool {
    match error {
        HubError::Offline { .. } | HubError::Broken { .. } => true,
        HubError::Status { status, .. } => *status >= 500,
        _ => false,
    }
}

fn pause(
    long: Duration,
    why: &'static str,
    on_event: &mut dyn FnMut(FetchEvent<'_>) -> ControlFlow<()>,
) -> Result<(), Interruption> {
    let until = Instant::now() + long;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        halted(on_event(FetchEvent::Waits(left.as_secs() + 1, why)))?;
        thread::sleep(left.min(LOOK_EVERY));
    }
}

fn halted(answer: ControlFlow<()>) -> Result<(), Interruption> {
    if answer.is_break() { Err(Interruption::Halted) } else { Ok(()) }
}
