use std::fmt;
use std::ptr::NonNull;
use std::sync::mpsc::{sync_channel, Receiver};
use std::sync::Arc;

use crate::callback::Registration;
use crate::client::{made, Client};
use crate::error::Result;
use crate::event::Event;
use crate::frame::Frame;
use crate::names::{Modality, Route};
use crate::panics::{Panics, ResumeAfter};
use crate::text::Text;
use uesynth_sys as sys;

/// What is captured again and again.
#[derive(Clone, Debug)]
pub struct SubscriptionOptions {
    camera: Text,
    raw: sys::uesynth_subscription_options,
}

// SAFETY: the pointer in raw is only set for a call.
unsafe impl Send for SubscriptionOptions {}
// SAFETY: as above.
unsafe impl Sync for SubscriptionOptions {}

impl SubscriptionOptions {
    /// The default camera, as fast as the server.
    #[must_use]
    pub fn new(modality: Modality) -> Self {
        let raw = sys::uesynth_subscription_options {
            modality: modality.raw(),
            ..sys::UESYNTH_SUBSCRIPTION_OPTIONS_INIT
        };
        Self { camera: Text::default(), raw }
    }

    /// Another camera.
    #[must_use]
    pub fn camera(mut self, camera: &str) -> Self {
        self.camera = Text::new(camera);
        self
    }

    /// In pixels; 0 leaves the choice to the server.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.raw.width = width;
        self.raw.height = height;
        self
    }

    /// Captures a second.
    #[must_use]
    pub fn rate_hz(mut self, rate: f64) -> Self {
        self.raw.rate_hz = rate;
        self
    }

    /// Captures kept in flight, 1 to 4096; 0: the library chooses.
    #[must_use]
    pub fn depth(mut self, count: u32) -> Self {
        self.raw.depth = count;
        self
    }

    /// How they travel.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.raw.route = route.raw();
        self
    }

    /// Comes back on each event and frame.
    #[must_use]
    pub fn cookie(mut self, cookie: u64) -> Self {
        self.raw.cookie = cookie;
        self
    }
}

/// Captures that go on until this is dropped. No callback of it runs after that, unless it is dropped
/// inside one.
pub struct Subscription {
    raw: NonNull<sys::uesynth_subscription>,
    panics: Arc<Panics>,
}

// SAFETY: it may be closed on any thread.
unsafe impl Send for Subscription {}
// SAFETY: a shared reference offers nothing.
unsafe impl Sync for Subscription {}

impl Subscription {
    /// Ends it; the same as dropping it.
    pub fn close(self) {}
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let _resume = ResumeAfter(Arc::clone(&self.panics));
        // SAFETY: owned.
        unsafe { sys::uesynth_subscription_close(self.raw.as_ptr()) }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}

impl Client {
    /// Captures again and again. Events go to [`Client::poll`] and frames stay with the client, for
    /// [`Client::take_frame`] and [`Client::latest_frame`].
    pub fn subscribe(&self, options: &SubscriptionOptions) -> Result<Subscription> {
        self.subscribe_to(options, || Registration::NONE)
    }

    /// Captures again and again, and calls the closure with each event: a frame, or a failure, after which
    /// it goes on.
    pub fn subscribe_with(
        &self,
        options: &SubscriptionOptions,
        each: impl FnMut(&Event) + Send + 'static,
    ) -> Result<Subscription> {
        self.subscribe_to(options, || Registration::new(Box::new(each), self.panics()))
    }

    fn subscribe_to(
        &self,
        options: &SubscriptionOptions,
        registration: impl FnOnce() -> Registration,
    ) -> Result<Subscription> {
        self.panics().resuming(|| {
            let mut raw = options.raw;
            raw.camera = options.camera.pointer()?;
            let to = registration();
            // SAFETY: valid, and borrowed for the call.
            let raw = made("subscription", |subscription| unsafe {
                sys::uesynth_client_subscribe(
                    self.as_ptr(),
                    &raw,
                    subscription,
                    to.callback,
                    to.user_data,
                    to.destroy,
                )
            })?;
            Ok(Subscription { raw, panics: Arc::clone(self.panics()) })
        })
    }

    /// The frames of a subscription, one after the other, none left out: while they are not taken, the
    /// server waits, and so do the client's other callbacks.
    ///
    /// ```
    /// # let target = match std::env::var("UESYNTH_TEST_TARGET") { Ok(t) => t, Err(_) => return Ok(()) };
    /// use uesynth::{Client, Modality, SubscriptionOptions};
    ///
    /// let client = Client::new(&target)?;
    /// let options = SubscriptionOptions::new(Modality::Rgb).size(64, 48);
    /// for frame in client.frames(&options)?.take(3) {
    ///     assert_eq!(frame?.width(), 64);
    /// }
    /// # Ok::<(), uesynth::Error>(())
    /// ```
    pub fn frames(&self, options: &SubscriptionOptions) -> Result<Frames> {
        let (sender, receiver) = sync_channel(1);
        let subscription = self.subscribe_with(options, move |event| {
            if let Some(frame) = event.result().map(|()| event.frame()).transpose() {
                // Who has gone wants nothing.
                let _ = sender.send(frame);
            }
        })?;
        Ok(Frames { receiver: Some(receiver), subscription: Some(subscription) })
    }
}

/// The frames of a subscription: [`Client::frames`]. Dropping it ends the subscription.
#[derive(Debug)]
pub struct Frames {
    receiver: Option<Receiver<Result<Frame>>>,
    subscription: Option<Subscription>,
}

impl Iterator for Frames {
    type Item = Result<Frame>;

    /// A frame, or a failure, after which it goes on; `None` when the client was closed.
    fn next(&mut self) -> Option<Self::Item> {
        let next = self.receiver.as_ref()?.recv().ok()?;
        if matches!(&next, Err(error) if error.status() == crate::Status::CLOSED) {
            self.receiver = None;
            return None;
        }
        Some(next)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        // First, so that a callback that waits for room returns.
        self.receiver = None;
        self.subscription = None;
    }
}
