//! Requests as futures, for any executor.
//!
//! What drives the futures is the client's descriptor ([`Client::event_fd`](crate::Client::event_fd)),
//! not a thread of its own for each client:
//!
//! - With nothing else set up, one small thread for the whole process waits on the descriptors of all
//!   clients that have futures under way, and wakes them. Every executor works with that.
//! - A host with a loop of its own takes over by [`Client::drive`]: it waits on the [`Driver`]'s
//!   descriptor as on any other and calls [`Driver::turn`] when that is readable. No thread is used then.
//!   `examples/stream.rs` has such an executor in 60 lines.
//!
//! A request is submitted when it is made, not when it is first polled, so that several are under way
//! before the first is awaited. Dropping a future cancels its request.
//!
//! ```
//! # let target = match std::env::var("UESYNTH_TEST_TARGET") { Ok(t) => t, Err(_) => return Ok(()) };
//! use uesynth::{aio, Modality};
//!
//! let client = aio::Client::new(&target)?;
//! aio::block_on(async {
//!     let color = client.capture(Modality::Rgb, "", 64, 48);
//!     let depth = client.capture(Modality::Depth, "", 64, 48);
//!     assert_eq!((color.await?.width(), depth.await?.width()), (64, 64));
//!     Ok::<_, uesynth::Error>(())
//! })?;
//! # Ok::<(), uesynth::Error>(())
//! ```

mod answer;
mod client;
mod frames;
mod reactor;
mod shared;

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

pub use answer::{Answer, Saving};
pub use client::{Client, Driver};
pub use frames::{FrameStream, Next};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The smallest executor: runs one future on this thread, which sleeps while there is nothing to do.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        thread::park();
    }
}
