use std::fmt;
use std::os::raw::c_void;
use std::ptr::{null_mut, NonNull};
use std::sync::Arc;

use crate::error::{check, Error, Result, Status};
use crate::names::ThreadRole;
use crate::panics::{Panics, ResumeAfter};
use uesynth_sys as sys;

type Hook = Box<dyn Fn(ThreadRole, u32) + Send + Sync>;

struct Hooks {
    started: Option<Hook>,
    stopping: Option<Hook>,
    panics: Arc<Panics>,
}

/// What several clients can share: loop threads, a worker, a cap of memory.
///
/// ```
/// use uesynth::{ClientOptions, RuntimeOptions};
///
/// let runtime = RuntimeOptions::new().loop_threads(2).memory(256 << 20).build()?;
/// let left = ClientOptions::new().runtime(&runtime).open("localhost:50051")?;
/// let right = ClientOptions::new().runtime(&runtime).open("localhost:50052")?;
/// # Ok::<(), uesynth::Error>(())
/// ```
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

struct Inner {
    raw: NonNull<sys::uesynth_runtime>,
    panics: Arc<Panics>,
}

// SAFETY: its functions may be called on any thread.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Runtime {
    pub(crate) fn as_ptr(&self) -> *mut sys::uesynth_runtime {
        self.0.raw.as_ptr()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _resume = ResumeAfter(Arc::clone(&self.panics));
        // SAFETY: owned. It ends with the last of its clients.
        unsafe { sys::uesynth_runtime_free(self.raw.as_ptr()) }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}

/// How a [`Runtime`] is made.
#[derive(Default)]
pub struct RuntimeOptions {
    loop_threads: Option<u32>,
    memory_bytes: u64,
    started: Option<Hook>,
    stopping: Option<Hook>,
}

impl RuntimeOptions {
    /// One loop thread, no cap.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// 1 to 64; clients are spread over them.
    #[must_use]
    pub const fn loop_threads(mut self, count: u32) -> Self {
        self.loop_threads = Some(count);
        self
    }

    /// A cap in bytes for frames and messages of all its clients together.
    #[must_use]
    pub const fn memory(mut self, bytes: u64) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// Runs first on every thread: to set its name, affinity, priority. A panic in it is resumed when
    /// the last handle of the runtime goes.
    #[must_use]
    pub fn on_thread_start(
        mut self,
        hook: impl Fn(ThreadRole, u32) + Send + Sync + 'static,
    ) -> Self {
        self.started = Some(Box::new(hook));
        self
    }

    /// Runs last on every thread.
    #[must_use]
    pub fn on_thread_stop(
        mut self,
        hook: impl Fn(ThreadRole, u32) + Send + Sync + 'static,
    ) -> Self {
        self.stopping = Some(Box::new(hook));
        self
    }

    /// Makes it.
    pub fn build(self) -> Result<Runtime> {
        let panics = Arc::new(Panics::default());
        let mut options = sys::UESYNTH_RUNTIME_OPTIONS_INIT;
        options.loop_threads = self.loop_threads.unwrap_or(options.loop_threads);
        options.memory_bytes = self.memory_bytes;
        if self.started.is_some() || self.stopping.is_some() {
            options.thread_started = self.started.as_ref().map(|_| started as _);
            options.thread_stopping = self.stopping.as_ref().map(|_| stopping as _);
            let (started, stopping) = (self.started, self.stopping);
            let hooks = Hooks { started, stopping, panics: Arc::clone(&panics) };
            options.user_data = Box::into_raw(Box::new(hooks)).cast();
            options.destroy = Some(destroy);
        }
        let mut raw = null_mut();
        // SAFETY: success hands over the runtime; destroy runs in any case.
        check(unsafe { sys::uesynth_runtime_new(&options, &mut raw) })?;
        let raw = NonNull::new(raw)
            .ok_or_else(|| Error::new(Status::INTERNAL, "the library gave no runtime"))?;
        Ok(Runtime(Arc::new(Inner { raw, panics })))
    }
}

impl fmt::Debug for RuntimeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeOptions")
            .field("loop_threads", &self.loop_threads)
            .field("memory_bytes", &self.memory_bytes)
            .finish_non_exhaustive()
    }
}

impl Hooks {
    fn run(&self, hook: Option<&Hook>, role: u32, index: u32) {
        if let (Some(hook), Some(role)) = (hook, ThreadRole::from_raw(role)) {
            let _ = self.panics.catch(|| hook(role, index));
        }
    }
}

unsafe extern "C" fn started(role: u32, index: u32, data: *mut c_void) {
    let hooks = &*data.cast::<Hooks>();
    hooks.run(hooks.started.as_ref(), role, index);
}

unsafe extern "C" fn stopping(role: u32, index: u32, data: *mut c_void) {
    let hooks = &*data.cast::<Hooks>();
    hooks.run(hooks.stopping.as_ref(), role, index);
}

unsafe extern "C" fn destroy(data: *mut c_void) {
    let hooks = Box::from_raw(data.cast::<Hooks>());
    let panics = Arc::clone(&hooks.panics);
    let _ = panics.catch(|| drop(hooks));
}
