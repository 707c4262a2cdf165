//! The preview of an import: counts, the first rows, the rows that cannot be used, and the choice of columns.

use ipc::files::{Columns, ImportPreview, RefusedRow};
use leptos::prelude::*;

use crate::t;
use crate::text::said;

/// The preview of an import.
#[component]
pub(super) fn Preview(preview: ImportPreview) -> impl IntoView {
    let names = match preview.format {
        Some(_) => vec![t!("prompt"), t!("wanted"), t!("opposite")],
        None => preview.columns.clone(),
    };
    let row = |line: u32, cells: Vec<String>| {
        let cells = cells.into_iter().map(|text| view! { <td class="text prose">{text}</td> }).collect_view();
        view! { <tr><td class="number quiet">{line}</td>{cells}</tr> }
    };
    view! {
        <p data-testid="import-counts">{counts(&preview)}</p>
        {notes(&preview).into_iter().map(|note| view! { <p class="warning" data-testid="import-note">{note}</p> }).collect_view()}
        {preview.report.iter().map(|sentence| view! { <p class="quiet small" data-testid="import-report">{said(sentence)}</p> }).collect_view()}
        <RefusedRows rows=preview.first_refused.clone() all=preview.refused />
        <div class="table-box steps" data-testid="import-rows" tabindex="0">
            <table class="left-aligned">
                <thead><tr><th class="number">{t!("files-preview-line")}</th>{names.into_iter().map(|name| view! { <th>{name}</th> }).collect_view()}</tr></thead>
                <tbody>{preview.first.into_iter().map(|first| row(first.line, first.cells)).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The rows that cannot be used, with their lines.
#[component]
fn RefusedRows(rows: Vec<RefusedRow>, all: u32) -> impl IntoView {
    let left_out = all as usize - rows.len().min(all as usize);
    (all > 0).then(|| {
        view! {
            <div class="table-box refused" data-testid="import-refused" tabindex="0">
                <table class="left-aligned">
                    <thead><tr><th class="number">{t!("files-preview-line")}</th><th>{t!("files-preview-refused")}</th></tr></thead>
                    <tbody>
                        {rows.into_iter().map(|row| view! { <tr><td class="number">{row.line}</td><td class="text">{said(&row.reason)}</td></tr> }).collect_view()}
                        {(left_out > 0).then(|| view! { <tr><td></td><td class="quiet">{t!("files-preview-more", count = left_out)}</td></tr> })}
                    </tbody>
                </table>
            </div>
        }
    })
}

/// The choice of the columns of a file in no known format.
#[component]
pub(super) fn ColumnChoice(names: Vec<String>, columns: RwSignal<Columns>) -> impl IntoView {
    type ColumnField = fn(&mut Columns) -> &mut String;
    let places: [(String, &'static str, ColumnField); 3] = [
        (t!("prompt"), "import-column-prompt", |columns| &mut columns.prompt),
        (t!("wanted"), "import-column-wanted", |columns| &mut columns.wanted),
        (t!("opposite"), "import-column-opposite", |columns| &mut columns.opposite),
    ];
    let select = move |(label, testid, place): (String, &'static str, ColumnField)| {
        let current = move || std::mem::take(place(&mut columns.get()));
        let options = names.clone().into_iter().map(|name| {
            let is_current = current() == name;
            view! { <option value=name.clone() selected=is_current>{name.clone()}</option> }
        });
        view! {
            <label class="field">
                <span class="label">{label.clone()}</span>
                <select data-testid=testid aria-label=label prop:value=current
                    on:change=move |event| columns.update(|columns| *place(columns) = event_target_value(&event))>
                    <option value="">{t!("files-preview-choose-column")}</option>
                    {options.collect_view()}
                </select>
            </label>
        }
    };
    view! { <div class="three" data-testid="import-columns">{places.map(select)}</div> }
}

fn counts(preview: &ImportPreview) -> String {
    let Some(format) = &preview.format else {
        return t!("files-preview-no-format", encoding = said(&preview.encoding));
    };
    let mut parts = vec![t!("count-pairs", count = preview.pairs), said(format), said(&preview.encoding)];
    if let Some(held_out) = preview.held_out {
        parts.push(t!("files-preview-held-out", count = held_out));
    }
    parts.join(" \u{00b7} ")
}

/// Says which columns a person named the last time for such a file, and whether the preview was read in them.
pub(super) fn remembered_sentence(columns: &Columns, is_used: bool) -> String {
    let Columns { prompt, wanted, opposite } = columns.clone();
    if is_used {
        t!("files-preview-remembered", prompt = prompt, wanted = wanted, opposite = opposite)
    } else {
        t!("files-preview-offered", prompt = prompt, wanted = wanted, opposite = opposite)
    }
}

/// Sentences that a person should read before the import.
fn notes(preview: &ImportPreview) -> Vec<String> {
    let mut notes = vec![];
    if preview.duplicates > 0 {
        notes.push(t!("files-preview-duplicates", count = preview.duplicates));
    }
    if preview.unfinished > 0 {
        notes.push(t!("files-preview-unfinished", count = preview.unfinished));
    }
    if preview.system_messages > 0 {
        notes.push(t!("files-preview-system", count = preview.system_messages));
    }
    if preview.conversations > 0 {
        notes.push(t!("files-preview-turns", count = preview.conversations));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembered_columns_are_called_remembered_and_those_of_a_known_format_are_offered() {
        let columns = Columns { prompt: "frage".into(), wanted: "gut".into(), opposite: "schlecht".into() };
        let (used, offered) = (remembered_sentence(&columns, true), remembered_sentence(&columns, false));
        assert!(used.starts_with("Remembered") && used.contains("wanted \u{201c}gut\u{201d}"), "{used}");
        assert!(offered.contains("you named others"), "{offered}");
    }

    #[test]
    fn counts_say_format_encoding_and_the_files_own_split() {
        let preview = ImportPreview {
            format: Some("BiPO pairs".into()),
            encoding: "UTF-8".into(),
            report: vec![],
            columns: vec![],
            pairs: 84,
            duplicates: 2,
            unfinished: 1,
            held_out: Some(20),
            system_messages: 1,
            conversations: 0,
            refused: 0,
            first_refused: vec![],
            remembered: None,
            first: vec![],
        };
        assert_eq!(
            counts(&preview),
            "84 pairs \u{00b7} BiPO pairs \u{00b7} UTF-8 \u{00b7} 20 held out by the file"
        );
        assert_eq!(notes(&preview).len(), 3);
        assert!(counts(&ImportPreview { format: None, ..preview }).contains("which columns"));
    }
}
