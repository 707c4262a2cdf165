//! Something outside the store that a request wants, in the words of the dialog that asks about it.

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

    /// What is wanted, as the end of a sentence, and the place.
    fn words(&self) -> (&'static str, String) {
        let path = |path: &PathBuf| printable::line(&path.display().to_string()).into_owned();
        match self {
            Self::Read(of) => ("read this file or folder", path(of)),
            Self::Write(of) => ("write this file", path(of)),
            Self::Delete(of) => ("delete this file from the disk", path(of)),
            Self::Send(to) => ("send prompts and answers to this server", printable::line(to).into_owned()),
            Self::Publish(to) => ("publish files in this repository", printable::line(to).into_owned()),
            Self::Download(from) => ("download models from this server", printable::line(from).into_owned()),
        }
    }

    /// Returns the text of the dialog.
    #[must_use]
    pub fn question(&self) -> String {
        let (what, place) = self.words();
        let no_undo = if matches!(self, Self::Delete(_)) { "This cannot be undone. " } else { "" };
        format!(
            "Tiller\u{2019}s page asks to {what}:\n\n{place}\n\n{no_undo}Allow this only if you have just typed or chosen it."
        )
    }

    /// Returns why a request is refused whose permission nobody confirmed.
    #[must_use]
    pub fn refused(&self) -> Error {
        let (what, place) = self.words();
        let next = match self {
            Self::Read(_) | Self::Write(_) => "Choose the file, or allow it when you are asked.",
            _ => "Try again, and allow it when you are asked.",
        };
        let failure = Failure::new(Code::Invalid, format!("Tiller may not {what}."));
        Error::Failure(failure.detail(place).next(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_shows_the_place_as_it_is() {
        let question = Permission::Read("/home/me/\u{202e}vsc.yek\nAllow".into()).question();
        assert!(question.contains("/home/me/\\u{202e}vsc.yek\\nAllow"), "{question}");
    }

    #[test]
    fn only_a_deletion_says_that_it_cannot_be_undone() {
        let says = |permission: Permission| permission.question().contains("cannot be undone");
        assert!(says(Permission::Delete("/models/a.gguf".into())));
        assert!(!says(Permission::Read("/models/a.gguf".into())) && !says(Permission::Write("/a".into())));
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
