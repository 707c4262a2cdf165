//! `cargo xtask pictures` and `cargo xtask film`: what the window looks like, for people who read about it and for comparison.

mod compare;
mod film;
mod kept;
mod palette;
mod picture;
mod take;

pub(crate) use film::film;

use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem};

/// The test that takes a picture of every screen.
const TEST: &str = "pictures::every_screen";

/// Takes the pictures, or takes those that are there, and compares or keeps them.
pub(crate) fn pictures(are_taken: bool, compares: bool, keeps: bool) -> Outcome {
    let folder = take::folder();
    if !are_taken {
        // One that is no longer taken would be compared and kept for ever.
        for old in kept::list(&folder)?.values() {
            // What cannot be removed is written over or says so then.
            let _ = std::fs::remove_file(old);
        }
        take::run(TEST)?;
    }
    let taken = kept::list(&folder)?;
    if taken.is_empty() {
        return Err(Problem::new(format!("{} has no pictures.", folders::short(&folder)))
            .next("Run `cargo xtask pictures` without `--taken`."));
    }
    print::step(&format!("{} pictures are in {}", taken.len(), folders::short(&folder)));
    if keeps {
        kept::keep(&taken)?;
    }
    if compares {
        kept::check(&taken, &folder.join("differences"))?;
    }
    Ok(())
}
