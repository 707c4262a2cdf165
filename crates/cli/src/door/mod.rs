//! The store that a command works in: over an application of this process, or over the one of the process that runs the
//! engine. Every command is written once, against [`Door`].

mod arguments;
mod follow;
pub(crate) mod library;

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use app::door::{Client, ClientError, dispatch};
use app::{App, AppPaths, Purpose};
use hub::HubEnvironment;
use ipc::command::Watch;
use ipc::project::Overview;
use ipc::{Command, Event, Failure, Id};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

pub(crate) use self::arguments::{InProject, InStore, ProjectArguments, StoreArguments, file, path};
pub(crate) use self::follow::{End, Follower, conclude, follow, follow_asked, number};
use crate::halt::Halt;
use crate::output;
use crate::stop;

/// The name of this program for other processes.
const PROGRAM: &str = "tiller-cli";
/// How long a process that has taken the lock may take to listen, or to end.
const OTHER_BEGINS: Duration = Duration::from_secs(20);
/// The wait between two attempts.
const BETWEEN: Duration = Duration::from_millis(50);

/// A store, and who runs its engine.
pub(crate) struct Door {
    side: Side,
    paths: AppPaths,
    /// The project that the command names. `None` for the open one.
    project: Option<Id>,
    runtime: Runtime,
}

enum Side {
    /// This process.
    Own { app: Arc<App>, events: Option<UnboundedReceiver<Event>> },
    /// Another process.
    Other(Client),
    /// Nobody, while it changes.
    Closed,
}

/// What came over the channel of events.
pub(crate) enum Heard {
    Event(Box<Event>),
    /// Nothing, for the time that was given.
    Nothing,
    /// The process that ran the engine has ended.
    Gone,
}

/// Works in a store, and closes it afterwards.
pub(crate) fn within<T>(
    store: &StoreArguments,
    purpose: Purpose,
    work: impl FnOnce(&mut Door) -> Result<T, Halt>,
) -> Result<T, Halt> {
    let runtime =
        Runtime::new().map_err(|error| Halt::Failed(format!("no thread can be started: {error}")))?;
    let mut door = Door { side: Side::Closed, paths: store.paths(), project: None, runtime };
    door.open(purpose)?;
    let done = work(&mut door);
    door.close();
    // A thread that still loads a model ends with the process, and until then it needs the runtime.
    std::mem::forget(door.runtime);
    done
}

/// Works in a project of a store, whichever is open there, and closes the store afterwards.
pub(crate) fn within_project<T>(
    arguments: &ProjectArguments,
    purpose: Purpose,
    work: impl FnOnce(&mut Door) -> Result<T, Halt>,
) -> Result<T, Halt> {
    within(&arguments.store, purpose, |door| {
        if let Some(name) = arguments.project() {
            let projects = door.watch()?.projects;
            let named = library::only("project", name, &projects, |project| (project.id, &project.name))?;
            door.project = Some(named.id);
        }
        work(door)
    })
}

impl Door {
    /// Opens the store, or connects to the process that has it open.
    fn open(&mut self, purpose: Purpose) -> Result<(), Halt> {
        let until = Instant::now() + OTHER_BEGINS;
        let is_new = !self.paths.has_store();
        loop {
            let opening = App::open_for(purpose, &self.paths, HubEnvironment::from_env());
            let in_use = match self.runtime.block_on(opening) {
                Ok(app) => {
                    if is_new {
                        // A mistyped folder would otherwise be an empty store without a word.
                        output::print_message(&format!("{}: a new store", self.paths.data.display()));
                    }
                    self.own(Arc::new(app), purpose);
                    return Ok(());
                }
                Err(error @ app::Error::InUse { .. }) => error,
                Err(error) => return Err(Halt::failure(error.into())),
            };
            match self.runtime.block_on(Client::connect(&self.paths.data, PROGRAM)) {
                Ok(client) => {
                    let engine = client.engine();
                    output::print_message(&format!(
                        "{}: {} (process {}) runs the engine; this command goes through it",
                        self.paths.data.display(),
                        engine.program,
                        engine.pid
                    ));
                    self.side = Side::Other(client);
                    return Ok(());
                }
                // It has not begun to listen, or is about to end.
                Err(ClientError::Nobody | ClientError::Closed) if Instant::now() < until => {
                    if stop::is_asked() {
                        return Err(Halt::Stopped("stopped before anything was done".into()));
                    }
                    thread::sleep(BETWEEN);
                }
                Err(ClientError::Nobody | ClientError::Closed) => return Err(Halt::failure(in_use.into())),
                Err(error) => return Err(halt(error)),
            }
        }
    }

    fn own(&mut self, app: Arc<App>, purpose: Purpose) {
        // Who reads the records only is done before anybody could connect.
        if purpose != Purpose::Records {
            let served = self.runtime.block_on(async { app.serve(PROGRAM) });
            if let Err(error) = served {
                output::print_message(&format!("other processes cannot use this engine meanwhile: {error}"));
            }
        }
        self.side = Side::Own { app, events: None };
    }

    /// Goes on with the engine in this process, or in the one that was faster, after the one that ran it has ended.
    pub(crate) fn reopen(&mut self) -> Result<(), Halt> {
        self.side = Side::Closed;
        self.open(Purpose::Jobs)
    }

    fn close(&mut self) {
        if let Side::Own { app, .. } = std::mem::replace(&mut self.side, Side::Closed) {
            self.runtime.block_on(app.close());
        }
    }

    /// Runs a command.
    #[expect(clippy::needless_pass_by_value, reason = "a request is made for the call")]
    pub(crate) fn call<C: Command>(&mut self, request: C) -> Result<C::Answer, Halt> {
        let no_json =
            |error: serde_json::Error| Halt::Failed(format!("a request or its answer is no JSON: {error}"));
        let project = self.project;
        match &mut self.side {
            Side::Own { app, .. } => {
                let json = serde_json::to_value(&request).map_err(no_json)?;
                let answer =
                    self.runtime.block_on(dispatch(app, project, C::NAME, json)).map_err(Halt::failure)?;
                serde_json::from_value(answer).map_err(no_json)
            }
            Side::Other(client) => {
                client.set_project(project);
                self.runtime.block_on(client.call(&request)).map_err(halt)
            }
            Side::Closed => Err(gone()),
        }
    }

    /// Returns the whole state, and begins to receive events. Events from before are gone.
    pub(crate) fn watch(&mut self) -> Result<Overview, Halt> {
        let project = self.project;
        match &mut self.side {
            Side::Own { app, events } => {
                let (sender, receiver) = unbounded_channel();
                let subscriber = Box::new(move |event| sender.send(event).is_ok());
                let subscribed = app.subscribe_in(project, PROGRAM, subscriber);
                let subscribed = self.runtime.block_on(subscribed);
                subscribed.map_err(|error| Halt::failure(error.into()))?;
                *events = Some(receiver);
            }
            Side::Other(client) => {
                client.set_project(project);
                self.runtime.block_on(client.call(&Watch {})).map_err(halt)?;
            }
            Side::Closed => return Err(gone()),
        }
        loop {
            match self.event(OTHER_BEGINS)? {
                Heard::Event(event) => {
                    // Where another project is opened meanwhile, its state comes as well.
                    if let Event::Overview(overview) = *event
                        && project.is_none_or(|named| overview.project_id == named)
                    {
                        return Ok(*overview);
                    }
                }
                Heard::Nothing | Heard::Gone => return Err(gone()),
            }
        }
    }

    /// Waits for the next event.
    pub(crate) fn event(&mut self, longest: Duration) -> Result<Heard, Halt> {
        let side = &mut self.side;
        self.runtime.block_on(async {
            match side {
                Side::Own { events: Some(events), .. } => Ok(match timeout(longest, events.recv()).await {
                    Ok(Some(event)) => Heard::Event(Box::new(event)),
                    Ok(None) => Heard::Gone,
                    Err(_) => Heard::Nothing,
                }),
                Side::Other(client) => match timeout(longest, client.event()).await {
                    Ok(Ok(event)) => Ok(Heard::Event(Box::new(event))),
                    Ok(Err(ClientError::Closed)) => Ok(Heard::Gone),
                    Ok(Err(error)) => Err(halt(error)),
                    Err(_) => Ok(Heard::Nothing),
                },
                Side::Own { events: None, .. } | Side::Closed => Err(gone()),
            }
        })
    }

    /// The folder of the store.
    pub(crate) fn folder(&self) -> &Path {
        &self.paths.data
    }

    /// The option that names this store, for a sentence about another command.
    pub(crate) fn option(&self) -> String {
        format!("--store {}", self.paths.data.display())
    }

    /// Works in the project of a job from here on. What belongs to none is there in every project.
    pub(crate) fn enter(&mut self, project: Option<Id>) {
        if let Some(project) = project {
            self.project = Some(project);
        }
    }
}

fn gone() -> Halt {
    Halt::Failed("the process that ran the engine has ended.".into())
}

fn halt(error: ClientError) -> Halt {
    match error {
        ClientError::Failed(failure) | ClientError::Refused(failure) => Halt::failure(failure),
        ClientError::Closed | ClientError::Nobody => gone(),
        error @ ClientError::Unreadable(_) => Halt::Failed(format!("{error}.")),
    }
}

/// Writes a failure as one message: what is wrong, where, and what to do next.
pub(crate) fn sentence(failure: &Failure) -> String {
    let mut text = failure.message.clone();
    if let Some(detail) = &failure.detail {
        text = format!("{text} ({detail})");
    }
    match &failure.next {
        Some(next) => format!("{text} {next}"),
        None => text,
    }
}
