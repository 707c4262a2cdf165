//! Sends many requests to one endpoint, several at the same time.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::{ChatReply, ChatRequest, Client, EndpointError};

/// The interval at which `halt` is called.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Sends all requests, `at_once` of them at the same time. `on_reply` receives each result as it arrives, with its
/// request's index. `Break` from `on_reply`, or `true` from `halt`, drops all other requests, whose results are not
/// reported.
///
/// `on_reply` runs on the calling thread, one call at a time.
pub fn ask_all(
    client: &Client,
    requests: &[ChatRequest],
    at_once: usize,
    halt: impl Fn() -> bool,
    mut on_reply: impl FnMut(usize, Result<ChatReply, EndpointError>) -> ControlFlow<()>,
) {
    let next = AtomicUsize::new(0);
    let (sender, replies) = channel();
    thread::scope(|scope| {
        for _ in 0..at_once.clamp(1, requests.len().max(1)) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some((place, request)) = {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    requests.get(place).map(|request| (place, request))
                } {
                    let Some(reply) = client.ask(request).transpose() else { return };
                    if sender.send((place, reply)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        loop {
            if halt() {
                client.stop();
            }
            match replies.recv_timeout(LOOK_EVERY) {
                Ok((place, reply)) => {
                    if on_reply(place, reply).is_break() {
                        client.stop();
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Instant;

    use super::*;
    use crate::testing::{Act, Server, question};
    use crate::{Endpoint, Limits};

    fn client(server: &Server) -> Client {
        Client::new(Endpoint::new(&server.address(), "small").expect("an address"), None, Limits::default())
    }

    #[test]
    fn every_request_gets_its_own_answer_whatever_the_order() {
        let server = Server::echoing();
        let requests: Vec<ChatRequest> = (0..40).map(|number| question(&format!("q{number}"))).collect();
        let mut answers = vec![None; requests.len()];
        ask_all(
            &client(&server),
            &requests,
            8,
            || false,
            |place, reply| {
                answers[place] = Some(reply.expect("an answer").text);
                ControlFlow::Continue(())
            },
        );
        let expected: Vec<Option<String>> = (0..40).map(|number| Some(format!("q{number}"))).collect();
        assert_eq!(answers, expected);
        assert!(server.most_at_once() > 1, "requests overlap");
    }

    #[test]
    fn a_halt_keeps_what_came_and_waits_for_nothing() {
        let server = Server::start([Act::Answer("one"), Act::Hang, Act::Hang, Act::Hang]);
        let requests = vec![question("q"); 6];
        let (answered, begun) = (Cell::new(0), Instant::now());
        ask_all(
            &client(&server),
            &requests,
            2,
            || answered.get() > 0,
            |_, reply| {
                assert_eq!(reply.map(|reply| reply.text), Ok("one".to_owned()));
                answered.set(answered.get() + 1);
                ControlFlow::Continue(())
            },
        );
        assert_eq!(answered.get(), 1);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    #[test]
    fn no_requests_are_no_work() {
        let server = Server::start([]);
        ask_all(&client(&server), &[], 4, || false, |_, _| unreachable!("nothing was asked"));
        assert!(server.requests().is_empty());
    }
}
