//! What a person can change on a desk, as functions of the desk: its strips, and its columns with their factors.

use ipc::conversation::{Column, Desk, Factor, MAX_COLUMNS, SamplingSettings, Strip};
use ipc::steering::{CapSide, Caps};
use ipc::vector::Vector;

use crate::format;
use crate::t;

/// The factors of the columns at first: against the vector, without it, and with it.
const FIRST_FACTORS: [f64; 3] = [-1.0, 0.0, 1.0];
/// The factors that further columns get, the first one that no column has.
const MORE_FACTORS: [f64; 8] = [1.0, -1.0, 0.0, 0.5, -0.5, 2.0, -2.0, 1.5];

/// Returns the desk of a new conversation: three columns against, without and with the vector; without one, a plain column. All
/// are sampled alike.
pub(super) fn first_desk(vector: Option<&Vector>, sampling: &SamplingSettings) -> Desk {
    let column = |id, factors| column(id, factors, sampling.clone());
    let Some(vector) = vector else {
        return Desk { columns: vec![column(1, vec![])], ..Desk::default() };
    };
    let factors = |factor: f64| if factor == 0.0 { vec![] } else { vec![Factor { strip: 1, factor }] };
    let columns = (1..).zip(FIRST_FACTORS).map(|(id, factor)| column(id, factors(factor))).collect();
    Desk { strips: vec![strip(1, vector)], columns, ..Desk::default() }
}

fn column(id: u32, factors: Vec<Factor>, sampling: SamplingSettings) -> Column {
    Column { id, name: String::new(), factors, system_prompt: String::new(), sampling }
}

fn strip(id: u32, vector: &Vector) -> Strip {
    Strip {
        id,
        vector: vector.id,
        name: vector.name.clone(),
        hash: vector.hash.clone(),
        value: 1.0,
        muted: false,
        solo: false,
        gate: None,
        caps: None,
    }
}

/// Adds a strip for a vector. It joins the columns that something steers, or all of them where nothing does.
pub(super) fn add_strip(desk: &mut Desk, vector: &Vector) {
    let of_columns = desk.columns.iter().flat_map(|column| &column.factors).map(|factor| factor.strip);
    let last = desk.strips.iter().map(|strip| strip.id).chain(of_columns).max();
    let id = last.unwrap_or(0) + 1;
    let is_plain = desk.columns.iter().all(|column| column.factors.is_empty());
    for column in &mut desk.columns {
        if is_plain || !column.factors.is_empty() {
            column.factors.push(Factor { strip: id, factor: 1.0 });
        }
    }
    desk.strips.push(strip(id, vector));
}

/// Takes a strip away, from the columns as well.
pub(super) fn remove_strip(desk: &mut Desk, id: u32) {
    desk.strips.retain(|strip| strip.id != id);
    for column in &mut desk.columns {
        column.factors.retain(|factor| factor.strip != id);
    }
}

/// Puts another vector onto a strip. A gate of the strip's own vector goes with that one.
pub(super) fn exchange(desk: &mut Desk, id: u32, vector: &Vector) {
    if let Some(known) = desk.strips.iter_mut().find(|strip| strip.id == id) {
        let (value, muted, solo) = (known.value, known.muted, known.solo);
        let gate = known.gate.take().filter(|gate| gate.vector != known.vector);
        *known = Strip { value, muted, solo, gate, ..strip(id, vector) };
    }
}

/// Returns how much of a strip acts in a column; 0 where it does not belong to it.
pub(super) fn factor(column: &Column, strip: u32) -> f64 {
    column.factors.iter().find(|factor| factor.strip == strip).map_or(0.0, |factor| factor.factor)
}

/// Sets how much of a strip acts in a column. 0 takes the strip out of it.
pub(super) fn set_factor(desk: &mut Desk, column: u32, strip: u32, factor: f64) {
    let Some(column) = desk.columns.iter_mut().find(|known| known.id == column) else { return };
    match column.factors.iter_mut().find(|known| known.strip == strip) {
        Some(known) => known.factor = factor,
        None => column.factors.push(Factor { strip, factor }),
    }
    column.factors.retain(|known| known.factor != 0.0);
}

/// Returns an id that no column had, of this desk or of a closed one with turns.
fn new_column(desk: &Desk, with_turns: impl Iterator<Item = u32>) -> u32 {
    desk.columns.iter().map(|column| column.id).chain(with_turns).max().unwrap_or(0) + 1
}

/// Adds a column like the last one, in which the first strip acts as in no other.
pub(super) fn add_column(desk: &mut Desk, with_turns: impl Iterator<Item = u32>) {
    if desk.columns.len() >= MAX_COLUMNS {
        return;
    }
    let id = new_column(desk, with_turns);
    let Some(last) = desk.columns.last() else { return };
    let mut new = column(id, vec![], last.sampling.clone());
    new.system_prompt.clone_from(&last.system_prompt);
    if let Some(first) = desk.strips.first() {
        let has =
            |value: f64| desk.columns.iter().any(|known| (factor(known, first.id) - value).abs() < 1e-9);
        let free = MORE_FACTORS.into_iter().find(|value| !has(*value)).unwrap_or(1.0);
        if free != 0.0 {
            new.factors.push(Factor { strip: first.id, factor: free });
        }
    }
    desk.columns.push(new);
}

/// Adds a column with the same settings to the right of one.
pub(super) fn duplicate(desk: &mut Desk, id: u32, with_turns: impl Iterator<Item = u32>) {
    let new = new_column(desk, with_turns);
    let Some(at) = desk.columns.iter().position(|column| column.id == id) else { return };
    if desk.columns.len() < MAX_COLUMNS {
        let copy = Column { id: new, ..desk.columns[at].clone() };
        desk.columns.insert(at + 1, copy);
    }
}

/// Closes a column, unless it is the last one.
pub(super) fn close(desk: &mut Desk, id: u32) {
    if desk.columns.len() > 1 {
        desk.columns.retain(|column| column.id != id);
    }
}

/// Moves a column to a place among the others.
pub(super) fn move_column(desk: &mut Desk, id: u32, to: usize) {
    let Some(at) = desk.columns.iter().position(|column| column.id == id) else { return };
    let column = desk.columns.remove(at);
    desk.columns.insert(to.min(desk.columns.len()), column);
}

/// Returns what steers a column: `−1 × Cheerful + 0.5 × Formal`, or that nothing does.
pub(super) fn steered_by(desk: &Desk, column: &Column) -> String {
    let terms = desk.steering(column).into_iter();
    let terms: Vec<_> = terms
        .map(|(strip, multiplier)| {
            (acting(&strip.name, strip.gate.is_some(), strip.caps.as_ref()), multiplier)
        })
        .collect();
    sum(terms.iter().map(|(name, multiplier)| (name.as_str(), *multiplier)))
}

/// Writes the name of a vector with what it does in place of acting always and as it is set: its caps and its gate.
pub(super) fn acting(name: &str, has_gate: bool, caps: Option<&Caps>) -> String {
    let name = name.to_owned();
    let capped = match caps.map(|caps| (caps.side, caps.percentile)) {
        Some((CapSide::AtMost, percentile)) => t!("chat-capped", name = name, percentile = percentile),
        Some((CapSide::AtLeast, percentile)) => t!("chat-kept-over", name = name, percentile = percentile),
        None => name,
    };
    if has_gate { t!("chat-gated", name = capped) } else { capped }
}

/// Writes a sum of vectors: `−1 × Cheerful + 0.5 × Formal`; without any, the plain model.
pub(super) fn sum<'a>(terms: impl Iterator<Item = (&'a str, f64)>) -> String {
    let terms: Vec<String> =
        terms.map(|(name, multiplier)| format!("{} \u{d7} {name}", format::multiplier(multiplier))).collect();
    if terms.is_empty() { t!("chat-plain") } else { terms.join(&t!("list-separator")) }
}

/// Returns the name of a column: its own, else what steers it.
pub(super) fn name_of(desk: &Desk, column: &Column) -> String {
    if column.name.trim().is_empty() { steered_by(desk, column) } else { column.name.clone() }
}

/// Returns the colour of a column.
pub(super) fn color_of(column: u32) -> String {
    format!("var(--series-{})", (column + 7) % u32::from(crate::charts::SERIES))
}

#[cfg(test)]
mod tests {
    use ipc::project::{ChatDefaults, SamplingPreset};

    use super::*;
    use crate::samples::vector;

    fn desk_of(vector: Option<&Vector>) -> Desk {
        first_desk(vector, &SamplingSettings::lively())
    }

    fn names(desk: &Desk) -> Vec<String> {
        desk.columns.iter().map(|column| name_of(desk, column)).collect()
    }

    #[test]
    fn a_new_desk_shows_the_vector_from_both_sides() {
        let desk = desk_of(Some(&vector(3)));
        assert_eq!(names(&desk), ["\u{2212}1 \u{d7} V3", "0, plain", "+1 \u{d7} V3"]);
        assert_eq!(names(&desk_of(None)), ["0, plain"]);
    }

    #[test]
    fn every_column_of_a_new_desk_is_sampled_as_the_settings_say() {
        let exact = ChatDefaults { preset: SamplingPreset::Exact, max_new_tokens: Some(50) }.sampling();
        for vector in [Some(vector(3)), None] {
            let mut desk = first_desk(vector.as_ref(), &exact);
            add_column(&mut desk, std::iter::empty());
            assert!(desk.columns.iter().all(|column| column.sampling == exact), "{desk:?}");
        }
    }

    #[test]
    fn a_further_strip_joins_the_columns_that_are_steered() {
        let mut desk = desk_of(Some(&vector(3)));
        add_strip(&mut desk, &vector(4));
        assert_eq!(
            names(&desk),
            ["\u{2212}1 \u{d7} V3, +1 \u{d7} V4", "0, plain", "+1 \u{d7} V3, +1 \u{d7} V4"]
        );
        remove_strip(&mut desk, 1);
        assert_eq!(names(&desk), ["+1 \u{d7} V4", "0, plain", "+1 \u{d7} V4"]);
        let mut plain = desk_of(None);
        add_strip(&mut plain, &vector(4));
        assert_eq!(names(&plain), ["+1 \u{d7} V4"]);
        set_factor(&mut plain, 1, 1, 0.0);
        assert_eq!(plain.columns[0].factors, []);
    }

    #[test]
    fn no_column_gets_the_id_of_another_one_that_was_closed() {
        let mut desk = desk_of(Some(&vector(3)));
        close(&mut desk, 3);
        add_column(&mut desk, [1, 2, 3].into_iter());
        assert_eq!(desk.columns.iter().map(|column| column.id).collect::<Vec<_>>(), [1, 2, 4]);
        assert_eq!(names(&desk)[2], "+1 \u{d7} V3");
        duplicate(&mut desk, 1, std::iter::empty());
        move_column(&mut desk, 5, 9);
        assert_eq!(desk.columns.iter().map(|column| column.id).collect::<Vec<_>>(), [1, 2, 4, 5]);
        for _ in 0..9 {
            add_column(&mut desk, std::iter::empty());
        }
        assert_eq!(desk.columns.len(), MAX_COLUMNS);
        for id in 1..20 {
            close(&mut desk, id);
        }
        assert_eq!(desk.columns.len(), 1, "the last one stays");
    }

    #[test]
    fn a_name_says_how_its_vector_acts() {
        let caps = |side| Caps { percentile: 25, side, over: String::new(), thresholds: vec![1.0] };
        assert_eq!(acting("V", false, None), "V");
        assert_eq!(acting("V", true, Some(&caps(CapSide::AtMost))), "V capped at p25 behind a gate");
        assert_eq!(acting("V", false, Some(&caps(CapSide::AtLeast))), "V kept over p25");
    }

    #[test]
    fn another_vector_on_a_strip_keeps_the_slider() {
        let mut desk = desk_of(Some(&vector(3)));
        desk.strips[0].value = 2.0;
        exchange(&mut desk, 1, &vector(4));
        assert_eq!((desk.strips[0].vector, desk.strips[0].value), (4, 2.0));
    }
}
