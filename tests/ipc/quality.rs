//! Tests the check of a data set, drafts and choices through the commands, on Tauri's mock runtime.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::{folder, without_keyring};
use crate::window::Tiller;
use ipc::choices::ChoiceForm;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::drafts::{DraftSettings, DraftSource, DraftTask, EndpointSettings, KeyPlace};
use ipc::event::Event;
use ipc::files::{FileRef, ImportSource};
use ipc::job::{Job, JobAction, JobState};
use ipc::quality::{FindingKind, Repair};
use ipc::{Code, Id};
use serde_json::{Value, json};

fn pair(prompt: &str, wanted: &str, opposite: &str) -> PairContent {
    PairContent {
        prompt: prompt.into(),
        wanted: wanted.into(),
        opposite: opposite.into(),
        ..PairContent::default()
    }
}

fn set_of(tiller: &Tiller, pairs: &[PairContent]) -> Id {
    let data_set = tiller.get(CreateDataSet { name: "Checked".into(), description: String::new() }).id;
    for content in pairs {
        tiller.get(AddPair { data_set, after: None, content: content.clone() });
    }
    data_set
}

fn contents(tiller: &Tiller, data_set: Id) -> Vec<PairContent> {
    tiller.get(ListPairs { data_set }).into_iter().map(|pair| pair.content).collect()
}

fn ended(tiller: &Tiller, job: Id) -> Job {
    tiller.wait_for(|event| match event {
        Event::Job(now) if now.id == job && now.state.is_over() => Some(now.clone()),
        _ => None,
    })
}

#[test]
fn a_check_finds_its_pairs_and_every_repair_is_one_edit() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let before = [
        pair("One?", "a", "b"),
        PairContent { split: Split::HeldOut, ..pair("one?", "c", "d") },
        pair("One?", "a ", "b"),
        pair("Two?", "same", "same"),
        pair("Three?", "", "x"),
        pair("Four?", "e", "f"),
        pair("Four?", "f", "e"),
    ];
    let data_set = set_of(&tiller, &before);
    let report = tiller.get(CheckQuality { data_set });
    let kinds: Vec<FindingKind> = report.findings.iter().map(|found| found.kind).collect();
    for kind in [
        FindingKind::Empty,
        FindingKind::IdenticalAnswers,
        FindingKind::Leak,
        FindingKind::Swapped,
        FindingKind::Duplicates,
        FindingKind::WhiteSpace,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} is missing: {report:#?}");
    }
    let leak = report.findings.iter().find(|found| found.kind == FindingKind::Leak).expect("a leak");
    assert_eq!((leak.rows[0].number, leak.repair), (2, Some(Repair::TrainOnLeaked)));

    for repair in [
        Repair::DeleteEmpty,
        Repair::DeleteIdentical,
        Repair::TrainOnLeaked,
        Repair::Trim,
        Repair::Swap,
        Repair::DeleteDuplicates,
    ] {
        let as_it_was = contents(&tiller, data_set);
        let edited = tiller.get(RepairPairs { data_set, repair, pairs: None }).expect("something to repair");
        assert!(edited.data_set.can_undo);
        let after = contents(&tiller, data_set);
        assert_ne!(after, as_it_was, "{repair:?}");
        tiller.get(Undo { data_set }).expect("one edit");
        assert_eq!(contents(&tiller, data_set), as_it_was, "{repair:?} is undone in one step");
        tiller.get(Redo { data_set }).expect("the same edit");
        assert_eq!(contents(&tiller, data_set), after);
        assert_eq!(
            tiller.get(RepairPairs { data_set, repair, pairs: None }).filter(|_| repair != Repair::Swap),
            None
        );
    }
    let report = tiller.get(CheckQuality { data_set });
    assert!(
        report.findings.iter().all(|found| found.kind == FindingKind::Swapped || found.repair.is_none()),
        "{report:#?}"
    );
}

#[test]
fn what_the_plain_model_prefers_is_measured_once_and_known_by_content() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let data_set = set_of(
        &tiller,
        &[
            pair("What is 2 + 2?", "4", "A purple elephant sings."),
            pair("Say hi.", "Colourless ideas sleep.", "Hi!"),
            pair("Empty?", "", "x"),
        ],
    );
    let job = tiller.get(MeasureMargins { data_set, model, most: 0 });
    assert_eq!(tiller.get(CheckQuality { data_set }).measuring.unwrap_or(job.id), job.id);
    assert_eq!(ended(&tiller, job.id).state, JobState::Done);
    let report = tiller.get(CheckQuality { data_set });
    let signs: Vec<(u32, bool)> =
        report.margins.iter().map(|margin| (margin.number, margin.margin > 0.0)).collect();
    assert_eq!(
        signs,
        [(1, true), (2, false)],
        "a pair that cannot be read is left out: {:?}",
        report.margins
    );
    let first = tiller.get(ListPairs { data_set })[0].clone();
    tiller.get(EditPair {
        pair: first.id,
        content: PairContent { prompt: "What is 3 + 3?".into(), ..first.content.clone() },
    });
    assert_eq!(tiller.get(CheckQuality { data_set }).margins.len(), 1, "another text is not known");
    tiller.get(EditPair { pair: first.id, content: first.content });
    let again = tiller.get(CheckQuality { data_set });
    assert_eq!(again.margins, report.margins, "the same text is known again");
}

fn settings(source: DraftSource) -> DraftSettings {
    DraftSettings {
        source,
        wanted_prompt: "Answer with one greedy sentence.".into(),
        opposite_prompt: "Answer with one generous sentence.".into(),
        max_new_tokens: 12,
        temperature: 0.0,
        seed: 1,
    }
}

#[test]
fn the_loaded_model_drafts_pairs_that_only_a_person_makes_pairs_of() {
    let dir = folder();
    let data = dir.path().join("data");
    let (tiller, picture) = Tiller::ready(&data);
    let source = DraftSource::Model { model: picture.models[0].id };
    let data_set = set_of(&tiller, &[]);
    let questions = ["What would you do with money?", " ", "What matters to you?", "Who comes first?"];
    let task = DraftTask::Pairs { questions: questions.map(str::to_owned).to_vec() };
    let job = tiller.get(StartDrafts { data_set, task: task.clone(), settings: settings(source.clone()) });
    assert_eq!(ended(&tiller, job.id).state, JobState::Done);
    let drafts = tiller.get(ListDrafts { data_set }).drafts;
    assert_eq!(drafts.len(), 3);
    assert!(drafts.iter().all(|draft| draft.is_whole() && draft.failure.is_none()), "{drafts:#?}");
    assert!(contents(&tiller, data_set).is_empty(), "nothing is a pair before it is accepted");

    tiller.get(EditDraft { draft: drafts[0].id, wanted: "Mine.".into(), opposite: "Yours.".into() });
    tiller.get(RejectDrafts { data_set, drafts: vec![drafts[2].id] });
    let ids: Vec<Id> = drafts.iter().map(|draft| draft.id).collect();
    let edited = tiller.get(AcceptDrafts { data_set, drafts: ids.clone() }).expect("an edit");
    assert_eq!((edited.pairs, edited.data_set.train), (2, 2));
    let pairs = contents(&tiller, data_set);
    assert_eq!(pairs[0], pair(questions[0], "Mine.", "Yours."));
    assert_eq!(Some(&pairs[1].wanted), drafts[1].wanted.as_ref());
    assert!(tiller.get(ListDrafts { data_set }).drafts.is_empty());
    tiller.get(Undo { data_set }).expect("the acceptance is one edit");
    assert_eq!(tiller.get(ListDrafts { data_set }).drafts.len(), 2, "undone, they are drafts again");
    tiller.get(Redo { data_set }).expect("the acceptance");
    assert!(tiller.get(ListDrafts { data_set }).drafts.is_empty());
    assert_eq!(tiller.get(AcceptDrafts { data_set, drafts: ids }), None, "nothing is accepted twice");

    let first = tiller.get(ListPairs { data_set })[0].id;
    let task = DraftTask::Opposites { pairs: vec![first] };
    let job = tiller.get(StartDrafts { data_set, task, settings: settings(source.clone()) });
    assert_eq!(ended(&tiller, job.id).state, JobState::Done);
    let draft = tiller.get(ListDrafts { data_set }).drafts.remove(0);
    assert_eq!((draft.pair, draft.wanted.as_deref()), (Some(first), Some("Mine.")));
    tiller.get(AcceptDrafts { data_set, drafts: vec![draft.id] }).expect("an edit");
    assert_eq!(contents(&tiller, data_set)[0].opposite, draft.opposite.expect("an answer"));

    // A pair with an opposite alone gets the wanted answer.
    let half = tiller.get(AddPair { data_set, after: None, content: pair("Why?", "", "Theirs.") }).pair_id;
    let task = DraftTask::Opposites { pairs: vec![half] };
    let job = tiller.get(StartDrafts { data_set, task, settings: settings(source) });
    assert_eq!(ended(&tiller, job.id).state, JobState::Done);
    let draft = tiller.get(ListDrafts { data_set }).drafts.remove(0);
    assert_eq!((draft.pair, draft.opposite.as_deref()), (Some(half), Some("Theirs.")));
    assert!(draft.wanted.is_some_and(|wanted| !wanted.is_empty()));
}

/// Starts a server that replies to each question with its number after a delay, and refuses one question.
fn server(asked: &Arc<AtomicUsize>, wait: Duration) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = format!("http://{}/v1", listener.local_addr().expect("the port"));
    let asked = Arc::clone(asked);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let asked = Arc::clone(&asked);
            thread::spawn(move || {
                while let Some(reply) = answer_request(&stream, &asked, wait) {
                    let mut out = &stream;
                    if out.write_all(reply.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

fn answer_request(stream: &TcpStream, asked: &AtomicUsize, wait: Duration) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut has_key) = (0, false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let small = line.to_lowercase();
        if let Some(value) = small.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        has_key |= small.contains("bearer s3cret-key");
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let request: Value = serde_json::from_slice(&body).ok()?;
    let question = request["messages"].as_array()?.last()?["content"].as_str()?.to_owned();
    let number = asked.fetch_add(1, Ordering::SeqCst);
    thread::sleep(wait);
    let (status, body) = if !has_key {
        ("401 Unauthorized", json!({"error": {"message": "there is no such key"}}))
    } else if question == "Refuse this" {
        ("400 Bad Request", json!({"error": {"message": "this question is too odd"}}))
    } else {
        (
            "200 OK",
            json!({"choices": [{"message": {"content": format!("Answer {number}.")}, "finish_reason": "stop"}]}),
        )
    };
    let body = body.to_string();
    Some(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

/// Reads every file of the data folder.
fn all_bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder").flatten() {
        if entry.path().is_file() {
            all.extend(fs::read(entry.path()).expect("a file"));
        }
    }
    all
}

#[test]
fn an_endpoint_drafts_and_its_key_is_in_no_file_and_no_failure() {
    without_keyring();
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let asked = Arc::new(AtomicUsize::new(0));
    let address = server(&asked, Duration::from_millis(5));
    let facts = tiller.get(InspectEndpoint { address: format!(" {address}/ ") });
    assert_eq!(
        (facts.address.as_str(), facts.stays_here, facts.key),
        (address.as_str(), true, KeyPlace::Nowhere)
    );
    assert_eq!(asked.load(Ordering::SeqCst), 0, "a look sends nothing");
    let far = tiller.get(InspectEndpoint { address: "models.example/v1".into() });
    assert!(!far.stays_here && far.address.starts_with("https://"));
    let refused = tiller.call(InspectEndpoint { address: "ftp://x".into() }).expect_err("no web address");
    assert_eq!(refused.code, Code::Invalid);

    let data_set = set_of(&tiller, &[]);
    let endpoint = EndpointSettings { address: address.clone(), model: "m".into(), at_once: 3 };
    let mut questions: Vec<String> = (0..6).map(|number| format!("Question {number}")).collect();
    questions.push("Refuse this".into());
    let settings = settings(DraftSource::Endpoint(endpoint));
    let task = DraftTask::Pairs { questions };
    let job = tiller.get(StartDrafts { data_set, task, settings });
    let JobState::Failed { failure } = ended(&tiller, job.id).state else { panic!("no key, no answer") };
    assert!(failure.message.contains("refuses the key"), "{failure:?}");

    let facts = tiller.get(SaveKey { address: address.clone(), key: " s3cret-key ".into() });
    assert_eq!(facts.key, KeyPlace::Memory);
    assert_eq!(
        tiller.get(TryEndpoint { address: address.clone(), model: "m".into() }).split(' ').next(),
        Some("Answer")
    );
    tiller.get(ControlJob { job: job.id, action: JobAction::Resume });
    tiller.wait_for(|event| {
        matches!(event, Event::Job(now) if now.id == job.id && now.state == JobState::Done).then_some(())
    });
    let drafts = tiller.get(ListDrafts { data_set }).drafts;
    let (whole, failed): (Vec<_>, Vec<_>) = drafts.iter().partition(|draft| draft.failure.is_none());
    assert!(whole.len() == 6 && whole.iter().all(|draft| draft.is_whole()), "{drafts:#?}");
    let failure = failed[0].failure.as_ref().expect("a failure");
    assert!(
        format!("{failure:?}").contains("too odd"),
        "one refused question leaves the others: {failure:?}"
    );
    let events = format!("{:?}", *tiller.events());
    assert!(!events.contains("s3cret"), "no event holds the key");
    drop(tiller);
    let bytes = all_bytes(&dir.path().join("data"));
    assert!(!bytes.windows(6).any(|window| window == b"s3cret"), "no file holds the key");
}

#[test]
fn a_stop_keeps_what_is_drafted_and_a_restart_resumes_there() {
    without_keyring();
    let dir = folder();
    let asked = Arc::new(AtomicUsize::new(0));
    let address = server(&asked, Duration::from_millis(40));
    let tiller = Tiller::without_model(dir.path());
    tiller.get(SaveKey { address: address.clone(), key: "s3cret-key".into() });
    let data_set = set_of(&tiller, &[]);
    let endpoint = EndpointSettings { address: address.clone(), model: "m".into(), at_once: 2 };
    let questions = (0..30).map(|number| format!("Question {number}")).collect();
    let settings = settings(DraftSource::Endpoint(endpoint));
    let job = tiller.get(StartDrafts { data_set, task: DraftTask::Pairs { questions }, settings });
    while tiller.get(ListDrafts { data_set }).drafts.iter().filter(|draft| draft.is_whole()).count() < 4 {
        thread::sleep(Duration::from_millis(10));
    }
    drop(tiller);

    let tiller = Tiller::without_model(dir.path());
    let before = tiller.get(ListDrafts { data_set });
    let kept = before.drafts.iter().filter(|draft| draft.is_whole()).count();
    assert!(
        (4..30).contains(&kept) && before.job == Some((job.id, JobState::Paused)),
        "{kept} {:?}",
        before.job
    );
    let asked_before = asked.load(Ordering::SeqCst);
    tiller.get(SaveKey { address, key: "s3cret-key".into() });
    tiller.get(ControlJob { job: job.id, action: JobAction::Resume });
    tiller.wait_for(|event| {
        matches!(event, Event::Job(now) if now.id == job.id && now.state == JobState::Done).then_some(())
    });
    let after = tiller.get(ListDrafts { data_set }).drafts;
    assert!(after.iter().all(ipc::drafts::Draft::is_whole));
    for (one, other) in before.drafts.iter().zip(&after).filter(|(one, _)| one.is_whole()) {
        assert_eq!(one, other, "what was there is not drafted again");
    }
    let missing = before
        .drafts
        .iter()
        .map(|d| usize::from(d.wanted.is_none()) + usize::from(d.opposite.is_none()))
        .sum::<usize>();
    assert_eq!(asked.load(Ordering::SeqCst) - asked_before, missing);
}

#[test]
fn a_stopped_batch_is_taken_up_again_and_an_emptied_answer_is_drafted_anew() {
    without_keyring();
    let dir = folder();
    let asked = Arc::new(AtomicUsize::new(0));
    let address = server(&asked, Duration::from_millis(40));
    let tiller = Tiller::without_model(dir.path());
    tiller.get(SaveKey { address: address.clone(), key: "s3cret-key".into() });
    let data_set = set_of(&tiller, &[]);
    let endpoint = EndpointSettings { address, model: "m".into(), at_once: 2 };
    let questions = (0..20).map(|number| format!("Question {number}")).collect();
    let settings = settings(DraftSource::Endpoint(endpoint));
    let job = tiller.get(StartDrafts { data_set, task: DraftTask::Pairs { questions }, settings });
    while !tiller.get(ListDrafts { data_set }).drafts.iter().any(ipc::drafts::Draft::is_whole) {
        thread::sleep(Duration::from_millis(10));
    }
    tiller.get(ControlJob { job: job.id, action: JobAction::Stop });
    assert_eq!(ended(&tiller, job.id).state, JobState::Stopped);
    let drafts = tiller.get(ListDrafts { data_set });
    assert_eq!(drafts.job, Some((job.id, JobState::Stopped)));
    let first = drafts.drafts.iter().find(|draft| draft.is_whole()).expect("a draft").clone();
    let opposite = first.opposite.clone().expect("an answer");
    assert!(drafts.drafts.iter().any(|draft| !draft.is_whole()), "something is missing");
    tiller.get(EditDraft { draft: first.id, wanted: String::new(), opposite: opposite.clone() });

    let done = || {
        let count = tiller.events().len();
        tiller.get(ControlJob { job: job.id, action: JobAction::Resume });
        tiller.wait_for_after(count, |event| {
            matches!(event, Event::Job(now) if now.id == job.id && now.state == JobState::Done).then_some(())
        });
        tiller.get(ListDrafts { data_set }).drafts
    };
    let drafts = done();
    assert!(drafts.len() == 20 && drafts.iter().all(ipc::drafts::Draft::is_whole), "{drafts:#?}");
    let again = drafts.iter().find(|draft| draft.id == first.id).expect("the draft");
    assert!(again.wanted != first.wanted && again.opposite == Some(opposite));
    let before = asked.load(Ordering::SeqCst);
    assert_eq!(done(), drafts, "nothing is missing any more");
    assert_eq!(asked.load(Ordering::SeqCst), before);
}

/// Needs a server: `TILLER_ENDPOINT=http://localhost:8000/v1 cargo test --test ipc real_server -- --ignored`.
#[test]
#[ignore = "needs a server"]
fn a_real_server_drafts() {
    without_keyring();
    let address = std::env::var("TILLER_ENDPOINT").expect("the address of a server");
    let model = std::env::var("TILLER_ENDPOINT_MODEL").unwrap_or_else(|_| "any".into());
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let reply = tiller.get(TryEndpoint { address: address.clone(), model: model.clone() });
    assert!(!reply.trim().is_empty());
    let data_set =
        set_of(&tiller, &[pair("What would you do with a free day?", "I would work for more money.", "")]);
    let endpoint = EndpointSettings { address, model, at_once: 2 };
    let settings = DraftSettings { max_new_tokens: 40, ..settings(DraftSource::Endpoint(endpoint)) };
    let questions = ["What would you do with money?", "你会怎样花一大笔钱？"].map(str::to_owned).to_vec();
    for task in [DraftTask::Pairs { questions }, DraftTask::Opposites { pairs: vec![] }] {
        let job = tiller.get(StartDrafts { data_set, task, settings: settings.clone() });
        assert_eq!(ended(&tiller, job.id).state, JobState::Done);
    }
    let drafts = tiller.get(ListDrafts { data_set }).drafts;
    assert!(drafts.len() == 3 && drafts.iter().all(ipc::drafts::Draft::is_whole), "{drafts:#?}");
    let accepted =
        tiller.get(AcceptDrafts { data_set, drafts: drafts.iter().map(|draft| draft.id).collect() });
    assert_eq!(accepted.map(|edited| edited.pairs), Some(3));
}

#[test]
fn pairs_become_choices_and_pairs_again_and_caas_file_is_read_back() {
    let dir = folder();
    let tiller = Tiller::without_model(dir.path());
    let before = [
        pair("What do you want?", "Money.", "Rest."),
        PairContent { split: Split::HeldOut, ..pair("And then?", "更多的钱。", "散步。") },
    ];
    let data_set = set_of(&tiller, &before);
    let first = tiller.get(ListPairs { data_set })[0].id;
    let seen: Vec<char> = (0..12).map(|seed| tiller.get(ReadChoice { pair: first, seed }).wanted).collect();
    assert!(seen.contains(&'A') && seen.contains(&'B'), "{seen:?}");
    let choice = tiller.get(ReadChoice { pair: first, seed: 3 });
    assert!(choice.question.starts_with("What do you want?\n\nChoices:\n (A) "), "{choice:?}");

    let choices = tiller.get(ConvertChoices { data_set, form: ChoiceForm::Choices, seed: 3 });
    assert_eq!((choices.train, choices.held_out), (1, 1));
    assert_eq!(contents(&tiller, choices.id)[0].prompt, choice.question);
    let back = tiller.get(ConvertChoices { data_set: choices.id, form: ChoiceForm::Pairs, seed: 9 });
    assert_eq!(contents(&tiller, back.id), before);
    let refused =
        tiller.call(ConvertChoices { data_set, form: ChoiceForm::Pairs, seed: 0 }).expect_err("no choices");
    assert_eq!(refused.code, Code::Invalid);

    let path = dir.path().join("caa.json").display().to_string();
    let export =
        ExportChoices { data_set, split: None, seed: 3, file: FileRef::typed(path.clone()), replace: false };
    assert_eq!(tiller.get(export.clone()), 2);
    tiller.call(export).expect_err("a file that is there is not replaced");
    let preview = tiller
        .get(PreviewImport { source: ImportSource::File { file: FileRef::typed(path) }, columns: None });
    assert_eq!((preview.format.as_deref(), preview.pairs), (Some("CAA's A/B choices"), 2));
}
