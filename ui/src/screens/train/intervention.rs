//! The view of the intervention: on which tokens a vector acts, what it does there, and how strongly.

use ipc::analysis::{Finding, Question};
use ipc::command::{ListPairs, PreviewTokens, SetIntervention};
use ipc::steering::{Intervention, InterventionOp, Positions, TokenPreview};
use ipc::vector::Vector;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::option_key::OptionKey;
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::FieldFaults;
use crate::widgets::NumberField;
use crate::widgets::SelectField;
use crate::widgets::Term;
use crate::widgets::VectorChoice;
use crate::widgets::analysis::{AnalysisState, ask, in_use, is_open, newest};
use crate::widgets::forget_with;

/// The multipliers that are measured at first.
const MULTIPLIERS: [f64; 8] = [-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0];

/// The tab "Where it is applied".
#[component]
pub(super) fn InterventionView() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    // What is wrong here is nothing to the settings on the left.
    let _ = FieldFaults::provide();
    let vector = Memo::new(move |_| store.vector());
    let is_adapter =
        Memo::new(move |_| vector.read().as_ref().is_some_and(|vector| vector.adapter.is_some()));
    let makes_adapter = Memo::new(move |_| form.get(|settings| settings.method.makes_adapter()));
    view! {
        <h2><Term name="Intervention" text=t!("train-where-it-acts") /></h2>
        <Show when=move || !makes_adapter.get() fallback=|| view! {
            <p class="quiet">{t!("train-acts-makes-adapter")}</p>
        }>
            <Preview />
        </Show>
        <Show when=move || vector.read().is_some() fallback=|| view! {
            <p class="quiet">{t!("train-acts-no-vector")}</p>
        }>
            <Show when=move || !is_adapter.get() fallback=|| view! {
                <label class="field narrow-field"><span class="label">{t!("vector")}</span><VectorChoice /></label>
                <p class="quiet" data-testid="intervention-adapter">{t!("train-acts-is-adapter")}</p>
            }>
                <VectorIntervention vector />
            </Show>
            <Strength vector />
        </Show>
    }
}

/// Shows on which tokens of a pair the vector acts, with the positions of the settings.
#[component]
fn Preview() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let tokens = RwSignal::new(Vec::<TokenPreview>::new());
    let failure = RwSignal::new(None::<String>);
    let about = Memo::new(move |_| {
        let set = store.data_set().filter(|_| store.model_is_ready())?;
        let settings = form.settings.read();
        settings.as_ref().map(|settings| (set.id, settings.system_prompt.clone(), settings.positions))
    });
    forget_with(failure, move || about.get());
    let latest = Latest::new();
    Effect::new(move |_| {
        let turn = latest.begin();
        let Some((data_set, system_prompt, on)) = about.get() else { return };
        spawn_local(async move {
            let found = async {
                let pairs = bridge::call(ListPairs { data_set }).await?;
                let Some(pair) = pairs.into_iter().next() else { return Ok(vec![]) };
                bridge::call(PreviewTokens { content: pair.content, system_prompt, on }).await
            };
            let found = found.await;
            if !turn.is_current() {
                return;
            }
            match found {
                Ok(found) => {
                    failure.set(None);
                    tokens.set(found);
                }
                Err(refused) => failure.set(Some(refused.message)),
            }
        });
    });
    let counts = move || {
        let tokens = tokens.read();
        let steered = tokens.iter().filter(|token| token.is_steered).count();
        let scored = tokens.iter().filter(|token| token.is_scored).count();
        t!("train-acts-counts", tokens = tokens.len(), steered = steered, scored = scored)
    };
    let on = Signal::derive(move || form.get(|settings| settings.positions).key());
    view! {
        <div class="two">
            <SelectField label=t!("train-acts-in-training") line=t!("train-acts-in-training-hint") testid="intervention-positions"
                choices=Positions::ALL.into_iter().map(|on| (on.key(), format::positions_name(on))).collect() value=on
                set=Callback::new(move |key: String| form.change(|settings| settings.positions = Positions::from_key(&key))) />
            <p class="quiet small">
                {t!("train-acts-preview")}
                <span class="token steered">{t!("train-acts-underlined")}</span>{t!("train-acts-underlined-after")}
                <span class="token scored">{t!("train-acts-shaded")}</span>{t!("train-acts-shaded-after")}
            </p>
        </div>
        {move || failure.get().map(|failure| view! { <p class="warning small">{said(&failure)}</p> })}
        <Show when=move || !tokens.read().is_empty()>
            <div class="tokens" data-testid="token-preview" tabindex="0" dir="auto">
                {move || {
                    let all = tokens.get();
                    let first = all.iter().position(|token| token.is_scored);
                    all.into_iter().enumerate().map(|(place, token)| {
                        let is_first = first == Some(place);
                        view! {
                            <span class="token" class:steered=token.is_steered class:scored=token.is_scored class:special=token.is_special class:first=is_first
                                title=if is_first { t!("train-acts-first-scored") } else { String::new() }>{visible_blanks(&token.text)}</span>
                        }
                    }).collect_view()
                }}
            </div>
            <p class="quiet small" data-testid="token-counts">{counts}</p>
        </Show>
    }
}

/// Makes the white space of a token visible.
fn visible_blanks(text: &str) -> String {
    text.replace('\n', "\u{21b5}\n").replace('\t', "\u{21e5}")
}

/// The fields that change what a vector does, and on which positions.
#[component]
fn VectorIntervention(vector: Memo<Option<Vector>>) -> impl IntoView {
    let store = store();
    let intervention =
        Memo::new(move |_| vector.read().as_ref().map(|vector| vector.intervention).unwrap_or_default());
    let change = move |change: &dyn Fn(&mut Intervention)| {
        let Some(vector) = vector.get_untracked() else { return };
        let mut intervention = vector.intervention;
        change(&mut intervention);
        store.send(SetIntervention { vector: vector.id, intervention });
    };
    let how = Signal::derive(move || match intervention.get().op {
        InterventionOp::Add => "add",
        InterventionOp::ProjectOut => "project-out",
        InterventionOp::Cap { .. } => "cap",
    });
    let cap = Signal::derive(move || match intervention.get().op {
        InterventionOp::Cap { at } => at,
        _ => 0.0,
    });
    view! {
        <h3>{t!("train-acts-vector-heading")}</h3>
        <label class="field narrow-field"><span class="label">{t!("vector")}</span><VectorChoice /></label>
        <div class="three top">
            <SelectField label=t!("train-acts-on") line=t!("train-acts-vector-on-hint") testid="vector-on"
                choices=Positions::ALL.into_iter().map(|on| (on.key(), format::positions_name(on))).collect()
                value=Signal::derive(move || intervention.get().positions.key())
                set=Callback::new(move |key: String| change(&|intervention| intervention.positions = Positions::from_key(&key))) />
            <SelectField label=t!("train-acts-op") term="Intervention" line=t!("train-acts-op-hint") testid="vector-how"
                choices=vec![("add", t!("train-acts-add")), ("project-out", t!("train-acts-project-out")), ("cap", t!("train-acts-cap"))]
                value=how
                set=Callback::new(move |key: String| change(&|intervention| intervention.op = match key.as_str() {
                    "project-out" => InterventionOp::ProjectOut,
                    "cap" => InterventionOp::Cap { at: 0.0 },
                    _ => InterventionOp::Add,
                })) />
            <Show when=move || matches!(intervention.get().op, InterventionOp::Cap { .. })>
                <NumberField label=t!("train-acts-cap-at") term="Cap" hint=t!("train-acts-cap-at-hint") testid="vector-cap" value=cap when_left=true
                    set=Callback::new(move |at: f64| change(&|intervention| intervention.op = InterventionOp::Cap { at })) />
            </Show>
        </div>
        {move || vector.get().and_then(|vector| format::intervention_mismatch(&vector)).map(|warning| view! {
            <p class="warning" data-testid="intervention-mismatch">{warning}</p>
        })}
    }
}

/// Shows the strength of a vector in units that can be compared between vectors.
#[component]
fn Strength(vector: Memo<Option<Vector>>) -> impl IntoView {
    let store = store();
    let failure = RwSignal::new(None);
    forget_with(failure, move || (in_use(store), vector.read().as_ref().map(|vector| vector.id)));
    let analysis = Memo::new(move |_| {
        let id = vector.read().as_ref()?.id;
        newest(
            store,
            |analysis| matches!(analysis.question, Question::Strength { vector, .. } if vector == id),
        )
    });
    let start = move |_| {
        if let Some(vector) = vector.get_untracked() {
            ask(store, Question::Strength { vector: vector.id, multipliers: MULTIPLIERS.to_vec() }, failure);
        }
    };
    let rows = move || {
        let analysis = analysis.read();
        let findings = analysis.as_ref().map(|analysis| analysis.findings.as_slice()).unwrap_or_default();
        let strength = |finding: &Finding| match finding {
            Finding::Strength { multiplier, share, divergence } => Some((*multiplier, *share, *divergence)),
            _ => None,
        };
        findings.iter().filter_map(strength).collect::<Vec<_>>()
    };
    view! {
        <div class="row wrap">
            <h3 class="grow">{t!("train-strength")}</h3>
            <button class="button" data-testid="strength-start" disabled=move || is_open(analysis.read().as_ref()) on:click=start>{t!("train-strength-measure")}</button>
        </div>
        <p class="quiet small">{t!("train-strength-note")}</p>
        <AnalysisState analysis failure />
        <Show when=move || !rows().is_empty()>
            <div class="table-box"><table data-testid="strength-table">
                <thead><tr><th class="number"><Term name="Multiplier" /></th><th class="number"><Term name="Norm" text=t!("train-strength-added-norm") />{t!("train-strength-of-the")}<Term name="Residual stream" text=t!("train-strength-residual") /></th><th class="number"><Term name="Divergence" text="KL" />{t!("train-strength-kl-unit")}<Term name="Nats" text=t!("train-nats") />{t!("train-strength-per-token")}</th></tr></thead>
                <tbody>{move || rows().into_iter().map(|(multiplier, share, divergence)| view! {
                    <tr>
                        <td class="number">{format::multiplier(multiplier)}</td>
                        <td class="number">{share.map_or("\u{2013}".into(), format::percent)}</td>
                        <td class="number">{format::number(divergence, 3)}</td>
                    </tr>
                }).collect_view()}</tbody>
            </table></div>
        </Show>
    }
}
