"""Pictures in DATA frames of odd sizes, by both routes: what arrives is what was sent."""

import abi
from abi import INTERNAL, OK, RESOURCE_EXHAUSTED, UNAVAILABLE
from wire import pb

import http2
from replies import image
from scenario import DIRECT, ROUTE_NAMES, STREAM, Scenario
from script import START, abort, close, expects_reset, headers, message, paced, sliced, trailers

# The sizes of DATA frames in turn. 128 KiB and more are received where they stay.
SPLITS = {
    "16 KiB": [16384],
    "1 byte, then all": [1, 1 << 24],
    "primes": [7, 1009, 104729, 3],
    "128 KiB and a byte less": [1 << 17, (1 << 17) - 1],
    "all at once": [1 << 24],
    "large and empty": [200000, 0, 0, 1],
    "5, the length of a prefix": [5, 300001],
}


def is_whole(width, height):
    expected = image(width, height).image_data

    def then(outcomes, server, client):
        for outcome in outcomes:
            if outcome.status == OK:
                assert outcome.picture.data == expected
                assert outcome.picture.flag_names == set(), outcome.picture.flag_names

    return then


def whole(name, route, script, width=640, height=360, accepts=OK, rule="pictures", **more):
    ending = [trailers()] if route == DIRECT else []
    return Scenario(
        f"{name}, {ROUTE_NAMES[route]}",
        rule,
        [*START, headers(), *script, *ending],
        accepts,
        route=route,
        kind=abi.CAPTURE_RGB,
        members={"width": width, "height": height},
        then=is_whole(width, height),
        **more,
    )


def both(*how, **more):
    return [whole(how[0], route, *how[1:], **more) for route in (DIRECT, STREAM)]


def damaged(name, script, accepts, says="", **more):
    return Scenario(
        name,
        more.pop("rule", "truncated"),
        [*START, headers(), *script],
        accepts,
        says,
        kind=abi.CAPTURE_RGB,
        members={"width": 640, "height": 360},
        then=is_gone,
        **more,
    )


def is_gone(outcomes, server, client):
    assert all(outcome.picture is None for outcome in outcomes)
    stats = client.stats()
    assert stats["frames_queued"] == stats["frames_delivered"] == 0, stats


def last_first(good):
    """The fields of ImageResponse in reverse: width and height before the bytes."""
    reply = pb.ImageResponse.FromString(good)
    data, reply.image_data = reply.image_data, b""
    return reply.SerializeToString() + pb.ImageResponse(image_data=data).SerializeToString()


def twice(good):
    """image_data twice: the last one counts."""
    return pb.ImageResponse(image_data=b"x" * 5000).SerializeToString() + good


def with_pings(peer):
    whole = http2.message(peer.good)
    return b"".join(
        http2.data(peer.call.number, whole[place : place + 150000]) + http2.ping()
        for place in range(0, len(whole), 150000)
    )


SCENARIOS = [
    *[
        row
        for name, sizes in SPLITS.items()
        for row in both(f"a picture in DATA of {name}", [message(sizes=sizes)])
    ],
    *both("a picture in padded DATA", [message(sizes=[5000, 70000], pad=255)], rule="padding"),
    *both("a picture in packets of 1,000 bytes", [sliced(1000, message(sizes=[1 << 24]))]),
    *both("1080p in one DATA frame", [message(sizes=[(1 << 24) - 1])], 1920, 1080, seconds=15),
    *both("1080p in DATA of 1 MiB", [message(sizes=[1 << 20])], 1920, 1080, seconds=15),
    *both("a picture of 1x1", [message(sizes=[1])], 1, 1),
    whole("PING between its frames", DIRECT, [with_pings]),
    Scenario(
        "width and height before the bytes",
        "pictures",
        [*START, headers(), message(last_first, sizes=[70000]), trailers()],
        OK,
        kind=abi.CAPTURE_RGB,
        members={"width": 64, "height": 64},
        then=is_whole(64, 64),
    ),
    Scenario(
        "image_data twice: the last one counts",
        "pictures",
        [*START, headers(), message(twice), trailers()],
        OK,
        kind=abi.CAPTURE_RGB,
        members={"width": 64, "height": 64},
        then=is_whole(64, 64),
    ),
    damaged(
        "a picture that lacks its last byte, then OK",
        [message(cut=1), trailers()],
        INTERNAL,
        "middle of a message",
    ),
    damaged(
        "a picture, half of it, then RST", [message(cut=400000), abort], UNAVAILABLE, rule="cut"
    ),
    damaged(
        "a picture, half of it, then FIN", [message(cut=400000), close], UNAVAILABLE, rule="cut"
    ),
    damaged(
        "a picture that is whole, and no trailers", [message(), close], UNAVAILABLE, rule="cut"
    ),
    damaged(
        "a picture that is whole, then an error",
        [message(), trailers("13", "too late")],
        INTERNAL,
        "too late",
        rule="one-message",
    ),
    damaged("two pictures", [message(), message(), trailers()], INTERNAL, rule="one-message"),
    damaged(
        "a picture over the cap",
        [paced(http2.message(b"\x0a\x80\x80\x80\x01" + bytes(2 << 20))), trailers()],
        RESOURCE_EXHAUSTED,
        "stream_buffer_bytes",
        options={"stream_buffer_bytes": 1 << 20},
        rule="length-limit",
    ),
    damaged(
        "a picture whose length is longer than its message",
        [message(lambda good: b"\x0a\xff\xff\xff\x0f" + good), expects_reset(8)],
        INTERNAL,
        rule="messages",
    ),
]
