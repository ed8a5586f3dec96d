"""Compressed replies and requests: against stock servers and clients, and our own simulator."""

import time

import grpc
import pytest

import abi
import servers
from proxy import SlowProxy
from stock_client import StockClient

OFF, ON, AUTO = abi.COMPRESSION_OFF, abi.COMPRESSION_ON, abi.COMPRESSION_AUTO
STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
SIZE = dict(width=320, height=200)


@pytest.fixture(scope="module", params=["gzip", "deflate"])
def packing(request):
    """A stock server that compresses all that it says, asked or not."""
    with servers.stock("--compress", request.param) as server:
        with StockClient(server.target) as control:
            server.control = control
            yield server


@pytest.fixture(scope="module", params=["gzip", "deflate"])
def packing_simulator(request):
    with servers.simulator("--compress", request.param) as server:
        yield server


def picture(client, **members):
    outcome = client.call(abi.CAPTURE_RGB, **{**SIZE, **members})
    assert outcome.status == abi.OK, outcome
    return outcome.picture


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_a_stock_servers_replies(packing, stock, client_of, route):
    plain = picture(client_of(stock), route=route)
    client = client_of(packing, compression=ON)
    for kind in abi.CAPTURE_RGB, abi.CAPTURE_DEPTH, abi.CAPTURE_SEGMENTATION:
        assert client.call(kind, route=route, **SIZE).status == abi.OK
    found = picture(client, route=route)
    assert found.data == plain.data
    names = client.call(abi.LIST_OBJECTS, route=route)
    assert (names.status, names.reply["names"]) == (abi.OK, ["cube", "sphere"])
    pose = client.call(abi.SET_CAMERA_TRANSFORM, route=route)
    assert pose.status == abi.OK, pose
    stats = client.stats()
    assert stats["compressed_messages"] >= 4
    assert stats["inflated_bytes"] > 2 * stats["compressed_bytes"]
    assert stats["bytes_received"] < stats["image_bytes"]
    assert stats["compression_offers"] == (1 if route == STREAM else 6)
    assert stats["compression_offered"] == 1


def test_off_offers_nothing_and_reads_what_comes_all_the_same(packing, client_of):
    client = client_of(packing)
    assert picture(client, route=DIRECT).format_name == "RGBA8"
    stats = client.stats()
    assert stats["compression_offers"] == stats["compression_offered"] == 0
    assert stats["compressed_messages"] == 1


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_the_simulators_replies(packing_simulator, simulators, client_of, route):
    plain = picture(client_of(simulators("--objects", "60")), route=route)
    client = client_of(packing_simulator, compression=ON)
    assert picture(client, route=route).data == plain.data
    assert client.stats()["compressed_messages"] == 1
    # A client that takes none gets none.
    client = client_of(packing_simulator)
    assert picture(client, route=route).data == plain.data
    assert client.stats()["compressed_messages"] == 0


@pytest.mark.parametrize("kind", [grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_a_stock_client_of_the_simulator(packing_simulator, kind):
    with StockClient(packing_simulator.target, compression=kind) as client:
        assert len(client.call(4, **SIZE).image_data) == 320 * 200 * 4
        reply = client.call(16, object_name="box-1", material_property="c" * 3000, value="x")
        assert reply.message
        stream = client.stream()
        stream.send("a", 4, **SIZE)
        stream.send("b", 16, object_name="n" * 5000, material_property="c", value="x")
        assert len(stream.receive().image_response.image_data) == 320 * 200 * 4
        assert stream.receive().request_id == "b"
        stream.close()


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_long_requests_are_compressed_once_the_server_takes_that(stock, client_of, route):
    long, short = "c" * 20000, "c" * 900
    sizes = {}
    for choice in OFF, ON:
        client = client_of(stock, compression=choice)
        # The server has said what it takes when it has answered something.
        client.call(abi.LIST_OBJECTS, route=DIRECT)
        for value in long, short:
            before = client.stats()["bytes_sent"]
            outcome = client.call(
                abi.SET_MATERIAL,
                name="cube",
                material_property="p",
                material_value=value,
                route=route,
            )
            assert (outcome.status, outcome.reply["message"]) == (abi.OK, "p=" + value)
            time.sleep(0.02)
            sizes[choice, value] = client.stats()["bytes_sent"] - before
    assert sizes[OFF, long] > 20000 > 10 * sizes[ON, long]
    assert sizes[OFF, short] > 900 and sizes[ON, short] > 900


def test_a_picture_over_the_limit_once_inflated(packing, client_of):
    client = client_of(packing, compression=ON, max_receive_message_length=1 << 20)
    outcome = client.call(abi.CAPTURE_RGB, name="?huge=4000000", route=DIRECT)
    assert outcome.status == abi.RESOURCE_EXHAUSTED
    assert "max_receive_message_length" in outcome.message
    assert picture(client, route=DIRECT).size == 320 * 200 * 4


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_pictures_that_wait_for_room_are_not_inflated(packing, client_of, route):
    """Under BLOCK nothing is beyond the cap, though a few kilobytes become a megabyte each."""
    cap = 8 << 20
    client = client_of(
        packing, compression=ON, stream_buffer_bytes=cap, timeout_ms=20000, max_retries=0
    )
    count = 24
    ids = {
        client.submit(
            abi.CAPTURE_RGB, name="?huge=1000000", route=route, flags=abi.SUBMIT_NOTIFY_ONLY
        )
        for _ in range(count)
    }
    time.sleep(0.5)
    assert client.stats()["buffer_bytes"] <= cap
    # As they come, which by direct calls need not be in order.
    while ids:
        for event in client.poll(capacity=1):
            assert event.status == abi.OK, event
            ids.remove(event.request_id)
            status, found = client.take(event.request_id)
            assert (status, found.size) == (abi.OK, 1000000)
            assert client.stats()["buffer_bytes"] <= cap
    stats = client.stats()
    assert stats["buffer_bytes_peak"] <= cap
    assert stats["compressed_messages"] == count


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_auto_offers_on_a_slow_link_only(packing_simulator, client_of, route):
    fast = client_of(packing_simulator, compression=AUTO)
    for _ in range(6):
        picture(fast, width=640, height=480, route=route)
    stats = fast.stats()
    assert stats["compression_offers"] == stats["compressed_messages"] == 0, stats
    assert stats["link_bytes_per_second"] > 20e6

    with SlowProxy(packing_simulator.target, 3_000_000) as proxy:
        slow = client_of(proxy, compression=AUTO, timeout_ms=20000)
        for _ in range(6):
            picture(slow, width=640, height=480, route=route)
        stats = slow.stats()
        assert 1e6 < stats["link_bytes_per_second"] < 6e6
        assert stats["compression_offered"] == 1
        assert 1 <= stats["compressed_messages"] <= 5
        assert stats["disconnects"] == 0
