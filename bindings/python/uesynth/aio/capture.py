"""Pictures, for asyncio."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Optional, Sequence

from .. import _abi, _actions, _groups
from .._groups import FRAME_NAMES, ModalityFrames
from ..frame import Frame
from ..frameset import FrameSet, FramesetRequest
from ..geometry import AnyTransform
from ._session import RequestId, Session
from .sequence import AsyncFrameSequence
from .stream import FrameStream


class AsyncCapture:
    """Pictures of the scene as numpy arrays, without a copy.

    Streaming methods (`rgb`, `depth` …) give a request id at once; the frame waits for
    `client.get_latest_frame()`, `client.wait_for_frame(id)` or `client.get_frame_by_id(id)`. Those that
    end in `_direct` await the frame and raise UESynthError where there is none.

    Arguments of all: camera_name ("" is the default camera), width and height in pixels (0 or None leaves
    the size to the server); of the direct ones also `out`, a writable contiguous array of the right shape
    and dtype, into which the pixels are received and which is returned.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        return _groups.shown(self)

    # ---- Streaming --------------------------------------------------------------------------------

    def rgb(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> RequestId:
        """Streaming: the colours (see `rgb_direct`)."""
        return self._session.submit_capture(_abi.MODALITY_RGB, camera_name, width, height)

    def depth(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> RequestId:
        """Streaming: the depth (see `depth_direct`)."""
        return self._session.submit_capture(_abi.MODALITY_DEPTH, camera_name, width, height)

    def segmentation(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> RequestId:
        """Streaming: instance ids (see `segmentation_direct`)."""
        return self._session.submit_capture(_abi.MODALITY_SEGMENTATION, camera_name, width, height)

    def normals(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> RequestId:
        """Streaming: the surfaces' directions (see `normals_direct`)."""
        return self._session.submit_capture(_abi.MODALITY_NORMALS, camera_name, width, height)

    def optical_flow(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> RequestId:
        """Streaming: how far points have moved (see `optical_flow_direct`)."""
        return self._session.submit_capture(_abi.MODALITY_OPTICAL_FLOW, camera_name, width, height)

    async def all_modalities(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> Dict[str, str]:
        """Streaming: captures all five; a dict of request ids by modality."""
        requests = _groups.all_requests(camera_name, width, height)
        for request, modality in zip(requests, _actions.MODALITIES.values()):
            self._session.captured[modality, request[1][0]] = None
        numbers = await self._session.submit_captures(requests)
        return {name: str(number) for name, number in zip(FRAME_NAMES, numbers)}

    # ---- Awaited ----------------------------------------------------------------------------------

    async def rgb_direct(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """The colours: (height, width, 4) uint8 in the order red, green, blue, alpha. For OpenCV, which
        wants blue first, take `frame.bgr`; for Pillow and matplotlib `frame.rgb`."""
        return await self._capture(_abi.MODALITY_RGB, camera_name, width, height, out)

    async def depth_direct(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """The distance along the camera's axis: (height, width) float32, centimetres."""
        return await self._capture(_abi.MODALITY_DEPTH, camera_name, width, height, out)

    async def segmentation_direct(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """Instance ids: (height, width) uint32, 0 is nothing. OpenCV before 5 takes no uint32: give it
        `frame.preview()` (colours) or `frame.astype(numpy.int32)`."""
        return await self._capture(_abi.MODALITY_SEGMENTATION, camera_name, width, height, out)

    async def normals_direct(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """The surfaces' directions in the world: (height, width, 3) float32 of length 1."""
        return await self._capture(_abi.MODALITY_NORMALS, camera_name, width, height, out)

    async def optical_flow_direct(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        out: Any = None,
    ) -> Frame:
        """How far each point has moved since the last one: (height, width, 2) float32, pixels."""
        return await self._capture(_abi.MODALITY_OPTICAL_FLOW, camera_name, width, height, out)

    async def all_modalities_direct(
        self,
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
    ) -> ModalityFrames:
        """A dict with the keys rgb, depth, segmentation, normals and optical_flow, captured side by side.
        What could not be had is None, and `.errors` says why."""
        request = _groups.all_modalities(camera_name, width, height, self._session.timeout_ms)
        return ModalityFrames.of(await self._session.frameset(request))

    async def frameset(
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
        return await self._session.frameset(request)

    async def _capture(
        self, modality: int, camera: Optional[str], width: Any, height: Any, out: Any
    ) -> Frame:
        request = _actions.capture(modality, camera, width, height)
        frame: Frame = await self._session.capture(request, out)
        return frame

    # ---- Again and again --------------------------------------------------------------------------

    def stream(
        self,
        fps: float = 0.0,
        modality: str = "rgb",
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        depth: int = 0,
        latest: bool = False,
    ) -> FrameStream:
        """Frames as they come: `async for frame in client.capture.stream(fps=60):`.

        The library captures at a steady rate, or as fast as the server with fps=0, until the loop is
        left; a beat that finds all captures still under way is skipped and counted
        (`client.stats().subscription_beats_missed`).

        Args:
            depth: captures kept in flight, 1 to 4096; 0 lets the library choose.
            latest: skip to the newest frame when the loop is slower than the frames come. Otherwise every
                frame is given, in order.
        """
        return FrameStream(
            self._session,
            fps,
            _actions.modality(modality),
            camera_name,
            width,
            height,
            depth,
            latest,
        )

    def sequence(
        self,
        poses: Iterable[AnyTransform],
        modality: str = "rgb",
        camera_name: Optional[str] = "",
        width: Optional[int] = 0,
        height: Optional[int] = 0,
        *,
        ahead: int = 0,
    ) -> AsyncFrameSequence:
        """Frames along a list of poses, one for each, in its order: while one is looked at, the next ones are
        on their way.

            async for frame in client.capture.sequence(poses, width=640, height=480):
                frame.info.pose

        How far to work ahead is found by measurement. A capture that failed raises its UESynthError in its
        place; the iteration may go on after it.

        Args:
            poses: transforms, up to 10,000,000: `uesynth.Transform`, or ((x, y, z), (pitch, yaw, roll)).
            ahead: poses ahead of the program, 1 to 4096; 0: found by measurement.
        """
        return AsyncFrameSequence(self._session, poses, modality, camera_name, width, height, ahead)
