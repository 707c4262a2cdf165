//! Runs the engine's threads: one runs jobs, one answers questions, and one at a time loads a model. None of them is
//! the window's main thread or a worker of the async runtime, and no panic ends them.

pub(crate) mod analysis;
pub(crate) mod answers;
mod bake;
pub(crate) mod chat;
pub(crate) mod counting;
pub(crate) mod current_question;
pub(crate) mod distil;
mod drafts;
pub(crate) mod encode;
mod encode_pairs;
pub(crate) mod encodings;
pub(crate) mod job;
pub(crate) mod lanes;
pub(crate) mod margins;
pub(crate) mod measured_norms;
pub(crate) mod measuring;
pub(crate) mod models;
pub(crate) mod outs;
pub(crate) mod pace;
pub(crate) mod priority;
mod prove_adapter;
pub(crate) mod queue;
pub(crate) mod registry;
pub(crate) mod running_job;
pub(crate) mod sweep;
pub(crate) mod token_counts;
pub(crate) mod train;
pub(crate) mod transfer;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Error;

/// Does the work and turns a panic into [`Error::Panic`].
pub(crate) fn catch<T, E: From<Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    // The work shares only locks, which stay usable after a panic, and the store, which undoes uncommitted changes.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::Panic(message(&*panic)).into()))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_words() {
        let caught = catch::<(), Error>(|| panic!("at step {}", 3)).expect_err("it panicked");
        assert!(matches!(caught, Error::Panic(words) if words == "at step 3"));
    }
}
