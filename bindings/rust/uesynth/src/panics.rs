use std::any::Any;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Where a panic of a callback waits until a call of this crate resumes it: it must not unwind
/// through C, and its own thread is the library's.
#[derive(Debug, Default)]
pub(crate) struct Panics(Mutex<Option<Box<dyn Any + Send>>>);

impl Panics {
    /// Runs what the host gave. The first panic is kept, later ones are dropped.
    pub(crate) fn catch<R>(&self, call: impl FnOnce() -> R) -> Option<R> {
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(result) => Some(result),
            Err(payload) => {
                let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.is_none() {
                    *kept = Some(payload);
                } else {
                    // The payload's own drop may panic.
                    std::mem::forget(payload);
                }
                None
            }
        }
    }

    /// Makes a C call, then resumes the panic that is kept. What the call has made is let go then.
    pub(crate) fn resuming<R>(&self, call: impl FnOnce() -> R) -> R {
        let result = call();
        self.resume();
        result
    }

    /// Resumes the panic that is kept, unless this thread is panicking already.
    pub(crate) fn resume(&self) {
        if thread::panicking() {
            return;
        }
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(payload) = kept {
            resume_unwind(payload);
        }
    }
}

/// Resumes what was kept when it goes out of scope, for what returns nothing.
pub(crate) struct ResumeAfter(pub(crate) Arc<Panics>);

impl Drop for ResumeAfter {
    fn drop(&mut self) {
        self.0.resume();
    }
}
