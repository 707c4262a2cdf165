//! Fuzzes the Parquet reader: a small file of ours with changed bytes must be read or refused.
#![no_main]

use data::data_files::{DataFile, Extent, Row, trl_parquet};
use ipc::data::{Role, Turn};

/// Stops libFuzzer's panic hook from ending the process. The Parquet library panics where damage surprises it, and Tiller
/// catches that; a panic that nobody catches still ends the process.
fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

libfuzzer_sys::fuzz_target!(init: let_panics_be_caught(), |changes: Vec<(u16, u8)>| {
    let row = Row { prompt: "Why?".into(), wanted: "So.".into(), opposite: "\u{56e0}\u{4e3a}".into(), ..Row::default() };
    let turns = vec![Turn { role: Role::User, text: "Hi".into() }];
    let rows = [row.clone(), Row { turns, tags: vec!["one".into()], note: "n".into(), ..row }];
    let mut bytes = trl_parquet(&rows, Extent::Everything).expect("a Parquet file");
    for (place, byte) in changes {
        let place = usize::from(place) % bytes.len();
        bytes[place] = byte;
    }
    let _ = DataFile::parse(&bytes, None);
});
