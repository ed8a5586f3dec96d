"""Colours and measured values of known contents, as each format holds them."""

import numpy

import abi

FORMATS = ["RGBA8", "RGB8", "BGRA8", "BGR8", "GRAY8"]
FLOATS = ["F32X3", "F32X4", "F32X3_PLANAR", "F32X4_PLANAR"]
LABELS = {"RGBA8": "rgba", "RGB8": "rgb", "BGRA8": "bgra", "GRAY8": "gray"}
MEASURED = {
    "F32": ("float32", abi.DEPTH),
    "F16": ("float16", abi.DEPTH),
    "U32": ("uint32", abi.SEGMENTATION),
    "F32X3": ("float32x3", abi.NORMALS),
    "F32X2": ("float32x2", abi.OPTICAL_FLOW),
}

# The last arguments of a call that may call back, and does not.
NO_CALLBACK = (abi.EventFunction(), None, abi.DestroyFunction())


def scene(width=37, height=23, seed=1):
    """Colours with alpha; the corner is pure red, and its alpha 0."""
    random = numpy.random.default_rng(seed)
    rgba = random.integers(0, 256, (height, width, 4), "uint8")
    rgba[0, 0] = 255, 0, 0, 0
    return rgba


def in_order(rgba, name):
    """The same colours in a format."""
    if name == "GRAY8":
        r, g, b = rgba[..., :3].astype(int).transpose(2, 0, 1)
        return ((9798 * r + 19235 * g + 3735 * b + 16384) >> 15).astype("uint8")
    if name.startswith("F32"):
        colours = rgba[..., : int(name[4])].astype("float32") / numpy.float32(255)
        return colours.transpose(2, 0, 1) if name.endswith("PLANAR") else colours
    order = {"R": [0, 1, 2], "B": [2, 1, 0]}[name[0]] + ([3] if "A" in name else [])
    return rgba[..., order]


def seen(held, rgba):
    """What is left of a scene in a format, as RGBA again."""
    if held == "GRAY8":
        grey = in_order(rgba, "GRAY8")
        rgba = numpy.stack([grey, grey, grey, grey * 0], axis=-1)
    opaque = rgba.copy()
    opaque[..., 3] = 255
    return rgba if "A" in held and held != "GRAY8" else opaque


def measured(name, width=37, height=23):
    y, x = numpy.mgrid[0:height, 0:width].astype("float32")
    if name == "U32":
        return ((x // 8) + 5 * (y // 8)).astype("uint32")
    if name == "F32X2":
        return numpy.stack([x - 18, y - 11], axis=-1).astype("float32")
    if name == "F32X3":
        vectors = numpy.stack([x - 18, y - 11, x * 0 + 3], axis=-1)
        return (vectors / numpy.linalg.norm(vectors, axis=-1, keepdims=True)).astype("float32")
    return (100 + 40 * y + x).astype(MEASURED[name][0])
