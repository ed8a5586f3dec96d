use crate::error::{check, Result};
use crate::names::Axes;
use uesynth_sys as sys;

/// Centimetres, or a scale, in Unreal's left-handed world: x forward, y right, z up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Vector3 {
    /// Forward.
    pub x: f32,
    /// Right.
    pub y: f32,
    /// Up.
    pub z: f32,
}

impl Vector3 {
    /// A vector.
    #[must_use]
    pub const fn new(x: f32, y: f32, z: f32) -> Self {
        Self { x, y, z }
    }
}

/// Degrees: pitch up, yaw clockwise seen from above, roll clockwise seen from behind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Rotator {
    /// Up.
    pub pitch: f32,
    /// Clockwise seen from above.
    pub yaw: f32,
    /// Clockwise seen from behind.
    pub roll: f32,
}

impl Rotator {
    /// A rotator.
    #[must_use]
    pub const fn new(pitch: f32, yaw: f32, roll: f32) -> Self {
        Self { pitch, yaw, roll }
    }
}

/// Where something is, which way it looks, and how large it is.
///
/// ```
/// use uesynth::{Axes, PoseConvention, Rotator, Transform, Vector3};
///
/// let pose = Transform::at(Vector3::new(100.0, 0.0, 0.0)).facing(Rotator::new(0.0, 90.0, 0.0));
/// let matrix = pose.to_matrix(Axes::Ros, PoseConvention::METRES)?;
/// assert!((matrix[0][3] - 1.0).abs() < 1e-9); // 100 cm forward
/// # Ok::<(), uesynth::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Transform {
    /// Centimetres.
    pub location: Vector3,
    /// Degrees.
    pub rotation: Rotator,
    /// 1 is as large as it was made.
    pub scale: Vector3,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            location: Vector3::default(),
            rotation: Rotator::default(),
            scale: Vector3::new(1.0, 1.0, 1.0),
        }
    }
}

// Lists of poses are handed to C as they are.
const _: () = assert!(
    std::mem::size_of::<Transform>() == std::mem::size_of::<sys::uesynth_transform>()
        && std::mem::align_of::<Transform>() == std::mem::align_of::<sys::uesynth_transform>()
);

impl Transform {
    /// A place, unturned.
    #[must_use]
    pub fn at(location: Vector3) -> Self {
        Self { location, ..Self::default() }
    }

    /// The same place, turned.
    #[must_use]
    pub const fn facing(mut self, rotation: Rotator) -> Self {
        self.rotation = rotation;
        self
    }

    /// The same pose with a scale.
    #[must_use]
    pub const fn scaled(mut self, scale: Vector3) -> Self {
        self.scale = scale;
        self
    }

    pub(crate) const fn raw(self) -> sys::uesynth_transform {
        let Self { location: l, rotation: r, scale: s } = self;
        sys::uesynth_transform {
            location: sys::uesynth_vector3 { x: l.x, y: l.y, z: l.z },
            rotation: sys::uesynth_rotator { pitch: r.pitch, yaw: r.yaw, roll: r.roll },
            scale: sys::uesynth_vector3 { x: s.x, y: s.y, z: s.z },
        }
    }

    pub(crate) const fn from_raw(raw: sys::uesynth_transform) -> Self {
        let (l, r, s) = (raw.location, raw.rotation, raw.scale);
        Self {
            location: Vector3::new(l.x, l.y, l.z),
            rotation: Rotator::new(r.pitch, r.yaw, r.roll),
            scale: Vector3::new(s.x, s.y, s.z),
        }
    }

    /// The matrix, by rows, that takes points as columns from the camera or object to the world, or with
    /// [`PoseConvention::INVERSE`] the other way.
    pub fn to_matrix(&self, axes: Axes, convention: PoseConvention) -> Result<[[f64; 4]; 4]> {
        let mut matrix = [[0.0; 4]; 4];
        let raw = self.raw();
        // SAFETY: room for 16 numbers.
        check(unsafe {
            let numbers = matrix.as_mut_ptr().cast();
            sys::uesynth_pose_to_matrix(&raw, axes.raw(), convention.0, numbers)
        })?;
        Ok(matrix)
    }

    /// The rotation of that matrix as a unit quaternion x, y, z, w, with w not negative.
    pub fn to_quaternion(&self, axes: Axes, convention: PoseConvention) -> Result<[f64; 4]> {
        let mut numbers = [0.0; 4];
        let raw = self.raw();
        // SAFETY: room for 4 numbers.
        check(unsafe {
            let to = numbers.as_mut_ptr();
            sys::uesynth_pose_to_quaternion(&raw, axes.raw(), convention.0, to)
        })?;
        Ok(numbers)
    }
}

/// The matrix K, by rows, of a pinhole camera with square pixels that sees `fov` degrees across its
/// width. The middle of the first pixel is at 0.5, 0.5.
pub fn camera_intrinsics(fov: f64, width: u32, height: u32) -> Result<[[f64; 3]; 3]> {
    let mut matrix = [[0.0; 3]; 3];
    // SAFETY: room for 9 numbers.
    check(unsafe {
        sys::uesynth_camera_intrinsics(fov, width, height, matrix.as_mut_ptr().cast())
    })?;
    Ok(matrix)
}

macro_rules! bits {
    ($(#[$meta:meta])* $name:ident { $($(#[$bit_meta:meta])* $bit:ident = $value:expr;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            $($(#[$bit_meta])* pub const $bit: Self = Self($value);)*

            /// Whether all of these are set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
    };
}
pub(crate) use bits;

bits! {
    /// How a pose becomes a matrix; combined with `|`.
    PoseConvention {
        /// From the camera or object to the world, in centimetres, without the scale.
        PLAIN = 0;
        /// From the world to the camera.
        INVERSE = sys::UESYNTH_POSE_INVERSE;
        /// Lengths are metres.
        METRES = sys::UESYNTH_POSE_METRES;
        /// With the scale.
        SCALED = sys::UESYNTH_POSE_SCALED;
    }
}

bits! {
    /// The parts of a transform; combined with `|`.
    TransformParts {
        /// All of it.
        ALL = 0;
        /// The location.
        LOCATION = sys::UESYNTH_TRANSFORM_LOCATION;
        /// The rotation.
        ROTATION = sys::UESYNTH_TRANSFORM_ROTATION;
        /// The scale.
        SCALE = sys::UESYNTH_TRANSFORM_SCALE;
    }
}
