"""The stock protobuf and gRPC modules of uesynth.proto, generated afresh by stock tools."""

import importlib
import os
import pathlib
import sys
import tempfile

from google.protobuf.empty_pb2 import Empty
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTO = pathlib.Path(
    os.environ.get("UESYNTH_PROTO") or ROOT / "Sources" / "CUESynthProto" / "uesynth.proto"
)


def _generate():
    well_known = pathlib.Path(protoc.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory(prefix="uesynth-proto-") as folder:
        result = protoc.main(
            ["protoc", f"-I{PROTO.parent}", f"-I{well_known}"]
            + [f"--python_out={folder}", f"--grpc_python_out={folder}", PROTO.name]
        )
        if result != 0:
            raise RuntimeError(f"protoc failed on {PROTO}")
        sys.path.insert(0, folder)
        try:
            return tuple(map(importlib.import_module, ("uesynth_pb2", "uesynth_pb2_grpc")))
        finally:
            sys.path.remove(folder)


pb, rpc = _generate()

# A reply of 1080p has 8 MB, twice what stock channels take unless told otherwise.
UNLIMITED = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
]

# The oneof member of ActionRequest and the unary method of each action, by the ABI's number.
BY_KIND = {
    2: ("set_camera_transform", "SetCameraTransform"),
    3: ("get_camera_transform", "GetCameraTransform"),
    4: ("capture_rgb", "CaptureRgbImage"),
    5: ("capture_depth", "CaptureDepthMap"),
    6: ("capture_segmentation", "CaptureSegmentationMask"),
    7: ("capture_normals", "CaptureNormals"),
    8: ("capture_optical_flow", "CaptureOpticalFlow"),
    9: ("set_object_transform", "SetObjectTransform"),
    10: ("get_object_transform", "GetObjectTransform"),
    11: ("create_camera", "CreateCamera"),
    12: ("destroy_camera", "DestroyCamera"),
    13: ("set_resolution", "SetResolution"),
    14: ("spawn_object", "SpawnObject"),
    15: ("destroy_object", "DestroyObject"),
    16: ("set_material", "SetMaterial"),
    17: ("list_objects", "ListObjects"),
    18: ("set_lighting", "SetLighting"),
}

# The request message of each action.
REQUESTS = {
    2: pb.SetCameraTransformRequest,
    3: pb.GetCameraTransformRequest,
    **dict.fromkeys(range(4, 9), pb.CaptureRequest),
    9: pb.SetObjectTransformRequest,
    10: pb.GetObjectTransformRequest,
    11: pb.CreateCameraRequest,
    12: pb.DestroyCameraRequest,
    13: pb.SetResolutionRequest,
    14: pb.SpawnObjectRequest,
    15: pb.DestroyObjectRequest,
    16: pb.SetMaterialRequest,
    17: Empty,
    18: pb.SetLightingRequest,
}

# What a plugin answers on a ControlStream.
STREAMED = (2, 3, 4, 5, 6, 9, 10, 17)
