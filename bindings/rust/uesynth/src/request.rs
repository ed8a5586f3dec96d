use std::time::Duration;

use crate::error::{Error, Result};
use crate::geometry::Transform;
use crate::memory::Destination;
use crate::names::{Modality, Route};
use crate::text::{self, Text};
use uesynth_sys as sys;

/// The number of a request within its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub(crate) u64);

impl RequestId {
    /// The number, as it stands on events and frames.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The request of a number.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// How one request is made.
#[derive(Debug, Default)]
pub struct SubmitOptions {
    flags: u32,
    route: Option<Route>,
    timeout: Option<Duration>,
    cookie: u64,
    destination: Option<Destination>,
}

impl SubmitOptions {
    /// The client's timeout, and the route that the library chooses.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How it travels.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.route = Some(route);
        self
    }

    /// How long it may take, end to end, from now.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Comes back on the event and the frame.
    #[must_use]
    pub fn cookie(mut self, cookie: u64) -> Self {
        self.cookie = cookie;
        self
    }

    /// The event comes without the frame, which stays with the client:
    /// [`Client::take_frame`](crate::Client::take_frame).
    #[must_use]
    pub fn notify_only(mut self) -> Self {
        self.flags |= sys::UESYNTH_SUBMIT_NOTIFY_ONLY;
        self
    }

    /// No event at all; a frame stays with the client.
    #[must_use]
    pub fn no_event(mut self) -> Self {
        self.flags |= sys::UESYNTH_SUBMIT_NO_EVENT;
        self
    }

    /// It keeps no order with others.
    #[must_use]
    pub fn unordered(mut self) -> Self {
        self.flags |= sys::UESYNTH_SUBMIT_ORDER_NONE;
        self
    }

    /// While there is no connection it waits for one, instead of failing with the reason.
    #[must_use]
    pub fn wait_for_ready(mut self) -> Self {
        self.flags |= sys::UESYNTH_SUBMIT_WAIT_FOR_READY;
        self
    }

    /// The picture is written into this memory, which is dropped with the last frame that refers to it.
    /// Too little is [`Status::BUFFER_TOO_SMALL`](crate::Status::BUFFER_TOO_SMALL). For one capture, not
    /// for batches.
    #[must_use]
    pub fn destination<M: AsMut<[u8]> + Send + 'static>(mut self, memory: M) -> Self {
        self.destination = Some(Destination::new(memory));
        self
    }

    /// Once more the same; what has a destination cannot be had twice.
    pub(crate) fn again(&self) -> Option<Self> {
        let Self { flags, route, timeout, cookie, destination } = self;
        let (flags, route, timeout, cookie) = (*flags, *route, *timeout, *cookie);
        let again = Self { flags, route, timeout, cookie, destination: None };
        destination.is_none().then_some(again)
    }

    pub(crate) const fn number(&self) -> u64 {
        self.cookie
    }

    pub(crate) const fn has_event(&self) -> bool {
        self.flags & sys::UESYNTH_SUBMIT_NO_EVENT == 0
    }

    /// For exactly one call, which takes the destination over.
    pub(crate) fn raw(self) -> sys::uesynth_submit_options {
        let mut raw = sys::uesynth_submit_options {
            flags: self.flags,
            route: self.route.unwrap_or(Route::Auto).raw(),
            timeout_ms: self.timeout.map_or(0, text::deadline_ms),
            cookie: self.cookie,
            ..sys::UESYNTH_SUBMIT_OPTIONS_INIT
        };
        if let Some(destination) = self.destination {
            destination.hand_over(&mut raw);
        }
        raw
    }
}

/// What a batch came to: the requests that were accepted, and why the rest was not.
#[derive(Debug)]
pub struct Batch {
    /// The requests that were accepted, in order.
    pub requests: Vec<RequestId>,
    /// Why those after them were not: the client was full, or closed.
    pub stopped: Option<Error>,
}

/// A pose and any number of captures, as one request.
///
/// ```
/// use uesynth::{FramesetRequest, Modality, Transform};
///
/// let request = FramesetRequest::new()
///     .pose("", &Transform::default())
///     .capture(Modality::Rgb, "", 640, 480)
///     .capture(Modality::Depth, "", 640, 480)
///     .verify();
/// ```
#[derive(Clone, Debug, Default)]
pub struct FramesetRequest {
    route: Option<Route>,
    camera: Text,
    transform: Option<Transform>,
    parts: Vec<(Modality, Text, u32, u32)>,
    settle_captures: u32,
    settle: Duration,
    verify: bool,
    timeout: Option<Duration>,
    cookie: u64,
}

impl FramesetRequest {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How each of its requests travels.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.route = Some(route);
        self
    }

    /// The camera is moved first.
    #[must_use]
    pub fn pose(mut self, camera: &str, transform: &Transform) -> Self {
        self.camera = Text::new(camera);
        self.transform = Some(*transform);
        self
    }

    /// One more picture; 0 leaves the size to the server.
    #[must_use]
    pub fn capture(mut self, modality: Modality, camera: &str, width: u32, height: u32) -> Self {
        self.parts.push((modality, Text::new(camera), width, height));
        self
    }

    /// Captures of the first part that are thrown away before the kept ones, at most 64.
    #[must_use]
    pub fn settle_captures(mut self, count: u32) -> Self {
        self.settle_captures = count;
        self
    }

    /// Wait so long after the pose was acknowledged, at most a minute.
    #[must_use]
    pub fn settle(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }

    /// Read the pose back after the captures.
    #[must_use]
    pub fn verify(mut self) -> Self {
        self.verify = true;
        self
    }

    /// For each request.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Comes back on the event.
    #[must_use]
    pub fn cookie(mut self, cookie: u64) -> Self {
        self.cookie = cookie;
        self
    }

    pub(crate) const fn number(&self) -> u64 {
        self.cookie
    }

    /// Lends the C form to a call.
    pub(crate) fn with_raw<R>(
        &self,
        call: impl FnOnce(&sys::uesynth_frameset_options) -> Result<R>,
    ) -> Result<R> {
        let parts = self
            .parts
            .iter()
            .map(|(modality, camera, width, height)| {
                Ok(sys::uesynth_frameset_part {
                    modality: modality.raw(),
                    width: *width,
                    height: *height,
                    reserved: 0,
                    camera: camera.pointer()?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let transform = self.transform.map(Transform::raw);
        call(&sys::uesynth_frameset_options {
            route: self.route.unwrap_or(Route::Auto).raw(),
            camera: self.camera.pointer()?,
            transform: transform.as_ref().map_or(std::ptr::null(), |t| t),
            parts: parts.as_ptr(),
            part_count: parts.len(),
            settle_captures: self.settle_captures,
            verify: u32::from(self.verify),
            settle_ms: text::wait_ms(Some(self.settle)),
            timeout_ms: self.timeout.map_or(0, text::deadline_ms),
            cookie: self.cookie,
            ..sys::UESYNTH_FRAMESET_OPTIONS_INIT
        })
    }
}
