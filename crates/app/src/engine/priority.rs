//! Lowers the priority of the engine's threads, so that the window reacts at once while every core computes.

use std::thread;

/// The distance of the engine's threads below the process's priority, and the lowest priority.
#[cfg(target_os = "linux")]
const NICER_BY: i32 = 10;
#[cfg(target_os = "linux")]
const NICEST: i32 = 19;

/// Lowers the priority of the calling thread. On Linux a thread has a priority of its own. On other systems the
/// scheduler already favours the threads that a person waits for.
pub(crate) fn give_way() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpid, getpriority_process, setpriority_process};
        let thread = rustix::thread::gettid();
        let own = getpriority_process(Some(getpid()));
        // A container may forbid this. The window is then only a little slower.
        let given = own.and_then(|own| setpriority_process(Some(thread), (own + NICER_BY).min(NICEST)));
        if let Err(error) = given {
            tracing::debug!("the engine's threads keep the usual priority: {error}");
        }
    }
}

/// Returns the number of the processor's threads.
pub(crate) fn processor_threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Returns the number of threads that the pool is asked for. 0 leaves it to the pool, which takes one for each thread of the
/// processor. More than those would only wait for each other.
fn pool_size(wanted: Option<u32>, processor: usize) -> usize {
    wanted.map_or(0, |wanted| (wanted as usize).clamp(1, processor.max(1)))
}

/// Creates the threads over which the engine spreads its loops, with lowered priority: so many, or one for each thread of the
/// processor. A second call changes nothing.
pub(crate) fn make_threads(wanted: Option<u32>) {
    // The pool exists already if another window of the same process has created it.
    let _ = rayon::ThreadPoolBuilder::new()
        .num_threads(pool_size(wanted, processor_threads()))
        .thread_name(|index| format!("engine-{index}"))
        .start_handler(|_| give_way())
        .build_global();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_has_as_many_threads_as_are_wanted_and_there() {
        assert_eq!([None, Some(0), Some(2), Some(99)].map(|wanted| pool_size(wanted, 8)), [0, 1, 2, 8]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_calling_thread_gives_way() {
        let of = |thread| rustix::process::getpriority_process(Some(thread)).expect("a priority");
        let before = of(rustix::thread::gettid());
        let lower = std::thread::spawn(move || {
            give_way();
            of(rustix::thread::gettid())
        });
        let process = of(rustix::process::getpid());
        assert_eq!(lower.join().expect("the thread ends"), (process + NICER_BY).min(NICEST));
        assert_eq!(of(rustix::thread::gettid()), before);
    }
}
