"""Frames of streamed captures."""

from __future__ import annotations

from typing import Optional

from .. import _groups
from ..frame import Frame
from ._session import Session


class AsyncFrames:
    """Frames that have come and wait in the library's store, up to `stream_buffer_size` frames or
    `stream_buffer_bytes`. The client has the same methods."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    async def get_latest_frame(
        self,
        modality: Optional[str] = None,
        camera_name: Optional[str] = None,
        *,
        peek: bool = False,
    ) -> Optional[Frame]:
        """The newest frame of the streamed captures, once; None if no newer one has come.

        Older frames of the same camera and modality that were not fetched are superseded: they go first
        when room is needed.

        Args:
            modality, camera_name: look at these captures only; otherwise at all.
            peek: look without taking: the same frame may come again.
        """
        return await self._session.latest(modality, camera_name, peek)

    async def get_frame_by_id(self, request_id: str) -> Optional[Frame]:
        """The frame of a streamed capture, once; None if it is not there (yet, or any more)."""
        return await self._session.frame_by_id(request_id)

    async def wait_for_frame(self, request_id: str, timeout: float = 5.0) -> Frame:
        """The frame of a streamed capture, awaited for at most `timeout` seconds.

        Raises:
            UESynthTimeoutError: it has not come yet; it may be awaited again.
            UESynthError: the capture failed; or (NO_FRAME) the frame was fetched before, has given way,
                or there is no such capture.
        """
        return await self._session.wait_for_frame(request_id, timeout)
