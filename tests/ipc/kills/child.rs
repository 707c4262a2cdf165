//! What the process does that is killed. It says what it tries, and what was confirmed to it.

use std::io::Write as _;
use std::path::Path;

use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::event::Event;
use ipc::files::{FileRef, HoldOut, ImportSource, ImportTarget, PairFormat};
use ipc::job::JobState;
use ipc::sweep::SteeringTerm;

use super::CHILD;
use super::ground::{self, IMPORTED, PAIR, SET, TINY, VECTOR};
use super::kind::Kind;
use crate::opened::{Opened, is_ready};

/// Stands before every line that the process says: the test harness says lines of its own.
pub(super) const SAYS: &str = "says> ";

/// What the process says when it has nothing left to do.
pub(super) const DONE: &str = "done";

/// The most rounds of work.
const ROUNDS: u32 = 100;

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{SAYS}{line}").and_then(|()| out.flush()).expect("the other process listens");
}

/// Runs in the process that is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test kills"]
async fn child() {
    let all = std::env::var(CHILD).expect("its work");
    let [kind, folder, hub] = all.split('|').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let (kind, folder) = (Kind::from_name(kind), Path::new(folder));
    let opened = ground::open(folder, hub).await;
    say("open");
    match kind {
        Kind::Import => import(&opened).await,
        Kind::Edit => edit(&opened).await,
        Kind::Train => train(&opened).await,
        Kind::Sweep => sweep(&opened).await,
        Kind::Chat => chat(&opened).await,
        Kind::Download => download(&opened).await,
        Kind::Export => export(&opened, folder).await,
        Kind::Migrate => {}
    }
    say(DONE);
    std::future::pending::<()>().await;
}

async fn import(opened: &Opened) {
    for round in 0..ROUNDS {
        say(&format!("tries {round}"));
        let request = ImportPairs {
            source: ImportSource::Text { text: ground::imported_csv() },
            columns: None,
            into: ImportTarget::New { name: format!("Import {round}") },
            hold_out: HoldOut { share: 0.0, seed: 0 },
            skip_refused: false,
        };
        let set = opened.app.import_pairs(request).await.expect("an import");
        assert_eq!(set.train, IMPORTED);
        say(&format!("did {round}"));
    }
}

async fn edit(opened: &Opened) {
    for round in 0..ROUNDS {
        say(&format!("tries {round}"));
        let content = ground::pair(&format!("edit {round}"));
        opened.app.edit_pair(EditPair { pair: PAIR, content }).await.expect("an edit");
        say(&format!("did {round}"));
        if round % 3 == 0 {
            let content = ground::pair(&format!("added {round}"));
            opened.app.add_pair(AddPair { data_set: SET, content, after: None }).await.expect("a pair");
            say(&format!("added {round}"));
        }
    }
}

async fn train(opened: &Opened) {
    let run = opened.app.train(ground::training()).await.expect("a run");
    say("did");
    opened.wait(|event| match event {
        Event::Steps { run: of, steps } if of == run.id => {
            say(&format!("steps {}", steps.last().map_or(0, |step| step.step)));
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
    let sweep = opened.app.start_sweep(ground::sweep()).await.expect("a sweep");
    say("did");
    opened.wait(|event| match event {
        Event::SweepPoints { sweep: of, .. } if of == sweep.id => {
            say("point");
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
        let ask = Ask {
            text: format!("the cat {round}"),
            terms: vec![SteeringTerm::new(VECTOR)],
            multipliers: vec![-1.0, 0.0, 1.0],
            max_new_tokens: 24,
        };
        let question = opened.app.ask(ask).await.expect("a question");
        say(&format!("did {round}"));
        let mut open = question.answers.len();
        opened.wait(|event| match event {
            Event::Answer { question: of, answer } if of == question.id && answer.end != AnswerEnd::Open => {
                open -= 1;
                (open == 0).then_some(())
            }
            _ => None,
        });
        say(&format!("answered {round}"));
    }
}

async fn download(opened: &Opened) {
    let download = opened.start("org/model").await;
    say("did");
    opened.download(|state| *state == JobState::Done);
    say(&format!("brought {}", download.id));
}

async fn export(opened: &Opened, folder: &Path) {
    for round in 0..ROUNDS {
        let request = ExportPairs {
            data_set: if round % 2 == 0 { SET } else { 1 },
            split: None,
            tags: vec![],
            file: FileRef::typed(ground::exported(folder).display().to_string()),
            format: PairFormat::TillerJsonl,
            everything: true,
            guard_formulas: false,
            replace: true,
        };
        opened.allow(&request).await;
        opened.app.export_pairs(request).await.expect("an export");
        say(&format!("did {round}"));
    }
}
