"""Other pixel formats, files, saves, matrices, latencies: what the library does for Python."""

import asyncio
import io
import pickle

import cv2
import numpy as np
import PIL.Image
import pytest
from conftest import run

import uesynth
from uesynth import AsyncUESynthClient, StatusCode, UESynthClient, UESynthError

SIZE = {"width": 64, "height": 48}


@pytest.fixture
def frame(client):
    return client.capture.rgb(**SIZE)


def test_other_formats(frame):
    plain = np.asarray(frame)
    assert (frame.decode() == plain).all()
    assert (frame.decode("rgba8") == plain).all()
    assert (frame.decode("rgb8") == plain[:, :, :3]).all()
    assert (frame.decode("bgr8") == plain[:, :, 2::-1]).all()
    assert (frame.decode("bgra8") == plain[:, :, [2, 1, 0, 3]]).all()
    grey = frame.decode("gray8")
    assert grey.shape == (48, 64)
    assert abs(grey.astype(int) - cv2.cvtColor(plain, cv2.COLOR_RGBA2GRAY)).max() <= 1
    planes = frame.decode("f32x3_planar")
    assert (planes.shape, planes.dtype) == ((3, 48, 64), np.float32)
    assert np.allclose(planes, plain[:, :, :3].transpose(2, 0, 1) / 255)
    assert np.allclose(frame.decode("f32x3"), plain[:, :, :3] / 255)
    out = np.zeros((48, 64, 3), np.uint8)
    assert frame.decode("rgb8", out) is out
    assert (out == plain[:, :, :3]).all()
    assert (frame.bgr == plain[:, :, 2::-1]).all()
    for bad in [np.zeros((1, 1, 3), np.uint8), np.zeros((48, 64, 3), np.float32), "x", frame]:
        with pytest.raises((ValueError, TypeError)):
            frame.decode("rgb8", bad)
    for bad in ["u32", "f16", "png", "", 5, None.__class__]:
        with pytest.raises(ValueError):
            frame.decode(bad)


def test_files_are_decoded(stock):
    with UESynthClient(stock.target) as client:
        frame = client.capture.rgb("a?file=png", **SIZE)
        assert frame.decode().shape == (48, 64)
        assert frame.decode("rgb8").shape == (48, 64, 3)
        assert frame.rgb.shape == frame.bgr.shape == (48, 64, 3)
        cut = client.capture.rgb("a?file=png&cut=20", **SIZE)
        with pytest.raises(UESynthError) as caught:
            cut.decode()
        assert caught.value.code == StatusCode.DATA_LOSS


def test_files_in_memory(frame, client):
    for kind in ("png", "jpeg"):
        data = frame.encode(kind)
        assert data.dtype == np.uint8
        assert PIL.Image.open(io.BytesIO(data)).size == (64, 48)
    assert (np.load(io.BytesIO(frame.encode("npy", keep_alpha=True))) == frame).all()
    depth = client.capture.depth(**SIZE)
    assert (np.load(io.BytesIO(depth.encode("npy"))) == depth).all()
    assert depth.encode("png", preview=True).size
    with pytest.raises(ValueError):
        depth.encode("png")
    for bad in ["gif", 5, None, []]:
        with pytest.raises(ValueError):
            frame.encode(bad)
    smaller = frame.encode("jpeg", quality=10)
    assert smaller.size < frame.encode("jpeg", quality=95, full_chroma=True).size


def test_colours_as_one_wants_them(simulator):
    with UESynthClient(simulator.target) as plain:
        original = plain.capture.rgb(**SIZE)
    for name, order in [
        ("rgb", [0, 1, 2]),
        ("bgr", [2, 1, 0]),
        ("bgra", [2, 1, 0, 3]),
        ("rgba", [0, 1, 2, 3]),
    ]:
        with UESynthClient(simulator.target, pixel_format=name) as client:
            frame = client.capture.rgb(**SIZE)
            assert (frame == original[:, :, order]).all()
            assert (frame.rgb == original.rgb).all()
            assert (frame.bgr == original.bgr).all()
            assert frame.info.format == name + "8"
            assert not frame.flags.writeable
            assert client.capture.depth(**SIZE).dtype == np.float32
            out = np.zeros(frame.shape, np.uint8)
            assert client.capture.rgb(**SIZE, out=out) is out
            assert (out == frame).all()

    async def main():
        async with AsyncUESynthClient(simulator.target, pixel_format="gray") as client:
            frame = await client.capture.rgb_direct(**SIZE)
            assert frame.shape == (48, 64)
            out = np.zeros((48, 64), np.uint8)
            assert await client.capture.rgb_direct(**SIZE, out=out) is out
            frame = await client.wait_for_frame(await client.capture.rgb(**SIZE))
            assert frame.pixel_format == "gray8"

    run(main())
    with pytest.raises(ValueError, match="bgr"):
        UESynthClient(pixel_format="cmyk")


def test_saves_on_the_librarys_thread(simulator, tmp_path):
    with UESynthClient(simulator.target) as client:
        for number in range(20):
            frame = client.capture.rgb(**SIZE)
            client.save(frame, tmp_path / f"{number}.png")
    assert len(list(tmp_path.glob("*.png"))) == 20
    assert (np.asarray(PIL.Image.open(tmp_path / "3.png")) == frame.rgb).all()

    client = UESynthClient(simulator.target)
    client.flush_saves()
    client.save(frame, tmp_path / "missing" / "a.png")
    with pytest.raises(ValueError, match="missing"):
        client.flush_saves()
    client.flush_saves()
    with pytest.raises(ValueError):
        client.save(frame, tmp_path / "a.gif")
    client.disconnect()

    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            depth = await client.capture.depth_direct(**SIZE)
            await asyncio.gather(
                *(client.save(depth, tmp_path / f"{number}.npy") for number in range(100))
            )
            assert len(list(tmp_path.glob("*.npy"))) == 100
            with pytest.raises(ValueError, match="missing"):
                await client.save(depth, tmp_path / "missing" / "a.npy")
            task = asyncio.ensure_future(client.save(depth, tmp_path / "b.png"))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not client._session._savers

    run(main())
    assert (np.load(tmp_path / "7.npy").shape) == (48, 64)


def test_poses_as_matrices(client):
    pose = uesynth.Transform(uesynth.Vector3(100, 200, 300), uesynth.Rotator(0, 90, 0))
    matrix = pose.matrix()
    # Yaw 90 turns x to y.
    assert np.allclose(matrix @ [1, 0, 0, 1], [100, 201, 300, 1])
    assert np.allclose(pose.matrix(inverse=True) @ matrix, np.eye(4))
    assert np.allclose(pose.matrix(metres=True)[:3, 3], [1, 2, 3])
    # Unreal's y is OpenCV's x, its z is minus OpenCV's y.
    assert np.allclose(pose.matrix("opencv")[:3, 3], [200, -300, 100])
    quaternion = pose.quaternion()
    assert np.allclose(np.linalg.norm(quaternion), 1)
    assert np.allclose(uesynth.Transform().quaternion("ros"), [0, 0, 0, 1])
    camera = uesynth.intrinsics(90, 640, 480)
    assert np.allclose(camera, [[320, 0, 320], [0, 320, 240], [0, 0, 1]])
    found = client.objects.get_transform("Cube_1")
    assert np.allclose(found.matrix()[:3, 3], found.location)
    assert np.allclose(found.quaternion(), found.transform.quaternion())
    with pytest.raises(ValueError, match="opencv"):
        pose.matrix("blender")
    with pytest.raises(ValueError):
        uesynth.intrinsics(0, 640, 480)
    with pytest.raises(TypeError):
        uesynth.intrinsics("x", 640, 480)
    with pytest.raises(ValueError):
        uesynth.Transform(scale=uesynth.Vector3()).matrix(inverse=True, scaled=True)


def test_latencies_and_texts(client):
    for _ in range(20):
        client.capture.rgb(**SIZE)
    assert 0 < client.latency(0) <= client.latency() <= client.latency(100) < 10
    assert client.latency(50, "transfer", "capture_rgb") >= 0
    assert client.latency(action="capture_depth") == 0
    for bad in [(101,), (50, "x"), (50, "total", "x")]:
        with pytest.raises(ValueError):
            client.latency(*bad)
    with pytest.raises(TypeError):
        client.latency("x")
    text = client.stats_text({"client": "left"})
    assert 'client="left"' in text
    assert "uesynth_requests_submitted_total" in text
    assert "client=" not in client.stats_text()
    with pytest.raises(TypeError):
        client.stats_text(5)
    stats = client.stats()
    assert stats.copies_per_frame <= 1
    assert stats.frames_dropped == 0

    async def main():
        async with AsyncUESynthClient(client.options.target) as other:
            await other.capture.rgb_direct(**SIZE)
            assert other.latency() > 0
            assert "uesynth_" in other.stats_text()

    run(main())


@pytest.mark.parametrize("name", ["rgb", "bgr", "gray", "rgba", "bgra"])
def test_converted_frames_can_be_saved_and_shown(simulator, tmp_path, name):
    """Right colours in every file, whatever the order in the array."""
    with UESynthClient(simulator.target) as plain:
        original = plain.capture.rgb(**SIZE)

    def is_right(path):
        return (np.asarray(PIL.Image.open(path)) == original.rgb).all()

    with UESynthClient(simulator.target, pixel_format=name) as client:
        frame = client.capture.rgb(**SIZE)
        frame.save(tmp_path / "a.png")
        client.save(frame, tmp_path / "b.png")
        client.save(frame, tmp_path / "b.npy")
        client.flush_saves()
        (tmp_path / "c.png").write_bytes(frame._repr_png_())
        assert not list(tmp_path.glob("*.part"))
        with pytest.raises(ValueError, match="missing"):
            frame.save(tmp_path / "missing" / "a.npy")
        assert all(is_right(tmp_path / file) for file in ("a.png", "b.png", "c.png"))
        assert (frame.preview() == original.preview()).all()
        assert (frame.decode() == frame).all()
        assert (frame.decode("rgba8") == original).all()
        # An NPY file has the values of the array.
        frame.save(tmp_path / "a.npy")
        assert (np.load(tmp_path / "a.npy") == frame).all()
        assert (np.load(tmp_path / "b.npy") == frame).all()
        assert (np.load(io.BytesIO(frame.encode("npy"))) == frame).all()
        copied = pickle.loads(pickle.dumps(frame))
        assert (copied == frame).all()
        with pytest.raises(ValueError, match="another process"):
            copied.preview()
        before = client.stats().host_frame_bytes
        del frame
        assert client.stats().host_frame_bytes < before

    async def main():
        async with AsyncUESynthClient(simulator.target, pixel_format=name) as client:
            frame = await client.capture.rgb_direct(**SIZE)
            await client.save(frame, tmp_path / "d.png")
            await client.save(frame, tmp_path / "d.npy")
            assert is_right(tmp_path / "d.png")
            assert (np.load(tmp_path / "d.npy") == frame).all()

    run(main())
