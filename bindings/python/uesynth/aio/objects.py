"""Objects of the scene, for asyncio."""

from __future__ import annotations

from typing import List, Optional, Sequence, Union

from .. import _actions, _groups
from ..geometry import AnyTransform, Pose
from ..results import CommandResult, ObjectName
from ._session import RequestId, Session


class AsyncObjects:
    """Objects of the scene: places in centimetres, directions in degrees.

    Streaming methods give a request id at once; a request that fails later is logged, and its error is
    raised by `client.wait_for_result(id)`. `list_all` and those that end in `_direct` await the answer
    and raise UESynthError where there is none or the server refuses.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    def set_location(self, name: str, x: float, y: float, z: float) -> RequestId:
        """Streaming: moves an object to x, y, z (cm). Its rotation and scale stay."""
        return self._session.submit(_actions.set_object_location(name, x, y, z))

    def set_rotation(self, name: str, pitch: float, yaw: float, roll: float) -> RequestId:
        """Streaming: turns an object (degrees). Its location and scale stay."""
        return self._session.submit(_actions.set_object_rotation(name, pitch, yaw, roll))

    def set_scale(self, name: str, x: float, y: float, z: float) -> RequestId:
        """Streaming: makes an object larger or smaller along its axes. The rest stays."""
        return self._session.submit(_actions.set_object_scale(name, x, y, z))

    def set_transform(
        self,
        name: str,
        x: Union[float, AnyTransform],
        y: Optional[float] = None,
        z: Optional[float] = None,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
    ) -> RequestId:
        """Streaming: moves and turns an object: `set_transform(name, x, y, z, pitch, yaw, roll)`, its
        scale stays; or `set_transform(name, transform)`, which sets the scale too."""
        return self._session.submit(_groups.set_transform(name, x, y, z, pitch, yaw, roll))

    def get_transform(self, name: str) -> RequestId:
        """Streaming: asks for an object's pose; `client.wait_for_result(id)` gives it."""
        return self._session.submit(_actions.get_object_pose(name))

    def spawn(
        self,
        object_name: str,
        asset_path: str,
        x: float = 0.0,
        y: float = 0.0,
        z: float = 0.0,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
        scale: Sequence[float] = (1.0, 1.0, 1.0),
    ) -> RequestId:
        """Streaming: adds an object to the scene; asset_path is like "/Engine/BasicShapes/Cube.Cube"."""
        numbers = _actions.numbers_of(((x, y, z), (pitch, yaw, roll), scale))
        return self._session.submit(_actions.spawn(object_name, asset_path, numbers))

    def destroy(self, name: str) -> RequestId:
        """Streaming: takes an object out of the scene."""
        return self._session.submit(_actions.destroy_object(name))

    def set_material(self, name: str, material_property: str, value: str) -> RequestId:
        """Streaming: sets one property of an object's material, as ("Cube", "color", "#ff0000")."""
        return self._session.submit(_actions.set_material(name, material_property, value))

    async def set_transform_direct(
        self,
        name: str,
        x: Union[float, AnyTransform],
        y: Optional[float] = None,
        z: Optional[float] = None,
        pitch: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
    ) -> CommandResult:
        """As `set_transform`, and awaits the answer."""
        request = _groups.set_transform(name, x, y, z, pitch, yaw, roll)
        result: CommandResult = await self._session.request(request)
        return result

    async def get_transform_direct(self, name: str) -> Pose:
        """An object's pose: `.location.x`, `.rotation.yaw`, `.scale.z`."""
        pose: Pose = await self._session.request(_actions.get_object_pose(name))
        return pose

    async def list_all(self) -> List[ObjectName]:
        """The names of all objects; each is a str that also has `.name`. Awaits the answer."""
        names: List[ObjectName] = await self._session.request(_actions.list_objects())
        return names

    async def find_by_class(self, class_name: str) -> List[ObjectName]:
        """Raises UESynthError (UNIMPLEMENTED): the interface does not tell classes."""
        raise _groups.find_by_class()
