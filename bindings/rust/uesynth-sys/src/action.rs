//! What can be asked for.

use crate::*;

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
