//! Strings and durations on their way to C and back.

use std::ffi::{CStr, CString};
use std::os::raw::c_char;
use std::str;
use std::time::Duration;

use crate::error::{Error, Result};

/// A string argument. One with a NUL inside is refused when it is used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    c: CString,
    has_nul: bool,
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        CString::new(text).map_or_else(
            |_| Self { c: CString::default(), has_nul: true },
            |c| Self { c, has_nul: false },
        )
    }

    pub(crate) fn pointer(&self) -> Result<*const c_char> {
        if self.has_nul {
            return Err(Error::misuse("a string argument has a NUL inside"));
        }
        Ok(self.c.as_ptr())
    }
}

/// What the library wrote, as long as `'a` says that it is there.
///
/// # Safety
/// `pointer` is NULL or a string that lives as long as `'a`.
pub(crate) unsafe fn borrowed<'a>(pointer: *const c_char) -> &'a str {
    if pointer.is_null() {
        return "";
    }
    let bytes = CStr::from_ptr(pointer).to_bytes();
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
    }
}

/// A wait: `None` has no end; part of a millisecond counts as one.
pub(crate) fn wait_ms(wait: Option<Duration>) -> i64 {
    wait.map_or(-1, |wait| {
        i64::try_from((wait.as_nanos() + 999_999) / 1_000_000).unwrap_or(i64::MAX)
    })
}

/// A deadline: never the 0 that means "none given".
pub(crate) fn deadline_ms(timeout: Duration) -> i64 {
    wait_ms(Some(timeout)).max(1)
}
