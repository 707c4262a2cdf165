//! The learning rate schedule of a run.

use std::f64::consts::PI;

use super::Schedule;

/// Returns the learning rate of a step, counted from 0: it rises linearly from 0 over `warmup` steps, then follows the
/// schedule.
///
/// The schedules are those of transformers (`get_cosine_schedule_with_warmup`, which the authors' trainer uses, and its
/// linear and constant counterparts): with a warm-up, step 0 has rate 0.
pub(crate) fn learning_rate(schedule: Schedule, peak: f64, step: usize, warmup: usize, total: usize) -> f64 {
    if step < warmup {
        return peak * step as f64 / warmup as f64;
    }
    let progress = (step - warmup) as f64 / total.saturating_sub(warmup).max(1) as f64;
    match schedule {
        Schedule::Cosine => peak * (0.5 * (1.0 + (PI * progress).cos())).max(0.0),
        Schedule::Linear => peak * (1.0 - progress).max(0.0),
        Schedule::Constant => peak,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_then_falls_along_a_cosine() {
        // transformers 5.23: get_cosine_schedule_with_warmup(SGD(lr=0.5), 4, 12), the first 13 rates.
        let expected = [
            0.0,
            0.125,
            0.25,
            0.375,
            0.5,
            0.480_969_88,
            0.426_776_7,
            0.345_670_86,
            0.25,
            0.154_329_14,
            0.073_223_3,
            0.019_030_12,
            0.0,
        ];
        for (step, expected) in expected.into_iter().enumerate() {
            assert!(
                (learning_rate(Schedule::Cosine, 0.5, step, 4, 12) - expected).abs() < 1e-8,
                "step {step}"
            );
        }
    }

    #[test]
    fn without_a_warm_up_it_starts_at_the_peak() {
        assert_eq!(learning_rate(Schedule::Cosine, 0.5, 0, 0, 10), 0.5);
    }

    #[test]
    fn falls_along_a_line_or_stays() {
        // get_linear_schedule_with_warmup and get_constant_schedule_with_warmup of the same, at steps 2, 4, 8 and 12.
        for (step, linear, constant) in [(2, 0.25, 0.25), (4, 0.5, 0.5), (8, 0.25, 0.5), (12, 0.0, 0.5)] {
            assert!((learning_rate(Schedule::Linear, 0.5, step, 4, 12) - linear).abs() < 1e-12);
            assert!((learning_rate(Schedule::Constant, 0.5, step, 4, 12) - constant).abs() < 1e-12);
        }
    }
}
