"""The scene's light, blocking."""

from __future__ import annotations

from typing import Optional, Sequence

from .. import _actions, _groups
from ..geometry import AnyTransform
from ..results import CommandResult
from ._session import BlockingSession


class Scene:
    """What belongs to the scene as a whole."""

    def __init__(self, session: BlockingSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    def set_lighting(
        self,
        light_name: str,
        intensity: float,
        color: Sequence[float] = (1.0, 1.0, 1.0),
        transform: Optional[AnyTransform] = None,
    ) -> CommandResult:
        """Sets a light as a whole, as the interface has it: intensity in the unit of the light, color as
        red, green and blue from 0 to 1, and its pose (None: the origin, looking along X)."""
        request = _actions.set_lighting(light_name, intensity, color, transform)
        return self._session.command(request)

    def set_sun_intensity(self, intensity: float) -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): the interface sets lights as a whole, `set_lighting`."""
        raise _groups.sun_intensity()

    def set_time_of_day(self, hour: float, minute: float = 0) -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): the interface has no time of day."""
        raise _groups.time_of_day()

    def set_weather(self, kind: str) -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): the interface has no weather."""
        raise _groups.weather()
