"""What comes on a ControlStream: replies in any order, to anybody, of any kind."""

import abi
from abi import DEADLINE_EXCEEDED, INTERNAL, NO_ANSWER, OK, UNAVAILABLE, UNKNOWN
from wire import pb

import http2
import replies
from scenario import STREAM, Scenario
from script import (
    START,
    data,
    expects,
    expects_reset,
    headers,
    message,
    requests,
    settings,
    sliced,
    trailers,
    wait,
)


def row(name, script, accepts, says="", rule="stream-replies", **more):
    return Scenario(name, rule, script, accepts, says, route=STREAM, **more)


def answered(*payload, **more):
    """Headers, these messages, and then the right one."""
    return [*START, headers(), *[message(p) for p in payload], message()]


def frame(request_id, response=None):
    response = pb.CommandResponse(success=True) if response is None else response
    return replies.frame(request_id, response).SerializeToString()


def other(response):
    """A reply of another kind to the right request."""

    def change(good):
        return frame(pb.FrameResponse.FromString(good).request_id, response)

    return change


def many(order):
    """Answers the requests of a stream by their places in `order`."""

    def step(peer):
        call, out = peer.call, b""
        call.answered = 0
        frames = []
        for place in range(len(call.messages)):
            call.answered = place
            frames.append(peer.answers.answer(call))
        call.answered = len(call.messages)
        for place in order(len(frames)):
            out += http2.data(call.number, http2.message(frames[place]))
        return out

    return step


def has_come(count):
    return expects(lambda peer: len(peer.call.messages) >= count)


def stats(**wanted):
    def then(outcomes, server, client):
        found = client.stats()
        assert {name: found[name] for name in wanted} == wanted, found

    return then


def one_of_each(outcomes, server, client):
    assert sorted(outcome.status for outcome in outcomes) == [OK, NO_ANSWER], outcomes


SCENARIOS = [
    row("a reply", [*START, headers(), message()], OK),
    row("a reply in one-byte frames", [*START, headers(), message(sizes=[1])], OK),
    row(
        "a reply in packets of two bytes",
        [*START, sliced(2, headers(), message())],
        OK,
        rule="slicing",
    ),
    row(
        "a reply in padded frames",
        [*START, headers(), message(sizes=[3], pad=99)],
        OK,
        rule="padding",
    ),
    row("a reply before the headers", [*START, message(), wait(0.1)], INTERNAL, rule="data-first"),
    row(
        "1xx before the headers",
        [*START, headers(fields=[(":status", "103")]), headers(), message()],
        OK,
        rule="informational",
    ),
    row(
        "replies to ids that were never asked",
        answered(frame("999999999"), frame("18446744073709551615"), frame("0")),
        OK,
        then=stats(unknown_replies=2, late_replies=1),
    ),
    row(
        "ids that are no numbers",
        answered(
            frame("abc"), frame("-1"), frame("1e3"), frame("99999999999999999999"), frame(" 1")
        ),
        OK,
    ),
    row("a reply without an id", answered(frame("")), OK),
    row("an empty message on a ControlStream", answered(b""), {OK, INTERNAL}),
    row("an id of 60,000 characters", answered(frame("7" * 60000)), {OK, INTERNAL}),
    row("an id with NUL", answered(b"\x0a\x03a\x00b"), {OK, INTERNAL}, rule="strings"),
    row("an id in invalid UTF-8", answered(b"\x0a\x02\xff\xfe"), {OK, INTERNAL}, rule="strings"),
    row(
        "the reply twice",
        [*START, headers(), message(), message(), wait(0.1)],
        OK,
    ),
    row(
        "a reply of another kind",
        [*START, headers(), message(other(pb.ListObjectsResponse(object_names=["x"])))],
        INTERNAL,
        "another kind",
    ),
    row(
        "a reply that holds nothing but the id",
        [*START, headers(), message(lambda good: good[: good[1] + 2])],
        INTERNAL,
        "empty",
    ),
    row(
        "a refusal instead of a pose",
        [*START, headers(), message(other(pb.CommandResponse(message="no camera")))],
        UNKNOWN,
        "no camera",
    ),
    row(
        "a picture instead of a pose",
        [*START, headers(), message(other(replies.image(64, 64)))],
        INTERNAL,
        "another kind",
    ),
    row(
        "a pose instead of a picture",
        [*START, headers(), message(other(pb.CommandResponse(success=True)))],
        INTERNAL,
        kind=abi.CAPTURE_RGB,
    ),
    row(
        "two kinds in one reply: the last one counts",
        [*START, headers(), message(lambda good: good + b"\x12\x02\x08\x01")],
        INTERNAL,
        "another kind",
    ),
    row(
        "two hundred requests, the first ones answered at once",
        [*START, has_come(2), headers(), many(range)],
        OK,
        calls=200,
        seconds=10,
    ),
    row(
        "ten requests, answered one by one",
        [*START, headers(), message()],
        OK,
        calls=10,
    ),
    row(
        "the second of two requests answered first",
        [*START, has_come(2), headers(), many(lambda count: reversed(range(count)))],
        {OK, NO_ANSWER},
        calls=2,
        then=stats(requests_in_flight=0),
    ),
    row(
        "a request that is passed over",
        [*START, has_come(2), headers(), many(lambda count: [count - 1])],
        {OK, NO_ANSWER},
        calls=2,
        then=one_of_each,
    ),
    row(
        "malformed protobuf ends the stream and all on it",
        [*START, headers(), message(b"\x0e"), expects_reset(8)],
        INTERNAL,
        rule="messages",
    ),
    row(
        "a nested length that lies",
        [*START, headers(), message(b"\x1a\x05\x0a\x7f\x00\x00\x00"), wait(0.1)],
        {INTERNAL, DEADLINE_EXCEEDED},
        rule="messages",
        timeout_ms=500,
    ),
    row(
        "a picture whose inner length lies",
        [*START, headers(), message(b"\x22\x05\x0a\x7f\x00\x00\x00"), expects_reset(8)],
        INTERNAL,
        rule="messages",
        kind=abi.CAPTURE_RGB,
    ),
    row(
        "a bad flag",
        [*START, headers(), message(flag=9), expects_reset(8)],
        INTERNAL,
        rule="bad-flag",
    ),
    row(
        "a compressed message without an encoding",
        [*START, headers(), message(flag=1), expects_reset(8)],
        INTERNAL,
        rule="compressed",
    ),
    row(
        "a length prefix of 4 GiB",
        [*START, headers(), data(b"\0\xff\xff\xff\xff"), expects_reset(8)],
        abi.RESOURCE_EXHAUSTED,
        "max_receive_message_length",
        rule="length-limit",
    ),
    row(
        "the stream ends inside a message",
        [*START, headers(), message(cut=2), trailers()],
        {INTERNAL, UNAVAILABLE},
        rule="truncated",
    ),
    row(
        "a header list over the limit on a ControlStream",
        [*START, headers(*[(f"x-{i}", "v" * 1000) for i in range(70)], pieces=8), wait(0.1)],
        abi.RESOURCE_EXHAUSTED,
        rule="header-list",
    ),
    row(
        "HTTP 503 and a web page",
        [
            *START,
            headers(status="503", content_type="text/html"),
            data(b"<b>down</b>", end=True),
        ],
        UNAVAILABLE,
        "down",
        rule="no-status",
    ),
    row(
        "the server half-closes with OK before any of five requests is answered",
        [*START, headers(), trailers()],
        {OK, UNAVAILABLE},
        calls=5,
    ),
    row(
        "MAX_CONCURRENT_STREAMS 1 for a ControlStream",
        [
            settings((http2.MAX_CONCURRENT_STREAMS, 1)),
            requests(1),
            headers(),
            message(),
        ],
        OK,
        rule="concurrency",
        calls=3,
    ),
]
