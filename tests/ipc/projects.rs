//! Tests several projects in a store: everything that is listed belongs to the open one, and a project goes through a file.

use std::fs;
use std::path::Path;

use ipc::command::*;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{JobAction, JobState};
use ipc::project::{Overview, Project};
use ipc::{Code, Id};

use crate::commands::{ask, sweep, train};
use crate::support::{self, folder};
use crate::window::Tiller;

/// Opens a project, and returns the whole state that the window receives.
fn open(tiller: &Tiller, project: Id) -> Overview {
    after(tiller, || tiller.get(OpenProject { project }))
}

/// Does something that opens a project, and returns the whole state that the window receives.
fn after(tiller: &Tiller, act: impl FnOnce()) -> Overview {
    let mark = tiller.events().len();
    act();
    tiller.wait_for_after(mark, |event| match event {
        Event::Overview(overview) => Some(Overview::clone(overview)),
        _ => None,
    })
}

fn names(projects: &[Project]) -> Vec<&str> {
    projects.iter().map(|project| project.name.as_str()).collect()
}

fn assert_empty(overview: &Overview) {
    assert_eq!((overview.data_sets.len(), overview.runs.len(), overview.vectors.len()), (0, 0, 0));
    assert_eq!((overview.sweeps.len(), overview.analyses.len()), (0, 0));
    assert_eq!((overview.conversations.len(), overview.presets.len()), (0, 0));
}

fn file(path: &Path) -> FileRef {
    FileRef::typed(path.to_string_lossy())
}

#[test]
fn projects_are_made_opened_renamed_copied_and_deleted() {
    let data = folder();
    let tiller = Tiller::without_model(data.path());
    let first = tiller.watch_again();
    assert_eq!(
        (names(&first.projects), first.project.as_str()),
        (vec!["Starter project"], "Starter project")
    );
    let alone = tiller.call(DeleteProject { project: first.project_id }).expect_err("there must be one");
    assert_eq!(alone.code, Code::Invalid);

    let overview = after(&tiller, || drop(tiller.get(NewProject { name: " Second ".into(), open: true })));
    assert_eq!((overview.project.as_str(), overview.projects.len()), ("Second", 2));
    assert_empty(&overview);
    assert_eq!(overview.models.len(), first.models.len(), "models belong to all projects");
    let second = overview.project_id;
    for name in ["Second", " ", "a\nb"] {
        assert_eq!(
            tiller.call(NewProject { name: name.into(), open: true }).expect_err(name).code,
            Code::Invalid
        );
    }
    let set = tiller.get(CreateDataSet { name: "Its own".into(), description: String::new() });
    let overview = open(&tiller, first.project_id);
    assert_eq!(overview.data_sets, first.data_sets);
    assert_eq!(overview.vectors.len(), first.vectors.len());
    assert!(overview.data_sets.iter().all(|other| other.id != set.id));

    let copy = tiller.get(DuplicateProject { project: first.project_id });
    assert_eq!(copy.name, "Starter project copy");
    let copied = open(&tiller, copy.id);
    let described = |overview: &Overview| {
        let sets = overview.data_sets.iter().map(|set| (set.name.clone(), set.train, set.held_out));
        let vectors =
            overview.vectors.iter().map(|vector| (vector.name.clone(), vector.hash.clone(), vector.model));
        (sets.collect::<Vec<_>>(), vectors.collect::<Vec<_>>())
    };
    assert_eq!(described(&copied), described(&first));
    tiller.get(RenameProject { project: copy.id, name: "Third".into() });
    assert_eq!(names(&tiller.watch_again().projects), ["Starter project", "Second", "Third"]);

    // The open one is deleted: the one that was opened before is shown, and the undo brings it back to the front.
    let whole = tiller.watch_again();
    let mut deletion = None;
    let overview = after(&tiller, || deletion = Some(tiller.get(DeleteProject { project: copy.id })));
    assert_eq!((overview.project_id, overview.projects.len()), (first.project_id, 2));
    let deletion = deletion.expect("a deletion");
    assert!(deletion.title.contains("Third"), "{deletion:?}");
    let overview = after(&tiller, || tiller.get(UndoDeletion { deletion: deletion.id }));
    assert_eq!((overview.project_id, described(&overview)), (copy.id, described(&whole)));
    // Another one is deleted: the open one stays.
    let deletion = tiller.get(DeleteProject { project: second });
    assert_eq!(tiller.watch_again().project_id, copy.id);
    tiller.get(UndoDeletion { deletion: deletion.id });
    assert_eq!(tiller.watch_again().projects.len(), 3);
    assert_eq!(tiller.call(OpenProject { project: 99 }).expect_err("there is none").code, Code::NotFound);
    drop(tiller);

    let tiller = Tiller::without_model(data.path());
    assert_eq!(tiller.watch_again().project, "Third", "the open project is remembered");
    drop(tiller);
}

#[test]
fn a_job_of_another_project_goes_on_and_its_results_stay_there() {
    let data = folder();
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let run = tiller.get(Train { model, data_set, name: "Long".into(), settings: support::small_run(4000) });
    tiller.wait_for(|event| matches!(event, Event::Steps { run: id, .. } if *id == run.id).then_some(()));
    let overview = after(&tiller, || drop(tiller.get(NewProject { name: "Other".into(), open: true })));
    assert_empty(&overview);
    let other = overview.project_id;
    assert_eq!(overview.jobs.len(), 1);
    assert_eq!(overview.jobs[0].project, Some(picture.project_id), "it says whose it is");
    let busy = tiller.call(DeleteProject { project: picture.project_id }).expect_err("it is at work");
    assert!(busy.message.contains("under way"), "{busy}");
    let mark = tiller.events().len();
    tiller.get(ControlJob { job: run.job, action: JobAction::Stop });
    tiller.wait_for_after(mark, |event| {
        matches!(event, Event::Job(job) if job.id == run.job && job.state == JobState::Stopped).then_some(())
    });
    let shown = |event: &Event| matches!(event, Event::Run(_) | Event::Vector(_));
    assert!(!tiller.events()[mark..].iter().any(shown), "the window shows another project");
    assert_empty(&tiller.watch_again());
    let back = open(&tiller, picture.project_id);
    assert_eq!((back.runs[0].state.clone(), support::own(&back.vectors).len()), (JobState::Stopped, 1));
    assert_empty(&open(&tiller, other));
    drop(tiller);
}

#[test]
fn a_project_goes_through_a_file_and_comes_back_once() {
    let data = folder();
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let (run, vector, history) = train(&tiller, model, data_set);
    let measured = sweep(&tiller, model, data_set, &vector);
    ask(&tiller, &vector);
    let whole = tiller.watch_again();
    let path = data.path().join("mine.tiller");
    let export = |replace| ExportProject { project: picture.project_id, file: file(&path), replace };
    tiller.get(export(false));
    assert_eq!(tiller.call(export(false)).expect_err("it is there").code, Code::Invalid);
    let bytes = fs::read(&path).expect("the file");
    for secret in [data.path().to_string_lossy().as_ref(), ".gguf"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    let info = tiller.get(InspectProject { file: file(&path) });
    assert_eq!((info.name.as_str(), info.models.len()), ("Starter project", 1));
    assert_eq!(tiller.watch_again().projects.len(), 1, "nothing is done before a person says what");

    let merged = tiller.get(MergeProject { file: file(&path), project: picture.project_id });
    assert_eq!((merged.added.as_slice(), merged.continued), (&[][..], 0), "all of it is here");
    assert_eq!(tiller.watch_again(), whole);
    let overview = after(&tiller, || drop(tiller.get(ImportProject { file: file(&path), open: true })));
    assert_eq!(overview.project, "Starter project (2)");
    assert_eq!((overview.runs.len(), overview.sweeps.len()), (1, 1));
    let own = support::own(&overview.vectors);
    assert_eq!((own[0].hash.as_str(), own[0].model), (vector.hash.as_str(), model), "the model is found");
    assert_eq!(tiller.get(ReadHistory { run: overview.runs[0].id }), history);
    assert_ne!(overview.runs[0].id, run.id);
    assert_eq!(overview.sweeps[0].points, measured.points);
    assert_eq!(overview.sweeps[0].stale, None);
    assert_eq!(overview.conversations.len(), whole.conversations.len());
    tiller.get(ExportProject { project: overview.project_id, file: file(&path), replace: true });
    assert_eq!(tiller.get(InspectProject { file: file(&path) }).content_hash, info.content_hash);
    drop(tiller);

    // In another store, where the model is not.
    let elsewhere = folder();
    let tiller = Tiller::without_model(elsewhere.path());
    let overview = after(&tiller, || drop(tiller.get(ImportProject { file: file(&path), open: true })));
    assert_eq!((overview.runs.len(), support::own(&overview.vectors).len()), (1, 1));
    for (name, content) in [
        ("cut.tiller", &bytes[..bytes.len() / 2]),
        ("none.tiller", b"no database at all, and no project".as_slice()),
    ] {
        let bad = elsewhere.path().join(name);
        fs::write(&bad, content).expect("a file");
        let refused = tiller.call(ImportProject { file: file(&bad), open: true }).expect_err("it is refused");
        assert_eq!(refused.code, Code::Invalid, "{refused}");
        assert!(refused.next.is_some(), "{refused}");
    }
    drop(tiller);
}
