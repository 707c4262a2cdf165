//! The request and the reply of a chat completion, and their JSON.

use serde_json::{Value, json};
use vectors::tokens::Message;

use super::{Endpoint, EndpointError};

/// A request for a chat completion.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// The conversation up to the answer.
    pub messages: Vec<Message>,
    /// The sampling temperature; 0 takes the likeliest token.
    pub temperature: f64,
    /// The most tokens of the answer.
    pub max_tokens: u32,
    /// The seed that makes a sampled answer reproducible, where the server supports it.
    pub seed: Option<u64>,
    /// The number of likeliest tokens that the reply lists with their log-probabilities at every position; 0 for none.
    pub top_logprobs: u8,
}

impl ChatRequest {
    /// Makes a request for the likeliest answer (temperature 0).
    #[must_use]
    pub fn new(messages: Vec<Message>, max_tokens: u32) -> Self {
        Self { messages, temperature: 0.0, max_tokens, seed: None, top_logprobs: 0 }
    }

    /// Returns the JSON body of the request.
    pub(super) fn body(&self, endpoint: &Endpoint) -> String {
        let message = |message: &Message| json!({"role": message.role.name(), "content": message.content});
        let mut body = json!({
            "model": endpoint.model,
            "messages": self.messages.iter().map(message).collect::<Vec<_>>(),
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "stream": false,
        });
        if let Some(seed) = self.seed {
            body["seed"] = json!(seed);
        }
        if self.top_logprobs > 0 {
            body["logprobs"] = json!(true);
            body["top_logprobs"] = json!(self.top_logprobs);
        }
        body.to_string()
    }
}

/// The reason for which an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model closed its turn.
    EndOfTurn,
    /// The answer reached the limit on tokens.
    Length,
    /// The server gives another reason, or none.
    Other,
}

/// A token and its log-probability, in nats.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenLogProb {
    /// The token's text.
    pub token: String,
    /// log p(token | preceding tokens), in nats.
    pub log_prob: f64,
}

/// The reply to a chat request.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatReply {
    /// The answer.
    pub text: String,
    /// The reason for which the answer ended.
    pub finish: Finish,
    /// The number of tokens read, as the server counts them; 0 where it does not say.
    pub prompt_tokens: u64,
    /// The number of tokens written, as the server counts them; 0 where it does not say.
    pub answer_tokens: u64,
    /// The likeliest tokens at each position of the answer, where they were asked for and the server returns them; else
    /// empty.
    pub top_log_probs: Vec<Vec<TokenLogProb>>,
}

impl ChatReply {
    /// Parses the body of a reply.
    ///
    /// # Errors
    /// Returns an error where the body is no chat completion.
    pub(super) fn parse(body: &str) -> Result<Self, EndpointError> {
        let nonsense = |why: &'static str| EndpointError::Nonsense { why, start: start(body) };
        let reply: Value = serde_json::from_str(body).map_err(|_| nonsense("it is no JSON"))?;
        let choice = reply.pointer("/choices/0").ok_or_else(|| nonsense("it holds no answer"))?;
        let text = match choice.pointer("/message/content") {
            Some(Value::String(text)) => text.clone(),
            // Some servers write an empty answer as null.
            Some(Value::Null) => String::new(),
            _ => return Err(nonsense("its answer is no text")),
        };
        let finish = match choice.get("finish_reason").and_then(Value::as_str) {
            Some("stop" | "eos") => Finish::EndOfTurn,
            Some("length") => Finish::Length,
            _ => Finish::Other,
        };
        let tokens = |key: &str| reply.pointer(key).and_then(Value::as_u64).unwrap_or(0);
        Ok(Self {
            text,
            finish,
            prompt_tokens: tokens("/usage/prompt_tokens"),
            answer_tokens: tokens("/usage/completion_tokens"),
            top_log_probs: top_log_probs(choice),
        })
    }
}

fn top_log_probs(choice: &Value) -> Vec<Vec<TokenLogProb>> {
    let one = |value: &Value| {
        let log_prob =
            value.get("logprob").and_then(Value::as_f64).filter(|log_prob| log_prob.is_finite())?;
        Some(TokenLogProb { token: value.get("token")?.as_str()?.to_owned(), log_prob })
    };
    let place = |value: &Value| match value.get("top_logprobs").and_then(Value::as_array) {
        Some(top) => top.iter().filter_map(one).collect(),
        None => one(value).into_iter().collect(),
    };
    let places = choice.pointer("/logprobs/content").and_then(Value::as_array);
    places.map(|places| places.iter().map(place).collect()).unwrap_or_default()
}

/// Returns the beginning of a text on one line, for a message.
pub(super) fn start(text: &str) -> String {
    const MOST: usize = 200;
    let mut start: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        start.push('\u{2026}');
    }
    start
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vectors::tokens::Role;

    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint { address: "http://localhost".into(), model: "small".into() }
    }

    #[test]
    fn a_request_says_only_what_was_asked_for() {
        let request = ChatRequest::new(vec![Message::new(Role::User, "\"Hi\"\n")], 8);
        let body: Value = serde_json::from_str(&request.body(&endpoint())).expect("JSON");
        assert_eq!(
            body,
            json!({"model": "small", "messages": [{"role": "user", "content": "\"Hi\"\n"}],
                "temperature": 0.0, "max_tokens": 8, "stream": false})
        );
        let request = ChatRequest { seed: Some(3), top_logprobs: 5, ..request };
        let body: Value = serde_json::from_str(&request.body(&endpoint())).expect("JSON");
        assert_eq!(
            (&body["seed"], &body["logprobs"], &body["top_logprobs"]),
            (&json!(3), &json!(true), &json!(5))
        );
    }

    #[test]
    fn a_reply_is_read_with_its_counts_and_log_probabilities() {
        let body = json!({
            "choices": [{"message": {"content": "4"}, "finish_reason": "length", "logprobs": {"content": [
                {"token": "4", "logprob": -0.5, "top_logprobs": [{"token": "4", "logprob": -0.5}, {"token": "3", "logprob": -1.5}]}
            ]}}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 1},
        });
        let reply = ChatReply::parse(&body.to_string()).expect("a reply");
        assert_eq!(
            (reply.text.as_str(), reply.finish, reply.prompt_tokens, reply.answer_tokens),
            ("4", Finish::Length, 11, 1)
        );
        let top: Vec<(&str, f64)> =
            reply.top_log_probs[0].iter().map(|top| (top.token.as_str(), top.log_prob)).collect();
        assert_eq!(top, [("4", -0.5), ("3", -1.5)]);
    }

    #[test]
    fn an_invalid_reply_is_refused_with_its_beginning() {
        for (body, why) in [
            ("<html>", "no JSON"),
            ("{}", "no answer"),
            (r#"{"choices":[{"message":{"content":7}}]}"#, "no text"),
        ] {
            let refusal = ChatReply::parse(body).expect_err(body).to_string();
            assert!(refusal.contains(why), "{refusal}");
        }
        assert_eq!(start(&"x\n".repeat(200)).chars().count(), 201);
    }

    proptest! {
        #[test]
        fn no_reply_makes_it_panic(body in "[\\[\\]{}\":,a-z0-9 ]{0,80}") {
            let _ = ChatReply::parse(&body);
        }
    }
}
