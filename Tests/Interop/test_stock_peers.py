"""The stock server with the stock client: what the other tests lean on."""

import queue

import grpc
import pytest

import odd_messages
import pictures
from stock_client import StockClient, transform, values
from wire import BY_KIND


@pytest.fixture
def client(stock):
    with StockClient(stock.target) as client:
        yield client


def test_every_action_by_unary_and_stream_is_logged(stock, client):
    stream = client.stream()
    for kind in BY_KIND:
        names = {9: "object_name", 10: "object_name", 11: "camera_name"}
        name = {names[kind]: "cube" if kind < 11 else "new"} if kind in names else {}
        client.call(kind, **name)
        client.call(12, camera_name="new")
        stream.send(str(kind), kind, **name)
        assert stream.receive().request_id == str(kind)
    stream.close()
    log = stock.control.log()
    assert [kind for kind, route, _ in log if route == "unary"][::2] == list(BY_KIND)
    assert [kind for kind, route, _ in log if route == "stream"] == list(BY_KIND)


@pytest.mark.parametrize("modality", pictures.LABELS)
def test_pictures_can_be_recomputed(client, modality):
    client.call(2, transform=transform((7, 0, 0)))
    image = client.call(3 + modality, width=64, height=48)
    assert image.image_data == pictures.picture(modality, 64, 48, 7)
    assert image.image_data != pictures.picture(modality, 64, 48, 8)
    assert (image.width, image.height, image.format) == (64, 48, pictures.LABELS[modality])


def test_a_1080p_picture_passes(client):
    image = client.call(4, width=1920, height=1080)
    assert image.image_data == pictures.picture(pictures.RGB, 1920, 1080)


def test_unix_socket(stock):
    with StockClient(stock.unix) as client:
        assert list(client.call(17).object_names) == ["cube", "sphere"]


def test_poses(client):
    pose = transform((1, 2, 3), (4, 5, 6), (7, 8, 9))
    assert client.call(9, object_name="cube", transform=pose).success
    assert values(client.call(10, object_name="cube").transform) == (1, 2, 3, 4, 5, 6, 7, 8, 9)
    assert not client.call(9, object_name="nothing", transform=pose).success
    with pytest.raises(grpc.RpcError) as caught:
        client.call(10, object_name="nothing")
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_misbehaviour_of_streams(client):
    stream = client.stream()
    for name in (
        "?silent=1",
        "?anonymous=1",
        "?hold=1",
        "?twice=1",
        "?alien=1",
        "?fail=INTERNAL",
        "",
    ):
        stream.send(name or "last", 3, camera_name=name)
    found = [stream.receive().request_id for _ in range(7)]
    assert found == ["", "?twice=1", "?twice=1", "?hold=1", "9999999", "?alien=1", "last"]
    with pytest.raises(queue.Empty):
        stream.receive(0.1)
    stream.send("", 3, camera_name="?hangup=ABORTED")
    assert stream.receive().code() == grpc.StatusCode.ABORTED
    stream.close()


@pytest.mark.parametrize(
    ("how", "length", "size", "label"),
    [
        ("label=bgra", 64 * 48 * 4, (64, 48), "bgra"),
        ("cut=5", 64 * 48 * 4 - 5, (64, 48), "rgba"),
        ("add=5", 64 * 48 * 4 + 5, (64, 48), "rgba"),
        ("zeros=1", 64 * 48 * 4, (64, 48), "png"),
        ("empty=1", 0, (64, 48), "rgba"),
        ("claim=65x48", 64 * 48 * 4, (65, 48), "rgba"),
        ("huge=1000000", 1000000, (64, 48), "raw"),
    ],
)
def test_misbehaviour_of_captures(client, how, length, size, label):
    image = client.call(4, camera_name="?" + how, width=64, height=48)
    assert len(image.image_data) == length
    assert ((image.width, image.height), image.format) == (size, label)


@pytest.mark.parametrize("shape", odd_messages.LEGAL)
def test_the_legal_shapes_are_legal(client, shape):
    expected = client.call(4, width=64, height=48)
    found = client.call(4, camera_name=f"?shape={shape}", width=64, height=48)
    found.DiscardUnknownFields()
    assert found == expected


@pytest.mark.parametrize("shape", odd_messages.BROKEN)
def test_the_broken_shapes_are_broken(client, shape):
    with pytest.raises(grpc.RpcError) as caught:
        client.call(4, camera_name=f"?shape={shape}", width=64, height=48)
    assert caught.value.code() == grpc.StatusCode.INTERNAL


def test_a_merged_frame_is_legal(client):
    expected = client.call(4, width=64, height=48)
    stream = client.stream()
    for shape in "merged", "id_last", "other_first":
        stream.send("x", 4, camera_name=f"?shape={shape}", width=64, height=48)
        reply = stream.receive()
        assert (reply.request_id, reply.image_response) == ("x", expected)
    stream.close()


def test_a_failing_capture_says_what_the_plugin_says(client):
    with pytest.raises(grpc.RpcError) as caught:
        client.call(4, camera_name="?fail=INTERNAL")
    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert caught.value.details() == "Failed to capture image"


def test_a_plugin_is_silent_about_nine_actions(plugin):
    with StockClient(plugin.target) as client:
        stream = client.stream()
        for kind in BY_KIND:
            stream.send(str(kind), kind, **({"object_name": "cube"} if kind in (9, 10) else {}))
        found = [int(stream.receive().request_id) for _ in range(8)]
        assert found == [2, 3, 4, 5, 6, 9, 10, 17]
        stream.close()
