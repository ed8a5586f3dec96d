"""Pictures that the stock server sends and the tests recompute: every byte follows from the modality,
the size and a seed (the server's pose), so that a shifted, torn or stale picture cannot pass."""

import functools

import numpy

RGB, DEPTH, SEGMENTATION, NORMALS, OPTICAL_FLOW = range(1, 6)


@functools.lru_cache(maxsize=8)
def picture(modality, width, height, seed=0):
    """The bytes of one picture, rows from the top, tightly packed, little-endian."""
    y, x = numpy.mgrid[0:height, 0:width].astype(numpy.uint32)
    if modality == RGB:
        channels = [x * 3 + y * 7 + seed, x ^ (y + seed), (x * y >> 3) + seed, x + y * 5]
        return numpy.stack(channels, axis=-1).astype(numpy.uint8).tobytes()
    if modality == DEPTH:
        return (100 + x * 0.25 + y * 0.5 + seed).astype("<f4").tobytes()
    if modality == SEGMENTATION:
        return (1 + x // 16 + (y // 16) * 65536 + seed).astype("<u4").tobytes()
    if modality == NORMALS:
        vectors = numpy.stack([x + 1.0, y + 1.0, numpy.full(x.shape, seed + 1.0)], axis=-1)
        return (
            (vectors / numpy.linalg.norm(vectors, axis=-1, keepdims=True)).astype("<f4").tobytes()
        )
    if modality == OPTICAL_FLOW:
        return numpy.stack([x * 0.125 - seed, y * -0.25], axis=-1).astype("<f4").tobytes()
    raise ValueError(modality)


# What the plugin sends for what it has not implemented: so many zeros a pixel, labelled "png".
PLACEHOLDER_CHANNELS = {DEPTH: 1, SEGMENTATION: 3, NORMALS: 3, OPTICAL_FLOW: 2}

LABELS = {
    RGB: "rgba",
    DEPTH: "float32",
    SEGMENTATION: "uint32",
    NORMALS: "float32x3",
    OPTICAL_FLOW: "float32x2",
}
