"""Cameras, for asyncio."""

from __future__ import annotations

from typing import Optional

from .. import _actions, _groups
from ..geometry import Location, Rotation
from ..results import CommandResult
from ._session import RequestId, Session


class AsyncCamera:
    """Cameras: places in centimetres, directions in degrees; "" is the default camera.

    Streaming methods give a request id at once; a request that fails later is logged, and its error is
    raised by `client.wait_for_result(id)`. Those that end in `_direct` await the server's answer and raise
    UESynthError where there is none or the server refuses. Whatever the form, pictures that are asked for
    after a change show it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    def set_location(
        self, x: float, y: float, z: float, camera_name: Optional[str] = ""
    ) -> RequestId:
        """Streaming: moves a camera to x, y, z (cm). Its rotation stays."""
        return self._session.submit(_actions.set_camera_location(camera_name, x, y, z))

    def set_rotation(
        self, pitch: float, yaw: float, roll: float, camera_name: Optional[str] = ""
    ) -> RequestId:
        """Streaming: turns a camera (degrees). Its location stays."""
        return self._session.submit(_actions.set_camera_rotation(camera_name, pitch, yaw, roll))

    def set_transform(
        self,
        x: float,
        y: float,
        z: float,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
        camera_name: Optional[str] = "",
    ) -> RequestId:
        """Streaming: moves and turns a camera in one go."""
        return self._session.submit(
            _actions.set_camera_pose(camera_name, x, y, z, pitch, yaw, roll)
        )

    def get_location(self, camera_name: Optional[str] = "") -> RequestId:
        """Streaming: asks where a camera is; `client.wait_for_result(id)` gives the pose."""
        return self._session.submit(_actions.get_camera_pose(camera_name))

    def get_rotation(self, camera_name: Optional[str] = "") -> RequestId:
        """Streaming: asks which way a camera looks; `client.wait_for_result(id)` gives the pose."""
        return self._session.submit(_actions.get_camera_pose(camera_name))

    def create(
        self,
        camera_name: str,
        x: float = 0.0,
        y: float = 0.0,
        z: float = 0.0,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
    ) -> RequestId:
        """Streaming: adds a camera to the scene."""
        return self._session.submit(_actions.create_camera(camera_name, x, y, z, pitch, yaw, roll))

    def destroy(self, camera_name: str) -> RequestId:
        """Streaming: takes a camera out of the scene."""
        return self._session.submit(_actions.destroy_camera(camera_name))

    def set_resolution(self, width: int, height: int, camera_name: Optional[str] = "") -> RequestId:
        """Streaming: the size in pixels of a camera's pictures for which no size is asked."""
        return self._session.submit(_actions.set_resolution(camera_name, width, height))

    async def set_location_direct(
        self, x: float, y: float, z: float, camera_name: Optional[str] = ""
    ) -> CommandResult:
        """Moves a camera to x, y, z (cm) and awaits the answer. Its rotation stays."""
        return await self._command(_actions.set_camera_location(camera_name, x, y, z))

    async def set_rotation_direct(
        self, pitch: float, yaw: float, roll: float, camera_name: Optional[str] = ""
    ) -> CommandResult:
        """Turns a camera (degrees) and awaits the answer. Its location stays."""
        return await self._command(_actions.set_camera_rotation(camera_name, pitch, yaw, roll))

    async def set_transform_direct(
        self,
        x: float,
        y: float,
        z: float,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
        camera_name: Optional[str] = "",
    ) -> CommandResult:
        """Moves and turns a camera in one go and awaits the answer."""
        return await self._command(_actions.set_camera_pose(camera_name, x, y, z, pitch, yaw, roll))

    async def get_location_direct(self, camera_name: Optional[str] = "") -> Location:
        """Where a camera is (cm): `.x .y .z`."""
        return Location.of(await self._session.request(_actions.get_camera_pose(camera_name)))

    async def get_rotation_direct(self, camera_name: Optional[str] = "") -> Rotation:
        """Which way a camera looks (degrees): `.pitch .yaw .roll`."""
        return Rotation.of(await self._session.request(_actions.get_camera_pose(camera_name)))

    async def set_fov(self, fov: float, camera_name: Optional[str] = "") -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): the interface has no field of view."""
        raise _groups.field_of_view()

    async def get_fov(self, camera_name: Optional[str] = "") -> float:
        """Raises UESynthError (UNIMPLEMENTED): the interface has no field of view."""
        raise _groups.field_of_view()

    async def _command(self, request: _actions.Request) -> CommandResult:
        return await self._session.request(request) or CommandResult()
