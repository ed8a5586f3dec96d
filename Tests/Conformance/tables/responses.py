"""The shape of a response: header blocks, messages, trailers, in their places and out of them."""

from abi import INTERNAL, OK, RESOURCE_EXHAUSTED, UNAVAILABLE, UNIMPLEMENTED, UNKNOWN

from scenario import Scenario
from script import (
    START,
    data,
    expects,
    expects_reset,
    hang,
    headers,
    message,
    settings,
    sliced,
    together,
    trailers,
    trailers_only,
    wait,
)

TYPE = ("content-type", "application/grpc")
LONG = ("x-long", "v" * 1000)


def informational(status, *more, end=False):
    return headers(fields=[(":status", str(status)), *more], end=end)


def row(name, rule, script, accepts, says="", **more):
    return Scenario(name, rule, [*START, *script], accepts, says, **more)


SCENARIOS = [
    row("headers, message, trailers", "response", [headers(), message(), trailers()], OK),
    row(
        "all of a response in one packet",
        "response",
        [together(headers(), message(), trailers())],
        OK,
    ),
    row(
        "a message in DATA frames of one byte",
        "response",
        [headers(), message(sizes=[1]), trailers()],
        OK,
    ),
    row(
        "empty DATA frames between the bytes of a message",
        "response",
        [headers(), message(sizes=[1, 0, 0]), data(b"", times=10), trailers()],
        OK,
    ),
    row(
        "END_STREAM on an empty DATA frame after trailers were announced is no trailers",
        "no-status",
        [headers(), message(), data(b"", end=True)],
        UNKNOWN,
        "without a grpc-status",
    ),
    row(
        "the prefix of a message cut from its body by a pause",
        "response",
        [headers(), message(sizes=[5, 1 << 20]), wait(0.05), trailers()],
        OK,
    ),
    row(
        "headers and trailers with metadata of the server's",
        "response",
        [
            headers(("x-build", "7"), ("x-bytes-bin", "AAEC"), ("x-broken-bin", "!!!")),
            message(),
            trailers("0", None, ("x-cost", "1"), ("grpc-status-details-bin", "####")),
        ],
        OK,
    ),
    row(
        "header names in upper case are malformed",
        "malformed-frames",
        [headers(("X-Upper", "1")), message(), trailers()],
        {INTERNAL, UNAVAILABLE},
    ),
    row("Trailers-Only with an error", "trailers-only", [trailers_only("5", "no")], 5, "no"),
    row(
        "Trailers-Only with OK has no message",
        "one-message",
        [trailers_only("0")],
        INTERNAL,
        "without a reply",
    ),
    row(
        "grpc-status in the headers does not count",
        "status-in-trailers",
        [headers(("grpc-status", "0")), message(), trailers("13", "it failed")],
        INTERNAL,
        "it failed",
    ),
    row(
        "grpc-status in the headers alone",
        "status-in-trailers",
        [headers(("grpc-status", "0")), message(), trailers(None)],
        UNKNOWN,
    ),
    row(
        "an error in the headers, then OK in the trailers",
        "status-in-trailers",
        [headers(("grpc-status", "13")), message(), trailers("0")],
        OK,
    ),
    row(
        "100 Continue first",
        "informational",
        [informational(100), headers(), message(), trailers()],
        OK,
    ),
    row(
        "103 Early Hints, three times, with headers of its own",
        "informational",
        [informational(103, ("link", "</x>")) for _ in range(3)]
        + [headers(), message(), trailers()],
        OK,
    ),
    row(
        "grpc-status in a 1xx block does not count",
        "informational",
        [informational(103, ("grpc-status", "0"), TYPE), headers(), message(), trailers("9", "no")],
        9,
        "no",
    ),
    row(
        "1xx, then Trailers-Only",
        "informational",
        [informational(100), trailers_only("14", "busy")],
        UNAVAILABLE,
        "busy",
    ),
    row(
        "1xx with END_STREAM is no answer",
        "informational",
        [informational(100, end=True)],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "1xx after the headers",
        "informational",
        [headers(), informational(100), message(), trailers()],
        INTERNAL,
    ),
    row(
        "headers twice",
        "response",
        [headers(), headers(), message(), trailers()],
        INTERNAL,
    ),
    row(
        "trailers without END_STREAM",
        "response",
        [headers(), message(), trailers("0", end=False)],
        INTERNAL,
    ),
    row(
        "headers without :status",
        "malformed-frames",
        [headers(status=None), message(), trailers()],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "a :status of four digits",
        "malformed-frames",
        [headers(status="2000"), message(), trailers()],
        {INTERNAL, UNAVAILABLE, UNKNOWN},
    ),
    row(
        ":status twice",
        "malformed-frames",
        [headers(fields=[(":status", "200"), (":status", "200"), TYPE]), message(), trailers()],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "a pseudo-header of requests in a response",
        "malformed-frames",
        [headers(fields=[(":status", "200"), (":path", "/"), TYPE]), message(), trailers()],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "a pseudo-header in the trailers",
        "malformed-frames",
        [headers(), message(), trailers("0", None, (":status", "200"))],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "a connection header, which HTTP/2 has not",
        "malformed-frames",
        [headers(("connection", "close")), message(), trailers()],
        {INTERNAL, UNAVAILABLE},
    ),
    row("DATA before HEADERS", "data-first", [message()], INTERNAL, "data before headers"),
    row(
        "DATA before HEADERS, then a good response",
        "data-first",
        [message(), headers(), trailers()],
        INTERNAL,
        "data before headers",
    ),
    row(
        "an empty DATA frame before HEADERS",
        "data-first",
        [data(b""), headers(), message(), trailers()],
        INTERNAL,
        "data before headers",
    ),
    row(
        "padded DATA",
        "padding",
        [headers(), message(pad=200), trailers()],
        OK,
    ),
    row(
        "padded DATA of one byte each, with padding of every length",
        "padding",
        [headers(), message(sizes=[1], pad=255), trailers()],
        OK,
    ),
    row(
        "DATA that is padding alone",
        "padding",
        [headers(), data(b"", pad=255, times=50), message(pad=0), data(b"", pad=9), trailers()],
        OK,
    ),
    row(
        "padded headers and trailers with a priority",
        "padding",
        [headers(pad=100, priority=True), message(), trailers(pad=255, priority=True)],
        OK,
    ),
    row(
        "header blocks in seven frames",
        "response",
        [headers(LONG, pieces=7), message(), trailers("0", None, LONG, pieces=7)],
        OK,
    ),
    row(
        "a header block in twenty frames is an attack",
        "floods",
        [headers(LONG, pieces=20), hang],
        UNAVAILABLE,
        "CONTINUATION",
    ),
    row(
        "a header list over the limit",
        "header-list",
        [headers(*[(f"x-{i}", "v" * 1000) for i in range(70)], pieces=8), wait(0.1)],
        RESOURCE_EXHAUSTED,
        "header",
    ),
    row(
        "trailers over the limit",
        "header-list",
        [
            headers(),
            message(),
            trailers("0", None, *[(f"x-{i}", "v" * 1000) for i in range(70)], pieces=8),
            wait(0.1),
        ],
        RESOURCE_EXHAUSTED,
        "header",
    ),
    row(
        "a header list of the whole limit",
        "header-list",
        [
            headers(*[(f"x-{i}", "v" * 1000) for i in range(60)], pieces=8),
            message(),
            trailers(),
        ],
        OK,
    ),
    row(
        "headers of no length",
        "malformed-frames",
        [headers(fields=[]), message(), trailers()],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "two messages",
        "one-message",
        [headers(), message(), message(), trailers()],
        {INTERNAL, UNIMPLEMENTED},
        "more than one",
    ),
    row(
        "two messages and no trailers",
        "one-message",
        [headers(), message(), message(), expects_reset(8)],
        {INTERNAL, UNIMPLEMENTED},
        "more than one",
    ),
    row(
        "no message, and OK",
        "one-message",
        [headers(), trailers()],
        {INTERNAL, UNIMPLEMENTED},
        "without a reply",
    ),
    row(
        "a message, and an error",
        "one-message",
        [headers(), message(), trailers("8", "quota")],
        RESOURCE_EXHAUSTED,
        "quota",
    ),
    row(
        "two messages, and an error",
        "one-message",
        [headers(), message(), message(), trailers("8", "quota")],
        {INTERNAL, UNIMPLEMENTED, RESOURCE_EXHAUSTED},
    ),
    row(
        "DATA after trailers",
        "late-frames",
        [headers(), message(), trailers(), data(b"late"), wait(0.1)],
        OK,
    ),
    row(
        "trailers twice",
        "late-frames",
        [headers(), message(), together(trailers(), trailers("13")), wait(0.1)],
        OK,
    ),
    Scenario(
        "a response before the request has come",
        "early-trailers",
        [
            settings(),
            expects(lambda peer: peer.calls),
            lambda peer: setattr(peer, "call", next(iter(peer.calls.values()))),
            trailers_only("7", "not you"),
        ],
        7,
        "not you",
    ),
    Scenario(
        "one byte at a time",
        "slicing",
        [sliced(1, settings()), START[1], sliced(1, headers(), message(), trailers())],
        OK,
        seconds=10,
    ),
    Scenario(
        "three bytes at a time, padded",
        "slicing",
        [START[0], START[1]]
        + [sliced(3, headers(LONG, pad=5), message(pad=7, sizes=[2]), trailers(pad=3))],
        OK,
        seconds=10,
    ),
    # nghttp2 1.52 counts each piece of a CONTINUATION's header as one more of them.
    Scenario(
        "CONTINUATION three bytes at a time",
        "slicing",
        [START[0], START[1], sliced(3, headers(LONG, pieces=5), message(), trailers())],
        {OK, UNAVAILABLE},
        seconds=10,
    ),
]
