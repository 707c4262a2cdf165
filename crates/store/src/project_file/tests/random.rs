//! Draws random projects, for tests.

use ipc::Id;
use proptest::prelude::*;

use super::super::content::Content;
use super::super::tables::table;
use super::builder::{Builder, MOST_STEPS};

/// A random project: data sets with their prompts, runs, sweeps, conversations.
#[derive(Debug, Clone)]
pub(super) struct Random {
    sets: Vec<(u8, Vec<u8>)>,
    runs: Vec<(usize, i64, i64, i64)>,
    sweeps: Vec<(usize, Vec<u8>)>,
    talks: Vec<Vec<u8>>,
}

impl Random {
    pub(super) fn content(&self) -> Content {
        let mut builder = Builder::new();
        let sets: Vec<Id> = self
            .sets
            .iter()
            .map(|(name, prompts)| builder.data_set(&format!("Set {name}"), prompts))
            .collect();
        let mut made = Vec::new();
        for (set, seed, steps, noise) in &self.runs {
            let set = sets[set % sets.len()];
            made.extend(builder.run(set, *seed, *steps, *noise).map(|vector| (vector, set)));
        }
        for (vector, points) in &self.sweeps {
            if let Some((vector, set)) = (!made.is_empty()).then(|| made[vector % made.len()]) {
                builder.sweep(vector, set, points);
            }
        }
        for said in &self.talks {
            builder.conversation(said);
        }
        for name in ["measurements", "sweep_answers", "ratings"] {
            let (place, _) = table(name).expect("a table");
            builder.content.tables[place].sort_by(|a, b| a[0].text().cmp(&b[0].text()));
        }
        builder.content
    }
}

pub(super) fn random() -> impl Strategy<Value = Random> {
    let sets = prop::collection::vec((0..2_u8, prop::collection::vec(0..3_u8, 0..3)), 1..3);
    let runs = prop::collection::vec((0..2_usize, 0..3_i64, 0..=MOST_STEPS, 0..2_i64), 0..4);
    let sweeps = prop::collection::vec((0..3_usize, prop::collection::vec(0..3_u8, 0..3)), 0..3);
    let talks = prop::collection::vec(prop::collection::vec(0..2_u8, 0..3), 0..3);
    (sets, runs, sweeps, talks).prop_map(|(sets, mut runs, sweeps, talks)| {
        // The engine makes no two runs of one seed that are at different steps and contradict each other.
        runs.sort_unstable();
        runs.dedup_by_key(|(_, seed, ..)| *seed);
        Random { sets, runs, sweeps, talks }
    })
}
