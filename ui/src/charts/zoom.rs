//! How far a turn of the wheel zooms a chart.

/// The share of egui's own zoom, as a power. One notch then zooms by a quarter, and not to three times the size.
const GENTLY: f32 = 0.25;
/// The most that one frame zooms.
const MOST: f32 = 1.25;

/// Returns the zoom factor of a chart for egui's own.
pub(super) fn gentle(factor: f32) -> f32 {
    factor.max(f32::MIN_POSITIVE).powf(GENTLY).clamp(1.0 / MOST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notch_zooms_a_little_and_back_again() {
        // eframe turns a notch of 120 pixels with Ctrl into this factor.
        let notch = (0.01_f32 * 120.0).exp();
        let there = gentle(notch);
        assert!(there > 1.1 && there <= MOST, "{there}");
        assert!((there * gentle(1.0 / notch) - 1.0).abs() < 1e-6);
        assert!((gentle(1.0) - 1.0).abs() < 1e-6 && gentle(0.0) > 0.7);
    }
}
