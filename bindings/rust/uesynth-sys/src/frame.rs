//! Frames.

use crate::*;

#[repr(C)]
pub struct uesynth_frame {
    _data: [u8; 0],
    _marker: Marker,
}

pub const UESYNTH_FORMAT_UNKNOWN: u32 = 0;
pub const UESYNTH_FORMAT_RGBA8: u32 = 1;
pub const UESYNTH_FORMAT_RGB8: u32 = 2;
pub const UESYNTH_FORMAT_BGRA8: u32 = 3;
pub const UESYNTH_FORMAT_GRAY8: u32 = 4;
pub const UESYNTH_FORMAT_F32: u32 = 5;
pub const UESYNTH_FORMAT_F32X2: u32 = 6;
pub const UESYNTH_FORMAT_F32X3: u32 = 7;
pub const UESYNTH_FORMAT_U32: u32 = 8;
pub const UESYNTH_FORMAT_F16: u32 = 9;
pub const UESYNTH_FORMAT_PNG: u32 = 10;
pub const UESYNTH_FORMAT_JPEG: u32 = 11;
pub const UESYNTH_FORMAT_EXR: u32 = 12;
pub const UESYNTH_FORMAT_BGR8: u32 = 32;
pub const UESYNTH_FORMAT_GRAY16: u32 = 33;
pub const UESYNTH_FORMAT_F32X4: u32 = 34;
pub const UESYNTH_FORMAT_F32X3_PLANAR: u32 = 35;
pub const UESYNTH_FORMAT_F32X4_PLANAR: u32 = 36;

pub const UESYNTH_FRAME_FORMAT_MISMATCH: u32 = 1;
pub const UESYNTH_FRAME_SIZE_MISMATCH: u32 = 2;
pub const UESYNTH_FRAME_PLACEHOLDER: u32 = 4;
pub const UESYNTH_FRAME_EMPTY: u32 = 8;
pub const UESYNTH_FRAME_CHANGE_FAILED: u32 = 16;
pub const UESYNTH_FRAME_HOST_MEMORY: u32 = 32;
pub const UESYNTH_FRAME_HAS_POSE: u32 = 64;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_frame_info {
    pub struct_size: u32,
    pub modality: u32,
    pub data: *const u8,
    pub size: usize,
    pub width: u32,
    pub height: u32,
    pub stride: usize,
    pub format: u32,
    pub flags: u32,
    pub claimed_format: *const c_char,
    pub camera: *const c_char,
    pub sequence: u64,
    pub request_id: u64,
    pub cookie: u64,
    pub dropped_before: u64,
    pub submitted_ns: i64,
    pub sent_ns: i64,
    pub first_byte_ns: i64,
    pub completed_ns: i64,
    pub delivered_ns: i64,
    pub pose: uesynth_transform,
}

pub const UESYNTH_FRAME_INFO_INIT: uesynth_frame_info = uesynth_frame_info {
    struct_size: size_of::<uesynth_frame_info>() as u32,
    modality: 0,
    data: null(),
    size: 0,
    width: 0,
    height: 0,
    stride: 0,
    format: 0,
    flags: 0,
    claimed_format: null(),
    camera: null(),
    sequence: 0,
    request_id: 0,
    cookie: 0,
    dropped_before: 0,
    submitted_ns: 0,
    sent_ns: 0,
    first_byte_ns: 0,
    completed_ns: 0,
    delivered_ns: 0,
    pose: UESYNTH_TRANSFORM_INIT,
};

extern "C" {
    pub fn uesynth_frame_view(
        frame: *const uesynth_frame,
        info: *mut uesynth_frame_info,
    ) -> uesynth_status;
    pub fn uesynth_frame_retain(frame: *mut uesynth_frame) -> *mut uesynth_frame;
    pub fn uesynth_frame_release(frame: *mut uesynth_frame);
}
