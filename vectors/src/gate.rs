//! Gates: the conditions on the residual stream under which a vector acts, after CAST (Lee et al. 2025, arXiv 2409.05907).

use candle_core::{Error, Result};
pub use steering_types::{Gate, GateAt};

use crate::algebra::dot;

/// The gate of a vector. With the unit vector c of the condition and a row x of the residual stream after block
/// `gate.layer`, before the edits there, the gate is open where x·c is above the threshold. A hard gate is open or shut; a soft
/// one multiplies the vector's multiplier by sigmoid((x·c − above) / width). Where it is shut, the row is not touched.
#[derive(Debug, Clone, PartialEq)]
pub struct TermGate {
    /// The vector whose direction is the condition: `[hidden_size]`.
    pub condition: Vec<f32>,
    /// Where, and from which projection on, the gate is open.
    pub gate: Gate,
}

/// The reason why a gate cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum GateError {
    /// The gate would be read after its vector has acted.
    #[error(
        "the gate is read after block {gate}, but its vector acts after block {layer}: choose block {layer} or an earlier one for the gate"
    )]
    Behind {
        /// The gate's block.
        gate: usize,
        /// The vector's.
        layer: usize,
    },
    /// The threshold is no number.
    #[error("the threshold of the gate is {above}: it must be a number")]
    Threshold {
        /// The threshold.
        above: f64,
    },
    /// The width of a soft gate is no number, or not above 0.
    #[error("the width of the soft gate is {width}: it must be a number above 0")]
    Width {
        /// The width.
        width: f64,
    },
    /// The condition has no direction.
    #[error(
        "the vector of the gate's condition has no direction: its numbers must be finite, and not all of them 0"
    )]
    Condition,
    /// A gate that is decided at the prompt, where there is no prompt.
    #[error(
        "the gate is decided at the prompt, and plain texts have none: decide it at every token, or leave out the scores of plain texts"
    )]
    NoPrompt,
}

impl TermGate {
    /// Returns the block after which the gate is read.
    #[must_use]
    pub fn layer(&self) -> usize {
        self.gate.layer as usize
    }

    /// Refuses a gate that cannot be read before its vector acts after block `layer`, and numbers that make no sense.
    pub(crate) fn check(&self, layer: usize) -> std::result::Result<(), GateError> {
        let Gate { above, soft, .. } = self.gate;
        if self.layer() > layer {
            return Err(GateError::Behind { gate: self.layer(), layer });
        }
        if !above.is_finite() {
            return Err(GateError::Threshold { above });
        }
        match soft {
            Some(width) if !(width.is_finite() && width > 0.0) => Err(GateError::Width { width }),
            _ if unit(&self.condition).is_none() => Err(GateError::Condition),
            _ => Ok(()),
        }
    }
}

/// Returns the unit vector in this direction; `None` where there is none.
pub(crate) fn unit(values: &[f32]) -> Option<Vec<f32>> {
    let norm = dot(values, values).sqrt();
    (norm > 0.0 && norm.is_finite()).then(|| values.iter().map(|x| (f64::from(*x) / norm) as f32).collect())
}

/// A gate of a plan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlanGate {
    pub(crate) layer: usize,
    pub(crate) at: GateAt,
    unit: Vec<f32>,
    above: f64,
    soft: Option<f64>,
}

impl PlanGate {
    /// A condition without a direction is never met: checked terms have none of these.
    pub(crate) fn new(of: &TermGate) -> Self {
        let Gate { above, soft, at, .. } = of.gate;
        let unit = unit(&of.condition).unwrap_or_else(|| vec![0.0; of.condition.len()]);
        Self { layer: of.layer(), at, unit, above, soft }
    }

    /// Returns how far the gate is open for a row of the residual stream after its block: from 0 to 1.
    pub(crate) fn opening(&self, row: &[f32]) -> f32 {
        let over = dot(row, &self.unit) - self.above;
        match self.soft {
            Some(width) => (1.0 / (1.0 + (-over / width).exp())) as f32,
            None => f32::from(u8::from(over > 0.0)),
        }
    }
}

/// Reads how far some gates are open for consecutive rows of a pass.
pub(crate) struct GateRows<'a> {
    /// All rows of the pass, one after another, each `width` numbers.
    pub(crate) all: &'a [f32],
    pub(crate) width: usize,
    pub(crate) rows: std::ops::Range<usize>,
    /// The openings that were decided before this pass, one for each gate. `None` where the prompt is in it.
    pub(crate) decided: Option<&'a [f32]>,
    /// The prompt's last row for every row of the pass.
    pub(crate) prompt_ends: &'a [Option<usize>],
}

impl GateRows<'_> {
    pub(crate) fn openings(&self, index: usize, gate: &PlanGate) -> Result<Vec<f32>> {
        let of = |row: usize| gate.opening(&self.all[row * self.width..(row + 1) * self.width]);
        match (gate.at, self.decided) {
            (GateAt::Token, _) => Ok(self.rows.clone().map(of).collect()),
            (GateAt::Prompt, Some(decided)) => Ok(vec![decided[index]; self.rows.len()]),
            (GateAt::Prompt, None) => {
                let mut last = None;
                let at_end = |row: usize| {
                    let end = self.prompt_ends.get(row).copied().flatten();
                    let end = end.ok_or_else(|| Error::Msg(GateError::NoPrompt.to_string()))?;
                    let known = last.filter(|(known, _)| *known == end);
                    let (_, opening) = *last.insert(known.unwrap_or_else(|| (end, of(end))));
                    Ok(opening)
                };
                self.rows.clone().map(at_end).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(above: f64, soft: Option<f64>) -> TermGate {
        TermGate { condition: vec![3.0, 4.0], gate: Gate { layer: 2, above, soft, at: GateAt::Token } }
    }

    #[test]
    fn a_gate_opens_above_its_threshold() {
        // The projections on (0.6, 0.8) are 5 and 1.
        let opening = |above, soft, row: [f32; 2]| PlanGate::new(&gate(above, soft)).opening(&row);
        assert_eq!((opening(4.9, None, [3.0, 4.0]), opening(5.1, None, [3.0, 4.0])), (1.0, 0.0));
        assert_eq!(opening(0.5, None, [-3.0, -4.0]), 0.0);
        assert!((opening(5.0, Some(2.0), [3.0, 4.0]) - 0.5).abs() < 1e-6);
        assert!((opening(1.0, Some(2.0), [3.0, 4.0]) - 1.0 / (1.0 + (-2.0_f32).exp())).abs() < 1e-6);
        assert_eq!(opening(5.0, Some(1e-6), [0.6, 0.8]), 0.0);
    }

    #[test]
    fn gates_that_make_no_sense_are_refused() {
        assert_eq!(gate(1.0, Some(0.5)).check(2), Ok(()));
        assert_eq!(gate(1.0, None).check(1), Err(GateError::Behind { gate: 2, layer: 1 }));
        for width in [0.0, -1.0, f64::INFINITY] {
            assert_eq!(gate(1.0, Some(width)).check(2), Err(GateError::Width { width }));
        }
        assert!(matches!(gate(1.0, Some(f64::NAN)).check(2), Err(GateError::Width { .. })));
        assert!(matches!(gate(f64::NAN, None).check(2), Err(GateError::Threshold { .. })));
        for condition in [vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![f32::INFINITY, 0.0], vec![]] {
            assert_eq!(TermGate { condition, ..gate(1.0, None) }.check(2), Err(GateError::Condition));
        }
    }
}
