//! Requests that wait.

use super::Client;
use crate::action::Action;
use crate::error::{check, Result};
use crate::event::OwnedEvent;
use crate::frame::{received, Frame};
use crate::geometry::Transform;
use crate::names::Modality;
use crate::request::{FramesetRequest, SubmitOptions};
use crate::text::Text;
use uesynth_sys as sys;

impl Client {
    /// Does one action and waits for its outcome.
    pub fn call(&self, action: &Action, options: SubmitOptions) -> Result<OwnedEvent> {
        self.panics().resuming(|| {
            let action = action.raw()?;
            let options = options.raw();
            let mut event = sys::UESYNTH_EVENT_INIT;
            // SAFETY: what was accepted writes the event, which is then owned.
            let status =
                unsafe { sys::uesynth_client_call(self.as_ptr(), &action, &options, &mut event) };
            let event = OwnedEvent::adopt(event);
            check(status).map(|()| event)
        })
    }

    /// A picture; a size of 0 leaves it to the server.
    pub fn capture(
        &self,
        modality: Modality,
        camera: &str,
        width: u32,
        height: u32,
    ) -> Result<Frame> {
        self.panics().resuming(|| {
            let (camera, raw) = (Text::new(camera), self.as_ptr());
            let camera = camera.pointer()?;
            // SAFETY: valid, and borrowed for the call.
            received(|frame| unsafe {
                sys::uesynth_client_capture(raw, modality.raw(), camera, width, height, frame)
            })
        })
    }

    /// Moves a camera, `""` being the default one.
    pub fn set_camera_transform(&self, camera: &str, transform: &Transform) -> Result<()> {
        self.set_transform(sys::uesynth_client_set_camera_transform, camera, transform)
    }

    /// Where a camera is.
    pub fn camera_transform(&self, camera: &str) -> Result<Transform> {
        self.get_transform(sys::uesynth_client_get_camera_transform, camera)
    }

    /// Moves an object.
    pub fn set_object_transform(&self, object: &str, transform: &Transform) -> Result<()> {
        self.set_transform(sys::uesynth_client_set_object_transform, object, transform)
    }

    /// Where an object is.
    pub fn object_transform(&self, object: &str) -> Result<Transform> {
        self.get_transform(sys::uesynth_client_get_object_transform, object)
    }

    fn set_transform(
        &self,
        set: unsafe extern "C" fn(
            *mut sys::uesynth_client,
            *const std::os::raw::c_char,
            *const sys::uesynth_transform,
        ) -> sys::uesynth_status,
        name: &str,
        transform: &Transform,
    ) -> Result<()> {
        self.panics().resuming(|| {
            let (name, transform) = (Text::new(name), transform.raw());
            // SAFETY: valid, and borrowed for the call.
            check(unsafe { set(self.as_ptr(), name.pointer()?, &transform) })
        })
    }

    fn get_transform(
        &self,
        get: unsafe extern "C" fn(
            *mut sys::uesynth_client,
            *const std::os::raw::c_char,
            *mut sys::uesynth_transform,
        ) -> sys::uesynth_status,
        name: &str,
    ) -> Result<Transform> {
        self.panics().resuming(|| {
            let (name, mut transform) = (Text::new(name), sys::UESYNTH_TRANSFORM_INIT);
            // SAFETY: valid, and borrowed for the call.
            check(unsafe { get(self.as_ptr(), name.pointer()?, &mut transform) })?;
            Ok(Transform::from_raw(transform))
        })
    }

    /// Runs a frameset and waits for its end. The event has the parts also where some failed: its
    /// [`Event::result`](crate::Event::result) is the first failure.
    pub fn capture_set(&self, request: &FramesetRequest) -> Result<OwnedEvent> {
        self.panics().resuming(|| {
            request.with_raw(|options| {
                let mut event = sys::UESYNTH_EVENT_INIT;
                // SAFETY: what was accepted writes the event, which is then owned.
                let status =
                    unsafe { sys::uesynth_client_capture_set(self.as_ptr(), options, &mut event) };
                let accepted = event.type_ != 0;
                let event = OwnedEvent::adopt(event);
                if accepted {
                    return Ok(event);
                }
                check(status).map(|()| event)
            })
        })
    }
}
