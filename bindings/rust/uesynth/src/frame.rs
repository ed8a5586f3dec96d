use std::fmt;
use std::ptr::NonNull;
use std::slice;

use crate::error::{check, Result};
use crate::geometry::Transform;
use crate::names::{Format, Modality};
use crate::request::RequestId;
use crate::text;
use uesynth_sys as sys;

/// A picture: immutable, shared by reference count, independent of the client that received it.
///
/// `clone` is one more reference to the same bytes; the last one to go lets the memory go, on any
/// thread.
///
/// The bytes cannot outlive the frame:
///
/// ```compile_fail,E0505
/// fn first_byte(frame: uesynth::Frame) -> u8 {
///     let bytes = frame.bytes();
///     drop(frame);
///     bytes[0]
/// }
/// ```
///
/// and cannot be written:
///
/// ```compile_fail,E0594
/// fn blacken(frame: &uesynth::Frame) {
///     frame.bytes()[0] = 0;
/// }
/// ```
pub struct Frame {
    raw: NonNull<sys::uesynth_frame>,
    info: sys::uesynth_frame_info,
}

// SAFETY: frames are immutable and counted atomically; every function of theirs may be called on any
// thread.
unsafe impl Send for Frame {}
// SAFETY: as above.
unsafe impl Sync for Frame {}

/// When each step of a frame's way happened, in nanoseconds of `CLOCK_MONOTONIC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameTimes {
    /// The request was submitted,
    pub submitted_ns: i64,
    /// and handed to the socket.
    pub sent_ns: i64,
    /// The first byte of the reply came,
    pub first_byte_ns: i64,
    /// and the last one.
    pub completed_ns: i64,
    /// The frame was first handed to the host; 0: not yet.
    pub delivered_ns: i64,
}

impl Frame {
    /// Takes over one reference.
    ///
    /// # Safety
    /// `raw` is NULL, or a reference that the caller owns.
    pub(crate) unsafe fn adopt(raw: *mut sys::uesynth_frame) -> Option<Self> {
        let raw = NonNull::new(raw)?;
        let mut info = sys::UESYNTH_FRAME_INFO_INIT;
        let status = sys::uesynth_frame_view(raw.as_ptr(), &mut info);
        debug_assert_eq!(status, sys::UESYNTH_OK);
        Some(Self { raw, info })
    }

    /// One more reference to a frame that someone else owns.
    ///
    /// # Safety
    /// `raw` is NULL or valid.
    pub(crate) unsafe fn share(raw: *mut sys::uesynth_frame) -> Option<Self> {
        if raw.is_null() {
            return None;
        }
        Self::adopt(sys::uesynth_frame_retain(raw))
    }

    pub(crate) const fn as_ptr(&self) -> *const sys::uesynth_frame {
        self.raw.as_ptr()
    }

    /// The bytes as they came, aligned to 64 unless they lie in memory of the host.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        if self.info.data.is_null() {
            return &[];
        }
        // SAFETY: valid as long as the frame.
        unsafe { slice::from_raw_parts(self.info.data, self.info.size) }
    }

    /// The bytes of row `y`; `None` past the last row, or where there are no rows.
    #[must_use]
    pub fn row(&self, y: u32) -> Option<&[u8]> {
        let stride = self.info.stride;
        let start = usize::try_from(y).ok()?.checked_mul(stride)?;
        if stride == 0 || y >= self.info.height {
            return None;
        }
        self.bytes().get(start..start.checked_add(stride)?)
    }

    /// The numbers of a frame of [`Format::F32`], [`Format::F32x2`] or [`Format::F32x3`], row by row.
    #[must_use]
    pub fn floats(&self) -> Option<&[f32]> {
        match self.format() {
            Format::F32 | Format::F32x2 | Format::F32x3 => self.elements(),
            _ => None,
        }
    }

    /// The instance ids of a frame of [`Format::U32`], row by row.
    #[must_use]
    pub fn ids(&self) -> Option<&[u32]> {
        match self.format() {
            Format::U32 => self.elements(),
            _ => None,
        }
    }

    fn elements<T>(&self) -> Option<&[T]> {
        // SAFETY: any bits are an f32 or a u32.
        let (before, elements, after) = unsafe { self.bytes().align_to::<T>() };
        (before.is_empty() && after.is_empty()).then_some(elements)
    }

    /// What it shows.
    #[must_use]
    pub fn modality(&self) -> Option<Modality> {
        Modality::from_raw(self.info.modality)
    }

    /// What its bytes were found to be.
    #[must_use]
    pub fn format(&self) -> Format {
        Format::from_raw(self.info.format).unwrap_or(Format::Unknown)
    }

    /// What the server called it.
    #[must_use]
    pub fn claimed_format(&self) -> &str {
        // SAFETY: valid as long as the frame.
        unsafe { text::borrowed(self.info.claimed_format) }
    }

    /// The camera, as it was asked for.
    #[must_use]
    pub fn camera(&self) -> &str {
        // SAFETY: valid as long as the frame.
        unsafe { text::borrowed(self.info.camera) }
    }

    /// Pixels in a row, as the server said.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.info.width
    }

    /// Rows, as the server said.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.info.height
    }

    /// Bytes from row to row; 0 where there are no rows.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.info.stride
    }

    /// What is to be known before it is trusted.
    #[must_use]
    pub const fn flags(&self) -> FrameFlags {
        FrameFlags(self.info.flags)
    }

    /// 1, 2, 3 ... for each client in the order of arrival.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.info.sequence
    }

    /// The request that it answers.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        RequestId(self.info.request_id)
    }

    /// What was given along with the request.
    #[must_use]
    pub const fn cookie(&self) -> u64 {
        self.info.cookie
    }

    /// Frames of this camera and modality that were dropped since the one before.
    #[must_use]
    pub const fn dropped_before(&self) -> u64 {
        self.info.dropped_before
    }

    /// When each step of its way happened.
    #[must_use]
    pub const fn times(&self) -> FrameTimes {
        FrameTimes {
            submitted_ns: self.info.submitted_ns,
            sent_ns: self.info.sent_ns,
            first_byte_ns: self.info.first_byte_ns,
            completed_ns: self.info.completed_ns,
            delivered_ns: self.info.delivered_ns,
        }
    }

    /// The camera's last acknowledged pose, where it is known. Whether the picture shows it is the
    /// server's business.
    #[must_use]
    pub fn pose(&self) -> Option<Transform> {
        self.flags().contains(FrameFlags::HAS_POSE).then(|| Transform::from_raw(self.info.pose))
    }
}

impl Clone for Frame {
    fn clone(&self) -> Self {
        // SAFETY: valid, and one reference more is owned.
        let raw = unsafe { sys::uesynth_frame_retain(self.raw.as_ptr()) };
        Self { raw: NonNull::new(raw).unwrap_or(self.raw), info: self.info }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        // SAFETY: one reference is owned.
        unsafe { sys::uesynth_frame_release(self.raw.as_ptr()) }
    }
}

impl AsRef<[u8]> for Frame {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("modality", &self.modality())
            .field("format", &self.format())
            .field("width", &self.width())
            .field("height", &self.height())
            .field("sequence", &self.sequence())
            .finish_non_exhaustive()
    }
}

crate::geometry::bits! {
    /// What is to be known about a frame before it is trusted.
    FrameFlags {
        /// The server claimed another format than was found.
        FORMAT_MISMATCH = sys::UESYNTH_FRAME_FORMAT_MISMATCH;
        /// The length does not fit width and height.
        SIZE_MISMATCH = sys::UESYNTH_FRAME_SIZE_MISMATCH;
        /// All zeros under a wrong label: the server has not implemented this modality.
        PLACEHOLDER = sys::UESYNTH_FRAME_PLACEHOLDER;
        /// No bytes at all.
        EMPTY = sys::UESYNTH_FRAME_EMPTY;
        /// A change that had to come first did not succeed, and none of its kind and name has since.
        CHANGE_FAILED = sys::UESYNTH_FRAME_CHANGE_FAILED;
        /// The bytes lie in memory of the host.
        HOST_MEMORY = sys::UESYNTH_FRAME_HOST_MEMORY;
        /// [`Frame::pose`] is there.
        HAS_POSE = sys::UESYNTH_FRAME_HAS_POSE;
    }
}

/// Fills `*frame` by a C function.
pub(crate) fn received(
    fetch: impl FnOnce(*mut *mut sys::uesynth_frame) -> sys::uesynth_status,
) -> Result<Frame> {
    let mut raw = std::ptr::null_mut();
    check(fetch(&mut raw))?;
    // SAFETY: success hands over one reference.
    unsafe { Frame::adopt(raw) }
        .ok_or_else(|| crate::Error::new(crate::Status::NO_FRAME, "the library gave no frame"))
}
