//! The functions, structs and constants of `uesynth.h`, in its order and by its names, a file for
//! each of its sections or several. The header is their manual; `uesynth` is the safe crate on top of them.
//!
//! The library is found by the build script: `UESYNTH_LIB_DIR`, else pkg-config, else the build of
//! the checkout that this crate lies in. A crate that depends on this one directly may read
//! `DEP_UESYNTH_LIBDIR` in its own build script and set a run path to it.

#![no_std]
#![allow(non_camel_case_types)]
#![allow(clippy::missing_safety_doc, clippy::cast_possible_truncation)]
// Every section names what those before it declare.
#![allow(clippy::wildcard_imports)]

extern crate std;

use core::marker::{PhantomData, PhantomPinned};
use core::mem::size_of;
use core::ptr::{null, null_mut};
use std::os::raw::{c_char, c_int, c_void};

/// Makes an opaque handle neither `Send`, `Sync` nor `Unpin`: the safe crate decides.
type Marker = PhantomData<(*mut u8, PhantomPinned)>;

mod status;
pub use status::*;

mod action;
pub use action::*;

mod frame;
pub use frame::*;

mod event;
pub use event::*;

mod runtime;
pub use runtime::*;

mod client;
pub use client::*;

mod request;
pub use request::*;

mod frameset;
pub use frameset::*;

mod poll;
pub use poll::*;

mod subscription;
pub use subscription::*;

mod probe;
pub use probe::*;

mod picture;
pub use picture::*;

mod statistics;
pub use statistics::*;

mod pacer;
pub use pacer::*;

mod sequence;
pub use sequence::*;

mod geometry;
pub use geometry::*;
