//! Pacing: beats at a fixed rate.

use crate::*;

#[repr(C)]
pub struct uesynth_pacer {
    _data: [u8; 0],
    _marker: Marker,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_beat {
    pub struct_size: u32,
    pub reserved: u32,
    pub number: u64,
    pub missed_before: u64,
    pub intended_ns: i64,
    pub actual_ns: i64,
}

pub const UESYNTH_BEAT_INIT: uesynth_beat = uesynth_beat {
    struct_size: size_of::<uesynth_beat>() as u32,
    reserved: 0,
    number: 0,
    missed_before: 0,
    intended_ns: 0,
    actual_ns: 0,
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_pacer_stats {
    pub struct_size: u32,
    pub reserved: u32,
    pub rate_hz: f64,
    pub started_ns: i64,
    pub beats: u64,
    pub beats_missed: u64,
    pub late_p50_ns: i64,
    pub late_p90_ns: i64,
    pub late_p99_ns: i64,
    pub late_max_ns: i64,
}

pub const UESYNTH_PACER_STATS_INIT: uesynth_pacer_stats = uesynth_pacer_stats {
    struct_size: size_of::<uesynth_pacer_stats>() as u32,
    reserved: 0,
    rate_hz: 0.0,
    started_ns: 0,
    beats: 0,
    beats_missed: 0,
    late_p50_ns: 0,
    late_p90_ns: 0,
    late_p99_ns: 0,
    late_max_ns: 0,
};

extern "C" {
    pub fn uesynth_pacer_new(rate_hz: f64, pacer: *mut *mut uesynth_pacer) -> uesynth_status;
    pub fn uesynth_pacer_wait(
        pacer: *mut uesynth_pacer,
        timeout_ms: i64,
        beat: *mut uesynth_beat,
    ) -> uesynth_status;
    pub fn uesynth_pacer_fd(pacer: *mut uesynth_pacer, fd: *mut c_int) -> uesynth_status;
    pub fn uesynth_pacer_get_stats(
        pacer: *mut uesynth_pacer,
        stats: *mut uesynth_pacer_stats,
    ) -> uesynth_status;
    pub fn uesynth_pacer_late(
        pacer: *mut uesynth_pacer,
        percentile: f64,
        ns: *mut i64,
    ) -> uesynth_status;
    pub fn uesynth_pacer_free(pacer: *mut uesynth_pacer);
}
