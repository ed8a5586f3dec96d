use std::os::raw::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

use crate::event::Event;
use crate::panics::Panics;
use uesynth_sys as sys;

type Call = Box<dyn FnMut(&Event) + Send>;

/// A closure that the library calls with events, behind its `user_data`. After a panic it is not
/// called again: what it captured may be half changed.
struct Callback {
    call: Option<Call>,
    panics: Arc<Panics>,
}

/// What is handed to a C function that registers a callback. The library lets go of it by `destroy`,
/// also when registering fails.
pub(crate) struct Registration {
    pub(crate) callback: sys::uesynth_event_fn,
    pub(crate) user_data: *mut c_void,
    pub(crate) destroy: sys::uesynth_destroy_fn,
}

impl Registration {
    pub(crate) const NONE: Self = Self { callback: None, user_data: null_mut(), destroy: None };

    pub(crate) fn new(call: Call, panics: &Arc<Panics>) -> Self {
        let callback = Callback { call: Some(call), panics: Arc::clone(panics) };
        Self {
            callback: Some(on_event),
            user_data: Box::into_raw(Box::new(callback)).cast(),
            destroy: Some(on_done),
        }
    }

    /// For an event that comes once.
    pub(crate) fn once(call: impl FnOnce(&Event) + Send + 'static, panics: &Arc<Panics>) -> Self {
        let mut call = Some(call);
        let call = move |event: &Event| {
            if let Some(call) = call.take() {
                call(event);
            }
        };
        Self::new(Box::new(call), panics)
    }
}

unsafe extern "C" fn on_event(event: *const sys::uesynth_event, user_data: *mut c_void) {
    // Callbacks run one at a time, so that this is the only reference.
    let callback = &mut *user_data.cast::<Callback>();
    let panics = Arc::clone(&callback.panics);
    if let Some(call) = &mut callback.call {
        if panics.catch(|| call(Event::lent(event))).is_none() {
            let call = callback.call.take();
            let _ = panics.catch(|| drop(call));
        }
    }
}

unsafe extern "C" fn on_done(user_data: *mut c_void) {
    let callback = Box::from_raw(user_data.cast::<Callback>());
    let panics = Arc::clone(&callback.panics);
    let _ = panics.catch(|| drop(callback));
}
