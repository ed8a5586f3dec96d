//! Poses in other conventions.

use crate::*;

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
