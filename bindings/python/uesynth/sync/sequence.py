"""Frames along a list of poses, blocking."""

from __future__ import annotations

from typing import Any, Iterable, Optional

from .._core import SLICE_MS
from .._sequence import Sequence, SequenceStats, frame_of
from ..frame import Frame
from ..geometry import AnyTransform
from ._session import BlockingSession


class FrameSequence:
    """An iterator of frames, one for each pose. Ends the sequence when it is dropped or closed."""

    def __init__(
        self,
        session: BlockingSession,
        poses: Iterable[AnyTransform],
        modality: str,
        camera: Optional[str],
        width: Any,
        height: Any,
        ahead: int,
    ) -> None:
        self._sequence = Sequence(
            session.open(), poses, modality, camera, width, height, ahead, session.timeout_ms
        )

    def __len__(self) -> int:
        """How many poses there are."""
        return self._sequence.count

    def __iter__(self) -> FrameSequence:
        return self

    def __next__(self) -> Frame:
        core = self._sequence.core
        core.enter()
        try:
            while True:
                outcome = self._sequence.next(SLICE_MS, core.library.blocking.sequence_next)
                if outcome is not None:
                    return frame_of(outcome)
        finally:
            core.leave()

    def __repr__(self) -> str:
        return f"<uesynth.FrameSequence {self._sequence}>"

    def stats(self) -> SequenceStats:
        """How far it works ahead, and how much the program had to wait."""
        return self._sequence.stats()

    def close(self) -> None:
        """Ends it: nothing more is captured."""
        self._sequence.close()
