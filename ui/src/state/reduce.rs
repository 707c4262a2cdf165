//! Applies an event to the window's state.

use ipc::analysis;
use ipc::job::{Job, JobState};
use ipc::train::{History, Run, StepPoint};
use ipc::{Event, Id};
use leptos::prelude::*;

use super::shares::Shares;
use super::store::{Connection, Store};
use super::{closing, fonts, language, shares, theme, zoom};
use crate::actions::{Screen, Sheet};
use crate::{chosen_files, job_kinds};

/// Applies an event to the state.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
pub(super) fn apply(store: Store, event: Event) {
    match event {
        Event::Overview(overview) => {
            let before = store.project_id.get_untracked();
            let is_same = before == overview.project_id;
            // No project has the id 0: the window was just opened.
            if before != 0 && !is_same {
                store.leave_project();
            }
            // After a merge the window stays where it is.
            if !is_same {
                store.screen.set(first_screen(&overview.runs, overview.settings.screen.as_deref()));
            }
            store.project.set(overview.project);
            store.project_id.set(overview.project_id);
            store.projects.set(overview.projects);
            store.version.set(overview.version);
            store.settings.set(overview.settings);
            store.models.set(overview.models);
            store.downloads.set(overview.downloads);
            store.data_sets.set(overview.data_sets);
            store.runs.set(overview.runs);
            store.vectors.set(overview.vectors);
            store.sweeps.set(overview.sweeps);
            store.analyses.set(overview.analyses);
            store.conversations.set(overview.conversations);
            store.presets.set(overview.presets);
            open_last(store);
            store.turns.read(store);
            set_jobs(store, overview.jobs);
            store.histories.update(std::collections::HashMap::clear);
            theme::apply(store.settings, store.theme_changes);
            fonts::apply(store);
            language::apply(store);
            zoom::apply(store);
            store.connection.set(Connection::Open);
        }
        Event::Restored(overview) => {
            store.projects.set(overview.projects);
            store.models.set(overview.models);
            store.downloads.set(overview.downloads);
            store.data_sets.set(overview.data_sets);
            store.runs.set(overview.runs);
            store.vectors.set(overview.vectors);
            store.sweeps.set(overview.sweeps);
            store.analyses.set(overview.analyses);
            store.conversations.set(overview.conversations);
            store.presets.set(overview.presets);
            // Turns that were deleted are back.
            store.turns.read(store);
            set_jobs(store, overview.jobs);
        }
        Event::Model(model) => store.models.update(|all| upsert(all, model, |m| m.id, ListEnd::Last)),
        Event::ModelForgotten(id) => store.models.update(|all| all.retain(|model| model.id != id)),
        Event::Scan(scan) => store.scan.set(Some(scan)),
        Event::Download(download) => {
            store.downloads.update(|all| upsert(all, download, |d| d.id, ListEnd::First));
        }
        Event::DownloadForgotten(id) => store.downloads.update(|all| all.retain(|known| known.id != id)),
        Event::Projects(projects) => {
            let open = store.project_id.get_untracked();
            if let Some(project) = projects.iter().find(|project| project.id == open) {
                store.project.set(project.name.clone());
            }
            store.projects.set(projects);
        }
        Event::ProjectDropped(file) => {
            store.dropped.set(Some(chosen_files::remember(file)));
            // An open sheet of the same kind is rendered again.
            store.sheet.set(None);
            store.sheet.set(Some(Sheet::ImportProject));
        }
        Event::ModelDropped(file) => store.dropped_model.set(Some(file)),
        Event::FolderDropped(file) => {
            store.send(ipc::command::ScanFolder { file: file.into() });
            store.go(Screen::Models);
        }
        Event::DataSet(set) => store.data_sets.update(|all| upsert(all, set, |s| s.id, ListEnd::Last)),
        Event::DataSetDeleted(id) => {
            store.data_sets.update(|all| all.retain(|set| set.id != id));
            store.runs.update(|all| all.retain(|run| run.data_set != id));
            store.sweeps.update(|all| {
                all.retain(|sweep| {
                    let mut sets = sweep.settings.sets.iter();
                    sets.len() == 0 || sets.any(|set| set.data_set() != Some(id))
                });
            });
            store.analyses.update(|all| all.retain(|analysis| analysis.data_set != id));
            store.vectors.update(|all| {
                for vector in all.iter_mut().filter(|vector| vector.data_set == Some(id)) {
                    (vector.run, vector.data_set) = (None, None);
                }
            });
        }
        Event::Margins(id) => store
            .margins_changed
            .set(Some((id, store.margins_changed.get_untracked().map_or(0, |c| c.1) + 1))),
        Event::Drafts(id) => {
            store.drafts_changed.set(Some((id, store.drafts_changed.get_untracked().map_or(0, |c| c.1) + 1)));
        }
        Event::FileDropped(file) => {
            let path = chosen_files::remember(file);
            let sheet = sheet_for(&path);
            store.dropped.set(Some(path));
            // An open sheet of the same kind is rendered again.
            store.sheet.set(None);
            store.sheet.set(Some(sheet));
        }
        Event::Storage(failure) => store.storage.set(failure),
        Event::Engine(other) => store.other_engine.set(other),
        Event::Closing => closing::close(store),
        Event::PairsCounted(counted) => store.counted.set(Some(counted)),
        Event::Job(job) => {
            if let JobState::Failed { failure } = &job.state
                && job_kinds::display(job.kind).fails_at_top
            {
                store.failure.set(Some(failure.clone()));
            }
            store.shares.update(|all| shares::follow(all, &job, &store.sweeps.read_untracked()));
            store.jobs.update(|all| {
                let was_halted =
                    all.iter().any(|known| known.id == job.id && known.state == JobState::Paused);
                // A resumed job goes to the end of the queue.
                if job.state.is_over() || (was_halted && job.state == JobState::Queued) {
                    all.retain(|known| known.id != job.id);
                }
                if !job.state.is_over() {
                    upsert(all, job, |j| j.id, ListEnd::Last);
                }
            });
        }
        Event::Queue(order) => store.jobs.update(|all| put_in_order(all, &order)),
        Event::Run(run) => store.runs.update(|all| upsert(all, run, |r| r.id, ListEnd::First)),
        Event::RunDeleted(id) => {
            store.runs.update(|all| all.retain(|run| run.id != id));
            store.analyses.update(|all| {
                all.retain(
                    |analysis| !matches!(analysis.question, analysis::Question::Epochs { run, .. } if run == id),
                );
            });
            store.histories.update(|all| drop(all.remove(&id)));
        }
        Event::Steps { run, steps } => store.histories.update(|all| {
            // The curves of a run that were never requested start from the store, not from this event.
            if let Some(history) = all.get_mut(&run) {
                append(history, steps);
            }
        }),
        Event::Epoch { run, epoch } => {
            store.runs.update(|all| {
                if let Some(known) = all.iter_mut().find(|known| known.id == run) {
                    known.effect = Some(epoch.plus - epoch.minus);
                }
            });
            store.histories.update(|all| {
                if let Some(history) = all.get_mut(&run) {
                    history.epochs.retain(|known| known.epoch < epoch.epoch);
                    history.epochs.push(epoch);
                    // The engine stores the vector of an epoch before it measures the epoch.
                    if epoch.epoch > 0 && !history.vectors.contains(&epoch.epoch) {
                        history.vectors.push(epoch.epoch);
                    }
                }
            });
        }
        Event::Vector(vector) => store.vectors.update(|all| upsert(all, vector, |v| v.id, ListEnd::First)),
        Event::VectorDeleted(id) => {
            store.vectors.update(|all| all.retain(|vector| vector.id != id));
            store.sweeps.update(|all| all.retain(|sweep| !sweep.settings.is_only_of(id)));
        }
        Event::Sweep(sweep) => store.sweeps.update(|all| upsert(all, sweep, |s| s.id, ListEnd::First)),
        Event::Bake(bake) => store.bakes.update(|all| upsert(all, bake, |b| b.id, ListEnd::First)),
        Event::Distillation(new) => {
            store.distillations.update(|all| upsert(all, new, |known| known.id, ListEnd::First));
        }
        Event::Uploading(now) => store.uploading.set(now),
        Event::SweepTokenUsage { sweep, usage } => store.sweeps.update(|all| {
            if let Some(sweep) = all.iter_mut().find(|known| known.id == sweep) {
                sweep.usage = usage;
            }
        }),
        Event::SweepDeleted(id) => store.sweeps.update(|all| all.retain(|sweep| sweep.id != id)),
        Event::SweepPoints { sweep, points } => store.sweeps.update(|all| {
            if let Some(sweep) = all.iter_mut().find(|known| known.id == sweep) {
                sweep.points.retain(|known| !points.iter().any(|point| point.is_at(known)));
                sweep.points.extend(points);
            }
        }),
        Event::Analysis(analysis) => {
            store.analyses.update(|all| upsert(all, analysis, |known| known.id, ListEnd::First));
        }
        Event::Finding { analysis, finding } => store.analyses.update(|all| {
            if let Some(analysis) = all.iter_mut().find(|known| known.id == analysis) {
                analysis.findings.push(finding);
            }
        }),
        Event::Conversation(conversation) => {
            store.conversations.update(|all| upsert(all, conversation, |c| c.id, ListEnd::First));
        }
        Event::ConversationDeleted(id) => {
            store.conversations.update(|all| all.retain(|conversation| conversation.id != id));
            store.turns.close(store, id);
        }
        Event::Turns { conversation, turns } => store.turns.merge(conversation, turns),
        Event::TurnsDeleted { conversation, turns } => store.turns.delete(conversation, &turns),
        Event::Preset(preset) => store.presets.update(|all| upsert(all, preset, |p| p.id, ListEnd::Last)),
        Event::PresetDeleted(id) => store.presets.update(|all| all.retain(|preset| preset.id != id)),
        Event::Question(question) => store.trials.update(|all| {
            upsert(all, question, |q| q.id, ListEnd::Last);
            let too_many = all.len().saturating_sub(MOST_TRIALS);
            all.drain(..too_many);
        }),
        Event::Answer { question, answer } => store.trials.update(|all| {
            if let Some(question) = all.iter_mut().find(|known| known.id == question)
                && let Some(known) = question
                    .answers
                    .iter_mut()
                    .find(|known| known.multiplier.to_bits() == answer.multiplier.to_bits())
            {
                *known = answer;
            }
        }),
    }
}

/// Takes all jobs as they are, with how much of each is done.
fn set_jobs(store: Store, jobs: Vec<Job>) {
    let mut all = Shares::new();
    let sweeps = store.sweeps.read_untracked();
    for job in &jobs {
        shares::follow(&mut all, job, &sweeps);
    }
    drop(sweeps);
    store.shares.set(all);
    store.jobs.set(jobs);
}

/// The most trials that the page remembers: enough for every epoch of a long run.
const MOST_TRIALS: usize = 256;

/// Opens the conversation that was changed last, where none is open: the window goes on where it was left.
fn open_last(store: Store) {
    if store.turns.open.get_untracked().is_none() {
        let all = store.conversations.read_untracked();
        let last = all.iter().max_by_key(|conversation| conversation.changed).map(|last| last.id);
        drop(all);
        store.turns.open.set(last);
    }
}

/// Returns the screen that the window opens on: Start while there is no run, else the one that was open last.
fn first_screen(runs: &[Run], last: Option<&str>) -> Screen {
    if runs.is_empty() {
        return Screen::Start;
    }
    last.and_then(Screen::from_name).unwrap_or(Screen::Data)
}

/// Gives the queued jobs this order, in the places that they have together.
fn put_in_order(jobs: &mut [Job], order: &[Id]) {
    let turn = |job: &Job| order.iter().position(|id| *id == job.id);
    let places: Vec<usize> = (0..jobs.len()).filter(|place| turn(&jobs[*place]).is_some()).collect();
    let mut queued: Vec<Job> = places.iter().map(|place| jobs[*place].clone()).collect();
    queued.sort_by_key(turn);
    for (place, job) in places.into_iter().zip(queued) {
        jobs[place] = job;
    }
}

/// Returns the sheet that imports a dropped file. A JSON file is taken for pairs, because vectors are seldom JSON.
fn sheet_for(path: &str) -> Sheet {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    match ending.as_deref() {
        Some("safetensors" | "gguf" | "pt" | "pth" | "bin" | "npy" | "npz") => Sheet::ImportVector,
        _ => Sheet::ImportPairs,
    }
}

/// The end of a list at which a new item is inserted.
enum ListEnd {
    First,
    Last,
}

fn upsert<T>(all: &mut Vec<T>, new: T, id: impl Fn(&T) -> Id, end: ListEnd) {
    match (all.iter().position(|known| id(known) == id(&new)), end) {
        (Some(at), _) => all[at] = new,
        (None, ListEnd::First) => all.insert(0, new),
        (None, ListEnd::Last) => all.push(new),
    }
}

/// Appends steps. A resumed run repeats the steps after its checkpoint; the new ones replace the old.
fn append(history: &mut History, steps: Vec<StepPoint>) {
    let Some(first) = steps.first().map(|step| step.step) else { return };
    let kept = history.steps.partition_point(|known| known.step < first);
    history.steps.truncate(kept);
    history.steps.extend(steps);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: u32, loss: f64) -> StepPoint {
        StepPoint { step, sign: 1, loss, ..StepPoint::default() }
    }

    #[test]
    fn repeated_steps_replace_those_after_the_checkpoint() {
        let mut history = History::default();
        append(&mut history, vec![step(1, 1.0), step(2, 2.0), step(3, 3.0)]);
        append(&mut history, vec![step(2, 20.0), step(3, 30.0)]);
        let losses: Vec<f64> = history.steps.iter().map(|s| s.loss).collect();
        assert_eq!(losses, [1.0, 20.0, 30.0]);
    }

    #[test]
    fn the_window_opens_on_start_until_there_is_a_run() {
        let run = crate::samples::run(1, JobState::Done);
        assert_eq!(first_screen(&[], Some("sweep")), Screen::Start);
        assert_eq!(first_screen(std::slice::from_ref(&run), Some("sweep")), Screen::Sweep);
        assert_eq!(first_screen(&[run], Some("a screen of another version")), Screen::Data);
    }

    #[test]
    fn a_dropped_file_finds_its_sheet() {
        assert_eq!(sheet_for("/a/V.GGUF"), Sheet::ImportVector);
        assert_eq!(sheet_for("/a.pt/pairs.jsonl"), Sheet::ImportPairs);
        assert_eq!(sheet_for("/a/pairs"), Sheet::ImportPairs);
    }

    #[test]
    fn queued_jobs_take_their_order_in_the_places_that_they_have() {
        let job = |id: Id| crate::samples::job(id, JobState::Queued);
        let mut jobs = vec![crate::samples::job(9, JobState::Running), job(1), job(2), job(3)];
        put_in_order(&mut jobs, &[3, 1, 2]);
        assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [9, 3, 1, 2]);
    }

    #[test]
    fn known_things_are_replaced_where_they_stand() {
        let mut all = vec![(1, 'a'), (2, 'b')];
        upsert(&mut all, (1, 'c'), |x| x.0, ListEnd::First);
        upsert(&mut all, (3, 'd'), |x| x.0, ListEnd::First);
        assert_eq!(all, [(3, 'd'), (1, 'c'), (2, 'b')]);
    }
}
