//! Probe: what this server really does.

use crate::*;

pub const UESYNTH_PROBE_NOT_PROBED: u32 = 0;
pub const UESYNTH_PROBE_WORKS: u32 = 1;
pub const UESYNTH_PROBE_STUB: u32 = 2;
pub const UESYNTH_PROBE_PLACEHOLDER: u32 = 3;
pub const UESYNTH_PROBE_UNIMPLEMENTED: u32 = 4;
pub const UESYNTH_PROBE_SILENT: u32 = 5;
pub const UESYNTH_PROBE_FAILED: u32 = 6;

pub const UESYNTH_PROBE_UNKNOWN: u32 = 0;
pub const UESYNTH_PROBE_NO: u32 = 1;
pub const UESYNTH_PROBE_YES: u32 = 2;

pub const UESYNTH_PROBE_SIZE_UNKNOWN: u32 = 0;
pub const UESYNTH_PROBE_SIZE_SCALES: u32 = 1;
pub const UESYNTH_PROBE_SIZE_CROPS: u32 = 2;

pub const UESYNTH_PROBE_MAY_CHANGE: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_probe_report {
    pub struct_size: u32,
    pub camera_names_matter: u8,
    pub view_follows_camera: u8,
    pub size: u8,
    pub reserved: u8,
    pub direct: [u8; 32],
    pub stream: [u8; 32],
}

pub const UESYNTH_PROBE_REPORT_INIT: uesynth_probe_report = uesynth_probe_report {
    struct_size: size_of::<uesynth_probe_report>() as u32,
    camera_names_matter: 0,
    view_follows_camera: 0,
    size: 0,
    reserved: 0,
    direct: [0; 32],
    stream: [0; 32],
};

extern "C" {
    pub fn uesynth_client_probe(
        client: *mut uesynth_client,
        flags: u32,
        timeout_ms: i64,
        report: *mut uesynth_probe_report,
    ) -> uesynth_status;
}
