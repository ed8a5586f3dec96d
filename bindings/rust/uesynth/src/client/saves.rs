//! Saves, by the thread that saves.

use std::path::Path;
use std::time::Duration;

use super::Client;
use crate::callback::Registration;
use crate::error::{check, check_or_not_now, Result};
use crate::event::Event;
use crate::frame::Frame;
use crate::picture::{path_text, SaveOptions};
use crate::text;
use uesynth_sys as sys;

impl Client {
    /// Hands a frame over to be saved by a thread of the library; the event is taken by
    /// [`Client::poll`].
    pub fn save(&self, frame: &Frame, path: impl AsRef<Path>, options: &SaveOptions) -> Result<()> {
        self.save_to(frame, path.as_ref(), options, true, || Registration::NONE)
    }

    /// Never waits for room in the queue.
    pub(crate) fn save_now(&self, frame: &Frame, path: &Path, options: &SaveOptions) -> Result<()> {
        self.save_to(frame, path, options, false, || Registration::NONE)
    }

    /// The same with a closure that is called with the event.
    pub fn save_with(
        &self,
        frame: &Frame,
        path: impl AsRef<Path>,
        options: &SaveOptions,
        done: impl FnOnce(&Event) + Send + 'static,
    ) -> Result<()> {
        let to = || Registration::once(done, self.panics());
        self.save_to(frame, path.as_ref(), options, true, to)
    }

    fn save_to(
        &self,
        frame: &Frame,
        path: &Path,
        options: &SaveOptions,
        wait: bool,
        registration: impl FnOnce() -> Registration,
    ) -> Result<()> {
        self.panics().resuming(|| {
            let (path, picture) = (path_text(path)?, options.picture_options().raw());
            let (options, to) = (options.raw(&picture, wait), registration());
            // SAFETY: valid, and borrowed for the call.
            check(unsafe {
                sys::uesynth_client_save(
                    self.as_ptr(),
                    frame.as_ptr(),
                    path.as_ptr(),
                    &options,
                    to.callback,
                    to.user_data,
                    to.destroy,
                )
            })
        })
    }

    /// Waits until every save that was accepted before is over. `Ok(false)`: not in time. The first
    /// failure of a save without event is returned, once.
    pub fn flush_saves(&self, wait: Option<Duration>) -> Result<bool> {
        self.panics().resuming(|| {
            // SAFETY: valid.
            check_or_not_now(unsafe {
                sys::uesynth_client_flush_saves(self.as_ptr(), text::wait_ms(wait))
            })
        })
    }
}
