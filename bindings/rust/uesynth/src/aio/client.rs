use std::fmt;
use std::os::unix::io::{AsRawFd, RawFd};
use std::path::Path;
use std::sync::Arc;

use super::answer::{Answer, Saving, Work};
use super::frames::FrameStream;
use super::shared::Shared;
use crate::action::Action;
use crate::error::{Error, Result, Status};
use crate::event::OwnedEvent;
use crate::frame::Frame;
use crate::geometry::Transform;
use crate::names::{Modality, WhenFull};
use crate::options::ClientOptions;
use crate::picture::SaveOptions;
use crate::request::{FramesetRequest, SubmitOptions};
use crate::subscription::SubscriptionOptions;

/// A client whose requests are futures. `clone` is another handle of the same client.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

fn done(event: OwnedEvent) -> Result<OwnedEvent> {
    event.result().map(|()| event)
}

fn nothing(event: OwnedEvent) -> Result<()> {
    done(event).map(drop)
}

fn pose(event: OwnedEvent) -> Result<Transform> {
    let event = done(event)?;
    let pose = event.reply().and_then(crate::Reply::transform);
    pose.ok_or_else(|| Error::new(Status::UNKNOWN, "the reply has no transform"))
}

impl Client {
    /// A client with default options. It connects with the first request.
    pub fn new(target: &str) -> Result<Self> {
        Self::open(&ClientOptions::new(), target)
    }

    /// A client with options. Whatever they say of it, a request that finds the client full waits in its
    /// future.
    pub fn open(options: &ClientOptions, target: &str) -> Result<Self> {
        let client = options.clone().when_full(WhenFull::WouldBlock).open(target)?;
        Ok(Self(Arc::new(Shared::new(client)?)))
    }

    /// The client itself, for everything that does not wait. Its events go to the futures: it cannot
    /// be polled.
    #[must_use]
    pub fn client(&self) -> &crate::Client {
        &self.0.client
    }

    /// Does one action.
    pub fn call(&self, action: &Action, options: SubmitOptions) -> Answer<OwnedEvent> {
        Answer::new(&self.0, Work::Action(action.clone(), options), done)
    }

    /// A picture; a size of 0 leaves it to the server.
    pub fn capture(
        &self,
        modality: Modality,
        camera: &str,
        width: u32,
        height: u32,
    ) -> Answer<Frame> {
        let action = Action::capture(modality).camera(camera).size(width, height);
        self.capture_with(&action, SubmitOptions::new())
    }

    /// A picture by an action of one's own.
    pub fn capture_with(&self, action: &Action, options: SubmitOptions) -> Answer<Frame> {
        Answer::new(&self.0, Work::Action(action.clone(), options), OwnedEvent::into_frame)
    }

    /// Moves a camera.
    pub fn set_camera_transform(&self, camera: &str, transform: &Transform) -> Answer<()> {
        let action = Action::set_camera_transform(camera, transform);
        Answer::new(&self.0, Work::Action(action, SubmitOptions::new()), nothing)
    }

    /// Where a camera is.
    pub fn camera_transform(&self, camera: &str) -> Answer<Transform> {
        let action = Action::get_camera_transform(camera);
        Answer::new(&self.0, Work::Action(action, SubmitOptions::new()), pose)
    }

    /// Runs a frameset. The event has the parts also where some failed.
    pub fn capture_set(&self, request: &FramesetRequest) -> Answer<OwnedEvent> {
        Answer::new(&self.0, Work::Set(request.clone()), Ok)
    }

    /// Captures again and again until the stream is dropped. The cookie of `options` does not apply.
    pub fn frames(&self, options: &SubscriptionOptions) -> Result<FrameStream> {
        FrameStream::new(&self.0, options)
    }

    /// Hands a frame over to be saved by a thread of the library. [`Status::WOULD_BLOCK`]: its queue is
    /// full. The cookie of `options` does not apply.
    pub fn save(
        &self,
        frame: &Frame,
        path: impl AsRef<Path>,
        options: &SaveOptions,
    ) -> Result<Saving> {
        let token = self.0.router().add_save();
        let saving = Saving { shared: Arc::clone(&self.0), token };
        let options = options.clone().cookie(token).with_event();
        self.0.client.save_now(frame, path.as_ref(), &options)?;
        Ok(saving)
    }

    /// Takes over from the thread that drives the futures otherwise, as long as the driver lives.
    #[must_use]
    pub fn drive(&self) -> Driver {
        self.0.add_driver();
        Driver(Arc::clone(&self.0))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.client.fmt(f)
    }
}

/// A host's own loop in charge of a client's futures: [`Client::drive`].
///
/// Its descriptor is readable exactly while [`Driver::turn`] has something to do. It is the library's:
/// wait on it, but do not read, write or close it.
pub struct Driver(Arc<Shared>);

impl Driver {
    /// Takes every event that is there and wakes the futures that they are for. Never waits.
    pub fn turn(&self) -> usize {
        self.0.turn()
    }
}

impl AsRawFd for Driver {
    fn as_raw_fd(&self) -> RawFd {
        self.0.fd
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.remove_driver();
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Driver").field(&self.0.fd).finish()
    }
}
