//! Numbers, sizes and times as people read them.

use ipc::Millis;

use crate::t;

/// Writes a number with a fixed number of decimals and a true minus sign.
#[must_use]
pub fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // Rounding can leave a minus sign before zeros only.
    let is_zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if is_zero { text.trim_start_matches('-').to_owned() } else { text.replace('-', "\u{2212}") }
}

/// Writes a number with its sign always shown: `+1.00`.
#[must_use]
pub fn signed(value: f64, decimals: usize) -> String {
    let text = number(value, decimals);
    if value > 0.0 && !text.starts_with('\u{2212}') && text.chars().any(|c| ('1'..='9').contains(&c)) {
        format!("+{text}")
    } else {
        text
    }
}

/// Writes a multiplier in as few digits as it needs: `+1`, `−0.5`, `0`.
#[must_use]
pub fn multiplier(value: f64) -> String {
    let text = signed(value, 2);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Writes a duration in seconds: `0.8 s`, `29 s`, `2 min 5 s`, `1 h 12 min`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if seconds < 9.95 {
        return t!("duration-seconds", seconds = format!("{seconds:.1}"));
    }
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => t!("duration-seconds", seconds = s),
        (0, m, 0) => t!("duration-minutes", minutes = m),
        (0, m, s) => t!("duration-minutes-seconds", minutes = m, seconds = s),
        (h, m, _) => t!("duration-hours-minutes", hours = h, minutes = m),
    }
}

/// The seconds under which nothing is said about the time left: the work is over before it is read.
const SOON: f64 = 1.0;

/// Writes how long a job still takes, if that is known and worth a word.
#[must_use]
pub fn time_left(seconds: Option<f64>) -> Option<String> {
    seconds.filter(|left| *left >= SOON).map(duration)
}

/// Writes a size in bytes: `2 kB`, `98 MB`, `1.1 GB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    let count = count as f64;
    if count >= 1e9 {
        t!("size-gigabytes", size = format!("{:.1}", count / 1e9))
    } else if count > 999e3 {
        t!("size-megabytes", size = format!("{:.0}", count / 1e6))
    } else {
        // A file that is not empty has a size.
        t!("size-kilobytes", size = format!("{:.0}", (count / 1e3).ceil()))
    }
}

/// Writes a count of megabytes: `46 MB`, `1.2 GB`.
#[must_use]
pub fn megabytes(count: u32) -> String {
    if count == 0 { t!("size-megabytes", size = 0_u32) } else { bytes(u64::from(count) * 1_000_000) }
}

/// Writes megabytes a second: `12.5 MB`, `0.3 MB`.
#[must_use]
pub fn rate(megabytes: f64) -> String {
    t!("size-megabytes", size = number(megabytes, usize::from(megabytes < 99.95)))
}

/// Writes a large count: `135 M`, `7.2 B`.
#[must_use]
pub fn count(value: u64) -> String {
    let value = value as f64;
    match value {
        // From here on a whole number of millions would round to a thousand of them.
        v if v >= 999.5e6 => format!("{:.1} B", v / 1e9),
        v if v >= 1e6 => format!("{:.0} M", v / 1e6),
        v if v >= 1e3 => format!("{:.0} k", v / 1e3),
        v => format!("{v:.0}"),
    }
}

/// Returns a share in per cent, without the digits that only the multiplication makes: 0.29 is 29 and not 28.999999999999996.
#[must_use]
pub fn in_percent(share: f64) -> f64 {
    (share * 1e11).round() / 1e9
}

/// Writes a share as a percentage: `86 %`; a small one with a decimal, `0.3 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    let percent = in_percent(share);
    let decimals = usize::from((0.05..0.95).contains(&percent.abs()));
    t!("percent", number = number(percent, decimals))
}

/// Writes a whole number with its thousands apart: `50,000`.
#[must_use]
pub fn whole(value: impl Into<u64>) -> String {
    let digits = value.into().to_string();
    let mut text = String::with_capacity(digits.len() + 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Replaces the hyphens before numbers in a text by true minus signs.
#[must_use]
pub fn true_minus(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_minus = |at: usize| {
        letters[at] == '-'
            && letters.get(at + 1).is_some_and(char::is_ascii_digit)
            && (at == 0 || letters[at - 1] == ' ')
    };
    (0..letters.len()).map(|at| if is_minus(at) { '\u{2212}' } else { letters[at] }).collect()
}

/// Writes a moment in the desktop's time zone: `2026-11-24 09:41`.
#[must_use]
pub fn date(at: Millis) -> String {
    let date = js_sys::Date::new(&(at as f64).into());
    let (day, time) = (
        (date.get_full_year(), date.get_month() + 1, date.get_date()),
        (date.get_hours(), date.get_minutes()),
    );
    format!("{}-{:02}-{:02} {:02}:{:02}", day.0, day.1, day.2, time.0, time.1)
}

/// Writes a day in the desktop's time zone: `2026-11-24`.
#[must_use]
pub fn day(at: Millis) -> String {
    date(at).split(' ').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_true_minus_and_no_negative_zero() {
        assert_eq!(number(-1.25, 1), "\u{2212}1.2");
        assert_eq!(number(-0.01, 1), "0.0");
        assert_eq!(
            (multiplier(1.0).as_str(), multiplier(-0.5).as_str(), multiplier(0.0).as_str()),
            ("+1", "\u{2212}0.5", "0")
        );
        assert_eq!(multiplier(10.0), "+10");
        assert_eq!(
            (whole(7_u32), whole(50_000_u32), whole(1_234_567_u64)),
            ("7".into(), "50,000".into(), "1,234,567".into())
        );
    }

    #[test]
    fn a_share_that_was_typed_in_per_cent_is_shown_as_it_was_typed() {
        for hundredths in 0..=10_000 {
            let typed = f64::from(hundredths) / 100.0;
            assert_eq!(in_percent(typed / 100.0).to_string(), typed.to_string());
        }
        assert_eq!(in_percent(0.000_012_3).to_string(), "0.00123");
    }

    #[test]
    fn durations_and_sizes_are_short() {
        assert_eq!(
            (percent(0.864), percent(0.0), percent(0.0027)),
            ("86 %".into(), "0 %".into(), "0.3 %".into())
        );
        assert_eq!(duration(0.84), "0.8 s");
        assert_eq!(duration(125.2), "2 min 5 s");
        assert_eq!(duration(3720.0), "1 h 2 min");
        assert_eq!(time_left(Some(125.2)).as_deref(), Some("2 min 5 s"));
        assert_eq!((time_left(Some(0.0)), time_left(Some(0.9)), time_left(None)), (None, None, None));
        assert_eq!((bytes(98_362_432), bytes(1_100_000_000)), ("98 MB".into(), "1.1 GB".into()));
        assert_eq!((bytes(0), bytes(288), bytes(930_816)), ("0 kB".into(), "1 kB".into(), "931 kB".into()));
        assert_eq!((bytes(999_000), bytes(999_001)), ("999 kB".into(), "1 MB".into()));
    }

    #[test]
    fn only_the_minus_before_a_number_is_a_true_one() {
        assert_eq!(true_minus("-1 \u{d7} vec-2 at -0.5"), "\u{2212}1 \u{d7} vec-2 at \u{2212}0.5");
    }
}
