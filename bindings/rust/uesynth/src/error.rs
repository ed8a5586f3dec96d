use std::error;
use std::ffi::CStr;
use std::fmt;

use crate::text;
use uesynth_sys as sys;

/// How a call ended: the gRPC codes by their own numbers, and the library's own from 100.
///
/// Numbers never change; a newer library may have more of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status(i32);

macro_rules! statuses {
    ($($(#[$meta:meta])* $name:ident = $value:ident;)*) => {
        impl Status {
            $($(#[$meta])* pub const $name: Self = Self(sys::$value);)*
        }
    };
}

statuses! {
    /// Success.
    OK = UESYNTH_OK;
    /// The request was cancelled.
    CANCELLED = UESYNTH_CANCELLED;
    /// An error that says nothing else, or a command that was not carried out.
    UNKNOWN = UESYNTH_UNKNOWN;
    /// Said by the server; a wrong argument to the library is [`Status::MISUSE`].
    INVALID_ARGUMENT = UESYNTH_INVALID_ARGUMENT;
    /// It took too long.
    DEADLINE_EXCEEDED = UESYNTH_DEADLINE_EXCEEDED;
    /// What was named does not exist.
    NOT_FOUND = UESYNTH_NOT_FOUND;
    /// What was to be made exists.
    ALREADY_EXISTS = UESYNTH_ALREADY_EXISTS;
    /// The server does not allow it.
    PERMISSION_DENIED = UESYNTH_PERMISSION_DENIED;
    /// A limit was reached; the text names it.
    RESOURCE_EXHAUSTED = UESYNTH_RESOURCE_EXHAUSTED;
    /// The server is not in the state for it.
    FAILED_PRECONDITION = UESYNTH_FAILED_PRECONDITION;
    /// The server gave it up.
    ABORTED = UESYNTH_ABORTED;
    /// Past the end.
    OUT_OF_RANGE = UESYNTH_OUT_OF_RANGE;
    /// The server cannot do it.
    UNIMPLEMENTED = UESYNTH_UNIMPLEMENTED;
    /// The server failed.
    INTERNAL = UESYNTH_INTERNAL;
    /// The server cannot be reached.
    UNAVAILABLE = UESYNTH_UNAVAILABLE;
    /// Data is damaged.
    DATA_LOSS = UESYNTH_DATA_LOSS;
    /// The server does not know who asks.
    UNAUTHENTICATED = UESYNTH_UNAUTHENTICATED;
    /// There is no room now, and waiting was not allowed.
    WOULD_BLOCK = UESYNTH_WOULD_BLOCK;
    /// No frame is there: none came yet, or it gave way.
    NO_FRAME = UESYNTH_NO_FRAME;
    /// The client was closed.
    CLOSED = UESYNTH_CLOSED;
    /// A wrong argument or a call that is not allowed here.
    MISUSE = UESYNTH_MISUSE;
    /// The handle belongs to the parent process.
    FORKED = UESYNTH_FORKED;
    /// Too late to cancel.
    ALREADY_COMPLETED = UESYNTH_ALREADY_COMPLETED;
    /// The memory cannot hold the picture.
    BUFFER_TOO_SMALL = UESYNTH_BUFFER_TOO_SMALL;
    /// The server answered later requests of the stream, not this one.
    NO_ANSWER = UESYNTH_NO_ANSWER;
}

impl Status {
    /// The number.
    #[must_use]
    pub const fn code(self) -> i32 {
        self.0
    }

    pub(crate) const fn from_code(code: i32) -> Self {
        Self(code)
    }

    /// `"DEADLINE_EXCEEDED"`; `"UNRECOGNISED"` for numbers that the loaded library does not know.
    #[must_use]
    pub fn name(self) -> &'static str {
        // SAFETY: static memory.
        unsafe { text::borrowed(sys::uesynth_status_name(self.0)) }
    }

    /// Whether this is success.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == sys::UESYNTH_OK
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A status other than OK, and what happened and can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: Status,
    message: String,
}

/// What most functions return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Self::new(Status::MISUSE, message)
    }

    /// What the last failing call on this thread had to say.
    pub(crate) fn last(code: i32) -> Self {
        // SAFETY: valid until the next failing call on this thread.
        let message = unsafe { CStr::from_ptr(sys::uesynth_last_error()) };
        Self::new(Status(code), message.to_string_lossy())
    }

    /// How it ended.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// What happened and what can be done about it, in a sentence or two.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.message)
    }
}

impl error::Error for Error {}

/// The outcome of a C function.
pub(crate) fn check(code: i32) -> Result<()> {
    if code == sys::UESYNTH_OK {
        Ok(())
    } else {
        Err(Error::last(code))
    }
}

/// The same where "not now" is no error.
pub(crate) fn check_or_not_now(code: i32) -> Result<bool> {
    match code {
        sys::UESYNTH_WOULD_BLOCK => Ok(false),
        code => check(code).map(|()| true),
    }
}
