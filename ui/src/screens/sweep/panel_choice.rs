//! The choice of the panel whose numbers, examples and answers are shown.

use leptos::prelude::*;

use super::form::Form;
use super::panels::Panel;
use super::shown_sweeps::ShownSweeps;
use super::view_state::CurvePoint;
use crate::t;
use crate::text::said;

impl Panel {
    /// Returns the name: the score, and the set that it is measured on.
    pub(super) fn name(&self) -> String {
        let score = said(&self.score.name());
        match &self.set {
            Some(set) => t!("sweep-score-of-set", score = score, set = set.clone()),
            None => score,
        }
    }
}

/// Returns the panel that is chosen, else the first.
pub(super) fn chosen_panel(form: Form, shown: ShownSweeps) -> Memo<Option<Panel>> {
    Memo::new(move |_| {
        let panels = shown.panels.read();
        panels.0.get(form.view.panel.get()).or(panels.0.first()).cloned()
    })
}

/// The choice, and how the score is computed.
#[component]
pub(super) fn PanelChoice() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let panel = chosen_panel(form, shown);
    let names = Memo::new(move |_| shown.panels.read().0.iter().map(Panel::name).collect::<Vec<_>>());
    let choose = move |event: leptos::ev::Event| {
        let Ok(at) = event_target_value(&event).parse() else { return };
        view.panel.set(at);
        // The chosen point is the same one under the other score.
        let moved = view.point.get_untracked().and_then(|point| {
            let panels = shown.panels.read_untracked();
            let mut curves = panels.0.get(at)?.curves.iter();
            let (sweep, curve) =
                curves.find(|(sweep, curve)| (*sweep, curve.arm) == (point.sweep, point.curve.arm))?;
            Some(CurvePoint { sweep: *sweep, curve: *curve, multiplier: point.multiplier })
        });
        view.point.set(moved);
    };
    view! {
        <div class="row">
            <Show when=move || { names.read().len() > 1 }>
                <select class="panel-choice" data-testid="sweep-panel" aria-label=t!("sweep-panel-choice") on:change=choose>
                    {move || names.get().into_iter().enumerate().map(|(at, name)| view! {
                        <option value=at.to_string() selected=move || view.panel.get() == at>{name}</option>
                    }).collect_view()}
                </select>
            </Show>
            <span class="quiet small grow">{move || panel.read().as_ref().map(|panel| said(panel.score.formula()))}</span>
        </div>
    }
}
