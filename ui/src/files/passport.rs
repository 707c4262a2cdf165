//! The page of the export sheet that writes a vector's passport.

use ipc::command::PackVector;
use ipc::files::{FilePurpose, PackedVector};
use ipc::job::JobState;
use ipc::sweep::{PromptSet, Sweep};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::chosen_files;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::{Checkbox, FailureCard, PathField};

/// The licences that the field suggests.
pub(super) const LICENCES: [&str; 6] =
    ["CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0", "MIT", "Apache-2.0"];

/// Writes a passport: the numbers with what makes them trustworthy.
#[component]
pub(super) fn PassportPage(
    /// The vector.
    id: Id,
    /// Its name.
    name: Memo<String>,
) -> impl IntoView {
    let store = store();
    let path = RwSignal::new(String::new());
    let licence = RwSignal::new(String::new());
    let with_pairs = RwSignal::new(false);
    let replace = RwSignal::new(false);
    let sweep = RwSignal::new(None::<Id>);
    let failure = RwSignal::new(None::<Failure>);
    let done = RwSignal::new(None::<PackedVector>);
    let is_busy = RwSignal::new(false);
    let purpose = Callback::new(move |()| FilePurpose::PackVector { name: name.get_untracked() });
    let pack = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        done.set(None);
        is_busy.set(true);
        let request = PackVector {
            vector: id,
            file: chosen_files::to_write(&path.get_untracked()),
            sweep: sweep.get_untracked(),
            with_pairs: with_pairs.get_untracked(),
            licence: licence.get_untracked(),
            replace: replace.get_untracked(),
        };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(packed) => drop(done.try_set(Some(packed))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let sweeps = move || {
        let all = store.sweeps.read();
        let of_vector = all.iter().filter(|sweep| sweep.uses(id) && sweep.state == JobState::Done);
        of_vector
            .map(|sweep| view! { <option value=sweep.id.to_string()>{title(sweep)}</option> })
            .collect_view()
    };
    view! {
        <form class="fields" on:submit=pack>
            <p class="quiet small">{t!("files-passport-intro")}</p>
            <PathField label=t!("files-passport-path") testid="passport-path" path purpose failure
                changed=Callback::new(move |()| drop(done.try_set(None))) />
            <label class="field">
                <span class="label">{t!("files-passport-curves")}</span>
                <select data-testid="passport-sweep" aria-label=t!("files-passport-curves") on:change=move |event| sweep.set(event_target_value(&event).parse().ok())>
                    <option value="">{t!("files-passport-last-sweep")}</option>
                    {sweeps}
                </select>
            </label>
            <label class="field">
                <span class="label">{t!("files-licence")}</span>
                <input type="text" data-testid="passport-licence" aria-label=t!("files-licence") list="passport-licences" autocomplete="off" placeholder=t!("none") prop:value=licence
                    on:input=move |event| licence.set(event_target_value(&event)) />
                <datalist id="passport-licences">{LICENCES.map(|known| view! { <option value=known></option> }).collect_view()}</datalist>
            </label>
            <Checkbox testid="passport-pairs" value=with_pairs label=t!("files-add-pairs") />
            <Checkbox testid="passport-replace" value=replace label=t!("files-passport-replace") />
            <FailureCard failure />
            {move || done.get().map(|packed| view! { <PackedNote packed /> })}
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="passport-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                <button class="button primary" type="submit" data-testid="passport-do"
                    disabled=move || is_busy.get() || path.read().trim().is_empty()>{t!("files-passport-do")}</button>
            </div>
        </form>
    }
}

/// Says what is in the passport.
#[component]
fn PackedNote(packed: PackedVector) -> impl IntoView {
    let about = about(&packed);
    let file = |file: ipc::files::PackedFile| {
        view! { <tr><td>{file.name}</td><td class="number">{format::bytes(file.bytes)}</td></tr> }
    };
    view! {
        <div role="status" data-testid="passport-done">
            <p>{t!("files-written", path = packed.path)}</p>
            <p class="quiet small">{about}</p>
            <table><tbody>{packed.files.into_iter().map(file).collect_view()}</tbody></table>
        </div>
    }
}

/// Says which curves a passport has.
fn about(packed: &PackedVector) -> String {
    match (packed.sweep, packed.useful_range) {
        (Some(_), Some((from, to))) => {
            t!("files-passport-useful", from = format::multiplier(from), to = format::multiplier(to))
        }
        (Some(_), None) => t!("files-passport-not-useful"),
        (None, _) => t!("files-passport-no-curves"),
    }
}

/// Returns a sweep as the list of sweeps has it: its title, what it is measured on, and when.
fn title(sweep: &Sweep) -> String {
    let sets: Vec<&str> = sweep.settings.sets.iter().map(PromptSet::name).collect();
    let (name, when) = (crate::screens::sweep::title(sweep), format::date(sweep.created));
    match sets.as_slice() {
        [] => t!("files-passport-sweep", name = name, when = when),
        sets => {
            t!("files-passport-sweep-on", name = name, sets = sets.join(&t!("list-separator")), when = when)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passport_says_whether_it_has_curves() {
        let packed =
            |sweep, useful_range| PackedVector { path: "a".into(), files: vec![], sweep, useful_range };
        assert!(about(&packed(None, None)).contains("Without curves"));
        assert!(about(&packed(Some(1), None)).contains("no useful range"));
        assert!(about(&packed(Some(1), Some((-1.0, 2.0)))).contains("to +2."));
    }
}
