//! The version, and how calls end.

use crate::*;

pub const UESYNTH_VERSION_MAJOR: u32 = 0;
pub const UESYNTH_VERSION_MINOR: u32 = 1;
pub const UESYNTH_VERSION_PATCH: u32 = 0;
extern "C" {
    pub fn uesynth_version() -> *const c_char;
    pub fn uesynth_version_number() -> u32;
}

pub type uesynth_status = i32;

pub const UESYNTH_OK: uesynth_status = 0;
pub const UESYNTH_CANCELLED: uesynth_status = 1;
pub const UESYNTH_UNKNOWN: uesynth_status = 2;
pub const UESYNTH_INVALID_ARGUMENT: uesynth_status = 3;
pub const UESYNTH_DEADLINE_EXCEEDED: uesynth_status = 4;
pub const UESYNTH_NOT_FOUND: uesynth_status = 5;
pub const UESYNTH_ALREADY_EXISTS: uesynth_status = 6;
pub const UESYNTH_PERMISSION_DENIED: uesynth_status = 7;
pub const UESYNTH_RESOURCE_EXHAUSTED: uesynth_status = 8;
pub const UESYNTH_FAILED_PRECONDITION: uesynth_status = 9;
pub const UESYNTH_ABORTED: uesynth_status = 10;
pub const UESYNTH_OUT_OF_RANGE: uesynth_status = 11;
pub const UESYNTH_UNIMPLEMENTED: uesynth_status = 12;
pub const UESYNTH_INTERNAL: uesynth_status = 13;
pub const UESYNTH_UNAVAILABLE: uesynth_status = 14;
pub const UESYNTH_DATA_LOSS: uesynth_status = 15;
pub const UESYNTH_UNAUTHENTICATED: uesynth_status = 16;
pub const UESYNTH_WOULD_BLOCK: uesynth_status = 100;
pub const UESYNTH_NO_FRAME: uesynth_status = 101;
pub const UESYNTH_CLOSED: uesynth_status = 102;
pub const UESYNTH_MISUSE: uesynth_status = 103;
pub const UESYNTH_FORKED: uesynth_status = 104;
pub const UESYNTH_ALREADY_COMPLETED: uesynth_status = 105;
pub const UESYNTH_BUFFER_TOO_SMALL: uesynth_status = 106;
pub const UESYNTH_NO_ANSWER: uesynth_status = 107;

extern "C" {
    pub fn uesynth_status_name(status: uesynth_status) -> *const c_char;
    pub fn uesynth_last_error() -> *const c_char;
}
