//! The seeds of an arm as one number with its least and its largest, and how two arms compare.

use std::fmt;

/// What the seeds of an arm have of a number.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) mean: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    /// Returns the spread of some values, or `None` if there are none.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        Some(Self {
            mean: values.iter().sum::<f64>() / values.len() as f64,
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            most: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }

    /// The farthest from zero.
    fn farthest(self) -> f64 {
        self.least.abs().max(self.most.abs())
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:+.2}", self.mean)?;
        if self.least < self.most {
            write!(to, " ({:+.2} to {:+.2})", self.least, self.most)?;
        }
        Ok(())
    }
}

/// Says whether every seed of one arm is above every seed of another, where at least one of them is beyond the controls.
pub(super) fn against(one: &[f64], other: &[f64], controls: &[f64]) -> String {
    let (Some(one), Some(other)) = (Spread::of(one), Spread::of(other)) else {
        return "not measured".to_owned();
    };
    let noise = Spread::of(controls).map_or(0.0, Spread::farthest);
    let word = if one.farthest().max(other.farthest()) <= noise {
        "neither passes the controls"
    } else if one.least > other.most {
        "yes"
    } else if other.least > one.most {
        "no"
    } else {
        "the seeds overlap"
    };
    format!("{word}: {one} against {other}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_seeds_apart_and_something_beyond_the_controls() {
        assert_eq!(against(&[4.0, 5.0], &[1.0], &[-2.0]), "yes: +4.50 (+4.00 to +5.00) against +1.00");
        assert!(against(&[1.0], &[4.0, 5.0], &[2.0]).starts_with("no: "));
        assert!(against(&[1.0, 5.0], &[4.0], &[2.0]).starts_with("the seeds overlap: "));
        assert!(against(&[1.0], &[0.5], &[-2.0]).starts_with("neither passes the controls: "));
        assert_eq!(against(&[], &[0.5], &[]), "not measured");
    }
}
