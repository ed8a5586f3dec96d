"""The stock grpcio client against `uesynthctl sim`: every RPC by unary and stream, and pictures that are
what geometry says, computed here once more with numpy."""

import time

import grpc
import numpy
import pytest

import servers
from stock_client import StockClient, transform, values
from wire import BY_KIND, pb, rpc

SHAPES = {4: ("u1", 4), 5: ("<f4", 1), 6: ("<u4", 1), 7: ("<f4", 3), 8: ("<f4", 2)}
RGB, DEPTH, SEGMENTATION, NORMALS, FLOW = range(4, 9)
ABOVE = transform((0, 0, 5000), (-90, 0, 0))


def array(image, kind):
    """A reply as height x width x channels."""
    dtype, channels = SHAPES[kind]
    pixels = numpy.frombuffer(image.image_data, dtype)
    return pixels.reshape(image.height, image.width, channels)


@pytest.fixture
def client(simulators):
    with StockClient(simulators()) as client:
        yield client


@pytest.fixture(scope="module")
def own_simulator():
    """One whose scene the tests of this file change."""
    with servers.simulator("--seed", "7") as server:
        yield server


@pytest.fixture
def scene(own_simulator):
    with StockClient(own_simulator.target) as client:
        yield client


def members(kind, index):
    """Arguments with which this action succeeds, whatever was done before."""
    name = f"thing{index}"
    return {
        2: {"transform": transform((-600, 0, 200))},
        9: {"object_name": name, "transform": transform((0, 0, 300))},
        10: {"object_name": name},
        11: {"camera_name": name, "initial_transform": transform((-300, 0, 200))},
        12: {"camera_name": name},
        13: {"width": 320, "height": 240},
        14: {
            "object_name": name,
            "asset_path": "/Engine/BasicShapes/Cube.Cube",
            "initial_transform": transform((0, 0, 300)),
        },
        15: {"object_name": name},
        16: {"object_name": name, "material_property": "color", "value": "#ff0000"},
        18: {
            "light_name": "Sun",
            "intensity": 3.0,
            "color": pb.Vector3(x=1, y=1, z=1),
            "transform": transform((0, 0, 1000), (-45, 30, 0)),
        },
    }.get(kind, {"width": 64, "height": 48} if 4 <= kind <= 8 else {})


# Objects and cameras are made before they are used and destroyed after.
ORDER = [2, 3, 4, 5, 6, 7, 8, 14, 9, 10, 16, 15, 11, 12, 13, 17, 18]


def test_every_action_by_unary(scene):
    assert sorted(ORDER) == sorted(BY_KIND)
    for kind in ORDER:
        reply = scene.call(kind, **members(kind, 1))
        if 4 <= kind <= 8:
            assert array(reply, kind).shape[:2] == (48, 64)
        elif kind in (3, 10):
            assert reply.HasField("transform")
        elif kind == 17:
            assert len(reply.object_names) > 10
        else:
            assert reply.success, (kind, reply)


def test_every_action_by_stream(scene):
    stream = scene.stream()
    for kind in ORDER:
        stream.send(f"id-{kind}", kind, **members(kind, 2))
    for kind in ORDER:
        reply = stream.receive()
        assert reply.request_id == f"id-{kind}"
        response = reply.WhichOneof("response")
        if 4 <= kind <= 8:
            assert array(reply.image_response, kind).shape[:2] == (48, 64)
        elif kind in (3, 10):
            assert response == {3: "camera_transform", 10: "object_transform"}[kind]
        elif kind == 17:
            assert len(reply.objects_list.object_names) > 10
        else:
            assert response == "command_response" and reply.command_response.success, (kind, reply)
    stream.half_close()
    assert stream.receive() is None
    assert stream.call.code() == grpc.StatusCode.OK


# ---- Pictures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [RGB, DEPTH, SEGMENTATION, NORMALS])
def test_pictures_are_the_same_for_everyone(simulators, kind):
    """By seed, not by time, thread count, route or client."""
    found = []
    for options in ("--objects", "60"), ("--threads", "1"), ("--seed", "1", "--threads", "2"):
        with StockClient(simulators(*options)) as client:
            found.append(client.call(kind, width=160, height=120).image_data)
            stream = client.stream()
            stream.send("a", kind, width=160, height=120)
            found.append(stream.receive().image_response.image_data)
            stream.close()
    assert len(set(found)) == 1
    with StockClient(simulators("--seed", "99")) as client:
        assert client.call(kind, width=160, height=120).image_data != found[0]


def test_looking_down_depth_is_height(scene):
    """Planar depth: the whole ground has one distance, however oblique the ray."""
    scene.call(2, transform=ABOVE)
    depth = array(scene.call(DEPTH, width=256, height=256), DEPTH)[..., 0]
    ids = array(scene.call(SEGMENTATION, width=256, height=256), SEGMENTATION)[..., 0]
    normals = array(scene.call(NORMALS, width=256, height=256), NORMALS)
    numbers, counts = numpy.unique(ids, return_counts=True)
    ground = ids == numbers[counts.argmax()]
    assert ground.mean() > 0.5
    assert numpy.abs(depth[ground] - 5000).max() < 1
    assert numpy.abs(normals[ground] - (0, 0, 1)).max() < 1e-3
    assert (depth[~ground] < 5000.5).all()
    assert len(numbers) > 10
    lengths = numpy.linalg.norm(normals, axis=-1)
    assert numpy.abs(lengths - 1).max() < 1e-3


def test_flow_is_what_the_ground_has_moved(scene):
    """The camera goes 100 cm to its right: the ground moves to the left, f * 100 / distance pixels."""
    width = 256
    scene.call(2, transform=ABOVE)
    scene.call(FLOW, width=width, height=width)
    still = array(scene.call(FLOW, width=width, height=width), FLOW)
    assert numpy.abs(still).max() < 1e-3
    scene.call(2, transform=transform((0, 100, 5000), (-90, 0, 0)))
    flow = array(scene.call(FLOW, width=width, height=width), FLOW)
    ids = array(scene.call(SEGMENTATION, width=width, height=width), SEGMENTATION)[..., 0]
    numbers, counts = numpy.unique(ids, return_counts=True)
    ground = ids == numbers[counts.argmax()]
    focal = width / 2  # a horizontal field of view of 90 degrees, Unreal's default
    expected = focal * 100 / 5000
    assert numpy.abs(flow[ground][:, 0] + expected).max() < 0.01
    assert numpy.abs(flow[ground][:, 1]).max() < 0.01


def test_an_object_moves_in_every_picture(scene):
    scene.call(2, transform=ABOVE)
    scene.call(
        14,
        object_name="mover",
        asset_path="/Engine/BasicShapes/Cube.Cube",
        initial_transform=transform((0, 0, 2000), scale=(8, 8, 8)),
    )

    def look():
        size = {"width": 128, "height": 128}
        depth = array(scene.call(DEPTH, **size), DEPTH)[..., 0]
        ids = array(scene.call(SEGMENTATION, **size), SEGMENTATION)[..., 0]
        colours = array(scene.call(RGB, **size), RGB)
        return depth, ids == ids[numpy.unravel_index(depth.argmin(), depth.shape)], colours

    depth, mask, colours = look()
    # The top of a cube of 8 m whose middle is 20 m up, seen from 50 m.
    assert abs(depth.min() - (5000 - 2000 - 400)) < 1
    rows, columns = numpy.nonzero(mask)
    assert abs(rows.mean() - 63.5) < 1 and abs(columns.mean() - 63.5) < 1
    side = numpy.sqrt(mask.sum())
    assert abs(side - 64 * 800 / 2600) < 2.5
    scene.call(9, object_name="mover", transform=transform((0, 800, 2000), scale=(8, 8, 8)))
    _, moved, after = look()
    assert numpy.nonzero(moved)[1].mean() - columns.mean() == pytest.approx(64 * 800 / 2600, abs=3)
    assert (after != colours).any()
    assert values(scene.call(10, object_name="mover").transform) == (0, 800, 2000, 0, 0, 0, 8, 8, 8)

    before = after[moved].mean(axis=0)
    scene.call(16, object_name="mover", material_property="color", value="#00ff00")
    green = look()[2][moved].mean(axis=0)
    assert green[1] > green[0] + 30 and green[1] > green[2] + 30
    assert numpy.abs(green - before).max() > 10
    scene.call(18, **{**members(18, 0), "intensity": 0.0})
    dark = look()[2][moved].mean(axis=0)
    assert dark[:3].sum() < green[:3].sum()
    scene.call(18, **members(18, 0))

    assert "mover" in scene.call(17).object_names
    scene.call(15, object_name="mover")
    assert "mover" not in scene.call(17).object_names
    assert look()[0].min() > 2700


def test_rgb_looks_like_a_picture(client):
    pixels = array(client.call(RGB, width=320, height=240), RGB)
    assert (pixels[..., 3] == 255).all()
    assert pixels[..., :3].std() > 20
    assert len(numpy.unique(pixels.reshape(-1, 4), axis=0)) > 1000


def test_cameras_have_views_of_their_own(scene):
    size = {"width": 64, "height": 48}
    scene.call(11, camera_name="left", initial_transform=transform((-600, -300, 200)))
    scene.call(11, camera_name="right", initial_transform=transform((-600, 300, 200)))
    left, right = (
        scene.call(RGB, camera_name=name, **size).image_data for name in ("left", "right")
    )
    assert left != right
    scene.call(2, camera_name="left", transform=transform((-600, 300, 200)))
    assert scene.call(RGB, camera_name="left", **size).image_data == right
    for name in "left", "right":
        scene.call(12, camera_name=name)
    with pytest.raises(grpc.RpcError) as caught:
        scene.call(RGB, camera_name="left", **size)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_a_resolution_is_the_size_of_captures_that_name_none(scene):
    assert scene.call(13, width=200, height=100).success
    for kind in SHAPES:
        reply = scene.call(kind)
        assert (reply.width, reply.height) == (200, 100)


@pytest.mark.parametrize("kind", SHAPES)
def test_1080p_by_unary_and_stream(simulators, kind):
    with StockClient(simulators()) as client:
        size = {"width": 1920, "height": 1080}
        unary = client.call(kind, seconds=30, **size)
        dtype, channels = SHAPES[kind]
        assert len(unary.image_data) == 1920 * 1080 * channels * numpy.dtype(dtype).itemsize
        stream = client.stream()
        stream.send("big", kind, **size)
        streamed = stream.receive(30).image_response
        stream.close()
        if kind != FLOW:  # which depends on the picture before
            assert streamed.image_data == unary.image_data
        assert (streamed.width, streamed.height) == (1920, 1080)


def test_a_stock_client_with_stock_limits_survives_a_1080p_reply(simulators):
    with grpc.insecure_channel(simulators()) as channel:
        stub = rpc.UESynthServiceStub(channel)
        with pytest.raises(grpc.RpcError) as caught:
            stub.CaptureRgbImage(pb.CaptureRequest(width=1920, height=1080), timeout=20)
        assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert len(stub.CaptureRgbImage(pb.CaptureRequest(width=8, height=8)).image_data) == 256


# ---- Many at once, and errors -----------------------------------------------------------------------


def test_several_streams_side_by_side(client):
    streams = [client.stream() for _ in range(4)]
    for i in range(40):
        for number, stream in enumerate(streams):
            stream.send(
                f"{number}-{i}", (RGB, DEPTH, 3, 17)[i % 4], **members((4, 5, 3, 17)[i % 4], 0)
            )
    for number, stream in enumerate(streams):
        assert [stream.receive(20).request_id for _ in range(40)] == [
            f"{number}-{i}" for i in range(40)
        ]
    for stream in streams:
        stream.close()


def test_many_unary_calls_side_by_side(client):
    expected = client.call(RGB, width=96, height=64).image_data
    futures = [client.future(RGB, 30, width=96, height=64) for _ in range(48)]
    assert {future.result().image_data for future in futures} == {expected}


def test_a_reader_that_is_slow_holds_up_only_itself(client):
    slow = client.stub.ControlStream(
        iter(
            [
                pb.ActionRequest(
                    request_id=str(i), capture_rgb=pb.CaptureRequest(width=1280, height=720)
                )
                for i in range(12)
            ]
        )
    )
    began = time.monotonic()
    for _ in range(10):
        client.call(RGB, width=64, height=48)
    assert time.monotonic() - began < 10
    assert [reply.request_id for reply in slow] == [str(i) for i in range(12)]


def test_errors_have_codes_and_words(client):
    cases = [
        (RGB, {"camera_name": "nobody"}, grpc.StatusCode.NOT_FOUND),
        (3, {"camera_name": "nobody"}, grpc.StatusCode.NOT_FOUND),
        (10, {"object_name": "nothing"}, grpc.StatusCode.NOT_FOUND),
        (RGB, {"width": 2**31, "height": 2**31}, None),
        (DEPTH, {"width": 70000, "height": 1}, None),
    ]
    for kind, arguments, code in cases:
        with pytest.raises(grpc.RpcError) as caught:
            client.call(kind, **arguments)
        assert code is None or caught.value.code() == code, (kind, caught.value)
        assert len(caught.value.details()) > 10
    assert client.call(RGB, width=8, height=8).image_data


def test_commands_that_cannot_be_done_say_so(client):
    cases = [
        (9, {"object_name": "nothing", "transform": transform()}),
        (15, {"object_name": "nothing"}),
        (12, {"camera_name": "nobody"}),
        (16, {"object_name": "nothing", "material_property": "color", "value": "#ffffff"}),
    ]
    for kind, arguments in cases:
        try:
            reply = client.call(kind, **arguments)
        except grpc.RpcError as error:
            assert error.details()
        else:
            assert not reply.success and reply.message


def test_an_unknown_method(client):
    method = client.channel.unary_unary("/uesynth.UESynthService/Nonsense")
    with pytest.raises(grpc.RpcError) as caught:
        method(b"", timeout=5)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_message_that_is_no_message(client):
    method = client.channel.unary_unary("/uesynth.UESynthService/CaptureRgbImage")
    with pytest.raises(grpc.RpcError) as caught:
        method(b"\xff" * 20, timeout=5)
    assert caught.value.code() != grpc.StatusCode.DEADLINE_EXCEEDED
    assert client.call(RGB, width=8, height=8).image_data
