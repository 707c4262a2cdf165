//! The logit lens: the tokens that the chosen vector points to, through the model's final norm and output head.

use ipc::command::ReadLogitLens;
use ipc::derive::{LensToken, LogitLens};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::actions::Screen;
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::Term;

/// The tab "Nearest words".
#[component]
pub(super) fn LogitLensView(id: Id) -> impl IntoView {
    let store = store();
    let vector = Memo::new(move |_| store.vectors.read().iter().find(|vector| vector.id == id).cloned());
    let chosen = RwSignal::new(None::<u32>);
    let found = RwSignal::new(None::<Result<LogitLens, Failure>>);
    // The lens is read again for another layer, and when the model has been loaded.
    let asked = Memo::new(move |_| {
        let hash = vector.read().as_ref().map(|vector| vector.hash.clone());
        (hash, chosen.get(), store.model_is_ready(), store.model().map(|model| model.id))
    });
    let latest = Latest::new();
    Effect::new(move |_| {
        let (_, layer, ..) = asked.get();
        let turn = latest.begin();
        spawn_local(async move {
            let answer = bridge::call(ReadLogitLens { vector: id, layer }).await;
            if turn.is_current() {
                found.try_set(Some(answer));
            }
        });
    });
    let layers = move || vector.read().as_ref().map(|vector| vector.layers.clone()).unwrap_or_default();
    view! {
        <div class="row wrap">
            <h2 class="grow"><Term name="Logit lens" text=t!("vectors-nearest-words") /></h2>
            <Show when=move || { layers().len() > 1 }>
                <label class="row"><span class="quiet"><Term name="Layer" text=t!("layer") /></span>
                    <select class="narrow" data-testid="lens-layer" on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                        {move || layers().into_iter().map(|layer| view! { <option value=layer.to_string()>{layer}</option> }).collect_view()}
                    </select>
                </label>
            </Show>
        </div>
        <p class="quiet small">{t!("vectors-lens-about")}</p>
        {move || match found.get() {
            None => view! { <p class="quiet">{t!("vectors-lens-reading")}</p> }.into_any(),
            Some(Err(refused)) => view! {
                <div class="stack" data-testid="lens-refused"><p>{said(&refused.message)}</p>
                    {refused.next.map(|next| view! { <p class="quiet small">{said(&next)}</p> })}
                    <button class="link" on:click=move |_| store.go(Screen::Models)>{t!("go-to-models")}</button></div>
            }.into_any(),
            Some(Ok(lens)) => view! {
                <div class="two top">
                    <TokenList title=t!("vectors-lens-along") testid="lens-along" words=lens.along />
                    <TokenList title=t!("vectors-lens-against") testid="lens-against" words=lens.against />
                </div>
            }.into_any(),
        }}
    }
}

#[component]
fn TokenList(title: String, testid: &'static str, words: Vec<LensToken>) -> impl IntoView {
    let row = |word: LensToken| {
        view! {
            <tr data-testid=testid><td><span class="token" title=t!("vectors-lens-token", id = word.id) dir="auto">{visible_blanks(&word.text)}</span></td>
                <td class="number">{format::signed(word.logit, 2)}</td></tr>
        }
    };
    view! {
        <div class="table-box" tabindex="0"><table>
            <thead><tr><th>{title}</th><th class="number">{t!("vectors-lens-logit")}</th></tr></thead>
            <tbody>{words.into_iter().map(row).collect_view()}</tbody>
        </table></div>
    }
}

/// Makes the white space of a token visible.
fn visible_blanks(text: &str) -> String {
    text.replace('\n', "\u{21b5}").replace('\t', "\u{21e5}").replace(' ', "\u{2423}")
}
