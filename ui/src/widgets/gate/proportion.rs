//! A share of prompts with its interval.

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Returns the 95 % interval of a share of `count` things out of `of`, after Wilson (1927, equation 4): for few things it is nearer to
/// what is true than that around the share itself, and it has a length where the share is 0 or 1. `None` without any thing.
pub(super) fn wilson(count: usize, of: usize) -> Option<[f64; 2]> {
    if of == 0 {
        return None;
    }
    let (n, share) = (of as f64, count as f64 / of as f64);
    let spread = Z * Z / n;
    let middle = (share + spread / 2.0) / (1.0 + spread);
    let half = (spread * (share * (1.0 - share) + spread / 4.0)).sqrt() / (1.0 + spread);
    Some([(middle - half).max(0.0), (middle + half).min(1.0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe (1998), table I, method 3.
        for (count, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let [least, most] = wilson(count, of).expect("an interval");
            assert!(
                (least - low).abs() < 5e-5 && (most - high).abs() < 5e-5,
                "{count} of {of}: {least} to {most}"
            );
        }
        let ([none, few], [many, all]) = (wilson(0, 8).expect("one"), wilson(8, 8).expect("one"));
        assert!(
            none.abs() < 1e-12
                && (all - 1.0).abs() < 1e-12
                && (few - (1.0 - many)).abs() < 1e-12
                && few > 0.3
        );
        assert_eq!(wilson(0, 0), None);
    }
}
