//! Tests that the exported file of a sweep suffices to run it in another store that has its vectors and pairs under other ids.

use ipc::Code;
use ipc::command::*;
use ipc::files::FileRef;
use ipc::job::JobState;
use ipc::steering::{CapSide, Caps, Gate, GateAt, TermGate};
use ipc::sweep::export::ExportedSweeps;
use ipc::sweep::{Arm, Prompting, SteeringTerm, Sweep, SweepSettings};

use crate::library::{import, waves};
use crate::scores::swept;
use crate::support::{folder, sweep_of};
use crate::window::Tiller;

fn points(sweep: &Sweep) -> Vec<(u32, Option<u32>, u32, u64, u64)> {
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    let of = |curve| sweep.curve(curve);
    let points = sweep.settings.curves().into_iter().flat_map(of);
    points.map(|p| (p.arm, p.set, p.score, p.multiplier.to_bits(), p.value.to_bits())).collect()
}

#[test]
fn a_file_runs_a_sweep_with_a_grid_a_gate_caps_and_examples_in_another_store() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("here"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.keep_pairs(data_set, 2, 1);
    let steers = import(&tiller, dir.path(), model, "steers", vec![waves(26, 1.0, 0.0)]).id;
    let decides = import(&tiller, dir.path(), model, "decides", vec![waves(25, 1.0, 1.0)]).id;
    let term = SteeringTerm::new(steers);
    let second = SteeringTerm { weight: 0.5, fixed: true, ..SteeringTerm::new(decides) };
    let gate = Gate { layer: 25, above: 0.0, soft: None, at: GateAt::Token };
    let gated = SteeringTerm { gate: Some(TermGate { vector: decides, gate }), ..term.clone() };
    let caps = Caps {
        percentile: 50,
        side: CapSide::default(),
        over: "the neutral text".into(),
        thresholds: vec![1.0],
    };
    let capped = SteeringTerm { caps: Some(caps), ..term.clone() };
    let arm = |terms: Vec<SteeringTerm>| Arm { terms, ..Arm::default() };
    let settings = SweepSettings {
        arms: vec![
            arm(vec![term.clone(), second]),
            arm(vec![gated]),
            arm(vec![capped]),
            Arm { prompting: Prompting::Shots { wanted: false, count: 1 }, ..arm(vec![term]) },
        ],
        examples_seed: Some(3),
        suffixes: [(0, vec!["Now.".into()])].into(),
        ..sweep_of(steers, data_set, &[-1.0, 0.0, 1.0])
    };
    let sweep = swept(&tiller, model, settings);
    let sweep = tiller.get(DescribeSweep { sweep: sweep.id, name: "Grid".into(), note: "One pair.".into() });
    let exported = ExportedSweeps::new("0", "multiplier", [(&sweep, None)], &[]);
    let text = serde_json::to_string(&exported).expect("JSON");
    let file = FileRef::typed(dir.path().join("grid.json").display().to_string());
    tiller.get(ExportTable { text, file: file.clone(), replace: false });
    drop(tiller);

    let (tiller, _) = Tiller::ready(&dir.path().join("there"));
    let refused = tiller.call(ReadSweepFile { file: file.clone() }).expect_err("nothing is there yet");
    assert_eq!(refused.code, Code::Invalid);
    tiller.keep_pairs(data_set, 2, 1);
    // What comes first here takes the ids that the vectors have elsewhere.
    import(&tiller, dir.path(), model, "before", vec![waves(26, 1.0, 2.0)]);
    let decides = import(&tiller, dir.path(), model, "decides", vec![waves(25, 1.0, 1.0)]).id;
    let steers_here = import(&tiller, dir.path(), model, "steers", vec![waves(26, 1.0, 0.0)]).id;
    assert_ne!(steers_here, steers);
    let read = tiller.get(ReadSweepFile { file });
    assert_eq!((read.name.as_str(), read.note.as_str()), ("Grid", "One pair."));
    let terms = &read.settings.arms[1].terms;
    assert_eq!(terms[0].vector, steers_here);
    assert_eq!(terms[0].gate.map(|gate| gate.vector), Some(decides));
    let again = swept(&tiller, model, read.settings);
    assert_eq!(points(&again), points(&sweep));
    assert_eq!((&again.vectors, &again.hashes), (&sweep.vectors, &sweep.hashes));
}
