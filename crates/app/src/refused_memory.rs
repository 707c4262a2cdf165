//! Ends the process with a sentence and exit code 1 where the system refuses memory for a small buffer.
//!
//! Large buffers are asked for first, and their refusal is an error like any other. Where any other allocation is refused,
//! Rust aborts, and nothing can be computed from then on. The allocator here notes a refusal, and a handler of SIGABRT
//! tells such an abort from all others.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io;

/// The allocations after which a refusal has nothing to do with an abort. Rust writes its own words before it aborts, which
/// takes some; code that handled a refusal and goes on soon takes more.
const SOON: u32 = 64;

thread_local! {
    /// The allocations of this thread since one was refused.
    static SINCE_REFUSAL: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// The system's allocator, which notes what the system refuses. A program declares it as its `#[global_allocator]`.
pub struct NotingAllocator;

/// Notes whether an allocation was refused.
fn note(memory: *mut u8) -> *mut u8 {
    let since = if memory.is_null() { 0 } else { SINCE_REFUSAL.get().saturating_add(1) };
    SINCE_REFUSAL.set(since);
    memory
}

/// Whether memory was refused to this thread a moment ago.
fn was_refused() -> bool {
    SINCE_REFUSAL.get() < SOON
}

#[expect(unsafe_code, reason = "an allocator is unsafe to write")]
// SAFETY: every call goes to the system's allocator as it is. The note needs no memory: it is a number of the thread, without
// a constructor or a destructor.
unsafe impl GlobalAlloc for NotingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the same contract.
        note(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the same contract.
        note(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps to the same contract.
        note(unsafe { System.realloc(memory, layout, size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the same contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Has an abort after a refusal end this process with a sentence. Other systems than Unix end it as Rust does.
///
/// # Errors
/// Returns an error if the system takes no handler.
pub fn listen() -> io::Result<()> {
    #[cfg(unix)]
    {
        #[expect(unsafe_code, reason = "a signal handler must keep to what is safe inside one")]
        // SAFETY: `end` reads a number of the thread and calls write and _exit, which POSIX lists as safe in a handler.
        unsafe { signal_hook_registry::register_sigaction(libc::SIGABRT, |_| end()) }?;
    }
    Ok(())
}

/// Runs inside the signal, on the thread that aborts.
#[cfg(unix)]
fn end() {
    const SENTENCE: &[u8] =
        b"there is not enough memory: the system refused some. Close other programs, or take a smaller model.\n";
    if was_refused() {
        #[expect(unsafe_code, reason = "the standard library's writers take locks")]
        // SAFETY: both are safe inside a signal handler, and the bytes are valid for their length.
        unsafe {
            libc::write(libc::STDERR_FILENO, SENTENCE.as_ptr().cast(), SENTENCE.len());
            libc::_exit(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_noted_for_a_moment() {
        let allocate = |size: usize| {
            let layout = Layout::from_size_align(size, 8).expect("a layout");
            #[expect(unsafe_code, reason = "the allocator is called as a collection calls it")]
            // SAFETY: the size is not zero, and what was given is returned with the same layout.
            unsafe {
                let memory = NotingAllocator.alloc(layout);
                let is_given = !memory.is_null();
                if is_given {
                    NotingAllocator.dealloc(memory, layout);
                }
                is_given
            }
        };
        assert!(allocate(64) && !was_refused());
        assert!(!allocate(isize::MAX as usize - 64) && was_refused());
        // What Rust says before it aborts.
        assert!(allocate(64) && was_refused());
        assert!((0..SOON).all(|_| allocate(64)) && !was_refused());
    }
}
