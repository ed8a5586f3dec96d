"""Pictures as numpy arrays over the library's memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

import numpy as np
import numpy.typing as npt

from . import _abi, _memory, pixels
from ._frame_info import (
    BYTES,
    INFO_HEAD,
    INFO_REST,
    SHAPE_OFFSET,
    FrameFlag,
    FrameFlags,
    FrameInfo,
    read_info,
    shape_of,
    unpack_shape,
)
from ._library import library
from .errors import StatusCode, UESynthError, UESynthValueError, error

if TYPE_CHECKING:
    _Array = np.ndarray[Any, np.dtype[Any]]
else:
    # NDArray is an alias that no class can be made of from numpy 2.3 on.
    _Array = np.ndarray


class Frame(_Array):
    """A picture: a read-only numpy array over the library's memory, with what came along.

    | modality | shape | dtype |
    |---|---|---|
    | rgb | (height, width, 4) | uint8, in the order red, green, blue, alpha |
    | depth | (height, width) | float32, centimetres along the camera's axis |
    | segmentation | (height, width) | uint32, instance ids, 0 is nothing |
    | normals | (height, width, 3) | float32, of length 1, in the world |
    | optical_flow | (height, width, 2) | float32, pixels |

    That is what the server sends; what cannot be one of these comes as it is (one dimension of uint8),
    and `info.flags` says why. The array holds the memory: it may outlive its client. It is read-only;
    `copy()` gives a writable one.

    OpenCV wants blue first: `frame.bgr`. What is computed from a frame (arithmetic, `min()`, `copy()`,
    `astype()`) is what numpy makes of any array: a plain array that can be written to, or a number. Parts
    of it (slices, `reshape`, `T`) are views: read-only like it, of this class but without `info`.
    """

    # Attributes of every frame have slots, which costs less than a dict; slices leave them empty.
    __slots__ = ("__dict__", "_own_handle", "_own_raw")
    _own_raw: bytes
    _own_handle: int
    _info: Optional[FrameInfo] = None
    #: What a converted frame was made of: the library knows its handle as long as it lives.
    _original: Optional[Frame] = None

    # ---- What came along ------------------------------------------------------------------------

    @property
    def _raw(self) -> Optional[bytes]:
        """The packed uesynth_frame_info; None of what was made from a frame."""
        return getattr(self, "_own_raw", None)

    @property
    def _handle(self) -> int:
        """By which the library knows the picture; 0 if it does not."""
        return getattr(self, "_own_handle", 0)

    @property
    def info(self) -> FrameInfo:
        """What came with the picture."""
        if self._info is None:
            if self._raw is None:
                raise UESynthValueError(
                    "this array was made from a frame and has no info of its own: keep the frame",
                    StatusCode.MISUSE,
                )
            self._info = read_info(self._raw)
        return self._info

    @property
    def has_info(self) -> bool:
        """False for slices and results of arithmetic."""
        return self._info is not None or self._raw is not None

    @property
    def flags(self) -> Any:
        """numpy's flags, and the frame's: `frame.flags.writeable`, `frame.flags.placeholder`."""
        mine = super().flags
        return FrameFlags(mine, self.info.flags) if self.has_info else mine

    @property
    def modality(self) -> str:
        """ "rgb", "depth", "segmentation", "normals" or "optical_flow"."""
        return self.info.modality

    @property
    def pixel_format(self) -> str:
        """What the bytes are: "rgba8", "rgb8", "bgra8", "gray8", "f32", "f32x2", "f32x3", "u32", "f16",
        "png", "jpeg", "exr" or "unknown"."""
        return self.info.format

    @property
    def sequence(self) -> int:
        """1, 2, 3 ... per client in order of arrival."""
        return self.info.sequence

    @property
    def request_id(self) -> str:
        """Of the request that it answers."""
        return self.info.request_id

    # ---- Colours --------------------------------------------------------------------------------

    @property
    def rgb(self) -> npt.NDArray[np.uint8]:
        """(height, width, 3) uint8 in the order of Pillow, matplotlib and torchvision: a view where the
        picture is RGB or RGBA, otherwise a copy."""
        if self.has_info and self.info.format in ("rgba8", "rgb8"):
            return self.view(np.ndarray)[:, :, :3]
        return self._swizzled("rgb8")

    @property
    def bgr(self) -> npt.NDArray[np.uint8]:
        """(height, width, 3) uint8 in OpenCV's order, a copy: `cv2.imwrite("a.png", frame.bgr)`."""
        return self._swizzled("bgr8")

    def _swizzled(self, wanted: str) -> npt.NDArray[np.uint8]:
        found = self.info.format
        if found not in ("rgba8", "rgb8", "bgra8", "bgr8", "gray8", "png", "jpeg"):
            raise UESynthValueError(
                f"this frame is {self._what()}, which has no colours; frame.preview() shows any frame "
                "as a picture",
                StatusCode.MISUSE,
            )
        if self._handle and found != "gray8":
            return pixels.decode(self._handle, wanted, None)
        # Grey, or a copy from another process, which the library does not know.
        plain = self.view(np.ndarray)
        if found == "gray8":
            return np.repeat(plain[:, :, None], 3, axis=2)
        if found in ("png", "jpeg"):
            raise _unknown()
        same = found[:3] == wanted[:3]
        return np.ascontiguousarray(plain[:, :, :3] if same else plain[:, :, 2::-1])

    def decode(self, format: Optional[str] = None, out: Any = None) -> npt.NDArray[Any]:
        """The pixels in another format, as a new array or in `out`, of the right shape and dtype.

        Colours, also PNG and JPEG files, can be had as "rgb8", "bgr8", "rgba8", "bgra8", "gray8", and as
        value / 255 in float32: "f32x3", "f32x4", "f32x3_planar" (3, height, width), "f32x4_planar";
        grey PNG files of 16 bits as "gray16", half floats as "f32". None is the frame's own format, of a
        file the one that its header says.

        Raises:
            UESynthValueError: the frame cannot be had in that format.
            UESynthError: DATA_LOSS, the file is damaged; UNIMPLEMENTED, a codec is not installed.
        """
        if format is None and self._original is not None:
            format = self.info.format
        return pixels.decode(self._known(), format, out)

    def preview(self) -> npt.NDArray[np.uint8]:
        """The frame as (height, width, 3) uint8 to look at, red first: depth from near (bright, warm) to
        far (dark, cold), a colour of its own for each instance id, directions as colours, flow as hue and
        strength."""
        self._refuse_bytes()
        return _three(pixels.preview(self._known()))

    def encode(self, file: str, *, preview: bool = False, **options: Any) -> npt.NDArray[np.uint8]:
        """A file in memory, "png", "jpeg" or "npy", as an array of bytes. The options are those of
        `save`."""
        packed = pixels.picture_options(preview, **options)
        if self._original is not None and file == "npy" and not preview:
            return pixels.array_file(self.view(np.ndarray))
        return pixels.encode(self._known(), file, packed)

    def save(self, path: Any, *, preview: Optional[bool] = None, **options: Any) -> None:
        """Writes a file of the kind that the path ends with: .png, .jpg, .jpeg or .npy.

        Colours are right in every kind; files for the eye are made of what the server sent, also of a
        client with pixel_format=. Depth, ids, normals and flow are written exactly as .npy; as .png
        and .jpg they are written as `preview()` shows them. The file appears when it is whole.

        Args:
            preview: True or False to choose between the values and a picture for the eye.
            quality: of JPEG, 1 to 100 (95).
            full_chroma: JPEG with colours at full resolution (False).
            compression: of PNG, 0 (none) to 9 (smallest, slow), -1 (fast).
            keep_alpha: with the alpha channel (.npy: True; .png: False, since a viewport's alpha is
                often 0, and such a picture cannot be seen).
            depth_range: (near, far) of a preview in cm; otherwise the 1st and 99th percentile.
            flow_full: pixels of full strength in a preview; otherwise the 99th percentile.

        Raises:
            UESynthError: the path or the format do not fit (MISUSE), the disk is full
                (RESOURCE_EXHAUSTED), a codec is not installed (UNIMPLEMENTED).
        """
        if self.is_written_here(path, preview):
            self.file_options(path, preview, options)
            pixels.save_array(self.view(np.ndarray), path)
            return
        pixels.save(self._known(), path, self.file_options(path, preview, options))

    def is_written_here(self, path: Any, preview: Optional[bool]) -> bool:
        """Are the values of the file those of an array that the library does not have?"""
        is_exact = pixels.path_of(path).lower().endswith(b".npy") and not preview
        return is_exact and self.has_info and (not self._handle or self._original is not None)

    @staticmethod
    def file_options(path: Any, preview: Optional[bool], options: Dict[str, Any]) -> Any:
        """The packed options of `save`."""
        is_exact = os.fsencode(path).lower().endswith(b".npy")
        if preview is None:
            preview = not is_exact
        if is_exact:
            options.setdefault("keep_alpha", True)
        return pixels.picture_options(preview, **options)

    def _known(self) -> int:
        if self._handle:
            return self._handle
        self.info  # noqa: B018 - says what is wrong with slices
        raise _unknown()

    def _refuse_bytes(self) -> None:
        info = self.info
        if self.ndim == 1 and info.format == "unknown":
            why = ", ".join(FrameFlags(None, info.flags).names)
            raise UESynthValueError(
                f"this {info.modality} frame is {self.size} bytes of an unknown format ({why}), which "
                "are no pixels that can be shown",
                StatusCode.MISUSE,
            )

    # ---- What is computed from it -----------------------------------------------------------------

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """The result of a ufunc, also of reductions: no frame. numpy before 2 has made it one, and says of no
        result that it is to be a number."""
        plain = array.view(np.ndarray) if isinstance(array, Frame) else array
        return plain[()] if return_scalar or array.ndim == 0 else plain

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        return _plain(super().__array_function__(function, types, arguments, keywords))

    def copy(self, order: Any = "C") -> npt.NDArray[Any]:
        """The pixels as a plain array that can be written to."""
        made: npt.NDArray[Any] = self.view(np.ndarray).copy(order)
        return made

    def astype(self, *arguments: Any, **options: Any) -> Any:
        """The values in another dtype, as numpy's: a plain array."""
        return self.view(np.ndarray).astype(*arguments, **options)

    def flatten(self, order: Any = "C") -> npt.NDArray[Any]:
        """A copy with one dimension, a plain array."""
        flat: npt.NDArray[Any] = self.view(np.ndarray).flatten(order)
        return flat

    # ---- Other libraries ------------------------------------------------------------------------

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: Optional[Tuple[int, int]] = None,
        dl_device: Optional[Tuple[Any, int]] = None,
        copy: Optional[bool] = None,
    ) -> Any:
        """The pixels for another array library, without a copy unless `copy=True`. Consumers that know
        DLPack 1.0 are told that they are read-only; others have to know it."""
        from ._dlpack import export

        return export(self, stream, max_version, dl_device, copy)

    def __dlpack_device__(self) -> Tuple[Any, Any]:
        return 1, 0  # kDLCPU

    def __reduce__(self) -> Any:
        """Pickles as a copy."""
        if not self.has_info:
            return super().__reduce__()
        return _restore, (np.array(self.view(np.ndarray)), tuple(self.info))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__() if self.has_info else super().__reduce_ex__(protocol)

    # ---- To look at -----------------------------------------------------------------------------

    def _what(self) -> str:
        size = "x".join(str(side) for side in self.shape)
        return f"{self.info.modality} {size} {self.dtype} {self.info.format}"

    def __repr__(self) -> str:
        if not self.has_info:
            return super().__repr__()
        info = self.info
        words = [
            f"camera={info.camera!r}",
            f"sequence={info.sequence}",
            f"request_id={info.request_id!r}",
        ]
        shown = info.flags & ~FrameFlag.HAS_POSE
        if shown:
            names = (name for name, flag in FrameFlag.__members__.items() if shown & flag)
            words.append("flags=" + "|".join(names))
        return f"<uesynth.Frame {self._what()} {' '.join(words)}>"

    def _repr_png_(self) -> Optional[bytes]:
        """What a notebook shows."""
        if not self._handle or self.size == 0 or self.info.format in ("unknown", "jpeg", "exr"):
            return None
        return self.encode("png", preview=True).tobytes()


def _plain(result: Any) -> Any:
    """A result without the class of what it was computed from; views stay what they are."""
    if isinstance(result, (list, tuple)) and any(isinstance(one, Frame) for one in result):
        plain = [_plain(one) for one in result]
        if isinstance(result, list):
            return plain
        make = getattr(type(result), "_make", tuple)
        return make(plain)
    if isinstance(result, Frame) and result.base is None and not result.has_info:
        return result.view(np.ndarray)
    return result


def _unknown() -> UESynthValueError:
    return UESynthValueError(
        "this frame is a copy from another process, which the library does not know: do this where it was "
        "captured",
        StatusCode.MISUSE,
    )


def _three(picture: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Grey, and alpha, as red, green, blue."""
    if picture.ndim == 2:
        return np.repeat(picture[:, :, None], 3, axis=2)
    return picture[:, :, :3]


_COLOURS = frozenset(
    (
        _abi.FORMAT_RGBA8,
        _abi.FORMAT_RGB8,
        _abi.FORMAT_BGRA8,
        _abi.FORMAT_GRAY8,
        _abi.FORMAT_PNG,
        _abi.FORMAT_JPEG,
    )
)


def converted(frame: Frame, wanted: str) -> Frame:
    """The colours of a frame in another format, with what came along."""
    if frame._raw is None or unpack_shape(frame._raw, SHAPE_OFFSET)[5] not in _COLOURS:
        return frame
    array = frame.decode(wanted)
    array.flags.writeable = False
    made = array.view(Frame)
    made._info = frame.info._replace(format=wanted)
    made._original, made._own_handle = frame, frame._handle
    return made


def into(frame: Frame, out: Any) -> Any:
    """A converted frame in an array of the caller's."""
    pixels.fits(out, frame.shape, frame.dtype)
    np.copyto(out, frame)
    return out


def _restore(array: npt.NDArray[Any], info: Tuple[Any, ...]) -> Frame:
    array.flags.writeable = False
    frame = array.view(Frame)
    frame._info = FrameInfo(*info)
    return frame


def _unreadable(handle: int, status: int) -> UESynthError:
    loaded = library()
    failure = error(status, loaded.last_error())
    loaded.quick.frame_release(handle)
    return failure


def frame_of(handle: int) -> Frame:
    """The array over a frame; takes over the caller's reference to it."""
    # The library writes into bytes that are new and nobody else's, as C code that makes such objects does:
    # a buffer and a copy of it would be two objects more.
    raw = INFO_HEAD + INFO_REST
    status = library().quick.frame_view(handle, raw)
    if status:
        raise _unreadable(handle, status)
    data, size, width, height, stride, found = unpack_shape(raw, SHAPE_OFFSET)
    # numpy's hints know only some of the things that have a buffer.
    memory: Any = _memory.own(handle, data, size)
    if found == 1 and stride == width * 4:
        frame: Frame = Frame((height, width, 4), BYTES, memory)
    else:
        shape, dtype, strides = shape_of(raw)
        frame = Frame(shape, dtype, memory, 0, strides)
    frame._own_raw = raw
    frame._own_handle = handle
    return frame
