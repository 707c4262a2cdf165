//! Tells files with the same columns apart from others.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

/// Returns the hash of a header's set of names, whatever their order.
#[must_use]
pub fn header_hash(header: &[String]) -> String {
    let names: BTreeSet<&String> = header.iter().collect();
    let hash = names.iter().fold(Sha256::new(), |hash, name| {
        // With its length before it no name runs into the next one.
        hash.chain_update((name.len() as u64).to_le_bytes()).chain_update(name)
    });
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_set_of_names_has_one_hash_in_any_order() {
        let hash =
            |names: &[&str]| header_hash(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(hash(&["a", "b", "c"]), hash(&["c", "a", "b", "a"]));
        let all = [hash(&[]), hash(&["a"]), hash(&["A"]), hash(&["a", "b"]), hash(&["ab"]), hash(&["a", ""])];
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
