//! Tests the commands as the window calls them, on Tauri's mock runtime, with the real engine and the starter model.

use std::fs;

use crate::chat;
use crate::support::{self, folder, paths_without_model, small_run};
use crate::window::{Tiller, invoke_from};
use app::AppPaths;
use ipc::answer::AnswerEnd;
use ipc::behaviour::STARTER_BEHAVIOURS;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::derive::Change;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{JobAction, JobState, QueueMove};
use ipc::model::ModelState;
use ipc::project::{Settings, Theme};
use ipc::sweep::{Arm, Sweep};
use ipc::train::{History, Method, Preset, Run, TrainSettings};
use ipc::vector::Vector;
use ipc::{Code, Id};
use serde_json::{Value, json};

/// A data folder without a model file, which opens quickly.
fn without_model(data: &tempfile::TempDir) -> AppPaths {
    paths_without_model(data.path())
}

fn content(prompt: &str) -> PairContent {
    PairContent {
        prompt: prompt.into(),
        wanted: "Yes.".into(),
        opposite: "No.".into(),
        ..PairContent::default()
    }
}

#[test]
fn every_command_is_registered_and_allowed_and_refuses_wrong_arguments() {
    let data = folder();
    let tiller = Tiller::open(&without_model(&data));
    for &name in NAMES {
        let error = tiller.invoke(name, json!({"request": 7})).expect_err("7 is no request").to_string();
        assert!(error.contains("invalid args"), "{name}: {error}");
    }
}

#[test]
fn the_page_may_call_the_commands_of_the_table_and_nothing_else() {
    let capability = include_str!("../../src-tauri/capabilities/main.json");
    let capability: Value = serde_json::from_str(capability).expect("JSON");
    let list = capability["permissions"].as_array().expect("a list").iter();
    let mut found: Vec<&str> = list.map(|permission| permission.as_str().expect("a name")).collect();
    let wanted = NAMES.iter().map(|name| format!("allow-{}", name.replace('_', "-")));
    let mut wanted: Vec<String> = wanted.chain(["core:window:allow-theme".to_owned()]).collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

#[test]
fn a_window_without_a_capability_may_call_nothing() {
    let data = folder();
    let tiller = Tiller::open(&without_model(&data));
    let other = tiller.other_window();
    for &name in NAMES {
        let error =
            invoke_from(&other, name, json!({"request": {}})).expect_err("it has no permission").to_string();
        assert!(error.contains("not allowed"), "{name}: {error}");
    }
}

#[test]
fn watching_begins_with_the_starter_project() {
    let data = folder();
    let tiller = Tiller::open(&without_model(&data));
    let picture = tiller.watch();
    assert_eq!(
        (picture.project.as_str(), picture.version.as_str()),
        ("Starter project", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(picture.data_sets.len(), 3);
    assert_eq!(picture.models.len(), 1);
    assert!(picture.jobs.is_empty() && picture.runs.is_empty());
    assert_eq!(picture.vectors.len(), STARTER_BEHAVIOURS.len());
    assert!(support::own(&picture.vectors).is_empty());
}

#[test]
fn pairs_are_edited_and_every_edit_can_be_undone_after_a_restart() {
    let data = folder();
    let paths = without_model(&data);
    let tiller = Tiller::open(&paths);
    let data_set = tiller.watch().data_sets[0].id;
    let before = tiller.get(ListPairs { data_set });
    let first = before[0].id;

    let added = tiller.get(AddPair { data_set, after: Some(first), content: content("New?") });
    assert_eq!(tiller.get(ListPairs { data_set })[1].id, added.pair_id);
    let edited = tiller.get(EditPair { pair: first, content: content("Changed?") });
    assert_eq!(edited.pair.expect("it is there").content, content("Changed?"));
    let deleted = tiller.get(DeletePair { pair: before[1].id });
    assert_eq!((deleted.pair, deleted.data_set.can_undo), (None, true));
    tiller.wait_for(|event| matches!(event, Event::DataSet(set) if set.can_undo).then_some(()));
    let after = tiller.get(ListPairs { data_set });
    drop(tiller);

    let tiller = Tiller::open(&paths);
    assert_eq!(tiller.get(ListPairs { data_set }), after);
    let undone = tiller.get(Undo { data_set }).expect("the deletion");
    assert_eq!((undone.pair_id, undone.pair.map(|pair| pair.id)), (before[1].id, Some(before[1].id)));
    tiller.get(Undo { data_set }).expect("the change");
    tiller.get(Undo { data_set }).expect("the addition");
    assert_eq!(tiller.get(ListPairs { data_set }), before);
    assert_eq!(tiller.get(Undo { data_set }), None);
    for _ in 0..3 {
        tiller.get(Redo { data_set }).expect("an edit");
    }
    assert_eq!(tiller.get(ListPairs { data_set }), after);
    assert_eq!(tiller.get(Redo { data_set }), None);
}

#[test]
fn settings_outlive_the_window() {
    let data = folder();
    let paths = without_model(&data);
    let settings = Settings { theme: Theme::Dark, screen: Some("train".into()), ..Settings::default() };
    Tiller::open(&paths).get(SaveSettings { settings: settings.clone() });
    assert_eq!(Tiller::open(&paths).watch().settings, settings);
}

#[test]
fn a_missing_row_is_reported_in_a_sentence() {
    let data = folder();
    let tiller = Tiller::open(&without_model(&data));
    let id: Id = 9999;
    let failures = [
        tiller.call(ListPairs { data_set: id }).err(),
        tiller.call(EditPair { pair: id, content: content("?") }).err(),
        tiller.call(AddPair { data_set: id, after: None, content: content("?") }).err(),
        tiller.call(DeletePair { pair: id }).err(),
        tiller.call(Undo { data_set: id }).err(),
        tiller.call(Redo { data_set: id }).err(),
        tiller.call(LoadModel { model: id }).err(),
        tiller.call(DefaultSettings { model: id, data_set: 1, preset: Preset::Small }).err(),
        tiller.call(ReadHistory { run: id }).err(),
        tiller.call(StartSweep { model: 1, settings: support::sweep_of(id, 1, &[0.0]) }).err(),
        tiller.call(ReadPoint { sweep: id, curve: support::FIRST_CURVE, multiplier: 0.0 }).err(),
        tiller.call(ReadItems { sweep: id, curve: support::FIRST_CURVE }).err(),
        tiller.call(ReadChanges { sweep: id, curves: vec![support::FIRST_CURVE] }).err(),
        tiller.call(DeleteSweep { sweep: id }).err(),
        tiller.call(ControlJob { job: id, action: JobAction::Stop }).err(),
        tiller.call(MoveJob { job: id, to: QueueMove::Earlier }).err(),
        tiller.call(StopAnswers { question: id }).err(),
        tiller.call(RenameRun { run: id, name: "New".into() }).err(),
        tiller.call(RenameVector { vector: id, name: "New".into() }).err(),
        tiller.call(DescribeVector { vector: id, tags: vec![], note: String::new() }).err(),
        tiller.call(MakeVector { vector: id, change: Change::Negate, name: String::new() }).err(),
        tiller.call(CompareVectors { vectors: vec![id, id], layer: None }).err(),
        tiller.call(ReadVectorSum { terms: Arm::vector(id).terms }).err(),
        tiller.call(ReadLogitLens { vector: id, layer: None }).err(),
        tiller.call(ReadResidual { model: id }).err(),
        tiller.call(DeleteVector { vector: id }).err(),
        tiller.call(RenameDataSet { data_set: id, name: "New".into() }).err(),
        tiller.call(DeleteDataSet { data_set: id }).err(),
        tiller.call(DeleteRun { run: id }).err(),
        tiller.call(BeginConversation { desk: chat::desk(&Arm::vector(id).terms, &[1.0], 4) }).err(),
        tiller.call(ReadTurns { conversation: id }).err(),
        tiller.call(ChangeDesk { conversation: id, desk: chat::desk(&[], &[1.0], 4) }).err(),
        tiller.call(chat::say(id, "Why?")).err(),
        tiller.call(Regenerate { conversation: id, turns: vec![id], new_seed: true }).err(),
        tiller.call(ContinueTurns { conversation: id, turns: vec![id] }).err(),
        tiller.call(EditTurn { conversation: id, turns: vec![id], text: "?".into() }).err(),
        tiller.call(ShowVariant { conversation: id, turn: id }).err(),
        tiller.call(DeleteTurn { conversation: id, turn: id }).err(),
        tiller.call(FollowAnswer { conversation: id, turn: id }).err(),
        tiller.call(BranchConversation { conversation: id, turn: id }).err(),
        tiller.call(StopAnswering { conversation: id, column: None }).err(),
        tiller.call(RenameConversation { conversation: id, name: "New".into() }).err(),
        tiller.call(PinConversation { conversation: id, pinned: true }).err(),
        tiller.call(DeleteConversation { conversation: id }).err(),
        tiller.call(DeletePreset { preset: id }).err(),
        tiller.call(UndoDeletion { deletion: id }).err(),
        tiller.call(RestoreModel { model: id }).err(),
    ];
    for (index, failure) in failures.into_iter().enumerate() {
        let failure = failure.unwrap_or_else(|| panic!("call {index} must be refused"));
        assert_eq!(failure.code, Code::NotFound, "call {index}: {failure:?}");
        assert!(failure.message.ends_with('.'), "call {index}: {failure:?}");
    }
}

#[test]
fn without_the_models_file_everything_else_works_and_says_so() {
    let data = folder();
    let tiller = Tiller::open(&without_model(&data));
    let picture = tiller.watch();
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    let is_missing = |event: &Event| match event {
        Event::Model(model) => {
            matches!(&model.state, ModelState::Failed { failure } if failure.code == Code::ModelMissing)
        }
        Event::Overview(picture) => {
            matches!(&picture.models[0].state, ModelState::Failed { failure } if failure.code == Code::ModelMissing)
        }
        _ => false,
    };
    tiller.wait_for(|event| is_missing(event).then_some(()));
    let train = Train { name: String::new(), model, data_set, settings: small_run(1) };
    assert_eq!(tiller.call(train).expect_err("there is no model").code, Code::ModelMissing);
    let conversation = tiller.get(BeginConversation { desk: chat::desk(&[], &[0.0], 4) }).id;
    let refused = tiller.call(chat::say(conversation, "Why?")).expect_err("there is no model");
    assert_eq!(refused.code, Code::ModelNotLoaded);
    let count = CountTokens { content: content("?"), system_prompt: String::new() };
    assert_eq!(tiller.call(count).expect_err("there is no model").code, Code::ModelNotLoaded);
    let estimate = EstimateTraining { model, data_set, settings: small_run(1) };
    assert_eq!(tiller.call(estimate).expect_err("there is no model").code, Code::ModelMissing);
    let add = AddModel { file: FileRef::typed(data.path().join("none.gguf").display().to_string()) };
    assert_eq!(tiller.call(add).expect_err("there is no file").code, Code::ModelMissing);
    assert_eq!(tiller.watch_again().models.len(), 1, "a refused model leaves nothing behind");
}

#[test]
fn a_model_file_that_is_cut_off_or_changed_is_refused() {
    let data = folder();
    let whole = fs::read(support::starter_model()).expect("the starter model");
    let cut = data.path().join("cut.gguf");
    fs::write(&cut, &whole[..whole.len() / 2]).expect("half a model");
    let paths = AppPaths { starter_model: cut, ..paths_without_model(&data.path().join("data")) };
    let failed = |tiller: &Tiller| {
        tiller.wait_for(|event| {
            match event {
                Event::Model(model) => Some(model.state.clone()),
                Event::Overview(picture) => Some(picture.models[0].state.clone()),
                _ => None,
            }
            .and_then(|state| match state {
                ModelState::Failed { failure } => Some(failure),
                _ => None,
            })
        })
    };
    let tiller = Tiller::open(&paths);
    tiller.watch();
    let failure = failed(&tiller);
    assert_eq!(failure.code, Code::ModelUnusable);
    assert!(failure.message.contains("cut off") && failure.next.is_some(), "{failure:?}");
    drop(tiller);

    // The last byte belongs to a weight, so that only the SHA-256 reveals the change.
    let mut changed = whole;
    *changed.last_mut().expect("a byte") ^= 1;
    fs::write(&paths.starter_model, &changed).expect("a changed model");
    let tiller = Tiller::open(&paths);
    tiller.watch();
    let failure = failed(&tiller);
    assert_eq!(failure.code, Code::ModelUnusable);
    assert!(failure.detail.as_ref().is_some_and(|detail| detail.contains("SHA-256")), "{failure:?}");
}

#[test]
fn a_second_process_on_the_same_data_is_refused_in_a_sentence() {
    let data = folder();
    let paths = without_model(&data);
    let _first = Tiller::open(&paths);
    let second = Tiller::open(&paths);
    let error =
        second.invoke("watch", json!({"request": {}, "events": "__CHANNEL__:7"})).expect_err("it is in use");
    assert!(error.to_string().contains("already running"), "{error}");
}

#[test]
fn train_sweep_and_ask_on_the_starter_model_and_find_it_all_again() {
    let data = folder();
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let (run, vector, history) = train(&tiller, model, data_set);
    let sweep = sweep(&tiller, model, data_set, &vector);
    ask(&tiller, &vector);
    change_a_held_out_pair(&tiller, data_set, &sweep);
    tiller.get(RenameVector { vector: vector.id, name: " Formal ".into() });
    drop(tiller);

    // A restart restores everything.
    let tiller = Tiller::open(&support::app_paths(data.path()));
    let picture = tiller.watch();
    let own = support::own(&picture.vectors);
    assert_eq!(own.iter().map(|vector| vector.name.as_str()).collect::<Vec<_>>(), ["Formal"]);
    assert_eq!(picture.sweeps, std::slice::from_ref(&sweep));
    assert_eq!((picture.runs.len(), picture.conversations.len()), (1, 2));
    let first = picture.conversations.iter().map(|known| known.id).min().expect("a conversation");
    for conversation in picture.conversations.iter().map(|known| known.id) {
        let turns = tiller.get(ReadTurns { conversation });
        assert_eq!(turns.len(), 6);
        assert!(turns.iter().filter_map(chat::answer).all(|answer| answer.end != AnswerEnd::Open));
    }
    assert_eq!(tiller.get(ReadHistory { run: run.id }), history);
    tiller.get(DeleteVector { vector: vector.id });
    let picture = tiller.watch_again();
    assert!(support::own(&picture.vectors).is_empty() && picture.sweeps.is_empty());
    assert_eq!(picture.runs[0].vector, None);
    let turns = tiller.get(ReadTurns { conversation: first });
    let steered = turns.iter().find_map(chat::answer).map(|answer| answer.steering[0].terms[0].clone());
    let steered = steered.expect("what steered is kept");
    assert_eq!((steered.name.as_str(), steered.multiplier), (vector.name.as_str(), 1.0));
}

/// Trains a small run to its end.
pub(crate) fn train(tiller: &Tiller, model: Id, data_set: Id) -> (Run, Vector, History) {
    let defaults = tiller.get(DefaultSettings { model, data_set, preset: Preset::Small });
    assert_eq!((defaults.layers, defaults.method), (vec![10], Method::Bipo));
    let tokens =
        tiller.get(CountTokens { content: content("Is it?"), system_prompt: defaults.system_prompt });
    assert!(tokens.prompt > tokens.wanted && tokens.wanted > 1 && tokens.limit >= 2048, "{tokens:?}");
    let settings = small_run(2);
    let estimate = tiller.get(EstimateTraining { model, data_set, settings: settings.clone() });
    assert_eq!((estimate.steps, estimate.seconds), (4, None));
    assert!(estimate.memory_bytes > 98_000_000 && estimate.free_bytes > 0, "{estimate:?}");
    let wrong = TrainSettings { layers: vec![30], ..settings.clone() };
    let refused = tiller
        .call(Train { name: String::new(), model, data_set, settings: wrong })
        .expect_err("no layer 30");
    assert_eq!(refused.code, Code::Invalid);
    let run = tiller.get(Train { name: String::new(), model, data_set, settings: settings.clone() });
    assert_eq!((run.name.as_str(), run.steps), ("Writes formally L26", 4));
    let vector = tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        Event::Job(job) if job.id == run.job && matches!(job.state, JobState::Failed { .. }) => {
            panic!("{job:?}")
        }
        _ => None,
    });
    assert_eq!((vector.layer, vector.size, vector.method), (26, 576, Some(Method::Bipo)));
    assert!(vector.norm > 0.0 && vector.residual_norm.is_some_and(|norm| norm > 1.0), "{vector:?}");
    let done = tiller.wait_for(|event| match event {
        Event::Run(now) if now.id == run.id && now.state == JobState::Done => Some(now.clone()),
        _ => None,
    });
    assert_eq!(done.vector, Some(vector.id));
    let history = tiller.get(ReadHistory { run: run.id });
    assert_eq!(history.steps.iter().map(|step| step.step).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(history.epochs.iter().map(|epoch| epoch.epoch).collect::<Vec<_>>(), [0, 1, 2]);
    let received: Vec<_> = tiller
        .events()
        .iter()
        .filter_map(|event| match event {
            Event::Steps { run: of, steps } if *of == run.id => Some(steps.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(received, history.steps, "every step is said once, in order");
    let estimate = tiller.get(EstimateTraining { model, data_set, settings });
    assert!(estimate.seconds.is_some_and(|seconds| seconds > 0.0), "the speed is known now: {estimate:?}");
    (run, vector, history)
}

/// Runs a sweep and reads the items behind its points.
pub(crate) fn sweep(tiller: &Tiller, model: Id, data_set: Id, vector: &Vector) -> Sweep {
    let settings = support::sweep_of(vector.id, data_set, &[1.0, -1.0]);
    let request = StartSweep { model, settings };
    let sweep = tiller.get(request.clone());
    assert_eq!(sweep.settings.multipliers, [-1.0, 0.0, 1.0], "the unsteered model is always measured");
    assert_eq!((sweep.settings.arms[0].name.as_str(), sweep.expected), (vector.name.as_str(), 3));
    let sweep = tiller.wait_for(|event| match event {
        Event::Sweep(now) if now.id == sweep.id && now.state.is_over() => Some(now.clone()),
        _ => None,
    });
    assert_eq!((&sweep.state, sweep.points.len(), &sweep.stale), (&JobState::Done, 3, &None));
    let points = tiller.events().iter().filter(|event| matches!(event, Event::SweepPoints { .. })).count();
    assert_eq!(points, 3);
    assert_eq!(tiller.get(request.clone()).id, sweep.id, "the same content is not measured twice");
    let curve = support::FIRST_CURVE;
    let items = tiller.get(ReadPoint { sweep: sweep.id, curve, multiplier: 1.0 });
    assert_eq!(items.len(), support::HELD_OUT_PAIRS);
    assert!(
        items.iter().all(|item| item.unsteered.is_some() && item.wanted.is_some() && !item.prompt.is_empty())
    );
    let mean = items.iter().filter_map(|item| item.value).sum::<f64>() / 2.0;
    assert!((mean - sweep.points[2].value).abs() < 1e-9);
    let curves = tiller.get(ReadItems { sweep: sweep.id, curve });
    assert_eq!((curves.multipliers.as_slice(), curves.items.len()), (&[-1.0, 0.0, 1.0][..], 2));
    assert!(curves.items.iter().all(|item| item.slope.is_some() && item.values.len() == 3));
    let changes = tiller.get(ReadChanges { sweep: sweep.id, curves: vec![curve] });
    assert_eq!(changes.iter().map(|point| point.multiplier).collect::<Vec<_>>(), [-1.0, 0.0, 1.0]);
    for (change, point) in changes.iter().zip(&sweep.points) {
        assert!((change.value - (point.value - sweep.points[1].value)).abs() < 1e-9, "{change:?}");
        assert!(change.low <= change.value && change.value <= change.high, "{change:?}");
    }
    assert!(changes[1].low == 0.0 && changes[1].high == 0.0, "nothing changes at 0");
    let mut twice = request.clone();
    twice.settings.multipliers = vec![0.0, -0.0];
    assert_eq!(tiller.call(twice).expect_err("0 is there twice").code, Code::Invalid);
    sweep
}

/// Says something in two conversations. The first is answered, the second is stopped.
pub(crate) fn ask(tiller: &Tiller, vector: &Vector) {
    let (terms, multipliers) = (Arm::vector(vector.id).terms, [1.0, 0.0, -1.0]);
    let conversation = chat::ask(tiller, chat::desk(&terms, &multipliers, 6), "What is rain?");
    for answer in chat::answers(tiller, conversation) {
        assert!(!answer.text.is_empty() && answer.tokens <= 6, "{answer:?}");
    }
    let long = chat::ask(tiller, chat::desk(&terms, &multipliers, 1500), "What is rain?");
    tiller.wait_for(|event| match event {
        Event::Turns { conversation, turns } if *conversation == long => {
            turns.iter().filter_map(chat::answer).any(|answer| answer.tokens > 0).then_some(())
        }
        _ => None,
    });
    tiller.get(StopAnswering { conversation: long, column: None });
    for answer in chat::answers(tiller, long) {
        assert_eq!(answer.end, AnswerEnd::Stopped);
    }
}

/// Editing a held-out pair makes the sweep stale until the edit is undone.
fn change_a_held_out_pair(tiller: &Tiller, data_set: Id, sweep: &Sweep) {
    let pair =
        tiller.get(ListPairs { data_set }).into_iter().find(|pair| pair.content.split == Split::HeldOut);
    let pair = pair.expect("a held-out pair");
    tiller.get(EditPair { pair: pair.id, content: PairContent { prompt: "Other?".into(), ..pair.content } });
    tiller.wait_for(|event| {
        matches!(event, Event::Sweep(now) if now.id == sweep.id && now.stale.is_some()).then_some(())
    });
    tiller.get(Undo { data_set }).expect("the change");
}

#[test]
fn a_run_is_paused_resumed_and_stopped_with_its_vector_so_far() {
    let data = folder();
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[2].id);
    tiller.shrink(data_set);
    let train = Train { name: "Long".into(), model, data_set, settings: small_run(500) };
    let run = tiller.get(train.clone());
    let waiting = tiller.get(train);
    let state = |job: Id, wanted: JobState, after: usize| {
        tiller.wait_for_after(after, |event| {
            matches!(event, Event::Job(now) if now.id == job && now.state == wanted).then_some(())
        });
    };
    tiller.wait_for(|event| matches!(event, Event::Steps { run: of, .. } if *of == run.id).then_some(()));
    let queued = tiller.get(ControlJob { job: waiting.job, action: JobAction::Pause });
    assert_eq!(queued.state, JobState::Paused, "a job that waits is paused at once");
    let stopped = tiller.get(ControlJob { job: waiting.job, action: JobAction::Stop });
    assert_eq!(stopped.state, JobState::Stopped);

    let mark = tiller.events().len();
    tiller.get(ControlJob { job: run.job, action: JobAction::Pause });
    state(run.job, JobState::Paused, mark);
    let steps = tiller.get(ReadHistory { run: run.id }).steps.len();
    assert_eq!(tiller.watch_again().jobs.len(), 1);

    let mark = tiller.events().len();
    tiller.get(ControlJob { job: run.job, action: JobAction::Resume });
    tiller.wait_for_after(mark, |event| {
        matches!(event, Event::Steps { run: of, .. } if *of == run.id).then_some(())
    });
    tiller.get(ControlJob { job: run.job, action: JobAction::Stop });
    state(run.job, JobState::Stopped, mark);
    let history = tiller.get(ReadHistory { run: run.id });
    assert!(history.steps.len() > steps, "it went on");
    let expected: Vec<u32> = (1..=history.steps.len() as u32).collect();
    assert_eq!(
        history.steps.iter().map(|step| step.step).collect::<Vec<_>>(),
        expected,
        "no step is lost or doubled"
    );
    let picture = tiller.watch_again();
    assert_eq!(support::own(&picture.vectors).len(), 1, "what it had made is kept");
    assert_eq!(
        picture.vectors[0].norm.to_bits(),
        history.steps.last().expect("a step").vector_norm.to_bits()
    );
    assert!(picture.jobs.is_empty());
    let resumed = tiller.call(ControlJob { job: run.job, action: JobAction::Resume });
    assert_eq!(resumed.expect_err("it is over").code, Code::Invalid);
}
