//! Memory of the host's, and the runtime that several clients can share.

use crate::*;

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
