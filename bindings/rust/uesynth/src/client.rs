use std::fmt;
use std::mem::size_of;
use std::os::unix::io::RawFd;
use std::path::Path;
use std::ptr::{null_mut, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use crate::action::Action;
use crate::callback::Registration;
use crate::error::{check, check_or_not_now, Error, Result, Status};
use crate::event::{Event, OwnedEvent};
use crate::frame::{received, Frame};
use crate::geometry::Transform;
use crate::names::{LogLevel, Modality, State};
use crate::options::ClientOptions;
use crate::panics::{Panics, ResumeAfter};
use crate::picture::{path_text, SaveOptions};
use crate::request::{Batch, FramesetRequest, RequestId, SubmitOptions};
use crate::text::{self, Text};
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

    // ---- Requests that wait

    /// Does one action and waits for its outcome.
    pub fn call(&self, action: &Action, options: SubmitOptions) -> Result<OwnedEvent> {
        self.panics().resuming(|| {
            let action = action.raw()?;
            let options = options.raw();
            let mut event = sys::UESYNTH_EVENT_INIT;
            // SAFETY: what was accepted writes the event, which is then owned.
            let status =
                unsafe { sys::uesynth_client_call(self.as_ptr(), &action, &options, &mut event) };
            let event = OwnedEvent::adopt(event);
            check(status).map(|()| event)
        })
    }

    /// A picture; a size of 0 leaves it to the server.
    pub fn capture(
        &self,
        modality: Modality,
        camera: &str,
        width: u32,
        height: u32,
    ) -> Result<Frame> {
        self.panics().resuming(|| {
            let (camera, raw) = (Text::new(camera), self.as_ptr());
            let camera = camera.pointer()?;
            // SAFETY: valid, and borrowed for the call.
            received(|frame| unsafe {
                sys::uesynth_client_capture(raw, modality.raw(), camera, width, height, frame)
            })
        })
    }

    /// Moves a camera, `""` being the default one.
    pub fn set_camera_transform(&self, camera: &str, transform: &Transform) -> Result<()> {
        self.set_transform(sys::uesynth_client_set_camera_transform, camera, transform)
    }

    /// Where a camera is.
    pub fn camera_transform(&self, camera: &str) -> Result<Transform> {
        self.get_transform(sys::uesynth_client_get_camera_transform, camera)
    }

    /// Moves an object.
    pub fn set_object_transform(&self, object: &str, transform: &Transform) -> Result<()> {
        self.set_transform(sys::uesynth_client_set_object_transform, object, transform)
    }

    /// Where an object is.
    pub fn object_transform(&self, object: &str) -> Result<Transform> {
        self.get_transform(sys::uesynth_client_get_object_transform, object)
    }

    fn set_transform(
        &self,
        set: unsafe extern "C" fn(
            *mut sys::uesynth_client,
            *const std::os::raw::c_char,
            *const sys::uesynth_transform,
        ) -> sys::uesynth_status,
        name: &str,
        transform: &Transform,
    ) -> Result<()> {
        self.panics().resuming(|| {
            let (name, transform) = (Text::new(name), transform.raw());
            // SAFETY: valid, and borrowed for the call.
            check(unsafe { set(self.as_ptr(), name.pointer()?, &transform) })
        })
    }

    fn get_transform(
        &self,
        get: unsafe extern "C" fn(
            *mut sys::uesynth_client,
            *const std::os::raw::c_char,
            *mut sys::uesynth_transform,
        ) -> sys::uesynth_status,
        name: &str,
    ) -> Result<Transform> {
        self.panics().resuming(|| {
            let (name, mut transform) = (Text::new(name), sys::UESYNTH_TRANSFORM_INIT);
            // SAFETY: valid, and borrowed for the call.
            check(unsafe { get(self.as_ptr(), name.pointer()?, &mut transform) })?;
            Ok(Transform::from_raw(transform))
        })
    }

    /// Runs a frameset and waits for its end. The event has the parts also where some failed: its
    /// [`Event::result`] is the first failure.
    pub fn capture_set(&self, request: &FramesetRequest) -> Result<OwnedEvent> {
        self.panics().resuming(|| {
            request.with_raw(|options| {
                let mut event = sys::UESYNTH_EVENT_INIT;
                // SAFETY: what was accepted writes the event, which is then owned.
                let status =
                    unsafe { sys::uesynth_client_capture_set(self.as_ptr(), options, &mut event) };
                let accepted = event.type_ != 0;
                let event = OwnedEvent::adopt(event);
                if accepted {
                    return Ok(event);
                }
                check(status).map(|()| event)
            })
        })
    }

    // ---- Requests that do not wait

    /// Hands over one action. Its event is taken by [`Client::poll`].
    pub fn submit(&self, action: &Action, options: SubmitOptions) -> Result<RequestId> {
        self.submit_to(action, options, || Registration::NONE)
    }

    /// Hands over one action; the closure is called with its event, on the client's delivery thread.
    pub fn submit_with(
        &self,
        action: &Action,
        options: SubmitOptions,
        done: impl FnOnce(&Event) + Send + 'static,
    ) -> Result<RequestId> {
        self.submit_to(action, options, || Registration::once(done, self.panics()))
    }

    fn submit_to(
        &self,
        action: &Action,
        options: SubmitOptions,
        registration: impl FnOnce() -> Registration,
    ) -> Result<RequestId> {
        self.panics().resuming(|| {
            let action = action.raw()?;
            // From here on nothing returns early: the library lets go of what it is handed.
            let (options, to) = (options.raw(), registration());
            let mut id = 0;
            // SAFETY: valid, and borrowed for the call.
            check(unsafe {
                let (call, data, destroy) = (to.callback, to.user_data, to.destroy);
                sys::uesynth_client_submit(
                    self.as_ptr(),
                    &action,
                    &options,
                    &mut id,
                    call,
                    data,
                    destroy,
                )
            })?;
            Ok(RequestId(id))
        })
    }

    /// Hands over many actions in one go, which costs less than one by one. Their events are taken by
    /// [`Client::poll`]. All are checked before the first is accepted.
    ///
    /// ```
    /// # let target = match std::env::var("UESYNTH_TEST_TARGET") { Ok(t) => t, Err(_) => return Ok(()) };
    /// use uesynth::{Action, Client, Modality};
    ///
    /// let client = Client::new(&target)?;
    /// let both = [Action::capture(Modality::Rgb), Action::capture(Modality::Depth)];
    /// let batch = client.submit_batch(&both, Default::default())?;
    /// assert_eq!(batch.requests.len(), 2);
    /// # Ok::<(), uesynth::Error>(())
    /// ```
    pub fn submit_batch(&self, actions: &[Action], options: SubmitOptions) -> Result<Batch> {
        self.batch_to(actions, options, || Registration::NONE)
    }

    /// The same with a closure that is called with each event.
    pub fn submit_batch_with(
        &self,
        actions: &[Action],
        options: SubmitOptions,
        each: impl FnMut(&Event) + Send + 'static,
    ) -> Result<Batch> {
        self.batch_to(actions, options, || Registration::new(Box::new(each), self.panics()))
    }

    fn batch_to(
        &self,
        actions: &[Action],
        options: SubmitOptions,
        registration: impl FnOnce() -> Registration,
    ) -> Result<Batch> {
        self.panics().resuming(|| {
            let actions = actions.iter().map(Action::raw).collect::<Result<Vec<_>>>()?;
            let (options, to) = (options.raw(), registration());
            let (mut ids, mut submitted) = (vec![0; actions.len()], 0);
            // SAFETY: valid, and borrowed for the call; there is room for as many ids.
            let status = unsafe {
                sys::uesynth_client_submit_batch(
                    self.as_ptr(),
                    actions.as_ptr(),
                    actions.len(),
                    size_of::<sys::uesynth_action>(),
                    &options,
                    ids.as_mut_ptr(),
                    &mut submitted,
                    to.callback,
                    to.user_data,
                    to.destroy,
                )
            };
            let stopped = check(status).err();
            match stopped {
                Some(error) if submitted == 0 => Err(error),
                stopped => {
                    ids.truncate(submitted);
                    Ok(Batch { requests: ids.into_iter().map(RequestId).collect(), stopped })
                }
            }
        })
    }

    /// Hands over a frameset. Its one event is taken by [`Client::poll`].
    pub fn submit_set(&self, request: &FramesetRequest) -> Result<RequestId> {
        self.set_to(request, || Registration::NONE)
    }

    /// The same with a closure that is called with its event.
    pub fn submit_set_with(
        &self,
        request: &FramesetRequest,
        done: impl FnOnce(&Event) + Send + 'static,
    ) -> Result<RequestId> {
        self.set_to(request, || Registration::once(done, self.panics()))
    }

    fn set_to(
        &self,
        request: &FramesetRequest,
        registration: impl FnOnce() -> Registration,
    ) -> Result<RequestId> {
        self.panics().resuming(|| {
            request.with_raw(|options| {
                let (to, mut id) = (registration(), 0);
                // SAFETY: valid, and borrowed for the call.
                check(unsafe {
                    let (call, data, destroy) = (to.callback, to.user_data, to.destroy);
                    sys::uesynth_client_submit_set(
                        self.as_ptr(),
                        options,
                        &mut id,
                        call,
                        data,
                        destroy,
                    )
                })?;
                Ok(RequestId(id))
            })
        })
    }

    /// Decides that a request was cancelled, unless something has decided its outcome before:
    /// [`Status::ALREADY_COMPLETED`]. Its event still comes.
    pub fn cancel(&self, request: RequestId) -> Result<()> {
        self.panics().resuming(|| {
            // SAFETY: valid.
            check(unsafe { sys::uesynth_client_cancel(self.as_ptr(), request.0) })
        })
    }

    // ---- Events and frames that wait to be taken

    /// The next event, waiting at most so long (`None`: as long as it takes). `Ok(None)`: none came in
    /// time.
    pub fn poll(&self, wait: Option<Duration>) -> Result<Option<OwnedEvent>> {
        Ok(self.poll_many(1, wait)?.pop())
    }

    /// Up to `capacity` events, waiting for the first one.
    pub fn poll_many(&self, capacity: usize, wait: Option<Duration>) -> Result<Vec<OwnedEvent>> {
        if self.0.events_taken.load(Ordering::Relaxed) {
            return Err(Error::misuse("the events of this client go to its futures (aio::Client)"));
        }
        self.take_events(capacity, wait)
    }

    /// From now on only [`Client::take_events`] polls.
    pub(crate) fn keep_events(&self) {
        self.0.events_taken.store(true, Ordering::Relaxed);
    }

    pub(crate) fn take_events(
        &self,
        capacity: usize,
        wait: Option<Duration>,
    ) -> Result<Vec<OwnedEvent>> {
        self.panics().resuming(|| {
            let mut events: Vec<sys::uesynth_event> = Vec::with_capacity(capacity);
            let (mut count, size) = (0, size_of::<sys::uesynth_event>());
            let (to, wait) = (events.as_mut_ptr(), text::wait_ms(wait));
            // SAFETY: room for capacity events.
            let taken = check_or_not_now(unsafe {
                sys::uesynth_client_poll(self.as_ptr(), to, capacity, size, wait, &mut count)
            })?;
            // SAFETY: count of them were written, and are owned.
            unsafe { events.set_len(if taken { count } else { 0 }) };
            Ok(events.into_iter().map(OwnedEvent::adopt).collect())
        })
    }

    /// A descriptor that is readable exactly while there are events, for poll(2) and the like. It is the
    /// library's, and valid as long as the client: wait on it, but do not read, write or close it.
    pub fn event_fd(&self) -> Result<RawFd> {
        let mut fd = -1;
        // SAFETY: valid.
        check(unsafe { sys::uesynth_client_event_fd(self.as_ptr(), &mut fd) })?;
        Ok(fd)
    }

    /// The newest frame of a camera and modality, once; `None` if there is no new one.
    pub fn latest_frame(&self, modality: Modality, camera: &str) -> Result<Option<Frame>> {
        self.newest(modality, camera, 0)
    }

    /// The newest frame of a camera and modality, new or not.
    pub fn peek_latest_frame(&self, modality: Modality, camera: &str) -> Result<Option<Frame>> {
        self.newest(modality, camera, 1)
    }

    fn newest(&self, modality: Modality, camera: &str, peek: i32) -> Result<Option<Frame>> {
        self.panics().resuming(|| {
            let (camera, raw) = (Text::new(camera), self.as_ptr());
            let camera = camera.pointer()?;
            // SAFETY: valid, and borrowed for the call.
            let found = received(|frame| unsafe {
                sys::uesynth_client_latest_frame(raw, modality.raw(), camera, peek, frame)
            });
            match found {
                Err(error) if error.status() == Status::NO_FRAME => Ok(None),
                found => found.map(Some),
            }
        })
    }

    /// The undelivered frame of a request, waiting at most so long. `Ok(None)`: not yet.
    pub fn take_frame(&self, request: RequestId, wait: Option<Duration>) -> Result<Option<Frame>> {
        self.panics().resuming(|| {
            let raw = self.as_ptr();
            // SAFETY: valid.
            let taken = received(|frame| unsafe {
                sys::uesynth_client_take_frame(raw, request.0, text::wait_ms(wait), frame)
            });
            match taken {
                Err(error) if error.status() == Status::WOULD_BLOCK => Ok(None),
                taken => taken.map(Some),
            }
        })
    }

    // ---- Watching the connection

    /// Asks for events of the connection, and for log records that matter so much or more, for
    /// [`Client::poll`]. Takes the place of what was asked before.
    pub fn watch(&self, states: bool, log: LogLevel) -> Result<()> {
        self.watch_to(states, log, &Registration::NONE)
    }

    /// The same with a closure that is called with each event.
    pub fn watch_with(
        &self,
        states: bool,
        log: LogLevel,
        each: impl FnMut(&Event) + Send + 'static,
    ) -> Result<()> {
        self.watch_to(states, log, &Registration::new(Box::new(each), self.panics()))
    }

    fn watch_to(&self, states: bool, log: LogLevel, to: &Registration) -> Result<()> {
        self.panics().resuming(|| {
            let options = sys::uesynth_watch_options {
                states: u32::from(states),
                log_level: log.raw(),
                ..sys::UESYNTH_WATCH_OPTIONS_INIT
            };
            // SAFETY: valid, and borrowed for the call.
            check(unsafe {
                let (call, data, destroy) = (to.callback, to.user_data, to.destroy);
                sys::uesynth_client_watch(self.as_ptr(), &options, call, data, destroy)
            })
        })
    }

    // ---- Saves

    /// Hands a frame over to be saved by a thread of the library; the event is taken by
    /// [`Client::poll`].
    pub fn save(&self, frame: &Frame, path: impl AsRef<Path>, options: &SaveOptions) -> Result<()> {
        self.save_to(frame, path.as_ref(), options, true, || Registration::NONE)
    }

    /// Never waits for room in the queue.
    pub(crate) fn save_now(&self, frame: &Frame, path: &Path, options: &SaveOptions) -> Result<()> {
        self.save_to(frame, path, options, false, || Registration::NONE)
    }

    /// The same with a closure that is called with the event.
    pub fn save_with(
        &self,
        frame: &Frame,
        path: impl AsRef<Path>,
        options: &SaveOptions,
        done: impl FnOnce(&Event) + Send + 'static,
    ) -> Result<()> {
        let to = || Registration::once(done, self.panics());
        self.save_to(frame, path.as_ref(), options, true, to)
    }

    fn save_to(
        &self,
        frame: &Frame,
        path: &Path,
        options: &SaveOptions,
        wait: bool,
        registration: impl FnOnce() -> Registration,
    ) -> Result<()> {
        self.panics().resuming(|| {
            let (path, picture) = (path_text(path)?, options.picture_options().raw());
            let (options, to) = (options.raw(&picture, wait), registration());
            // SAFETY: valid, and borrowed for the call.
            check(unsafe {
                sys::uesynth_client_save(
                    self.as_ptr(),
                    frame.as_ptr(),
                    path.as_ptr(),
                    &options,
                    to.callback,
                    to.user_data,
                    to.destroy,
                )
            })
        })
    }

    /// Waits until every save that was accepted before is over. `Ok(false)`: not in time. The first
    /// failure of a save without event is returned, once.
    pub fn flush_saves(&self, wait: Option<Duration>) -> Result<bool> {
        self.panics().resuming(|| {
            // SAFETY: valid.
            check_or_not_now(unsafe {
                sys::uesynth_client_flush_saves(self.as_ptr(), text::wait_ms(wait))
            })
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
