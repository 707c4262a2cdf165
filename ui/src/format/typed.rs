//! Reads the numbers that a person types.

use crate::t;

/// Reads a number as a person types it: a comma or a true minus sign is understood.
#[must_use]
pub fn read_number(text: &str) -> Option<f64> {
    let text = text.trim().replace('\u{2212}', "-").replace(',', ".");
    text.trim_start_matches('+').parse().ok().filter(|n: &f64| n.is_finite())
}

/// Reads a list of multipliers as a person types it: numbers between blanks, commas with blanks, or semicolons.
///
/// # Errors
/// Fails with a sentence that names what is not a number, or says that there is none.
pub fn read_multipliers(text: &str) -> Result<Vec<f64>, String> {
    let parts = text
        .split([' ', ';', '\n', '\t'])
        .map(|part| part.trim_end_matches(','))
        .filter(|part| !part.is_empty());
    let mut numbers = Vec::new();
    for part in parts {
        numbers.push(read_number(part).ok_or_else(|| t!("widgets-no-number", text = part.to_owned()))?);
    }
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    if numbers.is_empty() { Err(t!("widgets-multipliers-none")) } else { Ok(numbers) }
}

/// Returns the numbers from `from` to `to` in steps, both ends included, without the drift of repeated addition.
///
/// # Errors
/// Fails with a sentence that says why there is no such range.
pub fn range(from: f64, to: f64, step: f64) -> Result<Vec<f64>, String> {
    if step <= 0.0 {
        return Err(t!("widgets-range-step"));
    }
    if to < from {
        return Err(t!("widgets-range-ends"));
    }
    let count = ((to - from) / step + 1e-9).floor();
    if count > 100.0 {
        return Err(t!("widgets-range-many"));
    }
    Ok((0..=count as u32).map(|i| ((from + f64::from(i) * step) * 1e6).round() / 1e6).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multipliers_are_read_as_typed() {
        assert_eq!(read_multipliers("1, \u{2212}1 0,5; 1").unwrap(), [-1.0, 0.5, 1.0]);
        assert!(read_multipliers("1 two").is_err() && read_multipliers(" ").is_err());
    }

    #[test]
    fn ranges_hold_both_ends_and_zero() {
        assert_eq!(range(-2.0, 2.0, 0.5).unwrap().len(), 9);
        assert!(range(-0.3, 0.3, 0.1).unwrap().contains(&0.0));
        assert!(
            range(0.0, 1.0, 0.0).is_err() && range(1.0, 0.0, 0.1).is_err() && range(0.0, 1e6, 0.1).is_err()
        );
    }
}
