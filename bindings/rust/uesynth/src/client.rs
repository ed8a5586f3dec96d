mod calls;
mod events;
mod saves;
mod submissions;

use std::fmt;
use std::ptr::{null_mut, NonNull};
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{check, Error, Result, Status};
use crate::names::State;
use crate::options::ClientOptions;
use crate::panics::{Panics, ResumeAfter};
use crate::text;
use uesynth_sys as sys;

/// A server, and everything that is under way with it.
///
/// A client may be used from any number of threads. `clone` is another handle of the same client; it goes
/// with the last one, from then on no callback runs. Frames and events stay valid beyond it.
///
/// A panic in a callback does not reach C: the closure is not called again, and the panic is resumed by
/// the next call on this client, on the thread that makes it.
///
/// ```
/// # let target = match std::env::var("UESYNTH_TEST_TARGET") { Ok(t) => t, Err(_) => return Ok(()) };
/// use uesynth::{Client, Modality, Rotator, Transform, Vector3};
///
/// let client = Client::new(&target)?; // "localhost:50051"
/// let pose = Transform::at(Vector3::new(-300.0, 0.0, 200.0)).facing(Rotator::new(-15.0, 0.0, 0.0));
/// client.set_camera_transform("", &pose)?;
/// let frame = client.capture(Modality::Rgb, "", 320, 240)?;
/// assert_eq!(frame.bytes().len(), 320 * 240 * 4);
/// # Ok::<(), uesynth::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    raw: NonNull<sys::uesynth_client>,
    panics: Arc<Panics>,
    /// Whether the events go to futures.
    events_taken: AtomicBool,
}

// SAFETY: the functions of a client may be called on any thread, also on several at once.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Drop for Inner {
    fn drop(&mut self) {
        let _resume = ResumeAfter(Arc::clone(&self.panics));
        // SAFETY: owned. In a callback it goes when that has returned.
        unsafe { sys::uesynth_client_free(self.raw.as_ptr()) }
    }
}

impl Client {
    /// A client with default options. It connects with the first request.
    pub fn new(target: &str) -> Result<Self> {
        ClientOptions::new().open(target)
    }

    /// # Safety
    /// `raw` is NULL or a client that the caller owns.
    pub(crate) unsafe fn adopt(raw: *mut sys::uesynth_client, panics: Arc<Panics>) -> Result<Self> {
        let raw = NonNull::new(raw)
            .ok_or_else(|| Error::new(Status::INTERNAL, "the library gave no client"))?;
        Ok(Self(Arc::new(Inner { raw, panics, events_taken: AtomicBool::new(false) })))
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::uesynth_client {
        self.0.raw.as_ptr()
    }

    pub(crate) fn panics(&self) -> &Arc<Panics> {
        &self.0.panics
    }

    /// Connects and waits until the server has answered. Zero begins to connect and says how the last
    /// attempt ended; `None` waits without end.
    pub fn connect(&self, timeout: Option<Duration>) -> Result<()> {
        self.panics().resuming(|| {
            // SAFETY: valid.
            check(unsafe { sys::uesynth_client_connect(self.as_ptr(), text::wait_ms(timeout)) })
        })
    }

    /// What the client is doing now.
    pub fn state(&self) -> Result<State> {
        let mut state = 0;
        // SAFETY: valid.
        check(unsafe { sys::uesynth_client_state(self.as_ptr(), &mut state) })?;
        State::from_raw(state)
            .ok_or_else(|| Error::new(Status::INTERNAL, format!("state {state} is not known here")))
    }

    /// Makes memory ready for `count` pictures (1 to 64) of `size` bytes each, so that the first ones
    /// cost no more than later ones.
    pub fn prewarm(&self, size: usize, count: u32) -> Result<()> {
        // SAFETY: valid.
        check(unsafe { sys::uesynth_client_prewarm(self.as_ptr(), size, count) })
    }

    /// Ends every request that is under way with [`Status::CLOSED`], then the connection. Their events
    /// still arrive.
    pub fn close(&self) -> Result<()> {
        self.panics().resuming(|| {
            // SAFETY: valid.
            check(unsafe { sys::uesynth_client_close(self.as_ptr()) })
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("state", &self.state()).finish_non_exhaustive()
    }
}

/// Where a C function writes a handle of type `T`.
pub(crate) fn made<T>(
    what: &str,
    make: impl FnOnce(*mut *mut T) -> sys::uesynth_status,
) -> Result<NonNull<T>> {
    let mut raw = null_mut();
    check(make(&mut raw))?;
    NonNull::new(raw)
        .ok_or_else(|| Error::new(Status::INTERNAL, format!("the library gave no {what}")))
}
