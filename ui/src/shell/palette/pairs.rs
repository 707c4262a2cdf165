//! Finds pairs for the palette: those in which every word of the query stands, of the data set in use first.

use std::time::Duration;

use ipc::command::{FindPairs, ReadRows};
use ipc::list::{PairFilter, PairRow};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::entries::Entry;
use super::target::Target;
use crate::bridge;
use crate::latest::Latest;
use crate::state::Store;
use crate::t;
use crate::widgets::Pause;

/// The pause after the last letter.
const PAUSE: Duration = Duration::from_millis(150);
/// The letters from which on pairs are searched.
const LETTERS: usize = 3;
/// The most pairs that are found.
const MOST: usize = 8;

/// Follows a query with the pairs that have its words.
pub(super) fn follow(store: Store, query: RwSignal<String>) -> RwSignal<Vec<Entry>> {
    let found = RwSignal::new(Vec::new());
    let (latest, pause) = (Latest::new(), Pause::new(PAUSE));
    Effect::new(move |_| {
        let text = query.get().trim().to_owned();
        let turn = latest.begin();
        if text.chars().count() < LETTERS {
            pause.cancel();
            found.set(Vec::new());
            return;
        }
        let find = async move {
            // Without an answer no pair is found; the other things are.
            let entries = search(store, &text).await.unwrap_or_default();
            if turn.is_current() {
                found.try_set(entries);
            }
        };
        pause.then(move || spawn_local(find));
    });
    found
}

async fn search(store: Store, text: &str) -> Result<Vec<Entry>, Failure> {
    let open = untrack(|| store.data_set()).map(|set| set.id);
    let mut sets: Vec<(Id, String)> =
        store.data_sets.with_untracked(|all| all.iter().map(|set| (set.id, set.name.clone())).collect());
    sets.sort_by_key(|(id, _)| Some(*id) != open);
    let mut entries = Vec::new();
    for (data_set, name) in sets {
        let filter = PairFilter { text: text.to_owned(), ..PairFilter::default() };
        let pairs = bridge::call(FindPairs { data_set, filter }).await?.ids;
        let pairs: Vec<Id> = pairs.iter().take(MOST - entries.len()).collect();
        if pairs.is_empty() {
            continue;
        }
        let rows = bridge::call(ReadRows { data_set, pairs, text: text.to_owned() }).await?;
        entries.extend(rows.into_iter().map(|row| entry(data_set, &name, row)));
        if entries.len() >= MOST {
            break;
        }
    }
    Ok(entries)
}

fn entry(data_set: Id, name: &str, row: PairRow) -> Entry {
    Entry {
        kind: t!("shell-kind-pair"),
        label: row.line,
        english: String::new(),
        detail: t!("shell-palette-pair", name = name.to_owned(), number = row.number),
        keys: "",
        target: Target::Pair { data_set, pair: row.id },
    }
}
