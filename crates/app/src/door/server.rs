//! Accepts the connections of other processes, as long as the application is open.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use ipc::{Code, Failure};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{AbortHandle, JoinSet};

use super::socket::Socket;
use super::{Engine, connection};
use crate::{App, Error};

/// The most connections at a time.
const MOST: usize = 32;
/// The wait after a connection that could not be accepted, for example because there are too many open files.
const AFTER_TROUBLE: Duration = Duration::from_millis(200);

/// The open socket, and `engine.json`. Both go with this value, and so do the connections.
pub(crate) struct Door {
    accepting: AbortHandle,
    /// Whether the application closes: its pauses are not those of a person, and nobody shall take them for such.
    is_closed: Arc<AtomicBool>,
    data: PathBuf,
    _socket: Socket,
}

impl Door {
    /// Listens, and says who runs the engine. Must be called on the runtime that serves the commands.
    pub(crate) fn open(app: &Arc<App>, data: &Path, program: &str) -> Result<Self, Error> {
        let failed = |source| Error::Directory { path: data.to_owned(), source };
        let (socket, listener) = Socket::listen(data).map_err(failed)?;
        // Whoever made the socket's file is the person whose processes may connect.
        let owner = fs::metadata(&socket.path).map_err(failed)?.uid();
        Engine::new(program, Some(socket.path.clone())).write(data).map_err(failed)?;
        let program = format!("{program} {}", env!("CARGO_PKG_VERSION"));
        let is_closed = Arc::new(AtomicBool::new(false));
        let served =
            Served { app: Arc::downgrade(app), program: program.into(), is_closed: Arc::clone(&is_closed) };
        let accepting = tokio::spawn(accept(listener, owner, served)).abort_handle();
        Ok(Self { accepting, is_closed, data: data.to_owned(), _socket: socket })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.accepting.abort();
        Engine::remove(&self.data);
    }
}

/// What every connection is served with.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) app: Weak<App>,
    /// The program that serves, with its version.
    pub(super) program: Arc<str>,
    pub(super) is_closed: Arc<AtomicBool>,
}

/// Accepts connections. They end with this future.
async fn accept(listener: UnixListener, owner: u32, served: Served) {
    let mut connections = JoinSet::new();
    for number in 0_u64.. {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) if !is_owners(&stream, owner) => {
                tracing::warn!("a process of another person was refused at the socket");
            }
            Ok((stream, _)) if connections.len() >= MOST => {
                let failure = Failure::new(Code::Other, "Too many programs use this engine at once.");
                connections
                    .spawn(connection::refuse(stream, failure.next("Wait until one of them is done.")));
            }
            Ok((stream, _)) => {
                connections.spawn(connection::attend(served.clone(), stream, format!("door {number}")));
            }
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(AFTER_TROUBLE).await;
            }
        }
    }
}

fn is_owners(stream: &UnixStream, owner: u32) -> bool {
    let theirs: io::Result<u32> = stream.peer_cred().map(|peer| peer.uid());
    theirs.is_ok_and(|theirs| theirs == owner)
}
