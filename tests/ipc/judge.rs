//! Tests a judge behind an endpoint, on Tauri's mock runtime.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::drafts::EndpointSettings;
use ipc::job::JobState;
use ipc::score::{Judge, Rubric, Score};
use ipc::sweep::{Arm, Generation, PromptSet, Prompting, Sweep, SweepSettings};

use crate::scores::{judge, swept};
use crate::support;
use crate::tiny;
use crate::window::Tiller;

/// Starts a chat completions server that replies with one text after another and repeats the last one. Returns its address.
fn server(words: &'static [&'static str]) -> String {
    server_that(move |asked, _| words[asked.min(words.len() - 1)])
}

/// Starts a chat completions server that replies to the request of this number, from 0, by its body. Returns its address.
fn server_that(reply_to: impl Fn(usize, &str) -> &'static str + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/v1", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for (asked, stream) in listener.incoming().enumerate() {
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
            let body = String::from_utf8_lossy(&body);
            assert!(body.contains("The answer to rate"));
            let reply = reply_to(asked, &body);
            let reply = format!(
                "{{\"choices\":[{{\"message\":{{\"content\":\"{reply}\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":90,\"completion_tokens\":1}}}}"
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
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = picture.data_sets[1].id;
    tiller.shrink(data_set);
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
        ..support::sweep_of(0, data_set, &[0.0])
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    let point = sweep.points[0];
    assert_eq!((point.count, point.missing), (2, 1), "one verdict could not be read");
    assert!((point.value - 2.5).abs() < 1e-12);
    let items = tiller.get(ReadPoint { sweep: sweep.id, curve: point.curve(), multiplier: 0.0 });
    assert_eq!(items[2].note.as_deref(), Some("I would rather not say"));
    assert_eq!((items[0].value, items[2].value), (Some(1.0), None));
    let usage = tiller.watch_again().sweeps[0].usage;
    assert_eq!((usage.read, usage.written), (3 * 90, 3));
    // All verdicts are in the store, so the server receives no request.
    tiller.get(DeleteSweep { sweep: sweep.id });
    let again = swept(&tiller, model, settings);
    assert_eq!(again.points[0].value.to_bits(), point.value.to_bits());
}

#[test]
fn each_set_is_judged_by_its_own_rubric_and_only_that_is_asked_anew() {
    support::without_keyring();
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let (first, second) = (picture.data_sets[0].id, picture.data_sets[1].id);
    tiller.shrink(first);
    tiller.shrink(second);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let address = server_that(move |_, body| {
        count.fetch_add(1, Ordering::SeqCst);
        if body.contains("how far an answer shows wit") { "4" } else { "1" }
    });
    let to = EndpointSettings { address, model: "j".into(), at_once: 1 };
    let score = Score::Judge { judge: Judge::Endpoint(to), rubric: Rubric::new("care") };
    let set = |data_set| PromptSet::HeldOut { data_set, name: String::new() };
    let by_one = SweepSettings {
        scores: vec![score],
        sets: vec![set(first), set(second)],
        generation: Generation { max_new_tokens: 3, ..Generation::default() },
        arms: vec![Arm { prompting: Prompting::System { text: "Brief.".into() }, ..Arm::default() }],
        ..support::sweep_of(0, first, &[0.0])
    };
    let by_two = SweepSettings { rubrics: [(1, Rubric::new("wit"))].into(), ..by_one.clone() };
    let values = |sweep: &Sweep| {
        let of = |set: u32| sweep.points.iter().find(|point| point.set == Some(set)).expect("a point").value;
        [of(0), of(1)]
    };
    let (on_first, on_second) = (support::HELD_OUT_PAIRS, support::HELD_OUT_PAIRS);

    let sweep = swept(&tiller, model, by_two.clone());
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    assert_eq!(sweep.settings.rubrics, by_two.rubrics);
    assert_eq!((values(&sweep), asked.load(Ordering::SeqCst)), ([1.0, 4.0], on_first + on_second));
    for point in &sweep.points {
        let items = tiller.get(ReadPoint { sweep: sweep.id, curve: point.curve(), multiplier: 0.0 });
        let words = if point.set == Some(1) { "4" } else { "1" };
        assert!(items.iter().all(|item| item.note.as_deref() == Some(words)), "{items:?}");
    }

    // A sweep of the old form has one rubric for all sets: only the second set's answers are judged anew.
    let old = swept(&tiller, model, by_one);
    assert_eq!((values(&old), asked.load(Ordering::SeqCst)), ([1.0, 1.0], on_first + 2 * on_second));
    // The same rubrics give the same sweep.
    assert_eq!(tiller.get(StartSweep { model, settings: by_two }).id, sweep.id);
}

/// Needs a server: `TILLER_ENDPOINT=http://localhost:8000/v1 cargo test --test ipc a_real_server_judges -- --ignored`.
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
    assert!(sweep.usage.read > 0 && sweep.usage.written > 0, "{:?}", sweep.usage);
    for point in &sweep.points {
        let items = tiller.get(ReadPoint { sweep: sweep.id, curve: point.curve(), multiplier: 0.0 });
        assert!(items.iter().all(|item| item.note.is_some()), "{items:?}");
        assert_eq!(point.count + point.missing, items.len() as u32);
    }
}
