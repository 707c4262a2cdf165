//! Answers side by side, each under the words for what it shows.

use ipc::answer::{Answer, AnswerEnd};
use leptos::prelude::*;

use crate::format;
use crate::text::said;

/// One answer, while it is written and afterwards.
#[component]
pub(super) fn AnswerColumn(
    /// What the answer shows: `gloomier`.
    #[prop(into)]
    word: Signal<String>,
    /// A note beside the word: the multiplier, or the epoch.
    #[prop(into)]
    note: Signal<String>,
    /// The answer; `None` before it was asked for.
    #[prop(into)]
    answer: Signal<Option<Answer>>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    let end = move || answer.read().as_ref().map_or("none", |answer| end_key(&answer.end));
    let text = move || answer.read().as_ref().map(shown_text).unwrap_or_default();
    let multiplier = move || answer.read().as_ref().map(|answer| answer.multiplier.to_string());
    view! {
        <section class="answer" data-testid=testid data-end=end data-multiplier=multiplier>
            <div class="head"><b>{word}</b><span>{note}</span></div>
            <p class="body prose" class:quiet=move || matches!(end(), "none" | "failed") dir="auto">{text}</p>
        </section>
    }
}

fn end_key(end: &AnswerEnd) -> &'static str {
    match end {
        AnswerEnd::Open => "open",
        AnswerEnd::EndOfTurn => "end_of_turn",
        AnswerEnd::Length => "length",
        AnswerEnd::Stopped => "stopped",
        AnswerEnd::Failed { .. } => "failed",
    }
}

/// Returns the text of an answer; an ellipsis says that more would follow.
fn shown_text(answer: &Answer) -> String {
    let text = answer.text.trim_end();
    match &answer.end {
        AnswerEnd::Failed { failure } => said(&failure.message),
        AnswerEnd::Open | AnswerEnd::Length | AnswerEnd::Stopped => format!("{text} \u{2026}"),
        AnswerEnd::EndOfTurn => text.to_owned(),
    }
}

/// Writes a multiplier as a note: `× −1`.
pub(super) fn times(multiplier: f64) -> String {
    format!("\u{d7} {}", format::multiplier(multiplier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_could_go_on_ends_in_an_ellipsis() {
        let answer = |end| Answer { multiplier: 1.0, text: "It is a lovely ".into(), tokens: 4, end };
        assert_eq!(shown_text(&answer(AnswerEnd::Length)), "It is a lovely \u{2026}");
        assert_eq!(shown_text(&answer(AnswerEnd::EndOfTurn)), "It is a lovely");
        assert_eq!(times(-1.5), "\u{d7} \u{2212}1.5");
    }
}
