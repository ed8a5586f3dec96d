//! Sequences: pictures along a list of poses.

use crate::*;

#[repr(C)]
pub struct uesynth_sequence {
    _data: [u8; 0],
    _marker: Marker,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_sequence_options {
    pub struct_size: u32,
    pub modality: u32,
    pub camera: *const c_char,
    pub width: u32,
    pub height: u32,
    pub ahead: u32,
    pub route: u32,
    pub timeout_ms: i64,
}

pub const UESYNTH_SEQUENCE_OPTIONS_INIT: uesynth_sequence_options = uesynth_sequence_options {
    struct_size: size_of::<uesynth_sequence_options>() as u32,
    modality: 1,
    camera: null(),
    width: 0,
    height: 0,
    ahead: 0,
    route: 0,
    timeout_ms: 0,
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_sequence_stats {
    pub struct_size: u32,
    pub ahead: u32,
    pub ahead_peak: u32,
    pub reserved: u32,
    pub poses: u64,
    pub submitted: u64,
    pub handed_out: u64,
    pub waits: u64,
    pub waited_ns: i64,
}

pub const UESYNTH_SEQUENCE_STATS_INIT: uesynth_sequence_stats = uesynth_sequence_stats {
    struct_size: size_of::<uesynth_sequence_stats>() as u32,
    ahead: 0,
    ahead_peak: 0,
    reserved: 0,
    poses: 0,
    submitted: 0,
    handed_out: 0,
    waits: 0,
    waited_ns: 0,
};

extern "C" {
    pub fn uesynth_sequence_new(
        client: *mut uesynth_client,
        options: *const uesynth_sequence_options,
        poses: *const uesynth_transform,
        count: usize,
        sequence: *mut *mut uesynth_sequence,
    ) -> uesynth_status;
    pub fn uesynth_sequence_next(
        sequence: *mut uesynth_sequence,
        timeout_ms: i64,
        event: *mut uesynth_event,
    ) -> uesynth_status;
    pub fn uesynth_sequence_cancel(sequence: *mut uesynth_sequence) -> uesynth_status;
    pub fn uesynth_sequence_get_stats(
        sequence: *mut uesynth_sequence,
        stats: *mut uesynth_sequence_stats,
    ) -> uesynth_status;
    pub fn uesynth_sequence_free(sequence: *mut uesynth_sequence);
}
