"""uesynth.proto against the plugin's contract, typed in from its tables once more: client, simulator and
stock peers all read that one file, so a wrong number in it would otherwise be nobody's mistake."""

from google.protobuf.descriptor import FieldDescriptor

from wire import BY_KIND, pb

COMMON_TRANSFORM_REPLY = "transform=1:Transform success=2:bool message=3:string"

MESSAGES = {
    "ActionRequest": """request_id=1:string set_camera_transform=2:SetCameraTransformRequest
        get_camera_transform=3:GetCameraTransformRequest capture_rgb=4:CaptureRequest
        capture_depth=5:CaptureRequest capture_segmentation=6:CaptureRequest
        capture_normals=7:CaptureRequest capture_optical_flow=8:CaptureRequest
        set_object_transform=9:SetObjectTransformRequest
        get_object_transform=10:GetObjectTransformRequest create_camera=11:CreateCameraRequest
        destroy_camera=12:DestroyCameraRequest set_resolution=13:SetResolutionRequest
        spawn_object=14:SpawnObjectRequest destroy_object=15:DestroyObjectRequest
        set_material=16:SetMaterialRequest list_objects=17:Empty set_lighting=18:SetLightingRequest""",
    "FrameResponse": """request_id=1:string command_response=2:CommandResponse
        camera_transform=3:GetCameraTransformResponse image_response=4:ImageResponse
        object_transform=5:GetObjectTransformResponse objects_list=6:ListObjectsResponse""",
    "Vector3": "x=1:float y=2:float z=3:float",
    "Rotator": "pitch=1:float yaw=2:float roll=3:float",
    "Transform": "location=1:Vector3 rotation=2:Rotator scale=3:Vector3",
    "CommandResponse": "success=1:bool message=2:string",
    "SetCameraTransformRequest": "camera_name=1:string transform=2:Transform",
    "GetCameraTransformRequest": "camera_name=1:string",
    "GetCameraTransformResponse": COMMON_TRANSFORM_REPLY,
    "GetObjectTransformResponse": COMMON_TRANSFORM_REPLY,
    "CaptureRequest": "camera_name=1:string width=2:uint32 height=3:uint32",
    "ImageResponse": "image_data=1:bytes width=2:uint32 height=3:uint32 format=4:string",
    "SetObjectTransformRequest": "object_name=1:string transform=2:Transform",
    "GetObjectTransformRequest": "object_name=1:string",
    "DestroyObjectRequest": "object_name=1:string",
    "CreateCameraRequest": "camera_name=1:string initial_transform=2:Transform",
    "DestroyCameraRequest": "camera_name=1:string",
    "SetResolutionRequest": "camera_name=1:string width=2:uint32 height=3:uint32",
    "ListObjectsResponse": "object_names=1:[string]",
    "SpawnObjectRequest": "object_name=1:string asset_path=2:string initial_transform=3:Transform",
    "SetMaterialRequest": "object_name=1:string material_property=2:string value=3:string",
    "SetLightingRequest": """light_name=1:string intensity=2:float color=3:Vector3
        transform=4:Transform""",
}

METHODS = """
    SetCameraTransform:SetCameraTransformRequest:CommandResponse
    GetCameraTransform:GetCameraTransformRequest:GetCameraTransformResponse
    CaptureRgbImage:CaptureRequest:ImageResponse
    CaptureDepthMap:CaptureRequest:ImageResponse
    CaptureSegmentationMask:CaptureRequest:ImageResponse
    CaptureNormals:CaptureRequest:ImageResponse
    CaptureOpticalFlow:CaptureRequest:ImageResponse
    SetObjectTransform:SetObjectTransformRequest:CommandResponse
    GetObjectTransform:GetObjectTransformRequest:GetObjectTransformResponse
    CreateCamera:CreateCameraRequest:CommandResponse
    DestroyCamera:DestroyCameraRequest:CommandResponse
    SetResolution:SetResolutionRequest:CommandResponse
    SpawnObject:SpawnObjectRequest:CommandResponse
    DestroyObject:DestroyObjectRequest:CommandResponse
    SetMaterial:SetMaterialRequest:CommandResponse
    ListObjects:Empty:ListObjectsResponse
    SetLighting:SetLightingRequest:CommandResponse
"""


def described(field):
    names = {
        value: name[5:].lower()
        for name, value in vars(FieldDescriptor).items()
        if name.startswith("TYPE_")
    }
    kind = field.message_type.name if field.message_type else names[field.type]
    return f"{field.name}={field.number}:{f'[{kind}]' if field.is_repeated else kind}"


def test_messages():
    found = {
        name: [described(field) for field in message.fields]
        for name, message in pb.DESCRIPTOR.message_types_by_name.items()
    }
    assert found == {name: fields.split() for name, fields in MESSAGES.items()}


def test_oneofs():
    for message, oneof, first in ("ActionRequest", "action", 2), ("FrameResponse", "response", 2):
        descriptor = pb.DESCRIPTOR.message_types_by_name[message]
        assert [one.name for one in descriptor.oneofs] == [oneof]
        assert {field.number for field in descriptor.oneofs[0].fields} == {
            field.number for field in descriptor.fields if field.number >= first
        }


def test_service():
    assert pb.DESCRIPTOR.package == "uesynth"
    assert pb.DESCRIPTOR.syntax == "proto3" if hasattr(pb.DESCRIPTOR, "syntax") else True
    service = pb.DESCRIPTOR.services_by_name["UESynthService"]
    unary = {
        f"{method.name}:{method.input_type.name}:{method.output_type.name}"
        for method in service.methods
        if not (method.client_streaming or method.server_streaming)
    }
    assert unary == set(METHODS.split())
    [stream] = [m for m in service.methods if m.client_streaming and m.server_streaming]
    assert (stream.name, stream.input_type.name, stream.output_type.name) == (
        "ControlStream",
        "ActionRequest",
        "FrameResponse",
    )
    assert len(service.methods) == 18


def test_the_tests_own_table_of_kinds():
    fields = pb.ActionRequest.DESCRIPTOR.fields_by_name
    assert {kind: fields[field].number for kind, (field, _) in BY_KIND.items()} == {
        kind: kind for kind in range(2, 19)
    }
