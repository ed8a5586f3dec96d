"""What compression makes of pictures at 1080p, and how long it takes: the table of the README. Run it as
`.venv/bin/python Tests/Interop/ratios.py` (Tests/run/venv.sh makes .venv).

The simulator's scene has smooth surfaces. The textured rows are noise whose strength falls with its
frequency as that of photographs does (1 / f): of a wall close by, and of ground in relief.
"""

import time
import zlib

import numpy

import abi
import servers
from host import Client

WIDTH, HEIGHT = 1920, 1080
KINDS = [
    ("RGB (RGBA8)", abi.CAPTURE_RGB),
    ("depth (float32)", abi.CAPTURE_DEPTH),
    ("instance ids (uint32)", abi.CAPTURE_SEGMENTATION),
    ("normals (3 x float32)", abi.CAPTURE_NORMALS),
]


def captured(table, target, kind):
    """The message's plain and compressed length, and bytes inflated a second; the picture's bytes."""
    options = {"compression": abi.COMPRESSION_ON, "timeout_ms": 60000}
    with Client(table, target, **options) as client:
        outcome = client.call(kind, width=WIDTH, height=HEIGHT, route=abi.ROUTE_DIRECT)
        assert outcome.status == abi.OK, outcome
        stats = client.stats()
        assert stats["compressed_messages"], "the simulator sent it as it is"
        rate = stats["inflated_bytes_per_second"]
        return stats["inflated_bytes"], stats["compressed_bytes"], rate, outcome.picture.data


def relief(generator):
    """1 / f noise with a mean of 0 and a deviation of 1."""
    rows, columns = numpy.fft.fftfreq(HEIGHT)[:, None], numpy.fft.rfftfreq(WIDTH)[None, :]
    frequency = numpy.hypot(rows, columns)
    frequency[0, 0] = 1
    noise = numpy.fft.rfft2(generator.normal(size=(HEIGHT, WIDTH))) / frequency
    noise[0, 0] = 0
    picture = numpy.fft.irfft2(noise, (HEIGHT, WIDTH))
    return picture / picture.std()


def textured():
    generator = numpy.random.default_rng(1)
    light = relief(generator)
    rgb = numpy.full((HEIGHT, WIDTH, 4), 255, numpy.uint8)
    for channel in range(3):
        shade = 128 + 40 * (0.9 * light + 0.1 * relief(generator))
        rgb[:, :, channel] = numpy.clip(shade, 0, 255)
    depth = (1000 + 30 * relief(generator)).astype(numpy.float32)
    return [("textured RGB", rgb.tobytes()), ("textured depth", depth.tobytes())]


def timed(work, *arguments):
    began = time.perf_counter()
    result = work(*arguments)
    return result, time.perf_counter() - began


def row(name, plain, packed, packing, inflating):
    print(
        f"| {name} | {plain:,} | {packed:,} | {100 - 100 * packed / plain:.0f} % "
        f"| {1000 * packing:.0f} ms | {1000 * inflating:.0f} ms |"
    )


def main():
    table = abi.load(abi.library_path())
    print("| picture, 1080p | bytes | gzip | saved | compressing | inflating |")
    print("|---|--:|--:|--:|--:|--:|")
    with servers.simulator("--compress", "gzip") as server:
        for name, kind in KINDS:
            plain, packed, rate, data = captured(table, server.target, kind)
            # gRPC compresses with zlib's default level.
            row(name, plain, packed, timed(zlib.compress, data)[1], plain / rate)
    for name, data in textured():
        packed, packing = timed(zlib.compress, data)
        row(name, len(data), len(packed), packing, timed(zlib.decompress, packed)[1])


main()
