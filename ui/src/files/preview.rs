//! The preview of an import: counts, the first rows, the rows that cannot be used, and the choice of columns.

use ipc::files::{Columns, ImportPreview, RefusedRow};
use leptos::prelude::*;

use crate::format;

/// The preview of an import.
#[component]
pub(super) fn Preview(preview: ImportPreview) -> impl IntoView {
    let names = match preview.format {
        Some(_) => ["Prompt", "Wanted", "Opposite"].map(str::to_owned).to_vec(),
        None => preview.columns.clone(),
    };
    let row = |line: u32, cells: Vec<String>| {
        let cells = cells.into_iter().map(|text| view! { <td class="text">{text}</td> }).collect_view();
        view! { <tr><td class="number quiet">{line}</td>{cells}</tr> }
    };
    view! {
        <p data-testid="import-counts">{counts(&preview)}</p>
        {notes(&preview).into_iter().map(|note| view! { <p class="warning" data-testid="import-note">{note}</p> }).collect_view()}
        {preview.report.iter().cloned().map(|sentence| view! { <p class="quiet small" data-testid="import-report">{sentence}</p> }).collect_view()}
        <RefusedRows rows=preview.first_refused.clone() all=preview.refused />
        <div class="table-box steps" data-testid="import-rows" tabindex="0">
            <table class="left-aligned">
                <thead><tr><th class="number">"Line"</th>{names.into_iter().map(|name| view! { <th>{name}</th> }).collect_view()}</tr></thead>
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
                    <thead><tr><th class="number">"Line"</th><th>"Cannot be used, because"</th></tr></thead>
                    <tbody>
                        {rows.into_iter().map(|row| view! { <tr><td class="number">{row.line}</td><td class="text">{row.reason}</td></tr> }).collect_view()}
                        {(left_out > 0).then(|| view! { <tr><td></td><td class="quiet">{format!("and {left_out} more")}</td></tr> })}
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
    let places: [(&'static str, &'static str, ColumnField); 3] = [
        ("Prompt", "import-column-prompt", |columns| &mut columns.prompt),
        ("Wanted", "import-column-wanted", |columns| &mut columns.wanted),
        ("Opposite", "import-column-opposite", |columns| &mut columns.opposite),
    ];
    let select = move |(label, testid, place): (&'static str, &'static str, ColumnField)| {
        let current = move || std::mem::take(place(&mut columns.get()));
        let options = names.clone().into_iter().map(|name| {
            let is_current = current() == name;
            view! { <option value=name.clone() selected=is_current>{name.clone()}</option> }
        });
        view! {
            <label class="field">
                <span class="label">{label}</span>
                <select data-testid=testid prop:value=current
                    on:change=move |event| columns.update(|columns| *place(columns) = event_target_value(&event))>
                    <option value="">"Choose a column"</option>
                    {options.collect_view()}
                </select>
            </label>
        }
    };
    view! { <div class="three" data-testid="import-columns">{places.map(select)}</div> }
}

fn counts(preview: &ImportPreview) -> String {
    let Some(format) = &preview.format else {
        return format!("Say which columns hold a pair \u{00b7} {}", preview.encoding);
    };
    let mut parts =
        vec![format::plural(preview.pairs as usize, "pair"), format.clone(), preview.encoding.clone()];
    if let Some(held_out) = preview.held_out {
        parts.push(format!("{held_out} held out by the file"));
    }
    parts.join(" \u{00b7} ")
}

/// Says which columns a person named the last time for such a file, and whether the preview was read in them.
pub(super) fn remembered_sentence(columns: &Columns, is_used: bool) -> String {
    let Columns { prompt, wanted, opposite } = columns;
    let named = format!(
        "prompt \u{201c}{prompt}\u{201d}, wanted \u{201c}{wanted}\u{201d}, opposite \u{201c}{opposite}\u{201d}"
    );
    if is_used {
        format!("Remembered from the last file with these columns: {named}.")
    } else {
        format!("For the last file with these columns you named others than the format's: {named}.")
    }
}

/// Sentences that a person should read before the import.
fn notes(preview: &ImportPreview) -> Vec<String> {
    let mut notes = vec![];
    match preview.duplicates {
        0 => {}
        1 => notes.push("1 pair says the same as an earlier one.".to_owned()),
        many => notes.push(format!("{many} pairs say the same as an earlier one.")),
    }
    match preview.unfinished {
        0 => {}
        1 => notes.push("1 pair lacks a prompt or an answer.".to_owned()),
        many => notes.push(format!("{many} pairs lack a prompt or an answer.")),
    }
    match preview.system_messages {
        0 => {}
        1 => notes.push("1 pair has a system prompt of its own.".to_owned()),
        many => notes.push(format!("{many} pairs have a system prompt of their own.")),
    }
    match preview.conversations {
        0 => {}
        1 => notes.push("1 pair has earlier turns before its prompt.".to_owned()),
        many => notes.push(format!("{many} pairs have earlier turns before their prompts.")),
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
