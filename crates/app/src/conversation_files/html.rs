//! A conversation as one self-contained HTML page with the columns side by side: nothing runs, and nothing comes from elsewhere.

use ipc::conversation::{ModelTurn, Said, Turn};
use maud::{Markup, PreEscaped, html};

use super::{Talk, number, setting, term, title};

const STYLE: &str = ":root{color-scheme:light dark;--text:#1d1f21;--quiet:#5c6066;--line:#d9d9d5;--page:#fff;--asked:#f3f3f1}\
    @media(prefers-color-scheme:dark){:root{--text:#e6e6e3;--quiet:#a3a7ad;--line:#3a3d41;--page:#191b1d;--asked:#26292c}}\
    body{font:14px/1.5 system-ui,sans-serif;margin:32px;color:var(--text);background:var(--page)}h1{font-size:22px}\
    .columns{overflow-x:auto}table{border-collapse:collapse;table-layout:fixed;min-width:100%}\
    th,td{text-align:left;vertical-align:top;padding:8px 12px;border:1px solid var(--line);width:320px}\
    .t{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}.q{color:var(--quiet);font-size:12px}\
    td.asked{background:var(--asked)}";

/// Writes a conversation.
pub(crate) fn write(talk: &Talk) -> String {
    let (conversation, desk) = (&talk.conversation, &talk.conversation.desk);
    let rows = talk.columns.iter().map(Vec::len).max().unwrap_or(0);
    let page = html! {
        (PreEscaped("<!doctype html>"))
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (conversation.name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (conversation.name) }
                p.q { "A conversation of Tiller " (env!("CARGO_PKG_VERSION")) "." }
                div.columns {
                    table {
                        tr {
                            @for column in &desk.columns {
                                th scope="col" {
                                    (title(desk, column))
                                    @for line in setting(desk, column) {
                                        div."q t" { (line) }
                                    }
                                    @if !column.system_prompt.is_empty() {
                                        div."q t" { (column.system_prompt) }
                                    }
                                }
                            }
                        }
                        @for row in 0..rows {
                            tr { @for turns in &talk.columns { (cell(turns.get(row))) } }
                        }
                    }
                }
            }
        }
    };
    page.into_string() + "\n"
}

fn cell(turn: Option<&Turn>) -> Markup {
    html! {
        @match turn.map(|turn| &turn.said) {
            None => td {},
            Some(Said::Person { text }) => td.asked { div.t dir="auto" { (text) } },
            Some(Said::Model(answer)) => td { div.t dir="auto" { (answer.text) } p.q { (facts(answer)) } },
        }
    }
}

/// Returns what an answer was made with.
fn facts(answer: &ModelTurn) -> String {
    // A person's text keeps the settings of the answer in whose place it stands.
    if answer.tokens == 0 && !answer.text.is_empty() {
        return "not generated here".to_owned();
    }
    let terms = answer.steering.last().map_or(&[][..], |last| &last.terms);
    let mut facts: Vec<String> = terms
        .iter()
        .map(|record| term(&record.name, record.multiplier, record.gate.is_some(), record.caps.as_ref()))
        .collect();
    if answer.steering.len() > 1 {
        facts.push("changed while it was answered".to_owned());
    }
    let sampling = &answer.sampling;
    facts.push(if sampling.temperature == 0.0 {
        "greedy".to_owned()
    } else {
        format!("temperature {}, seed {}", number(f64::from(sampling.temperature)), sampling.seed)
    });
    facts.join(", ")
}
