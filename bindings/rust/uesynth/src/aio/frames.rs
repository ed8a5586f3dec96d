use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::shared::Shared;
use crate::error::{Result, Status};
use crate::frame::Frame;
use crate::subscription::{Subscription, SubscriptionOptions};

/// The frames of a subscription as they come; dropping it ends the subscription.
///
/// While nobody takes them they stay with the client and count against its caps: the policy of
/// [`Overflow`](crate::Overflow) says what gives way. There is no stream trait in std: a wrapper for
/// that of another crate is its `poll_next` calling [`FrameStream::poll_next`].
pub struct FrameStream {
    shared: Arc<Shared>,
    token: u64,
    subscription: Option<Subscription>,
    ended: bool,
}

impl FrameStream {
    pub(super) fn new(shared: &Arc<Shared>, options: &SubscriptionOptions) -> Result<Self> {
        let token = shared.router().add_stream();
        let mut stream =
            Self { shared: Arc::clone(shared), token, subscription: None, ended: false };
        let options = options.clone().cookie(token);
        stream.subscription = Some(shared.client.subscribe(&options)?);
        Ok(stream)
    }

    /// The next frame, or a failure, after which it goes on; `None` once the client was closed.
    pub fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        self.shared.turn();
        loop {
            let arrival = self.shared.router().next_arrival(self.token, context.waker());
            match arrival {
                Ok(id) => match self.shared.client.take_frame(id, Some(Duration::ZERO)) {
                    Ok(Some(frame)) => return Poll::Ready(Some(Ok(frame))),
                    // It has given way to newer ones: dropped_before of the next one counts it.
                    Ok(None) => {}
                    Err(error) if error.status() == Status::NO_FRAME => {}
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
                Err(Some(error)) if error.status() == Status::CLOSED => {
                    self.ended = true;
                    return Poll::Ready(None);
                }
                Err(Some(error)) => return Poll::Ready(Some(Err(error))),
                Err(None) => {
                    return match self.shared.ensure_driven() {
                        Ok(()) => Poll::Pending,
                        Err(error) => Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
    }

    /// The same as a future.
    #[allow(clippy::should_implement_trait)] // as streams of other crates name it
    pub fn next(&mut self) -> Next<'_> {
        Next(self)
    }
}

impl Drop for FrameStream {
    fn drop(&mut self) {
        self.subscription = None;
        self.shared.router().remove_stream(self.token);
    }
}

impl fmt::Debug for FrameStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameStream")
    }
}

/// The next frame of a stream.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Next<'a>(&'a mut FrameStream);

impl Future for Next<'_> {
    type Output = Option<Result<Frame>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut *self.0).poll_next(context)
    }
}
