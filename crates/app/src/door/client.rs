//! The other end of the socket: sends requests to the process that runs the engine, and receives its answers and events.

use std::collections::VecDeque;
use std::path::Path;

use ipc::{Command, Event, Failure, Id};
#[cfg(not(unix))]
use serde_json::Value;

use super::Engine;

/// Why the process that runs the engine cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens: the process has ended, or has not begun to listen.
    #[error("no process listens that would run the engine")]
    Nobody,
    /// The process refuses the connection, or the system has none.
    #[error(transparent)]
    Refused(Failure),
    /// The command failed.
    #[error(transparent)]
    Failed(Failure),
    /// The connection has ended.
    #[error("the process that runs the engine has ended the connection")]
    Closed,
    /// What the process says cannot be understood.
    #[error("the process that runs the engine cannot be understood: {0}")]
    Unreadable(String),
}

/// A connection to the process that runs the engine.
pub struct Client {
    engine: Engine,
    events: VecDeque<Event>,
    /// The project that the commands work in. `None` for the open one.
    project: Option<Id>,
    #[cfg(unix)]
    wire: unix::Wire,
}

impl Client {
    /// The process that runs the engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Names the project that later commands work in. `None` for the open one.
    pub fn set_project(&mut self, project: Option<Id>) {
        self.project = project;
    }
}

#[cfg(unix)]
mod unix {
    use std::time::Duration;

    use ipc::event::Event;
    use serde_json::Value;
    use tokio::net::UnixStream;
    use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
    use tokio::sync::mpsc;
    use tokio::task::AbortHandle;
    use tokio::time::timeout;

    use super::super::{FromEngine, LONGEST, PROTOCOL, ToEngine, frames};
    use super::{Client, ClientError, Command, Engine, Path, VecDeque};

    /// The longest wait for the answer to the greeting.
    const GREETING: Duration = Duration::from_secs(5);
    /// The pieces that are read ahead.
    const AHEAD: usize = 64;

    pub(super) struct Wire {
        to: OwnedWriteHalf,
        from: mpsc::Receiver<FromEngine>,
        reading: AbortHandle,
        asked: u64,
    }

    impl Drop for Wire {
        fn drop(&mut self) {
            self.reading.abort();
        }
    }

    /// Reads pieces until the connection ends. A task of its own reads, because a read that is given up would lose bytes.
    async fn read_all(mut from: OwnedReadHalf, to: mpsc::Sender<FromEngine>) {
        while let Ok(Some(piece)) = frames::read(&mut from, LONGEST).await {
            let Ok(piece) = serde_json::from_slice(&piece) else { return };
            if to.send(piece).await.is_err() {
                return;
            }
        }
    }

    impl Client {
        /// Connects to the process that runs the engine of a data folder.
        ///
        /// # Errors
        /// [`ClientError::Nobody`] where no process listens, [`ClientError::Refused`] where it refuses this program.
        pub async fn connect(data: &Path, program: &str) -> Result<Self, ClientError> {
            let engine = Engine::read(data).ok_or(ClientError::Nobody)?;
            let socket = engine.socket.as_ref().ok_or(ClientError::Nobody)?;
            let stream = UnixStream::connect(socket).await.map_err(|_| ClientError::Nobody)?;
            let (from, mut to) = stream.into_split();
            let program = format!("{program} {}", env!("CARGO_PKG_VERSION"));
            let hello = ToEngine::Hello { protocol: PROTOCOL, program };
            frames::write(&mut to, &hello).await.map_err(|_| ClientError::Nobody)?;
            let (sender, mut pieces) = mpsc::channel(AHEAD);
            let reading = tokio::spawn(read_all(from, sender)).abort_handle();
            match timeout(GREETING, pieces.recv()).await {
                Ok(Some(FromEngine::Hello { protocol: PROTOCOL, .. })) => {}
                Ok(Some(FromEngine::Refused(failure))) => return Err(ClientError::Refused(failure)),
                Ok(Some(other)) => return Err(ClientError::Unreadable(format!("{other:?}"))),
                Ok(None) | Err(_) => return Err(ClientError::Nobody),
            }
            let wire = Wire { to, from: pieces, reading, asked: 0 };
            Ok(Self { engine, events: VecDeque::new(), project: None, wire })
        }

        /// Sends a request and waits for its answer. Events that come before it wait for [`Client::event`].
        ///
        /// # Errors
        /// [`ClientError::Failed`] where the command fails, others where the connection does.
        pub async fn call<C: Command>(&mut self, request: &C) -> Result<C::Answer, ClientError> {
            let unreadable = |error: serde_json::Error| ClientError::Unreadable(error.to_string());
            let request = serde_json::to_value(request).map_err(unreadable)?;
            serde_json::from_value(self.ask(C::NAME, request).await?).map_err(unreadable)
        }

        /// Sends a request by its name, and waits for its answer, as [`Client::call`] does.
        pub(in crate::door) async fn ask(
            &mut self,
            command: &str,
            request: Value,
        ) -> Result<Value, ClientError> {
            let (command, project) = (command.to_owned(), self.project);
            self.answered(|id| ToEngine::Ask { id, command, request, project }).await
        }

        /// Asks what a request reaches outside the store.
        pub(in crate::door) async fn reach(
            &mut self,
            command: &str,
            request: Value,
        ) -> Result<Value, ClientError> {
            let command = command.to_owned();
            self.answered(|id| ToEngine::Reach { id, command, request }).await
        }

        async fn answered(&mut self, question: impl FnOnce(u64) -> ToEngine) -> Result<Value, ClientError> {
            self.wire.asked += 1;
            let id = self.wire.asked;
            frames::write(&mut self.wire.to, &question(id)).await.map_err(|_| ClientError::Closed)?;
            loop {
                match self.wire.from.recv().await.ok_or(ClientError::Closed)? {
                    FromEngine::Event(event) => self.events.push_back(*event),
                    FromEngine::Answer { id: of, answer } if of == id => return Ok(answer),
                    FromEngine::Failed { id: of, failure } if of == id => {
                        return Err(ClientError::Failed(failure));
                    }
                    FromEngine::Refused(failure) => return Err(ClientError::Refused(failure)),
                    // An answer to a request that was given up.
                    _ => {}
                }
            }
        }

        /// Returns the next event after [`ipc::command::Watch`]. This can be given up and called again.
        ///
        /// # Errors
        /// [`ClientError::Closed`] where the connection has ended.
        pub async fn event(&mut self) -> Result<Event, ClientError> {
            loop {
                if let Some(event) = self.events.pop_front() {
                    return Ok(event);
                }
                match self.wire.from.recv().await.ok_or(ClientError::Closed)? {
                    FromEngine::Event(event) => return Ok(*event),
                    FromEngine::Refused(failure) => return Err(ClientError::Refused(failure)),
                    _ => {}
                }
            }
        }
    }
}

#[cfg(not(unix))]
impl Client {
    /// Says that a second process cannot use the engine here.
    ///
    /// # Errors
    /// Always [`ClientError::Refused`].
    pub async fn connect(data: &Path, _program: &str) -> Result<Self, ClientError> {
        let failure = Failure::new(ipc::Code::Other, "Another process works on this data.");
        let who = Engine::read(data).map_or_else(String::new, |engine| engine.program);
        Err(ClientError::Refused(failure.detail(who).next(
            "On this system only one process at a time works in a store: wait until it is done, or close it.",
        )))
    }

    pub(in crate::door) async fn ask(&mut self, _: &str, _: Value) -> Result<Value, ClientError> {
        Err(ClientError::Closed)
    }

    pub(in crate::door) async fn reach(&mut self, _: &str, _: Value) -> Result<Value, ClientError> {
        Err(ClientError::Closed)
    }

    /// There is no connection here.
    ///
    /// # Errors
    /// Always [`ClientError::Closed`].
    pub async fn call<C: Command>(&mut self, _request: &C) -> Result<C::Answer, ClientError> {
        Err(ClientError::Closed)
    }

    /// There is no connection here.
    ///
    /// # Errors
    /// [`ClientError::Closed`] where no event waits.
    pub async fn event(&mut self) -> Result<Event, ClientError> {
        self.events.pop_front().ok_or(ClientError::Closed)
    }
}
