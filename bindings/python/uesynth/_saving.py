"""Frames to files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ._png import png
from .errors import StatusCode, UESynthError, UESynthValueError

if TYPE_CHECKING:
    from .frame import Frame

_FILES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".exr": "exr"}


def save(frame: Frame, path: Any) -> None:
    target = Path(os.fspath(path))
    ending = target.suffix.lower()
    found = frame.info.format
    if _FILES.get(ending) == found:
        target.write_bytes(frame.tobytes())
    elif ending == ".npy":
        with target.open("wb") as file:
            np.save(file, frame.view(np.ndarray))
    elif ending == ".png":
        target.write_bytes(png(frame.preview()))
    elif ending in _FILES:
        raise UESynthError(
            f"{ending} files are not written here; use .png or .npy, or hand frame.rgb to Pillow",
            StatusCode.UNIMPLEMENTED,
        )
    else:
        raise UESynthValueError(
            f"{str(target)!r:.200} has no ending that tells the kind of file: .png or .npy",
            StatusCode.MISUSE,
        )
