//! Drive an Unreal Engine scene through the `UESynth` plugin, and receive what its cameras see.
//!
//! ```
//! # let target = match std::env::var("UESYNTH_TEST_TARGET") { Ok(t) => t, Err(_) => return Ok(()) };
//! use uesynth::{Client, File, Modality, PictureOptions};
//!
//! let client = Client::new(&target)?; // "localhost:50051"
//! let frame = client.capture(Modality::Rgb, "", 640, 480)?;
//! println!("{} x {}, {} bytes", frame.width(), frame.height(), frame.bytes().len());
//! let file = frame.encode(File::Npy, &PictureOptions::new())?;
//! # assert_eq!(&file[1..6], b"NUMPY");
//! # Ok::<(), uesynth::Error>(())
//! ```
//!
//! - [`Client`] has every request as a call that waits, as one with a closure, and as one whose event is
//!   polled for; [`Client::frames`] is an iterator, [`Client::sequence`] one along a list of poses.
//! - [`aio`] has them as futures, for any executor.
//! - A [`Frame`] is shared, not copied, and stays valid on its own.
//!
//! # Errors
//!
//! Whatever fails returns an [`Error`] with a [`Status`] and a sentence on what can be done. The library
//! does not print, abort or touch signals.
//!
//! # Panics
//!
//! A panic in a closure of the host is caught before it reaches C. The next call on that client, or the end
//! of its last handle, resumes it.
//!
//! # What a borrow protects
//!
//! Handles count references: a subscription, a sequence, a frame or a future keeps what it needs. What is
//! only lent is a reference with a lifetime: the bytes of a frame, the event that a callback is called
//! with, the reply and the frameset of an event. A pacer that is waited on cannot be dropped:
//!
//! ```compile_fail,E0505
//! let pacer = uesynth::Pacer::new(10.0).unwrap();
//! let mut beats = pacer.beats();
//! drop(pacer);
//! beats.next();
//! ```
//!
//! and a callback runs on a thread of the library, so that it may not borrow from the stack:
//!
//! ```compile_fail,E0373
//! # fn count(client: &uesynth::Client) -> uesynth::Result<()> {
//! let mut count = 0;
//! let capture = uesynth::Action::capture(uesynth::Modality::Rgb);
//! client.submit_with(&capture, Default::default(), |_| count += 1)?;
//! # Ok(())
//! # }
//! ```
//!
//! nor hold what belongs to one thread:
//!
//! ```compile_fail,E0277
//! # fn count(client: &uesynth::Client) -> uesynth::Result<()> {
//! let count = std::rc::Rc::new(std::cell::Cell::new(0));
//! let capture = uesynth::Action::capture(uesynth::Modality::Rgb);
//! client.submit_with(&capture, Default::default(), move |_| count.set(1))?;
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs, missing_debug_implementations, rust_2018_idioms, clippy::pedantic)]
// The crate's own words on errors apply to every function.
#![allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::return_self_not_must_use)]

mod action;
pub mod aio;
mod callback;
mod client;
mod error;
mod event;
mod frame;
mod geometry;
mod memory;
mod names;
mod options;
mod pacer;
mod panics;
mod picture;
mod request;
mod runtime;
mod security;
mod sequence;
mod stats;
mod subscription;
mod text;

pub use action::Action;
pub use client::Client;
pub use error::{Error, Result, Status};
pub use event::{Event, Frameset, FramesetPart, OwnedEvent, Reply};
pub use frame::{Frame, FrameFlags, FrameTimes};
pub use geometry::{
    camera_intrinsics, PoseConvention, Rotator, Transform, TransformParts, Vector3,
};
pub use memory::Allocator;
pub use names::{
    Ability, ActionKind, Axes, Compression, EventKind, File, Format, LogLevel, Modality, Overflow,
    Preset, Route, SizeMeaning, Stage, State, ThreadRole, WhenFull,
};
pub use options::ClientOptions;
pub use pacer::{Beat, Pacer, PacerStats};
pub use picture::{Encoded, PictureOptions, PixelLayout, Pixels, SaveOptions};
pub use request::{Batch, FramesetRequest, RequestId, SubmitOptions};
pub use runtime::{Runtime, RuntimeOptions};
pub use security::{MetadataList, TlsOptions};
pub use sequence::{Sequence, SequenceOptions, SequenceStats};
pub use stats::{Latency, ProbeReport, Stats};
pub use subscription::{Frames, Subscription, SubscriptionOptions};

pub use uesynth_sys as sys;

/// The version of the library that is loaded, `"0.1.0"`.
#[must_use]
pub fn version() -> &'static str {
    // SAFETY: static memory.
    unsafe { text::borrowed(sys::uesynth_version()) }
}

/// The same as a number to compare: major * 1000000 + minor * 1000 + patch.
#[must_use]
pub fn version_number() -> u32 {
    // SAFETY: no arguments.
    unsafe { sys::uesynth_version_number() }
}
