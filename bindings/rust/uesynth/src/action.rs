use crate::error::Result;
use crate::geometry::{Transform, TransformParts, Vector3};
use crate::names::{ActionKind, Modality};
use crate::text::Text;
use uesynth_sys as sys;

/// One thing that a server is asked to do.
///
/// ```
/// use uesynth::{Action, Modality};
///
/// let capture = Action::capture(Modality::Depth).camera("left").size(320, 240);
/// let paint = Action::set_material("cube", "color", "#ff0000");
/// ```
#[derive(Clone, Debug)]
pub struct Action {
    kind: ActionKind,
    name: Text,
    transform: Transform,
    parts: TransformParts,
    width: u32,
    height: u32,
    asset_path: Text,
    material_property: Text,
    material_value: Text,
    intensity: f32,
    color: Vector3,
}

impl Action {
    fn new(kind: ActionKind, name: &str) -> Self {
        Self {
            kind,
            name: Text::new(name),
            transform: Transform::default(),
            parts: TransformParts::ALL,
            width: 0,
            height: 0,
            asset_path: Text::default(),
            material_property: Text::default(),
            material_value: Text::default(),
            intensity: 1.0,
            color: Vector3::new(1.0, 1.0, 1.0),
        }
    }

    fn posed(kind: ActionKind, name: &str, transform: &Transform) -> Self {
        Self { transform: *transform, ..Self::new(kind, name) }
    }

    /// A picture from the default camera, of the server's size.
    #[must_use]
    pub fn capture(modality: Modality) -> Self {
        Self::new(modality.action(), "")
    }

    /// Moves a camera, `""` being the default one.
    #[must_use]
    pub fn set_camera_transform(camera: &str, transform: &Transform) -> Self {
        Self::posed(ActionKind::SetCameraTransform, camera, transform)
    }

    /// Asks where a camera is: [`Reply::transform`](crate::Reply::transform).
    #[must_use]
    pub fn get_camera_transform(camera: &str) -> Self {
        Self::new(ActionKind::GetCameraTransform, camera)
    }

    /// Moves an object.
    #[must_use]
    pub fn set_object_transform(object: &str, transform: &Transform) -> Self {
        Self::posed(ActionKind::SetObjectTransform, object, transform)
    }

    /// Asks where an object is: [`Reply::transform`](crate::Reply::transform).
    #[must_use]
    pub fn get_object_transform(object: &str) -> Self {
        Self::new(ActionKind::GetObjectTransform, object)
    }

    /// Makes a camera.
    #[must_use]
    pub fn create_camera(camera: &str, transform: &Transform) -> Self {
        Self::posed(ActionKind::CreateCamera, camera, transform)
    }

    /// Removes a camera.
    #[must_use]
    pub fn destroy_camera(camera: &str) -> Self {
        Self::new(ActionKind::DestroyCamera, camera)
    }

    /// Sets a camera's size in pixels.
    #[must_use]
    pub fn set_resolution(camera: &str, width: u32, height: u32) -> Self {
        Self::new(ActionKind::SetResolution, camera).size(width, height)
    }

    /// Makes an object of an asset, `"/Engine/BasicShapes/Cube.Cube"`.
    #[must_use]
    pub fn spawn_object(object: &str, asset_path: &str, transform: &Transform) -> Self {
        let asset_path = Text::new(asset_path);
        Self { asset_path, ..Self::posed(ActionKind::SpawnObject, object, transform) }
    }

    /// Removes an object.
    #[must_use]
    pub fn destroy_object(object: &str) -> Self {
        Self::new(ActionKind::DestroyObject, object)
    }

    /// Changes an object's material: `"color"` to `"#ff0000"`.
    #[must_use]
    pub fn set_material(object: &str, property: &str, value: &str) -> Self {
        Self {
            material_property: Text::new(property),
            material_value: Text::new(value),
            ..Self::new(ActionKind::SetMaterial, object)
        }
    }

    /// Asks what objects there are: [`Reply::names`](crate::Reply::names).
    #[must_use]
    pub fn list_objects() -> Self {
        Self::new(ActionKind::ListObjects, "")
    }

    /// Changes a light: its intensity in its own unit, and its colour from 0 to 1.
    #[must_use]
    pub fn set_lighting(light: &str, intensity: f32, color: Vector3, pose: &Transform) -> Self {
        Self { intensity, color, ..Self::posed(ActionKind::SetLighting, light, pose) }
    }

    /// The camera that a capture is of.
    #[must_use]
    pub fn camera(mut self, camera: &str) -> Self {
        self.name = Text::new(camera);
        self
    }

    /// A size in pixels; 0 leaves the choice to the server.
    #[must_use]
    pub const fn size(mut self, width: u32, height: u32) -> Self {
        self.width = width;
        self.height = height;
        self
    }

    /// Only these parts of the pose are set; the rest stays as the change before has set it.
    #[must_use]
    pub const fn only(mut self, parts: TransformParts) -> Self {
        self.parts = parts;
        self
    }

    /// What kind of action it is.
    #[must_use]
    pub const fn kind(&self) -> ActionKind {
        self.kind
    }

    /// With pointers into `self`.
    pub(crate) fn raw(&self) -> Result<sys::uesynth_action> {
        Ok(sys::uesynth_action {
            kind: self.kind.raw(),
            name: self.name.pointer()?,
            transform: self.transform.raw(),
            transform_fields: self.parts.0,
            width: self.width,
            height: self.height,
            asset_path: self.asset_path.pointer()?,
            material_property: self.material_property.pointer()?,
            material_value: self.material_value.pointer()?,
            intensity: self.intensity,
            color: sys::uesynth_vector3 { x: self.color.x, y: self.color.y, z: self.color.z },
            ..sys::UESYNTH_ACTION_INIT
        })
    }
}
