//! Catches the panics of libraries that read files.

use std::panic::{self, AssertUnwindSafe};

use super::DataFileError;

/// Runs a reader of a kind of file. The libraries check much, not all: a file that is damaged in a way that one does not
/// expect makes it panic, which refuses the file.
pub(super) fn guarded<T>(
    kind: &'static str,
    read: impl FnOnce() -> Result<T, DataFileError>,
) -> Result<T, DataFileError> {
    // What a panic leaves half done is dropped with the file that was refused.
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    read.unwrap_or_else(|_| Err(DataFileError::Table { kind, detail: "it is damaged".into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_refusal_by_name() {
        assert!(matches!(guarded("Arrow", || Ok(3)), Ok(3)));
        let refused = guarded::<()>("Arrow", || panic!("a library's own check"));
        assert_eq!(
            refused.expect_err("a refusal").to_string(),
            "the Arrow file cannot be read: it is damaged; write or download it again"
        );
    }
}
