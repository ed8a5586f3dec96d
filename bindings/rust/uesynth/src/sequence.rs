use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

use crate::client::{made, Client};
use crate::error::{check, Result, Status};
use crate::event::OwnedEvent;
use crate::frame::Frame;
use crate::geometry::Transform;
use crate::names::{Modality, Route};
use crate::panics::{Panics, ResumeAfter};
use crate::text::{self, Text};
use uesynth_sys as sys;

/// How pictures are taken along a list of poses.
#[derive(Clone, Debug)]
pub struct SequenceOptions {
    camera: Text,
    raw: sys::uesynth_sequence_options,
}

// SAFETY: the pointer in raw is only set for a call.
unsafe impl Send for SequenceOptions {}
// SAFETY: as above.
unsafe impl Sync for SequenceOptions {}

impl SequenceOptions {
    /// Of the default camera.
    #[must_use]
    pub fn new(modality: Modality) -> Self {
        let raw = sys::uesynth_sequence_options {
            modality: modality.raw(),
            ..sys::UESYNTH_SEQUENCE_OPTIONS_INIT
        };
        Self { camera: Text::default(), raw }
    }

    /// The camera that is moved and seen.
    #[must_use]
    pub fn camera(mut self, camera: &str) -> Self {
        self.camera = Text::new(camera);
        self
    }

    /// In pixels; 0 leaves the choice to the server.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.raw.width = width;
        self.raw.height = height;
        self
    }

    /// Pairs of pose and picture ahead of the host, 1 to 4096; 0: the library chooses by measurement.
    #[must_use]
    pub fn ahead(mut self, pairs: u32) -> Self {
        self.raw.ahead = pairs;
        self
    }

    /// How they travel.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.raw.route = route.raw();
        self
    }

    /// For each request.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.raw.timeout_ms = text::deadline_ms(timeout);
        self
    }
}

/// Pictures along a list of poses, in its order: an iterator with one item for each pose.
///
/// ```
/// # let target = match std::env::var("UESYNTH_TEST_TARGET") { Ok(t) => t, Err(_) => return Ok(()) };
/// use uesynth::{Client, Modality, SequenceOptions, Transform, Vector3};
///
/// let client = Client::new(&target)?;
/// let poses: Vec<_> = (0..5u8)
///     .map(|step| Transform::at(Vector3::new(-500.0, f32::from(step) * 20.0, 150.0)))
///     .collect();
/// let options = SequenceOptions::new(Modality::Rgb).size(64, 48);
/// for (frame, pose) in client.sequence(&options, &poses)?.zip(&poses) {
///     assert_eq!(frame?.pose().map(|shown| shown.location), Some(pose.location));
/// }
/// # Ok::<(), uesynth::Error>(())
/// ```
pub struct Sequence {
    raw: NonNull<sys::uesynth_sequence>,
    panics: Arc<Panics>,
}

// SAFETY: its functions may be called on any thread.
unsafe impl Send for Sequence {}
// SAFETY: as above.
unsafe impl Sync for Sequence {}

impl Client {
    /// Begins to take a picture from each pose, some ahead of the host. The sequence outlives its client.
    pub fn sequence(&self, options: &SequenceOptions, poses: &[Transform]) -> Result<Sequence> {
        self.panics().resuming(|| {
            let mut raw = options.raw;
            raw.camera = options.camera.pointer()?;
            // SAFETY: a Transform is laid out as the C one; the poses are copied.
            let raw = made("sequence", |sequence| unsafe {
                let first = poses.as_ptr().cast();
                sys::uesynth_sequence_new(self.as_ptr(), &raw, first, poses.len(), sequence)
            })?;
            Ok(Sequence { raw, panics: Arc::clone(self.panics()) })
        })
    }
}

impl Sequence {
    /// The outcome of the next pose, waiting at most so long (`None`: as long as it takes). Its
    /// [`cookie`](crate::Event::cookie) is the pose's place in the list. [`Status::WOULD_BLOCK`]: not in
    /// time; [`Status::OUT_OF_RANGE`]: all were handed out.
    pub fn next_event(&self, wait: Option<Duration>) -> Result<OwnedEvent> {
        self.panics.resuming(|| {
            let mut event = sys::UESYNTH_EVENT_INIT;
            // SAFETY: valid; success writes the event, which is then owned.
            check(unsafe {
                sys::uesynth_sequence_next(self.raw.as_ptr(), text::wait_ms(wait), &mut event)
            })?;
            Ok(OwnedEvent::adopt(event))
        })
    }

    /// Ends it: what is under way is cancelled.
    pub fn cancel(&self) -> Result<()> {
        self.panics.resuming(|| {
            // SAFETY: valid.
            check(unsafe { sys::uesynth_sequence_cancel(self.raw.as_ptr()) })
        })
    }

    /// How far it has come.
    pub fn stats(&self) -> Result<SequenceStats> {
        let mut stats = sys::UESYNTH_SEQUENCE_STATS_INIT;
        // SAFETY: struct_size is set.
        check(unsafe { sys::uesynth_sequence_get_stats(self.raw.as_ptr(), &mut stats) })?;
        Ok(SequenceStats {
            ahead: stats.ahead,
            ahead_peak: stats.ahead_peak,
            poses: stats.poses,
            submitted: stats.submitted,
            handed_out: stats.handed_out,
            waits: stats.waits,
            waited: Duration::from_nanos(u64::try_from(stats.waited_ns).unwrap_or(0)),
        })
    }
}

impl Iterator for Sequence {
    type Item = Result<Frame>;

    /// The picture from the next pose, or why there is none; `None` after the last one, after
    /// [`Sequence::cancel`], and when the client was closed.
    fn next(&mut self) -> Option<Self::Item> {
        match self.next_event(None) {
            Ok(event) => Some(event.into_frame()),
            Err(error) => match error.status() {
                Status::OUT_OF_RANGE | Status::CANCELLED | Status::CLOSED => None,
                _ => Some(Err(error)),
            },
        }
    }
}

impl Drop for Sequence {
    fn drop(&mut self) {
        let _resume = ResumeAfter(Arc::clone(&self.panics));
        // SAFETY: owned.
        unsafe { sys::uesynth_sequence_free(self.raw.as_ptr()) }
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequence").field("stats", &self.stats()).finish()
    }
}

/// How far a sequence has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceStats {
    /// Pairs kept ahead now,
    pub ahead: u32,
    /// and at most so far.
    pub ahead_peak: u32,
    /// In the list,
    pub poses: u64,
    /// of them submitted,
    pub submitted: u64,
    /// and handed out.
    pub handed_out: u64,
    /// Pictures that had not come when they were first asked for,
    pub waits: u64,
    /// and how long it took from there, in all.
    pub waited: Duration,
}
