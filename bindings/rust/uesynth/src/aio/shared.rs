use std::collections::{HashMap, VecDeque};
use std::os::unix::io::RawFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::reactor;
use crate::error::{Error, Result, Status};
use crate::event::OwnedEvent;
use crate::names::EventKind;
use crate::request::RequestId;
use crate::Client;

/// Cookies from here on are this module's; requests of the host have smaller ones.
pub(super) const FIRST_TOKEN: u64 = 1 << 63;

/// What futures of one client have in common: its events, sorted by whom they are for.
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) fd: RawFd,
    router: Mutex<Router>,
}

#[derive(Default)]
pub(super) struct Router {
    requests: HashMap<u64, Slot>,
    saves: HashMap<u64, Slot>,
    streams: HashMap<u64, Arrivals>,
    /// Events that may be of requests that are being submitted just now,
    early: HashMap<u64, OwnedEvent>,
    /// as long as there are such.
    submitting: usize,
    /// Events that nobody wants: let go without the lock, since that may run code of the host.
    unwanted: Vec<OwnedEvent>,
    /// Who was refused because the client was full.
    room: Vec<Waker>,
    drivers: usize,
    next_token: u64,
    closed: bool,
}

enum Slot {
    Waiting(Option<Waker>),
    Over(OwnedEvent),
    /// Nobody waits for it any more.
    Abandoned,
}

/// What has come for a stream.
#[derive(Default)]
struct Arrivals {
    frames: VecDeque<Result<RequestId>>,
    waker: Option<Waker>,
}

impl Shared {
    pub(super) fn new(client: Client) -> Result<Self> {
        let fd = client.event_fd()?;
        client.keep_events();
        Ok(Self { client, fd, router: Mutex::default() })
    }

    pub(super) fn router(&self) -> MutexGuard<'_, Router> {
        self.router.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes every event that is there and wakes those that they are for. Returns how many there were.
    pub(super) fn turn(&self) -> usize {
        let mut taken = 0;
        loop {
            // Under the lock, so that events of one request or stream keep their order.
            let mut router = self.router();
            let (events, closed) = match self.client.take_events(64, Some(Duration::ZERO)) {
                Ok(events) => (events, false),
                Err(_) => (Vec::new(), true),
            };
            let count = events.len();
            let mut wakers: Vec<_> = events.into_iter().filter_map(|e| router.sort(e)).collect();
            if count > 0 || closed {
                wakers.append(&mut router.room);
            }
            if closed {
                router.closed = true;
                wakers.extend(router.streams.values_mut().filter_map(|s| s.waker.take()));
            }
            let unwanted = std::mem::take(&mut router.unwanted);
            drop(router);
            drop(unwanted);
            wakers.into_iter().for_each(Waker::wake);
            taken += count;
            if count == 0 {
                return taken;
            }
        }
    }

    /// Sees to it that somebody waits for events, after a waker was left with the router.
    pub(super) fn ensure_driven(self: &Arc<Self>) -> Result<()> {
        if self.router().drivers > 0 {
            return Ok(());
        }
        reactor::watch(self)
    }

    pub(super) fn add_driver(&self) {
        self.router().drivers += 1;
        reactor::forget(self.fd);
    }

    pub(super) fn remove_driver(self: &Arc<Self>) {
        let mut router = self.router();
        router.drivers -= 1;
        let left_alone = router.drivers == 0 && router.is_waited_for();
        drop(router);
        if left_alone {
            // Without a thread they would wait for ever; awake, they try again and say so.
            if reactor::watch(self).is_err() {
                self.turn();
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        reactor::forget(self.fd);
    }
}

impl Router {
    /// Puts an event where it is waited for.
    fn sort(&mut self, event: OwnedEvent) -> Option<Waker> {
        let (id, cookie) = (event.request().get(), event.cookie());
        if event.kind() == Some(EventKind::Saved) {
            return match self.saves.get_mut(&cookie) {
                Some(slot) => slot.end(event),
                None => None,
            };
        }
        if cookie >= FIRST_TOKEN {
            let stream = self.streams.get_mut(&cookie)?;
            let frame = event.result().map(|()| event.request());
            stream.frames.push_back(frame);
            return stream.waker.take();
        }
        match self.requests.get_mut(&id) {
            Some(Slot::Abandoned) => {
                self.requests.remove(&id);
                self.unwanted.push(event);
                None
            }
            Some(slot) => slot.end(event),
            None if self.submitting > 0 => {
                self.early.insert(id, event);
                None
            }
            None => {
                self.unwanted.push(event);
                None
            }
        }
    }

    fn is_waited_for(&self) -> bool {
        !self.room.is_empty()
            || self.requests.values().chain(self.saves.values()).any(Slot::is_waited_for)
            || self.streams.values().any(|stream| stream.waker.is_some())
    }

    pub(super) fn token(&mut self) -> u64 {
        self.next_token += 1;
        FIRST_TOKEN + self.next_token
    }

    pub(super) fn wait_for_room(&mut self, waker: &Waker) {
        if !self.room.iter().any(|other| other.will_wake(waker)) {
            self.room.push(waker.clone());
        }
    }

    /// Before a submit: its event may come before its number is known.
    pub(super) fn begin_submit(&mut self) {
        self.submitting += 1;
    }

    /// After it, with what was accepted.
    pub(super) fn end_submit(&mut self, accepted: Option<RequestId>) {
        self.submitting -= 1;
        if let Some(id) = accepted {
            let slot = self.early.remove(&id.get()).map_or(Slot::Waiting(None), Slot::Over);
            self.requests.insert(id.get(), slot);
        }
        if self.submitting == 0 {
            self.unwanted.extend(self.early.drain().map(|(_, event)| event));
        }
    }

    /// The outcome of a request, or a waker that is told of it.
    pub(super) fn request_outcome(&mut self, id: RequestId, waker: &Waker) -> Option<OwnedEvent> {
        outcome(&mut self.requests, id.get(), waker)
    }

    /// Whether it was still under way, and otherwise the event that nobody has taken.
    pub(super) fn abandon_request(&mut self, id: RequestId) -> (bool, Option<OwnedEvent>) {
        match self.requests.get_mut(&id.get()) {
            Some(slot @ Slot::Waiting(_)) => {
                *slot = Slot::Abandoned;
                (true, None)
            }
            _ => match self.requests.remove(&id.get()) {
                Some(Slot::Over(event)) => (false, Some(event)),
                _ => (false, None),
            },
        }
    }

    pub(super) fn add_save(&mut self) -> u64 {
        let token = self.token();
        self.saves.insert(token, Slot::Waiting(None));
        token
    }

    pub(super) fn save_outcome(&mut self, token: u64, waker: &Waker) -> Option<OwnedEvent> {
        outcome(&mut self.saves, token, waker)
    }

    pub(super) fn remove_save(&mut self, token: u64) {
        self.saves.remove(&token);
    }

    pub(super) fn add_stream(&mut self) -> u64 {
        let token = self.token();
        self.streams.insert(token, Arrivals::default());
        token
    }

    pub(super) fn remove_stream(&mut self, token: u64) {
        self.streams.remove(&token);
    }

    /// What came next for a stream: `Err(Some)` is a failure, `Err(None)` nothing now, with a waker
    /// that is told of more.
    pub(super) fn next_arrival(
        &mut self,
        token: u64,
        waker: &Waker,
    ) -> std::result::Result<RequestId, Option<Error>> {
        let closed = self.closed;
        let stream = self.streams.entry(token).or_default();
        match stream.frames.pop_front() {
            Some(Ok(id)) => Ok(id),
            Some(Err(error)) => Err(Some(error)),
            None if closed => Err(Some(Error::new(Status::CLOSED, "the client was closed"))),
            None => {
                stream.waker = Some(waker.clone());
                Err(None)
            }
        }
    }
}

fn outcome(slots: &mut HashMap<u64, Slot>, key: u64, waker: &Waker) -> Option<OwnedEvent> {
    match slots.get_mut(&key)? {
        Slot::Waiting(kept) => {
            *kept = Some(waker.clone());
            None
        }
        Slot::Over(_) | Slot::Abandoned => match slots.remove(&key) {
            Some(Slot::Over(event)) => Some(event),
            _ => None,
        },
    }
}

impl Slot {
    fn end(&mut self, event: OwnedEvent) -> Option<Waker> {
        match std::mem::replace(self, Self::Over(event)) {
            Self::Waiting(waker) => waker,
            _ => None,
        }
    }

    fn is_waited_for(&self) -> bool {
        matches!(self, Self::Waiting(Some(_)))
    }
}
