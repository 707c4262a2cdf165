//! Shows the open pair as the model reads it: every token, with the chat template applied.

use std::time::Duration;

use ipc::Failure;
use ipc::command::ShowTokens;
use ipc::tokens::{PairSequence, Token};
use ipc::train::SYSTEM_PROMPT;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pairs::Pairs;
use crate::bridge;
use crate::screens::models::LoadModelButton;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::Pause;

/// The pause between the last key and the display of the tokens.
const PAUSE: Duration = Duration::from_millis(300);

/// The most tokens that are shown of one part; a page with more would be slow.
const MOST: usize = 1500;

/// The tokens of the open pair, which are read while the section is unfolded.
#[component]
pub(super) fn TokenView() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let is_shown = RwSignal::new(false);
    let sequence = RwSignal::new(None::<Result<PairSequence, Failure>>);
    let pause = Pause::new(PAUSE);
    let is_ready = Memo::new(move |_| store.model_is_ready());
    Effect::new(move |_| {
        pause.cancel();
        if !is_shown.get() || !is_ready.get() {
            sequence.set(None);
            return;
        }
        pairs.draft.track();
        let show = move || {
            let Some(content) = pairs.draft.try_get_untracked() else { return };
            spawn_local(async move {
                let request = ShowTokens { content: content.clone(), system_prompt: SYSTEM_PROMPT.into() };
                let shown = bridge::call(request).await;
                if pairs.draft.try_with_untracked(|draft| *draft == content) == Some(true) {
                    sequence.try_set(Some(shown));
                }
            });
        };
        pause.then(show);
    });
    let content = move || {
        match sequence.get() {
        _ if !is_ready.get() => {
            view! { <p class="quiet">{t!("data-tokens-no-model")}</p><LoadModelButton testid="tokens-load" /> }.into_any()
        }
        None => view! { <p class="quiet">{t!("data-tokens-reading")}</p> }.into_any(),
        Some(Err(failure)) => view! {
            <p class="warning" data-testid="tokens-refused">{said(&failure.message)} " " {failure.detail.map(|detail| said(&detail))}</p>
        }
        .into_any(),
        Some(Ok(sequence)) => view! { <TokenSections sequence /> }.into_any(),
    }
    };
    view! {
        <div class="sequence">
            <button class="link" data-testid="tokens-open" aria-expanded=move || is_shown.get().to_string() on:click=move |_| is_shown.update(|shown| *shown = !*shown)>
                {move || if is_shown.get() { t!("data-tokens-hide") } else { t!("data-tokens-show") }}
            </button>
            <Show when=move || is_shown.get()><div class="fields" data-testid="tokens">{content}</div></Show>
        </div>
    }
}

#[component]
fn TokenSections(sequence: PairSequence) -> impl IntoView {
    let PairSequence { prompt, wanted, opposite, limit } = sequence;
    let whole = |answer: &[Token]| t!("count-tokens", count = prompt.len() + answer.len());
    let legend =
        t!("data-tokens-legend", wanted = whole(&wanted), opposite = whole(&opposite), limit = limit);
    view! {
        <TokenSection name=t!("prompt") testid="tokens-prompt" tokens=prompt is_answer=false />
        <TokenSection name=t!("wanted") testid="tokens-wanted" tokens=wanted is_answer=true />
        <TokenSection name=t!("opposite") testid="tokens-opposite" tokens=opposite is_answer=true />
        <p class="quiet small">{legend}</p>
    }
}

#[component]
fn TokenSection(name: String, testid: &'static str, tokens: Vec<Token>, is_answer: bool) -> impl IntoView {
    let (count, last) = (tokens.len(), tokens.len().saturating_sub(1));
    let chip = move |(at, token): (usize, Token)| {
        let (is_first, is_end) = (is_answer && at == 0, is_answer && at == last);
        let title = match (is_first, is_end) {
            (true, _) => t!("data-token-first", id = token.id),
            (_, true) => t!("data-token-end", id = token.id),
            _ => token.id.to_string(),
        };
        view! {
            <span class="token" class:special=token.special class:first=is_first class:end=is_end data-testid="token" data-id=token.id
                title=title>{visible_blanks(&token.text)}</span>
        }
    };
    let left_out = count.saturating_sub(MOST);
    view! {
        <div class="field">
            <span class="label"><span>{name}</span><span class="quiet small">{t!("count-tokens", count = count)}</span></span>
            <div class="chips" dir="auto" data-testid=testid>
                {tokens.into_iter().take(MOST).enumerate().map(chip).collect_view()}
                {(left_out > 0).then(|| view! { <span class="quiet">{t!("data-and-more", number = left_out)}</span> })}
            </div>
        </div>
    }
}

/// Makes the white space of a token visible.
fn visible_blanks(text: &str) -> String {
    text.replace('\n', "\u{21b5}").replace('\t', "\u{21e5}").replace(' ', "\u{00b7}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_can_be_seen() {
        assert_eq!(visible_blanks(" a\n"), "\u{00b7}a\u{21b5}");
    }
}
