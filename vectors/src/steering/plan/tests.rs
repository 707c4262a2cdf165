//! Tests of plans on rows that are computed by hand.

use super::*;
use crate::adapter::Shape;
use crate::gate::Gate;
use crate::layer::PrefixBlocks;
use crate::ops::rows;
use crate::steering::Positions;
use crate::steering::rows::{Roles, apply_to_rows};

fn term(layer: usize, values: [f32; 2], multiplier: f32, intervention: Intervention) -> Term {
    Term::Vector {
        vector: SteeringVector { layer, values: values.into() },
        multiplier,
        intervention,
        gate: None,
    }
}

fn after(plan: &SteeringPlan, block: usize, segment: Segment, mut row: [f32; 2]) -> [f32; 2] {
    plan.apply_to_row(block, segment, &mut row, |_| 1.0);
    row
}

#[test]
fn terms_at_one_layer_are_summed_and_idle_ones_leave_no_trace() {
    let plain = Intervention::default();
    let plan = SteeringPlan::new(&[
        term(3, [1.0, 2.0], 2.0, plain),
        term(1, [1.0, 1.0], 0.0, plain),
        term(3, [0.0, 1.0], -1.0, plain),
        term(5, [4.0, 0.0], 0.5, plain),
    ]);
    assert_eq!((plan.untouched(), plan.edits.contains_key(&1)), (Some(4), false));
    assert_eq!(after(&plan, 3, Segment::Prompt, [0.0; 2]), [2.0, 3.0]);
    assert_eq!(after(&plan, 5, Segment::Answer, [1.0; 2]), [3.0, 1.0]);
}

#[test]
fn a_policy_leaves_the_other_tokens_alone() {
    for (on, expected) in [
        (Positions::Everywhere, [1.0, 1.0, 1.0]),
        (Positions::PromptEnd, [0.0, 1.0, 1.0]),
        (Positions::Answer, [0.0, 0.0, 1.0]),
    ] {
        let plan = SteeringPlan::new(&[term(
            0,
            [1.0, 0.0],
            1.0,
            Intervention { positions: on, op: InterventionOp::Add },
        )]);
        let found = [Segment::Prompt, Segment::PromptEnd, Segment::Answer]
            .map(|segment| after(&plan, 0, segment, [0.0; 2])[0]);
        assert_eq!(found, expected, "{on:?}");
    }
}

#[test]
fn projections_take_out_and_cap_what_lies_along_the_vector() {
    let with = |how, multiplier, row| {
        let intervention = Intervention { positions: Positions::Everywhere, op: how };
        after(&SteeringPlan::new(&[term(0, [3.0, 4.0], multiplier, intervention)]), 0, Segment::Answer, row)
    };
    let close = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6;
    // The projections on (0.6, 0.8) are 5 for (3, 4), -5 for (-3, -4) and 0 for (4, -3).
    assert!(close(with(InterventionOp::ProjectOut, 1.0, [3.0, 4.0]), [0.0, 0.0]));
    assert!(close(with(InterventionOp::ProjectOut, 0.5, [-3.0, -4.0]), [-1.5, -2.0]));
    assert!(close(with(InterventionOp::ProjectOut, 1.0, [4.0, -3.0]), [4.0, -3.0]));
    assert!(close(with(InterventionOp::Cap { at: 2.0 }, 1.0, [3.0, 4.0]), [1.2, 1.6]));
    assert!(close(with(InterventionOp::Cap { at: 2.0 }, 1.0, [0.6, 0.8]), [0.6, 0.8]));
    assert!(close(with(InterventionOp::Cap { at: 0.0 }, 1.0, [-3.0, -4.0]), [-3.0, -4.0]));
    assert_eq!(
        SteeringPlan::new(&[term(
            0,
            [0.0, 0.0],
            1.0,
            Intervention { op: InterventionOp::ProjectOut, ..Intervention::default() }
        )]),
        SteeringPlan::default()
    );
}

#[test]
fn an_adapter_touches_every_block_and_none_at_multiplier_0() {
    let on = crate::adapter::Projections::default();
    let shape = Shape { blocks: 2, rank: 1, inputs: 1, queries: 1, values: 1, feed_forward: 0, on };
    let adapter = Arc::new(Adapter::new(shape, 2.0, vec![0.5; 8].into()).unwrap());
    let at = |multiplier| {
        let adapter = Term::Adapter { adapter: Arc::clone(&adapter), multiplier };
        SteeringPlan::new(&[term(1, [1.0, 0.0], 1.0, Intervention::default()), adapter])
    };
    assert_eq!((at(0.0).untouched(), at(0.0).adapters(0, 0..3).len()), (Some(2), 0));
    assert_eq!(at(0.5).untouched(), Some(0));
    let plan = at(0.5);
    let on = &plan.adapters(1, 2..5)[0];
    assert_eq!((on.rows.clone(), on.scale), (2..5, 1.0));
    assert!(at(0.5) == at(0.5) && at(0.5) != at(1.0));
}

#[test]
fn a_gate_belongs_to_its_vector_and_is_read_before_the_edits_of_its_block() {
    let with = |above, at| {
        let gate = Gate { layer: 7, above, soft: None, at };
        let vector = SteeringVector { layer: 7, values: [5.0, 0.0].into() };
        let gate = Some(Arc::new(TermGate { condition: vec![2.0, 0.0], gate }));
        Term::Vector { vector, multiplier: 1.0, intervention: Intervention::default(), gate }
    };
    let free = term(7, [0.0, 1.0], 1.0, Intervention::default());
    let (one, two) = (with(1.0, GateAt::Token), with(3.0, GateAt::Token));
    let plan = SteeringPlan::new(&[free.clone(), one.clone(), one.clone(), two]);
    assert_eq!((plan.gates.len(), plan.untouched(), one.prefix()), (2, Some(8), PrefixBlocks(8)));
    let x = rows::tensor(vec![0.5, 0.0, 2.0, 0.0, 4.0, 0.0], 2).unwrap();
    let roles = || Roles { segments: &[Segment::Prompt; 3], prompt_ends: &[Some(1), Some(1), Some(1)] };
    let apply = |plan: &SteeringPlan| {
        let part = RowPart { rows: 3, plan, decided: None };
        let y = apply_to_rows(x.clone(), 7, roles(), [part].into_iter(), &mut Openings::default());
        y.unwrap().to_vec2::<f32>().unwrap()
    };
    assert_eq!(apply(&plan), [[0.5, 1.0], [12.0, 1.0], [19.0, 1.0]]);
    // The second row is the prompt's last.
    let prompt = |above| apply(&SteeringPlan::new(&[free.clone(), with(above, GateAt::Prompt)]));
    assert_eq!(prompt(1.0), [[5.5, 1.0], [7.0, 1.0], [9.0, 1.0]]);
    assert_eq!(prompt(2.0), [[0.5, 1.0], [2.0, 1.0], [4.0, 1.0]]);
    // A gate at an earlier layer is read there.
    let low = |layer| {
        let mut term = one.clone();
        if let Term::Vector { gate: Some(gate), .. } = &mut term {
            *gate = Arc::new(TermGate { gate: Gate { layer, ..gate.gate }, ..TermGate::clone(gate) });
        }
        term
    };
    assert_eq!((low(2).prefix(), SteeringPlan::new(&[low(2)]).untouched()), (PrefixBlocks(3), Some(3)));
}

#[test]
fn a_plan_acts_alike_on_roles_that_its_positions_cover_alike() {
    let alike = |positions| {
        let plan = SteeringPlan::new(&[term(
            0,
            [1.0, 0.0],
            1.0,
            Intervention { positions, op: InterventionOp::Add },
        )]);
        [Segment::PromptEnd, Segment::Answer].map(|segment| plan.acts_alike(segment, Segment::Prompt))
    };
    assert_eq!(alike(Positions::Everywhere), [true, true]);
    assert_eq!(alike(Positions::PromptEnd), [false, false]);
    assert_eq!(alike(Positions::Answer), [true, false]);
}
