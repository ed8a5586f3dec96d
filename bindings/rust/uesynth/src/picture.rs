use std::ffi::CString;
use std::fmt;
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{null_mut, NonNull};
use std::slice;
use std::time::Duration;

use crate::error::{check, Error, Result};
use crate::frame::Frame;
use crate::names::{File, Format};
use crate::text;
use uesynth_sys as sys;

/// Pixels that were decoded or converted, in memory of their own.
#[derive(Clone)]
pub struct Pixels {
    /// Words, so that floats and ids are aligned.
    memory: Vec<u32>,
    layout: PixelLayout,
}

/// What pixels look like in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelLayout {
    /// Never [`Format::Unknown`].
    pub format: Format,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from row to row; of planar formats, of a plane's rows.
    pub stride: usize,
    /// Bytes from the first pixel to the last.
    pub size: usize,
}

impl Pixels {
    /// What they look like.
    #[must_use]
    pub const fn layout(&self) -> PixelLayout {
        self.layout
    }

    /// Their bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: there are size bytes, and any bits are bytes.
        unsafe { slice::from_raw_parts(self.memory.as_ptr().cast(), self.layout.size) }
    }

    /// Their numbers, where the format is one of floats.
    #[must_use]
    pub fn floats(&self) -> Option<&[f32]> {
        let is_float = matches!(
            self.layout.format,
            Format::F32
                | Format::F32x2
                | Format::F32x3
                | Format::F32x4
                | Format::F32x3Planar
                | Format::F32x4Planar
        );
        if !is_float {
            return None;
        }
        // SAFETY: aligned, and any bits are an f32.
        Some(unsafe { slice::from_raw_parts(self.memory.as_ptr().cast(), self.layout.size / 4) })
    }
}

impl AsRef<[u8]> for Pixels {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

impl fmt::Debug for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pixels").field("layout", &self.layout).finish_non_exhaustive()
    }
}

type Write = unsafe extern "C" fn(
    *const sys::uesynth_frame,
    *mut sys::uesynth_pixels,
) -> sys::uesynth_status;

fn layout_of(made: &sys::uesynth_pixels) -> PixelLayout {
    PixelLayout {
        format: Format::from_raw(made.made_format).unwrap_or(Format::Unknown),
        width: made.width,
        height: made.height,
        stride: made.made_stride,
        size: made.size,
    }
}

fn write_new(write: Write, frame: &Frame, format: Format) -> Result<Pixels> {
    let mut pixels = sys::UESYNTH_PIXELS_INIT;
    pixels.format = format.raw();
    // SAFETY: without memory it only says what it would take.
    check(unsafe { write(frame.as_ptr(), &mut pixels) })?;
    let mut memory = vec![0u32; pixels.size / 4 + 1];
    pixels.data = memory.as_mut_ptr().cast();
    pixels.capacity = memory.len() * 4;
    // SAFETY: capacity bytes are there.
    check(unsafe { write(frame.as_ptr(), &mut pixels) })?;
    Ok(Pixels { memory, layout: layout_of(&pixels) })
}

fn write_into(
    write: Write,
    frame: &Frame,
    format: Format,
    stride: usize,
    memory: &mut [u8],
) -> Result<PixelLayout> {
    let mut pixels = sys::UESYNTH_PIXELS_INIT;
    pixels.format = format.raw();
    pixels.stride = stride;
    pixels.data = memory.as_mut_ptr().cast();
    pixels.capacity = memory.len();
    // SAFETY: capacity bytes are there.
    check(unsafe { write(frame.as_ptr(), &mut pixels) })?;
    Ok(layout_of(&pixels))
}

impl Frame {
    /// The frame's pixels in a format of one's choice, whatever it holds: files are decoded.
    /// [`Format::Unknown`] asks for its own.
    ///
    /// ```no_run
    /// # fn look(frame: &uesynth::Frame) -> uesynth::Result<()> {
    /// let pixels = frame.decode(uesynth::Format::Rgb8)?;
    /// let layout = pixels.layout();
    /// assert_eq!(pixels.bytes().len(), layout.stride * layout.height as usize);
    /// # Ok(())
    /// # }
    /// ```
    pub fn decode(&self, format: Format) -> Result<Pixels> {
        write_new(sys::uesynth_frame_decode, self, format)
    }

    /// The same into memory of one's own. `stride` is the bytes from row to row, 0 for no gaps.
    pub fn decode_into(
        &self,
        format: Format,
        stride: usize,
        memory: &mut [u8],
    ) -> Result<PixelLayout> {
        write_into(sys::uesynth_frame_decode, self, format, stride, memory)
    }

    /// [`Frame::decode`] for frames of pixels: it never decodes a file, and takes about the time of a
    /// copy.
    pub fn convert(&self, format: Format) -> Result<Pixels> {
        write_new(sys::uesynth_frame_convert, self, format)
    }

    /// [`Frame::decode_into`] for frames of pixels.
    pub fn convert_into(
        &self,
        format: Format,
        stride: usize,
        memory: &mut [u8],
    ) -> Result<PixelLayout> {
        write_into(sys::uesynth_frame_convert, self, format, stride, memory)
    }

    /// Makes a file in memory.
    pub fn encode(&self, file: File, options: &PictureOptions) -> Result<Encoded> {
        let (mut bytes, mut size) = (null_mut(), 0);
        let raw = options.raw();
        // SAFETY: success hands over the bytes.
        check(unsafe {
            sys::uesynth_frame_encode(self.as_ptr(), file.raw(), &raw, &mut bytes, &mut size)
        })?;
        NonNull::new(bytes)
            .map(|bytes| Encoded { bytes, size })
            .ok_or_else(|| Error::new(crate::Status::INTERNAL, "the library gave no bytes"))
    }

    /// Writes a file, of the kind that its name ends with: .png, .jpg, .jpeg or .npy. It appears under
    /// its name when it is whole.
    pub fn save(&self, path: impl AsRef<Path>, options: &PictureOptions) -> Result<()> {
        let (path, raw) = (path_text(path.as_ref())?, options.raw());
        // SAFETY: both are borrowed for the call.
        check(unsafe { sys::uesynth_frame_save(self.as_ptr(), path.as_ptr(), &raw) })
    }
}

pub(crate) fn path_text(path: &Path) -> Result<CString> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Error::misuse("the path has a NUL inside"))
}

/// A file in memory, made by [`Frame::encode`].
pub struct Encoded {
    bytes: NonNull<u8>,
    size: usize,
}

// SAFETY: memory that nobody else refers to.
unsafe impl Send for Encoded {}
// SAFETY: it is only read.
unsafe impl Sync for Encoded {}

impl Deref for Encoded {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: size bytes, until they are freed.
        unsafe { slice::from_raw_parts(self.bytes.as_ptr(), self.size) }
    }
}

impl AsRef<[u8]> for Encoded {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Drop for Encoded {
    fn drop(&mut self) {
        // SAFETY: owned.
        unsafe { sys::uesynth_bytes_free(self.bytes.as_ptr()) }
    }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({} bytes)", self.size)
    }
}

/// How files are written.
#[derive(Clone, Copy, Debug)]
pub struct PictureOptions {
    raw: sys::uesynth_picture_options,
}

impl Default for PictureOptions {
    fn default() -> Self {
        Self { raw: sys::UESYNTH_PICTURE_OPTIONS_INIT }
    }
}

impl PictureOptions {
    /// The values as they are, JPEG of quality 95, fast PNG, no alpha.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For the eye: depth, ids, normals and flow as colours.
    #[must_use]
    pub const fn preview(mut self) -> Self {
        self.raw.kind = sys::UESYNTH_PICTURE_PREVIEW;
        self
    }

    /// JPEG: 1 to 100.
    #[must_use]
    pub const fn quality(mut self, quality: u32) -> Self {
        self.raw.quality = quality;
        self
    }

    /// JPEG: colour at full resolution.
    #[must_use]
    pub const fn full_chroma(mut self) -> Self {
        self.raw.full_chroma = 1;
        self
    }

    /// PNG: 0 (none) to 9 (smallest, slow).
    #[must_use]
    pub const fn compression(mut self, level: i32) -> Self {
        self.raw.compression = level;
        self
    }

    /// PNG, NPY: with alpha, if there is one.
    #[must_use]
    pub const fn keep_alpha(mut self) -> Self {
        self.raw.keep_alpha = 1;
        self
    }

    /// Preview of depth: what is brightest and what is darkest, in cm.
    #[must_use]
    pub const fn depth_range(mut self, near: f32, far: f32) -> Self {
        self.raw.depth_near = near;
        self.raw.depth_far = far;
        self
    }

    /// Preview of flow: the length of full strength, in pixels.
    #[must_use]
    pub const fn flow_full(mut self, length: f32) -> Self {
        self.raw.flow_full = length;
        self
    }

    pub(crate) const fn raw(&self) -> sys::uesynth_picture_options {
        self.raw
    }
}

/// How [`Client::save`](crate::Client::save) hands a frame over.
#[derive(Clone, Debug, Default)]
pub struct SaveOptions {
    picture: PictureOptions,
    wait: Option<Duration>,
    cookie: u64,
    quiet: bool,
}

impl SaveOptions {
    /// Waits for room in the queue as long as it takes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How the file is written.
    #[must_use]
    pub const fn picture(mut self, picture: PictureOptions) -> Self {
        self.picture = picture;
        self
    }

    /// How long to wait for room in the queue at most.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Comes back on the event.
    #[must_use]
    pub const fn cookie(mut self, cookie: u64) -> Self {
        self.cookie = cookie;
        self
    }

    /// No event: [`Client::flush_saves`](crate::Client::flush_saves) tells of a failure.
    #[must_use]
    pub const fn no_event(mut self) -> Self {
        self.quiet = true;
        self
    }

    pub(crate) const fn with_event(mut self) -> Self {
        self.quiet = false;
        self
    }

    /// For a call that is made with a picture's options that outlive it.
    pub(crate) fn raw(
        &self,
        picture: &sys::uesynth_picture_options,
        wait: bool,
    ) -> sys::uesynth_save_options {
        sys::uesynth_save_options {
            flags: if self.quiet { sys::UESYNTH_SAVE_NO_EVENT } else { 0 },
            timeout_ms: if wait { text::wait_ms(self.wait) } else { 0 },
            cookie: self.cookie,
            picture,
            ..sys::UESYNTH_SAVE_OPTIONS_INIT
        }
    }

    pub(crate) const fn picture_options(&self) -> PictureOptions {
        self.picture
    }
}
