//! Says which runs, vectors and sweeps used a version of a data set.

use ipc::version::{UseKind, Version};

use crate::t;

/// Returns a sentence that lists the runs, vectors and sweeps that used a version.
pub(super) fn uses(version: &Version) -> String {
    let names = |kind: UseKind| {
        let used = version.uses.iter().filter(|used| used.kind == kind);
        used.map(|used| t!("data-uses-name", name = used.name.clone()))
            .reduce(|first, second| t!("list-of-two", first = first, second = second))
    };
    let all = [
        names(UseKind::Named).map(|names| t!("data-uses-named", names = names)),
        names(UseKind::Run).map(|names| t!("data-uses-runs", names = names)),
        names(UseKind::Vector).map(|names| t!("data-uses-vectors", names = names)),
        names(UseKind::Sweep).map(|names| t!("data-uses-sweeps", names = names)),
    ];
    let both = |first: String, second: String| t!("data-uses-all", first = first, second = second);
    let text: String = all.into_iter().flatten().reduce(both).unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ipc::version::VersionUse;

    use super::*;

    #[test]
    fn uses_read_as_a_sentence() {
        let used = |kind, name: &str| VersionUse { kind, name: name.into() };
        let version = Version {
            hash: String::new(),
            created: 0,
            pairs: 2,
            held_out: 1,
            held_out_only: false,
            is_current: true,
            uses: vec![used(UseKind::Run, "A"), used(UseKind::Named, "first"), used(UseKind::Run, "B")],
        };
        assert_eq!(
            uses(&version),
            "Kept as \u{201c}first\u{201d}; trained on in \u{201c}A\u{201d}, \u{201c}B\u{201d}"
        );
    }
}
