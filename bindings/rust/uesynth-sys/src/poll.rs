//! What waits to be taken: events, frames; and watching the connection.

use crate::*;

extern "C" {
    pub fn uesynth_client_poll(
        client: *mut uesynth_client,
        events: *mut uesynth_event,
        capacity: usize,
        event_size: usize,
        timeout_ms: i64,
        count: *mut usize,
    ) -> uesynth_status;
    pub fn uesynth_client_event_fd(client: *mut uesynth_client, fd: *mut c_int) -> uesynth_status;
}

pub const UESYNTH_LOG_NONE: u32 = 0;
pub const UESYNTH_LOG_ERROR: u32 = 1;
pub const UESYNTH_LOG_WARNING: u32 = 2;
pub const UESYNTH_LOG_INFO: u32 = 3;
pub const UESYNTH_LOG_DEBUG: u32 = 4;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_watch_options {
    pub struct_size: u32,
    pub states: u32,
    pub log_level: u32,
    pub reserved: u32,
    pub cookie: u64,
}

pub const UESYNTH_WATCH_OPTIONS_INIT: uesynth_watch_options = uesynth_watch_options {
    struct_size: size_of::<uesynth_watch_options>() as u32,
    states: 1,
    log_level: 2,
    reserved: 0,
    cookie: 0,
};

extern "C" {
    pub fn uesynth_client_watch(
        client: *mut uesynth_client,
        options: *const uesynth_watch_options,
        callback: uesynth_event_fn,
        user_data: *mut c_void,
        destroy: uesynth_destroy_fn,
    ) -> uesynth_status;
}

extern "C" {
    pub fn uesynth_client_latest_frame(
        client: *mut uesynth_client,
        modality: u32,
        camera: *const c_char,
        peek: c_int,
        frame: *mut *mut uesynth_frame,
    ) -> uesynth_status;
    pub fn uesynth_client_take_frame(
        client: *mut uesynth_client,
        request_id: u64,
        timeout_ms: i64,
        frame: *mut *mut uesynth_frame,
    ) -> uesynth_status;
}
