//! Something outside the store that a request wants, and why it is refused if nobody allowed it.

use std::path::PathBuf;

use endpoint::{plain_address, shown_address};
use hub::Endpoint;
use ipc::files::Access;
use ipc::{Code, Failure};
use serde::{Deserialize, Serialize};

use crate::{Error, printable};

/// Something outside the store that a request wants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// To read a file, or the files of a folder.
    Read(PathBuf),
    /// To write a file.
    Write(PathBuf),
    /// To delete a model's file.
    Delete(PathBuf),
    /// To send text to the server at this address.
    Send(String),
    /// To download models from the hub at this address.
    Download(String),
    /// To publish files in the repository at this address.
    Publish(String),
}

impl Permission {
    pub(crate) fn file(path: PathBuf, access: Access) -> Self {
        match access {
            Access::Read => Self::Read(path),
            Access::Write => Self::Write(path),
        }
    }

    /// Makes the permission to send text to an address.
    pub(crate) fn send(address: &str) -> Result<Self, Error> {
        let plain = plain_address(address);
        plain.map(Self::Send).map_err(|source| Error::Endpoint { server: shown_address(address), source })
    }

    /// Makes the permission to download from a hub.
    pub(crate) fn download(address: &str) -> Result<Self, Error> {
        Ok(Self::Download(Endpoint::new(address.trim())?.text().to_owned()))
    }

    /// Returns the path or the address, so that a dialog shows all of its characters.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Read(path) | Self::Write(path) | Self::Delete(path) => {
                printable::line(&path.display().to_string()).into_owned()
            }
            Self::Send(address) | Self::Download(address) | Self::Publish(address) => {
                printable::line(address).into_owned()
            }
        }
    }

    /// Returns why a request is refused whose permission nobody confirmed.
    #[must_use]
    pub fn refused(&self) -> Error {
        let what = match self {
            Self::Read(_) => "read this file or folder",
            Self::Write(_) => "write this file",
            Self::Delete(_) => "delete this file from the disk",
            Self::Send(_) => "send prompts and answers to this server",
            Self::Publish(_) => "publish files in this repository",
            Self::Download(_) => "download models from this server",
        };
        let next = match self {
            Self::Read(_) | Self::Write(_) => "Choose the file, or allow it when you are asked.",
            _ => "Try again, and allow it when you are asked.",
        };
        let failure = Failure::new(Code::Invalid, format!("Tiller may not {what}."));
        Error::Failure(failure.detail(self.place()).next(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_as_it_is() {
        let place = Permission::Read("/home/me/\u{202e}vsc.yek\nAllow".into()).place();
        assert_eq!(place, "/home/me/\\u{202e}vsc.yek\\nAllow");
    }

    #[test]
    fn an_address_with_a_password_is_no_wish_and_the_password_is_not_repeated() {
        for refused in [
            Permission::send("https://me:hunter2@models.example/v1"),
            Permission::download("https://me:hunter2@hub.example"),
        ] {
            let failure = Failure::from(refused.expect_err("it names a password"));
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
    }
}
