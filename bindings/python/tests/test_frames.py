"""Frames as arrays: no copy, read-only, alive as long as somebody looks."""

import copy
import gc
import io
import pickle
import threading
import weakref

import cv2
import numpy as np
import pictures
import PIL.Image
import pytest

import uesynth
from uesynth import Frame, FrameFlag, UESynthClient
from uesynth import _frame_info as frame_info

SIZE = {"width": 64, "height": 48}


def data_address(frame):
    """Where the library says that the bytes lie."""
    return frame_info.unpack_shape(frame._raw, frame_info.SHAPE_OFFSET)[0]


@pytest.fixture
def frame(client):
    return client.capture.rgb(**SIZE)


def test_no_copy_is_made(stock):
    """The array lies where the library says that it put the pixels, and the library copied them at most
    once on their way there."""
    with UESynthClient(stock.target) as client:
        for name in uesynth._actions.MODALITIES:
            frame = getattr(client.capture, name)(**SIZE)
            assert frame.ctypes.data == data_address(frame)
            assert frame.__array_interface__["data"][0] == data_address(frame)
            assert memoryview(frame).obj is frame
        big = [client.capture.rgb(width=1280, height=720) for _ in range(3)]
        stats = client.stats()
        assert stats.image_bytes_copied <= stats.image_bytes
        assert len({one.ctypes.data for one in big}) == 3
        assert stats.host_frame_bytes >= sum(one.nbytes for one in big)


def test_memory_goes_with_the_last_array(client):
    def held():
        gc.collect()
        return client.stats().host_frame_bytes

    client.capture.rgb(width=8, height=8)
    before = held()
    frame = client.capture.rgb(width=256, height=256)
    part = frame[10:20, :, 0]
    plain = frame.view(np.ndarray)
    assert held() == before + frame.nbytes
    del frame
    assert held() == before + 256 * 256 * 4
    assert plain.shape == (256, 256, 4)
    del plain
    total = int(part.sum())
    assert held() > before
    assert int(part.sum()) == total
    del part
    assert held() == before


def test_the_client_may_go_first(simulator):
    client = UESynthClient(simulator.target)
    frame = client.capture.rgb(**SIZE)
    copied = frame.copy()
    gone = weakref.ref(client)
    client.disconnect()
    del client
    gc.collect()
    assert gone() is None
    assert (frame == copied).all()
    assert frame.info.camera == ""
    assert frame.info.claimed_format == "rgba"


def test_read_only_for_good(frame):
    with pytest.raises(ValueError):
        frame[0, 0, 0] = 1
    with pytest.raises(ValueError):
        frame.flags.writeable = True
    with pytest.raises(ValueError):
        frame.setflags(write=True)
    with pytest.raises(ValueError):
        frame.view(np.ndarray).flags.writeable = True
    with pytest.raises(ValueError):
        frame[5:, 5:].flags.writeable = True
    with pytest.raises((ValueError, TypeError, BufferError)):
        memoryview(frame)[0, 0, 0] = 1
    assert memoryview(frame).readonly
    assert frame.__array_interface__["data"][1] is True
    with pytest.raises(ValueError):
        np.add(frame, 1, out=frame)
    mine = frame.copy()
    mine[:] = 0
    assert not mine.any()
    assert frame.any()


def test_attributes_of_ones_own(frame):
    """A frame takes them, has no dict before it does, and its parts have none of its own."""
    assert frame.__dict__ == {}
    frame.label = "first"
    assert frame.label == "first"
    for part in (frame[2:5], frame.T, frame.view(), frame.reshape(-1)):
        assert isinstance(part, Frame)
        assert not part.has_info
        assert not hasattr(part, "label")
        with pytest.raises(ValueError, match="keep the frame"):
            part.info  # noqa: B018


def test_infos_are_each_frames_own(client):
    frames = [client.capture.rgb(width=8 + n, height=4) for n in range(4)]
    assert len({id(one._raw) for one in frames}) == 4
    assert [one.info.width for one in frames] == [8, 9, 10, 11]
    sequences = [one.info.sequence for one in frames]
    assert sequences == list(range(sequences[0], sequences[0] + 4))
    assert len({hash(one._raw) for one in frames}) == 4


def test_other_threads_and_pools(frame):
    import concurrent.futures

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        sums = list(pool.map(lambda one: int(one.sum()), [frame] * 16))
    assert set(sums) == {int(frame.sum())}


def test_released_on_any_thread(client):
    frames = [client.capture.rgb(**SIZE) for _ in range(8)]
    thread = threading.Thread(target=frames.clear)
    thread.start()
    thread.join()
    gc.collect()
    assert client.stats().host_frame_bytes == 0


def test_what_came_along(stock):
    with UESynthClient(stock.target) as client:
        client.camera.set_transform(1, 2, 3, yaw=4, camera_name="main")
        frame = client.capture.rgb("main", **SIZE)
        info = frame.info
        assert (info.modality, info.camera) == ("rgb", "main")
        assert (info.width, info.height) == (64, 48)
        assert (info.format, info.claimed_format) == ("rgba8", "rgba")
        assert info.pose.location == (1, 2, 3)
        assert info.pose.rotation.yaw == 4
        assert FrameFlag.HAS_POSE in info.flags
        assert 0 < info.submitted <= info.sent <= info.first_byte <= info.completed
        assert info.completed <= info.delivered
        assert 0 < info.latency < 10
        assert (frame.modality, frame.pixel_format) == ("rgb", "rgba8")
        assert (frame.sequence, frame.request_id) == (info.sequence, info.request_id)
        assert "rgb 48x64x4 uint8 rgba8" in repr(frame)
        assert repr(frame[1:]).startswith("Frame(")
        assert not frame[1:].has_info
        with pytest.raises(uesynth.UESynthError, match="keep the frame"):
            frame[1:].info  # noqa: B018


@pytest.mark.parametrize(
    ("camera", "flag", "shape"),
    [
        ("a?cut=3", "size_mismatch", (64 * 48 * 4 - 3,)),
        ("a?add=1", "size_mismatch", (64 * 48 * 4 + 1,)),
        ("a?empty=1", "empty", (0,)),
        ("a?claim=64x47", "size_mismatch", (64 * 48 * 4,)),
        ("a?label=png", "format_mismatch", (48, 64, 4)),
    ],
)
def test_what_is_no_picture_comes_as_it_is(stock, camera, flag, shape):
    with UESynthClient(stock.target) as client:
        frame = client.capture.rgb(camera, **SIZE)
        assert frame.shape == shape
        assert frame.dtype == np.uint8
        assert getattr(frame.flags, flag)
        assert flag in frame.flags
        assert flag.upper() in frame.flags.names
        assert flag.upper() in repr(frame.flags)
        assert flag.upper() in repr(frame)
        assert frame.flags.c_contiguous
        assert frame.flags["C_CONTIGUOUS"]
        if frame.ndim == 1:
            assert frame._repr_png_() is None
            with pytest.raises(uesynth.UESynthError, match=flag.upper()):
                frame.preview()
            with pytest.raises(uesynth.UESynthError):
                frame.rgb  # noqa: B018


def test_files_come_as_files(stock, tmp_path):
    with UESynthClient(stock.target) as client:
        frame = client.capture.rgb("a?file=png", **SIZE)
        assert frame.ndim == 1
        assert frame.pixel_format == "png"
        assert PIL.Image.open(io.BytesIO(frame)).size == (64, 48)
        assert frame._repr_png_() == frame.tobytes()
        frame.save(tmp_path / "a.png")
        assert (tmp_path / "a.png").read_bytes() == frame.tobytes()


def test_pickles_as_a_copy(frame):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        other = pickle.loads(pickle.dumps(frame, protocol))
        assert type(other) is Frame
        assert (other == frame).all()
        assert other.info == frame.info
        assert not other.flags.writeable
        assert other.ctypes.data != frame.ctypes.data
    part = pickle.loads(pickle.dumps(frame[:5]))
    assert (part == frame[:5]).all()
    assert (copy.deepcopy(frame) == frame).all()
    assert (copy.copy(frame) == frame).all()


def test_dlpack(client):
    frame = client.capture.rgb(**SIZE)
    before = client.stats().host_frame_bytes
    other = np.from_dlpack(frame)
    assert other.ctypes.data == frame.ctypes.data
    assert other.shape == frame.shape
    assert not other.flags.writeable
    held = frame.nbytes
    del frame
    gc.collect()
    assert client.stats().host_frame_bytes == before
    assert other.any()
    del other
    gc.collect()
    assert client.stats().host_frame_bytes == before - held


def test_dlpack_capsules(client):
    from uesynth import _dlpack

    gc.collect()
    before = len(_dlpack._held)
    for name in uesynth._actions.MODALITIES:
        frame = getattr(client.capture, name)(**SIZE)
        assert "dltensor_versioned" in repr(frame.__dlpack__(max_version=(1, 0)))
        assert '"dltensor"' in repr(frame.__dlpack__())
        assert frame.__dlpack_device__() == (1, 0)
        copied = np.from_dlpack(frame, copy=True)
        assert copied.ctypes.data != frame.ctypes.data
        assert copied.flags.writeable
        assert (copied == frame).all()
        part = frame[::2, 1::3]
        assert (np.from_dlpack(part) == part).all()
        for bad in [{"stream": 1}, {"dl_device": (2, 0)}]:
            with pytest.raises(BufferError):
                frame.__dlpack__(**bad)
        for odd in [np.float32(1.5), 5, (1,), "ab"]:
            for name in ["dl_device", "max_version"]:
                with pytest.raises(TypeError, match=name):
                    frame.__dlpack__(**{name: odd})
        del copied, part
    gc.collect()
    assert len(_dlpack._held) == before


def test_torch(frame):
    torch = pytest.importorskip("torch")
    tensor = torch.from_dlpack(frame)
    assert tensor.data_ptr() == frame.ctypes.data
    assert torch.equal(tensor, torch.from_numpy(frame.copy()))


def test_as_numpy_sees_it(frame):
    assert isinstance(frame, np.ndarray)
    assert np.asarray(frame).ctypes.data == frame.ctypes.data
    interface = type("Holder", (), {"__array_interface__": frame.__array_interface__})()
    assert np.asarray(interface).ctypes.data == frame.ctypes.data
    assert frame.mean() == np.asarray(frame).mean()
    assert (frame.astype(np.float32) / 255).max() <= 1
    assert (frame == frame.copy()).all()
    assert frame.tobytes() == bytes(memoryview(frame))


# ---- Colours ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def red(simulators):
    """A frame with a red sphere in its middle."""
    with UESynthClient(simulators("--objects", "0").target) as client:
        client.objects.spawn("ball", "/Engine/BasicShapes/Sphere.Sphere", 500, 0, 100)
        client.objects.set_scale("ball", 4, 4, 4)
        client.objects.set_material("ball", "color", "#ff0000")
        client.camera.set_transform(0, 0, 100)
        return client.capture.rgb(width=64, height=64)


def is_red(pixel):
    red, green, blue = (int(value) for value in pixel[:3])
    return red > 2 * green + 20 and red > 2 * blue + 20


def test_red_is_red(red, tmp_path):
    """In each documented way of saving a picture."""
    assert is_red(red[32, 32])
    assert is_red(red.rgb[32, 32])
    assert is_red(red.bgr[32, 32, ::-1])
    assert is_red(red.preview()[32, 32])
    path = str(tmp_path / "ball.png")

    def saved():
        assert is_red(np.asarray(PIL.Image.open(path).convert("RGB"))[32, 32])
        assert is_red(cv2.imread(path)[32, 32, ::-1])

    cv2.imwrite(path, red.bgr)
    saved()
    cv2.imwrite(path, cv2.cvtColor(red, cv2.COLOR_RGBA2BGR))
    saved()
    PIL.Image.fromarray(red.rgb).save(path)
    saved()
    PIL.Image.fromarray(red).save(path)
    saved()
    red.save(path)
    saved()
    with open(path, "wb") as file:
        file.write(red._repr_png_())
    saved()
    red.save(tmp_path / "ball.npy")
    assert (np.load(tmp_path / "ball.npy") == red).all()


def test_rgb_is_a_view(red):
    assert red.rgb.ctypes.data == red.ctypes.data
    assert red.rgb.shape == (64, 64, 3)
    assert type(red.rgb) is np.ndarray
    assert red.bgr.flags.c_contiguous


def test_opencv_takes_frames(client):
    rgb = client.capture.rgb(**SIZE)
    assert cv2.cvtColor(rgb, cv2.COLOR_BGR2GRAY).shape == (48, 64)
    assert cv2.resize(rgb, (32, 24)).shape == (24, 32, 4)
    depth = client.capture.depth(**SIZE)
    assert cv2.normalize(depth, None, 0, 255, cv2.NORM_MINMAX).max() == pytest.approx(255)
    ids = client.capture.segmentation(**SIZE)
    assert cv2.cvtColor(ids.preview(), cv2.COLOR_RGB2BGR).shape == (48, 64, 3)


def test_previews(client):
    for name in uesynth._actions.MODALITIES:
        frame = getattr(client.capture, name)(**SIZE)
        preview = frame.preview()
        assert (preview.shape, preview.dtype) == ((48, 64, 3), np.uint8)
        assert type(preview) is np.ndarray
        picture = PIL.Image.open(io.BytesIO(frame._repr_png_()))
        assert (np.asarray(picture) == preview).all()
    ids = client.capture.segmentation(**SIZE)
    colours = ids.preview().reshape(-1, 3)
    for number in np.unique(ids):
        assert len(np.unique(colours[np.asarray(ids).ravel() == number], axis=0)) == 1


def test_saving(client, tmp_path):
    depth = client.capture.depth(**SIZE)
    depth.save(tmp_path / "depth.npy")
    assert (np.load(tmp_path / "depth.npy") == depth).all()
    depth.save(str(tmp_path / "depth.PNG"))
    assert cv2.imread(str(tmp_path / "depth.PNG")).shape == (48, 64, 3)
    for name in ["depth", "depth.txt"]:
        with pytest.raises(ValueError):
            depth.save(tmp_path / name)
    depth.save(tmp_path / "depth.jpg", quality=50, depth_range=(10, 5000))
    assert cv2.imread(str(tmp_path / "depth.jpg")).shape == (48, 64, 3)
    with pytest.raises(ValueError, match="missing"):
        depth.save(tmp_path / "missing" / "depth.npy")
    with pytest.raises(ValueError):
        depth.save(tmp_path / "depth.png", preview=False)
    for options in [{"quality": 0}, {"compression": 10}, {"quality": "x"}, {"depth_range": 5}]:
        with pytest.raises((ValueError, TypeError)):
            depth.save(tmp_path / "depth.jpg", **options)
    for path in [5, None, "a\0b.png"]:
        with pytest.raises((ValueError, TypeError)):
            depth.save(path)


def test_odd_sizes(stock):
    with UESynthClient(stock.target) as client:
        for width, height in [(1, 1), (1, 9), (9, 1), (17, 3)]:
            for number, name in enumerate(uesynth._actions.MODALITIES, 1):
                frame = getattr(client.capture, name)(width=width, height=height)
                assert frame.shape[:2] == (height, width)
                assert frame.tobytes() == pictures.picture(number, width, height, 0)
                assert frame.preview().shape == (height, width, 3)
