"""Frames along a list of poses, for asyncio."""

from __future__ import annotations

import asyncio
from typing import Any, Iterable, Optional

from .._sequence import Sequence, SequenceStats, frame_of
from ..frame import Frame
from ..geometry import AnyTransform
from ._session import Session

#: A sequence has no descriptor: it is looked at so often (seconds) while its next frame has not come. The
#: frames after that one are on their way meanwhile.
_LOOK = 0.001


class AsyncFrameSequence:
    """An asynchronous iterator of frames, one for each pose. Ends the sequence when it is dropped or
    closed."""

    def __init__(
        self,
        session: Session,
        poses: Iterable[AnyTransform],
        modality: str,
        camera: Optional[str],
        width: Any,
        height: Any,
        ahead: int,
    ) -> None:
        self._session = session
        self._arguments = (poses, modality, camera, width, height, ahead)
        self._sequence: Optional[Sequence] = None

    def _begun(self) -> Sequence:
        if self._sequence is None:
            session = self._session
            self._sequence = Sequence(session.open(), *self._arguments, session.timeout_ms)
        return self._sequence

    def __aiter__(self) -> AsyncFrameSequence:
        return self

    async def __anext__(self) -> Frame:
        sequence = self._begun()
        if self._session.is_turn:
            await self._session.turn()
        look = sequence.core.quick.sequence_next
        while True:
            self._session.open()
            try:
                outcome = sequence.next(0, look)
            except StopIteration:
                raise StopAsyncIteration from None
            if outcome is not None:
                return frame_of(outcome)
            await asyncio.sleep(_LOOK)

    def __repr__(self) -> str:
        return f"<uesynth.AsyncFrameSequence {self._sequence or 'not begun'}>"

    def stats(self) -> SequenceStats:
        """How far it works ahead, and how much the program had to wait."""
        return self._begun().stats()

    def close(self) -> None:
        """Ends it: nothing more is captured."""
        if self._sequence is not None:
            self._sequence.close()

    async def aclose(self) -> None:
        """As `close`."""
        self.close()
