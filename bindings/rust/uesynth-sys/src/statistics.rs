//! Statistics.

use crate::*;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_stats {
    pub struct_size: u32,
    pub state: u32,
    pub requests_submitted: u64,
    pub requests_in_flight: u64,
    pub completed_ok: u64,
    pub completed_cancelled: u64,
    pub completed_deadline_exceeded: u64,
    pub completed_unavailable: u64,
    pub completed_no_answer: u64,
    pub completed_closed: u64,
    pub completed_other: u64,
    pub retries: u64,
    pub late_replies: u64,
    pub unknown_replies: u64,
    pub frames_received: u64,
    pub frames_delivered: u64,
    pub frames_queued: u64,
    pub frames_dropped_superseded: u64,
    pub frames_dropped_oldest: u64,
    pub frames_dropped_newest: u64,
    pub frames_dropped_latest: u64,
    pub frames_dropped_expired: u64,
    pub frames_dropped_abandoned: u64,
    pub frames_dropped_settling: u64,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    pub image_bytes: u64,
    pub image_bytes_copied: u64,
    pub buffer_bytes: u64,
    pub buffer_bytes_peak: u64,
    pub host_frame_bytes: u64,
    pub pool_bytes: u64,
    pub events_queued: u64,
    pub connects: u64,
    pub connect_failures: u64,
    pub disconnects: u64,
    pub subscription_beats_missed: u64,
    pub frame_bytes_kept: u64,
    pub loop_wakeups: u64,
    pub pool_hits: u64,
    pub pool_misses: u64,
    pub connected_since_ns: i64,
    pub frames_per_second: f64,
    pub commands_per_second: f64,
    pub bytes_received_per_second: f64,
    pub bytes_sent_per_second: f64,
    pub copies_per_frame: f64,
    pub watch_events_dropped: u64,
    pub compressed_messages: u64,
    pub compressed_bytes: u64,
    pub inflated_bytes: u64,
    pub compression_offers: u64,
    pub compression_offered: u64,
    pub link_bytes_per_second: f64,
    pub inflated_bytes_per_second: f64,
}

pub const UESYNTH_STATS_INIT: uesynth_stats = uesynth_stats {
    struct_size: size_of::<uesynth_stats>() as u32,
    state: 0,
    requests_submitted: 0,
    requests_in_flight: 0,
    completed_ok: 0,
    completed_cancelled: 0,
    completed_deadline_exceeded: 0,
    completed_unavailable: 0,
    completed_no_answer: 0,
    completed_closed: 0,
    completed_other: 0,
    retries: 0,
    late_replies: 0,
    unknown_replies: 0,
    frames_received: 0,
    frames_delivered: 0,
    frames_queued: 0,
    frames_dropped_superseded: 0,
    frames_dropped_oldest: 0,
    frames_dropped_newest: 0,
    frames_dropped_latest: 0,
    frames_dropped_expired: 0,
    frames_dropped_abandoned: 0,
    frames_dropped_settling: 0,
    bytes_sent: 0,
    bytes_received: 0,
    image_bytes: 0,
    image_bytes_copied: 0,
    buffer_bytes: 0,
    buffer_bytes_peak: 0,
    host_frame_bytes: 0,
    pool_bytes: 0,
    events_queued: 0,
    connects: 0,
    connect_failures: 0,
    disconnects: 0,
    subscription_beats_missed: 0,
    frame_bytes_kept: 0,
    loop_wakeups: 0,
    pool_hits: 0,
    pool_misses: 0,
    connected_since_ns: 0,
    frames_per_second: 0.0,
    commands_per_second: 0.0,
    bytes_received_per_second: 0.0,
    bytes_sent_per_second: 0.0,
    copies_per_frame: 0.0,
    watch_events_dropped: 0,
    compressed_messages: 0,
    compressed_bytes: 0,
    inflated_bytes: 0,
    compression_offers: 0,
    compression_offered: 0,
    link_bytes_per_second: 0.0,
    inflated_bytes_per_second: 0.0,
};

extern "C" {
    pub fn uesynth_client_stats(
        client: *const uesynth_client,
        stats: *mut uesynth_stats,
    ) -> uesynth_status;
    pub fn uesynth_stat_count() -> usize;
    pub fn uesynth_stat_name(index: usize) -> *const c_char;
    pub fn uesynth_client_stat_values(
        client: *const uesynth_client,
        values: *mut f64,
        capacity: usize,
    ) -> uesynth_status;
    pub fn uesynth_client_stat_value(
        client: *const uesynth_client,
        name: *const c_char,
        value: *mut f64,
    ) -> uesynth_status;
}

pub const UESYNTH_LATENCY_WAITING: u32 = 1;
pub const UESYNTH_LATENCY_FIRST_BYTE: u32 = 2;
pub const UESYNTH_LATENCY_TRANSFER: u32 = 3;
pub const UESYNTH_LATENCY_DELIVERY: u32 = 4;
pub const UESYNTH_LATENCY_TOTAL: u32 = 5;

extern "C" {
    pub fn uesynth_client_latency(
        client: *const uesynth_client,
        action: u32,
        stage: u32,
        percentile: f64,
        ns: *mut i64,
        count: *mut u64,
    ) -> uesynth_status;
    pub fn uesynth_client_stats_text(
        client: *const uesynth_client,
        labels: *const c_char,
        buffer: *mut c_char,
        capacity: usize,
        size: *mut usize,
    ) -> uesynth_status;
}
