//! The notice that a run or a sweep has ended, and the share of the work in the window's title.

use std::collections::HashSet;

use ipc::Id;
use ipc::command::{Notify, SetTitle};
use ipc::job::{Job, JobState};
use ipc::project::Settings;
use leptos::prelude::*;

use crate::actions::Screen;
use crate::screens::next_steps::NextSteps;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;

/// What has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Notice {
    /// The name of the run or of the sweep.
    name: String,
    outcome: Outcome,
}

impl Notice {
    fn title(&self) -> String {
        let name = self.name.clone();
        match self.outcome {
            Outcome::Vector(_) => t!("shell-notice-trained", name = name),
            Outcome::Sweep => t!("shell-notice-measured", name = name),
        }
    }
}

/// What there is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A run has made this vector.
    Vector(Id),
    /// A sweep has its points.
    Sweep,
}

/// What a run or a sweep is known by before and after its end.
#[derive(Debug, Clone, PartialEq)]
struct Work {
    job: Id,
    name: String,
    state: JobState,
    /// What there is to do next, if anything.
    outcome: Option<Outcome>,
}

/// The newest notice, until a person takes a step or dismisses it.
#[component]
pub(super) fn NoticeCard() -> impl IntoView {
    let store = store();
    let notice = RwSignal::new(None::<Notice>);
    let running = StoredValue::new(HashSet::<Id>::new());
    Effect::new(move |_| {
        let all = work(store);
        let ended = running.try_update_value(|running| take_ended(running, &all)).unwrap_or_default();
        for work in ended {
            let Some(new) = notice_of(&work) else { continue };
            if let Some(told) = told_to_desktop(&new, &store.settings.read_untracked()) {
                store.send(told);
            }
            notice.set(Some(new));
        }
    });
    // Who goes to another screen has seen it, and it would lie over what that screen has there.
    Effect::new(move |before: Option<Screen>| {
        let now = store.screen.get();
        if before.is_some_and(|before| before != now) {
            notice.set(None);
        }
        now
    });
    let dismiss = Callback::new(move |()| notice.set(None));
    move || {
        notice.get().map(|notice| view! {
            <div class="notice" class:over-composer=move || store.screen.get() == Screen::Chat role="status" data-testid="notice">
                <div class="row"><b class="grow">{notice.title()}</b><button class="link" type="button" data-testid="notice-dismiss" on:click=move |_| dismiss.run(())>{t!("dismiss")}</button></div>
                {match notice.outcome {
                    Outcome::Vector(vector) => view! { <NextSteps vector taken=dismiss /> }.into_any(),
                    Outcome::Sweep => view! {
                        <div class="row"><button class="button primary" type="button" data-testid="notice-sweep"
                            on:click=move |_| { store.go(Screen::Sweep); dismiss.run(()); }>{t!("shell-notice-read")}</button></div>
                    }.into_any(),
                }}
            </div>
        })
    }
}

fn work(store: Store) -> Vec<Work> {
    let runs = store.runs.read();
    let runs = runs.iter().map(|run| Work {
        job: run.job,
        name: run.name.clone(),
        state: run.state.clone(),
        outcome: run.vector.map(Outcome::Vector),
    });
    let sweeps = store.sweeps.read();
    let sweeps = sweeps.iter().map(|sweep| Work {
        job: sweep.job,
        name: crate::screens::sweep::title(sweep),
        state: sweep.state.clone(),
        outcome: Some(Outcome::Sweep),
    });
    runs.chain(sweeps).collect()
}

/// Returns what has ended since the last call, and remembers what is under way now.
fn take_ended(running: &mut HashSet<Id>, all: &[Work]) -> Vec<Work> {
    let ended = all
        .iter()
        .filter(|work| work.state == JobState::Done && running.contains(&work.job))
        .cloned()
        .collect();
    *running = all.iter().filter(|work| !work.state.is_over()).map(|work| work.job).collect();
    ended
}

/// Returns the notice about what has ended. A run without a vector has none: its screen says why.
fn notice_of(work: &Work) -> Option<Notice> {
    Some(Notice { name: work.name.clone(), outcome: work.outcome? })
}

/// Returns what the desktop is told, unless the settings say that it is told nothing.
fn told_to_desktop(notice: &Notice, settings: &Settings) -> Option<Notify> {
    let told = || Notify { title: notice.title(), text: t!("shell-notice-text") };
    (!settings.notifications_off).then(told)
}

/// Keeps the share of the running job in the window's title.
pub(super) fn show_share(store: Store) {
    let title = Memo::new(move |_| {
        store.language.track();
        let shares = store.shares.read();
        store.jobs.read().iter().find_map(|job| share(job, shares.get(&job.id).copied().unwrap_or_default()))
    });
    Effect::new(move |before: Option<Option<String>>| {
        let work = title.get();
        // The window opens with the bare name.
        if before.flatten() != work {
            store.send(SetTitle { work: work.clone() });
        }
        work
    });
}

/// Returns the share of a running job in tens of per cent, with its title: a screen reader says each new title of the window.
fn share(job: &Job, done: f64) -> Option<String> {
    let is_counted = job.state == JobState::Running && job.progress.total > 0;
    is_counted.then(|| {
        // Rounding may leave a hair under a whole ten.
        let tens = (done * 10.0 + 1e-9).floor() as u64;
        let percent = t!("percent", number = tens * 10);
        format!("{percent} \u{b7} {}", said(&job.title))
    })
}

#[cfg(test)]
mod tests {
    use ipc::job::{JobKind, Progress};

    use super::*;

    fn a_run(state: JobState, vector: Option<Id>) -> Work {
        Work { job: 1, name: "Cheerful".into(), state, outcome: vector.map(Outcome::Vector) }
    }

    #[test]
    fn only_what_ended_while_the_window_was_open_is_noticed() {
        let mut running = HashSet::new();
        let done = a_run(JobState::Done, Some(7));
        assert_eq!(take_ended(&mut running, std::slice::from_ref(&done)), [], "it was over before");
        assert_eq!(take_ended(&mut running, &[a_run(JobState::Running, None)]), []);
        assert_eq!(take_ended(&mut running, std::slice::from_ref(&done)), std::slice::from_ref(&done));
        assert_eq!(take_ended(&mut running, &[done]), [], "it is said once");
    }

    #[test]
    fn a_notice_says_what_is_there() {
        let notice = notice_of(&a_run(JobState::Done, Some(7))).expect("a vector");
        assert_eq!(notice.title(), "\u{201c}Cheerful\u{201d} is trained.");
        assert_eq!(notice.outcome, Outcome::Vector(7));
        assert_eq!(notice_of(&a_run(JobState::Done, None)), None);
    }

    #[test]
    fn the_desktop_is_told_unless_the_settings_say_otherwise() {
        let notice = Notice { name: "Cheerful".into(), outcome: Outcome::Sweep };
        let told = told_to_desktop(&notice, &Settings::default()).expect("it is told");
        assert_eq!(told.title, "\u{201c}Cheerful\u{201d} is measured.");
        let off = Settings { notifications_off: true, ..Settings::default() };
        assert_eq!(told_to_desktop(&notice, &off), None);
    }

    #[test]
    fn the_title_has_tens_of_per_cent() {
        let progress = Progress { done: 46, total: 85, ..Progress::default() };
        let job = Job {
            project: None,
            id: 1,
            kind: JobKind::Train { run: 1 },
            title: "Training".into(),
            state: JobState::Running,
            progress,
            created: 0,
            paused_by: None,
        };
        assert_eq!(share(&job, 0.54).as_deref(), Some("50 % \u{b7} Training"));
        assert_eq!(share(&job, 0.3).as_deref(), Some("30 % \u{b7} Training"));
        assert_eq!(share(&Job { state: JobState::Paused, ..job.clone() }, 0.5), None);
        assert_eq!(share(&Job { progress: Progress::default(), ..job }, 0.5), None);
    }
}
