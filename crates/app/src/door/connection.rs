//! One connection: the greeting, then requests one after another, and events beside them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ipc::command::Watch;
use ipc::{Code, Command as _, Failure};
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::dispatch::reached;
use super::server::Served;
use super::{FromEngine, LONGEST, PROTOCOL, ToEngine, dispatch, frames};
use crate::{App, named_project};

/// The longest wait for the greeting, and for its answer to be taken.
const GREETING: Duration = Duration::from_secs(5);
/// The most bytes of a greeting.
const LONGEST_GREETING: u32 = 4 << 10;
/// The answers and events that wait for a process that does not read. Whoever falls further behind is cut off.
const OUTBOX: usize = 4096;

/// Ends a connection with a reason.
pub(super) async fn refuse(mut stream: UnixStream, failure: Failure) {
    let said = timeout(GREETING, frames::write(&mut stream, &FromEngine::Refused(failure))).await;
    tracing::debug!("a connection was refused: {said:?}");
}

/// Serves a connection until it ends.
pub(super) async fn attend(served: Served, stream: UnixStream, name: String) {
    let (mut from, mut to) = stream.into_split();
    let greeted = match timeout(GREETING, greet(&mut from)).await {
        Ok(Ok(())) => FromEngine::Hello { protocol: PROTOCOL, program: served.program.to_string() },
        Ok(Err(failure)) => FromEngine::Refused(failure),
        Err(_) => return,
    };
    let is_refused = matches!(greeted, FromEngine::Refused(_));
    let said = timeout(GREETING, frames::write(&mut to, &greeted)).await;
    if is_refused || !matches!(said, Ok(Ok(()))) {
        return;
    }
    let (outbox, waiting) = mpsc::channel(OUTBOX);
    let _writer = Writer(tokio::spawn(send_all(waiting, to)).abort_handle());
    let ended = serve(&served, &mut from, &outbox, &name).await;
    tracing::debug!("a connection has ended: {ended:?}");
}

/// The task that writes, which ends with the connection.
struct Writer(AbortHandle);

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Reads the greeting.
async fn greet(from: &mut OwnedReadHalf) -> Result<(), Failure> {
    let unreadable = || Failure::new(Code::Invalid, "This is no greeting of a program of Tiller.");
    let piece = frames::read(from, LONGEST_GREETING).await.ok().flatten().ok_or_else(unreadable)?;
    // Another version may say more in its greeting; the number is where it always is.
    let hello: Value = serde_json::from_slice(&piece).map_err(|_| unreadable())?;
    let protocol = hello["hello"]["protocol"].as_u64().ok_or_else(unreadable)?;
    if protocol == u64::from(PROTOCOL) {
        return Ok(());
    }
    let message = format!(
        "The process that runs the engine speaks version {PROTOCOL} of Tiller\u{2019}s local protocol, and this program version {protocol}."
    );
    Err(Failure::new(Code::Invalid, message).next("Use programs of the same version of Tiller."))
}

/// Writes what waits, in order, up to a refusal.
async fn send_all(mut waiting: mpsc::Receiver<FromEngine>, mut to: OwnedWriteHalf) {
    while let Some(piece) = waiting.recv().await {
        if let Err(error) = frames::write(&mut to, &piece).await {
            tracing::debug!("a connection can no longer be written: {error}");
            return;
        }
        if matches!(piece, FromEngine::Refused(_)) {
            return;
        }
    }
}

/// Answers requests one after another.
async fn serve(
    served: &Served,
    from: &mut OwnedReadHalf,
    outbox: &mpsc::Sender<FromEngine>,
    name: &str,
) -> io::Result<()> {
    let behind = Arc::new(Notify::new());
    loop {
        let piece = tokio::select! {
            piece = frames::read(from, LONGEST) => piece?,
            () = behind.notified() => return Ok(()),
            () = outbox.closed() => return Ok(()),
        };
        let (Some(piece), Some(app)) = (piece, served.app.upgrade()) else { return Ok(()) };
        let reply = match serde_json::from_slice(&piece) {
            Ok(ToEngine::Ask { id, command, request, project }) => {
                let answer = if command == Watch::NAME {
                    let watching = watch(&app, served, outbox, &behind, name);
                    named_project::within(project, watching).await
                } else {
                    dispatch(&app, project, &command, request).await
                };
                said(id, answer)
            }
            Ok(ToEngine::Reach { id, command, request }) => said(id, reached(&app, &command, request).await),
            Ok(ToEngine::Hello { .. }) | Err(_) => {
                FromEngine::Refused(Failure::new(Code::Invalid, "This is no request of a program of Tiller."))
            }
        };
        let is_over = matches!(reply, FromEngine::Refused(_));
        if outbox.send(reply).await.is_err() {
            return Ok(());
        }
        if is_over {
            // What waits is sent before the connection ends.
            drop(timeout(GREETING, outbox.closed()).await);
            return Ok(());
        }
    }
}

fn said(id: u64, answer: Result<Value, Failure>) -> FromEngine {
    match answer {
        Ok(answer) => FromEngine::Answer { id, answer },
        Err(failure) => FromEngine::Failed { id, failure },
    }
}

/// Sends the whole state and every later event.
async fn watch(
    app: &App,
    served: &Served,
    outbox: &mpsc::Sender<FromEngine>,
    behind: &Arc<Notify>,
    name: &str,
) -> Result<Value, Failure> {
    let (outbox, behind, is_closed) = (outbox.clone(), Arc::clone(behind), Arc::clone(&served.is_closed));
    let subscriber = Box::new(move |event| {
        if is_closed.load(Ordering::SeqCst) {
            return false;
        }
        let sent = outbox.try_send(FromEngine::Event(Box::new(event)));
        if matches!(sent, Err(TrySendError::Full(_))) {
            behind.notify_one();
        }
        sent.is_ok()
    });
    app.subscribe(name, subscriber).await?;
    Ok(Value::Null)
}
