//! Pictures.

use crate::*;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_pixels {
    pub struct_size: u32,
    pub format: u32,
    pub data: *mut c_void,
    pub capacity: usize,
    pub stride: usize,
    pub width: u32,
    pub height: u32,
    pub made_format: u32,
    pub reserved: u32,
    pub made_stride: usize,
    pub size: usize,
}

pub const UESYNTH_PIXELS_INIT: uesynth_pixels = uesynth_pixels {
    struct_size: size_of::<uesynth_pixels>() as u32,
    format: 0,
    data: null_mut(),
    capacity: 0,
    stride: 0,
    width: 0,
    height: 0,
    made_format: 0,
    reserved: 0,
    made_stride: 0,
    size: 0,
};

extern "C" {
    pub fn uesynth_frame_decode(
        frame: *const uesynth_frame,
        pixels: *mut uesynth_pixels,
    ) -> uesynth_status;
    pub fn uesynth_frame_convert(
        frame: *const uesynth_frame,
        pixels: *mut uesynth_pixels,
    ) -> uesynth_status;
}

pub const UESYNTH_FILE_PNG: u32 = 1;
pub const UESYNTH_FILE_JPEG: u32 = 2;
pub const UESYNTH_FILE_NPY: u32 = 3;

pub const UESYNTH_PICTURE_AS_IS: u32 = 0;
pub const UESYNTH_PICTURE_PREVIEW: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_picture_options {
    pub struct_size: u32,
    pub kind: u32,
    pub quality: u32,
    pub full_chroma: u32,
    pub compression: i32,
    pub keep_alpha: u32,
    pub depth_near: f32,
    pub depth_far: f32,
    pub flow_full: f32,
}

pub const UESYNTH_PICTURE_OPTIONS_INIT: uesynth_picture_options = uesynth_picture_options {
    struct_size: size_of::<uesynth_picture_options>() as u32,
    kind: 0,
    quality: 95,
    full_chroma: 0,
    compression: -1,
    keep_alpha: 0,
    depth_near: 0.0,
    depth_far: 0.0,
    flow_full: 0.0,
};

extern "C" {
    pub fn uesynth_frame_encode(
        frame: *const uesynth_frame,
        file: u32,
        options: *const uesynth_picture_options,
        bytes: *mut *mut u8,
        size: *mut usize,
    ) -> uesynth_status;
    pub fn uesynth_bytes_free(bytes: *mut u8);
    pub fn uesynth_frame_save(
        frame: *const uesynth_frame,
        path: *const c_char,
        options: *const uesynth_picture_options,
    ) -> uesynth_status;
}

pub const UESYNTH_SAVE_NO_EVENT: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_save_options {
    pub struct_size: u32,
    pub flags: u32,
    pub timeout_ms: i64,
    pub cookie: u64,
    pub picture: *const uesynth_picture_options,
}

pub const UESYNTH_SAVE_OPTIONS_INIT: uesynth_save_options = uesynth_save_options {
    struct_size: size_of::<uesynth_save_options>() as u32,
    flags: 0,
    timeout_ms: -1,
    cookie: 0,
    picture: null(),
};

extern "C" {
    pub fn uesynth_client_save(
        client: *mut uesynth_client,
        frame: *const uesynth_frame,
        path: *const c_char,
        options: *const uesynth_save_options,
        callback: uesynth_event_fn,
        user_data: *mut c_void,
        destroy: uesynth_destroy_fn,
    ) -> uesynth_status;
    pub fn uesynth_client_flush_saves(
        client: *mut uesynth_client,
        timeout_ms: i64,
    ) -> uesynth_status;
}
