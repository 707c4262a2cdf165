//! The sheet that exports pairs for other programs.

use ipc::Failure;
use ipc::command::ExportPairs;
use ipc::data::Split;
use ipc::files::{ExportedPairs, FilePurpose, PairFormat};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::chosen_files;
use crate::format;
use crate::screens::data::Pairs;
use crate::state::store;
use crate::t;
use crate::widgets::{Checkbox, PathField};
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that exports pairs.
#[component]
pub fn ExportPairsSheet() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    let format = RwSignal::new(PairFormat::default());
    let split = RwSignal::new(None::<Split>);
    let tags = RwSignal::new(Vec::<String>::new());
    let everything = RwSignal::new(true);
    let path = RwSignal::new(String::new());
    let guard_formulas = RwSignal::new(false);
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
        pairs.save_typed();
        failure.set(None);
        done.set(None);
        is_busy.set(true);
        let request = ExportPairs {
            data_set: set.id,
            split: split.get_untracked(),
            tags: tags.get_untracked(),
            file: chosen_files::to_write(&path.get_untracked()),
            format: format.get_untracked(),
            everything: everything.get_untracked(),
            guard_formulas: guard_formulas.get_untracked(),
            replace: replace.get_untracked(),
        };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(written) => drop(done.try_set(Some(written_note(written)))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let choose_format = move |event| {
        let key = event_target_value(&event);
        format
            .set(PairFormat::ALL.into_iter().find(|known| format_names(*known).0 == key).unwrap_or_default());
    };
    let choose_split = move |event| {
        split.set(match event_target_value(&event).as_str() {
            "train" => Some(Split::Train),
            "held-out" => Some(Split::HeldOut),
            _ => None,
        });
    };
    view! {
        <SheetFrame label=t!("files-export-pairs") testid="export-sheet">
            <h2>{move || t!("files-export-name", name = name())}</h2>
            <form class="fields" on:submit=export>
                <div class="two">
                    <label class="field">
                        <span class="label">{t!("files-export-format")}</span>
                        <select data-testid="export-format" aria-label=t!("files-export-format") on:change=choose_format>
                            {PairFormat::ALL.map(|known| view! { <option value=format_names(known).0>{format_names(known).1}</option> })}
                        </select>
                    </label>
                    <label class="field">
                        <span class="label">{t!("pairs")}</span>
                        <select data-testid="export-split" aria-label=t!("pairs") on:change=choose_split>
                            <option value="">{t!("files-export-all")}</option>
                            <option value="train">{t!("files-export-train")}</option>
                            <option value="held-out">{t!("held-out")}</option>
                        </select>
                    </label>
                </div>
                <Show when=move || !pairs.tags.read().is_empty()>
                    <div class="field">
                        <span class="label"><span>{t!("files-export-tags")}" "<span class="quiet">{move || if tags.read().is_empty() { t!("files-export-tags-none") } else { t!("files-export-tags-some") }}</span></span></span>
                        <div class="row wrap tag-choice" role="group" aria-label=t!("files-export-tags-label")>
                            {move || pairs.tags.get().into_iter().map(|(tag, count)| view! { <TagChip tag count chosen=tags /> }).collect_view()}
                        </div>
                    </div>
                </Show>
                <Show when=move || format.get() != PairFormat::TillerJsonl>
                    <Checkbox testid="export-everything" value=everything label=t!("files-export-everything") />
                </Show>
                <Show when=move || format.get() == PairFormat::BipoCsv>
                    <Checkbox testid="export-guard" value=guard_formulas label=t!("files-export-guard") />
                </Show>
                <p class="quiet small" data-testid="export-keeps">{move || columns_note(format.get(), everything.get(), guard_formulas.get())}</p>
                <PathField label=t!("file") testid="export-path" path purpose failure
                    changed=Callback::new(move |()| drop(done.try_set(None))) />
                <Checkbox testid="export-replace" value=replace label=t!("replace-file") />
                <FailureCard failure />
                <div class="row">
                    <span class="grow" role="status" data-testid="export-done">{done}</span>
                    <button class="button" type="button" data-testid="export-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                    <button class="button primary" type="submit" data-testid="export-do" disabled=move || is_busy.get() || path.read().trim().is_empty()>{t!("export")}</button>
                </div>
            </form>
        </SheetFrame>
    }
}

/// A tag to export, or not.
#[component]
fn TagChip(tag: String, count: u32, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let (name, title) = (StoredValue::new(tag.clone()), tag.clone());
    let is_chosen = move || name.with_value(|name| chosen.read().contains(name));
    let toggle = move |_| {
        let name = name.get_value();
        chosen.update(|chosen| match chosen.iter().position(|other| *other == name) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(name),
        });
    };
    view! {
        <button class="tag" type="button" data-testid="export-tag" title=title aria-pressed=move || is_chosen().to_string() on:click=toggle>
            <span class="ellipsis">{tag}</span> <span class="quiet">{format::whole(count)}</span>
        </button>
    }
}

/// Returns a sentence on what was written, and on what the format has no place for.
fn written_note(written: ExportedPairs) -> String {
    let text = t!("files-exported-pairs", count = written.pairs);
    match written.shortened {
        0 => text,
        count => t!("files-exported-shortened", written = text, count = count),
    }
}

/// Returns the key of a format in the page, and its name for people.
fn format_names(format: PairFormat) -> (&'static str, String) {
    match format {
        PairFormat::TrlJsonl => ("trl-jsonl", t!("files-format-trl-jsonl")),
        PairFormat::BipoCsv => ("bipo-csv", t!("files-format-bipo-csv")),
        PairFormat::TrlParquet => ("trl-parquet", t!("files-format-trl-parquet")),
        PairFormat::TillerJsonl => ("tiller-jsonl", t!("files-format-tiller-jsonl")),
    }
}

/// A sentence on the columns of a format, and on what it leaves out.
fn columns_note(format: PairFormat, everything: bool, guard_formulas: bool) -> String {
    let columns = match format {
        PairFormat::TrlJsonl | PairFormat::TrlParquet => t!("files-columns-trl"),
        PairFormat::BipoCsv => t!("files-columns-bipo"),
        PairFormat::TillerJsonl => t!("files-columns-tiller"),
    };
    match format {
        PairFormat::BipoCsv if guard_formulas => t!("files-columns-guarded", columns = columns),
        PairFormat::TrlJsonl | PairFormat::TrlParquet if !everything => {
            t!("files-columns-without-notes", columns = columns)
        }
        PairFormat::BipoCsv if !everything => t!("files-columns-without-turns", columns = columns),
        _ => t!("files-columns-whole", columns = columns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_says_what_a_file_leaves_out() {
        for format in PairFormat::ALL {
            assert!(columns_note(format, true, false).contains("the same pairs"), "{format:?}");
            let is_whole = format == PairFormat::TillerJsonl;
            assert_eq!(columns_note(format, false, false).contains("Leaves out"), !is_whole, "{format:?}");
        }
        assert!(columns_note(PairFormat::BipoCsv, true, true).contains("apostrophes"));
        assert!(columns_note(PairFormat::TrlJsonl, true, true).contains("the same pairs"));
        assert!(columns_note(PairFormat::BipoCsv, false, false).contains("earlier turns"));
    }
}
