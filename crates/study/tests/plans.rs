//! Tests plans: every key is documented, what is written is read back, cells and shards are what the plan says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use study::{Counts, Plan, cells, cost, shards, write};

/// A plan that has every key.
const EVERY_KEY: &str = include_str!("every_key.toml");
const PAGE: &str = include_str!("../../../docs/plans.md");

fn parse(text: &str) -> Plan {
    Plan::parse(Path::new("study.toml"), text).unwrap_or_else(|fault| panic!("{fault}"))
}

fn counts() -> Counts {
    Counts { blocks: 30, usual_layer: 10, pairs: vec![(64, 20); 3] }
}

/// The keys of each table of a plan, by the heading under which the page lists them.
fn keys(plan: &Plan) -> BTreeMap<&'static str, BTreeSet<String>> {
    let text = write(plan).expect("TOML");
    let root: toml::Table = text.parse().expect("a table");
    let list = |name: &str| root[name].as_array().expect("a list").clone();
    let names = |tables: Vec<toml::Value>| -> BTreeSet<String> {
        tables.iter().flat_map(|table| table.as_table().expect("a table").keys().cloned()).collect()
    };
    let arms = list("arm");
    let settings = arms.iter().filter_map(|arm| arm.get("settings").cloned()).collect();
    let scores = root["measure"]["scores"].as_array().expect("a list").clone();
    [
        ("The file", root.keys().cloned().collect()),
        ("model", names(vec![root["model"].clone()])),
        ("data", names(list("data"))),
        ("prompts", names(list("prompts"))),
        ("arm", names(arms)),
        ("settings", names(settings)),
        ("measure", names(vec![root["measure"].clone()])),
        ("scores", names(scores)),
        ("choose", names(vec![root["choose"].clone()])),
        ("vector", names(list("vector"))),
    ]
    .into()
}

/// The first cells of the table under a heading of the page.
fn documented(heading: &str) -> BTreeSet<String> {
    let lines = PAGE.lines().skip_while(|line| line.trim_start_matches('#').trim() != heading).skip(1);
    let rows = lines.take_while(|line| !line.starts_with('#')).filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split('`').next()).map(str::to_owned).collect()
}

#[test]
fn every_key_is_documented_and_nothing_else_is() {
    // A model has a file or a name.
    let mut plan = parse(EVERY_KEY);
    plan.model.name = Some("M".into());
    plan.only = vec!["Told/One".into()];
    for (heading, keys) in keys(&plan) {
        assert_eq!(documented(heading), keys, "the table under \u{201c}{heading}\u{201d}");
    }
}

#[test]
fn what_is_written_is_read_back_as_the_same_plan() {
    let plan = parse(EVERY_KEY);
    assert_eq!(parse(&write(&plan).expect("TOML")), plan);
    let example =
        PAGE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert_eq!(cells(&parse(example), 10).len(), 9);
}

#[test]
fn cells_are_what_the_plan_crosses() {
    let plan = parse(EVERY_KEY);
    let names: Vec<String> = cells(&plan, 10).iter().map(|cell| cell.name(&plan)).collect();
    let count = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
    // Two data sets, two layers, two seeds; PCA draws nothing; an adapter has no layer; the vectors are measured once.
    assert_eq!((count("BiPO/"), count("PCA/"), count("DPO/"), count("Random/")), (8, 4, 4, 8), "{names:?}");
    assert_eq!((count("Given"), count("Shown/"), count("Told/")), (1, 4, 2), "{names:?}");
    assert!(names.contains(&"BiPO/One/L8+12/seed 2".to_owned()), "{names:?}");
}

#[test]
fn shards_have_every_cell_once_and_about_the_same_cost() {
    let plan = parse(EVERY_KEY);
    let all: Vec<String> = cells(&plan, 10).iter().map(|cell| cell.name(&plan)).collect();
    for count in [1, 3, 8, 1000] {
        let made = shards(&plan, count, &counts());
        assert!(made.len() <= count && made.iter().all(|shard| !shard.only.is_empty()));
        let mut found: Vec<String> = made.iter().flat_map(|shard| shard.only.clone()).collect();
        found.sort_unstable();
        let mut wanted = all.clone();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        assert_eq!(made, shards(&plan, count, &counts()), "the same plan is split in the same way");
    }
    let three = shards(&plan, 3, &counts());
    let load =
        |shard: &Plan| -> f64 { cells(shard, 10).iter().map(|cell| cost(shard, cell, &counts())).sum() };
    let loads: Vec<f64> = three.iter().map(load).collect();
    let (least, most) =
        (loads.iter().copied().fold(f64::MAX, f64::min), loads.iter().copied().fold(0.0, f64::max));
    assert!(most < 1.2 * least, "{loads:?}");
    // A random vector is in the shard of the vector whose norm it has.
    for shard in &three {
        let random = shard.only.iter().filter_map(|name| name.strip_prefix("Random/"));
        assert!(random.into_iter().all(|rest| shard.only.contains(&format!("BiPO/{rest}"))));
    }
    // A shard is a plan that is read again.
    for shard in three {
        assert_eq!(parse(&write(&shard).expect("TOML")), shard);
    }
}

#[test]
fn a_fault_has_its_line() {
    let fault = |old: &str, new: &str| {
        assert!(EVERY_KEY.contains(old), "{old}");
        let text = EVERY_KEY.replacen(old, new, 1);
        let fault = Plan::parse(Path::new("study.toml"), &text).expect_err("it has a fault");
        let line = text.lines().nth(fault.line.expect("a line") - 1).expect("that line").to_owned();
        (line, fault.to_string())
    };
    for (old, new, line, words) in [
        ("method = \"pca\"", "method = \"pc\"", "method = \"pc\"", "unknown variant"),
        ("epochs = 3", "epoch = 3", "epoch = 3", "unknown field"),
        ("epoch = 2", "epoch = 4", "epoch = 4", "a run of 3 epochs has no epoch 4"),
        ("method = \"pca\"", "method = \"pca\"\nepoch = 1", "epoch = 1", "in steps"),
        ("of = \"BiPO\"", "of = \"BiPO\"\nepoch = 1", "control", "seeds and epoch"),
        ("of = \"BiPO\"", "of = \"Given\"", "of = \"Given\"", "control of no arm"),
        ("data = [\"One\", \"Two\"]", "data = [\"Three\"]", "data = [\"Three\"]", "no data set"),
        ("multipliers = [-1.0, 1.0]", "multipliers = []", "multipliers = []", "no list of numbers"),
        ("max_perplexity = 1.5", "max_perplexity = \"x\"", "max_perplexity = \"x\"", "invalid type"),
        ("values = [0.5, 0.25]", "values = [0.1, 0.25]", "values = [0.1, 0.25]", "32 bits"),
    ] {
        let (found, message) = fault(old, new);
        assert!(found.contains(line) || found.contains("[["), "{found}: {message}");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn the_plans_of_the_working_copy_are_sound_and_have_controls() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("a file").path();
        let plan = parse(&std::fs::read_to_string(&path).expect("a plan"));
        let kinds: BTreeSet<String> = plan.arm.iter().map(study::Arm::kind).collect();
        for kind in
            ["bipo", "bipo-uni", "bipo-normed", "reps", "caa", "freeform", "pca", "dpo-lora", "prompting"]
        {
            assert!(kinds.contains(kind), "{}: {kind}", path.display());
        }
        assert!(kinds.contains("random-vector") && kinds.contains("shuffled-labels"), "{}", path.display());
        assert_eq!((plan.seeds.len(), plan.choose.is_some()), (3, true), "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 3);
}

/// The seconds that a forward pass of a prompt with an answer takes in the starter model on two cores: on machine A of
/// docs/performance.md a step of four pairs at layer 14 takes 0.9 s, which is twice four answers through half of the blocks, forward
/// and back.
const SECONDS_PER_PASS: f64 = 0.9 / (2.0 * 4.0 * 0.5 * 3.0);

#[test]
fn the_reproductions_take_less_than_90_minutes_on_two_cores() {
    for (name, held_out) in [("reproduction.toml", 22), ("reproduction-wealth-seeking.toml", 24)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies").join(name);
        let plan = parse(&std::fs::read_to_string(path).expect("a plan"));
        let counts = Counts { blocks: 30, usual_layer: 10, pairs: vec![(40, held_out)] };
        let passes: f64 = cells(&plan, 10).iter().map(|cell| cost(&plan, cell, &counts)).sum();
        let minutes = passes * SECONDS_PER_PASS / 60.0;
        assert!((20.0..90.0).contains(&minutes), "{name}: {minutes} minutes");
    }
}
