"""Pictures, blocking."""

from __future__ import annotations

from typing import Any, Optional

from .. import _abi, _actions, _groups
from .._groups import ModalityFrames
from ..frame import Frame
from ._session import BlockingSession


class Capture:
    """Pictures of the scene as numpy arrays, without a copy.

    Arguments of all methods: camera_name ("" is the default camera), width and height in pixels (0 or
    None leaves the size to the server), and for single pictures `out`, a writable contiguous array of the
    right shape and dtype, into which the pixels are received and which is returned.

    Every method waits at most the client's timeout and raises UESynthError where there is no picture.
    """

    def __init__(self, session: BlockingSession) -> None:
        self._session = session

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
        requests = _groups.all_requests(camera_name, width, height)
        return ModalityFrames.of(self._session.all(requests))
