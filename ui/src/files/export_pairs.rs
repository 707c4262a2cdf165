//! Exporting pairs for other programs.

use ipc::Failure;
use ipc::command::ExportPairs;
use ipc::data::Split;
use ipc::files::{ExportedPairs, FilePurpose, PairFormat};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{PathField, Tick};
use crate::bridge;
use crate::format;
use crate::screens::data::Pairs;
use crate::shell::{FailureCard, SheetFrame};
use crate::state::store;

/// The sheet.
#[component]
pub fn ExportPairsSheet() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let format = RwSignal::new(PairFormat::default());
    let split = RwSignal::new(None::<Split>);
    let tag = RwSignal::new(None::<String>);
    let path = RwSignal::new(String::new());
    let replace = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let done = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let name = move || store.data_set().map(|set| set.name).unwrap_or_default();
    let purpose =
        Callback::new(move |()| FilePurpose::ExportPairs { format: format.get_untracked(), name: name() });
    let export = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(set) = store.data_set() else { return };
        pairs.keep_typed();
        failure.set(None);
        done.set(None);
        is_busy.set(true);
        let request = ExportPairs {
            data_set: set.id,
            split: split.get_untracked(),
            tags: tag.get_untracked().into_iter().collect(),
            path: path.get_untracked(),
            format: format.get_untracked(),
            replace: replace.get_untracked(),
        };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(written) => drop(done.try_set(Some(told(written)))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let choose_format = move |event| {
        let key = event_target_value(&event);
        format.set(PairFormat::ALL.into_iter().find(|known| words(*known).0 == key).unwrap_or_default());
    };
    let choose_split = move |event| {
        split.set(match event_target_value(&event).as_str() {
            "train" => Some(Split::Train),
            "held-out" => Some(Split::HeldOut),
            _ => None,
        });
    };
    view! {
        <SheetFrame label="Export pairs" testid="export-sheet">
            <h2>{move || format!("Export \u{201c}{}\u{201d}", name())}</h2>
            <form class="fields" on:submit=export>
                <div class="three">
                    <label class="field">
                        <span class="label">"Format"</span>
                        <select data-testid="export-format" on:change=choose_format>
                            {PairFormat::ALL.map(|known| view! { <option value=words(known).0>{words(known).1}</option> })}
                        </select>
                    </label>
                    <label class="field">
                        <span class="label">"Pairs"</span>
                        <select data-testid="export-split" on:change=choose_split>
                            <option value="">"All"</option>
                            <option value="train">"Train"</option>
                            <option value="held-out">"Held out"</option>
                        </select>
                    </label>
                    <label class="field">
                        <span class="label">"Tag"</span>
                        <select data-testid="export-tag" on:change=move |event| tag.set(Some(event_target_value(&event)).filter(|tag| !tag.is_empty()))>
                            <option value="">"Any or none"</option>
                            {move || pairs.tags.get().into_iter().map(|(tag, count)| view! { <option value=tag.clone()>{format!("{tag} ({count})")}</option> }).collect_view()}
                        </select>
                    </label>
                </div>
                <p class="quiet small">{move || words(format.get()).2}</p>
                <PathField label="File" testid="export-path" path purpose failure
                    changed=Callback::new(move |()| drop(done.try_set(None))) />
                <Tick testid="export-replace" value=replace label="Replace a file that is there".to_owned() />
                <FailureCard failure />
                <div class="row">
                    <span class="grow" role="status" data-testid="export-done">{done}</span>
                    <button class="button" type="button" data-testid="export-close" on:click=move |_| store.sheet.set(None)>"Close"</button>
                    <button class="button primary" type="submit" data-testid="export-do" disabled=move || is_busy.get() || path.read().trim().is_empty()>"Export"</button>
                </div>
            </form>
        </SheetFrame>
    }
}

/// What was written, and what found no place.
fn told(written: ExportedPairs) -> String {
    let text = format!("{} written.", format::plural(written.pairs as usize, "pair"));
    match written.shortened {
        0 => text,
        1 => format!("{text} 1 has a system prompt or earlier turns, which this format leaves out."),
        many => format!("{text} {many} have a system prompt or earlier turns, which this format leaves out."),
    }
}

/// A format's name in the page, its name for people, and what it keeps.
fn words(format: PairFormat) -> (&'static str, &'static str, &'static str) {
    match format {
        PairFormat::TrlJsonl => (
            "trl-jsonl",
            "TRL, JSON lines",
            "prompt, chosen, rejected; system prompts and earlier turns as messages. Leaves out split, tags and notes.",
        ),
        PairFormat::BipoCsv => (
            "bipo-csv",
            "BiPO, CSV",
            "question, matching, not_matching. Leaves out system prompts, earlier turns, split, tags and notes.",
        ),
        PairFormat::TrlParquet => (
            "trl-parquet",
            "TRL, Parquet",
            "prompt, chosen, rejected. Leaves out system prompts, earlier turns, split, tags and notes.",
        ),
        PairFormat::TillerJsonl => (
            "tiller-jsonl",
            "Tiller, JSON lines",
            "Keeps everything: split, tags, notes, system prompts and earlier turns.",
        ),
    }
}
