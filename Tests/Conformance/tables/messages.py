"""The messages of a response: their prefix, their length, their protobuf."""

import struct

import abi
from abi import INTERNAL, OK, RESOURCE_EXHAUSTED, UNKNOWN

from scenario import Scenario
from script import START, data, expects_reset, headers, message, trailers

LIMIT = 64 << 20


def row(name, rule, script, accepts, says="", **more):
    return Scenario(name, rule, [*START, *script], accepts, says, **more)


def reply(payload, **how):
    return [headers(), message(payload, **how), trailers()]


def announced(length):
    """A prefix alone."""
    return data(struct.pack(">BI", 0, length))


def flag(value):
    return row(
        f"flag {value}",
        "bad-flag",
        [headers(), message(flag=value), trailers()],
        INTERNAL,
        str(value),
    )


def nothing_was_mapped(outcomes, server, client):
    stats = client.stats()
    assert stats["pool_bytes"] < 64 << 20, stats["pool_bytes"]
    assert stats["buffer_bytes"] == 0, stats["buffer_bytes"]


def listed(name, rule, payload, accepts=INTERNAL, says="", **more):
    """A reply of ListObjects: field 1 is a string."""
    return row(name, rule, reply(payload), accepts, says, kind=abi.LIST_OBJECTS, **more)


def has_names(*expected):
    def then(outcomes, server, client):
        assert outcomes[0].reply["names"] == list(expected), outcomes[0].reply

    return then


def says_in_reply(text):
    def then(outcomes, server, client):
        assert outcomes[0].reply["message"] == text, outcomes[0].reply

    return then


def pose(name, payload, accepts=INTERNAL, says=""):
    return row(name, "messages", reply(payload), accepts, says)


# Field 1 (a message), 2 (bool), 3 (string) of GetCameraTransformResponse.
SUB, BOOL, TEXT = b"\x0a", b"\x10", b"\x1a"
ENDLESS = b"\xff" * 12

SCENARIOS = [
    *[flag(value) for value in (2, 3, 127, 128, 255)],
    row(
        "the compressed flag without an encoding",
        "compressed",
        reply(None, flag=1),
        INTERNAL,
        "compressed",
    ),
    *[
        row(
            f"the compressed flag with the encoding {name}",
            "compressed",
            [headers(("grpc-encoding", name)), message(flag=1), trailers()],
            INTERNAL,
        )
        for name in ("identity", "br", "snappy", "")
    ],
    row(
        "an unknown encoding, and nothing compressed",
        "compressed",
        [headers(("grpc-encoding", "zstd")), message(), trailers()],
        OK,
    ),
    *[
        row(
            f"a message that lacks its last {cut} bytes, then OK",
            "truncated",
            [headers(), message(cut=cut), trailers()],
            INTERNAL,
            "middle of a message",
        )
        for cut in (1, 5)
    ],
    *[
        row(
            f"a prefix of {size} bytes, then OK",
            "truncated",
            [headers(), data(bytes(size)), trailers()],
            INTERNAL,
        )
        for size in (1, 4)
    ],
    row(
        "a message, then a prefix that is cut off",
        "truncated",
        [headers(), message(), data(bytes(3)), trailers()],
        INTERNAL,
        "middle of a message",
    ),
    row(
        "a message that is cut off, then an error",
        "truncated",
        [headers(), message(cut=3), trailers("10", "rolled back")],
        abi.ABORTED,
        "rolled back",
    ),
    row(
        "a message that is cut off by END_STREAM",
        "truncated",
        [headers(), message(cut=3), data(b"", end=True)],
        {INTERNAL, UNKNOWN},
    ),
    row("a message that is longer than it says", "truncated", reply(None, length=4), INTERNAL),
    row(
        "a message that is shorter than it says",
        "truncated",
        reply(None, length=1000),
        INTERNAL,
        "middle of a message",
    ),
    *[
        row(
            f"a length prefix of {length} bytes",
            "length-limit",
            [headers(), announced(length), expects_reset(8)],
            RESOURCE_EXHAUSTED,
            "max_receive_message_length",
            then=nothing_was_mapped,
        )
        for length in (LIMIT + 1, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
    ],
    row(
        "a length prefix of the whole limit, and nothing behind it",
        "length-limit",
        [headers(), announced(LIMIT), trailers()],
        INTERNAL,
        then=nothing_was_mapped,
    ),
    row(
        "a length prefix over a limit that was set",
        "length-limit",
        [headers(), announced(101), expects_reset(8)],
        RESOURCE_EXHAUSTED,
        "101 bytes",
        options={"max_receive_message_length": 100},
    ),
    row(
        "a picture whose length is a lie, one byte under the limit",
        "length-limit",
        [headers(), announced(LIMIT), data(b"\x0a" + b"\xf0\xff\xff\x1f"), trailers()],
        INTERNAL,
        kind=abi.CAPTURE_RGB,
    ),
    row("an empty reply", "messages", reply(b""), OK),
    pose("a sub-message longer than its message", SUB + b"\x7f\x00"),
    pose("a sub-message of 2^32-1 bytes", SUB + b"\xff\xff\xff\xff\x0f\x00"),
    pose("a sub-message of 2^63 bytes", SUB + b"\x80" * 9 + b"\x01"),
    pose("a length without end", SUB + ENDLESS),
    pose("a varint without end", BOOL + ENDLESS),
    pose("a varint that the message ends in", BOOL + b"\x80"),
    pose("a tag without end", ENDLESS),
    pose("field number 0", b"\x00\x00"),
    pose("wire type 6", b"\x0e\x00"),
    pose("wire type 7", b"\x0f\x00"),
    pose("a fixed64 that is cut off", b"\x21\x00\x00"),
    pose("a fixed32 that is cut off", b"\x25\x00"),
    pose("a group that does not end", b"\x23\x08\x01"),
    pose("a group that ends without beginning", b"\x24"),
    pose("a group that ends as another", b"\x23\x2c"),
    pose("200 groups in each other", b"\x23" * 200 + b"\x24" * 200, {INTERNAL, OK}),
    pose("an unknown group", lambda good: b"\x23\x08\x01\x24" + good, OK),
    pose("unknown fields of every type", lambda good: good + b"\xa0\x06\x01\xa2\x06\x01x", OK),
    pose("a field of another wire type than ours", SUB[:0] + b"\x08\x01", {OK, INTERNAL}),
    pose("the last of repeated fields wins", lambda good: b"\x10\x00" + good, OK),
    pose(
        "a transform with NaN and infinity",
        SUB + b"\x07\x0a\x05\x0d\x00\x00\xc0\x7f",
        {OK, INTERNAL},
    ),
    listed("names", "strings", b"\x0a\x01a\x0a\x02bc", OK, then=has_names("a", "bc")),
    listed("an empty name", "strings", b"\x0a\x00", OK, then=has_names("")),
    listed("a name with NUL", "strings", b"\x0a\x03a\x00b"),
    listed("a name in invalid UTF-8", "strings", b"\x0a\x02\xc3\x28"),
    listed("a surrogate in a name", "strings", b"\x0a\x03\xed\xa0\x80"),
    listed("an overlong name", "strings", b"\x0a\x02\xc0\xaf"),
    listed("a name over U+10FFFF", "strings", b"\x0a\x04\xf4\x90\x80\x80"),
    listed("a name that is longer than the message", "strings", b"\x0a\x7fa"),
    listed(
        "100,000 empty names", "strings", b"\x0a\x00" * 100000, {OK, RESOURCE_EXHAUSTED, INTERNAL}
    ),
    row(
        "a sentence in invalid UTF-8 is repaired",
        "strings",
        reply(b"\x08\x01\x12\x04a\xff\x00b"),
        OK,
        then=says_in_reply("a??b"),
        kind=abi.SET_RESOLUTION,
        members={"width": 4, "height": 4},
    ),
    row(
        "a command that did not succeed",
        "messages",
        reply(b"\x12\x04nope"),
        UNKNOWN,
        "nope",
        kind=abi.SET_RESOLUTION,
        members={"width": 4, "height": 4},
    ),
]
