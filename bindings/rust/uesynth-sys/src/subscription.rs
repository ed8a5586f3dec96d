//! Subscription: frames as they come.

use crate::*;

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
