//! Finds the vectors of an imported desk in the library.

use ipc::Id;
use ipc::conversation::Desk;

/// A vector of the library.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) id: Id,
    pub(crate) name: String,
    /// The SHA-256 of its numbers, layers and intervention.
    pub(crate) hash: String,
}

/// No vector has this id.
const NONE: Id = 0;

/// Replaces the ids of a desk's vectors by those that they have in the library. Of vectors with the same hash, the one of the
/// same name is taken; a vector without a hash is only known by its id and name together. Returns the names of those that the
/// library does not have.
pub(crate) fn find_vectors(desk: &mut Desk, known: &[Known]) -> Vec<String> {
    let mut missing = Vec::new();
    let mut find = |id: &mut Id, name: &str, hash: &str| {
        let is_it = |known: &&Known| {
            if hash.is_empty() { known.id == *id && known.name == name } else { known.hash == hash }
        };
        let same_name = known.iter().filter(is_it).find(|known| known.name == name);
        *id = same_name.or_else(|| known.iter().find(is_it)).map_or(NONE, |known| known.id);
        if *id == NONE {
            missing.push(name.to_owned());
        }
    };
    for strip in &mut desk.strips {
        find(&mut strip.vector, &strip.name, &strip.hash);
        if let Some(gate) = &mut strip.gate {
            find(&mut gate.vector, &gate.name, &gate.hash);
        }
    }
    missing
}
