"""Cameras, blocking."""

from __future__ import annotations

from typing import Optional

from .. import _actions, _groups
from ..geometry import Location, Rotation
from ..results import CommandResult
from ._session import BlockingSession


class Camera:
    """Cameras: places in centimetres, directions in degrees; "" is the default camera.

    Every method waits for the server's answer, at most the client's timeout, and raises UESynthError
    (UESynthConnectionError, UESynthTimeoutError …) where there is none or the server refuses.
    """

    def __init__(self, session: BlockingSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    def set_location(
        self, x: float, y: float, z: float, camera_name: Optional[str] = ""
    ) -> CommandResult:
        """Moves a camera to x, y, z (cm). Its rotation stays."""
        request = _actions.set_camera_location(camera_name, x, y, z)
        return self._session.command(request)

    def set_rotation(
        self, pitch: float, yaw: float, roll: float, camera_name: Optional[str] = ""
    ) -> CommandResult:
        """Turns a camera (degrees). Its location stays."""
        request = _actions.set_camera_rotation(camera_name, pitch, yaw, roll)
        return self._session.command(request)

    def set_transform(
        self,
        x: float,
        y: float,
        z: float,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
        camera_name: Optional[str] = "",
    ) -> CommandResult:
        """Moves and turns a camera in one go."""
        return self._session.command(
            _actions.set_camera_pose(camera_name, x, y, z, pitch, yaw, roll)
        )

    def get_location(self, camera_name: Optional[str] = "") -> Location:
        """Where a camera is (cm): `.x .y .z`."""
        return Location.of(self._session.request(_actions.get_camera_pose(camera_name)))

    def get_rotation(self, camera_name: Optional[str] = "") -> Rotation:
        """Which way a camera looks (degrees): `.pitch .yaw .roll`."""
        return Rotation.of(self._session.request(_actions.get_camera_pose(camera_name)))

    def create(
        self,
        camera_name: str,
        x: float = 0.0,
        y: float = 0.0,
        z: float = 0.0,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
    ) -> CommandResult:
        """Adds a camera to the scene."""
        return self._session.command(_actions.create_camera(camera_name, x, y, z, pitch, yaw, roll))

    def destroy(self, camera_name: str) -> CommandResult:
        """Takes a camera out of the scene."""
        return self._session.command(_actions.destroy_camera(camera_name))

    def set_resolution(
        self, width: int, height: int, camera_name: Optional[str] = ""
    ) -> CommandResult:
        """The size in pixels of a camera's pictures for which no size is asked."""
        return self._session.command(_actions.set_resolution(camera_name, width, height))

    def set_fov(self, fov: float, camera_name: Optional[str] = "") -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): the interface has no field of view."""
        raise _groups.field_of_view()

    def get_fov(self, camera_name: Optional[str] = "") -> float:
        """Raises UESynthError (UNIMPLEMENTED): the interface has no field of view."""
        raise _groups.field_of_view()
