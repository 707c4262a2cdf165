//! The page of the export sheet that writes a vector's passport.

use ipc::command::PackVector;
use ipc::files::{FilePurpose, PackedVector};
use ipc::job::JobState;
use ipc::sweep::Sweep;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::chosen_files;
use crate::format;
use crate::state::store;
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
            <p class="quiet small">"One archive or folder with the numbers, how they were made, the measured curves with their intervals, side effects and a model card. Somebody else measures the curves again with tiller-cli verify. Addresses and folders of this machine stay here."</p>
            <PathField label="Archive (.tiller-vector.zip) or new folder" testid="passport-path" path purpose failure
                changed=Callback::new(move |()| drop(done.try_set(None))) />
            <label class="field">
                <span class="label">"Curves of"</span>
                <select data-testid="passport-sweep" on:change=move |event| sweep.set(event_target_value(&event).parse().ok())>
                    <option value="">"The last complete sweep of this vector alone"</option>
                    {sweeps}
                </select>
            </label>
            <label class="field">
                <span class="label">"Licence"</span>
                <input type="text" data-testid="passport-licence" list="passport-licences" autocomplete="off" placeholder="None" prop:value=licence
                    on:input=move |event| licence.set(event_target_value(&event)) />
                <datalist id="passport-licences">{LICENCES.map(|known| view! { <option value=known></option> }).collect_view()}</datalist>
            </label>
            <Checkbox testid="passport-pairs" value=with_pairs label="Add the pairs, and the prompts of the sweep\u{2019}s lists".to_owned() />
            <Checkbox testid="passport-replace" value=replace label="Replace an archive that is there".to_owned() />
            <FailureCard failure />
            {move || done.get().map(|packed| view! { <PackedNote packed /> })}
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="passport-close" on:click=move |_| store.sheet.set(None)>"Close"</button>
                <button class="button primary" type="submit" data-testid="passport-do"
                    disabled=move || is_busy.get() || path.read().trim().is_empty()>"Write passport"</button>
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
            <p>{format!("Written: {}", packed.path)}</p>
            <p class="quiet small">{about}</p>
            <table><tbody>{packed.files.into_iter().map(file).collect_view()}</tbody></table>
        </div>
    }
}

/// Says which curves a passport has.
fn about(packed: &PackedVector) -> String {
    match (packed.sweep, packed.useful_range) {
        (Some(_), Some((from, to))) => format!(
            "With curves; useful from multiplier {} to {}.",
            format::multiplier(from),
            format::multiplier(to)
        ),
        (Some(_), None) => "With curves, in which no useful range was found.".to_owned(),
        (None, _) => {
            "Without curves: no complete sweep has measured this vector alone. Sweep it, and write the passport again."
                .to_owned()
        }
    }
}

/// Returns a sweep's name, or those of its arms.
fn title(sweep: &Sweep) -> String {
    let arms = || sweep.settings.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", ");
    format!("{} (no. {})", sweep.name.clone().unwrap_or_else(arms), sweep.id)
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
