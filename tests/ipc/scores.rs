//! Sweeps of many scores, on Tauri's mock runtime, with the real engine and the starter model.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::support;
use crate::window::Tiller;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::drafts::EndpointSettings;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::score::{Judge, Rubric, Score};
use ipc::steering::{Acts, Where};
use ipc::sweep::{Arm, ArmTerm, Curve, Generation, PromptSet, Prompting, Sweep, SweepSettings};
use ipc::train::{Method, TrainSettings};
use ipc::vector::Vector;
use ipc::{Code, Id};

const QUESTIONS: &str = "One?,1,2,3,4,A\nTwo?,1,2,3,4,B\nThree?,1,2,3,4,C\nFour?,1,2,3,4,D\nFive?,1,2,3,4,A\n\
    What is two and two?,3,5,4,6,C\nWhat comes after one?,2,7,9,8,A\n";

/// A vector that takes no steps, and its data set with a few pairs.
fn vector(tiller: &Tiller, model: Id, data_set: Id) -> Vector {
    tiller.shrink(data_set);
    let settings = TrainSettings { method: Method::Freeform, ..support::small_run(1) };
    let run = tiller.get(Train { name: "F".into(), model, data_set, settings });
    tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        _ => None,
    })
}

fn swept(tiller: &Tiller, model: Id, settings: SweepSettings) -> Sweep {
    let begun = tiller.get(StartSweep { model, settings });
    tiller.wait_for(|event| match event {
        Event::Sweep(now) if now.id == begun.id && now.state.is_over() => Some(now.clone()),
        _ => None,
    })
}

fn judge(judge: Judge) -> Score {
    Score::Judge { judge, rubric: Rubric::on_board().remove(0) }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one walk: each step looks at what the one before made")]
fn many_scores_are_measured_once_and_read_back() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    let vector = vector(&tiller, model, data_set);
    let questions = data.path().join("sums_test.csv");
    fs::write(&questions, QUESTIONS).expect("a file");
    let path = questions.display().to_string();
    let system = Prompting::System { text: "Answer in one word.".into() };
    let settings = SweepSettings {
        arms: vec![
            Arm::vector(vector.id),
            Arm { prompting: system, ..Arm::default() },
            Arm { prompting: Prompting::Shots { wanted: true, count: 2 }, ..Arm::vector(vector.id) },
        ],
        multipliers: vec![2.0],
        sets: vec![
            PromptSet::HeldOut { data_set, name: String::new() },
            PromptSet::List { name: "Own".into(), prompts: vec!["What is rain?".into()] },
        ],
        scores: vec![
            Score::LogOdds,
            Score::LogOddsPerToken,
            Score::Choice,
            Score::Perplexity,
            Score::Divergence,
            Score::Knowledge { path, shots: 5 },
            Score::Length,
            Score::Compliance,
            judge(Judge::Local),
            Score::Rating,
        ],
        generation: Generation { max_new_tokens: 4, ..Generation::default() },
        ..SweepSettings::default()
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    // Five arms' multipliers: two vectors at two, a system prompt at one, which nothing stands behind on the neutral text.
    // Three scores on one set, three on none, three on two sets.
    assert_eq!((sweep.points.len(), sweep.expected), (5 * (3 + 3 + 2 * 3) - 2, 58));
    let score = |wanted: &Score| {
        sweep.settings.scores.iter().position(|score| score == wanted).expect("it is there") as u32
    };
    let curve =
        |arm: u32, set: Option<u32>, wanted: &Score| sweep.curve(Curve { arm, set, score: score(wanted) });
    for point in &sweep.points {
        assert!(
            point.value.is_finite() && point.low <= point.value && point.value <= point.high,
            "{point:?}"
        );
    }
    let divergence = curve(0, None, &Score::Divergence);
    assert!(divergence[0].value.abs() < 1e-9 && divergence[1].value > 1e-4, "{divergence:?}");
    let choice = curve(0, Some(0), &Score::Choice);
    assert!(choice.iter().all(|point| (0.0..=1.0).contains(&point.value)));
    let verdicts = curve(0, Some(0), &judge(Judge::Local));
    assert!(verdicts.iter().all(|point| (1.0..=4.0).contains(&point.value) && point.missing == 0));
    // The file's first five questions are the examples.
    assert_eq!(
        sweep.points.iter().find(|point| point.set.is_none() && point.count == 2).map(|point| point.count),
        Some(2)
    );

    // The answers stand beside the unsteered ones.
    let length = Curve { arm: 0, set: Some(1), score: score(&Score::Length) };
    let items = tiller.get(ReadPoint { sweep: sweep.id, curve: length, multiplier: 2.0 });
    assert_eq!((items.len(), items[0].prompt.as_str()), (1, "What is rain?"));
    assert!(items[0].answer.is_some() && items[0].unsteered_answer.is_some());

    // A sweep of a part of it measures nothing again.
    let part = SweepSettings {
        arms: vec![Arm::vector(vector.id)],
        sets: settings.sets[..1].to_vec(),
        scores: vec![Score::Length, Score::LogOdds],
        ..settings
    };
    let mark = tiller.heard().len();
    let again = swept(&tiller, model, part);
    let values = |sweep: &Sweep, score: u32| {
        sweep
            .curve(Curve { arm: 0, set: Some(0), score })
            .iter()
            .map(|p| p.value.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&again, 0), values(&sweep, score(&Score::Length)));
    let was_answering = tiller.heard()[mark..]
        .iter()
        .any(|event| matches!(event, Event::Job(job) if job.progress.phase == "Answering"));
    assert!(!was_answering, "the answers were there");

    // A person rates without knowing.
    let to_rate = tiller.get(ReadToRate { sweep: sweep.id });
    // A list has no training pairs, so that worked examples change nothing on it.
    assert_eq!(to_rate.len(), 5 * 2 + 3, "two held-out prompts from five ways, one of a list from three");
    let first = &to_rate[0];
    let rate = RateAnswer { sweep: sweep.id, answers: first.answers.clone(), place: first.place, rating: 4 };
    let agreement = tiller.get(rate.clone());
    assert_eq!((agreement.rated, agreement.answers, agreement.both), (1, 13, 1));
    assert_eq!(tiller.get(ReadToRate { sweep: sweep.id }).len(), 12);
    assert_eq!(tiller.call(RateAnswer { rating: 5, ..rate }).expect_err("5 is none").code, Code::Invalid);
    tiller.wait_for_after(mark, |event| match event {
        Event::SweepPoints { sweep: of, points } if *of == sweep.id => {
            points.iter().any(|point| point.score == score(&Score::Rating) && point.value > 3.9).then_some(())
        }
        _ => None,
    });

    // What is exported is what it says, and what is there is not replaced unasked.
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><path d='M0 0H9' stroke='#000'/></svg>";
    let report = data.path().join("report.html").display().to_string();
    let export = ExportReport { sweep: sweep.id, svg: svg.into(), path: report.clone(), replace: false };
    tiller.get(export.clone());
    let page = fs::read_to_string(&report).expect("the report");
    assert!(
        page.contains("Answer in one word.")
            && page.contains(sweep.fingerprint.as_deref().expect("a fingerprint"))
    );
    tiller.call(export).expect_err("a file is there");
    let chart = ExportChart {
        svg: svg.into(),
        path: data.path().join("a.gif").display().to_string(),
        replace: false,
    };
    assert_eq!(tiller.call(chart).expect_err("no such format").code, Code::Invalid);

    tiller.get(DeleteSweep { sweep: again.id });
    let left = tiller.watch_again().sweeps;
    assert_eq!(left.iter().map(|sweep| sweep.id).collect::<Vec<_>>(), [sweep.id]);
}

/// A server that speaks the chat protocol and says one thing after another, the last one for ever. It gives its address.
fn server(words: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/v1", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let mut asked = 0;
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the whole question");
            assert!(String::from_utf8_lossy(&body).contains("The answer to rate"));
            let said = words[asked.min(words.len() - 1)];
            asked += 1;
            let reply = format!(
                "{{\"choices\":[{{\"message\":{{\"content\":\"{said}\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":90,\"completion_tokens\":1}}}}"
            );
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", reply.len());
            stream.write_all((head + &reply).as_bytes()).expect("the reply is read");
        }
    });
    address
}

#[test]
fn a_judge_behind_an_address_is_read_and_not_guessed_and_asked_once() {
    support::without_keyring();
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    let vector = vector(&tiller, model, data_set);
    let pair =
        tiller.get(ListPairs { data_set }).into_iter().find(|pair| pair.content.split == Split::HeldOut);
    let pair = pair.expect("a held-out pair");
    tiller.get(AddPair {
        data_set,
        after: Some(pair.id),
        content: PairContent { prompt: "And then?".into(), ..pair.content },
    });
    let address = server(&["1 out of 4", "4", "I would rather not say"]);
    let to = EndpointSettings { address, model: "j".into(), at_once: 1 };
    let settings = SweepSettings {
        scores: vec![judge(Judge::Endpoint(to))],
        generation: Generation { max_new_tokens: 3, ..Generation::default() },
        arms: vec![Arm { prompting: Prompting::System { text: "Brief.".into() }, ..Arm::default() }],
        ..support::sweep_of(vector.id, data_set, &[0.0])
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    let point = sweep.points[0];
    assert_eq!((point.count, point.missing), (2, 1), "one verdict could not be read");
    assert!((point.value - 2.5).abs() < 1e-12);
    let items = tiller.get(ReadPoint { sweep: sweep.id, curve: point.curve(), multiplier: 0.0 });
    assert_eq!(items[2].note.as_deref(), Some("I would rather not say"));
    assert_eq!((items[0].value, items[2].value), (Some(1.0), None));
    let spent = tiller.watch_again().sweeps[0].spent;
    assert_eq!((spent.read, spent.written), (3 * 90, 3));
    // Every verdict is there already: the server is asked nothing.
    tiller.get(DeleteSweep { sweep: sweep.id });
    let again = swept(&tiller, model, settings);
    assert_eq!(again.points[0].value.to_bits(), point.value.to_bits());
}

#[test]
fn epochs_templates_and_what_a_vector_does_are_told_apart() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let run = tiller.get(Train { name: "E".into(), model, data_set, settings: support::small_run(2) });
    let vector = tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        _ => None,
    });
    let epoch = |epoch: u32| Arm {
        terms: vec![ArmTerm { epoch: Some(epoch), ..ArmTerm::of(vector.id) }],
        ..Arm::default()
    };
    let template = Prompting::Template { name: "Llama 2".into(), source: String::new() };
    let settings = SweepSettings {
        arms: vec![
            Arm::vector(vector.id),
            epoch(1),
            epoch(2),
            Arm { prompting: template, ..Arm::vector(vector.id) },
        ],
        scores: vec![Score::LogOdds, Score::JudgedCompliance { judge: Judge::Local }],
        generation: Generation { max_new_tokens: 3, ..Generation::default() },
        ..support::sweep_of(vector.id, data_set, &[0.0, 2.0])
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    let at = |sweep: &Sweep, arm: u32, score: u32| {
        let points = sweep.curve(Curve { arm, set: Some(0), score });
        points.iter().map(|point| point.value.to_bits()).collect::<Vec<_>>()
    };
    // The last epoch is the run's end; all begin at the unsteered model, another template apart.
    assert_eq!(at(&sweep, 2, 0), at(&sweep, 0, 0));
    assert_eq!(at(&sweep, 1, 0)[0], at(&sweep, 0, 0)[0]);
    assert_ne!(at(&sweep, 1, 0)[1], at(&sweep, 0, 0)[1]);
    assert_ne!(at(&sweep, 3, 0)[0], at(&sweep, 0, 0)[0]);
    assert!(sweep.settings.arms[1].name.ends_with("epoch 1"), "{}", sweep.settings.arms[1].name);
    assert!(sweep.points.iter().filter(|p| p.score == 1).all(|p| (0.0..=1.0).contains(&p.value)));
    let same = tiller.get(StartSweep { model, settings: settings.clone() });
    assert_eq!(same.id, sweep.id, "nothing has changed");

    // A vector that acts otherwise makes the numbers those of another one.
    let acts = Acts { on: Where::Answer, ..vector.acts };
    tiller.get(SetActs { vector: vector.id, acts });
    let stale = tiller.watch_again().sweeps.remove(0);
    assert!(stale.stale.is_some_and(|why| why.contains("acts otherwise")));
    let other = swept(&tiller, model, settings);
    assert_ne!(other.id, sweep.id);
    assert_eq!(at(&other, 0, 0)[0], at(&sweep, 0, 0)[0]);
    assert_ne!(at(&other, 0, 0)[1], at(&sweep, 0, 0)[1]);
}

/// Against a real server: `TILLER_ENDPOINT=http://localhost:8000/v1 cargo test --test ipc a_real_server_judges -- --ignored`.
#[test]
#[ignore = "needs a server that speaks the chat protocol, named by TILLER_ENDPOINT"]
fn a_real_server_judges() {
    support::without_keyring();
    let address = std::env::var("TILLER_ENDPOINT").expect("the address of a server");
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[0].id);
    tiller.shrink(data_set);
    let to = EndpointSettings { address, model: "any".into(), at_once: 2 };
    let settings = SweepSettings {
        arms: vec![Arm { prompting: Prompting::System { text: "Brief.".into() }, ..Arm::default() }],
        scores: vec![
            judge(Judge::Endpoint(to.clone())),
            Score::JudgedCompliance { judge: Judge::Endpoint(to) },
        ],
        generation: Generation { max_new_tokens: 24, ..Generation::default() },
        ..support::sweep_of(0, data_set, &[0.0])
    };
    let sweep = swept(&tiller, model, settings);
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    assert!(sweep.spent.read > 0 && sweep.spent.written > 0, "{:?}", sweep.spent);
    for point in &sweep.points {
        let items = tiller.get(ReadPoint { sweep: sweep.id, curve: point.curve(), multiplier: 0.0 });
        assert!(items.iter().all(|item| item.note.is_some()), "{items:?}");
        assert_eq!(point.count + point.missing, items.len() as u32);
    }
}
