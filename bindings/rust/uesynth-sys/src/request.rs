//! Requests.

use crate::*;

pub const UESYNTH_SUBMIT_NOTIFY_ONLY: u32 = 1;
pub const UESYNTH_SUBMIT_NO_EVENT: u32 = 2;
pub const UESYNTH_SUBMIT_ORDER_NONE: u32 = 4;
pub const UESYNTH_SUBMIT_WAIT_FOR_READY: u32 = 8;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_submit_options {
    pub struct_size: u32,
    pub flags: u32,
    pub route: u32,
    pub reserved: u32,
    pub timeout_ms: i64,
    pub cookie: u64,
    pub destination: *mut c_void,
    pub destination_capacity: usize,
    pub destination_done: uesynth_destroy_fn,
    pub destination_user_data: *mut c_void,
}

pub const UESYNTH_SUBMIT_OPTIONS_INIT: uesynth_submit_options = uesynth_submit_options {
    struct_size: size_of::<uesynth_submit_options>() as u32,
    flags: 0,
    route: 0,
    reserved: 0,
    timeout_ms: 0,
    cookie: 0,
    destination: null_mut(),
    destination_capacity: 0,
    destination_done: None,
    destination_user_data: null_mut(),
};

extern "C" {
    pub fn uesynth_client_call(
        client: *mut uesynth_client,
        action: *const uesynth_action,
        options: *const uesynth_submit_options,
        event: *mut uesynth_event,
    ) -> uesynth_status;
    pub fn uesynth_client_capture(
        client: *mut uesynth_client,
        modality: u32,
        camera: *const c_char,
        width: u32,
        height: u32,
        frame: *mut *mut uesynth_frame,
    ) -> uesynth_status;
    pub fn uesynth_client_set_camera_transform(
        client: *mut uesynth_client,
        camera: *const c_char,
        transform: *const uesynth_transform,
    ) -> uesynth_status;
    pub fn uesynth_client_get_camera_transform(
        client: *mut uesynth_client,
        camera: *const c_char,
        transform: *mut uesynth_transform,
    ) -> uesynth_status;
    pub fn uesynth_client_set_object_transform(
        client: *mut uesynth_client,
        object: *const c_char,
        transform: *const uesynth_transform,
    ) -> uesynth_status;
    pub fn uesynth_client_get_object_transform(
        client: *mut uesynth_client,
        object: *const c_char,
        transform: *mut uesynth_transform,
    ) -> uesynth_status;
    pub fn uesynth_client_submit(
        client: *mut uesynth_client,
        action: *const uesynth_action,
        options: *const uesynth_submit_options,
        request_id: *mut u64,
        callback: uesynth_event_fn,
        user_data: *mut c_void,
        destroy: uesynth_destroy_fn,
    ) -> uesynth_status;
    pub fn uesynth_client_submit_batch(
        client: *mut uesynth_client,
        actions: *const uesynth_action,
        count: usize,
        action_size: usize,
        options: *const uesynth_submit_options,
        request_ids: *mut u64,
        submitted: *mut usize,
        callback: uesynth_event_fn,
        user_data: *mut c_void,
        destroy: uesynth_destroy_fn,
    ) -> uesynth_status;
    pub fn uesynth_client_cancel(client: *mut uesynth_client, request_id: u64) -> uesynth_status;
}
