use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::shared::{Shared, FIRST_TOKEN};
use crate::action::Action;
use crate::error::{Error, Result, Status};
use crate::event::OwnedEvent;
use crate::request::{FramesetRequest, RequestId, SubmitOptions};

/// What a request will come to. Dropping it cancels the request.
#[must_use = "dropping the future cancels the request"]
pub struct Answer<T> {
    shared: Arc<Shared>,
    state: State,
    read: fn(OwnedEvent) -> Result<T>,
}

enum State {
    /// The client was full: to be tried again.
    Refused(Work),
    UnderWay(RequestId),
    Over(Option<Error>),
}

/// What is to be submitted.
pub(super) enum Work {
    Action(Action, SubmitOptions),
    Set(FramesetRequest),
}

impl<T> Answer<T> {
    pub(super) fn new(shared: &Arc<Shared>, work: Work, read: fn(OwnedEvent) -> Result<T>) -> Self {
        let state = match work.check() {
            Ok(()) => work.submit(shared),
            Err(error) => State::Over(Some(error)),
        };
        Self { shared: Arc::clone(shared), state, read }
    }

    /// The request, once the client had room for it.
    #[must_use]
    pub fn request(&self) -> Option<RequestId> {
        match self.state {
            State::UnderWay(id) => Some(id),
            _ => None,
        }
    }
}

impl Work {
    fn check(&self) -> Result<()> {
        let (cookie, has_event) = match self {
            Self::Action(_, options) => (options.number(), options.has_event()),
            Self::Set(request) => (request.number(), true),
        };
        if !has_event {
            return Err(Error::misuse("a future needs the event: no_event does not apply"));
        }
        if cookie >= FIRST_TOKEN {
            return Err(Error::misuse("cookies of futures are below 1 << 63"));
        }
        Ok(())
    }

    fn submit(self, shared: &Shared) -> State {
        shared.router().begin_submit();
        let (submitted, again) = match self {
            Self::Action(action, options) => {
                let again = options.again();
                let submitted = shared.client.submit(&action, options);
                (submitted, again.map(|options| Self::Action(action, options)))
            }
            Self::Set(request) => (shared.client.submit_set(&request), Some(Self::Set(request))),
        };
        shared.router().end_submit(submitted.as_ref().ok().copied());
        match (submitted, again) {
            (Ok(id), _) => State::UnderWay(id),
            (Err(error), Some(work)) if error.status() == Status::WOULD_BLOCK => {
                State::Refused(work)
            }
            (Err(error), _) => State::Over(Some(error)),
        }
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.shared.turn();
        loop {
            match std::mem::replace(&mut this.state, State::Over(None)) {
                State::Over(error) => {
                    let error = error.unwrap_or_else(|| Error::misuse("it was awaited before"));
                    return Poll::Ready(Err(error));
                }
                State::Refused(work) => {
                    // First the waker, then the attempt: room that comes in between is not missed.
                    this.shared.router().wait_for_room(context.waker());
                    this.state = work.submit(&this.shared);
                    if matches!(this.state, State::Refused(_)) {
                        break;
                    }
                }
                State::UnderWay(id) => {
                    let outcome = this.shared.router().request_outcome(id, context.waker());
                    if let Some(event) = outcome {
                        return Poll::Ready((this.read)(event));
                    }
                    this.state = State::UnderWay(id);
                    break;
                }
            }
        }
        match this.shared.ensure_driven() {
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        if let State::UnderWay(id) = self.state {
            // The event, if it has come, goes without the lock.
            let (under_way, _event) = self.shared.router().abandon_request(id);
            if under_way {
                let _ = self.shared.client.cancel(id);
            }
        }
    }
}

impl<T> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("request", &self.request()).finish_non_exhaustive()
    }
}

/// What a save will come to. Dropping it leaves the save as it is.
#[must_use = "futures say how it ended only when they are awaited"]
pub struct Saving {
    pub(super) shared: Arc<Shared>,
    pub(super) token: u64,
}

impl Future for Saving {
    type Output = Result<()>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.shared.turn();
        let outcome = self.shared.router().save_outcome(self.token, context.waker());
        if let Some(event) = outcome {
            return Poll::Ready(event.result());
        }
        match self.shared.ensure_driven() {
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        self.shared.router().remove_save(self.token);
    }
}

impl fmt::Debug for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Saving")
    }
}
