//! The engine of another process, as a window uses it: several requests at a time, and the files that its person has named here.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipc::command::{
    ControlJob, MeasureMargins, StartAnalysis, StartDownload, StartDrafts, StartSweep, Train, TransferVector,
    Watch,
};
use ipc::files::{Access, ChosenFile, FileHandle};
use ipc::job::{Job, JobState};
use ipc::{Code, Command as _, Event, Failure, Id};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::{Client, ClientError, Engine};
use crate::app::dropped;
use crate::atomic_write;
use crate::permissions::{Permission, Permissions};

/// The requests that are under way at a time. The other process accepts twice as many connections.
const MOST: usize = 16;
/// The commands that begin a job, or go on with one.
const BEGIN: [&str; 8] = [
    Train::NAME,
    StartSweep::NAME,
    StartAnalysis::NAME,
    StartDrafts::NAME,
    StartDownload::NAME,
    MeasureMargins::NAME,
    TransferVector::NAME,
    ControlJob::NAME,
];

/// The engine of another process. Every request has a connection of its own, because a connection answers one after another.
pub struct Guest {
    data: PathBuf,
    program: String,
    engine: Engine,
    idle: Mutex<Vec<Client>>,
    room: Semaphore,
    permissions: Arc<Permissions>,
    heard: Arc<Mutex<Heard>>,
}

/// What is asked about a request: its answer, or what it reaches outside the store.
#[derive(Clone, Copy)]
enum Question {
    Answer,
    Reach,
}

/// What the window knows of the other process.
#[derive(Default)]
struct Heard {
    /// The jobs that were begun or resumed from here.
    begun: HashSet<Id>,
    running: HashSet<Id>,
    /// The project that is open.
    project: Option<Id>,
}

impl Guest {
    /// Connects to the process that runs the engine of a data folder. `program` is who this one is for it.
    ///
    /// # Errors
    /// As [`Client::connect`].
    pub async fn connect(data: &Path, program: &str) -> Result<Self, ClientError> {
        let client = Client::connect(data, program).await?;
        Ok(Self {
            data: data.to_owned(),
            program: program.to_owned(),
            engine: client.engine().clone(),
            idle: Mutex::new(vec![client]),
            room: Semaphore::new(MOST),
            permissions: Arc::default(),
            heard: Arc::default(),
        })
    }

    /// Keeps what a person has named, and which jobs were begun, where one process follows another.
    #[must_use]
    pub fn after(self, before: &Self) -> Self {
        Self { permissions: Arc::clone(&before.permissions), heard: Arc::clone(&before.heard), ..self }
    }

    /// What a person has named here.
    pub(crate) fn named(&self) -> &Permissions {
        &self.permissions
    }

    /// The process that runs the engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Begins to listen. The whole state is the first event.
    ///
    /// # Errors
    /// Returns an error if the process has ended or cannot read its store.
    pub async fn watch(&self) -> Result<Client, Failure> {
        let mut client = Client::connect(&self.data, &self.program).await.map_err(failure)?;
        client.call(&Watch {}).await.map_err(failure)?;
        Ok(client)
    }

    /// Returns the next event, and remembers the project and the jobs that run.
    ///
    /// # Errors
    /// Returns an error if the process has ended.
    pub async fn next(&self, client: &mut Client) -> Result<Event, Failure> {
        let event = client.event().await.map_err(failure)?;
        let mut heard = lock(&self.heard);
        match &event {
            Event::Overview(overview) => {
                heard.project = Some(overview.project_id);
                heard.running.clear();
                heard.running.extend(overview.jobs.iter().filter(|job| is_running(job)).map(|job| job.id));
            }
            Event::Job(job) if is_running(job) => drop(heard.running.insert(job.id)),
            Event::Job(job) => drop(heard.running.remove(&job.id)),
            _ => {}
        }
        drop(heard);
        Ok(event)
    }

    /// The project that was open when the state was read last.
    #[must_use]
    pub fn project(&self) -> Option<Id> {
        lock(&self.heard).project
    }

    /// Returns the running jobs that were begun or resumed from here. Whoever runs the engine next goes on with them.
    #[must_use]
    pub fn own_running_jobs(&self) -> Vec<Id> {
        let heard = lock(&self.heard);
        heard.begun.intersection(&heard.running).copied().collect()
    }

    /// Sends a request that reaches nothing outside the store, and waits for its answer.
    ///
    /// # Errors
    /// Returns the failure of the command, or says that the process has ended.
    pub async fn call(&self, command: &str, request: Value) -> Result<Value, Failure> {
        let answer = self.ask(Question::Answer, command, request).await?;
        if BEGIN.contains(&command) {
            // What begins a job answers with its row, which names it, or with the job itself.
            let job = answer.get("job").or_else(|| answer.get("id")).and_then(Value::as_i64);
            lock(&self.heard).begun.extend(job);
        }
        Ok(answer)
    }

    /// Sends a request that reaches outside the store, after [`Guest::unconfirmed`] returned nothing more.
    ///
    /// # Errors
    /// As [`Guest::call`], and if it names a file that nobody chose.
    pub async fn call_confirmed(&self, command: &str, mut request: Value) -> Result<Value, Failure> {
        self.name_files(&mut request)?;
        self.call(command, request).await
    }

    /// Returns what a request reaches outside the store and nobody has confirmed here. What was chosen to be read is not
    /// confirmed to be written.
    ///
    /// # Errors
    /// As [`Guest::call_confirmed`].
    pub async fn unconfirmed(&self, command: &str, mut request: Value) -> Result<Vec<Permission>, Failure> {
        self.name_files(&mut request)?;
        let reached = self.ask(Question::Reach, command, request).await?;
        let reached: Vec<Permission> = serde_json::from_value(reached).map_err(|error| unreadable(&error))?;
        Ok(reached.into_iter().filter(|permission| !self.permissions.is_given(permission)).collect())
    }

    /// Notes that a person confirmed a permission in a dialog of the desktop.
    pub fn confirm(&self, permission: Permission) {
        self.permissions.confirm(permission);
    }

    /// Takes a file or folder that a person chose in a dialog of the desktop.
    #[must_use]
    pub fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        self.permissions.choose(path, access)
    }

    /// Returns the event about a file or folder that was dropped onto the window. It reads headers, so that it may block.
    #[must_use]
    pub fn dropped(&self, path: &Path) -> Event {
        dropped(&self.permissions, path)
    }

    /// Replaces the handles in a request by their paths, which mean something in the other process, and completes what was
    /// typed, which is meant from this one's folder.
    fn name_files(&self, value: &mut Value) -> Result<(), Failure> {
        let Value::Object(fields) = value else {
            let inner = value.as_array_mut();
            return inner.into_iter().flatten().try_for_each(|value| self.name_files(value));
        };
        let path = match (fields.get("by").and_then(Value::as_str), fields.get("handle"), fields.get("path"))
        {
            (Some("chosen"), Some(handle), None) => {
                let handle = handle.as_u64().unwrap_or(u64::MAX);
                self.permissions.path_of(FileHandle(handle)).map_err(Failure::from)?
            }
            (Some("typed"), None, Some(path)) => {
                atomic_write::path(path.as_str().unwrap_or_default()).map_err(Failure::from)?
            }
            _ => return fields.values_mut().try_for_each(|value| self.name_files(value)),
        };
        let text = path.to_str().filter(|text| text.trim() == *text).ok_or_else(|| {
            let message = "The name of this file cannot be sent to the process that runs the engine.";
            let failure = Failure::new(Code::Invalid, message).detail(path.display().to_string());
            failure.next("Give it a name without special characters, or wait until that process is done.")
        })?;
        *value = serde_json::json!({"by": "typed", "path": text});
        Ok(())
    }

    /// Asks over an idle connection, or a new one. One that has failed is not used again.
    async fn ask(&self, question: Question, command: &str, request: Value) -> Result<Value, Failure> {
        let _room = self.room.acquire().await;
        let idle = lock(&self.idle).pop();
        let mut client = match idle {
            Some(client) => client,
            None => Client::connect(&self.data, &self.program).await.map_err(failure)?,
        };
        let answered = match question {
            Question::Answer => client.ask(command, request).await,
            Question::Reach => client.reach(command, request).await,
        };
        if matches!(answered, Ok(_) | Err(ClientError::Failed(_))) {
            lock(&self.idle).push(client);
        }
        answered.map_err(failure)
    }
}

fn is_running(job: &Job) -> bool {
    job.state == JobState::Running
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unreadable(error: &serde_json::Error) -> Failure {
    failure(ClientError::Unreadable(error.to_string()))
}

fn failure(error: ClientError) -> Failure {
    match error {
        ClientError::Failed(failure) | ClientError::Refused(failure) => failure,
        ClientError::Nobody | ClientError::Closed => {
            Failure::new(Code::Storage, "The process that ran the engine has ended.")
                .next("This window takes the engine over. Look whether it was done, then try again.")
        }
        ClientError::Unreadable(why) => {
            let message = "The process that runs the engine cannot be understood.";
            Failure::new(Code::Other, message).detail(why).next("Use programs of the same version.")
        }
    }
}
