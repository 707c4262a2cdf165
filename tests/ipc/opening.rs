//! Tests what the window does where the store cannot be opened: it says why, offers to mend it, and opens it once that is done.

use std::fs;

use ipc::Code;
use ipc::command::*;
use ipc::repair::RepairHow;
use serde_json::json;

use crate::support::{folder, paths_without_model};
use crate::window::Tiller;

/// Asks for the channel of events. Returns the failure, if it is refused.
fn refused(tiller: &Tiller) -> Option<ipc::Failure> {
    let asked = tiller.invoke("watch", json!({"request": Watch {}, "events": "__CHANNEL__:3"}));
    asked.err().map(|failure| serde_json::from_value(failure).expect("a failure"))
}

#[test]
fn a_window_that_could_not_open_its_data_opens_it_when_the_cause_is_gone() {
    let dir = folder();
    let first = Tiller::open(&paths_without_model(dir.path()));
    let second = Tiller::open(&paths_without_model(dir.path()));
    for _ in 0..2 {
        let failure = refused(&second).expect("the first one has the folder");
        assert!(failure.message.contains("already running"), "{failure:?}");
    }
    let failure = second.call(ListPairs { data_set: 1 }).expect_err("nothing is open");
    assert!(failure.message.contains("already running"), "{failure:?}");
    drop(first);
    assert_eq!(second.watch().data_sets.len(), 3);
}

#[test]
fn data_that_are_gone_are_put_back_from_a_copy_or_begun_anew() {
    let dir = folder();
    let database = dir.path().join("tiller.sqlite");
    let tiller = Tiller::open(&paths_without_model(dir.path()));
    tiller.get(CreateDataSet { name: "Mine".into(), description: String::new() });
    drop(tiller);
    assert!(!dir.path().join("copies").exists(), "the starter content is not copied");
    // The second start copies what the first has made, and closing waits for that.
    drop(Tiller::open(&paths_without_model(dir.path())));
    assert_eq!(fs::read_dir(dir.path().join("copies")).expect("the copies").count(), 1);
    fs::write(&database, "").expect("an empty file");

    let tiller = Tiller::open(&paths_without_model(dir.path()));
    let failure = refused(&tiller).expect("the data are gone");
    assert!(failure.code == Code::StoreDamaged && failure.next.is_some(), "{failure:?}");
    let repairs = tiller.get(ReadRepairs {});
    assert_eq!((repairs.copies.len(), repairs.as_it_is), (1, false));
    let wrong = RepairHow::Copy { name: "../tiller.sqlite".into() };
    assert_eq!(tiller.call(Repair { how: wrong }).expect_err("it is no copy").code, Code::NotFound);
    tiller.get(Repair { how: RepairHow::Copy { name: repairs.copies[0].name.clone() } });
    let sets = tiller.watch().data_sets;
    assert!(sets.iter().any(|set| set.name == "Mine"), "{sets:?}");
    let refusal = tiller.call(Repair { how: RepairHow::Anew }).expect_err("what is open is not mended");
    assert!(refusal.message.contains("already running"), "{refusal:?}");
    drop(tiller);

    fs::write(&database, "no database at all ".repeat(1000)).expect("a damaged file");
    let tiller = Tiller::open(&paths_without_model(dir.path()));
    assert_eq!(refused(&tiller).expect("it is damaged").code, Code::StoreDamaged);
    tiller.get(Repair { how: RepairHow::Anew });
    assert_eq!(tiller.watch().data_sets.len(), 3, "the starter content is there");
    assert!(
        fs::read(dir.path().join("damaged/2/tiller.sqlite")).expect("it is kept").starts_with(b"no database")
    );
}
