//! Client.

use crate::*;

#[repr(C)]
pub struct uesynth_client {
    _data: [u8; 0],
    _marker: Marker,
}

pub const UESYNTH_ROUTE_AUTO: u32 = 0;
pub const UESYNTH_ROUTE_STREAM: u32 = 1;
pub const UESYNTH_ROUTE_DIRECT: u32 = 2;

pub const UESYNTH_OVERFLOW_BLOCK: u32 = 0;
pub const UESYNTH_OVERFLOW_DROP_OLDEST: u32 = 1;
pub const UESYNTH_OVERFLOW_DROP_NEWEST: u32 = 2;
pub const UESYNTH_OVERFLOW_LATEST: u32 = 3;

pub const UESYNTH_WHEN_FULL_WAIT: u32 = 0;
pub const UESYNTH_WHEN_FULL_WOULD_BLOCK: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_tls_options {
    pub struct_size: u32,
    pub reserved: u32,
    pub ca_file: *const c_char,
    pub ca_pem: *const c_char,
    pub certificate_file: *const c_char,
    pub certificate_pem: *const c_char,
    pub key_file: *const c_char,
    pub key_pem: *const c_char,
    pub server_name: *const c_char,
}

pub const UESYNTH_TLS_OPTIONS_INIT: uesynth_tls_options = uesynth_tls_options {
    struct_size: size_of::<uesynth_tls_options>() as u32,
    reserved: 0,
    ca_file: null(),
    ca_pem: null(),
    certificate_file: null(),
    certificate_pem: null(),
    key_file: null(),
    key_pem: null(),
    server_name: null(),
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_metadata {
    pub key: *const c_char,
    pub value: *const c_void,
    pub size: usize,
}

#[repr(C)]
pub struct uesynth_metadata_list {
    _data: [u8; 0],
    _marker: Marker,
}

pub type uesynth_metadata_fn = Option<
    unsafe extern "C" fn(*const c_char, *mut uesynth_metadata_list, *mut c_void) -> uesynth_status,
>;

extern "C" {
    pub fn uesynth_metadata_list_add(
        list: *mut uesynth_metadata_list,
        key: *const c_char,
        value: *const c_void,
        size: usize,
    ) -> uesynth_status;
}

pub const UESYNTH_COMPRESSION_OFF: u32 = 0;
pub const UESYNTH_COMPRESSION_ON: u32 = 1;
pub const UESYNTH_COMPRESSION_AUTO: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_client_options {
    pub struct_size: u32,
    pub lanes: u32,
    pub timeout_ms: i64,
    pub connect_timeout_ms: i64,
    pub stream_buffer_bytes: u64,
    pub stream_buffer_size: u32,
    pub max_concurrent_requests: u32,
    pub max_receive_message_length: u64,
    pub overflow: u32,
    pub when_full: u32,
    pub distinct_cameras: u32,
    pub max_retries: u32,
    pub runtime: *mut uesynth_runtime,
    pub allocator: *const uesynth_allocator,
    pub max_send_message_length: u64,
    pub initial_backoff_ms: i64,
    pub max_backoff_ms: i64,
    pub keepalive_ms: i64,
    pub keepalive_timeout_ms: i64,
    pub keepalive_without_calls: u32,
    pub max_pings_without_data: u32,
    pub compression: u32,
    pub insecure_metadata: u32,
    pub busy_poll_us: u32,
    pub reserved: u32,
    pub tls: *const uesynth_tls_options,
    pub metadata: *const uesynth_metadata,
    pub metadata_count: usize,
    pub metadata_callback: uesynth_metadata_fn,
    pub metadata_user_data: *mut c_void,
    pub metadata_destroy: uesynth_destroy_fn,
}

pub const UESYNTH_PRESET_DEFAULT: u32 = 0;
pub const UESYNTH_PRESET_DEVELOPMENT: u32 = 1;
pub const UESYNTH_PRESET_PRODUCTION: u32 = 2;
pub const UESYNTH_PRESET_HIGH_THROUGHPUT: u32 = 3;
pub const UESYNTH_PRESET_LOW_MEMORY: u32 = 4;

pub const UESYNTH_CLIENT_OPTIONS_INIT: uesynth_client_options = uesynth_client_options {
    struct_size: size_of::<uesynth_client_options>() as u32,
    lanes: 1,
    timeout_ms: 5000,
    connect_timeout_ms: 20000,
    stream_buffer_bytes: 536_870_912,
    stream_buffer_size: 1024,
    max_concurrent_requests: 1024,
    max_receive_message_length: 67_108_864,
    overflow: 0,
    when_full: 0,
    distinct_cameras: 0,
    max_retries: 3,
    runtime: null_mut(),
    allocator: null(),
    max_send_message_length: 4_194_304,
    initial_backoff_ms: 1000,
    max_backoff_ms: 120_000,
    keepalive_ms: 0,
    keepalive_timeout_ms: 20000,
    keepalive_without_calls: 0,
    max_pings_without_data: 2,
    compression: 0,
    insecure_metadata: 0,
    busy_poll_us: 0,
    reserved: 0,
    tls: null(),
    metadata: null(),
    metadata_count: 0,
    metadata_callback: None,
    metadata_user_data: null_mut(),
    metadata_destroy: None,
};

extern "C" {
    pub fn uesynth_client_options_preset(
        preset: u32,
        options: *mut uesynth_client_options,
    ) -> uesynth_status;
    pub fn uesynth_client_options_channel_argument(
        options: *mut uesynth_client_options,
        name: *const c_char,
        value: i64,
    ) -> uesynth_status;
    pub fn uesynth_client_options_environment(
        options: *mut uesynth_client_options,
        target: *mut c_char,
        capacity: usize,
    ) -> uesynth_status;
    pub fn uesynth_client_new(
        target: *const c_char,
        options: *const uesynth_client_options,
        client: *mut *mut uesynth_client,
    ) -> uesynth_status;
    pub fn uesynth_client_connect(client: *mut uesynth_client, timeout_ms: i64) -> uesynth_status;
}

pub const UESYNTH_STATE_IDLE: u32 = 0;
pub const UESYNTH_STATE_CONNECTING: u32 = 1;
pub const UESYNTH_STATE_READY: u32 = 2;
pub const UESYNTH_STATE_BACKOFF: u32 = 3;
pub const UESYNTH_STATE_CLOSED: u32 = 4;

extern "C" {
    pub fn uesynth_client_state(client: *const uesynth_client, state: *mut u32) -> uesynth_status;
    pub fn uesynth_client_prewarm(
        client: *mut uesynth_client,
        size: usize,
        count: u32,
    ) -> uesynth_status;
    pub fn uesynth_client_close(client: *mut uesynth_client) -> uesynth_status;
    pub fn uesynth_client_free(client: *mut uesynth_client);
}
