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
use crate::widgets::NumberField;
use crate::widgets::SelectField;
use crate::widgets::Term;
use crate::widgets::VectorChoice;
use crate::widgets::analysis::{AnalysisState, ask, is_open, newest};

/// The multipliers that are measured at first.
const MULTIPLIERS: [f64; 8] = [-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0];

/// The tab "Where it acts".
#[component]
pub(super) fn InterventionView() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let vector = Memo::new(move |_| store.vector());
    let is_adapter =
        Memo::new(move |_| vector.read().as_ref().is_some_and(|vector| vector.adapter.is_some()));
    let makes_adapter = Memo::new(move |_| form.get(|settings| settings.method.makes_adapter()));
    view! {
        <h2><Term name="Intervention" text="Where it acts" /></h2>
        <Show when=move || !makes_adapter.get() fallback=|| view! {
            <p class="quiet">"The method in the settings trains an adapter, which acts on every token."</p>
        }>
            <Preview />
        </Show>
        <Show when=move || vector.read().is_some() fallback=|| view! {
            <p class="quiet">"Once there is a vector, what it does is set here, and its strength measured."</p>
        }>
            <Show when=move || !is_adapter.get() fallback=|| view! {
                <p class="quiet" data-testid="intervention-adapter">"The vector in use is an adapter: it adds to the weights of every block at every token, so there is nothing to choose."</p>
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
        format!(
            "{} of {} get the vector; {} are scored.",
            steered,
            format::plural(tokens.len(), "token"),
            scored
        )
    };
    let on = Signal::derive(move || form.get(|settings| settings.positions).key());
    view! {
        <div class="two">
            <SelectField label="In training" line="Chosen in the settings; kept with the vector" testid="intervention-positions"
                choices=Positions::ALL.into_iter().map(|on| (on.key(), format::positions_name(on))).collect() value=on
                set=Callback::new(move |key: String| form.change(|settings| settings.positions = Positions::from_key(&key))) />
            <p class="quiet small">
                "The first pair of the data set with its wanted answer, as the model reads it: chat template, system prompt and all. "
                <span class="token steered">"Underlined"</span>" tokens get the vector, "
                <span class="token scored">"shaded"</span>" ones are scored, special ones are grey."
            </p>
        </div>
        {move || failure.get().map(|failure| view! { <p class="warning small">{failure}</p> })}
        <Show when=move || !tokens.read().is_empty()>
            <div class="tokens" data-testid="token-preview" tabindex="0" dir="auto">
                {move || {
                    let all = tokens.get();
                    let first = all.iter().position(|token| token.is_scored);
                    all.into_iter().enumerate().map(|(place, token)| {
                        let is_first = first == Some(place);
                        view! {
                            <span class="token" class:steered=token.is_steered class:scored=token.is_scored class:special=token.is_special class:first=is_first
                                title=if is_first { "the first token that is scored" } else { "" }>{visible_blanks(&token.text)}</span>
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
        <h3>"A vector from now on"</h3>
        <label class="field narrow-field"><span class="label">"Vector"</span><VectorChoice /></label>
        <div class="three top">
            <SelectField label="Acts on" line="In Chat and in new sweeps" testid="vector-on"
                choices=Positions::ALL.into_iter().map(|on| (on.key(), format::positions_name(on))).collect()
                value=Signal::derive(move || intervention.get().positions.key())
                set=Callback::new(move |key: String| change(&|intervention| intervention.positions = Positions::from_key(&key))) />
            <SelectField label="What it does" term="Intervention" line=op_note(intervention) testid="vector-how"
                choices=vec![("add", "Add"), ("project-out", "Project out"), ("cap", "Cap the projection")]
                value=how
                set=Callback::new(move |key: String| change(&|intervention| intervention.op = match key.as_str() {
                    "project-out" => InterventionOp::ProjectOut,
                    "cap" => InterventionOp::Cap { at: 0.0 },
                    _ => InterventionOp::Add,
                })) />
            <Show when=move || matches!(intervention.get().op, InterventionOp::Cap { .. })>
                <NumberField label="Cap" term="Cap" hint="The largest projection that is left" testid="vector-cap" value=cap
                    set=Callback::new(move |at: f64| change(&|intervention| intervention.op = InterventionOp::Cap { at })) />
            </Show>
        </div>
        {move || vector.get().and_then(|vector| format::intervention_mismatch(&vector)).map(|warning| view! {
            <p class="warning" data-testid="intervention-mismatch">{warning}</p>
        })}
    }
}

/// Returns a line that explains the ops.
fn op_note(_acts: Memo<Intervention>) -> &'static str {
    "Add: multiplier times vector. Project out: its direction goes. Cap: what lies too far along it goes."
}

/// Shows the strength of a vector in units that can be compared between vectors.
#[component]
fn Strength(vector: Memo<Option<Vector>>) -> impl IntoView {
    let store = store();
    let failure = RwSignal::new(None);
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
            <h3 class="grow">"How strong it is"</h3>
            <button class="button" data-testid="strength-start" disabled=move || is_open(analysis.read().as_ref()) on:click=start>"Measure"</button>
        </div>
        <p class="quiet small">"A multiplier is in units of the vector\u{2019}s own norm, so +1 means something else for every vector. What compares: the added norm against the residual stream\u{2019}s at that layer, and how far the model\u{2019}s predictions move (KL from the unsteered model, mean over the held-out answers\u{2019} tokens)."</p>
        <AnalysisState analysis failure />
        <Show when=move || !rows().is_empty()>
            <div class="table-box"><table data-testid="strength-table">
                <thead><tr><th class="number"><Term name="Multiplier" /></th><th class="number"><Term name="Norm" text="Added norm" />" of the "<Term name="Residual stream" text="residual" /></th><th class="number"><Term name="Divergence" text="KL" />", "<Term name="Nats" text="nats" />" a token"</th></tr></thead>
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
