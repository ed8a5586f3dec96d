"""Structs of include/uesynth.h: what the library has counted and found out."""

from __future__ import annotations

from ctypes import Structure, c_double, c_int64, c_uint8, c_uint32, c_uint64


class ProbeReport(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("camera_names_matter", c_uint8),
        ("view_follows_camera", c_uint8),
        ("size", c_uint8),
        ("reserved", c_uint8),
        ("direct", c_uint8 * 32),
        ("stream", c_uint8 * 32),
    ]


class Stats(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("state", c_uint32),
        ("requests_submitted", c_uint64),
        ("requests_in_flight", c_uint64),
        ("completed_ok", c_uint64),
        ("completed_cancelled", c_uint64),
        ("completed_deadline_exceeded", c_uint64),
        ("completed_unavailable", c_uint64),
        ("completed_no_answer", c_uint64),
        ("completed_closed", c_uint64),
        ("completed_other", c_uint64),
        ("retries", c_uint64),
        ("late_replies", c_uint64),
        ("unknown_replies", c_uint64),
        ("frames_received", c_uint64),
        ("frames_delivered", c_uint64),
        ("frames_queued", c_uint64),
        ("frames_dropped_superseded", c_uint64),
        ("frames_dropped_oldest", c_uint64),
        ("frames_dropped_newest", c_uint64),
        ("frames_dropped_latest", c_uint64),
        ("frames_dropped_expired", c_uint64),
        ("frames_dropped_abandoned", c_uint64),
        ("frames_dropped_settling", c_uint64),
        ("bytes_sent", c_uint64),
        ("bytes_received", c_uint64),
        ("image_bytes", c_uint64),
        ("image_bytes_copied", c_uint64),
        ("buffer_bytes", c_uint64),
        ("buffer_bytes_peak", c_uint64),
        ("host_frame_bytes", c_uint64),
        ("pool_bytes", c_uint64),
        ("events_queued", c_uint64),
        ("connects", c_uint64),
        ("connect_failures", c_uint64),
        ("disconnects", c_uint64),
        ("subscription_beats_missed", c_uint64),
        ("frame_bytes_kept", c_uint64),
        ("loop_wakeups", c_uint64),
        ("pool_hits", c_uint64),
        ("pool_misses", c_uint64),
        ("connected_since_ns", c_int64),
        ("frames_per_second", c_double),
        ("commands_per_second", c_double),
        ("bytes_received_per_second", c_double),
        ("bytes_sent_per_second", c_double),
        ("copies_per_frame", c_double),
        ("watch_events_dropped", c_uint64),
        ("compressed_messages", c_uint64),
        ("compressed_bytes", c_uint64),
        ("inflated_bytes", c_uint64),
        ("compression_offers", c_uint64),
        ("compression_offered", c_uint64),
        ("link_bytes_per_second", c_double),
        ("inflated_bytes_per_second", c_double),
    ]


class Beat(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("number", c_uint64),
        ("missed_before", c_uint64),
        ("intended_ns", c_int64),
        ("actual_ns", c_int64),
    ]


class PacerStats(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("rate_hz", c_double),
        ("started_ns", c_int64),
        ("beats", c_uint64),
        ("beats_missed", c_uint64),
        ("late_p50_ns", c_int64),
        ("late_p90_ns", c_int64),
        ("late_p99_ns", c_int64),
        ("late_max_ns", c_int64),
    ]


class SequenceStats(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("ahead", c_uint32),
        ("ahead_peak", c_uint32),
        ("reserved", c_uint32),
        ("poses", c_uint64),
        ("submitted", c_uint64),
        ("handed_out", c_uint64),
        ("waits", c_uint64),
        ("waited_ns", c_int64),
    ]
