//! A thread pool whose workers spin between many short jobs, such as the products of one decoded token: about 150
//! jobs, some shorter than it takes to wake a sleeping thread.
//!
//! A job is a number of items. The leader, who calls [`ParallelFor::for_each`], claims items like every worker and
//! waits only for items that others have claimed. A worker whose core is taken away delays only the one item that it
//! has claimed, and a worker that never comes delays nothing. Between two jobs workers spin for a moment and then
//! sleep.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};

use rayon::prelude::*;

/// The number of times that a thread looks for work, or for others to finish, before it gives its core away: some 50
/// microseconds.
const SPINS: usize = 2_000;

/// A pool that runs independent items in parallel. The result of an item must not depend on the thread that runs it.
pub(crate) trait ParallelFor: Sync {
    /// Runs `work` once for every number below `count`, in any order, and returns when all have ended.
    fn for_each(&self, count: usize, work: &(dyn Fn(usize) + Sync));

    /// Returns how many threads run items.
    fn threads(&self) -> usize;
}

/// Runs `work` once for every item, with the item's index.
pub(crate) fn for_each_item<T: Send>(pool: &dyn ParallelFor, items: Vec<T>, work: impl Fn(usize, T) + Sync) {
    let items: Vec<Mutex<Option<T>>> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    pool.for_each(items.len(), &|index| {
        let item = items[index].lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(item) = item {
            work(index, item);
        }
    });
}

/// Runs `work` for every `size` numbers of `values`, with the chunk's index.
pub(crate) fn for_each_chunk(
    pool: &dyn ParallelFor,
    values: &mut [f32],
    size: usize,
    work: impl Fn(usize, &mut [f32]) + Sync,
) {
    if values.len() <= size {
        return work(0, values);
    }
    for_each_item(pool, values.chunks_mut(size).collect(), work);
}

/// rayon's pool.
pub(crate) struct RayonPool;

impl ParallelFor for RayonPool {
    fn for_each(&self, count: usize, work: &(dyn Fn(usize) + Sync)) {
        (0..count).into_par_iter().for_each(work);
    }

    fn threads(&self) -> usize {
        rayon::current_num_threads()
    }
}

/// A job, on the leader's stack.
struct Job<'a> {
    work: &'a (dyn Fn(usize) + Sync),
}

/// The state that the leader and the workers share.
struct SharedState {
    job: AtomicPtr<Job<'static>>,
    /// Items that nobody has claimed.
    unclaimed: AtomicUsize,
    /// Items that have not ended.
    pending: AtomicUsize,
    panicked: AtomicBool,
    is_over: AtomicBool,
}

/// The leader's handle of a worker.
struct Worker {
    thread: Thread,
    asleep: std::sync::Arc<AtomicBool>,
}

/// The leader's handle of the pool: see [`with_spin_pool`].
pub(crate) struct SpinPool<'a> {
    state: &'a SharedState,
    workers: Vec<Worker>,
}

/// Runs `lead` with a pool of as many threads as rayon's pool has, the calling one included.
pub(crate) fn with_spin_pool<R>(lead: impl FnOnce(&SpinPool<'_>) -> R) -> R {
    let state = SharedState {
        job: AtomicPtr::new(std::ptr::null_mut()),
        unclaimed: AtomicUsize::new(0),
        pending: AtomicUsize::new(0),
        panicked: AtomicBool::new(false),
        is_over: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        let workers = (1..rayon::current_num_threads()).filter_map(|_| {
            let asleep = std::sync::Arc::new(AtomicBool::new(false));
            let (seen, state) = (std::sync::Arc::clone(&asleep), &state);
            // The pool is smaller where the system refuses a thread.
            let worker = thread::Builder::new().spawn_scoped(scope, move || state.run_worker(&seen)).ok()?;
            Some(Worker { thread: worker.thread().clone(), asleep })
        });
        let pool = SpinPool { state: &state, workers: workers.collect() };
        lead(&pool)
    })
}

impl SharedState {
    /// Claims an item. The job's pointer is valid until the item is finished.
    fn claim(&self) -> Option<usize> {
        let mut left = self.unclaimed.load(Ordering::Relaxed);
        while left > 0 {
            match self.unclaimed.compare_exchange_weak(left, left - 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Some(left - 1),
                Err(now) => left = now,
            }
        }
        None
    }

    /// The loop of a worker thread.
    fn run_worker(&self, asleep: &AtomicBool) {
        let mut idle = 0;
        while !self.is_over.load(Ordering::Relaxed) {
            if let Some(item) = self.claim() {
                let _finish = FinishOnDrop(self);
                let job = self.job.load(Ordering::Relaxed);
                // SAFETY: `claim` succeeded, so this item counts in `pending`, and `for_each` keeps the job on its stack
                // until `pending` is 0, which `_finish` makes possible only after `work` returned. The pointer was
                // stored before `unclaimed` was released, and `claim` acquired it.
                #[expect(unsafe_code, reason = "the job's lifetime ends with the call of `for_each`")]
                let work = unsafe { (*job).work };
                work(item);
                idle = 0;
            } else if idle < SPINS {
                idle += 1;
                std::hint::spin_loop();
            } else {
                asleep.store(true, Ordering::SeqCst);
                // A leader that publishes after this check sees the flag.
                if self.unclaimed.load(Ordering::SeqCst) == 0 && !self.is_over.load(Ordering::SeqCst) {
                    thread::park();
                }
                asleep.store(false, Ordering::SeqCst);
                idle = 0;
            }
        }
    }
}

/// Counts an item as finished when it is dropped, also where the item panics.
struct FinishOnDrop<'a>(&'a SharedState);

impl Drop for FinishOnDrop<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.panicked.store(true, Ordering::Relaxed);
        }
        self.0.pending.fetch_sub(1, Ordering::Release);
    }
}

/// Drops the unclaimed items and waits for the claimed ones, so that nobody uses a job whose stack frame ends, also
/// where the leader's own item panics.
struct DrainOnDrop<'a>(&'a SharedState);

impl Drop for DrainOnDrop<'_> {
    fn drop(&mut self) {
        while self.0.claim().is_some() {
            self.0.pending.fetch_sub(1, Ordering::Release);
        }
        let mut spins = 0;
        while self.0.pending.load(Ordering::Acquire) > 0 {
            if spins < SPINS {
                spins += 1;
                std::hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }
}

impl ParallelFor for SpinPool<'_> {
    fn for_each(&self, count: usize, work: &(dyn Fn(usize) + Sync)) {
        if count < 2 || self.workers.is_empty() {
            return (0..count).for_each(work);
        }
        let job = Job { work };
        let state = self.state;
        state.job.store((&raw const job).cast_mut().cast(), Ordering::Relaxed);
        state.pending.store(count, Ordering::Relaxed);
        state.unclaimed.store(count, Ordering::SeqCst);
        for worker in &self.workers {
            if worker.asleep.load(Ordering::SeqCst) {
                worker.thread.unpark();
            }
        }
        let all = DrainOnDrop(state);
        while let Some(item) = state.claim() {
            let _finish = FinishOnDrop(state);
            work(item);
        }
        drop(all);
        assert!(!state.panicked.load(Ordering::Relaxed), "a worker of the pool panicked");
    }

    fn threads(&self) -> usize {
        1 + self.workers.len()
    }
}

impl Drop for SpinPool<'_> {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        for worker in &self.workers {
            worker.thread.unpark();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn in_pool<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    }

    #[test]
    fn every_item_runs_once() {
        for threads in [1, 2, 5] {
            in_pool(threads, || {
                with_spin_pool(|pool| {
                    assert_eq!(pool.threads(), threads);
                    for round in 0..3_000 {
                        let mut seen = vec![0.0; round % 37];
                        for_each_chunk(pool, &mut seen, 3, |part, seen| {
                            for x in seen {
                                *x += part as f32 + 1.0;
                            }
                        });
                        let expected: Vec<f32> = (0..round % 37).map(|i| (i / 3) as f32 + 1.0).collect();
                        assert_eq!(seen, expected);
                        if round % 1_000 == 0 {
                            // The pause is longer than workers spin, so that they sleep.
                            thread::sleep(std::time::Duration::from_millis(5));
                        }
                    }
                });
            });
        }
    }

    #[test]
    fn a_panic_reaches_the_leader() {
        let ended = catch_unwind(AssertUnwindSafe(|| {
            in_pool(3, || with_spin_pool(|pool| pool.for_each(100, &|item| assert!(item != 57, "item 57"))));
        }));
        assert!(ended.is_err());
    }
}
