//! The settings of work: whether the desktop is told of its end, and how much of the machine it may take.

use leptos::prelude::*;

use super::{Group, Line, Segments, change, part};
use crate::screens::models::ModelLibrary;
use crate::t;

const GIGABYTE: u64 = 1_000_000_000;

/// The limits of memory that are offered, in gigabytes.
const LIMITS: [u64; 18] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

#[component]
pub(super) fn Work() -> impl IntoView {
    expect_context::<ModelLibrary>().read_machine();
    let notifications = vec![
        (false, "settings-notifications-on", t!("shell-notifications-on")),
        (true, "settings-notifications-off", t!("shell-notifications-off")),
    ];
    view! {
        <Group name=t!("shell-settings-work") id="settings-work">
            <Line name=t!("shell-notifications") id="settings-notifications" note=t!("shell-notifications-note")>
                <Segments labelled_by="settings-notifications" choices=notifications
                    value=part(|settings| settings.notifications_off) set=change(|settings, off| settings.notifications_off = off) />
            </Line>
            <MemoryLimit />
            <Threads />
        </Group>
    }
}

#[component]
fn MemoryLimit() -> impl IntoView {
    let library = expect_context::<ModelLibrary>();
    let limit = part(|settings| settings.memory_limit);
    let set = change(|settings, limit| settings.memory_limit = limit);
    let options = move || {
        let installed = library.machine.read().as_ref().map_or(0, |machine| machine.installed_bytes);
        let option = |bytes: u64| {
            let size = (bytes as f64 / GIGABYTE as f64).to_string();
            let text = t!("shell-memory-most", size = t!("size-gigabytes", size = size));
            view! { <option value=bytes.to_string() selected=move || limit.get() == Some(bytes)>{text}</option> }
        };
        limits(installed, limit.get_untracked()).into_iter().map(option).collect_view()
    };
    view! {
        <Line name=t!("shell-memory") id="settings-memory-name" note=t!("shell-memory-note")>
            <select data-testid="settings-memory" aria-labelledby="settings-memory-name" on:change=move |event| set.run(event_target_value(&event).parse().ok())>
                <option value="" selected=move || limit.get().is_none()>{t!("shell-memory-free")}</option>
                {options}
            </select>
        </Line>
    }
}

/// Returns the limits that are offered on a machine with so much memory, the one that is set among them.
fn limits(installed: u64, set: Option<u64>) -> Vec<u64> {
    let offered = LIMITS.map(|limit| limit * GIGABYTE).into_iter().filter(|limit| *limit < installed);
    let mut limits: Vec<u64> = offered.chain(set).collect();
    limits.sort_unstable();
    limits.dedup();
    limits
}

#[component]
fn Threads() -> impl IntoView {
    let library = expect_context::<ModelLibrary>();
    let threads = part(|settings| settings.threads);
    let set = change(|settings, threads| settings.threads = threads);
    let count = move || library.machine.read().as_ref().map_or(0, |machine| machine.threads);
    let options = move || {
        let option = |count: u32| {
            view! { <option value=count.to_string() selected=move || threads.get() == Some(count)>{count}</option> }
        };
        (1..=count().max(threads.get_untracked().unwrap_or(0))).map(option).collect_view()
    };
    let note = move || match library.machine.read().as_ref() {
        Some(machine) if machine.engine_threads != next_threads(threads.get(), machine.threads) => {
            t!("shell-threads-next", count = machine.engine_threads)
        }
        _ => t!("shell-threads-note"),
    };
    view! {
        <Line name=t!("shell-threads") id="settings-threads-name" note=Signal::derive(note)>
            <select data-testid="settings-threads" aria-labelledby="settings-threads-name" on:change=move |event| set.run(event_target_value(&event).parse().ok())>
                <option value="" selected=move || threads.get().is_none()>{move || t!("shell-threads-all", count = count())}</option>
                {options}
            </select>
        </Line>
    }
}

/// Returns how many threads the engine has after the next start, on a processor with so many.
fn next_threads(set: Option<u32>, processor: u32) -> u32 {
    set.map_or(processor, |set| set.clamp(1, processor.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_below_what_the_machine_has_and_hold_the_one_that_is_set() {
        let gigabytes = |all: Vec<u64>| all.into_iter().map(|bytes| bytes / GIGABYTE).collect::<Vec<_>>();
        assert_eq!(gigabytes(limits(8 * GIGABYTE, None)), [1, 2, 3, 4, 6]);
        assert_eq!(gigabytes(limits(8 * GIGABYTE, Some(5 * GIGABYTE))), [1, 2, 3, 4, 5, 6]);
        assert_eq!(
            gigabytes(limits(0, Some(64 * GIGABYTE))),
            [64],
            "a store that came from a larger machine"
        );
    }

    #[test]
    fn the_engine_takes_no_more_threads_than_there_are() {
        assert_eq!([None, Some(2), Some(99)].map(|set| next_threads(set, 8)), [8, 2, 8]);
    }
}
