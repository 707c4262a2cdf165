//! Decides whether a failed request is sent again, and after how long.

use std::time::{Duration, SystemTime};

use super::EndpointError;

/// The most tries of a request.
pub(super) const MOST_TRIES: u32 = 6;
/// The longest wait at a server's request; a longer one becomes an error.
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// The longest wait that no server asked for.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(30);

/// Returns the wait before the next try after `tries` of them, or `None` where another try cannot help. `jitter`, in 0 to
/// 1, keeps requests that failed together from coming back together.
pub(super) fn wait(error: &EndpointError, tries: u32, jitter: f64) -> Option<Duration> {
    if !error.may_pass() || tries >= most_tries(error) {
        return None;
    }
    let back_off = Duration::from_secs(1 << (tries - 1).min(5)).min(LONGEST_BACK_OFF);
    match error.wait() {
        Some(asked) if asked > LONGEST_WAIT => None,
        // The jitter spreads the requests over the first moments after the pause.
        Some(asked) => Some(asked + Duration::from_millis((jitter * 500.0) as u64)),
        None => Some(back_off.mul_f64(0.5 + 0.5 * jitter)),
    }
}

fn most_tries(error: &EndpointError) -> u32 {
    match error {
        EndpointError::Nonsense { .. } => 2,
        // A slow server has used its time already.
        EndpointError::Slow { .. } => 3,
        _ => MOST_TRIES,
    }
}

/// Parses a `Retry-After` header: seconds, or an HTTP date.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(1e6)));
    }
    let moment = moment(value)?;
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(moment.saturating_sub(now)))
}

/// Parses an HTTP date, like `Sun, 06 Nov 1994 08:49:37 GMT`, to seconds since 1970.
fn moment(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, text) = text.split_once(", ")?;
    let parts: Vec<&str> = text.split(' ').collect();
    let [day, month, year, time, "GMT"] = parts[..] else { return None };
    let (day, year) = (day.parse::<u64>().ok()?, year.parse::<u64>().ok()?);
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let clock: Vec<u64> = time.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hour, minute, second] = clock[..] else { return None };
    if !(1970..10_000).contains(&year) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60
    {
        return None;
    }
    // This counts the days since 1970 in a calendar whose years begin in March, so that the leap day is the last day.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(wait: Option<u64>) -> EndpointError {
        EndpointError::Rate { wait: wait.map(Duration::from_secs), detail: String::new() }
    }

    #[test]
    fn waits_double_until_it_is_of_no_use() {
        let server = EndpointError::Server { status: 500, wait: None, detail: String::new() };
        let waits: Vec<Option<u64>> =
            (1..=6).map(|tries| wait(&server, tries, 1.0).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(1), Some(2), Some(4), Some(8), Some(16), None]);
        assert_eq!(wait(&server, 1, 0.0), Some(Duration::from_millis(500)));
    }

    #[test]
    fn a_server_that_asks_for_a_rest_gets_it_within_reason() {
        assert_eq!(wait(&rate(Some(7)), 1, 0.0), Some(Duration::from_secs(7)));
        assert_eq!(wait(&rate(Some(3600)), 1, 0.0), None);
        let refused = EndpointError::Refused { status: 400, detail: String::new() };
        assert_eq!(wait(&refused, 1, 0.0), None);
    }

    #[test]
    fn seconds_and_moments_are_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_700);
        assert_eq!(retry_after(" 1.5 ", now), Some(Duration::from_millis(1500)));
        // 784111777 is the moment of HTTP's own example.
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(77)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:00:00 GMT", now), Some(Duration::ZERO));
        for odd in ["", "soon", "-1", "NaN", "inf", "Sun, 06 Nov 1994", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(retry_after(odd, now), None, "{odd}");
        }
    }
}
