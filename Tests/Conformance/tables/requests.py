"""What the client sends."""

import struct

import abi
from abi import OK
from wire import pb

import http2
from scenario import STREAM, Scenario
from script import OK as GOOD
from script import START, headers, message

# In this order; those in brackets need not be there (PROTOCOL-HTTP2, Requests).
ORDER = [
    ":method",
    ":scheme",
    ":path",
    ":authority",
    "[grpc-timeout]",
    "te",
    "content-type",
    "[grpc-encoding]",
    "[grpc-accept-encoding]",
    "user-agent",
]


def row(name, rule, look, script=GOOD, **more):
    """`look` asserts on the call."""
    return Scenario(name, rule, [*START, lambda peer: look(peer.call), *script], OK, **more)


def in_order(call):
    names = list(call.names)
    for wanted in ORDER:
        optional = wanted.startswith("[")
        if names and names[0] == wanted.strip("[]"):
            names.pop(0)
        else:
            assert optional, (wanted, call.names)
    assert not names, call.names


def values(call):
    assert call[":method"] == "POST" and call[":scheme"] == "http"
    assert call[":authority"].startswith("127.0.0.1:")
    assert call["te"] == "trailers" and call["content-type"] == "application/grpc"
    agent = call["user-agent"]
    assert agent.startswith("grpc-swift-uesynth/") and agent.endswith(" (linux)"), agent


def path(text):
    def look(call):
        assert call[":path"] == "/uesynth.UESynthService/" + text, call[":path"]

    return look


def timeout_of(milliseconds):
    units = {"H": 3600e3, "M": 60e3, "S": 1e3, "m": 1, "u": 1e-3, "n": 1e-6}

    def look(call):
        text = call["grpc-timeout"]
        assert 2 <= len(text) <= 9 and text[:-1].isdigit(), text
        remains = int(text[:-1]) * units[text[-1]]
        # Rounded up; what connecting took is gone.
        assert milliseconds - 3000 < remains <= milliseconds * 1.001 + 1, text

    return look


def has_no_timeout(call):
    assert call["grpc-timeout"] is None, call["grpc-timeout"]


def is_whole(call):
    assert call.ended and not call.buffer and len(call.messages) == 1, call.messages


def is_open(call):
    assert not call.ended and not call.buffer and len(call.messages) == 1, call.messages


def small(call):
    size = sum(len(name) + len(value) + 32 for name, value in call.fields)
    assert size <= 8192, size


def last_frame_ends(peer):
    frames = [(flags, payload) for kind, flags, _, payload in peer.frames if kind == http2.DATA]
    assert [flags & 1 for flags, _ in frames] == [0] * (len(frames) - 1) + [1], frames
    assert frames[-1][1], "END_STREAM came on an empty DATA frame"


def pose_is_whole(call):
    sent = pb.SetCameraTransformRequest.FromString(call.messages[0])
    assert sent.transform.location.x == 5 and sent.transform.HasField("rotation")


def prefix(peer):
    """Flag 0, and the length big-endian."""
    payload = b"".join(p for kind, _, _, p in peer.frames if kind == http2.DATA)
    flag, length = struct.unpack(">BI", payload[:5])
    assert (flag, length) == (0, len(payload) - 5), payload[:5]


METHODS = {
    abi.GET_OBJECT_TRANSFORM: "GetObjectTransform",
    abi.LIST_OBJECTS: "ListObjects",
    abi.CAPTURE_DEPTH: "CaptureDepthMap",
    abi.SPAWN_OBJECT: "SpawnObject",
    abi.SET_LIGHTING: "SetLighting",
}

SCENARIOS = [
    row("the order of the headers", "request-headers", in_order),
    row(
        "the order of the headers of a ControlStream",
        "request-headers",
        in_order,
        [headers(), message()],
        route=STREAM,
    ),
    row("the values of the headers", "request-headers", values),
    row("the header block is small", "request-headers", small),
    *[
        row(f"the path of {method}", "request-headers", path(method), kind=kind)
        for kind, method in METHODS.items()
    ],
    row(
        "the path of a ControlStream",
        "request-headers",
        path("ControlStream"),
        [headers(), message()],
        route=STREAM,
    ),
    *[
        row(
            f"a timeout of {milliseconds} ms",
            "timeout",
            timeout_of(milliseconds),
            timeout_ms=milliseconds,
        )
        for milliseconds in (4000, 100_000, 3_600_000, 86_400_000)
    ],
    row(
        "a ControlStream has no timeout",
        "timeout",
        has_no_timeout,
        [headers(), message()],
        route=STREAM,
    ),
    row("a message and END_STREAM", "request-message", is_whole),
    row(
        "a ControlStream stays open",
        "request-message",
        is_open,
        [headers(), message()],
        route=STREAM,
    ),
    Scenario(
        "END_STREAM comes with the last DATA",
        "request-message",
        [*START, last_frame_ends, *GOOD],
        OK,
    ),
    Scenario(
        "END_STREAM comes with the last DATA of 60 KB",
        "request-message",
        [*START, last_frame_ends, *GOOD],
        OK,
        members={"name": "n" * 60000},
    ),
    Scenario("the prefix of a message", "request-message", [*START, prefix, *GOOD], OK),
    row(
        "a pose is whole on the wire",
        "request-message",
        pose_is_whole,
        kind=abi.SET_CAMERA_TRANSFORM,
        members={"name": "", "transform": abi.Transform((5, 6, 7))},
    ),
    row("a request of no bytes", "request-message", is_whole, kind=abi.LIST_OBJECTS),
]
