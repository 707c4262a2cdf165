//! Tests that measure how quickly the window responds. `cargo xtask test` finds them by this module's name and runs nothing
//! else at the same time.

mod clicks;
mod long_conversation;
mod long_haul;
mod long_text;
mod many_pairs;
mod moved_slider;
mod typing;

/// How many times as long as its easy case the hard case of a measurement may take. The web view lays out what is shown: a part of a
/// long text takes it five times as long as a word, and the length of the rest nothing.
const TIMES_AS_LONG: f64 = 8.0;

/// Returns the limit in milliseconds of a hard case: what a person notices, or on a machine that is slower than people's some times
/// what the easy case took there a moment before. A test machine may be four times as slow as a laptop; the faults that the
/// tests are for took a hundred times as long as the easy case.
fn limit(noticed: f64, easy: f64) -> f64 {
    noticed.max(TIMES_AS_LONG * easy)
}

/// Returns the median of some times.
fn median(mut milliseconds: Vec<f64>) -> f64 {
    milliseconds.sort_by(f64::total_cmp);
    milliseconds[milliseconds.len() / 2]
}
