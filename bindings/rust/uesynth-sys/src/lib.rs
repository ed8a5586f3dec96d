//! The functions, structs and constants of `uesynth.h`, in the header's order and by its names. The
//! header is their manual; `uesynth` is the safe crate on top of them.
//!
//! The library is found by the build script: `UESYNTH_LIB_DIR`, else pkg-config, else the build of
//! the checkout that this crate lies in. A crate that depends on this one directly may read
//! `DEP_UESYNTH_LIBDIR` in its own build script and set a run path to it.

#![no_std]
#![allow(non_camel_case_types)]
#![allow(clippy::missing_safety_doc, clippy::cast_possible_truncation)]

extern crate std;

use core::marker::{PhantomData, PhantomPinned};
use core::mem::size_of;
use core::ptr::{null, null_mut};
use std::os::raw::{c_char, c_int, c_void};

/// Makes an opaque handle neither `Send`, `Sync` nor `Unpin`: the safe crate decides.
type Marker = PhantomData<(*mut u8, PhantomPinned)>;

// ---- Version

pub const UESYNTH_VERSION_MAJOR: u32 = 0;
pub const UESYNTH_VERSION_MINOR: u32 = 1;
pub const UESYNTH_VERSION_PATCH: u32 = 0;
extern "C" {
    pub fn uesynth_version() -> *const c_char;
    pub fn uesynth_version_number() -> u32;
}

// ---- Status

pub type uesynth_status = i32;

pub const UESYNTH_OK: uesynth_status = 0;
pub const UESYNTH_CANCELLED: uesynth_status = 1;
pub const UESYNTH_UNKNOWN: uesynth_status = 2;
pub const UESYNTH_INVALID_ARGUMENT: uesynth_status = 3;
pub const UESYNTH_DEADLINE_EXCEEDED: uesynth_status = 4;
pub const UESYNTH_NOT_FOUND: uesynth_status = 5;
pub const UESYNTH_ALREADY_EXISTS: uesynth_status = 6;
pub const UESYNTH_PERMISSION_DENIED: uesynth_status = 7;
pub const UESYNTH_RESOURCE_EXHAUSTED: uesynth_status = 8;
pub const UESYNTH_FAILED_PRECONDITION: uesynth_status = 9;
pub const UESYNTH_ABORTED: uesynth_status = 10;
pub const UESYNTH_OUT_OF_RANGE: uesynth_status = 11;
pub const UESYNTH_UNIMPLEMENTED: uesynth_status = 12;
pub const UESYNTH_INTERNAL: uesynth_status = 13;
pub const UESYNTH_UNAVAILABLE: uesynth_status = 14;
pub const UESYNTH_DATA_LOSS: uesynth_status = 15;
pub const UESYNTH_UNAUTHENTICATED: uesynth_status = 16;
pub const UESYNTH_WOULD_BLOCK: uesynth_status = 100;
pub const UESYNTH_NO_FRAME: uesynth_status = 101;
pub const UESYNTH_CLOSED: uesynth_status = 102;
pub const UESYNTH_MISUSE: uesynth_status = 103;
pub const UESYNTH_FORKED: uesynth_status = 104;
pub const UESYNTH_ALREADY_COMPLETED: uesynth_status = 105;
pub const UESYNTH_BUFFER_TOO_SMALL: uesynth_status = 106;
pub const UESYNTH_NO_ANSWER: uesynth_status = 107;

extern "C" {
    pub fn uesynth_status_name(status: uesynth_status) -> *const c_char;
    pub fn uesynth_last_error() -> *const c_char;
}

// ---- What can be asked for

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_vector3 {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_rotator {
    pub pitch: f32,
    pub yaw: f32,
    pub roll: f32,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_transform {
    pub location: uesynth_vector3,
    pub rotation: uesynth_rotator,
    pub scale: uesynth_vector3,
}

pub const UESYNTH_TRANSFORM_INIT: uesynth_transform = uesynth_transform {
    location: uesynth_vector3 { x: 0.0, y: 0.0, z: 0.0 },
    rotation: uesynth_rotator { pitch: 0.0, yaw: 0.0, roll: 0.0 },
    scale: uesynth_vector3 { x: 1.0, y: 1.0, z: 1.0 },
};

pub const UESYNTH_TRANSFORM_LOCATION: u32 = 1;
pub const UESYNTH_TRANSFORM_ROTATION: u32 = 2;
pub const UESYNTH_TRANSFORM_SCALE: u32 = 4;

pub const UESYNTH_MODALITY_RGB: u32 = 1;
pub const UESYNTH_MODALITY_DEPTH: u32 = 2;
pub const UESYNTH_MODALITY_SEGMENTATION: u32 = 3;
pub const UESYNTH_MODALITY_NORMALS: u32 = 4;
pub const UESYNTH_MODALITY_OPTICAL_FLOW: u32 = 5;

pub const UESYNTH_ACTION_SET_CAMERA_TRANSFORM: u32 = 2;
pub const UESYNTH_ACTION_GET_CAMERA_TRANSFORM: u32 = 3;
pub const UESYNTH_ACTION_CAPTURE_RGB: u32 = 4;
pub const UESYNTH_ACTION_CAPTURE_DEPTH: u32 = 5;
pub const UESYNTH_ACTION_CAPTURE_SEGMENTATION: u32 = 6;
pub const UESYNTH_ACTION_CAPTURE_NORMALS: u32 = 7;
pub const UESYNTH_ACTION_CAPTURE_OPTICAL_FLOW: u32 = 8;
pub const UESYNTH_ACTION_SET_OBJECT_TRANSFORM: u32 = 9;
pub const UESYNTH_ACTION_GET_OBJECT_TRANSFORM: u32 = 10;
pub const UESYNTH_ACTION_CREATE_CAMERA: u32 = 11;
pub const UESYNTH_ACTION_DESTROY_CAMERA: u32 = 12;
pub const UESYNTH_ACTION_SET_RESOLUTION: u32 = 13;
pub const UESYNTH_ACTION_SPAWN_OBJECT: u32 = 14;
pub const UESYNTH_ACTION_DESTROY_OBJECT: u32 = 15;
pub const UESYNTH_ACTION_SET_MATERIAL: u32 = 16;
pub const UESYNTH_ACTION_LIST_OBJECTS: u32 = 17;
pub const UESYNTH_ACTION_SET_LIGHTING: u32 = 18;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_action {
    pub struct_size: u32,
    pub kind: u32,
    pub name: *const c_char,
    pub transform: uesynth_transform,
    pub transform_fields: u32,
    pub width: u32,
    pub height: u32,
    pub asset_path: *const c_char,
    pub material_property: *const c_char,
    pub material_value: *const c_char,
    pub intensity: f32,
    pub color: uesynth_vector3,
}

pub const UESYNTH_ACTION_INIT: uesynth_action = uesynth_action {
    struct_size: size_of::<uesynth_action>() as u32,
    kind: 0,
    name: null(),
    transform: UESYNTH_TRANSFORM_INIT,
    transform_fields: 0,
    width: 0,
    height: 0,
    asset_path: null(),
    material_property: null(),
    material_value: null(),
    intensity: 1.0,
    color: uesynth_vector3 { x: 1.0, y: 1.0, z: 1.0 },
};

// ---- Frames

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

// ---- Replies and events

pub const UESYNTH_REPLY_SUCCESS: u32 = 1;
pub const UESYNTH_REPLY_TRANSFORM: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_reply {
    pub struct_size: u32,
    pub flags: u32,
    pub transform: uesynth_transform,
    pub message: *const c_char,
    pub name_count: usize,
    pub names: *const *const c_char,
}

pub const UESYNTH_EVENT_COMPLETED: u32 = 1;
pub const UESYNTH_EVENT_FRAMESET: u32 = 2;
pub const UESYNTH_EVENT_SAVED: u32 = 3;
pub const UESYNTH_EVENT_STATE: u32 = 4;
pub const UESYNTH_EVENT_LOG: u32 = 5;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_event {
    pub struct_size: u32,
    pub type_: u32,
    pub request_id: u64,
    pub cookie: u64,
    pub status: uesynth_status,
    pub action: u32,
    pub message: *const c_char,
    pub frame: *mut uesynth_frame,
    pub reply: *const uesynth_reply,
    pub frameset: *const uesynth_frameset,
    pub reserved: *mut c_void,
}

pub const UESYNTH_EVENT_INIT: uesynth_event = uesynth_event {
    struct_size: size_of::<uesynth_event>() as u32,
    type_: 0,
    request_id: 0,
    cookie: 0,
    status: 0,
    action: 0,
    message: null(),
    frame: null_mut(),
    reply: null(),
    frameset: null(),
    reserved: null_mut(),
};

extern "C" {
    pub fn uesynth_events_release(events: *mut uesynth_event, count: usize, event_size: usize);
}

pub type uesynth_event_fn = Option<unsafe extern "C" fn(*const uesynth_event, *mut c_void)>;

pub type uesynth_destroy_fn = Option<unsafe extern "C" fn(*mut c_void)>;

// ---- Host memory

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_allocator {
    pub struct_size: u32,
    pub allocate: Option<unsafe extern "C" fn(usize, usize, *mut c_void) -> *mut c_void>,
    pub deallocate: Option<unsafe extern "C" fn(*mut c_void, usize, *mut c_void)>,
    pub user_data: *mut c_void,
    pub destroy: uesynth_destroy_fn,
}

pub const UESYNTH_ALLOCATOR_INIT: uesynth_allocator = uesynth_allocator {
    struct_size: size_of::<uesynth_allocator>() as u32,
    allocate: None,
    deallocate: None,
    user_data: null_mut(),
    destroy: None,
};

// ---- Runtime: what several clients can share

#[repr(C)]
pub struct uesynth_runtime {
    _data: [u8; 0],
    _marker: Marker,
}

pub const UESYNTH_THREAD_LOOP: u32 = 1;
pub const UESYNTH_THREAD_DELIVERY: u32 = 2;
pub const UESYNTH_THREAD_WORKER: u32 = 3;

pub type uesynth_thread_fn = Option<unsafe extern "C" fn(u32, u32, *mut c_void)>;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_runtime_options {
    pub struct_size: u32,
    pub loop_threads: u32,
    pub memory_bytes: u64,
    pub thread_started: uesynth_thread_fn,
    pub thread_stopping: uesynth_thread_fn,
    pub user_data: *mut c_void,
    pub destroy: uesynth_destroy_fn,
}

pub const UESYNTH_RUNTIME_OPTIONS_INIT: uesynth_runtime_options = uesynth_runtime_options {
    struct_size: size_of::<uesynth_runtime_options>() as u32,
    loop_threads: 1,
    memory_bytes: 0,
    thread_started: None,
    thread_stopping: None,
    user_data: null_mut(),
    destroy: None,
};

extern "C" {
    pub fn uesynth_runtime_new(
        options: *const uesynth_runtime_options,
        runtime: *mut *mut uesynth_runtime,
    ) -> uesynth_status;
    pub fn uesynth_runtime_free(runtime: *mut uesynth_runtime);
}

// ---- Client

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

// ---- Requests

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

// ---- FRAMESETS: one pose, many pictures

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

// ---- Events by polling

extern "C" {
    pub fn uesynth_client_poll(
        client: *mut uesynth_client,
        events: *mut uesynth_event,
        capacity: usize,
        event_size: usize,
        timeout_ms: i64,
        count: *mut usize,
    ) -> uesynth_status;
    pub fn uesynth_client_event_fd(client: *mut uesynth_client, fd: *mut c_int) -> uesynth_status;
}

// ---- Watching the connection

pub const UESYNTH_LOG_NONE: u32 = 0;
pub const UESYNTH_LOG_ERROR: u32 = 1;
pub const UESYNTH_LOG_WARNING: u32 = 2;
pub const UESYNTH_LOG_INFO: u32 = 3;
pub const UESYNTH_LOG_DEBUG: u32 = 4;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_watch_options {
    pub struct_size: u32,
    pub states: u32,
    pub log_level: u32,
    pub reserved: u32,
    pub cookie: u64,
}

pub const UESYNTH_WATCH_OPTIONS_INIT: uesynth_watch_options = uesynth_watch_options {
    struct_size: size_of::<uesynth_watch_options>() as u32,
    states: 1,
    log_level: 2,
    reserved: 0,
    cookie: 0,
};

extern "C" {
    pub fn uesynth_client_watch(
        client: *mut uesynth_client,
        options: *const uesynth_watch_options,
        callback: uesynth_event_fn,
        user_data: *mut c_void,
        destroy: uesynth_destroy_fn,
    ) -> uesynth_status;
}

// ---- Frames that stay with the client

extern "C" {
    pub fn uesynth_client_latest_frame(
        client: *mut uesynth_client,
        modality: u32,
        camera: *const c_char,
        peek: c_int,
        frame: *mut *mut uesynth_frame,
    ) -> uesynth_status;
    pub fn uesynth_client_take_frame(
        client: *mut uesynth_client,
        request_id: u64,
        timeout_ms: i64,
        frame: *mut *mut uesynth_frame,
    ) -> uesynth_status;
}

// ---- Subscription: frames as they come

#[repr(C)]
pub struct uesynth_subscription {
    _data: [u8; 0],
    _marker: Marker,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct uesynth_subscription_options {
    pub struct_size: u32,
    pub modality: u32,
    pub camera: *const c_char,
    pub width: u32,
    pub height: u32,
    pub rate_hz: f64,
    pub depth: u32,
    pub route: u32,
    pub cookie: u64,
}

pub const UESYNTH_SUBSCRIPTION_OPTIONS_INIT: uesynth_subscription_options =
    uesynth_subscription_options {
        struct_size: size_of::<uesynth_subscription_options>() as u32,
        modality: 1,
        camera: null(),
        width: 0,
        height: 0,
        rate_hz: 0.0,
        depth: 0,
        route: 0,
        cookie: 0,
    };

extern "C" {
    pub fn uesynth_client_subscribe(
        client: *mut uesynth_client,
        options: *const uesynth_subscription_options,
        subscription: *mut *mut uesynth_subscription,
        callback: uesynth_event_fn,
        user_data: *mut c_void,
        destroy: uesynth_destroy_fn,
    ) -> uesynth_status;
    pub fn uesynth_subscription_close(subscription: *mut uesynth_subscription);
}

// ---- Probe: what this server really does

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

// ---- Pictures

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

// ---- Statistics

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

// ---- Pacing: beats at a fixed rate

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

// ---- Sequences: pictures along a list of poses

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

// ---- Poses in other conventions

pub const UESYNTH_AXES_UNREAL: u32 = 0;
pub const UESYNTH_AXES_OPENCV: u32 = 1;
pub const UESYNTH_AXES_ROS: u32 = 2;
pub const UESYNTH_AXES_OPENGL: u32 = 3;

pub const UESYNTH_POSE_INVERSE: u32 = 1;
pub const UESYNTH_POSE_METRES: u32 = 2;
pub const UESYNTH_POSE_SCALED: u32 = 4;

extern "C" {
    pub fn uesynth_pose_to_matrix(
        pose: *const uesynth_transform,
        axes: u32,
        flags: u32,
        matrix: *mut f64,
    ) -> uesynth_status;
    pub fn uesynth_pose_to_quaternion(
        pose: *const uesynth_transform,
        axes: u32,
        flags: u32,
        quaternion: *mut f64,
    ) -> uesynth_status;
    pub fn uesynth_camera_intrinsics(
        fov: f64,
        width: u32,
        height: u32,
        matrix: *mut f64,
    ) -> uesynth_status;
}
