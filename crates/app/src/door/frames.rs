//! What is said over the local socket: JSON, each piece behind its length in four bytes, the highest first.

use std::io::{self, ErrorKind};

use ipc::{Event, Failure, Id};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The version of the protocol. It changes whenever programs of two versions would misunderstand each other.
pub const PROTOCOL: u32 = 4;

/// The most bytes of one piece: an import of the pairs of the largest data file, as JSON, is the longest request.
pub const LONGEST: u32 = 1 << 30;

/// What the process that uses the engine says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToEngine {
    /// The greeting, which comes first.
    Hello {
        /// The version of the protocol.
        protocol: u32,
        /// The program, with its version.
        program: String,
    },
    /// A request of [`ipc::command`].
    Ask {
        /// The number by which the answer names the request.
        id: u64,
        /// The command's name.
        command: String,
        /// Its arguments.
        request: Value,
        /// The project that the command works in. `None` for the open one.
        #[serde(default)]
        project: Option<Id>,
    },
    /// Asks what a request of [`ipc::command`] reaches outside the store. The answer is a list of
    /// [`Permission`](crate::Permission).
    Reach {
        /// The number by which the answer names this.
        id: u64,
        /// The command's name.
        command: String,
        /// Its arguments.
        request: Value,
    },
}

/// What the process that runs the engine says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromEngine {
    /// The answer to the greeting.
    Hello {
        /// The version of the protocol.
        protocol: u32,
        /// The program, with its version.
        program: String,
    },
    /// Why the connection ends.
    Refused(Failure),
    /// The answer to a request.
    Answer {
        /// The request's number.
        id: u64,
        /// The answer.
        answer: Value,
    },
    /// Why a request failed.
    Failed {
        /// The request's number.
        id: u64,
        /// The reason and the next step.
        failure: Failure,
    },
    /// An event, after [`ipc::command::Watch`].
    Event(Box<Event>),
}

/// Reads a piece. `None` at the end of the connection.
///
/// # Errors
/// Returns an error if the connection fails, ends within the piece, or the piece has more than `most` bytes.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin), most: u32) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length).await {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => drop(read?),
    }
    let length = u32::from_be_bytes(length);
    if length > most {
        return Err(io::Error::new(ErrorKind::InvalidData, format!("a piece of {length} bytes")));
    }
    // Memory is taken as the bytes come, not as the length claims.
    let mut piece = Vec::new();
    let read = from.take(u64::from(length)).read_to_end(&mut piece).await?;
    if read == length as usize { Ok(Some(piece)) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

/// Writes a piece.
///
/// # Errors
/// Returns an error if the connection fails or the piece is too long.
pub(super) async fn write(to: &mut (impl AsyncWrite + Unpin), piece: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(piece)?;
    let length = u32::try_from(json.len()).ok().filter(|length| *length <= LONGEST);
    let length = length.ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "the piece is too long"))?;
    to.write_all(&[&length.to_be_bytes()[..], &json].concat()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pieces_come_out_as_they_went_in_and_a_length_that_is_too_long_is_refused() {
        let request = serde_json::json!({"data_set": 1});
        let said = ToEngine::Ask { id: 3, command: "undo".into(), request, project: Some(2) };
        let mut bytes = Vec::new();
        for _ in 0..2 {
            write(&mut bytes, &said).await.expect("it is written");
        }
        let mut from = bytes.as_slice();
        for _ in 0..2 {
            let piece = read(&mut from, LONGEST).await.expect("it is read").expect("a piece");
            assert_eq!(serde_json::from_slice::<ToEngine>(&piece).expect("JSON"), said);
        }
        assert_eq!(read(&mut from, LONGEST).await.expect("the end"), None);
        assert!(read(&mut bytes.as_slice(), 8).await.is_err(), "longer than allowed");
        assert!(read(&mut &bytes[..bytes.len() / 2 - 1], LONGEST).await.is_err(), "cut off");
        assert!(read(&mut &[0xff; 40][..], LONGEST).await.is_err(), "four gigabytes");
    }
}
