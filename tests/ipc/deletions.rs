//! Tests that what is deleted is gone from the whole state, and that taking it back leaves everything as it was.

use ipc::command::*;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::project::Overview;
use ipc::sweep::Arm;
use ipc::train::{AnswerPosition, History, Run};
use ipc::vector::Vector;
use ipc::{Code, Id, analysis};

use crate::chat;
use crate::commands::sweep;
use crate::support::{self, folder};
use crate::tiny;
use crate::window::Tiller;

/// Returns what a deletion can change of the state.
fn state(tiller: &Tiller) -> Overview {
    let mut overview = tiller.watch_again();
    // Loading a model is no part of it.
    overview.models.clear();
    overview
}

#[test]
fn what_is_deleted_is_gone_and_comes_back_with_everything_that_hung_on_it() {
    let data = folder();
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = picture.data_sets[1].id;
    tiller.shrink(data_set);
    let (run, vector, history) = train(&tiller, model, data_set);
    let sweep = sweep(&tiller, model, data_set, &vector);
    let desk = chat::desk(&Arm::vector(vector.id).terms, &[1.0, 0.0], 3);
    let conversation = chat::ask(&tiller, desk, "What is rain?");
    assert_eq!(chat::answers(&tiller, conversation).len(), 2);
    analyse(&tiller, model, data_set);
    let whole = state(&tiller);
    assert_eq!((whole.runs.len(), whole.sweeps.len(), whole.analyses.len()), (1, 1, 1));
    let pairs = tiller.get(ListPairs { data_set });

    let deletion = tiller.get(DeleteSweep { sweep: sweep.id });
    assert_eq!(state(&tiller).sweeps, []);
    undo(&tiller, deletion.id, &whole);
    let items = ReadPoint { sweep: sweep.id, curve: support::FIRST_CURVE, multiplier: 1.0 };
    assert_eq!(tiller.get(items).len(), support::HELD_OUT_PAIRS, "with its items");

    let deletion = tiller.get(DeleteRun { run: run.id });
    let now = state(&tiller);
    assert_eq!((now.runs.len(), now.vectors[0].run), (0, None));
    assert_eq!(tiller.call(ReadHistory { run: run.id }).expect_err("it is gone").code, Code::NotFound);
    undo(&tiller, deletion.id, &whole);
    assert_eq!(tiller.get(ReadHistory { run: run.id }), history);

    let turns = tiller.get(ReadTurns { conversation });
    let deletion = tiller.get(DeleteConversation { conversation });
    assert!(state(&tiller).conversations.iter().all(|known| known.id != conversation));
    let gone = tiller.call(ReadTurns { conversation }).expect_err("it is gone");
    assert_eq!(gone.code, Code::NotFound);
    undo(&tiller, deletion.id, &whole);
    assert_eq!(tiller.get(ReadTurns { conversation }), turns, "with its turns");

    // The vector goes with its sweep, then the data set goes with its run; they come back in the other order.
    let of_vector = tiller.get(DeleteVector { vector: vector.id });
    let now = state(&tiller);
    assert_eq!((support::own(&now.vectors).len(), now.sweeps.len(), now.runs[0].vector), (0, 0, None));
    let of_set = tiller.get(DeleteDataSet { data_set });
    assert!(of_set.title.contains("Writes formally"), "{of_set:?}");
    let now = state(&tiller);
    assert_eq!((now.data_sets.len(), now.runs.len(), now.analyses.len()), (2, 0, 0));
    assert_eq!(tiller.call(ListPairs { data_set }).expect_err("it is gone").code, Code::NotFound);
    let too_early =
        tiller.call(UndoDeletion { deletion: of_vector.id }).expect_err("a later one comes first");
    assert_eq!(too_early.code, Code::NotFound);
    tiller.get(UndoDeletion { deletion: of_set.id });
    undo(&tiller, of_vector.id, &whole);
    assert_eq!(tiller.get(ListPairs { data_set }), pairs);
    let again = tiller.call(UndoDeletion { deletion: of_vector.id });
    assert_eq!(again.expect_err("it is back already").code, Code::NotFound);
    tiller.get(StartSweep { model, settings: support::sweep_of(vector.id, data_set, &[1.0, -1.0]) });
    assert_eq!(state(&tiller).sweeps.len(), 1, "the same sweep is there and not measured again");
}

/// Trains a vector in a few steps.
fn train(tiller: &Tiller, model: Id, data_set: Id) -> (Run, Vector, History) {
    let run = tiller.get(Train { name: String::new(), model, data_set, settings: tiny::run(2) });
    let vector = tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        _ => None,
    });
    tiller.wait_for(|event| {
        matches!(event, Event::Run(now) if now.id == run.id && now.state == JobState::Done).then_some(())
    });
    let history = tiller.get(ReadHistory { run: run.id });
    (run, vector, history)
}

/// Takes a deletion back and compares everything with what it was.
fn undo(tiller: &Tiller, deletion: Id, whole: &Overview) {
    let mark = tiller.events().len();
    tiller.get(UndoDeletion { deletion });
    let restored = tiller.wait_for_after(mark, |event| match event {
        Event::Restored(overview) => Some(overview.clone()),
        _ => None,
    });
    assert_eq!(restored.sweeps, whole.sweeps, "the window receives what is back");
    assert_eq!(&state(tiller), whole);
}

/// Asks whether the pairs will steer.
fn analyse(tiller: &Tiller, model: Id, data_set: Id) {
    let question = analysis::Question::Steerability { position: AnswerPosition::Last };
    let asked = tiller.get(StartAnalysis { model, data_set, question });
    tiller.wait_for(|event| {
        matches!(event, Event::Analysis(now) if now.id == asked.id && now.state == JobState::Done)
            .then_some(())
    });
}
