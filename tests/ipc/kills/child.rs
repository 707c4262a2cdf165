//! What the process does that is killed. It prints what it attempts and what was confirmed to it.

use std::io::Write as _;
use std::path::Path;

use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::event::Event;
use ipc::files::{FileRef, HoldOut, ImportSource, ImportTarget, PairFormat};
use ipc::job::JobState;
use ipc::sweep::SteeringTerm;

use super::CHILD;
use super::fixture::{self, IMPORTED, PAIR, SET, TINY, VECTOR};
use super::work::Work;
use crate::chat;
use crate::opened::{Opened, is_ready};

/// Stands before every line that the process says: the test harness says lines of its own.
pub(super) const LINE_PREFIX: &str = "line> ";

/// What the process says when it has nothing left to do.
pub(super) const DONE: &str = "done";

/// The most rounds of work.
const ROUNDS: u32 = 100;

fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{LINE_PREFIX}{line}").and_then(|()| out.flush()).expect("the other process listens");
}

/// Runs in the process that is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test kills"]
async fn child() {
    let all = std::env::var(CHILD).expect("its work");
    let [work, folder, hub] = all.split('|').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let (work, folder) = (Work::from_name(work), Path::new(folder));
    let opened = fixture::open(folder, hub).await;
    print_line("open");
    match work {
        Work::Import => import(&opened).await,
        Work::Edit => edit(&opened).await,
        Work::Train => train(&opened).await,
        Work::Sweep => sweep(&opened).await,
        Work::Chat => chat(&opened).await,
        Work::Download => download(&opened).await,
        Work::Export => export(&opened, folder).await,
        Work::Migrate => {}
    }
    print_line(DONE);
    std::future::pending::<()>().await;
}

async fn import(opened: &Opened) {
    for round in 0..ROUNDS {
        print_line(&format!("attempt {round}"));
        let request = ImportPairs {
            source: ImportSource::Text { text: fixture::imported_csv() },
            columns: None,
            into: ImportTarget::New { name: format!("Import {round}"), description: String::new() },
            hold_out: HoldOut { share: 0.0, seed: 0 },
            skip_refused: false,
        };
        let set = opened.app.import_pairs(request).await.expect("an import");
        assert_eq!(set.train, IMPORTED);
        print_line(&format!("confirmed {round}"));
    }
}

async fn edit(opened: &Opened) {
    for round in 0..ROUNDS {
        print_line(&format!("attempt {round}"));
        let content = fixture::pair(&format!("edit {round}"));
        opened.app.edit_pair(EditPair { pair: PAIR, content }).await.expect("an edit");
        print_line(&format!("confirmed {round}"));
        if round % 3 == 0 {
            let content = fixture::pair(&format!("added {round}"));
            opened.app.add_pair(AddPair { data_set: SET, content, after: None }).await.expect("a pair");
            print_line(&format!("added {round}"));
        }
    }
}

async fn train(opened: &Opened) {
    let run = opened.app.train(fixture::training()).await.expect("a run");
    print_line("confirmed");
    opened.wait(|event| match event {
        Event::Steps { run: of, steps } if of == run.id => {
            print_line(&format!("steps {}", steps.last().map_or(0, |step| step.step)));
            None
        }
        Event::Job(job) if job.id == run.job && job.state.is_over() => {
            assert_eq!(job.state, JobState::Done);
            Some(())
        }
        _ => None,
    });
}

async fn sweep(opened: &Opened) {
    let sweep = opened.app.start_sweep(fixture::sweep()).await.expect("a sweep");
    print_line("confirmed");
    opened.wait(|event| match event {
        Event::SweepPoints { sweep: of, .. } if of == sweep.id => {
            print_line("point");
            None
        }
        Event::Job(job) if job.id == sweep.job && job.state.is_over() => Some(()),
        _ => None,
    });
}

async fn chat(opened: &Opened) {
    if !opened.picture.models.iter().any(is_ready(TINY)) {
        opened.model(is_ready(TINY));
    }
    for round in 0..ROUNDS {
        let desk = chat::desk(&[SteeringTerm::new(VECTOR)], &[-1.0, 0.0, 1.0], 24);
        let begin = BeginConversation { desk };
        let conversation = opened.app.begin_conversation(begin).await.expect("a conversation").id;
        opened.app.say(chat::say(conversation, &format!("the cat {round}"))).await.expect("a message");
        print_line(&format!("confirmed {round}"));
        let mut open = 3;
        opened.wait(|event| match event {
            Event::Turns { conversation: of, turns } if of == conversation => {
                let ended = |answer: &&ipc::conversation::ModelTurn| answer.end != AnswerEnd::Open;
                open -= turns.iter().filter_map(chat::answer).filter(ended).count();
                (open == 0).then_some(())
            }
            _ => None,
        });
        print_line(&format!("answered {round}"));
    }
}

async fn download(opened: &Opened) {
    let download = opened.start("org/model").await;
    print_line("confirmed");
    opened.download(|state| *state == JobState::Done);
    print_line(&format!("brought {}", download.id));
}

async fn export(opened: &Opened, folder: &Path) {
    for round in 0..ROUNDS {
        let request = ExportPairs {
            data_set: if round % 2 == 0 { SET } else { 1 },
            split: None,
            tags: vec![],
            file: FileRef::typed(fixture::exported(folder).display().to_string()),
            format: PairFormat::TillerJsonl,
            everything: true,
            guard_formulas: false,
            replace: true,
        };
        opened.allow(&request).await;
        opened.app.export_pairs(request).await.expect("an export");
        print_line(&format!("confirmed {round}"));
    }
}
