"""Servers that do not answer, and clients that stop asking: what is given up and when, what the words say, and
what a server is spared."""

import time

import pytest

import abi
from counted import Counted
from host import Client, action, wait_until
from test_client_stream import submit_batch

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
SIZE = {"width": 16, "height": 12}
SILENT_ON_STREAMS = {
    abi.CAPTURE_NORMALS: "CaptureNormals",
    abi.CAPTURE_OPTICAL_FLOW: "CaptureOpticalFlow",
    abi.CREATE_CAMERA: "CreateCamera",
    abi.DESTROY_CAMERA: "DestroyCamera",
    abi.SET_RESOLUTION: "SetResolution",
    abi.SPAWN_OBJECT: "SpawnObject",
    abi.DESTROY_OBJECT: "DestroyObject",
    abi.SET_MATERIAL: "SetMaterial",
    abi.SET_LIGHTING: "SetLighting",
}


@pytest.mark.parametrize(("ends", "lanes"), [("close", 1), ("free", 4)])
def test_a_client_that_ends_leaves_the_server_nothing_to_do(library, ends, lanes):
    """Of a thousand requests a server with 60 ticks a second does what was sent before, and what a lane had
    on the wire ahead: some 50 ms of its work, 16 before that is known."""
    with Counted("--tick-hz", "60") as server:
        with Client(library, server.target, lanes=lanes) as client:
            actions = [action(abi.CAPTURE_RGB, **SIZE)] * 1000
            submit_batch(client, actions, route=STREAM)
            wait_until(lambda: client.stats()["completed_ok"] >= 12 * lanes)
            done = client.stats()["completed_ok"]
            if ends == "close":
                client.check(library.client_close(client.handle))
                statuses = [outcome.status for outcome in client.collect(1000)]
                assert statuses.count(abi.CLOSED) >= 1000 - done - 16 * lanes
        # Ticks enough for whatever had come through.
        time.sleep(0.5)
        assert done <= server.counts()["captureRGB"] <= done + 17 * lanes


def test_what_was_cancelled_before_it_was_sent_is_never_sent(library):
    with Counted("--tick-hz", "60") as server:
        with Client(library, server.target) as client:
            numbers = submit_batch(client, [action(abi.CAPTURE_RGB, **SIZE)] * 300, route=STREAM)
            wait_until(lambda: client.stats()["completed_ok"] >= 10)
            for number in numbers[30:]:
                library.client_cancel(client.handle, number)
            statuses = [outcome.status for outcome in client.collect(300)]
            assert statuses.count(abi.CANCELLED) >= 250
        assert server.counts()["captureRGB"] <= 50


@pytest.mark.parametrize("kind", SILENT_ON_STREAMS)
def test_overtaken_requests_are_given_up_early_with_the_cure(plugin, client_of, kind):
    """Long before their timeout; asked the other way, the server answers."""
    client = client_of(plugin, timeout_ms=30000)
    silent = client.submit(kind, name="none", route=STREAM, **SIZE)
    client.submit(abi.LIST_OBJECTS, route=STREAM, flags=abi.SUBMIT_ORDER_NONE)
    outcomes = {outcome.request_id: outcome for outcome in client.collect(2, timeout_ms=5000)}
    assert outcomes[silent].status == abi.NO_ANSWER
    words = outcomes[silent].message
    assert SILENT_ON_STREAMS[kind] in words and "UESYNTH_ROUTE_DIRECT" in words
    answered = client.call(kind, name="none", route=DIRECT, **SIZE)
    assert answered.status not in (abi.NO_ANSWER, abi.DEADLINE_EXCEEDED)
    assert client.stats()["completed_no_answer"] == 1


def test_a_silent_stream_is_told_apart_from_a_slow_engine(plugin, client_of):
    client = client_of(plugin, timeout_ms=200)
    outcome = client.call(abi.SET_MATERIAL, name="cube", route=STREAM)
    assert outcome.status == abi.DEADLINE_EXCEEDED
    outcome = client.call(abi.CAPTURE_RGB, name="?slow=0.5", route=STREAM, **SIZE)
    assert outcome.status == abi.DEADLINE_EXCEEDED and "timeout_ms" in outcome.message


def test_nothing_is_left_of_what_was_never_answered(plugin, client_of):
    """Five hundred of them: each ends once, and what comes behind them is served as ever."""
    client = client_of(plugin, timeout_ms=30000)
    for _ in range(50):
        actions = [action(abi.SET_LIGHTING, name=f"light {i}") for i in range(10)]
        submit_batch(client, actions, route=STREAM)
        client.submit(abi.LIST_OBJECTS, route=STREAM)
    statuses = [outcome.status for outcome in client.collect(550, timeout_ms=5000)]
    assert statuses.count(abi.OK) == 50
    assert statuses.count(abi.NO_ANSWER) == 500
    stats = client.stats()
    assert (stats["requests_in_flight"], stats["late_replies"], stats["events_queued"]) == (0, 0, 0)
    assert client.call(abi.CAPTURE_RGB, **SIZE).status == abi.OK
