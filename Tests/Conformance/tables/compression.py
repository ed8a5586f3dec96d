"""Compressed messages, and what is only called so."""

import gzip
import zlib

import abi
from abi import CANCELLED, DEADLINE_EXCEEDED, INTERNAL, OK, RESOURCE_EXHAUSTED, UNAVAILABLE
from wire import pb

from replies import image
from scenario import DIRECT, ROUTE_NAMES, STREAM, Scenario
from script import (
    START,
    abort,
    close,
    expects_reset,
    frame,
    headers,
    message,
    repeated,
    request,
    sliced,
    together,
    trailers,
    wait,
)
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

GZIPPED = headers(("grpc-encoding", "gzip"))
RST_STREAM = 3


def large(name, script, accepts, route=STREAM, rule="compression", **more):
    """A picture that is inflated beside the loop."""
    return Scenario(
        f"gzip: a large picture {name}, {ROUTE_NAMES[route]}",
        rule,
        [*START, GZIPPED, *script],
        accepts,
        route=route,
        kind=abi.CAPTURE_RGB,
        members={"width": 640, "height": 360},
        then=is_whole(640, 360),
        **more,
    )


def packed(change=same, sizes=(16384, 100, 1 << 20)):
    return message(lambda good: change(PACK["gzip"](good)), flag=1, sizes=list(sizes))


def remade(change):
    return message(lambda good: PACK["gzip"](change(good)), flag=1, sizes=[16384])


# What comes twice in a message counts as it is the last time.
OTHER = image(500, 500)


def behind(other):
    return remade(lambda good: other.SerializeToString() + good)


def id_last(good):
    reply = pb.FrameResponse.FromString(good)
    number = pb.FrameResponse(request_id=reply.request_id)
    reply.ClearField("request_id")
    return reply.SerializeToString() + number.SerializeToString()


def claims(length):
    """A picture of 400000 bytes says that it has so many."""

    def change(good):
        varint = [length >> 7 * place & 127 | 128 for place in range(4)] + [length >> 28]
        return b"\x0a" + bytes(varint) + bytes(range(250)) * 1600

    return change


# Answers to nobody.
STRAY = gzip.compress(pb.FrameResponse(request_id="4711", command_response={}).SerializeToString())

LARGE = [
    *[
        large("behind another one in its message", [behind(other), *end], OK, route)
        for route, other, end in (
            (DIRECT, OTHER, [trailers()]),
            (STREAM, pb.FrameResponse(image_response=OTHER), []),
        )
    ],
    large("before its request's id", [remade(id_last)], OK),
    *[
        large(f"of 400000 bytes that claims {length}", [remade(claims(length))], accepts, DIRECT)
        for length, accepts in (
            (400001, INTERNAL),
            (200000, INTERNAL),
            (1 << 28, {INTERNAL, RESOURCE_EXHAUSTED}),
            ((1 << 32) - 1, {INTERNAL, RESOURCE_EXHAUSTED}),
        )
    ],
    large(
        "before two thousand small ones and another",
        [packed(), repeated(2000, message(STRAY, flag=1)), request, packed()],
        OK,
        calls=2,
    ),
    large(
        "before two with prefixes in pieces",
        [packed(), *[request, packed(sizes=[1, 2, 1 << 20])] * 2],
        OK,
        calls=3,
    ),
    *[
        large(
            name,
            [packed(change), *([trailers()] if route == DIRECT else [])],
            INTERNAL,
            route,
            says="gzip",
        )
        for name, change in DAMAGE.items()
        if name != "that is not compressed at all"
        for route in (DIRECT, STREAM)
    ],
    # What came whole before the end of the call counts, however the call ended.
    large("and an error behind it", [packed(), trailers("14", "later")], OK),
    large("and an error behind it", [packed(), trailers("14", "later")], UNAVAILABLE, DIRECT),
    large("and the end of the stream", [packed(), trailers()], OK),
    large(
        "and a reset behind it",
        [together(packed(), frame(RST_STREAM, payload=bytes([0, 0, 0, 2])))],
        OK,
        good_route=DIRECT,
    ),
    large("and the end of the connection", [packed(), close], {OK, UNAVAILABLE}),
    large("and the loss of the connection", [packed(), abort], {OK, UNAVAILABLE}),
    *[
        large("that nobody wants", [packed(), wait(0)], {OK, CANCELLED}, route, cancels=True)
        for route in (DIRECT, STREAM)
    ],
    large(
        "whose call never ends", [packed(), wait(1)], DEADLINE_EXCEEDED, DIRECT, timeout_ms=300
    ),
    large(
        "before a plain one and another",
        [packed(), request, message(sizes=[1 << 20]), request, packed()],
        OK,
        calls=3,
    ),
    large(
        "before four more",
        [packed(), *[step for _ in range(4) for step in (request, packed(sizes=[5, 1 << 20]))]],
        OK,
        calls=5,
    ),
    large(
        "before a damaged one",
        [packed(), request, packed(flipped)],
        {OK, INTERNAL},
        calls=2,
    ),
]

SCENARIOS = [
    *LARGE,
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
