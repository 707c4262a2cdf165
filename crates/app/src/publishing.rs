//! The upload that is under way: at most one at a time, which a person can cancel. It is no job: what a person sends goes on its way
//! once, and never again by itself after a start.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use endpoint::secrets::Secret;
use hub::upload::{Published, Upload, UploadError, UploadEvent, UploadFile};
use hub::{Endpoint, agent};
use ipc::event::Event;
use ipc::publish::{Uploading, under_way};
use ureq::Agent;

use crate::Error;
use crate::app_state::AppState;
use crate::engine::pace::Throttle;

/// The upload that is under way.
#[derive(Default)]
pub(crate) struct Publishing {
    agent: Mutex<Option<Agent>>,
    is_stopped: AtomicBool,
    /// Whether the commit is asked for. Its request is not cut off, because the hub might have made the commit by then.
    is_committing: AtomicBool,
}

/// What is sent, and where.
pub(crate) struct Parcel<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) token: &'a Secret,
    pub(crate) repository: &'a str,
    pub(crate) private: bool,
    pub(crate) into_existing: bool,
    pub(crate) files: &'a [UploadFile],
    pub(crate) message: &'a str,
}

impl Publishing {
    /// Cancels the upload, unless it is committed already.
    pub(crate) fn stop(&self) {
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_committing.load(Ordering::SeqCst) {
            return;
        }
        self.is_stopped.store(true, Ordering::SeqCst);
        // A request that waits for its answer looks at nothing else.
        if let Some(agent) = agent.clone() {
            agent.shutdown();
        }
    }

    /// Begins the commit, unless the upload was cancelled.
    fn commit(&self) {
        let _agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = !self.is_stopped.load(Ordering::SeqCst);
        self.is_committing.store(goes_on, Ordering::SeqCst);
    }

    fn begin(&self, agent: &Agent) -> Result<Underway<'_>, Error> {
        let mut held = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Err(Error::Failure(under_way()));
        }
        *held = Some(agent.clone());
        self.is_stopped.store(false, Ordering::SeqCst);
        self.is_committing.store(false, Ordering::SeqCst);
        Ok(Underway(self))
    }
}

/// An upload under way. Its end makes room for the next one.
struct Underway<'a>(&'a Publishing);

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        *self.0.agent.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Sends a parcel. Returns `None` where a person cancelled it before the commit. Call this on a thread that may block.
pub(crate) fn send(state: &AppState, parcel: &Parcel<'_>) -> Result<Option<Published>, Error> {
    let agent = agent(parcel.endpoint);
    let underway = state.publishing.begin(&agent)?;
    let upload = Upload {
        agent: &agent,
        endpoint: parcel.endpoint,
        token: parcel.token,
        repository: parcel.repository,
        private: parcel.private,
        into_existing: parcel.into_existing,
    };
    let total = parcel.files.iter().map(|file| file.bytes.len() as u64).sum();
    let address = parcel.endpoint.page(parcel.repository);
    let mut throttle = Throttle::default();
    let mut on_event = |event: UploadEvent<'_>| {
        let (phase, sent, is_step) = match event {
            UploadEvent::Prepares => ("Asking the hub".to_owned(), 0, true),
            UploadEvent::Sent(sent, name) => (format!("Sending {name}"), sent, false),
            UploadEvent::Commits => ("Committing".to_owned(), total, true),
        };
        if throttle.is_due(Instant::now()) || is_step {
            let uploading = Uploading { address: address.clone(), phase, sent, total };
            state.events.send(&Event::Uploading(Some(uploading)));
        }
        if event == UploadEvent::Commits && !state.is_ending() {
            state.publishing.commit();
        }
        if is_stopped(state) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let sent = upload.run(parcel.files, parcel.message, &mut on_event);
    drop(underway);
    state.events.send(&Event::Uploading(None));
    match sent {
        // The requests of a cancelled upload end as if the connection had broken. Of a commit nobody knows whether it was made.
        Err(UploadError::Hub(_)) if is_stopped(state) && !is_committing(state) => Ok(None),
        sent => Ok(sent?),
    }
}

fn is_stopped(state: &AppState) -> bool {
    state.is_ending() || state.publishing.is_stopped.load(Ordering::SeqCst)
}

fn is_committing(state: &AppState) -> bool {
    state.publishing.is_committing.load(Ordering::SeqCst)
}
