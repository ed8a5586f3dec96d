"""What is still being read of a call when that ends, in whatever way."""

import ctypes
import gzip
import socket
import threading
import time

import abi
import pytest
from host import Client, Flag, runtime, wait_until
from wire import pb

import http2
from replies import image
from scenario import OPTIONS, ROUTE_NAMES
from script import half_close, headers, message, request, settings, together, trailers, window
from server import Server

ROUTES = pytest.mark.parametrize(
    "route", [abi.ROUTE_STREAM, abi.ROUTE_DIRECT], ids=lambda route: ROUTE_NAMES[route]
)
GZIPPED = headers(("grpc-encoding", "gzip"))
PICTURE = image(640, 360)
SIZE = len(PICTURE.image_data)


def packed(change=None):
    """The right reply, or what `change` makes of it, compressed."""

    def payload(good):
        if change:
            reply = pb.FrameResponse.FromString(good)
            change(reply.image_response)
            good = reply.SerializeToString()
        return gzip.compress(good, 1)

    return message(payload, flag=1, sizes=[16384])


@ROUTES
def test_a_server_that_hangs_up_once_it_has_said_all(library, route):
    """What takes a while to inflate came whole, and so did the end of the call."""
    script = [settings(), request, GZIPPED, packed(), trailers(), half_close]
    with Server(script) as server, Client(library, server.target, **OPTIONS) as client:
        outcome = client.call(abi.CAPTURE_RGB, route=route, width=3000, height=2000)
        assert outcome.status == abi.OK, outcome
        assert outcome.picture.data == image(3000, 2000).image_data
    assert not server.failures


def test_a_stream_that_has_ended_takes_no_more(library):
    """Its last picture waits for room; what is submitted meanwhile goes on another stream."""
    wide = packed(lambda reply: reply.CopyFrom(PICTURE))
    script = [settings(), request, GZIPPED, wide, *[request, wide] * 4, trailers()]
    options = {"lanes": 1, "stream_buffer_bytes": 4 << 20, "overflow": abi.OVERFLOW_BLOCK}
    with Server(script) as server, Client(library, server.target, **OPTIONS, **options) as client:
        for _ in range(5):
            # Of the server's size, which is not known before.
            client.submit(abi.CAPTURE_RGB, route=abi.ROUTE_STREAM)
        wait_until(lambda: server.peers and server.peers[0].is_done)
        wait_until(lambda: client.stats()["frames_received"] == 4)
        time.sleep(0.05)
        client.submit(abi.GET_CAMERA_TRANSFORM, route=abi.ROUTE_STREAM)
        time.sleep(0.1)
        outcomes = client.collect(6)
        assert [outcome.status for outcome in outcomes] == [abi.OK] * 6, outcomes
        assert all(outcome.picture.data == PICTURE.image_data for outcome in outcomes[:5])
    assert not server.failures


def test_a_picture_before_a_failure_that_is_tried_again(library):
    """It gives back what was reserved for it."""
    failing = [settings(), request, GZIPPED, packed(), trailers("13", "Failed to capture image")]
    with Server(failing) as server, Client(library, server.target, **OPTIONS) as client:
        outcome = client.call(
            abi.CAPTURE_RGB, route=abi.ROUTE_DIRECT, width=640, height=360, timeout_ms=10000
        )
        assert outcome.status == abi.OK, outcome
        assert client.stats()["retries"] == 1
        # The latest frame is kept.
        wait_until(lambda: client.stats()["buffer_bytes"] <= SIZE + 4096)
    assert not server.failures


def test_two_replies_at_a_time_to_one_request(library):
    """The second must not be written over the first one, which the host has."""

    def mirror(reply):
        reply.image_data = reply.image_data[::-1]

    script = [settings(), request, GZIPPED, together(packed(), packed(mirror))]
    whole = image(3000, 2000).image_data
    memory, done = (ctypes.c_char * len(whole))(), Flag()
    with Server(script) as server, Client(library, server.target, **OPTIONS) as client:
        number = client.submit(
            abi.CAPTURE_RGB,
            route=abi.ROUTE_STREAM,
            width=3000,
            height=2000,
            destination=ctypes.addressof(memory),
            destination_capacity=len(whole),
            destination_done=client.keep(abi.DestroyFunction(done)),
        )
        [outcome] = client.collect(1)
        assert outcome.request_id == number and outcome.status == abi.OK, outcome
        done.wait()
        wait_until(lambda: client.stats()["late_replies"] == 1)
        assert memory.raw == whole
    assert not server.failures


def test_cancelled_while_nothing_can_be_sent(library):
    """The server neither hears of it nor stops: the memory is the host's again all the same."""
    goes_on, has_sent = threading.Event(), threading.Event()
    size = 3000 * 2000 * 4

    def half_a_picture(peer):
        peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        whole = http2.data(peer.call.number, http2.message(peer.good)[: 1 << 20])
        peer.send(whole[: 1 << 19])
        peer.is_done = True
        assert goes_on.wait(20)
        peer.send(whole[1 << 19 :])
        has_sent.set()

    credit = [settings((http2.INITIAL_WINDOW_SIZE, (1 << 31) - 1)), window(1 << 30, 0)]
    script = [*credit, request, headers(), half_a_picture]
    memory, done = (ctypes.c_char * size)(), Flag()
    options = {"lanes": 8, "timeout_ms": 20000}
    with Server(script) as server, Client(library, server.target, **OPTIONS, **options) as client:
        number = client.submit(
            abi.CAPTURE_RGB,
            route=abi.ROUTE_DIRECT,
            width=3000,
            height=2000,
            destination=ctypes.addressof(memory),
            destination_capacity=size,
            destination_done=client.keep(abi.DestroyFunction(done)),
        )
        wait_until(lambda: server.peers and server.peers[0].is_done)
        # More than sockets hold.
        for _ in range(400):
            client.submit(abi.GET_OBJECT_TRANSFORM, route=abi.ROUTE_STREAM, name="x" * 65536)
        time.sleep(0.3)
        client.check(library.client_cancel(client.handle, number))
        done.wait()
        ctypes.memset(memory, 0xEE, size)
        goes_on.set()
        assert has_sent.wait(20)
        time.sleep(0.1)
        assert memory.raw.count(b"\xee") == size
    assert not server.failures


def test_closed_while_a_stream_that_has_ended_waits_for_room(library):
    """The end of another call makes room, but nobody is there to read on."""
    side = 700

    def nobodys(good):
        reply = pb.FrameResponse(image_response=image(side, side))
        return gzip.compress(reply.SerializeToString(), 1)

    def begun(peer):
        reply = pb.FrameResponse.FromString(peer.good)
        reply.image_response.CopyFrom(image(side, side * 3 // 2))
        return http2.data(peer.call.number, http2.message(reply.SerializeToString())[:1000])

    waiting = [request, GZIPPED, message(nobodys, flag=1, sizes=[16384]), trailers()]
    script = [settings(), request, headers(), begun, *waiting]
    options = {"lanes": 2, "stream_buffer_bytes": 4 << 20, "overflow": abi.OVERFLOW_BLOCK}
    started = []
    hook = abi.ThreadFunction(lambda role, index, _: started.append((role, index)))
    with runtime(library, loop_threads=1, thread_started=hook) as shared:
        with (
            Server(script) as server,
            Client(library, server.target, runtime=shared, **OPTIONS, **options) as client,
        ):
            for _ in range(2):
                client.submit(abi.CAPTURE_RGB, route=abi.ROUTE_STREAM)
            wait_until(lambda: server.peers and server.peers[0].is_done)
            time.sleep(0.1)
            before = list(started)
        assert not server.failures
    # A worker would write for a client that is gone.
    assert started == before
