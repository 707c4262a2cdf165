//! Chooses which kept rows stand for the rows of new prompts.

use super::kept::Kept;
use super::reading::Wanted;
use crate::model::Model;

/// What stands for the first rows of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// The blocks of the trunk.
    pub(super) depth: usize,
    /// The kept sequence whose trunk stands for that of the first rows, by its place.
    pub(super) donor: Option<usize>,
    /// The number of rows for which the trunk is kept.
    pub(super) trunk_rows: usize,
    /// The kept sequence whose rows behind the trunk are used again, by its place.
    pub(super) base: Option<usize>,
    /// Whether the base is the sequence of this key, which nobody else takes: it is not copied.
    pub(super) takes_base: bool,
    /// The number of its rows that are used again.
    pub(super) reused: usize,
    /// The prompt that reads the trunk for all that are equal to it, by its index.
    pub(super) leader: usize,
}

/// Chooses for every prompt.
pub(super) fn choose(model: &Model, kept: &Kept, wanted: &[Wanted<'_>]) -> Vec<Choice> {
    let blocks = model.decoder.block_count();
    // Columns that are steered at different layers share the trunk of the lowest one.
    let target = wanted.iter().map(|of| of.floor).filter(|floor| *floor > 0).min().unwrap_or(blocks);
    let mut choices: Vec<Choice> = Vec::with_capacity(wanted.len());
    for (index, of) in wanted.iter().enumerate() {
        let own = kept.place(of.key);
        let is_first = wanted[..index].iter().all(|other| other.key != of.key);
        let (base, reused) =
            best(kept, own, |place| kept.all()[place].1.reusable(of.prompt, of.begun, &of.plan));
        let depth = if of.floor == 0 { 0 } else { target };
        let (depth, donor, trunk_rows) = donor(model, kept, own, of, depth);
        choices.push(Choice {
            depth,
            donor,
            trunk_rows,
            base,
            takes_base: is_first && base.is_some() && base == own,
            reused,
            leader: index,
        });
    }
    for index in 0..choices.len() {
        let same = (0..choices.len()).filter(|other| {
            choices[*other].depth == choices[index].depth
                && (wanted[*other].prompt, wanted[*other].begun)
                    == (wanted[index].prompt, wanted[index].begun)
        });
        // Of several with as many rows the first one leads.
        let leader = same.max_by_key(|other| (choices[*other].trunk_rows, usize::MAX - other));
        choices[index].leader = leader.unwrap_or(index);
    }
    choices
}

/// Returns the kept sequence that stands for most rows, and their number; of equal ones the prompt's own.
fn best(kept: &Kept, own: Option<usize>, rows: impl Fn(usize) -> usize) -> (Option<usize>, usize) {
    let all = (0..kept.all().len()).map(|place| (place, rows(place)));
    match all.max_by_key(|(place, rows)| (*rows, Some(*place) == own)) {
        Some((place, rows)) if rows > 0 => (Some(place), rows),
        _ => (None, 0),
    }
}

/// Returns the depth of a prompt's trunk, and what is kept of it. A trunk of another depth than the batch's is used where it
/// stands for most of the prompt.
fn donor(
    model: &Model,
    kept: &Kept,
    own: Option<usize>,
    of: &Wanted<'_>,
    depth: usize,
) -> (usize, Option<usize>, usize) {
    if depth == 0 {
        return (0, None, 0);
    }
    let rows = |place: usize| kept.all()[place].1.trunk_rows(of.prompt, of.begun);
    let depth_of = |place: usize| kept.all()[place].1.depth;
    let limit = of.plan.untouched().unwrap_or(model.decoder.block_count());
    let with = |fits: &dyn Fn(usize) -> bool| {
        best(kept, own, |place| if fits(depth_of(place)) { rows(place) } else { 0 })
    };
    let (at_depth, at_depth_rows) = with(&|found| found == depth);
    let (any, any_rows) = with(&|found| found > 0 && found <= limit);
    match any {
        Some(place) if any_rows > at_depth_rows && 2 * any_rows >= of.prompt.len() => {
            (depth_of(place), any, any_rows)
        }
        _ => (depth, at_depth, at_depth_rows),
    }
}
