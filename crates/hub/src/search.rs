//! Asks the hub for models in GGUF files by words of their names.

use ::endpoint::secrets::Secret;
use ipc::catalogue::{FoundModel, HubSearch};
use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;
use vectors::model::reads_architecture;

use super::request::{get, refusal, text_up_to};
use super::{Address, Endpoint, HubError};

/// The most characters of the words.
const LONGEST_WORDS: usize = 200;
/// The most models that are asked for and shown.
const MOST_MODELS: usize = 30;
/// The most bytes of the answer. Each model brings its chat template, of some thousand bytes.
const LONGEST_ANSWER: u64 = 4 << 20;
/// The most characters of an architecture's name.
const LONGEST_ARCHITECTURE: usize = 64;
/// What the hub is asked to say about each model.
const WANTED: [&str; 4] = ["downloads", "lastModified", "gated", "gguf"];

/// The fields of a model in the hub's answer that are used.
#[derive(Deserialize)]
struct Found {
    id: String,
    #[serde(default)]
    downloads: Option<u64>,
    #[serde(default, rename = "lastModified")]
    modified: Option<String>,
    /// Older mirrors say only this.
    #[serde(default, rename = "createdAt")]
    created: Option<String>,
    /// The hub writes `false`, `"auto"` or `"manual"`.
    #[serde(default)]
    gated: Value,
    #[serde(default)]
    gguf: Option<Header>,
}

/// What the hub has read in the header of a repository's GGUF file.
#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    total: Option<u64>,
    #[serde(default)]
    architecture: Option<String>,
}

/// Asks the hub, which sorts by downloads. What cannot be the name of a model is left out.
///
/// # Errors
/// Returns an error where there are no words, or the hub cannot be reached, refuses, or answers with something else than a
/// list.
pub fn search(
    agent: &Agent,
    endpoint: &Endpoint,
    token: Option<&Secret>,
    words: &str,
) -> Result<HubSearch, HubError> {
    let words = words.trim();
    let bad = |message: &str| HubError::Words { message: message.to_owned() };
    if words.is_empty() {
        return Err(bad("There is nothing to search for."));
    }
    if words.chars().count() > LONGEST_WORDS {
        return Err(bad("These are more words than a search takes."));
    }
    let mut url = endpoint.at("api/models")?;
    let most = MOST_MODELS.to_string();
    url.query_pairs_mut()
        .extend_pairs([("search", words), ("filter", "gguf"), ("sort", "downloads"), ("limit", &most)])
        .extend_pairs(WANTED.map(|wanted| ("expand", wanted)));
    let answer = get(agent, endpoint, token, &url, &[])?;
    let status = answer.response.status().as_u16();
    match status {
        200..=299 => (),
        401 | 403 if token.is_none() => return Err(HubError::TokenForSearch),
        401 | 403 => return Err(HubError::Token { status: 401, sent: true, repository: String::new() }),
        // Words that are not found are an empty list, so a host that answers this has no search.
        404 | 410 => return Err(HubError::Status { host: answer.host, status }),
        _ => return Err(refusal(&answer, "", "", token.is_some()).unwrap_or_else(no_list)),
    }
    let body = text_up_to(answer, LONGEST_ANSWER)?;
    // What comes back is shown; a server may repeat the token in it.
    let body = match token {
        Some(token) => token.remove_from(&body),
        None => body,
    };
    let found: Vec<Value> = serde_json::from_str(&body).map_err(|_| no_list())?;
    let mut models = Vec::<FoundModel>::new();
    for one in found.into_iter().take(MOST_MODELS).filter_map(|one| model(one, endpoint)) {
        if models.iter().all(|other| other.repository != one.repository) {
            models.push(one);
        }
    }
    Ok(HubSearch { host: endpoint.host(), models })
}

fn no_list() -> HubError {
    HubError::Answer { detail: "it is no list of models".into() }
}

/// Returns what is shown of a model; `None` where the hub's words are not about one.
fn model(found: Value, endpoint: &Endpoint) -> Option<FoundModel> {
    let found: Found = serde_json::from_value(found).ok()?;
    let is_name = Address::read(&found.id, endpoint).is_ok_and(|address| address.repository == found.id);
    if !is_name {
        return None;
    }
    let header = found.gguf.unwrap_or(Header { total: None, architecture: None });
    let architecture = header.architecture.filter(|name| is_word(name));
    let unusable = architecture
        .filter(|name| !reads_architecture(name))
        .map(|name| format!("Tiller does not read the architecture {name}."));
    Some(FoundModel {
        repository: found.id,
        downloads: found.downloads,
        updated: found.modified.or(found.created).as_deref().and_then(day),
        parameters: header.total,
        is_gated: !matches!(found.gated, Value::Null | Value::Bool(false)),
        unusable,
    })
}

/// Says whether a text can be the name of an architecture.
fn is_word(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=LONGEST_ARCHITECTURE).contains(&text.len()) && text.chars().all(is_letter)
}

/// Returns the day of a time like `2026-10-02T08:00:00.000Z`.
fn day(time: &str) -> Option<String> {
    let day = time.get(..10)?;
    let is_day = day.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_day.then(|| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_taken_from_a_time_and_from_nothing_else() {
        assert_eq!(day("2026-10-02T08:00:00.000Z").as_deref(), Some("2026-10-02"));
        for bad in ["", "2026-10", "yesterday at noon", "2026/10/02T08", "\u{4e8c}\u{96f6}\u{4e8c}\u{516d}"] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_architecture_is_a_word() {
        assert!(is_word("qwen35") && is_word("gemma3_text"));
        assert!(!is_word("") && !is_word("a b") && !is_word("<b>") && !is_word(&"a".repeat(65)));
    }
}
