//! Replies and events.

use crate::*;

pub const UESYNTH_REPLY_SUCCESS: u32 = 1;
pub const UESYNTH_REPLY_TRANSFORM: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_reply {
    pub struct_size: u32,
    pub flags: u32,
    pub transform: uesynth_transform,
    pub message: *const c_char,
    pub name_count: usize,
    pub names: *const *const c_char,
}

pub const UESYNTH_EVENT_COMPLETED: u32 = 1;
pub const UESYNTH_EVENT_FRAMESET: u32 = 2;
pub const UESYNTH_EVENT_SAVED: u32 = 3;
pub const UESYNTH_EVENT_STATE: u32 = 4;
pub const UESYNTH_EVENT_LOG: u32 = 5;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_event {
    pub struct_size: u32,
    pub type_: u32,
    pub request_id: u64,
    pub cookie: u64,
    pub status: uesynth_status,
    pub action: u32,
    pub message: *const c_char,
    pub frame: *mut uesynth_frame,
    pub reply: *const uesynth_reply,
    pub frameset: *const uesynth_frameset,
    pub reserved: *mut c_void,
}

pub const UESYNTH_EVENT_INIT: uesynth_event = uesynth_event {
    struct_size: size_of::<uesynth_event>() as u32,
    type_: 0,
    request_id: 0,
    cookie: 0,
    status: 0,
    action: 0,
    message: null(),
    frame: null_mut(),
    reply: null(),
    frameset: null(),
    reserved: null_mut(),
};

extern "C" {
    pub fn uesynth_events_release(events: *mut uesynth_event, count: usize, event_size: usize);
}

pub type uesynth_event_fn = Option<unsafe extern "C" fn(*const uesynth_event, *mut c_void)>;

pub type uesynth_destroy_fn = Option<unsafe extern "C" fn(*mut c_void)>;
