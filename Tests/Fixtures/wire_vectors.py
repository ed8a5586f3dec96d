#!/usr/bin/env python3
"""Writes wire_vectors.txt: what Google's protobuf makes of uesynth.proto, for the tests of
UESynthWire. Needs the packages protobuf and grpcio-tools.

Lines of words, binary as hex ("-" is empty):
    request KIND CASE MESSAGE           the unary request of an action (CASE: full, zero or odd)
    stream KIND ID MESSAGE              the same, full, as ActionRequest with a decimal id
    reply CASE SHAPE MESSAGE VALUES     a reply as ServerReply or ImageReplyEnvelope should write it
    frame MESSAGE VALUES                FrameResponse as a careless or hostile peer may write it
    image MESSAGE VALUES                ImageResponse, likewise
    action MESSAGE VALUES               ActionRequest, likewise
VALUES is what protobuf reads, or "rejected". The careless ones are read with every string declared
as bytes: whether text is UTF-8 is tested apart.
"""

import importlib
import pathlib
import random
import struct
import sys
import tempfile

import grpc_tools
from google.protobuf.message import DecodeError
from grpc_tools import protoc

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parent.parent / "Sources" / "CUESynthProto" / "uesynth.proto"

KINDS = {
    2: ("SetCameraTransformRequest", "set_camera_transform"),
    3: ("GetCameraTransformRequest", "get_camera_transform"),
    4: ("CaptureRequest", "capture_rgb"),
    5: ("CaptureRequest", "capture_depth"),
    6: ("CaptureRequest", "capture_segmentation"),
    7: ("CaptureRequest", "capture_normals"),
    8: ("CaptureRequest", "capture_optical_flow"),
    9: ("SetObjectTransformRequest", "set_object_transform"),
    10: ("GetObjectTransformRequest", "get_object_transform"),
    11: ("CreateCameraRequest", "create_camera"),
    12: ("DestroyCameraRequest", "destroy_camera"),
    13: ("SetResolutionRequest", "set_resolution"),
    14: ("SpawnObjectRequest", "spawn_object"),
    15: ("DestroyObjectRequest", "destroy_object"),
    16: ("SetMaterialRequest", "set_material"),
    17: (None, "list_objects"),
    18: ("SetLightingRequest", "set_lighting"),
}
MEMBERS = {
    "command_response": 2,
    "camera_transform": 3,
    "image_response": 4,
    "object_transform": 5,
    "objects_list": 6,
}

POSE = {
    "full": ((1.5, -2, 3e6), (10, -20.25, 179.5), (1, 2, 0.5)),
    "zero": ((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    "odd": ((0, float("inf"), 0), (-1e-40, 0, 0), (0, 0, float("-inf"))),
}
STRINGS = {
    "full": ("caméra 1", "/Engine/Cube", "BaseColor", "0.5,1"),
    "zero": ("", "", "", ""),
    "odd": ("n" * 300, "資産", "p" * 127, "v" * 128),
}
NUMBERS = {"full": (1920, 1080, 5000.5), "zero": (0, 0, 0), "odd": (0xFFFFFFFF, 127, -0.125)}


def load():
    folder = pathlib.Path(tempfile.mkdtemp())
    text = PROTO.read_text()
    (folder / "uesynth_text.proto").write_text(text)
    (folder / "uesynth_raw.proto").write_text(
        text.replace("package uesynth;", "package raw;")
        .replace("  string ", "  bytes ")
        .replace("repeated string ", "repeated bytes ")
    )
    include = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    for name in ("uesynth_text", "uesynth_raw"):
        arguments = ["", f"-I{folder}", f"-I{include}", f"--python_out={folder}", f"{name}.proto"]
        if protoc.main(arguments) != 0:
            sys.exit(f"{name}.proto does not compile")
    sys.path.insert(0, str(folder))
    return importlib.import_module("uesynth_text_pb2"), importlib.import_module("uesynth_raw_pb2")


TEXT, RAW = load()


def words(*values):
    print(*[v.hex() or "-" if isinstance(v, bytes) else v for v in values])


def set_triple(message, values):
    message.SetInParent()
    for (field, value) in zip(message.DESCRIPTOR.fields, values):
        setattr(message, field.name, value)


def set_pose(message, case):
    message.SetInParent()
    set_triple(message.location, POSE[case][0])
    set_triple(message.rotation, POSE[case][1])
    set_triple(message.scale, POSE[case][2])


def request(message, case):
    strings = iter(STRINGS[case])
    width, height, intensity = NUMBERS[case]
    for field in message.DESCRIPTOR.fields:
        if field.name.endswith("_name"):
            setattr(message, field.name, STRINGS[case][0])
        elif field.name == "asset_path":
            message.asset_path = STRINGS[case][1]
        elif field.name == "material_property":
            message.material_property = STRINGS[case][2]
        elif field.name == "value":
            message.value = STRINGS[case][3]
        elif field.name == "width":
            message.width = width
        elif field.name == "height":
            message.height = height
        elif field.name == "intensity":
            message.intensity = intensity
        elif field.name == "color":
            set_triple(message.color, POSE[case][2])
        else:
            set_pose(getattr(message, field.name), case)
    return message


# What was read, as one word.


def floats(message):
    return ",".join(
        "%08x" % struct.unpack("<I", struct.pack("<f", getattr(message, f.name)))[0]
        for f in message.DESCRIPTOR.fields
    )


def pose(message, name, absent_scale):
    if not message.HasField(name):
        return "no-transform"
    transform = getattr(message, name)
    scale = floats(transform.scale)
    if not transform.HasField("scale"):
        scale = absent_scale
    return f"{floats(transform.location)};{floats(transform.rotation)};{scale}"


ONES = "3f800000,3f800000,3f800000"
ZEROS = "00000000,00000000,00000000"


def raw(value):
    return (value if isinstance(value, bytes) else value.encode()).hex()


def image_values(image):
    return f"image:{raw(image.image_data)}:{image.width}:{image.height}:{raw(image.format)}"


def body_values(body, member):
    if member == "image_response":
        return image_values(body)
    if member == "objects_list":
        return "names:" + ",".join(raw(name) + "." for name in body.object_names)
    if member == "command_response":
        return f"command:{int(body.success)}:{raw(body.message)}"
    return f"{member}:{int(body.success)}:{raw(body.message)}:{pose(body, 'transform', ONES)}"


def frame_values(frame):
    member = frame.WhichOneof("response")
    body = body_values(getattr(frame, member), member) if member else "none"
    return f"{raw(frame.request_id)}|{body}"


def action_values(action):
    member = action.WhichOneof("action")
    if member is None:
        return "rejected"
    body = getattr(action, member)
    result = [raw(action.request_id), member]
    for field in body.DESCRIPTOR.fields:
        value = getattr(body, field.name)
        if field.name.endswith("transform"):
            result.append(pose(body, field.name, ZEROS))
            if body.HasField(field.name):
                has = [value.HasField(part) for part in ("location", "rotation", "scale")]
                result.append("".join(str(int(part)) for part in has))
        elif field.name == "color":
            result.append(floats(value) if body.HasField("color") else "no-color")
        elif isinstance(value, bytes):
            result.append(raw(value))
        elif isinstance(value, float):
            result.append("%08x" % struct.unpack("<I", struct.pack("<f", value))[0])
        else:
            result.append(str(value))
    return "|".join(result)


# Careless and hostile messages: random fields of the schema and others, in any order.


def varint(value, padding=0):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    for _ in range(padding):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def tag(number, wire):
    return varint(number << 3 | wire)


def delimited(number, content):
    return tag(number, 2) + varint(len(content)) + content


def unknown(r, number, depth=0):
    kind = r.randrange(5 if depth < 3 else 4)
    if kind == 0:
        return tag(number, 0) + varint(r.getrandbits(r.choice((7, 32, 64))))
    if kind == 1:
        return tag(number, 1) + r.randbytes(8)
    if kind == 2:
        return delimited(number, r.randbytes(r.randrange(6)))
    if kind == 3:
        return tag(number, 5) + r.randbytes(4)
    inner = b"".join(unknown(r, r.randrange(1, 9), depth + 1) for _ in range(r.randrange(3)))
    return tag(number, 3) + inner + tag(number, 4)


def value(r, field, noise):
    kind = field.type
    if kind == field.TYPE_MESSAGE:
        return delimited(field.number, message(r, field.message_type, noise))
    if field.name == "request_id":
        return delimited(field.number, str(r.getrandbits(r.choice((3, 30, 63)))).encode())
    if kind in (field.TYPE_STRING, field.TYPE_BYTES):
        return delimited(field.number, bytes(r.choices(b"abc xyz", k=r.randrange(9))))
    if kind == field.TYPE_FLOAT:
        return tag(field.number, 5) + struct.pack("<f", r.choice((0, 1, -2.5, 1e9)))
    bits = r.choice((0, 1, 8, 32, 40, 64))
    return tag(field.number, 0) + varint(r.getrandbits(bits) if bits else 0)


def message(r, descriptor, noise):
    """Without noise only fields of the schema, which still repeat and merge."""
    out = b""
    for _ in range(r.choice((0, 1, 2, 3, 6))):
        if descriptor.fields and (not noise or r.random() < 0.8):
            out += value(r, r.choice(descriptor.fields), noise)
        elif not noise:
            break
        elif r.random() < 0.5:
            out += unknown(r, r.choice((15, 16, 99, 2**29 - 1)))
        else:
            # A number of the schema with any wire type: unknown unless it happens to fit.
            out += unknown(r, r.randrange(1, 7))
    return out


def spoil(r, data):
    data = bytearray(data)
    for _ in range(r.randrange(1, 3)):
        at = r.randrange(len(data))
        if r.random() < 0.3:
            del data[at]
        elif r.random() < 0.5:
            data[at] = r.randrange(256)
        else:
            data.insert(at, r.randrange(256))
        if not data:
            break
    return bytes(data)


def strings(message):
    for field, content in message.ListFields():
        if field.name == "image_data":
            continue
        if field.type == field.TYPE_MESSAGE:
            yield from strings(content)
        elif field.name == "object_names":
            yield from content
        elif field.type == field.TYPE_BYTES:
            yield content


def hostile(kind, cls, read, count, seed):
    r = random.Random(seed)
    done = 0
    while done < count:
        data = message(r, cls.DESCRIPTOR, noise=done % 2 == 1)
        if done % 3 == 2 and data:
            data = spoil(r, data)
        try:
            parsed = cls.FromString(data)
        except DecodeError:
            words(kind, data, "rejected")
            done += 1
            continue
        # Whether text is UTF-8 is not the question here, not even in a member that is overruled.
        if any(not s.isascii() or 0 in s for s in strings(parsed)) or len(data) > 400:
            continue
        try:
            getattr(TEXT, cls.DESCRIPTOR.name).FromString(data)
        except DecodeError:
            continue
        words(kind, data, read(parsed))
        done += 1


def replies():
    def frame(message, member):
        whole = TEXT.FrameResponse(request_id="42")
        getattr(whole, member).CopyFrom(message)
        return whole.SerializeToString()

    command = TEXT.CommandResponse(success=True, message="done ✓")
    camera = TEXT.GetCameraTransformResponse(success=True)
    set_pose(camera.transform, "full")
    thing = TEXT.GetObjectTransformResponse(message="no such object")
    set_pose(thing.transform, "zero")
    listing = TEXT.ListObjectsResponse(object_names=["Cube", "", "Säule"])
    image = TEXT.ImageResponse(
        image_data=bytes(range(200)), width=640, height=480, format="rgba"
    )
    empty = TEXT.ImageResponse(format="png")
    for case, member, body in (
        ("command", "command_response", command),
        ("nothing", "command_response", TEXT.CommandResponse()),
        ("camera", "camera_transform", camera),
        ("object", "object_transform", thing),
        ("list", "objects_list", listing),
        ("image", "image_response", image),
        ("empty-image", "image_response", empty),
    ):
        words("reply", case, "unary", body.SerializeToString(), body_values(body, member))
        streamed = frame(body, member)
        words("reply", case, "stream", streamed, frame_values(TEXT.FrameResponse.FromString(streamed)))


def main():
    sys.stdout = open(HERE / "wire_vectors.txt", "w", encoding="ascii")
    for number, (name, member) in KINDS.items():
        for case in ("full", "zero", "odd"):
            if name is None:
                words("request", number, case, b"")
                continue
            words("request", number, case, request(getattr(TEXT, name)(), case).SerializeToString())
        for identifier in (0, 7, 2**64 - 1):
            whole = TEXT.ActionRequest(request_id=str(identifier))
            inner = getattr(whole, member)
            inner.SetInParent()
            if name is not None:
                request(inner, "full")
            words("stream", number, identifier, whole.SerializeToString())
    replies()
    hostile("frame", RAW.FrameResponse, frame_values, 600, 1)
    hostile("image", RAW.ImageResponse, image_values, 150, 2)
    hostile("action", RAW.ActionRequest, action_values, 300, 3)


main()
