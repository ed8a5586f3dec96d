//! Requests that do not wait.

use std::mem::size_of;

use super::Client;
use crate::action::Action;
use crate::callback::Registration;
use crate::error::{check, Result};
use crate::event::Event;
use crate::request::{Batch, FramesetRequest, RequestId, SubmitOptions};
use uesynth_sys as sys;

impl Client {
    /// Hands over one action. Its event is taken by [`Client::poll`].
    pub fn submit(&self, action: &Action, options: SubmitOptions) -> Result<RequestId> {
        self.submit_to(action, options, || Registration::NONE)
    }

    /// Hands over one action; the closure is called with its event, on the client's delivery thread.
    pub fn submit_with(
        &self,
        action: &Action,
        options: SubmitOptions,
        done: impl FnOnce(&Event) + Send + 'static,
    ) -> Result<RequestId> {
        self.submit_to(action, options, || Registration::once(done, self.panics()))
    }

    fn submit_to(
        &self,
        action: &Action,
        options: SubmitOptions,
        registration: impl FnOnce() -> Registration,
    ) -> Result<RequestId> {
        self.panics().resuming(|| {
            let action = action.raw()?;
            // From here on nothing returns early: the library lets go of what it is handed.
            let (options, to) = (options.raw(), registration());
            let mut id = 0;
            // SAFETY: valid, and borrowed for the call.
            check(unsafe {
                let (call, data, destroy) = (to.callback, to.user_data, to.destroy);
                sys::uesynth_client_submit(
                    self.as_ptr(),
                    &action,
                    &options,
                    &mut id,
                    call,
                    data,
                    destroy,
                )
            })?;
            Ok(RequestId(id))
        })
    }

    /// Hands over many actions in one go, which costs less than one by one. Their events are taken by
    /// [`Client::poll`]. All are checked before the first is accepted.
    ///
    /// ```
    /// # let target = match std::env::var("UESYNTH_TEST_TARGET") { Ok(t) => t, Err(_) => return Ok(()) };
    /// use uesynth::{Action, Client, Modality};
    ///
    /// let client = Client::new(&target)?;
    /// let both = [Action::capture(Modality::Rgb), Action::capture(Modality::Depth)];
    /// let batch = client.submit_batch(&both, Default::default())?;
    /// assert_eq!(batch.requests.len(), 2);
    /// # Ok::<(), uesynth::Error>(())
    /// ```
    pub fn submit_batch(&self, actions: &[Action], options: SubmitOptions) -> Result<Batch> {
        self.batch_to(actions, options, || Registration::NONE)
    }

    /// The same with a closure that is called with each event.
    pub fn submit_batch_with(
        &self,
        actions: &[Action],
        options: SubmitOptions,
        each: impl FnMut(&Event) + Send + 'static,
    ) -> Result<Batch> {
        self.batch_to(actions, options, || Registration::new(Box::new(each), self.panics()))
    }

    fn batch_to(
        &self,
        actions: &[Action],
        options: SubmitOptions,
        registration: impl FnOnce() -> Registration,
    ) -> Result<Batch> {
        self.panics().resuming(|| {
            let actions = actions.iter().map(Action::raw).collect::<Result<Vec<_>>>()?;
            let (options, to) = (options.raw(), registration());
            let (mut ids, mut submitted) = (vec![0; actions.len()], 0);
            // SAFETY: valid, and borrowed for the call; there is room for as many ids.
            let status = unsafe {
                sys::uesynth_client_submit_batch(
                    self.as_ptr(),
                    actions.as_ptr(),
                    actions.len(),
                    size_of::<sys::uesynth_action>(),
                    &options,
                    ids.as_mut_ptr(),
                    &mut submitted,
                    to.callback,
                    to.user_data,
                    to.destroy,
                )
            };
            let stopped = check(status).err();
            match stopped {
                Some(error) if submitted == 0 => Err(error),
                stopped => {
                    ids.truncate(submitted);
                    Ok(Batch { requests: ids.into_iter().map(RequestId).collect(), stopped })
                }
            }
        })
    }

    /// Hands over a frameset. Its one event is taken by [`Client::poll`].
    pub fn submit_set(&self, request: &FramesetRequest) -> Result<RequestId> {
        self.set_to(request, || Registration::NONE)
    }

    /// The same with a closure that is called with its event.
    pub fn submit_set_with(
        &self,
        request: &FramesetRequest,
        done: impl FnOnce(&Event) + Send + 'static,
    ) -> Result<RequestId> {
        self.set_to(request, || Registration::once(done, self.panics()))
    }

    fn set_to(
        &self,
        request: &FramesetRequest,
        registration: impl FnOnce() -> Registration,
    ) -> Result<RequestId> {
        self.panics().resuming(|| {
            request.with_raw(|options| {
                let (to, mut id) = (registration(), 0);
                // SAFETY: valid, and borrowed for the call.
                check(unsafe {
                    let (call, data, destroy) = (to.callback, to.user_data, to.destroy);
                    sys::uesynth_client_submit_set(
                        self.as_ptr(),
                        options,
                        &mut id,
                        call,
                        data,
                        destroy,
                    )
                })?;
                Ok(RequestId(id))
            })
        })
    }

    /// Decides that a request was cancelled, unless something has decided its outcome before:
    /// [`Status::ALREADY_COMPLETED`](crate::Status::ALREADY_COMPLETED). Its event still comes.
    pub fn cancel(&self, request: RequestId) -> Result<()> {
        self.panics().resuming(|| {
            // SAFETY: valid.
            check(unsafe { sys::uesynth_client_cancel(self.as_ptr(), request.0) })
        })
    }
}
