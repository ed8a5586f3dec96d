"""What the groups of both clients say in the same words."""

from __future__ import annotations

import logging
from typing import Any, Dict, List, Optional, Union

from . import _abi, _actions
from .errors import UESynthError, UESynthTypeError, UESynthValueError, unimplemented
from .frame import Frame
from .frameset import FrameSet, FramesetRequest
from .geometry import AnyTransform

logger = logging.getLogger("uesynth")

FRAME_NAMES = tuple(_actions.MODALITIES)

#: An engine at 60 Hz answers no sooner.
TICK_MS = 1000 / 60


def shown(group: Any) -> str:
    """The repr of a group: what can be called."""
    names = [name for name in dir(group) if not name.startswith("_")]
    return (
        f"<uesynth.{type(group).__name__} of {group._session.options.target}: {', '.join(names)}>"
    )


class ModalityFrames(Dict[str, Optional[Frame]]):
    """Frames by modality: "rgb", "depth", "segmentation", "normals", "optical_flow".

    What could not be captured is None, and `errors` says why.
    """

    errors: Dict[str, UESynthError]

    @classmethod
    def of(cls, frames: FrameSet) -> ModalityFrames:
        """Raises the first error if nothing could be captured at all."""
        self = cls()
        self.errors = {}
        for name, frame, failure in zip(FRAME_NAMES, frames.frames, frames.errors):
            self[name] = frame
            if failure is not None:
                self.errors[name] = failure
        if len(self.errors) == len(FRAME_NAMES):
            raise next(iter(self.errors.values()))
        for name, failure in self.errors.items():
            logger.warning("capture of %s failed: %s", name, failure)
        return self


def all_modalities(
    camera: Optional[str], width: Any, height: Any, timeout_ms: int
) -> FramesetRequest:
    return FramesetRequest(None, camera, FRAME_NAMES, None, width, height, 0, 0, False, timeout_ms)


def all_requests(camera: Optional[str], width: Any, height: Any) -> List[_actions.Request]:
    return [
        _actions.capture(number, camera, width, height) for number in _actions.MODALITIES.values()
    ]


def set_transform(
    name: str,
    x: Union[float, AnyTransform],
    y: Optional[float],
    z: Optional[float],
    pitch: float,
    yaw: float,
    roll: float,
) -> _actions.Request:
    """Numbers leave the scale as it is; a transform sets it too."""
    if y is None and z is None and not isinstance(x, (int, float)):
        return _actions.set_object_transform(name, x)
    return _actions.set_object_pose(
        name,
        x,  # type: ignore[arg-type]
        y,  # type: ignore[arg-type]
        z,  # type: ignore[arg-type]
        pitch,
        yaw,
        roll,
    )


def field_of_view() -> UESynthError:
    return unimplemented("the field of view", "set it on the camera in Unreal")


def find_by_class() -> UESynthError:
    return unimplemented("find_by_class", "list_all() gives all names, to be filtered by name")


def sun_intensity() -> UESynthError:
    return unimplemented(
        "the sun's intensity alone",
        "set_lighting(light_name, intensity, color, transform) sets a light as a whole",
    )


def time_of_day() -> UESynthError:
    return unimplemented(
        "the time of day",
        "set_lighting(light_name, intensity, color, transform) turns a light that plays the sun",
    )


def weather() -> UESynthError:
    return unimplemented("the weather", "change it in Unreal")


def image_format() -> UESynthError:
    return unimplemented(
        "the image format", "frames say what they are, and frame.save(path) writes files"
    )


def image_quality() -> UESynthError:
    return unimplemented("the image quality", "pictures are not compressed")


def max_resolution() -> UESynthError:
    return unimplemented(
        "a largest resolution", "camera.set_resolution(width, height) sets the usual one"
    )


def async_mode() -> UESynthError:
    return unimplemented(
        "an asynchronous mode of the server",
        "AsyncUESynthClient is asynchronous with any server",
    )


def timeout_in_milliseconds(value: Any) -> int:
    """The milliseconds of config.set_timeout."""
    is_number = isinstance(value, (int, float)) or hasattr(value, "__index__")
    if isinstance(value, bool) or not is_number or not 1 <= value <= 86_400_000:
        refusal = UESynthValueError if is_number else UESynthTypeError
        raise refusal(
            f"set_timeout takes milliseconds, 1 to 86400000, not {value!r:.80}{_meant(value)}",
            _abi.MISUSE,
        )
    if value != int(value):
        raise UESynthValueError(
            f"set_timeout takes whole milliseconds, not {value!r:.80}{_meant(value)}", _abi.MISUSE
        )
    if value < TICK_MS:
        logger.warning(
            "set_timeout(%s) is %s ms, less than a tick of an engine%s", value, value, _meant(value)
        )
    return int(value)


def _meant(value: Any) -> str:
    """Seconds are what is mostly meant by so little."""
    if not isinstance(value, (int, float)) or not 0 < value < 1000:
        return ""
    return f": {value:g} s are set_timeout({round(value * 1000)})"
