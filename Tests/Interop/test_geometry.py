"""Poses as matrices and quaternions, and intrinsics: values worked out by hand, what is refused, and a
cube that the simulator shows where the matrices say."""

import ctypes
import math

import numpy
import pytest

import abi

AXES = abi.AXES_UNREAL, abi.AXES_OPENCV, abi.AXES_ROS, abi.AXES_OPENGL


def matrix(library, pose, axes, flags=0):
    found = (ctypes.c_double * 16)(*[math.nan] * 16)
    assert library.pose_to_matrix(pose, axes, flags, found) == abi.OK, library.last_error()
    return numpy.array(found).reshape(4, 4)


def quaternion(library, pose, axes, flags=0):
    found = (ctypes.c_double * 4)(*[math.nan] * 4)
    assert library.pose_to_quaternion(pose, axes, flags, found) == abi.OK, library.last_error()
    return list(found)


def intrinsics(library, fov, width, height):
    found = (ctypes.c_double * 9)(*[math.nan] * 9)
    assert library.camera_intrinsics(fov, width, height, found) == abi.OK, library.last_error()
    return numpy.array(found).reshape(3, 3)


def test_by_hand(library):
    """1 m forward, 2 right, 3 up, turned a quarter to the right."""
    pose = abi.Transform((100, 200, 300), (0, 90, 0), (2, 3, 4))
    places = {
        abi.AXES_UNREAL: [100, 200, 300],
        abi.AXES_OPENCV: [200, -300, 100],
        abi.AXES_ROS: [100, -200, 300],
        abi.AXES_OPENGL: [200, 300, -100],
    }
    for axes, place in places.items():
        assert matrix(library, pose, axes)[:3, 3].tolist() == place
        metres = matrix(library, pose, axes, abi.POSE_METRES)
        assert metres[:3, 3].tolist() == [length / 100 for length in place]
        assert metres[3].tolist() == [0, 0, 0, 1]
    assert matrix(library, pose, abi.AXES_OPENCV)[:3, :3].tolist() == [
        [0, 0, 1],
        [0, 1, 0],
        [-1, 0, 0],
    ]
    # The scale is along the object's own axes: its forward (2 times) points right now.
    assert matrix(library, pose, abi.AXES_UNREAL, abi.POSE_SCALED)[:3, :3].tolist() == [
        [0, -3, 0],
        [2, 0, 0],
        [0, 0, 4],
    ]
    # This camera looks to the world's right: the origin is 2 m behind, 1 m right and 3 m below.
    seen = matrix(library, pose, abi.AXES_OPENCV, abi.POSE_INVERSE) @ [0, 0, 0, 1]
    assert seen.tolist() == [100, 300, -200, 1]
    half = math.sqrt(0.5)
    assert quaternion(library, pose, abi.AXES_UNREAL) == pytest.approx([0, 0, half, half])
    assert quaternion(library, pose, abi.AXES_OPENCV) == pytest.approx([0, half, 0, half])
    assert quaternion(library, pose, abi.AXES_ROS) == pytest.approx([0, 0, -half, half])
    assert quaternion(library, pose, abi.AXES_OPENGL) == pytest.approx([0, -half, 0, half])
    inverse = quaternion(library, pose, abi.AXES_ROS, abi.POSE_INVERSE)
    assert inverse == pytest.approx([0, 0, half, half])


@pytest.mark.parametrize("axes", AXES)
def test_inverses(library, axes):
    pose = abi.Transform((12, -34, 56), (12.5, -160, 71), (0.5, 2, -1))
    for flags in 0, abi.POSE_METRES, abi.POSE_SCALED, abi.POSE_METRES | abi.POSE_SCALED:
        there = matrix(library, pose, axes, flags)
        back = matrix(library, pose, axes, flags | abi.POSE_INVERSE)
        assert numpy.allclose(there @ back, numpy.eye(4), atol=1e-12)


def test_intrinsics(library):
    assert intrinsics(library, 90, 640, 480).tolist() == [[320, 0, 320], [0, 320, 240], [0, 0, 1]]
    found = intrinsics(library, 60, 1000, 500)
    assert found[0, 0] == found[1, 1] == pytest.approx(500 * math.sqrt(3))
    # The edge of what is seen: 30 degrees to the right.
    column = found @ [math.tan(math.radians(30)), 0, 1]
    assert column[0] == pytest.approx(1000)


def test_what_is_refused(library):
    pose, room = abi.Transform(), (ctypes.c_double * 16)(*[7] * 16)
    wrong = abi.Transform((math.nan, 0, 0))
    flat = abi.Transform(scale=(1, 0, 1))
    for status in (
        library.pose_to_matrix(None, 0, 0, room),
        library.pose_to_matrix(pose, 0, 0, None),
        library.pose_to_matrix(pose, 4, 0, room),
        library.pose_to_matrix(pose, 0, 8, room),
        library.pose_to_matrix(wrong, 0, 0, room),
        library.pose_to_matrix(flat, 0, abi.POSE_SCALED | abi.POSE_INVERSE, room),
        library.pose_to_quaternion(None, 0, 0, room),
        library.pose_to_quaternion(pose, 0, 0, None),
        library.pose_to_quaternion(pose, 0, abi.POSE_METRES, room),
        library.camera_intrinsics(0, 8, 8, room),
        library.camera_intrinsics(180, 8, 8, room),
        library.camera_intrinsics(math.nan, 8, 8, room),
        library.camera_intrinsics(90, 0, 8, room),
        library.camera_intrinsics(90, 8, 65537, room),
        library.camera_intrinsics(90, 8, 8, None),
    ):
        assert status == abi.MISUSE
    assert list(room) == [7] * 16
    assert library.pose_to_matrix(flat, 0, abi.POSE_SCALED, room) == abi.OK


@pytest.mark.parametrize("axes", AXES)
def test_a_sphere_is_seen_where_the_matrices_say(simulators, client_of, library, axes):
    client = client_of(simulators("--objects", "0"))
    camera = abi.Transform((-100, 50, 400), (-20, 25, 12))
    ball = abi.Transform((500, 350, 250), scale=(0.4, 0.4, 0.4))
    client.check(library.client_set_camera_transform(client.handle, b"", camera))
    name = f"ball{axes}"
    asset = "/Engine/BasicShapes/Sphere.Sphere"
    outcome = client.call(abi.SPAWN_OBJECT, name=name, asset_path=asset.encode(), transform=ball)
    assert outcome.status == abi.OK, outcome
    picture = client.call(abi.CAPTURE_SEGMENTATION, width=640, height=480).picture
    client.call(abi.DESTROY_OBJECT, name=name)
    ids = numpy.frombuffer(picture.data, "<u4").reshape(480, 640)
    rows, columns = numpy.nonzero(ids > 1)
    assert len(rows) > 200
    place = matrix(library, ball, axes) @ [0, 0, 0, 1]
    x, y, z, _ = matrix(library, camera, axes, abi.POSE_INVERSE) @ place
    optical = {
        abi.AXES_UNREAL: (y, -z, x),
        abi.AXES_OPENCV: (x, y, z),
        abi.AXES_ROS: (-y, -z, x),
        abi.AXES_OPENGL: (x, -y, -z),
    }[axes]
    column, row, scale = intrinsics(library, 90, 640, 480) @ optical
    # A sphere off the axis is an ellipse, whose middle is a little further out.
    assert abs(columns.mean() + 0.5 - column / scale) < 1
    assert abs(rows.mean() + 0.5 - row / scale) < 1
