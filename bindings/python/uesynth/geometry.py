"""Places and directions: centimetres and degrees in Unreal's left-handed world (X forward, Y right, Z up)."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Union

from . import _poses
from ._poses import Matrix


class Vector3(NamedTuple):
    """A place or an offset in centimetres, or a factor for each axis."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class Rotator(NamedTuple):
    """A direction in degrees: pitch up, yaw clockwise seen from above, roll clockwise seen from behind."""

    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0


class Transform(NamedTuple):
    """A pose: where, which way, and how large."""

    location: Vector3 = Vector3()
    rotation: Rotator = Rotator()
    scale: Vector3 = Vector3(1.0, 1.0, 1.0)

    def matrix(
        self,
        axes: str = "unreal",
        *,
        inverse: bool = False,
        metres: bool = False,
        scaled: bool = False,
    ) -> Matrix:
        """As a 4 x 4 matrix that takes points as columns, from the camera or object to the world, or with
        `inverse` from the world to it (extrinsics, view matrix).

        Args:
            axes: which way axes point, of the world and the camera alike: "unreal" (left-handed: x
                forward, y right, z up), "opencv" (x right, y down, z forward), "ros" (x forward, y left, z
                up) or "opengl" (x right, y up, z backward).
            metres: lengths in metres instead of centimetres.
            scaled: with the scale.
        """
        return _poses.matrix(self, axes, inverse, metres, scaled)

    def quaternion(self, axes: str = "unreal", *, inverse: bool = False) -> Matrix:
        """The rotation of that matrix as a unit quaternion x, y, z, w."""
        return _poses.quaternion(self, axes, inverse)


class Pose:
    """A pose that the server has told, with what it said.

    It reads in both habits: `pose.location.x` and `pose.transform.location.x`.

    Attributes:
        transform: location (cm), rotation (degrees) and scale.
        success: True; a pose that cannot be had is an exception.
        message: the server's words, often "".
    """

    __slots__ = ("message", "transform")

    success = True

    def __init__(self, transform: Transform, message: str = "") -> None:
        self.transform = transform
        self.message = message

    @property
    def location(self) -> Vector3:
        return self.transform.location

    @property
    def rotation(self) -> Rotator:
        return self.transform.rotation

    @property
    def scale(self) -> Vector3:
        return self.transform.scale

    def matrix(
        self,
        axes: str = "unreal",
        *,
        inverse: bool = False,
        metres: bool = False,
        scaled: bool = False,
    ) -> Matrix:
        """As a 4 x 4 matrix that takes points as columns, from the camera or object to the world, or with
        `inverse` from the world to it (extrinsics, view matrix).

        Args:
            axes: which way axes point, of the world and the camera alike: "unreal" (left-handed: x
                forward, y right, z up), "opencv" (x right, y down, z forward), "ros" (x forward, y left, z
                up) or "opengl" (x right, y up, z backward).
            metres: lengths in metres instead of centimetres.
            scaled: with the scale.
        """
        return _poses.matrix(self.transform, axes, inverse, metres, scaled)

    def quaternion(self, axes: str = "unreal", *, inverse: bool = False) -> Matrix:
        """The rotation of that matrix as a unit quaternion x, y, z, w."""
        return _poses.quaternion(self.transform, axes, inverse)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (Pose, Location, Rotation)):
            other = other.transform
        return self.transform == other

    def __hash__(self) -> int:
        return hash(self.transform)

    def __repr__(self) -> str:
        return f"Pose({self.location!r}, {self.rotation!r}, {self.scale!r})"


class Location(Vector3):
    """Where something is (cm): `.x .y .z`, and the whole answer as `.transform`, `.success`, `.message`."""

    transform: Transform
    message: str
    success = True

    @classmethod
    def of(cls, pose: Pose) -> Location:
        self = cls(*pose.transform.location)
        self.transform, self.message = pose.transform, pose.message
        return self


class Rotation(Rotator):
    """Which way something looks (degrees): `.pitch .yaw .roll`, and the whole answer as `.transform`,
    `.success`, `.message`."""

    transform: Transform
    message: str
    success = True

    @classmethod
    def of(cls, pose: Pose) -> Rotation:
        self = cls(*pose.transform.rotation)
        self.transform, self.message = pose.transform, pose.message
        return self


#: What is taken where a whole transform is wanted: also ((x, y, z), (pitch, yaw, roll)), with or without a
#: scale (x, y, z).
AnyTransform = Union[Transform, Pose, Sequence[Sequence[float]]]
