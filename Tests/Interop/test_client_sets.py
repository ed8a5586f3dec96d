"""Framesets: a pose and many pictures, completed once, with a status for each part."""

import ctypes
import time

import pytest

import abi
import pictures
from host import Recorder

STREAM, DIRECT, AUTO = abi.ROUTE_STREAM, abi.ROUTE_DIRECT, abi.ROUTE_AUTO
ALL = [(modality, "", 16, 12) for modality in range(1, 6)]


def pose(x):
    return abi.Transform((x, 2, 3), (4, 5, 6))


@pytest.mark.parametrize("route", [AUTO, DIRECT])
def test_all_modalities_of_one_pose(stock, client_of, route):
    client = client_of(stock)
    outcome = client.frameset(ALL, transform=pose(7), verify=1, route=route, cookie=9)
    assert (outcome.status, outcome.message, outcome.cookie) == (abi.OK, "", 9)
    found = outcome.set
    assert found.flags == abi.FRAMESET_VERIFIED
    assert (found.pose_status, found.settled) == (abi.OK, 0)
    assert found.read_back == pose(7).values()
    assert found.modalities == [1, 2, 3, 4, 5]
    for modality, picture in enumerate(found.pictures, 1):
        assert picture.data == pictures.picture(modality, 16, 12, 7)
        assert picture.pose.values() == pose(7).values()
    assert found.spread_ns >= 0
    stats = client.stats()
    assert stats["requests_submitted"] == 7
    assert (stats["frames_delivered"], stats["host_frame_bytes"]) == (5, 0)


def test_sets_keep_order_with_each_other(stock, client_of):
    client = client_of(stock)
    wanted = {
        client.frameset([(1, "", 8, 8), (2, "", 8, 8)], transform=pose(x), wait=False): x
        for x in range(1, 21)
    }
    for outcome in client.collect(20):
        x = wanted.pop(outcome.request_id)
        assert outcome.status == abi.OK
        assert outcome.set.pictures[0].data == pictures.picture(1, 8, 8, x)
        assert outcome.set.pictures[1].data == pictures.picture(2, 8, 8, x)
    assert not wanted


def test_a_part_that_fails_is_marked(stock, client_of):
    client = client_of(stock, timeout_ms=1000)
    began = time.monotonic()
    parts = [(1, "", 8, 8), (2, "?silent=1", 8, 8), (3, "", 8, 8), (4, "?fail=NOT_FOUND", 8, 8)]
    outcome = client.frameset(parts, transform=pose(3))
    assert time.monotonic() - began < 5
    found = outcome.set
    assert found.statuses[0] == found.statuses[2] == abi.OK
    assert found.statuses[1] in (abi.NO_ANSWER, abi.DEADLINE_EXCEEDED)
    assert found.statuses[3] == abi.NOT_FOUND
    assert outcome.status in found.statuses[1:]
    assert "part" in outcome.message
    assert found.pictures[1] is None and found.pictures[3] is None
    assert found.messages[1] and not found.messages[0]


def test_settling_by_captures_and_by_time(stock, client_of):
    client = client_of(stock)
    outcome = client.frameset([(1, "", 8, 8)], transform=pose(3), settle_captures=3)
    assert (outcome.status, outcome.set.settled) == (abi.OK, 3)
    assert client.stats()["frames_dropped_settling"] == 3
    began = time.monotonic()
    outcome = client.frameset([(1, "", 8, 8)], transform=pose(4), settle_ms=300)
    assert outcome.status == abi.OK
    assert time.monotonic() - began >= 0.3
    assert outcome.set.pictures[0].data == pictures.picture(1, 8, 8, 4)


def test_a_pose_that_fails(stock, client_of):
    client = client_of(stock)
    outcome = client.frameset(
        [(1, "", 8, 8)], camera="?fail=INTERNAL", transform=pose(3), route=DIRECT, settle_ms=50
    )
    assert outcome.status == outcome.set.pose_status == abi.INTERNAL
    assert outcome.set.statuses == [abi.OK]
    assert "CHANGE_FAILED" in outcome.set.pictures[0].flag_names


def test_by_callback_and_cancelled(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    client.frameset([(1, "", 8, 8)], callback=recorder, wait=False)
    assert recorder.wait(1)[0].set.pictures[0].data == pictures.picture(1, 8, 8, recorder_pose(client))
    number = client.frameset([(1, "?slow=0.5", 8, 8), (1, "", 8, 8)], wait=False)
    client.check(library.client_cancel(client.handle, number))
    outcome = client.collect(1)[0]
    assert (outcome.status, outcome.request_id) == (abi.CANCELLED, number)
    assert library.client_cancel(client.handle, number) == abi.ALREADY_COMPLETED


def recorder_pose(client):
    return int(client.call(abi.GET_CAMERA_TRANSFORM).reply["transform"][0])


def test_frames_of_a_set_can_be_kept(stock, client_of, library):
    client = client_of(stock)
    array = (abi.FramesetPart * 1)(abi.FramesetPart(1, 16, 16, 0, b""))
    event = abi.Event()
    options = abi.FramesetOptions(parts=array, part_count=1)
    client.check(library.client_capture_set(client.handle, options, event))
    frame = event.frameset.contents.results[0].frame
    library.frame_retain(frame)
    library.events_release(event, 1, ctypes.sizeof(event))
    library.events_release(event, 1, ctypes.sizeof(event))
    client.free()
    info = abi.FrameInfo()
    assert library.frame_view(frame, info) == abi.OK
    assert info.size == 16 * 16 * 4
    library.frame_release(frame)


@pytest.mark.parametrize(
    "wrong",
    [
        {"part_count": 0},
        {"part_count": 257},
        {"verify": 2},
        {"settle_ms": -1},
        {"settle_captures": 65},
        {"timeout_ms": -1},
        {"route": 9},
    ],
)
def test_wrong_options(stock, client_of, library, wrong):
    client, event = client_of(stock), abi.Event()
    array = (abi.FramesetPart * 1)(abi.FramesetPart(1, 16, 16, 0, b""))
    options = abi.FramesetOptions(**{"parts": array, "part_count": 1, **wrong})
    assert library.client_capture_set(client.handle, options, event) == abi.MISUSE
    assert library.last_error()


def test_close_ends_sets(stock, client_of, library):
    client = client_of(stock)
    numbers = {
        client.frameset([(1, "?slow=1", 8, 8)] * 3, transform=pose(1), wait=False) for _ in range(3)
    }
    client.check(library.client_close(client.handle))
    outcomes = client.collect(3)
    assert {outcome.request_id for outcome in outcomes} == numbers
    assert {outcome.status for outcome in outcomes} <= {abi.CLOSED, abi.OK}
