//! Lowers the priority of the engine's threads, so that the window reacts at once while every core computes.

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

/// Creates the threads over which the engine spreads its loops, with lowered priority. A second call changes nothing.
pub(crate) fn make_threads() {
    // The pool exists already if another window of the same process has created it.
    let _ = rayon::ThreadPoolBuilder::new()
        .thread_name(|index| format!("engine-{index}"))
        .start_handler(|_| give_way())
        .build_global();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

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
