//! A small Parquet file of ours with bytes of it changed: refused or read.
#![no_main]

use ipc::data::{Role, Turn};
use tiller::data_files::{DataFile, Extent, Row, trl_parquet};

libfuzzer_sys::fuzz_target!(|changes: Vec<(u16, u8)>| {
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
