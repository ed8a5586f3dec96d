//! Events and frames that wait to be taken, and watching the connection.

use std::mem::size_of;
use std::os::unix::io::RawFd;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Client;
use crate::callback::Registration;
use crate::error::{check, check_or_not_now, Error, Result, Status};
use crate::event::{Event, OwnedEvent};
use crate::frame::{received, Frame};
use crate::names::{LogLevel, Modality};
use crate::request::RequestId;
use crate::text::{self, Text};
use uesynth_sys as sys;

impl Client {
    /// The next event, waiting at most so long (`None`: as long as it takes). `Ok(None)`: none came in
    /// time.
    pub fn poll(&self, wait: Option<Duration>) -> Result<Option<OwnedEvent>> {
        Ok(self.poll_many(1, wait)?.pop())
    }

    /// Up to `capacity` events, waiting for the first one.
    pub fn poll_many(&self, capacity: usize, wait: Option<Duration>) -> Result<Vec<OwnedEvent>> {
        if self.0.events_taken.load(Ordering::Relaxed) {
            return Err(Error::misuse("the events of this client go to its futures (aio::Client)"));
        }
        self.take_events(capacity, wait)
    }

    /// From now on only [`Client::take_events`] polls.
    pub(crate) fn keep_events(&self) {
        self.0.events_taken.store(true, Ordering::Relaxed);
    }

    pub(crate) fn take_events(
        &self,
        capacity: usize,
        wait: Option<Duration>,
    ) -> Result<Vec<OwnedEvent>> {
        self.panics().resuming(|| {
            let mut events: Vec<sys::uesynth_event> = Vec::with_capacity(capacity);
            let (mut count, size) = (0, size_of::<sys::uesynth_event>());
            let (to, wait) = (events.as_mut_ptr(), text::wait_ms(wait));
            // SAFETY: room for capacity events.
            let taken = check_or_not_now(unsafe {
                sys::uesynth_client_poll(self.as_ptr(), to, capacity, size, wait, &mut count)
            })?;
            // SAFETY: count of them were written, and are owned.
            unsafe { events.set_len(if taken { count } else { 0 }) };
            Ok(events.into_iter().map(OwnedEvent::adopt).collect())
        })
    }

    /// A descriptor that is readable exactly while there are events, for poll(2) and the like. It is the
    /// library's, and valid as long as the client: wait on it, but do not read, write or close it.
    pub fn event_fd(&self) -> Result<RawFd> {
        let mut fd = -1;
        // SAFETY: valid.
        check(unsafe { sys::uesynth_client_event_fd(self.as_ptr(), &mut fd) })?;
        Ok(fd)
    }

    /// The newest frame of a camera and modality, once; `None` if there is no new one.
    pub fn latest_frame(&self, modality: Modality, camera: &str) -> Result<Option<Frame>> {
        self.newest(modality, camera, 0)
    }

    /// The newest frame of a camera and modality, new or not.
    pub fn peek_latest_frame(&self, modality: Modality, camera: &str) -> Result<Option<Frame>> {
        self.newest(modality, camera, 1)
    }

    fn newest(&self, modality: Modality, camera: &str, peek: i32) -> Result<Option<Frame>> {
        self.panics().resuming(|| {
            let (camera, raw) = (Text::new(camera), self.as_ptr());
            let camera = camera.pointer()?;
            // SAFETY: valid, and borrowed for the call.
            let found = received(|frame| unsafe {
                sys::uesynth_client_latest_frame(raw, modality.raw(), camera, peek, frame)
            });
            match found {
                Err(error) if error.status() == Status::NO_FRAME => Ok(None),
                found => found.map(Some),
            }
        })
    }

    /// The undelivered frame of a request, waiting at most so long. `Ok(None)`: not yet.
    pub fn take_frame(&self, request: RequestId, wait: Option<Duration>) -> Result<Option<Frame>> {
        self.panics().resuming(|| {
            let raw = self.as_ptr();
            // SAFETY: valid.
            let taken = received(|frame| unsafe {
                sys::uesynth_client_take_frame(raw, request.0, text::wait_ms(wait), frame)
            });
            match taken {
                Err(error) if error.status() == Status::WOULD_BLOCK => Ok(None),
                taken => taken.map(Some),
            }
        })
    }

    /// Asks for events of the connection, and for log records that matter so much or more, for
    /// [`Client::poll`]. Takes the place of what was asked before.
    pub fn watch(&self, states: bool, log: LogLevel) -> Result<()> {
        self.watch_to(states, log, &Registration::NONE)
    }

    /// The same with a closure that is called with each event.
    pub fn watch_with(
        &self,
        states: bool,
        log: LogLevel,
        each: impl FnMut(&Event) + Send + 'static,
    ) -> Result<()> {
        self.watch_to(states, log, &Registration::new(Box::new(each), self.panics()))
    }

    fn watch_to(&self, states: bool, log: LogLevel, to: &Registration) -> Result<()> {
        self.panics().resuming(|| {
            let options = sys::uesynth_watch_options {
                states: u32::from(states),
                log_level: log.raw(),
                ..sys::UESYNTH_WATCH_OPTIONS_INIT
            };
            // SAFETY: valid, and borrowed for the call.
            check(unsafe {
                let (call, data, destroy) = (to.callback, to.user_data, to.destroy);
                sys::uesynth_client_watch(self.as_ptr(), &options, call, data, destroy)
            })
        })
    }
}
