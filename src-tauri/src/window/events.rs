//! The events that the page receives: those of this process, or of the one that runs the engine, until this one takes it over.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::Subscriber;
use app::door::{Client, Guest};
use ipc::command::ControlJob;
use ipc::event::EngineProcess;
use ipc::job::JobAction;
use ipc::{Command as _, Event, EventPart, Failure, Id, event_parts};
use tauri::async_runtime::{self, JoinHandle};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, Runtime};

use super::opened::{Opened, Side, to_json};

/// The wait before the engine is taken over again that could not be, or that a third process is about to have.
const AGAIN: Duration = Duration::from_millis(200);

/// The page's channel, and what keeps it fed.
#[derive(Default)]
pub(super) struct Events(Mutex<Fed>);

#[derive(Default)]
struct Fed {
    channel: Option<Channel<EventPart>>,
    /// The task that hands the other process's events over.
    following: Option<JoinHandle<()>>,
    /// A file that Tiller was started with, until the page can ask about it.
    file: Option<PathBuf>,
}

impl Events {
    fn lock(&self) -> MutexGuard<'_, Fed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the task that hands events over.
    pub(super) fn end(&self) {
        if let Some(following) = self.lock().following.take() {
            following.abort();
        }
    }
}

/// Sends the whole state and every later event to the page. An application that could not be opened is opened now, if the
/// cause is gone.
pub(super) async fn watch<R: Runtime>(
    tauri: AppHandle<R>,
    label: &str,
    channel: Channel<EventPart>,
) -> Result<(), Failure> {
    let (opened, events) = (tauri.state::<Opened>(), tauri.state::<Events>());
    let mut side = opened.open().await?;
    events.end();
    events.lock().channel = Some(channel.clone());
    loop {
        let guest = match side {
            Side::Own(app) => {
                app.subscribe(label, Box::new(move |event| send(&channel, &event))).await?;
                break;
            }
            Side::Other(guest) => guest,
        };
        if let Ok(client) = listen(&guest, &channel).await {
            let task = follow(tauri.clone(), label.to_owned(), channel.clone(), guest, client);
            events.lock().following = Some(async_runtime::spawn(task));
            break;
        }
        // It has just ended, and another one may have been faster than this.
        tokio::time::sleep(AGAIN).await;
        side = opened.open_after(&guest).await?;
    }
    ask_about_file(&tauri);
    Ok(())
}

/// Asks the page about a file that was dropped onto the window, or opened with Tiller.
pub(super) fn dropped<R: Runtime>(tauri: &AppHandle<R>, path: &Path) {
    match tauri.state::<Opened>().now() {
        Some(Side::Own(app)) => app.dropped(path),
        Some(Side::Other(guest)) => {
            let (tauri, path) = (tauri.clone(), path.to_owned());
            // It reads the file's header, for which the window's thread must not wait.
            drop(async_runtime::spawn_blocking(move || say(&tauri, &guest.dropped(&path))));
        }
        None => started_with(tauri, path.to_owned()),
    }
}

/// Keeps a file that Tiller was started with until the page watches.
pub(super) fn started_with<R: Runtime>(tauri: &AppHandle<R>, path: PathBuf) {
    tauri.state::<Events>().lock().file = Some(path);
}

fn ask_about_file<R: Runtime>(tauri: &AppHandle<R>) {
    let file = tauri.state::<Events>().lock().file.take();
    if let Some(file) = file {
        dropped(tauri, &file);
    }
}

/// Asks the page to store what is typed.
pub(super) fn say_closing<R: Runtime>(tauri: &AppHandle<R>) {
    match tauri.state::<Opened>().now() {
        Some(Side::Own(app)) => app.send_closing(),
        _ => say(tauri, &Event::Closing),
    }
}

/// Sends an event of this window alone.
fn say<R: Runtime>(tauri: &AppHandle<R>, event: &Event) {
    let channel = tauri.state::<Events>().lock().channel.clone();
    if let Some(channel) = channel {
        send(&channel, event);
    }
}

/// Sends an event to the page. Returns whether the page can still be reached.
fn send(events: &Channel<EventPart>, event: &Event) -> bool {
    match serde_json::to_string(event) {
        Ok(json) => event_parts(&json).all(|part| events.send(part).is_ok()),
        Err(error) => {
            tracing::error!("an event could not be written as JSON: {error}");
            true
        }
    }
}

/// Begins to listen to the other process, and sends its whole state, and who it is.
async fn listen(guest: &Guest, channel: &Channel<EventPart>) -> Result<Client, Failure> {
    let before = guest.project();
    let mut client = guest.watch().await?;
    let state = guest.next(&mut client).await?;
    send(channel, &as_it_goes_on(state, before));
    let engine = guest.engine();
    let who = EngineProcess { program: engine.program.clone(), pid: engine.pid };
    send(channel, &Event::Engine(Some(who)));
    Ok(client)
}

/// Hands the other process's events over until it ends. Then this process runs the engine, or follows the one that was faster.
async fn follow<R: Runtime>(
    tauri: AppHandle<R>,
    label: String,
    channel: Channel<EventPart>,
    mut guest: Arc<Guest>,
    mut client: Client,
) {
    let mut was_told = false;
    loop {
        while let Ok(event) = guest.next(&mut client).await {
            if !send(&channel, &event) {
                return;
            }
        }
        let (jobs, project) = (guest.own_running_jobs(), guest.project());
        let now = match open_after(&tauri, &guest).await {
            Ok(side) => {
                resume(&side, &jobs).await;
                match side {
                    Side::Own(app) => {
                        if was_told {
                            send(&channel, &Event::Storage(None));
                        }
                        let subscriber = going_on(channel.clone(), project);
                        match app.subscribe(&label, subscriber).await {
                            Ok(()) => drop(send(&channel, &Event::Engine(None))),
                            Err(error) => drop(send(&channel, &Event::Storage(Some(error.into())))),
                        }
                        return ask_about_file(&tauri);
                    }
                    Side::Other(next) => {
                        guest = next;
                        listen(&guest, &channel).await
                    }
                }
            }
            Err(failure) => Err(failure),
        };
        match now {
            Ok(next) => {
                client = next;
                if std::mem::take(&mut was_told) {
                    send(&channel, &Event::Storage(None));
                }
            }
            Err(failure) => {
                if !std::mem::replace(&mut was_told, true) {
                    send(&channel, &Event::Storage(Some(failure)));
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// Opens the application in a task of its own: a page that is loaded again ends this one's, and must not cut the opening off.
async fn open_after<R: Runtime>(tauri: &AppHandle<R>, ended: &Arc<Guest>) -> Result<Side, Failure> {
    let (tauri, ended) = (tauri.clone(), Arc::clone(ended));
    let opening = async_runtime::spawn(async move { tauri.state::<Opened>().open_after(&ended).await });
    opening.await.map_err(|error| Failure::new(ipc::Code::Other, error.to_string()))?
}

/// Goes on with the jobs that were begun in this window. Those of the process that has ended are its person's.
async fn resume(side: &Side, jobs: &[Id]) {
    for job in jobs.iter().copied() {
        let request = ControlJob { job, action: JobAction::Resume };
        let resumed = match side {
            Side::Own(app) => app.control_job(request).await.map(drop).map_err(Failure::from),
            Side::Other(guest) => match to_json(&request) {
                Ok(json) => guest.call(ControlJob::NAME, json).await.map(drop),
                Err(failure) => Err(failure),
            },
        };
        if let Err(failure) = resumed {
            tracing::warn!(job, "a job of this window does not go on: {failure}");
        }
    }
}

/// Makes a subscriber whose first event leaves the screens as they are.
fn going_on(channel: Channel<EventPart>, project: Option<Id>) -> Subscriber {
    let is_first = AtomicBool::new(true);
    Box::new(move |event| {
        let is_first = is_first.swap(false, Ordering::Relaxed);
        send(&channel, &if is_first { as_it_goes_on(event, project) } else { event })
    })
}

/// Turns the whole state of the project that was shown before into one that leaves the screens as they are.
fn as_it_goes_on(event: Event, before: Option<Id>) -> Event {
    match event {
        Event::Overview(overview) if Some(overview.project_id) == before => Event::Restored(overview),
        event => event,
    }
}
