//! The lines of a conversation's drift: where each turn of each column stands in the picture.

use ipc::projection::{ColumnDrift, Drift, TurnDrift};

/// The width and the height of the picture.
pub(super) const BOX: [f64; 2] = [640.0, 120.0];
/// The margin in which a point at the edge is whole.
const MARGIN: f64 = 5.0;

/// The ranges of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The numbers of the first and the last answer.
    pub(super) turns: [u32; 2],
    /// The smallest and the largest projection.
    pub(super) values: [f64; 2],
}

/// What of a turn is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The mean over the answer's tokens.
    Answer,
    /// The prompt's last token.
    Prompt,
}

impl Of {
    /// Returns the value of a turn.
    pub(super) fn value(self, turn: &TurnDrift) -> Option<f64> {
        match self {
            Self::Answer => turn.answer,
            Self::Prompt => Some(turn.prompt),
        }
    }
}

impl Scale {
    /// Returns the ranges of all columns; `None` without a turn.
    pub(super) fn new(drift: &Drift) -> Option<Self> {
        let turns = || drift.columns.iter().flat_map(|column| &column.turns);
        let values = || turns().flat_map(|turn| turn.answer.into_iter().chain([turn.prompt]));
        let first = turns().map(|turn| turn.number).min()?;
        let last = turns().map(|turn| turn.number).max()?;
        let low = values().fold(f64::INFINITY, f64::min);
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        Some(Self { turns: [first, last], values: [low, high] })
    }

    fn x(self, number: u32) -> f64 {
        let [first, last] = self.turns.map(f64::from);
        let share = if last > first { (f64::from(number) - first) / (last - first) } else { 0.5 };
        MARGIN + (BOX[0] - 2.0 * MARGIN) * share
    }

    /// Returns the height of a value, from the top.
    pub(super) fn y(self, value: f64) -> f64 {
        let [low, high] = self.values;
        let share = if high > low { (high - value) / (high - low) } else { 0.5 };
        MARGIN + (BOX[1] - 2.0 * MARGIN) * share
    }

    /// Returns the height of zero, where it is within the picture.
    pub(super) fn zero(self) -> Option<f64> {
        let [low, high] = self.values;
        (low <= 0.0 && 0.0 <= high).then(|| self.y(0.0))
    }

    /// Returns the points of a column, with the numbers of their answers.
    pub(super) fn points(self, column: &ColumnDrift, of: Of) -> Vec<(u32, [f64; 2])> {
        let point = |turn: &TurnDrift| Some((turn.number, [self.x(turn.number), self.y(of.value(turn)?)]));
        column.turns.iter().filter_map(point).collect()
    }
}

/// Returns the SVG path through points.
pub(super) fn path(points: &[(u32, [f64; 2])]) -> String {
    let places: Vec<String> = points.iter().map(|(_, [x, y])| format!("{x:.1} {y:.1}")).collect();
    if places.is_empty() { String::new() } else { format!("M{}", places.join("L")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A turn's number, and the projections of its prompt and its answer.
    type Values = (u32, f64, Option<f64>);

    fn drift(columns: &[&[Values]]) -> Drift {
        let turn = |(number, prompt, answer): &Values| TurnDrift {
            turn: i64::from(*number),
            number: *number,
            prompt: *prompt,
            answer: *answer,
        };
        let column = |(column, turns): (u32, &&[Values])| ColumnDrift {
            column,
            turns: turns.iter().map(turn).collect(),
        };
        Drift { vector: 1, layer: 3, columns: (1..).zip(columns).map(column).collect() }
    }

    #[test]
    fn all_columns_share_their_scale() {
        let drift =
            drift(&[&[(1, 0.0, Some(-2.0)), (2, 1.0, None), (3, 1.0, Some(2.0))], &[(3, 0.5, Some(0.0))]]);
        let scale = Scale::new(&drift).expect("turns");
        assert_eq!((scale.turns, scale.values), ([1, 3], [-2.0, 2.0]));
        assert_eq!(scale.zero(), Some(60.0));
        let points = scale.points(&drift.columns[0], Of::Answer);
        assert_eq!(points, [(1, [5.0, 115.0]), (3, [635.0, 5.0])], "an answer without a token has no point");
        assert_eq!(path(&points), "M5.0 115.0L635.0 5.0");
        assert_eq!(scale.points(&drift.columns[1], Of::Prompt), [(3, [635.0, 46.25])]);
    }

    #[test]
    fn a_single_value_stands_in_the_middle() {
        let drift = drift(&[&[(4, 2.0, Some(2.0))]]);
        let scale = Scale::new(&drift).expect("a turn");
        assert_eq!(scale.points(&drift.columns[0], Of::Answer), [(4, [320.0, 60.0])]);
        assert_eq!((scale.zero(), path(&[])), (None, String::new()));
        assert_eq!(Scale::new(&self::drift(&[&[]])), None);
    }
}
