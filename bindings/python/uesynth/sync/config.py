"""Settings, blocking."""

from __future__ import annotations

from typing import Any

from .. import _groups
from ..results import CommandResult
from ._session import BlockingSession


class Config:
    """Settings that can be changed while the client is in use."""

    def __init__(self, session: BlockingSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    def set_timeout(self, timeout_ms: float) -> CommandResult:
        """How long a method waits for the server's answer from now on, in milliseconds."""
        self._session.timeout_ms = _groups.timeout_in_milliseconds(timeout_ms)
        return CommandResult()

    def set_image_format(self, image_format: str) -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): the server chooses the format."""
        raise _groups.image_format()

    def set_image_quality(self, quality: int) -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): pictures are not compressed."""
        raise _groups.image_quality()

    def set_max_resolution(self, width: int, height: int) -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): see `camera.set_resolution`."""
        raise _groups.max_resolution()

    def set_async_mode(self, enabled: Any = True) -> CommandResult:
        """Raises UESynthError (UNIMPLEMENTED): see `AsyncUESynthClient`."""
        raise _groups.async_mode()
