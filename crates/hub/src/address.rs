//! Parses the address or name of a model on the hub that a person has pasted.

use percent_encoding::percent_decode_str;

use super::{Endpoint, HubError};

/// The most characters of an organisation's or a model's name on the hub.
const LONGEST_NAME: usize = 96;
/// The most characters of a branch, tag or commit.
const LONGEST_REVISION: usize = 255;

/// A repository, with the revision and the file that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `organisation/name`.
    pub repository: String,
    /// The branch, tag or commit; `None` for the main branch.
    pub revision: Option<String>,
    /// The file that was pasted, or the kind of GGUF file (`Q4_K_M`).
    pub wanted: Option<String>,
}

impl Address {
    /// Reads `organisation/name`, the same with `@revision` or `:Q4_K_M`, or the address of the repository's page, of one
    /// of its branches or of one of its files.
    ///
    /// # Errors
    /// Returns an error where the text names no model on this hub.
    pub fn read(text: &str, endpoint: &Endpoint) -> Result<Self, HubError> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        if text.is_empty() {
            return Err(bad("There is nothing to look for."));
        }
        let (path, is_page) = match text.split_once("://") {
            Some((_, rest)) => {
                let (host, path) = rest.split_once('/').ok_or_else(|| bad("The address names no model."))?;
                if !endpoint.is_meant_by(host) {
                    // A user name and a password may stand before the host.
                    let host = host.rsplit('@').next().unwrap_or_default();
                    let message =
                        format!("This page is at {host}, and Tiller downloads from {}.", endpoint.host());
                    return Err(HubError::Address { message });
                }
                (path, true)
            }
            None => match text.split_once('/') {
                // The address was copied without its scheme.
                Some((host, path)) if host.contains('.') && endpoint.is_meant_by(host) => (path, true),
                _ => (text, false),
            },
        };
        if !is_page && path.starts_with(['/', '~', '.']) {
            return Err(bad("This is a path on this machine, not a model on the hub."));
        }
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = percent_decode_str(path).decode_utf8().map_err(|_| bad("The address is not text."))?;
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.first() {
            Some(&("datasets" | "spaces" | "collections" | "docs" | "papers")) if parts.len() > 1 => {
                return Err(bad("This is the page of something else than a model."));
            }
            _ => {}
        }
        let marker =
            parts.iter().position(|part| matches!(*part, "tree" | "blob" | "resolve" | "raw" | "commit"));
        match marker {
            Some(at) if is_page && (1..=2).contains(&at) => {
                let (revision, wanted) = branch(&parts[at + 1..]);
                Self { repository: parts[..at].join("/"), revision, wanted }.checked()
            }
            _ => {
                // A page's address may end with a tab: `discussions`, `commits`.
                let name = if is_page { parts[..parts.len().min(2)].join("/") } else { parts.join("/") };
                let (name, revision) = split(&name, '@');
                let (name, wanted) = split(&name, ':');
                Self { repository: name, revision, wanted }.checked()
            }
        }
    }

    fn checked(self) -> Result<Self, HubError> {
        let parts: Vec<&str> = self.repository.split('/').collect();
        let is_name = |name: &&str| {
            let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            (1..=LONGEST_NAME).contains(&name.len())
                && name.chars().all(letter)
                && !name.starts_with(['.', '-'])
                && !name.ends_with(['.', '-'])
                && !name.contains("..")
                && !name.contains("--")
        };
        if parts.len() > 2 || !parts.iter().all(is_name) {
            let message =
                format!("\u{201c}{}\u{201d} is not the name of a model on the hub.", self.repository);
            return Err(HubError::Address { message });
        }
        let is_revision = |revision: &String| {
            revision.len() <= LONGEST_REVISION
                && !revision.contains("..")
                && !revision.starts_with('/')
                && revision.chars().all(|c| c.is_ascii_graphic() && !"?#%\\^~:*[".contains(c))
        };
        if !self.revision.iter().all(is_revision) {
            return Err(bad("The branch or commit in this address is none."));
        }
        Ok(self)
    }
}

/// Splits the part behind `tree` or `blob` into revision and path. A reference like `refs/pr/1` contains slashes.
fn branch(parts: &[&str]) -> (Option<String>, Option<String>) {
    let taken = if parts.first() == Some(&"refs") { 3.min(parts.len()) } else { 1.min(parts.len()) };
    let text = |parts: &[&str]| Some(parts.join("/")).filter(|text| !text.is_empty());
    (text(&parts[..taken]), text(&parts[taken..]))
}

fn split(text: &str, at: char) -> (String, Option<String>) {
    match text.split_once(at) {
        Some((before, after)) if !after.is_empty() => (before.to_owned(), Some(after.to_owned())),
        _ => (text.trim_end_matches(at).to_owned(), None),
    }
}

fn bad(message: &str) -> HubError {
    HubError::Address { message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint::new("https://hub.example").expect("an endpoint")
    }

    fn read(text: &str) -> (String, Option<String>, Option<String>) {
        let Address { repository, revision, wanted } =
            Address::read(text, &endpoint()).unwrap_or_else(|error| panic!("{text}: {error}"));
        (repository, revision, wanted)
    }

    #[test]
    fn the_usual_forms_are_understood() {
        let some = |text: &str| Some(text.to_owned());
        let name = || "org/Model-7B_v0.1".to_owned();
        assert_eq!(read("  org/Model-7B_v0.1 "), (name(), None, None));
        assert_eq!(read("https://hub.example/org/Model-7B_v0.1/"), (name(), None, None));
        assert_eq!(read("hub.example/org/Model-7B_v0.1"), (name(), None, None));
        assert_eq!(read("https://hub.example/org/Model-7B_v0.1/tree/main"), (name(), some("main"), None));
        assert_eq!(read("https://hub.example/org/Model-7B_v0.1/discussions/3?x=1#y"), (name(), None, None));
        assert_eq!(
            read("https://hub.example/org/Model-7B_v0.1/blob/v2/sub/m.Q4_0.gguf?download=true"),
            (name(), some("v2"), some("sub/m.Q4_0.gguf"))
        );
        assert_eq!(
            read("https://hub.example/org/Model-7B_v0.1/tree/refs%2Fpr%2F1"),
            (name(), some("refs/pr/1"), None)
        );
        assert_eq!(read("org/Model-7B_v0.1@abc123"), (name(), some("abc123"), None));
        assert_eq!(read("hub.example/org/Model-7B_v0.1:Q4_K_M"), (name(), None, some("Q4_K_M")));
        assert_eq!(read("gpt2"), ("gpt2".into(), None, None));
    }

    #[test]
    fn what_names_no_model_is_refused() {
        for text in [
            "",
            "https://elsewhere.example/org/name",
            "https://hub.example/",
            "https://hub.example/datasets/org/name",
            "a/b/c",
            "org/../x",
            "/etc/passwd",
            "org/na me",
            "org/name@../x",
            "-org/name",
        ] {
            assert!(Address::read(text, &endpoint()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_in_a_pasted_address_is_not_repeated() {
        let pasted = "https://me:hunter2@elsewhere.example/org/name";
        let refused = Address::read(pasted, &endpoint()).expect_err("another host");
        let text = format!("{refused} {refused:?}");
        assert!(text.contains("elsewhere.example") && !text.contains("hunter2"), "{text}");
    }

    proptest! {
        #[test]
        fn whatever_is_pasted_names_no_path_outside(text in "\\PC{0,60}") {
            if let Ok(address) = Address::read(&text, &endpoint()) {
                prop_assert!(!address.repository.contains("..") && !address.repository.starts_with('/'));
                prop_assert!(address.repository.split('/').count() <= 2);
            }
        }
    }
}
