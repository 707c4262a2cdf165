//! The page of the export sheet that bakes a vector into copies of a model, and shows the proof of each.

mod copies;
mod planned;

use ipc::bake::{BakePlan, MOST_STRENGTHS};
use ipc::command::{ListBakes, PlanBake, StartBake};
use ipc::files::{FilePurpose, FileRef};
use ipc::model::Model;
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::chosen_files;
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::widgets::{Checkbox, FailureCard, FaultNote, FieldFaults, PathField, TypedField};
use copies::BakedCopies;
pub(super) use copies::{gap, perplexity, under_way};
use planned::PlannedCopies;

/// Bakes a vector into copies of a model.
#[component]
pub(super) fn IntoModelPage(
    /// The vector.
    id: Id,
) -> impl IntoView {
    let store = store();
    let vector = store.vectors.read_untracked().iter().find(|vector| vector.id == id).cloned();
    let model = RwSignal::new(vector.as_ref().map(|vector| vector.model).unwrap_or_default());
    let strengths = RwSignal::new("1".to_owned());
    let path = RwSignal::new(String::new());
    let replace = RwSignal::new(false);
    let same_model = RwSignal::new(false);
    let plan = RwSignal::new(None::<Result<BakePlan, Failure>>);
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let multipliers = Memo::new(move |_| read_strengths(&strengths.read()));
    let own = vector.as_ref().map(|vector| vector.model);
    let fitting = vector.clone();
    let models = Memo::new(move |_| {
        let models = store.models.read();
        fitting.as_ref().map(|vector| fitting_models(vector, &models)).unwrap_or_default()
    });
    spawn_local(async move {
        if let Ok(bakes) = bridge::call(ListBakes { vector: id }).await {
            store.bakes.try_set(bakes);
        }
    });
    plan_again(id, model, multipliers, path, plan);
    let purpose = Callback::new(move |()| {
        let plan = plan.get_untracked().and_then(Result::ok);
        let (name, is_folder) = plan.map(|plan| (plan.name, plan.is_folder)).unwrap_or_default();
        FilePurpose::BakeModel { name, is_folder }
    });
    let has_other_weights = move || {
        let is_known = matches!(&*plan.read(), Some(Ok(plan)) if plan.other_weights);
        is_known || own.is_some_and(|own| own != model.get())
    };
    let is_possible = move || {
        matches!(&*plan.read(), Some(Ok(plan)) if plan.refusal.is_none()) && !path.read().trim().is_empty()
    };
    let bake = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(multipliers) = multipliers.get_untracked() else { return };
        failure.set(None);
        is_busy.set(true);
        let request = StartBake {
            vector: id,
            model: model.get_untracked(),
            multipliers,
            file: chosen_files::to_write(&path.get_untracked()),
            replace: replace.get_untracked(),
            other_weights: same_model.get_untracked(),
        };
        spawn_local(async move {
            failure.try_set(bridge::call(request).await.err());
            is_busy.try_set(false);
        });
    };
    let faults = FieldFaults::provide();
    let wrong = Signal::derive(move || multipliers.get().err());
    let options = move || {
        let option = |(id, name): (Id, String)| {
            view! { <option value=id.to_string() selected=move || model.get() == id>{name}</option> }
        };
        models.get().into_iter().map(option).collect_view()
    };
    view! {
        <form class="fields" on:submit=bake>
            <p class="quiet small">{t!("files-bake-intro")}</p>
            <label class="field">
                <span class="label">{t!("model")}</span>
                <select data-testid="bake-model" aria-label=t!("model") on:change=move |event| if let Ok(chosen) = event_target_value(&event).parse() { model.set(chosen) }>{options}</select>
            </label>
            <TypedField label=t!("files-bake-multipliers") testid="bake-multipliers" value=strengths fault=wrong />
            <PathField label=t!("files-bake-copy") testid="bake-path" path purpose failure />
            {move || plan.get().map(|plan| view! { <PlannedCopies plan /> })}
            <Show when=has_other_weights>
                <Checkbox testid="bake-same" value=same_model label=t!("files-bake-same") />
            </Show>
            <Show when=move || matches!(&*multipliers.read(), Ok(numbers) if numbers.len() == 1)>
                <Checkbox testid="bake-replace" value=replace label=t!("replace-file") />
            </Show>
            <FailureCard failure />
            <FaultNote faults />
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="bake-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                <button class="button primary" type="submit" data-testid="bake-do" disabled=move || is_busy.get() || faults.are_there() || !is_possible()>{t!("files-bake-do")}</button>
            </div>
        </form>
        <BakedCopies vector=id />
    }
}

/// Asks what would be written whenever the model, the strengths or the path change.
fn plan_again(
    vector: Id,
    model: RwSignal<Id>,
    multipliers: Memo<Result<Vec<f64>, String>>,
    path: RwSignal<String>,
    plan: RwSignal<Option<Result<BakePlan, Failure>>>,
) {
    let latest = Latest::new();
    Effect::new(move |_| {
        let turn = latest.begin();
        let Ok(multipliers) = multipliers.get() else { return plan.set(None) };
        // Only what was chosen in the dialog can be looked at; a typed path is confirmed when the work begins.
        let path = path.get();
        let (file, name) = match chosen_files::to_write(&path) {
            chosen @ FileRef::Chosen { .. } => (Some(chosen), None),
            FileRef::Typed { .. } => (None, typed_name(&path)),
        };
        let request = PlanBake { vector, model: model.get(), multipliers, file, name };
        spawn_local(async move {
            let found = bridge::call(request).await;
            if turn.is_current() {
                plan.set(Some(found));
            }
        });
    });
}

/// Returns the last part of a path that was typed.
fn typed_name(path: &str) -> Option<String> {
    path.trim().rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Reads the strengths.
fn read_strengths(text: &str) -> Result<Vec<f64>, String> {
    let numbers = format::read_multipliers(text)?;
    if numbers.len() > MOST_STRENGTHS {
        return Err(t!("files-bake-too-many", most = MOST_STRENGTHS));
    }
    Ok(numbers)
}

/// Returns the models that a vector fits: its own one first, then those of its size.
fn fitting_models(vector: &Vector, models: &[Model]) -> Vec<(Id, String)> {
    let fits = |model: &&Model| {
        let last = vector.layers.iter().max().copied().unwrap_or_default();
        model.facts.as_ref().is_some_and(|facts| facts.hidden_size == vector.size && last < facts.blocks)
    };
    let own = models.iter().filter(|model| model.id == vector.model);
    let own = own.map(|model| (model.id, t!("files-bake-own-model", name = model.name.clone())));
    let others = models.iter().filter(|model| model.id != vector.model).filter(fits);
    own.chain(others.map(|model| (model.id, model.name.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_three_strengths_are_read() {
        assert_eq!(read_strengths("2 -1 1"), Ok(vec![-1.0, 1.0, 2.0]));
        assert_eq!(read_strengths("0,5"), Ok(vec![0.5]));
        assert!(read_strengths("1 2 3 4").is_err_and(|wrong| wrong.contains("At most 3")));
        assert_eq!(typed_name(" /out/happy.gguf "), Some("happy.gguf".into()));
        assert_eq!((typed_name("/out/"), typed_name("")), (None, None));
        assert!(read_strengths("much").is_err() && read_strengths("").is_err());
    }
}
