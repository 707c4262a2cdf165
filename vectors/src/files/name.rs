//! Layer and epoch as suggested by a file name. A name proves nothing, so this is only a hint for the user.

use std::path::Path;

use super::MAX_LAYERS;

/// Layer and epoch of a file name in the form of the BiPO authors' program: `vec_ep20_layer15.pt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NameHint {
    /// The 0-based block.
    pub layer: Option<usize>,
    /// The epoch after which the vector was saved.
    pub epoch: Option<usize>,
}

impl NameHint {
    /// Parses the file name of a path.
    #[must_use]
    pub fn from_path(path: &Path) -> Self {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let number = |word: &str| {
            let mut parts = stem.split(['_', '-', '.', ' ']);
            parts.find_map(|part| part.strip_prefix(word)?.parse::<usize>().ok())
        };
        Self { layer: number("layer").filter(|layer| *layer < MAX_LAYERS), epoch: number("ep") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authors_names_are_read() {
        let hint = |name: &str| NameHint::from_path(Path::new(name));
        assert_eq!(hint("vector/vec_ep20_layer15.pt"), NameHint { layer: Some(15), epoch: Some(20) });
        assert_eq!(hint("mistral_wealth-seeking_vec_ep5_layer13.pt").layer, Some(13));
        assert_eq!(hint("layer_norm.pt"), NameHint::default());
        assert_eq!(hint("layer99999.npy"), NameHint::default());
    }
}
