//! Applies plans to the rows of a pass: gates are read from the residual stream, then the rows are edited.

use candle_core::{Result, Tensor};

use super::plan::SteeringPlan;
use crate::adapter::AdapterOnRows;
use crate::gate::GateRows;
use crate::ops::rows;
use crate::packing::{Packing, Segment};

/// Returns the adapters of a block on the rows of a pass.
pub(crate) fn part_adapters<'a>(block: usize, parts: &[RowPart<'a>]) -> Vec<AdapterOnRows<'a>> {
    let mut start = 0;
    let of_part = |part: &RowPart<'a>| {
        start += part.rows;
        part.plan.adapters(block, start - part.rows..start)
    };
    parts.iter().flat_map(of_part).collect()
}

/// Consecutive rows of a pass with their plan.
#[derive(Clone, Copy)]
pub(crate) struct RowPart<'a> {
    pub(crate) rows: usize,
    pub(crate) plan: &'a SteeringPlan,
    /// The openings of the plan's gates that were decided at the prompt. `None` where the prompt is in this pass.
    pub(crate) decided: Option<&'a [f32]>,
}

/// The part of the conversation of every row of a pass.
#[derive(Clone, Copy)]
pub(crate) struct Roles<'a> {
    pub(crate) segments: &'a [Segment],
    /// The prompt's last row for every row. Empty where no gate is decided in this pass.
    pub(crate) prompt_ends: &'a [Option<usize>],
}

/// As [`apply_to_rows`], on packed rows.
pub(crate) fn apply_to_packed<'a>(
    x: Tensor,
    block: usize,
    packing: &Packing,
    parts: impl Iterator<Item = RowPart<'a>> + Clone,
    openings: &mut Openings,
) -> Result<Tensor> {
    let decides = parts.clone().any(|part| part.plan.decides_at_prompt());
    let prompt_ends = if decides { packing.prompt_ends() } else { Vec::new() };
    let roles = Roles { segments: &packing.segments, prompt_ends: &prompt_ends };
    apply_to_rows(x, block, roles, parts, openings)
}

/// How far the gates are open for the rows of a pass, as far as it has come: for each part, each gate and each row.
#[derive(Default)]
pub(crate) struct Openings(Vec<Vec<Vec<f32>>>);

/// Reads the gates of consecutive rows of the residual stream `[rows, hidden_size]` after a block, then edits the rows.
/// `openings` carries the gates from block to block of one pass, whose parts are always the same.
pub(crate) fn apply_to_rows<'a>(
    x: Tensor,
    block: usize,
    roles: Roles<'_>,
    parts: impl Iterator<Item = RowPart<'a>> + Clone,
    openings: &mut Openings,
) -> Result<Tensor> {
    let is_read = parts.clone().any(|part| part.plan.gates.iter().any(|gate| gate.layer == block));
    let is_edited = parts.clone().any(|part| part.plan.edits.contains_key(&block));
    if !is_read && !is_edited {
        return Ok(x);
    }
    let from = rows::read(&x)?;
    let width = from.width;
    if is_read {
        read_gates(from.all(), width, block, &roles, parts.clone(), openings)?;
    }
    if !is_edited {
        drop(from);
        return Ok(x);
    }
    let (mut values, mut start) = (from.all().to_vec(), 0);
    for (index, part) in parts.enumerate() {
        let all = values[start * width..(start + part.rows) * width].chunks_exact_mut(width);
        for (place, row) in all.enumerate() {
            let open = |gate: usize| openings.0[index][gate][place];
            part.plan.apply_to_row(block, roles.segments[start + place], row, open);
        }
        start += part.rows;
    }
    rows::tensor(values, width)
}

/// Reads the gates after a block for all rows, before any of them is edited there.
fn read_gates<'a>(
    all: &[f32],
    width: usize,
    block: usize,
    roles: &Roles<'_>,
    parts: impl Iterator<Item = RowPart<'a>>,
    openings: &mut Openings,
) -> Result<()> {
    let mut start = 0;
    for (index, RowPart { rows, plan, decided }) in parts.enumerate() {
        if openings.0.len() <= index {
            openings.0.push(Vec::new());
        }
        let known = &mut openings.0[index];
        known.resize(plan.gates.len(), Vec::new());
        let of_part =
            GateRows { all, width, rows: start..start + rows, decided, prompt_ends: roles.prompt_ends };
        for (at, gate) in plan.gates.iter().enumerate().filter(|(_, gate)| gate.layer == block) {
            known[at] = of_part.openings(at, gate)?;
        }
        start += rows;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steering::{SteeringVector, Term};

    #[test]
    fn rows_get_what_is_theirs() {
        let vector = |values: [f32; 2]| SteeringVector { layer: 7, values: values.into() };
        let plan = |values| SteeringPlan::new(&[Term::new(&vector(values), 1.0)]);
        let (first, nothing, last) = (plan([1.0, 2.0]), SteeringPlan::default(), plan([3.0, 4.0]));
        let x = rows::tensor(vec![0.0; 6], 2).unwrap();
        let parts = [&first, &nothing, &last].map(|plan| RowPart { rows: 1, plan, decided: None });
        let roles = Roles { segments: &[Segment::Prompt; 3], prompt_ends: &[] };
        let y = apply_to_rows(x, 7, roles, parts.into_iter(), &mut Openings::default());
        assert_eq!(y.unwrap().to_vec2::<f32>().unwrap(), [[1.0, 2.0], [0.0, 0.0], [3.0, 4.0]]);
    }
}
