//! Framesets: one pose, many pictures.

use crate::*;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_frameset_part {
    pub modality: u32,
    pub width: u32,
    pub height: u32,
    pub reserved: u32,
    pub camera: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_frameset_options {
    pub struct_size: u32,
    pub route: u32,
    pub camera: *const c_char,
    pub transform: *const uesynth_transform,
    pub parts: *const uesynth_frameset_part,
    pub part_count: usize,
    pub settle_captures: u32,
    pub verify: u32,
    pub settle_ms: i64,
    pub timeout_ms: i64,
    pub cookie: u64,
}

pub const UESYNTH_FRAMESET_OPTIONS_INIT: uesynth_frameset_options = uesynth_frameset_options {
    struct_size: size_of::<uesynth_frameset_options>() as u32,
    route: 0,
    camera: null(),
    transform: null(),
    parts: null(),
    part_count: 0,
    settle_captures: 0,
    verify: 0,
    settle_ms: 0,
    timeout_ms: 0,
    cookie: 0,
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_frameset_result {
    pub status: uesynth_status,
    pub modality: u32,
    pub message: *const c_char,
    pub frame: *mut uesynth_frame,
}

pub const UESYNTH_FRAMESET_VERIFIED: u32 = 1;
pub const UESYNTH_FRAMESET_DIFFERENT: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_frameset {
    pub struct_size: u32,
    pub flags: u32,
    pub pose_status: uesynth_status,
    pub settled: u32,
    pub spread_ns: i64,
    pub read_back: uesynth_transform,
    pub result_count: usize,
    pub results: *const uesynth_frameset_result,
}

extern "C" {
    pub fn uesynth_client_capture_set(
        client: *mut uesynth_client,
        options: *const uesynth_frameset_options,
        event: *mut uesynth_event,
    ) -> uesynth_status;
    pub fn uesynth_client_submit_set(
        client: *mut uesynth_client,
        options: *const uesynth_frameset_options,
        request_id: *mut u64,
        callback: uesynth_event_fn,
        user_data: *mut c_void,
        destroy: uesynth_destroy_fn,
    ) -> uesynth_status;
}
