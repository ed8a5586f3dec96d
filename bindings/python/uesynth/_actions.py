"""Requests as the library reads them: one packed uesynth_action each.

A request is immutable bytes, so that it may wait, be sent again or be joined to a batch; beside it lie the
strings that it points to.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any, Dict, Optional, Sequence, Tuple

from . import _abi
from .errors import StatusCode, UESynthError, UESynthTypeError, UESynthValueError
from .geometry import AnyTransform, Pose, Transform

#: The packed action, what its pointers point to, and a word for what it does.
Request = Tuple[bytes, Tuple[bytes, ...], int]

ACTION_SIZE = ctypes.sizeof(_abi.Action)
_pack = struct.Struct(_abi.layout(_abi.Action)).pack

_SET_CAMERA = _abi.ACTION_SET_CAMERA_TRANSFORM
LOCATION = _abi.TRANSFORM_LOCATION
ROTATION = _abi.TRANSFORM_ROTATION
SCALE = _abi.TRANSFORM_SCALE

MODALITIES = {
    "rgb": _abi.MODALITY_RGB,
    "depth": _abi.MODALITY_DEPTH,
    "segmentation": _abi.MODALITY_SEGMENTATION,
    "normals": _abi.MODALITY_NORMALS,
    "optical_flow": _abi.MODALITY_OPTICAL_FLOW,
}
MODALITY_NAMES = {number: name for name, number in MODALITIES.items()}

# kind - 3 is the modality.
CAPTURE_KINDS = frozenset(range(_abi.ACTION_CAPTURE_RGB, _abi.ACTION_CAPTURE_OPTICAL_FLOW + 1))

KIND_NAMES = {
    value: name[len("ACTION_") :].lower()
    for name, value in vars(_abi).items()
    if name.startswith("ACTION_")
}

Text = Tuple[bytes, int]
_NOTHING: Text = (b"", 0)
_texts: Dict[Any, Text] = {"": _NOTHING, None: _NOTHING}
_TEXTS_KEPT = 4096


def text(value: Optional[str], what: str) -> Text:
    """A string's bytes and their address; names that come again are found, not encoded."""
    try:
        return _texts[value]
    except (KeyError, TypeError):
        pass
    if not isinstance(value, str):
        raise UESynthTypeError(
            f"{what} has to be a str, not {type(value).__name__}", StatusCode.MISUSE
        )
    if "\0" in value:
        raise UESynthValueError(f"{what} contains a NUL character", StatusCode.MISUSE)
    try:
        data = value.encode()
    except UnicodeEncodeError as error:
        raise UESynthValueError(f"{what} is no text: {error}", StatusCode.MISUSE) from None
    found = (data, ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0)
    if len(_texts) >= _TEXTS_KEPT:
        _texts.clear()
        _texts[""] = _texts[None] = _NOTHING
    # str() keeps subclasses, and what they drag along, out of the table.
    _texts[str(value)] = found
    return found


def _refusal(names: str, values: Sequence[Any]) -> UESynthError:
    """Says which of the numbers cannot be packed."""
    for name, value in zip(names.split(), values):
        counted = name in ("width", "height", "transform_fields")
        try:
            struct.pack("I" if counted else "f", value)
        except (OverflowError, struct.error, TypeError, ValueError):
            number = isinstance(value, (int, float))
            fits = "a number that a 32-bit float can hold"
            wanted = "a whole number from 0 to 65536" if counted else fits
            refusal = UESynthValueError if number else UESynthTypeError
            return refusal(
                f"{name} has to be {wanted}, not {value!r:.80}"
                + ("" if number else f" ({type(value).__name__})"),
                StatusCode.MISUSE,
            )
    return UESynthTypeError("an argument cannot be used", StatusCode.MISUSE)


_POSE_NAMES = "x y z pitch yaw roll scale_x scale_y scale_z"


def _pose(
    kind: int, name: Optional[str], what: str, numbers: Tuple[Any, ...], fields: int = 0
) -> Request:
    data, address = text(name, what)
    try:
        packed = _pack(
            ACTION_SIZE, kind, address, *numbers, fields, 0, 0, 0, 0, 0, 1.0, 1.0, 1.0, 1.0
        )
    except (OverflowError, struct.error, TypeError, ValueError):
        raise _refusal(_POSE_NAMES, numbers) from None
    return packed, (data,), kind


def _plain(kind: int, name: Optional[str], what: str, width: Any = 0, height: Any = 0) -> Request:
    data, address = text(name, what)
    width = 0 if width is None else width
    height = 0 if height is None else height
    try:
        packed = _pack(
            ACTION_SIZE, kind, address, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0,
            width, height, 0, 0, 0, 1.0, 1.0, 1.0, 1.0,
        )  # fmt: skip
    except (OverflowError, struct.error, TypeError, ValueError):
        raise _refusal("width height", (width, height)) from None
    return packed, (data,), kind


# ---- Captures ---------------------------------------------------------------------------------------


def capture(modality: int, camera: Optional[str], width: Any, height: Any) -> Request:
    return _plain(modality + 3, camera, "camera_name", width, height)


def modality(name: Any) -> int:
    """The number of a modality that is given by its name."""
    try:
        return MODALITIES[name]
    except (KeyError, TypeError):
        known = ", ".join(MODALITIES)
        raise UESynthValueError(
            f"{name!r:.80} is no modality: there are {known}", StatusCode.MISUSE
        ) from None


# ---- Cameras ----------------------------------------------------------------------------------------


def set_camera_location(camera: Optional[str], x: float, y: float, z: float) -> Request:
    data, address = text(camera, "camera_name")
    try:
        packed = _pack(
            ACTION_SIZE, _SET_CAMERA, address, x, y, z, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, LOCATION,
            0, 0, 0, 0, 0, 1.0, 1.0, 1.0, 1.0,
        )  # fmt: skip
    except (OverflowError, struct.error, TypeError, ValueError):
        raise _refusal("x y z", (x, y, z)) from None
    return packed, (data,), _SET_CAMERA


def set_camera_rotation(camera: Optional[str], pitch: float, yaw: float, roll: float) -> Request:
    numbers = (0.0, 0.0, 0.0, pitch, yaw, roll, 1.0, 1.0, 1.0)
    return _pose(_abi.ACTION_SET_CAMERA_TRANSFORM, camera, "camera_name", numbers, ROTATION)


def set_camera_pose(camera: Optional[str], *numbers: float) -> Request:
    """x, y, z, pitch, yaw, roll; cameras have no scale."""
    whole = (*numbers, 1.0, 1.0, 1.0)
    return _pose(_abi.ACTION_SET_CAMERA_TRANSFORM, camera, "camera_name", whole)


def get_camera_pose(camera: Optional[str]) -> Request:
    return _plain(_abi.ACTION_GET_CAMERA_TRANSFORM, camera, "camera_name")


def create_camera(camera: str, *numbers: float) -> Request:
    """x, y, z, pitch, yaw, roll."""
    whole = (*numbers, 1.0, 1.0, 1.0)
    return _pose(_abi.ACTION_CREATE_CAMERA, camera, "camera_name", whole)


def destroy_camera(camera: str) -> Request:
    return _plain(_abi.ACTION_DESTROY_CAMERA, camera, "camera_name")


def set_resolution(camera: Optional[str], width: int, height: int) -> Request:
    return _plain(_abi.ACTION_SET_RESOLUTION, camera, "camera_name", width, height)


# ---- Objects ----------------------------------------------------------------------------------------


def set_object_location(name: str, x: float, y: float, z: float) -> Request:
    numbers = (x, y, z, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
    return _pose(_abi.ACTION_SET_OBJECT_TRANSFORM, name, "name", numbers, LOCATION)


def set_object_rotation(name: str, pitch: float, yaw: float, roll: float) -> Request:
    numbers = (0.0, 0.0, 0.0, pitch, yaw, roll, 1.0, 1.0, 1.0)
    return _pose(_abi.ACTION_SET_OBJECT_TRANSFORM, name, "name", numbers, ROTATION)


def set_object_scale(name: str, x: float, y: float, z: float) -> Request:
    numbers = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, x, y, z)
    return _pose(_abi.ACTION_SET_OBJECT_TRANSFORM, name, "name", numbers, SCALE)


def set_object_pose(name: str, *numbers: float) -> Request:
    """x, y, z, pitch, yaw, roll; the scale stays."""
    whole = (*numbers, 1.0, 1.0, 1.0)
    return _pose(_abi.ACTION_SET_OBJECT_TRANSFORM, name, "name", whole, LOCATION | ROTATION)


def set_object_transform(name: str, transform: AnyTransform) -> Request:
    return _pose(_abi.ACTION_SET_OBJECT_TRANSFORM, name, "name", numbers_of(transform))


def get_object_pose(name: str) -> Request:
    return _plain(_abi.ACTION_GET_OBJECT_TRANSFORM, name, "name")


def spawn(name: str, asset: str, numbers: Tuple[float, ...]) -> Request:
    """The numbers are x, y, z, pitch, yaw, roll and the scale's x, y, z."""
    name_data, name_address = text(name, "object_name")
    asset_data, asset_address = text(asset, "asset_path")
    try:
        packed = _pack(
            ACTION_SIZE, _abi.ACTION_SPAWN_OBJECT, name_address, *numbers, 0, 0, 0,
            asset_address, 0, 0, 1.0, 1.0, 1.0, 1.0,
        )  # fmt: skip
    except (OverflowError, struct.error, TypeError, ValueError):
        raise _refusal(_POSE_NAMES, numbers) from None
    return packed, (name_data, asset_data), _abi.ACTION_SPAWN_OBJECT


def destroy_object(name: str) -> Request:
    return _plain(_abi.ACTION_DESTROY_OBJECT, name, "name")


def set_material(name: str, material_property: str, value: str) -> Request:
    name_data, name_address = text(name, "name")
    key_data, key_address = text(material_property, "material_property")
    value_data, value_address = text(value, "value")
    packed = _pack(
        ACTION_SIZE, _abi.ACTION_SET_MATERIAL, name_address, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        1.0, 1.0, 1.0, 0, 0, 0, 0, key_address, value_address, 1.0, 1.0, 1.0, 1.0,
    )  # fmt: skip
    return packed, (name_data, key_data, value_data), _abi.ACTION_SET_MATERIAL


def list_objects() -> Request:
    return _plain(_abi.ACTION_LIST_OBJECTS, "", "name")


# ---- The scene --------------------------------------------------------------------------------------


def set_lighting(
    light: str, intensity: float, color: Sequence[float], transform: Optional[AnyTransform]
) -> Request:
    data, address = text(light, "light_name")
    try:
        red, green, blue = color
    except (TypeError, ValueError):
        raise UESynthTypeError(
            f"color has to be three numbers from 0 to 1, not {color!r:.80}", StatusCode.MISUSE
        ) from None
    numbers = numbers_of(Transform() if transform is None else transform)
    try:
        packed = _pack(
            ACTION_SIZE, _abi.ACTION_SET_LIGHTING, address, *numbers, 0, 0, 0, 0, 0, 0,
            intensity, red, green, blue,
        )  # fmt: skip
    except (OverflowError, struct.error, TypeError, ValueError):
        names = f"{_POSE_NAMES} intensity red green blue"
        raise _refusal(names, (*numbers, intensity, red, green, blue)) from None
    return packed, (data,), _abi.ACTION_SET_LIGHTING


def numbers_of(transform: AnyTransform) -> Tuple[float, ...]:
    """A transform as nine numbers; takes anything of the shape ((x, y, z), (pitch, yaw, roll)[, scale])."""
    if isinstance(transform, Pose):
        transform = transform.transform
    numbers: Tuple[float, ...] = ()
    try:
        location, rotation, *rest = transform
        numbers = (*location, *rotation, *(rest[0] if rest else (1.0, 1.0, 1.0)))
    except (TypeError, ValueError):
        pass
    if len(numbers) != 9:
        raise UESynthTypeError(
            "transform has to be a uesynth.Transform, or ((x, y, z), (pitch, yaw, roll)), not "
            f"{transform!r:.80}",
            StatusCode.MISUSE,
        )
    return numbers
