"""Pictures, blocking."""

from __future__ import annotations

from typing import Any, Iterable, Optional, Sequence

from .. import _abi, _actions, _groups
from .._groups import ModalityFrames
from ..frame import Frame
from ..frameset import FrameSet, FramesetRequest
from ..geometry import AnyTransform
from ._session import BlockingSession
from .sequence import FrameSequence


class Capture:
    """Pictures of the scene as numpy arrays, without a copy.

    Arguments of all methods: camera_name ("" is the default camera), width and height in pixels (0 or
    None leaves the size to the server), and for single pictures `out`, a writable contiguous array of the
    right shape and dtype, into which the pixels are received and which is returned.

    Every method waits at most the client's timeout and raises UESynthError where there is no picture.
    """

    def __init__(self, session: BlockingSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    def _capture(
        self, modality: int, camera: Optional[str], width: Any, height: Any, out: Any
    ) -> Any:
        request = _actions.capture(modality, camera, width, height)
        if out is not None:
            return self._session.capture_into(request, out)
        return self._session.request(request)

    def rgb(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """The colours: (height, width, 4) uint8 in the order red, green, blue, alpha. For OpenCV, which
        wants blue first, take `frame.bgr`; for Pillow and matplotlib `frame.rgb`."""
        frame: Frame = self._capture(_abi.MODALITY_RGB, camera_name, width, height, out)
        return frame

    def depth(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """The distance along the camera's axis: (height, width) float32, centimetres."""
        frame: Frame = self._capture(_abi.MODALITY_DEPTH, camera_name, width, height, out)
        return frame

    def segmentation(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """Instance ids: (height, width) uint32, 0 is nothing. OpenCV before 5 takes no uint32: give it
        `frame.preview()` (colours) or `frame.astype(numpy.int32)`."""
        frame: Frame = self._capture(_abi.MODALITY_SEGMENTATION, camera_name, width, height, out)
        return frame

    def normals(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """The surfaces' directions in the world: (height, width, 3) float32 of length 1."""
        frame: Frame = self._capture(_abi.MODALITY_NORMALS, camera_name, width, height, out)
        return frame

    def optical_flow(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """How far each point has moved since the last one: (height, width, 2) float32, pixels."""
        frame: Frame = self._capture(_abi.MODALITY_OPTICAL_FLOW, camera_name, width, height, out)
        return frame

    def all_modalities(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> ModalityFrames:
        """A dict with the keys rgb, depth, segmentation, normals and optical_flow, captured side by side.
        What could not be had is None, and `.errors` says why."""
        request = _groups.all_modalities(camera_name, width, height, self._session.timeout_ms)
        return ModalityFrames.of(self._session.frameset(request))

    def frameset(
        self,
        transform: Optional[AnyTransform] = None,
        camera_name: Optional[str] = "",
        modalities: Sequence[str] = ("rgb",),
        *,
        cameras: Optional[Sequence[str]] = None,
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        settle_captures: int = 0,
        settle: float = 0.0,
        verify: bool = False,
    ) -> FrameSet:
        """Moves a camera, lets the picture settle, and captures any number of pictures in one go.

        Args:
            transform: the camera's whole pose; None moves nothing.
            camera_name: the camera that is moved.
            modalities: which pictures of each camera.
            cameras: of which cameras; None: of camera_name.
            settle_captures: captures to throw away after the move, 0 to 64: the picture after an
                acknowledged move may still show the pose before.
            settle: seconds to wait after the move was acknowledged, 0 to 60.
            verify: read the pose back afterwards: `.verified`.

        Raises what went wrong with a picture only when that picture is looked at: `frames["depth"]`.
        """
        request = FramesetRequest(
            transform, camera_name, modalities, cameras, width, height, settle_captures, settle, verify,
            self._session.timeout_ms,
        )  # fmt: skip
        return self._session.frameset(request)

    def sequence(
        self,
        poses: Iterable[AnyTransform],
        modality: str = "rgb",
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        ahead: int = 0,
    ) -> FrameSequence:
        """Frames along a list of poses, one for each, in its order: while one is looked at, the next ones are
        on their way.

            for frame in client.capture.sequence(poses, width=640, height=480):
                frame.info.pose

        How far to work ahead is found by measurement. A capture that failed raises its UESynthError in its
        place; the iteration may go on after it.

        Args:
            poses: transforms, up to 10,000,000: `uesynth.Transform`, or ((x, y, z), (pitch, yaw, roll)).
            ahead: poses ahead of the program, 1 to 4096; 0: found by measurement.
        """
        return FrameSequence(self._session, poses, modality, camera_name, width, height, ahead)
