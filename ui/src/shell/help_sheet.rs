//! The help sheet: the commands with their keys, and the glossary, from the same tables as the rest of the window.

use leptos::html;
use leptos::prelude::*;

use super::glossary_sheet::Entries;
use crate::charts::KEYS;
use crate::commands::{CHAT_COMMANDS, COMMANDS, CommandLine, PAIR_COMMANDS};
use crate::state::store;
use crate::text::{english, message};
use crate::widgets::SheetFrame;
use crate::{glossary, t};

/// The commands and the glossary. A search looks in both.
#[component]
pub(super) fn HelpSheet() -> impl IntoView {
    let query = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let terms = Memo::new(move |_| glossary::find(&query.read()));
    let is_empty = move || {
        let query = query.read();
        terms.read().is_empty()
            && found(COMMANDS, &query).is_empty()
            && found(PAIR_COMMANDS, &query).is_empty()
            && found(CHAT_COMMANDS, &query).is_empty()
            && found_keys(&query).is_empty()
    };
    view! {
        <SheetFrame label=t!("shell-help") testid="help-sheet" only_searches=true>
            <h2>{t!("shell-help")}</h2>
            <input type="search" node_ref=input data-testid="help-search" placeholder=t!("shell-help-placeholder") aria-label=t!("shell-help-search")
                autocomplete="off" spellcheck="false" prop:value=query on:input=move |event| query.set(event_target_value(&event)) />
            <div class="glossary" role="region" aria-label=t!("shell-help-list") tabindex="0">
                <Commands title=t!("shell-help-everywhere") lines=COMMANDS query />
                <Commands title=t!("shell-help-on-data") lines=PAIR_COMMANDS query />
                <Commands title=t!("shell-help-on-chat") lines=CHAT_COMMANDS query />
                <ChartKeys query />
                <Entries found=terms sought=None />
                <Show when=is_empty><p class="quiet">{t!("shell-help-nothing")}</p></Show>
            </div>
        </SheetFrame>
    }
}

/// One table of commands. A click on a command runs it.
#[component]
fn Commands(title: String, lines: &'static [CommandLine], query: RwSignal<String>) -> impl IntoView {
    let store = store();
    let shown = Memo::new(move |_| found(lines, &query.read()));
    let row = move |line: CommandLine| {
        view! {
            <tr>
                <td><button class="link" type="button" data-testid="help-command" disabled=move || !line.is_enabled(store) on:click=move |_| line.run(store)>{line.text()}</button></td>
                <td>{(!line.keys.is_empty()).then(|| view! { <kbd>{line.keys}</kbd> })}</td>
            </tr>
        }
    };
    view! {
        <Show when=move || !shown.read().is_empty()>
            <section><h3>{title.clone()}</h3><table><tbody>{move || shown.get().into_iter().map(row).collect_view()}</tbody></table></section>
        </Show>
    }
}

/// The keys of a focused chart, which are no commands: what they do belongs to the chart.
#[component]
fn ChartKeys(query: RwSignal<String>) -> impl IntoView {
    let shown = Memo::new(move |_| found_keys(&query.read()));
    let row = |(label, keys): (&'static str, &'static str)| {
        view! { <tr data-testid="help-chart-key"><td>{message(label, &[])}</td><td><kbd>{keys}</kbd></td></tr> }
    };
    view! {
        <Show when=move || !shown.read().is_empty()>
            <section><h3>{t!("shell-help-on-charts")}</h3><table><tbody>{move || shown.get().into_iter().map(row).collect_view()}</tbody></table></section>
        </Show>
    }
}

/// Returns the keys of a chart in whose text every word of a query stands.
fn found_keys(query: &str) -> Vec<(&'static str, &'static str)> {
    let query = query.to_lowercase();
    let fits = |(label, keys): &(&'static str, &'static str)| {
        let english = english(label, &[]).unwrap_or_default();
        let text = format!("{} {keys} {english}", message(label, &[])).to_lowercase();
        query.split_whitespace().all(|word| text.contains(word))
    };
    KEYS.into_iter().filter(fits).collect()
}

/// Returns the commands in whose text every word of a query stands.
fn found(lines: &[CommandLine], query: &str) -> Vec<CommandLine> {
    let query = query.to_lowercase();
    let fits = |line: &&CommandLine| {
        let english = english(line.label, &[]).unwrap_or_default();
        let text = format!("{} {} {english}", line.text(), line.keys).to_lowercase();
        query.split_whitespace().all(|word| text.contains(word))
    };
    lines.iter().filter(fits).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_by_its_words_and_its_keys() {
        assert_eq!(found(COMMANDS, "").len(), COMMANDS.len());
        let labels = |query: &str| found(COMMANDS, query).iter().map(CommandLine::text).collect::<Vec<_>>();
        assert_eq!(labels("GO sweep"), ["Go to Sweep"]);
        assert_eq!(labels("ctrl+k"), ["Find a command or a thing"]);
        assert!(labels("no such command").is_empty());
        assert_eq!(found_keys("").len(), KEYS.len());
        assert_eq!(found_keys("whole chart").len(), 1);
    }
}
