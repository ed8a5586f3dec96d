use std::fmt;
use std::ops::Deref;
use std::slice;
use std::time::Duration;

use crate::error::{Error, Result, Status};
use crate::frame::Frame;
use crate::geometry::Transform;
use crate::names::{ActionKind, EventKind, LogLevel, Modality, State};
use crate::request::RequestId;
use crate::text;
use uesynth_sys as sys;

/// What became of a request, a frameset or a save.
///
/// Callbacks are lent one. It cannot be kept beyond the callback, while the frame that it has can:
///
/// ```compile_fail,E0521
/// # fn keep(client: &uesynth::Client) -> uesynth::Result<()> {
/// let (sender, kept) = std::sync::mpsc::channel();
/// client.submit_with(&uesynth::Action::list_objects(), Default::default(), move |event| {
///     sender.send(event).unwrap();
/// })?;
/// # Ok(())
/// # }
/// ```
#[repr(transparent)]
pub struct Event(sys::uesynth_event);

// SAFETY: nobody writes to an event, and what it points to may be read on any thread.
unsafe impl Sync for Event {}

impl Event {
    /// # Safety
    /// `raw` is valid for `'a`.
    pub(crate) unsafe fn lent<'a>(raw: *const sys::uesynth_event) -> &'a Self {
        &*raw.cast()
    }

    /// What it tells of.
    #[must_use]
    pub fn kind(&self) -> Option<EventKind> {
        EventKind::from_raw(self.0.type_)
    }

    /// The request; of a save, the one that the frame answers.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        RequestId(self.0.request_id)
    }

    /// What was given along.
    #[must_use]
    pub const fn cookie(&self) -> u64 {
        self.0.cookie
    }

    /// How it ended.
    #[must_use]
    pub const fn status(&self) -> Status {
        Status::from_code(self.0.status)
    }

    /// The action that was asked for.
    #[must_use]
    pub fn action(&self) -> Option<ActionKind> {
        match self.kind()? {
            EventKind::State | EventKind::Log => None,
            _ => ActionKind::from_raw(self.0.action),
        }
    }

    /// Of [`EventKind::State`]: what the client does now.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        (self.kind()? == EventKind::State).then(|| State::from_raw(self.0.action)).flatten()
    }

    /// Of [`EventKind::Log`]: how much the record matters. Its text is [`Event::message`].
    #[must_use]
    pub fn log_level(&self) -> Option<LogLevel> {
        (self.kind()? == EventKind::Log).then(|| LogLevel::from_raw(self.0.action)).flatten()
    }

    /// What happened and what to do; on success `""`, of a save the path.
    #[must_use]
    pub fn message(&self) -> &str {
        // SAFETY: valid as long as the event.
        unsafe { text::borrowed(self.0.message) }
    }

    /// The failure, if it is one.
    pub fn result(&self) -> Result<()> {
        let status = self.status();
        if status.is_ok() {
            return Ok(());
        }
        Err(Error::new(status, self.message()))
    }

    /// The picture of a capture that succeeded: one more reference, to be kept at will.
    #[must_use]
    pub fn frame(&self) -> Option<Frame> {
        // SAFETY: NULL or valid.
        unsafe { Frame::share(self.0.frame) }
    }

    /// What the server answered besides pictures.
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        // SAFETY: NULL or valid as long as the event.
        unsafe { self.0.reply.cast::<Reply>().as_ref() }
    }

    /// The parts of a frameset.
    #[must_use]
    pub fn frameset(&self) -> Option<&Frameset> {
        // SAFETY: NULL or valid as long as the event.
        unsafe { self.0.frameset.cast::<Frameset>().as_ref() }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind())
            .field("request", &self.request())
            .field("action", &self.action())
            .field("status", &self.status())
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

/// An [`Event`] that is one's own, from a call or a poll. It holds its frame until it is dropped.
pub struct OwnedEvent(Event);

// SAFETY: what it owns may be let go on any thread.
unsafe impl Send for OwnedEvent {}

impl OwnedEvent {
    /// Takes an event over from the library.
    pub(crate) const fn adopt(raw: sys::uesynth_event) -> Self {
        Self(Event(raw))
    }

    /// The picture, or why there is none.
    pub fn into_frame(mut self) -> Result<Frame> {
        self.result()?;
        let raw = std::mem::replace(&mut (self.0).0.frame, std::ptr::null_mut());
        // SAFETY: the event's own reference, which it no longer has.
        unsafe { Frame::adopt(raw) }.ok_or_else(|| {
            Error::new(Status::NO_FRAME, "the event has no frame: it is not of a capture")
        })
    }
}

impl Deref for OwnedEvent {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.0
    }
}

impl Drop for OwnedEvent {
    fn drop(&mut self) {
        let size = std::mem::size_of::<sys::uesynth_event>();
        // SAFETY: owned, and let go once.
        unsafe { sys::uesynth_events_release(&mut (self.0).0, 1, size) }
    }
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the server answered, besides pictures. Lives as long as its event:
///
/// ```compile_fail,E0505
/// fn names(event: uesynth::OwnedEvent) -> usize {
///     let reply = event.reply().unwrap();
///     drop(event);
///     reply.names().count()
/// }
/// ```
#[repr(transparent)]
pub struct Reply(sys::uesynth_reply);

// SAFETY: immutable.
unsafe impl Sync for Reply {}

impl Reply {
    /// Whether the server set `success`. Some right answers are known to leave it unset.
    #[must_use]
    pub const fn success(&self) -> bool {
        self.0.flags & sys::UESYNTH_REPLY_SUCCESS != 0
    }

    /// Where the camera or object is.
    #[must_use]
    pub fn transform(&self) -> Option<Transform> {
        (self.0.flags & sys::UESYNTH_REPLY_TRANSFORM != 0)
            .then(|| Transform::from_raw(self.0.transform))
    }

    /// The server's words, `""` if there were none.
    #[must_use]
    pub fn message(&self) -> &str {
        // SAFETY: valid as long as the reply.
        unsafe { text::borrowed(self.0.message) }
    }

    /// The objects that there are.
    pub fn names(&self) -> impl Iterator<Item = &str> + '_ {
        let count = if self.0.names.is_null() { 0 } else { self.0.name_count };
        // SAFETY: count strings, valid as long as the reply.
        (0..count).map(move |index| unsafe { text::borrowed(*self.0.names.add(index)) })
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("success", &self.success())
            .field("transform", &self.transform())
            .field("message", &self.message())
            .field("names", &self.names().collect::<Vec<_>>())
            .finish()
    }
}

/// What became of a frameset.
#[repr(transparent)]
pub struct Frameset(sys::uesynth_frameset);

// SAFETY: immutable.
unsafe impl Sync for Frameset {}

impl Frameset {
    /// How moving the camera ended.
    #[must_use]
    pub const fn pose_status(&self) -> Status {
        Status::from_code(self.0.pose_status)
    }

    /// Captures that were thrown away while the view settled.
    #[must_use]
    pub const fn settled(&self) -> u32 {
        self.0.settled
    }

    /// From the arrival of the first kept picture to the last one's.
    #[must_use]
    pub fn spread(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.spread_ns).unwrap_or(0))
    }

    /// The pose that was read back, and whether it is the one that was set. `None`: not asked for, or
    /// not answered.
    #[must_use]
    pub fn read_back(&self) -> Option<(Transform, bool)> {
        let asked = sys::UESYNTH_FRAMESET_VERIFIED | sys::UESYNTH_FRAMESET_DIFFERENT;
        let same = self.0.flags & sys::UESYNTH_FRAMESET_VERIFIED != 0;
        (self.0.flags & asked != 0).then(|| (Transform::from_raw(self.0.read_back), same))
    }

    /// The outcomes, in the order of the parts that were asked for.
    #[must_use]
    pub fn parts(&self) -> &[FramesetPart] {
        if self.0.results.is_null() {
            return &[];
        }
        // SAFETY: valid as long as the frameset, and a part is nothing but a result.
        unsafe { slice::from_raw_parts(self.0.results.cast(), self.0.result_count) }
    }
}

impl fmt::Debug for Frameset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frameset")
            .field("pose_status", &self.pose_status())
            .field("parts", &self.parts())
            .finish_non_exhaustive()
    }
}

/// The outcome of one capture of a frameset.
#[repr(transparent)]
pub struct FramesetPart(sys::uesynth_frameset_result);

// SAFETY: immutable.
unsafe impl Sync for FramesetPart {}

impl FramesetPart {
    /// What it was to show.
    #[must_use]
    pub fn modality(&self) -> Option<Modality> {
        Modality::from_raw(self.0.modality)
    }

    /// How it ended.
    #[must_use]
    pub const fn status(&self) -> Status {
        Status::from_code(self.0.status)
    }

    /// The picture, or why there is none.
    pub fn frame(&self) -> Result<Frame> {
        // SAFETY: valid as long as the frameset.
        let message = unsafe { text::borrowed(self.0.message) };
        // SAFETY: NULL or valid.
        unsafe { Frame::share(self.0.frame) }.ok_or_else(|| Error::new(self.status(), message))
    }
}

impl fmt::Debug for FramesetPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FramesetPart")
            .field("modality", &self.modality())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
