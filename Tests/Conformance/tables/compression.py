"""Compressed messages, and what is only called so."""

import gzip
import zlib

import abi
from abi import INTERNAL, OK, RESOURCE_EXHAUSTED

from scenario import DIRECT, ROUTE_NAMES, STREAM, Scenario
from script import START, expects_reset, headers, message, sliced, trailers, wait
from tables.pictures import is_whole

PACK = {"gzip": lambda data: gzip.compress(data, 1), "deflate": zlib.compress}


def row(name, encoding, change, accepts, says="", rule="compression", route=DIRECT, **more):
    """The right reply, packed and then changed."""

    def payload(good):
        return change(PACK[encoding](good))

    script = [*START, headers(("grpc-encoding", encoding)), message(payload, flag=1)]
    if route == DIRECT:
        script.append(trailers())
    name = f"{encoding}: {name}, {ROUTE_NAMES[route]}"
    return Scenario(name, rule, script, accepts, says, route=route, **more)


def same(packed):
    return packed


def flipped(packed):
    """Its check is wrong."""
    place = len(packed) - 6 if packed[:2] == b"\x1f\x8b" else len(packed) - 2
    return packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]


def raw(packed):
    """Without the zlib header that deflate has in HTTP."""
    return packed[2:-4]


def bomb(size):
    """Zeros; the message is a field that nobody knows."""
    length = [size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21]
    packed = gzip.compress(b"\x7a" + bytes(length) + bytes(size), 1)
    return lambda good: packed


DAMAGE = {
    "without its last byte": lambda packed: packed[:-1],
    "cut in the middle": lambda packed: packed[: len(packed) // 2],
    "of no bytes": lambda packed: b"",
    "with bytes behind its end": lambda packed: packed + b"junk",
    "with a wrong check": flipped,
    "that is not compressed at all": lambda packed: b"\x0a\x02\x08\x01" * 20,
    "twice over": lambda packed: packed + packed,
}

SCENARIOS = [
    *[
        row("a good message", encoding, same, OK, route=route)
        for encoding in PACK
        for route in (DIRECT, STREAM)
    ],
    *[
        row(f"a message {name}", encoding, change, INTERNAL, encoding, route=route)
        for name, change in DAMAGE.items()
        for encoding in PACK
        for route in (DIRECT, STREAM)
    ],
    row("a message without the zlib header", "deflate", raw, INTERNAL, "deflate"),
    row("a gzip file called deflate", "deflate", lambda packed: gzip.compress(b"x"), INTERNAL),
    row("a zlib stream called gzip", "gzip", lambda packed: zlib.compress(b"x"), INTERNAL),
    Scenario(
        "gzip: a bomb of 200 MB in 900 KB",
        "compression",
        [
            *START,
            headers(("grpc-encoding", "gzip")),
            message(bomb(200 << 20), flag=1, sizes=[16384]),
            expects_reset(8),
        ],
        RESOURCE_EXHAUSTED,
        "max_receive_message_length",
        seconds=15,
    ),
    Scenario(
        "gzip: a message that is not marked as compressed",
        "compression",
        [*START, headers(("grpc-encoding", "gzip")), message(flag=0), trailers()],
        OK,
    ),
    Scenario(
        "gzip: the encoding twice in the headers",
        "compression",
        [
            *START,
            headers(("grpc-encoding", "gzip"), ("grpc-encoding", "identity")),
            message(flag=0),
            trailers(),
        ],
        {OK, INTERNAL},
    ),
    Scenario(
        "gzip: one byte at a time",
        "slicing",
        [
            *START,
            headers(("grpc-encoding", "gzip")),
            sliced(1, message(lambda good: PACK["gzip"](good), flag=1)),
            trailers(),
        ],
        OK,
    ),
    *[
        Scenario(
            f"gzip: a picture, {ROUTE_NAMES[route]}",
            "pictures",
            [
                *START,
                headers(("grpc-encoding", "gzip")),
                message(lambda good: PACK["gzip"](good), flag=1, sizes=[16384, 100]),
                *([trailers()] if route == DIRECT else [wait(0)]),
            ],
            OK,
            route=route,
            kind=abi.CAPTURE_RGB,
            members={"width": 320, "height": 200},
            then=is_whole(320, 200),
        )
        for route in (DIRECT, STREAM)
    ],
]
