"""The simulator as a plugin, on ticks, late, with prepared pictures; and its end. With the stock client."""

import queue
import time

import grpc
import pytest

import servers
from stock_client import StockClient, transform, values
from test_simulator import DEPTH, FLOW, NORMALS, RGB, SEGMENTATION, SHAPES, array, members
from wire import BY_KIND, STREAMED, pb


@pytest.fixture
def quirky(simulators):
    with StockClient(simulators("--plugin-quirks")) as client:
        yield client


def test_quirks_eight_actions_on_the_stream(quirky):
    stream = quirky.stream()
    known = next(name for name in quirky.call(17).object_names if name != "Ground")
    for kind in BY_KIND:
        arguments = {"object_name": known} if kind in (9, 10) else {}
        stream.send(str(kind), kind, **{**members(kind, 0), **arguments})
    assert [int(stream.receive().request_id) for _ in STREAMED] == list(STREAMED)
    with pytest.raises(queue.Empty):
        stream.receive(0.3)
    stream.close()


def test_quirks_placeholders_and_sizes(quirky):
    for kind, channels in (DEPTH, 1), (SEGMENTATION, 3), (NORMALS, 3), (FLOW, 2):
        reply = quirky.call(kind, width=64, height=48)
        assert (reply.format, reply.image_data) == ("png", bytes(64 * 48 * channels))
        empty = quirky.call(kind)
        assert (empty.width, empty.height, empty.image_data) == (0, 0, b"")
    whole = quirky.call(RGB)
    assert (whole.width, whole.height, whole.format) == (1920, 1080, "rgba")


def test_quirks_sizes_crop_and_names_do_not_matter(quirky):
    quirky.call(2, camera_name="anything", transform=transform((-600, 0, 200), (0, 10, 0)))
    whole = array(quirky.call(RGB, width=640, height=360), RGB)
    corner = array(quirky.call(RGB, camera_name="other", width=64, height=48), RGB)
    assert (whole[:48, :64] == corner).all()
    quirky.call(2, transform=pb.Transform(location=pb.Vector3(x=5)))
    found = quirky.call(3, camera_name="whatever")
    assert not found.success
    assert values(found.transform)[:6] == (5, 0, 0, 0, 0, 0)


def test_ticks(simulators):
    """A stream's replies are the ticks: one action each. Unary calls that wait together share one."""
    with StockClient(simulators("--tick-hz", "20")) as client:
        client.call(RGB, width=32, height=32)
        clock = client.stream()
        for number in range(60):
            clock.send(str(number), 3)
        clock.receive()
        for _ in range(8):
            client.call(RGB, width=32, height=32)
        serial = clock.replies.qsize()
        futures = [client.future(RGB, width=32, height=32) for _ in range(8)]
        assert all(future.result() for future in futures)
        together = clock.replies.qsize() - serial
        clock.close()
    # The last tick's two replies race through two threads of this process.
    assert serial >= 7 and together < serial


def test_render_lag(simulators):
    size = {"width": 64, "height": 48}
    with StockClient(simulators("--tick-hz", "10", "--render-lag", "3")) as client:
        time.sleep(0.6)
        before = client.call(RGB, **size).image_data
        client.call(2, transform=transform((-400, 200, 300)))
        assert client.call(RGB, **size).image_data == before
        time.sleep(0.8)
        assert client.call(RGB, **size).image_data != before


def test_replay(simulators):
    with StockClient(simulators("--replay")) as client:
        for kind in SHAPES:
            reply = client.call(kind, width=640, height=480)
            assert array(reply, kind).shape[:2] == (480, 640)
        assert array(client.call(RGB, width=640, height=480), RGB)[..., :3].std() > 20


def test_unix_socket(tmp_path):
    path = tmp_path / "sim.sock"
    with servers.simulator("--unix", path), StockClient(f"unix:{path}") as client:
        assert client.call(RGB, width=8, height=8).image_data


def test_it_ends_when_told_even_with_streams_open(tmp_path):
    with servers.simulator() as server, StockClient(server.target) as client:
        stream = client.stream()
        stream.send("a", RGB, width=8, height=8)
        assert stream.receive().request_id == "a"
        server.process.terminate()
        assert server.process.wait(5) in (0, -15, 143)
        ended = stream.receive(5)
        assert ended is None or isinstance(ended, grpc.RpcError)
        stream.close()
