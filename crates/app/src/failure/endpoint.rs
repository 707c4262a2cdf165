//! Words the errors of a chat endpoint for a person.

use endpoint::EndpointError;
use ipc::{Code, Failure};

/// Returns the failure that a person reads about a request.
pub(crate) fn endpoint(error: &EndpointError) -> Failure {
    let failure = |code, message: &str, detail: &str, next: &str| {
        let failure = Failure::new(code, message).next(next);
        if detail.is_empty() { failure } else { failure.detail(detail) }
    };
    match error {
        EndpointError::Address { why } => failure(
            Code::Invalid,
            "This address cannot be used.",
            why,
            "Type the address as the server's makers give it; it often ends in /v1.",
        ),
        EndpointError::Connection { detail } => failure(
            Code::Other,
            "The server cannot be reached.",
            detail,
            "Check the address and the network, then try again.",
        ),
        EndpointError::Slow { seconds } => failure(
            Code::Other,
            &format!("The server did not answer within {seconds} s."),
            "",
            "Try again with fewer requests at the same time, or with a faster model.",
        ),
        EndpointError::Key { status, detail } => failure(
            Code::Invalid,
            "The server refuses the key.",
            &format!("{status}: {detail}"),
            "Type the key again; it is kept in the system's keyring.",
        ),
        EndpointError::Rate { detail, .. } => failure(
            Code::Other,
            "The server takes no more requests for now.",
            detail,
            "Wait, then resume; or use fewer requests at the same time.",
        ),
        EndpointError::Server { status, detail, .. } => failure(
            Code::Other,
            "The server failed several times.",
            &format!("{status}: {detail}"),
            "Try again later; what was made so far is kept.",
        ),
        EndpointError::Refused { status, detail } => failure(
            Code::Invalid,
            "The server refuses the request.",
            &format!("{status}: {detail}"),
            "Check the address and the model's name.",
        ),
        EndpointError::Nonsense { why, start } => failure(
            Code::Other,
            "What the server sends is no answer.",
            &format!("{why}: {start}"),
            "Check that the address is that of a server for OpenAI's chat completions.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_message_is_shown() {
        let failure = endpoint(&EndpointError::Key { status: 401, detail: "Incorrect API key".into() });
        assert_eq!(
            (failure.code, failure.detail.as_deref()),
            (Code::Invalid, Some("401: Incorrect API key"))
        );
        assert!(failure.message.contains("refuses the key"), "{failure:?}");
    }
}
