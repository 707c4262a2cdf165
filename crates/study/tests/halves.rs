//! Tests how the held-out pairs are halved.

use study::Half;

#[test]
fn fewer_prompts_are_halved_as_more_are() {
    let all = Half::of(40, 5);
    assert_eq!(all.iter().filter(|half| **half == Half::Choose).count(), 20);
    assert_eq!(Half::of(13, 5), all[..13]);
    assert_ne!(Half::of(40, 6), all);
}
