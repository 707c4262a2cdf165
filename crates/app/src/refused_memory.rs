//! Ends the process with a sentence and exit code 1 where the system refuses memory for a small buffer.
//!
//! Large buffers are asked for first, and their refusal is an error like any other. Where any other allocation is refused,
//! Rust aborts, and nothing can be computed from then on. The allocator here notes a refusal, and a handler of SIGABRT
//! tells such an abort from all others.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io;

thread_local! {
    /// Whether the last allocation of this thread was refused.
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// The system's allocator, which notes what the system refuses. A program declares it as its `#[global_allocator]`.
pub struct NotingAllocator;

/// Notes whether an allocation was refused.
fn note(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        REFUSED.set(true);
    } else if REFUSED.get() {
        REFUSED.set(false);
    }
    memory
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
    if REFUSED.get() {
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
    fn a_refusal_is_noted_until_memory_is_given_again() {
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
        assert!(allocate(64) && !REFUSED.get());
        assert!(!allocate(isize::MAX as usize - 64) && REFUSED.get());
        assert!(allocate(64) && !REFUSED.get());
    }
}
