"""Frames that are malformed, unknown, in the wrong place; header compression; push."""

import random

from abi import INTERNAL, OK, UNAVAILABLE

import http2
from scenario import Scenario
from script import HEADERS, START, close, data, frame, hang, headers, message, trailers, wait
from script import OK as GOOD

BLOCK = bytes.fromhex("88") + b"\x5f\x10application/grpc"  # :status 200, content-type


def row(name, rule, script, accepts, says="", **more):
    return Scenario(name, rule, [*START, *script], accepts, says, **more)


def ends(name, step, accepts=UNAVAILABLE, rule="malformed-frames"):
    """The connection is over with this frame."""
    return row(name, rule, [step, hang], accepts)


def ignored(name, *steps, rule="unknown-frames"):
    return row(name, rule, [*steps, headers(), *steps, message(), *steps, trailers(), *steps], OK)


def block(name, payload, accepts=UNAVAILABLE):
    return row(
        name,
        "hpack",
        [frame(http2.HEADERS, http2.END_HEADERS, payload=payload), wait(0.2), close],
        accepts,
    )


def literal(name, value):
    """Without indexing, lengths below 127."""
    return bytes([0, len(name)]) + name + bytes([len(value)]) + value


def indexed(name, length):
    """A literal that goes into the dynamic table, its value so long (over 126)."""
    rest, size = length - 127, b"\x7f"
    while rest >= 128:
        size, rest = size + bytes([rest & 127 | 128]), rest >> 7
    return b"\x40" + bytes([len(name)]) + name + size + bytes([rest]) + b"v" * length


def push(promised):
    return lambda peer: http2.push_promise(peer.call.number, promised, BLOCK)


# 4 KiB in the dynamic table, then 20,000 references to it: 80 MB from 24 KB.
BOMB = BLOCK + indexed(b"bomb", 4000) + b"\xbe" * 20000

SCENARIOS = [
    ignored("frames of unknown types", frame(0x20, 0xFF, payload=b"x" * 100)),
    ignored("frames of unknown types on stream 0", frame(0xBE, 0, 0, b"y" * 16384)),
    ignored("ALTSVC and ORIGIN", frame(0xA, 0, 0, b"\0\0x"), frame(0xC, 0, 0, b"\0\0")),
    ignored("PRIORITY", frame(http2.PRIORITY, payload=b"\0\0\0\0\x0f")),
    ignored("PRIORITY of idle streams", frame(http2.PRIORITY, stream=777, payload=b"\0\0\0\0\x0f")),
    ignored("a reserved bit in the stream number", frame(http2.PING, 0, 1 << 31, bytes(8))),
    row(
        "unknown flags",
        "unknown-frames",
        [
            lambda peer: http2.frame(
                http2.HEADERS, 0xD2 | 4, peer.call.number, peer.block(HEADERS)
            ),
            message(),
            trailers(),
        ],
        OK,
    ),
    ends("DATA on stream 0", http2.frame(http2.DATA, 0, 0, b"x")),
    ends("HEADERS on stream 0", http2.frame(http2.HEADERS, 4, 0, BLOCK)),
    ends("RST_STREAM on stream 0", http2.rst_stream(0, 2)),
    ends("HEADERS that open an even stream", http2.frame(http2.HEADERS, 4, 2, BLOCK)),
    ends("HEADERS on an idle stream", http2.frame(http2.HEADERS, 4, 4321, BLOCK)),
    ends("DATA on an idle stream", http2.frame(http2.DATA, 0, 4321, b"x")),
    ends("RST_STREAM of an idle stream", http2.rst_stream(4321, 2)),
    ends("CONTINUATION without HEADERS", frame(http2.CONTINUATION, 4, payload=BLOCK)),
    row(
        "HEADERS without END_HEADERS, then DATA",
        "malformed-frames",
        [frame(http2.HEADERS, 0, payload=BLOCK), message(), hang],
        UNAVAILABLE,
    ),
    row(
        "HEADERS without END_HEADERS, then CONTINUATION of another stream",
        "malformed-frames",
        [
            frame(http2.HEADERS, 0, payload=BLOCK),
            http2.frame(http2.CONTINUATION, 4, 4321, b""),
            hang,
        ],
        UNAVAILABLE,
    ),
    row(
        "HEADERS without END_HEADERS, then PING",
        "malformed-frames",
        [frame(http2.HEADERS, 0, payload=BLOCK), http2.ping(), hang],
        UNAVAILABLE,
    ),
    ends("RST_STREAM of 3 bytes", frame(http2.RST_STREAM, payload=bytes(3))),
    row(
        "PRIORITY of 4 bytes",
        "malformed-frames",
        [frame(http2.PRIORITY, payload=bytes(4)), wait(0.1)],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "DATA with more padding than payload",
        "malformed-frames",
        [headers(), frame(http2.DATA, http2.PADDED, payload=b"\xff\0\0"), hang],
        UNAVAILABLE,
    ),
    row(
        "padded DATA of no length",
        "malformed-frames",
        [headers(), frame(http2.DATA, http2.PADDED), hang],
        UNAVAILABLE,
    ),
    ends("HEADERS with more padding than payload", frame(http2.HEADERS, 0xC, payload=b"\xff\x88")),
    ends("HEADERS with a priority and no room for it", frame(http2.HEADERS, 0x24, payload=b"\0\0")),
    row(
        "a stream that depends on itself",
        "malformed-frames",
        [
            lambda peer: http2.frame(http2.HEADERS, 0x24, peer.call.number, b"\0\0\0\1\1" + BLOCK),
            message(),
            trailers(),
        ],
        {OK, INTERNAL, UNAVAILABLE},
    ),
    row(
        "a frame of 16,777,215 bytes that never comes whole",
        "malformed-frames",
        [headers(), frame(http2.DATA, payload=b"x", length=(1 << 24) - 1), close],
        {INTERNAL, UNAVAILABLE},
    ),
    ends(
        "PING of 16,777,215 bytes",
        http2.frame(http2.PING, 0, 0, b"", length=(1 << 24) - 1),
    ),
    ends(
        "SETTINGS of 16,777,215 bytes",
        http2.frame(http2.SETTINGS, 0, 0, b"", length=(1 << 24) - 1),
    ),
    ends("PUSH_PROMISE", push(2), rule="push"),
    ends("PUSH_PROMISE of an odd stream", push(9), rule="push"),
    ends("PUSH_PROMISE of stream 0", push(0), rule="push"),
    ends(
        "PUSH_PROMISE on stream 0",
        http2.frame(http2.PUSH_PROMISE, 4, 0, b"\0\0\0\2" + BLOCK),
        rule="push",
    ),
    row(
        "frames on a stream that is over",
        "late-frames",
        [
            *GOOD,
            data(b"late", times=3),
            frame(http2.RST_STREAM, payload=b"\0\0\0\2"),
            frame(http2.PRIORITY, payload=b"\0\0\0\0\x0f"),
            wait(0.1),
        ],
        OK,
    ),
    block("an index of the table that is empty", b"\xff\xff\x03"),
    block("index 0", b"\x80"),
    block("an index without end", b"\xff" + b"\xff" * 12),
    block("a string length without end", b"\x00\x7f" + b"\xff" * 12),
    block("a string longer than the block", b"\x00\x7e" + b"a" * 10),
    block("a Huffman string with wrong padding", b"\x00\x81\x00\x00"),
    block("a Huffman string with EOS in it", b"\x00\x84\xff\xff\xff\xff\x00"),
    block("a table larger than ours allows", b"\x3f\xe1\xff\x7f" + BLOCK),
    block("a change of the table's size behind a field", b"\x88\x3f\x01"),
    block("no block at all", b"", {INTERNAL, UNAVAILABLE}),
    *[
        row(
            f"random bytes for headers, {seed}",
            "hpack",
            [frame(http2.HEADERS, 4, payload=random.Random(seed).randbytes(50)), close],
            {INTERNAL, UNAVAILABLE},
        )
        for seed in range(1, 6)
    ],
    row(
        "an HPACK bomb: 80 MB of headers in 24 KB",
        "hpack",
        [lambda peer: http2.headers(peer.call.number, BOMB, pieces=2), wait(0.2)],
        {8, UNAVAILABLE},
    ),
    row(
        "the dynamic table, filled over and over",
        "hpack",
        [
            lambda peer: http2.headers(
                peer.call.number, BLOCK + b"".join(indexed(b"%03d" % i, 400) for i in range(100))
            ),
            message(),
            trailers(),
        ],
        OK,
    ),
    row(
        "cookie crumbs and never-indexed literals",
        "hpack",
        [
            lambda peer: http2.headers(
                peer.call.number, BLOCK + b"\x10\x06cookie\x01a" + literal(b"cookie", b"b")
            ),
            message(),
            trailers(),
        ],
        OK,
    ),
    row(
        "the table's size set to 0 and back at the start of a block",
        "hpack",
        [
            lambda peer: http2.headers(peer.call.number, b"\x20\x3f\xe1\x1f" + BLOCK),
            message(),
            trailers(),
        ],
        OK,
    ),
]
