//! Says which runs, vectors and sweeps used a version of a data set.

use ipc::version::{UseKind, Version};

/// Returns a sentence that lists the runs, vectors and sweeps that used a version.
pub(super) fn uses(version: &Version) -> String {
    let list = |kind: UseKind, one: &str| {
        let names: Vec<String> = version
            .uses
            .iter()
            .filter(|used| used.kind == kind)
            .map(|used| format!("\u{201c}{}\u{201d}", used.name))
            .collect();
        (!names.is_empty()).then(|| format!("{one} {}", names.join(", ")))
    };
    let all = [
        list(UseKind::Named, "kept as"),
        list(UseKind::Run, "trained on in"),
        list(UseKind::Vector, "trained on for"),
        list(UseKind::Sweep, "swept with"),
    ];
    let text = all.into_iter().flatten().collect::<Vec<_>>().join("; ");
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
