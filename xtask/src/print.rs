//! Prints the messages of a running task.

use std::time::Duration;

/// Prints that a step begins: what it does, and why.
pub(crate) fn step(what: &str) {
    println!("==> {what}");
}

/// Prints a detail of the step.
pub(crate) fn note(what: &str) {
    println!("    {what}");
}

/// Formats a duration in seconds to a tenth, and in minutes from one minute on.
pub(crate) fn time(taken: Duration) -> String {
    let seconds = taken.as_secs();
    if seconds < 60 {
        format!("{:.1} s", taken.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(time(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(time(Duration::from_secs(127)), "2 min 07 s");
    }
}
