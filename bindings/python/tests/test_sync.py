"""The blocking client against the simulator and the stock server."""

import threading

import numpy as np
import pictures
import pytest

import uesynth
from uesynth import UESynthClient, UESynthError


def test_as_the_first_example_has_it(simulator):
    with UESynthClient(simulator.target) as client:
        assert client.is_connected()
        frame = client.capture.rgb(width=320, height=240)
    assert isinstance(frame, np.ndarray)
    assert frame.shape == (240, 320, 4)
    assert frame.dtype == np.uint8
    assert not client.is_connected()


def test_connects_by_itself(simulator):
    client = UESynthClient(simulator.target)
    assert "not connected yet" in repr(client)
    assert client.is_connected()
    client = UESynthClient(simulator.target)
    assert client.capture.rgb(width=8, height=8).shape == (8, 8, 4)
    assert client.ping() > 0
    assert client.test_connection()
    client.disconnect()


def test_modalities_have_their_shapes(client):
    size = {"width": 64, "height": 48}
    capture = client.capture
    for name, shape, dtype in [
        ("rgb", (48, 64, 4), np.uint8),
        ("depth", (48, 64), np.float32),
        ("segmentation", (48, 64), np.uint32),
        ("normals", (48, 64, 3), np.float32),
        ("optical_flow", (48, 64, 2), np.float32),
    ]:
        frame = getattr(capture, name)(**size)
        assert (frame.shape, frame.dtype) == (shape, dtype)
        assert frame.modality == name
    every = capture.all_modalities(**size)
    assert list(every) == ["rgb", "depth", "segmentation", "normals", "optical_flow"]
    assert every["depth"].shape == (48, 64)
    assert every.errors == {}


def test_pixels_are_the_servers(stock):
    with UESynthClient(stock.target) as client:
        client.camera.set_location(7, 0, 0)
        for modality, name in enumerate(uesynth._actions.MODALITIES, 1):
            frame = getattr(client.capture, name)(width=50, height=20)
            assert frame.tobytes() == pictures.picture(modality, 50, 20, 7)


def test_a_part_of_a_pose_leaves_the_rest(client):
    camera = client.camera
    assert camera.set_location(x=10, y=20, z=30)
    assert camera.set_rotation(pitch=-5, yaw=90, roll=3)
    camera.set_location(1, 2, 3)
    location, rotation = camera.get_location(), camera.get_rotation()
    assert location == (1, 2, 3)
    assert (rotation.pitch, rotation.yaw, rotation.roll) == (-5, 90, 3)
    assert location.transform.rotation.yaw == 90
    assert rotation.transform.location.x == location.x == 1
    assert location.success
    assert isinstance(location.message, str)


def test_cameras(client):
    client.camera.create("second", x=5, y=6, z=7, yaw=45)
    assert client.camera.get_location("second") == (5, 6, 7)
    client.camera.set_resolution(40, 30, "second")
    assert client.capture.rgb("second").shape == (30, 40, 4)
    client.camera.destroy("second")
    with pytest.raises(UESynthError) as caught:
        client.camera.get_location("second")
    assert "second" in str(caught.value)


def test_objects(client):
    objects = client.objects
    objects.spawn("box", "/Engine/BasicShapes/Cube.Cube", x=100, y=0, z=50, scale=(2, 2, 2))
    names = objects.list_all()
    assert "box" in names
    box = names[names.index("box")]
    assert (box.name, box.class_name) == ("box", "")
    objects.set_location("box", 1, 2, 3)
    objects.set_rotation("box", 0, 10, 0)
    objects.set_scale("box", 3, 4, 5)
    pose = objects.get_transform("box")
    assert pose.location == (1, 2, 3)
    assert pose.transform.rotation.yaw == pytest.approx(10)
    assert pose.scale == (3, 4, 5)
    objects.set_transform("box", 9, 8, 7, yaw=20)
    pose = objects.get_transform("box")
    assert (pose.location, pose.scale) == ((9, 8, 7), (3, 4, 5))
    objects.set_transform("box", uesynth.Transform(uesynth.Vector3(1, 1, 1)))
    assert objects.get_transform("box").scale == (1, 1, 1)
    objects.set_transform("box", pose)
    assert objects.get_transform("box") == pose
    assert objects.set_material("box", "color", "#ff0000").success
    objects.destroy("box")
    assert "box" not in objects.list_all()


def test_light(client):
    before = client.capture.rgb(width=32, height=32).copy()
    pose = uesynth.Transform(rotation=uesynth.Rotator(-60, 30, 0))
    assert client.scene.set_lighting("Sun", 0.1, (1, 0.5, 0.2), pose)
    assert (client.capture.rgb(width=32, height=32) != before).any()
    client.scene.set_lighting("Sun", 3.0, transform=pose)


def test_what_the_interface_does_not_have(client):
    for call in [
        lambda: client.camera.set_fov(90),
        lambda: client.camera.get_fov(),
        lambda: client.objects.find_by_class("Actor"),
        lambda: client.scene.set_weather("rain"),
        lambda: client.scene.set_time_of_day(12),
        lambda: client.scene.set_sun_intensity(3),
        lambda: client.config.set_image_format("jpeg"),
        lambda: client.config.set_image_quality(90),
        lambda: client.config.set_max_resolution(640, 480),
        lambda: client.config.set_async_mode(True),
    ]:
        with pytest.raises(UESynthError) as caught:
            call()
        assert caught.value.code.name == "UNIMPLEMENTED"
        assert "message" in caught.value.details


def test_the_timeout_is_end_to_end(stock):
    with UESynthClient(stock.target, timeout=0.2) as client:
        with pytest.raises(TimeoutError) as caught:
            client.capture.rgb("a?slow=2", width=8, height=8)
        assert caught.value.code == uesynth.StatusCode.DEADLINE_EXCEEDED
        assert stock.target in str(caught.value)
        client.config.set_timeout(5000)
        assert client.timeout == 5
        assert client.capture.rgb(width=8, height=8).shape == (8, 8, 4)


def test_threads(stock):
    """Also other threads than the main one, which wait in another way."""
    shapes, failures = [], []

    def work(client, number):
        try:
            for turn in range(20):
                frame = client.capture.rgb(width=10 + number, height=5)
                shapes.append((number, frame.shape[1]))
                client.camera.set_location(number, turn, 0)
            with pytest.raises(UESynthError):
                client.capture.rgb("a?fail=NOT_FOUND&slow=0", width=4, height=4)
        except BaseException as failure:
            failures.append(failure)

    with UESynthClient(stock.target, timeout=2) as client:
        threads = [threading.Thread(target=work, args=(client, number)) for number in range(4)]
        for thread in threads:
            thread.start()
        work(client, 9)
        for thread in threads:
            thread.join()
        assert not failures
        assert len(shapes) == 100
        assert all(width == 10 + number for number, width in shapes)
        stats = client.stats()
        assert stats.requests_in_flight == 0
        assert stats.frames_received == 100


@pytest.mark.parametrize("where", ["main", "other"])
def test_pictures_in_arrays_of_ones_own(client, where):
    from uesynth import _destination

    out = np.zeros((24, 32, 4), np.uint8)
    depth = np.zeros((24, 32), np.float32)
    address = out.ctypes.data
    results = []

    def work():
        results.append(client.capture.rgb(width=32, height=24, out=out))
        results.append(client.capture.depth(width=32, height=24, out=depth))
        small = np.zeros((4, 4, 4), np.uint8)
        with pytest.raises(UESynthError) as caught:
            client.capture.rgb(width=32, height=24, out=small)
        assert caught.value.code == uesynth.StatusCode.BUFFER_TOO_SMALL
        with pytest.raises(UESynthError) as caught:
            client.capture.rgb(width=32, height=24, out=np.zeros((32, 24, 4), np.uint8))
        assert "(24, 32, 4)" in str(caught.value)

    if where == "main":
        work()
    else:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert results[0] is out
    assert out.ctypes.data == address
    assert out.any()
    assert (out == client.capture.rgb(width=32, height=24)).all()
    assert depth.min() > 0
    assert _destination.pending() == 0


def test_arrays_that_cannot_be_filled(client):
    frame = client.capture.rgb(width=4, height=4)
    for bad in [frame, [1, 2], np.zeros((4, 4, 4), np.uint8)[:, ::2], np.zeros(0, np.uint8)]:
        with pytest.raises((ValueError, TypeError)) as caught:
            client.capture.rgb(width=4, height=4, out=bad)
        assert caught.value.code == uesynth.StatusCode.MISUSE


def test_an_array_that_was_given_up_stays_until_it_is_over(stock):
    from uesynth import _destination

    with UESynthClient(stock.target, timeout=0.2) as client:
        with pytest.raises(TimeoutError):
            client.capture.rgb("a?slow=1", width=8, height=8, out=np.zeros((8, 8, 4), np.uint8))
    del client
    assert _destination.pending() == 0


def test_use_after_disconnect(simulator):
    client = UESynthClient(simulator.target)
    frame = client.capture.rgb(width=16, height=16)
    total = int(frame.sum())
    client.disconnect()
    client.disconnect()
    for call in [client.ping, client.capture.rgb, client.objects.list_all, client.stats]:
        with pytest.raises(ConnectionError) as caught:
            call()
        assert caught.value.code == uesynth.StatusCode.CLOSED
        assert "connect()" in str(caught.value)
    assert "disconnected" in repr(client)
    assert not client.test_connection()
    assert int(frame.sum()) == total
    client.connect()
    assert client.capture.rgb(width=16, height=16).shape == (16, 16, 4)
    client.disconnect()


def test_disconnect_ends_what_another_thread_waits_for(stock):
    client = UESynthClient(stock.target, timeout=30)
    client.connect()
    failures = []

    def work():
        try:
            client.capture.rgb("a?slow=5", width=8, height=8)
        except UESynthError as failure:
            failures.append(failure)

    thread = threading.Thread(target=work)
    thread.start()
    while client.stats().requests_in_flight == 0:
        pass
    client.disconnect()
    thread.join(3)
    assert not thread.is_alive()
    assert failures[0].code == uesynth.StatusCode.CLOSED


def test_the_plugins_placeholders_say_so(plugin):
    with UESynthClient(plugin.target) as client:
        rgb = client.capture.rgb(width=64, height=32)
        assert rgb.shape == (32, 64, 4)
        depth = client.capture.depth(width=64, height=32)
        assert depth.flags.placeholder
        assert "PLACEHOLDER" in repr(depth)
        assert not depth.any()


def test_what_the_plugin_only_says_is_an_error(plugin):
    with UESynthClient(plugin.target) as client:
        for command in (
            lambda: client.objects.spawn("cube", "/Engine/BasicShapes/Cube.Cube"),
            lambda: client.objects.destroy("cube"),
            lambda: client.scene.set_lighting("Sun", intensity=2.0),
            lambda: client.camera.set_resolution(64, 48),
        ):
            with pytest.raises(UESynthError, match="not yet implemented.*newer plugin") as caught:
                command()
            assert caught.value.code == uesynth.StatusCode.UNIMPLEMENTED
            assert "see which plugin it runs" not in str(caught.value)


def test_statistics_add_up(client):
    for _ in range(5):
        client.capture.rgb(width=8, height=8)
    with pytest.raises(UESynthError):
        client.camera.get_location("nobody")
    stats = client.stats()
    completed = [value for name, value in stats._asdict().items() if name.startswith("completed_")]
    assert stats.requests_submitted == stats.requests_in_flight + sum(completed)
    assert (
        stats.frames_received == stats.frames_delivered + stats.frames_queued + stats.frames_dropped
    )
    assert stats.state == "ready"
    assert stats.frames_delivered == 5
