//! Words the hub's errors for a person.

use std::io;

use hub::HubError;
use hub::upload::UploadError;
use ipc::{Code, Failure};

pub(super) fn hub(error: HubError) -> Failure {
    let detail = error.to_string();
    match error {
        HubError::Address { message } => Failure::new(Code::Invalid, message)
            .next("Paste organisation/name, or the address of the model's page."),
        HubError::Words { message } => {
            Failure::new(Code::Invalid, message).next("Type a model's name, or a part of it.")
        }
        HubError::TokenForSearch => {
            Failure::new(Code::TokenWanted, "The hub answers a search only with an access token.")
                .next("Type your access token, or download the model by its name.")
        }
        HubError::Endpoint { address } => {
            Failure::new(Code::Invalid, "The address to download from cannot be used.")
                .detail(address)
                .next("Name an https address in HF_ENDPOINT or in the settings, or none for the hub's own.")
        }
        HubError::Offline { host, detail } => Failure::new(Code::Other, format!("{host} cannot be reached."))
            .detail(detail)
            .next("Check the connection, then try again. What was fetched is kept."),
        HubError::Broken { host, detail } => {
            Failure::new(Code::Other, format!("The connection to {host} broke several times."))
                .detail(detail)
                .next("Resume the download later; it goes on where it is.")
        }
        HubError::Token { status: 403, sent: true, repository } => {
            Failure::new(Code::TokenWanted, format!("Your token may not read {repository}."))
                .detail(
                    "Its owners ask for an agreement on the model's page, or the token is for other things.",
                )
                .next("Agree on the model's page in a browser, or use another token.")
        }
        HubError::Token { sent: true, .. } => {
            Failure::new(Code::TokenWanted, "The hub does not accept the token.")
                .next("Use another token, or none.")
        }
        HubError::Token { repository, .. } => {
            Failure::new(Code::TokenWanted, format!("The hub does not give {repository} to everybody."))
                .detail("It is gated or private, or there is no model of that name.")
                .next("Check the name. If you may read it, type your access token.")
        }
        HubError::Missing { what } => Failure::new(Code::NotFound, format!("The hub has no {what}."))
            .next("Check the name, the branch and the spelling."),
        HubError::Busy { seconds } => {
            Failure::new(Code::Other, "The hub has had too many requests from here.")
                .detail(format!("It asks to wait {seconds} s."))
                .next("Try again later, or with an access token, which is allowed more.")
        }
        HubError::Status { .. } | HubError::Answer { .. } | HubError::Redirect { .. } => {
            Failure::new(Code::Other, "The hub did not answer as it should.")
                .detail(detail)
                .next("Try again later; if a mirror is set, try without it.")
        }
        HubError::Checksum { path, expected, found } => {
            Failure::new(Code::Other, "A file that was fetched is damaged, and was thrown away.")
                .detail(format!("{path} has SHA-256 {found}, not {expected}."))
                .next("Resume the download to fetch it again.")
        }
        HubError::Size { .. } => {
            Failure::new(Code::Other, "A file that was fetched is not the one that was listed.")
                .detail(detail)
                .next("List the repository again and start a new download.")
        }
        HubError::Full { needed, free, folder } => {
            Failure::new(Code::Storage, "There is not enough space on the disk.")
                .detail(format!(
                    "{:.1} GB are needed and {:.1} GB are free: {}",
                    needed as f64 / 1e9,
                    free as f64 / 1e9,
                    folder.display()
                ))
                .next("Free some space, then resume. What was fetched is kept.")
        }
        HubError::Disk { path, source } if source.kind() == io::ErrorKind::StorageFull => {
            Failure::new(Code::Storage, "The disk is full.")
                .detail(path.display().to_string())
                .next("Free some space, then resume. What was fetched is kept.")
        }
        HubError::Disk { path, source } => {
            Failure::new(Code::Storage, "The cache for models cannot be written.")
                .detail(format!("{source}: {}", path.display()))
                .next("Make the folder writable, or name another one in HF_HUB_CACHE.")
        }
    }
}

pub(super) fn upload(error: UploadError) -> Failure {
    match error {
        UploadError::Name { name } => {
            Failure::new(Code::Invalid, format!("\u{201c}{name}\u{201d} is no name of a repository."))
                .next("Type your name on the hub, a slash, and a name of letters, digits, -, _ and .")
        }
        UploadError::Exists { repository } => {
            Failure::new(Code::Invalid, format!("{repository} is there already."))
                .next("Choose another name, or allow that a commit is added to it.")
        }
        UploadError::Token { repository, status } => {
            Failure::new(Code::TokenWanted, format!("Your token may not write to {repository}."))
                .detail(format!("The hub answered with status {status}."))
                .next("Use a token with the right to write, and a name that is yours.")
        }
        UploadError::Refused { status, detail } => {
            Failure::new(Code::Other, "The hub refuses the upload. Nothing was committed.")
                .detail(format!("Status {status}: {detail}"))
                .next("Change what the hub names, then publish again.")
        }
        UploadError::Answer { detail } => Failure::new(Code::Other, "The hub did not answer as it should.")
            .detail(detail)
            .next("Look at the repository\u{2019}s page, and try again later."),
        UploadError::Hub(HubError::Offline { host, detail } | HubError::Broken { host, detail }) => {
            Failure::new(Code::Other, format!("The connection to {host} broke. Nothing was committed."))
                .detail(detail)
                .next("Publish again: what the hub has already is not sent twice.")
        }
        UploadError::Hub(error) => hub(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, sent: bool) -> HubError {
        HubError::Token { status, sent, repository: "org/model".into() }
    }

    #[test]
    fn refusals_have_their_own_words() {
        for error in [refusal(401, false), refusal(403, false), refusal(401, true), refusal(403, true)] {
            assert_eq!(hub(error).code, Code::TokenWanted);
        }
        let missing = hub(HubError::Missing { what: "model org/model".into() });
        assert_eq!((missing.code, missing.message.contains("org/model")), (Code::NotFound, true));
        let busy = hub(HubError::Busy { seconds: 1 });
        assert!(busy.message.contains("too many"), "{busy:?}");
    }

    #[test]
    fn a_disk_that_fills_up_is_reported() {
        let failure = hub(HubError::Disk { path: "/m".into(), source: io::ErrorKind::StorageFull.into() });
        assert_eq!((failure.code, failure.message.as_str()), (Code::Storage, "The disk is full."));
    }
}
