"""The reference of the benchmark: what a plain user of grpcio writes, for the same interface.

The messages are described here as far as the benchmark needs them, so that no generated code is needed.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Dict, List, Tuple

_SERVICE = "/uesynth.UESynthService/"
# message -> fields: (name, number, type); types of the package begin with a capital letter.
_MESSAGES: Dict[str, List[Tuple[str, int, str]]] = {
    "Vector3": [("x", 1, "float"), ("y", 2, "float"), ("z", 3, "float")],
    "Rotator": [("pitch", 1, "float"), ("yaw", 2, "float"), ("roll", 3, "float")],
    "Transform": [
        ("location", 1, "Vector3"),
        ("rotation", 2, "Rotator"),
        ("scale", 3, "Vector3"),
    ],
    "CommandResponse": [("success", 1, "bool"), ("message", 2, "string")],
    "SetCameraTransformRequest": [("camera_name", 1, "string"), ("transform", 2, "Transform")],
    "CaptureRequest": [
        ("camera_name", 1, "string"),
        ("width", 2, "uint32"),
        ("height", 3, "uint32"),
    ],
    "ImageResponse": [
        ("image_data", 1, "bytes"),
        ("width", 2, "uint32"),
        ("height", 3, "uint32"),
        ("format", 4, "string"),
    ],
}


def _classes() -> Dict[str, Any]:
    """The message classes, by name."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="uesynth_bench.proto", package="uesynth", syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            added = message.field.add(name=field, number=number, label=kinds.LABEL_OPTIONAL)
            if kind[0].isupper():
                added.type, added.type_name = kinds.TYPE_MESSAGE, f".uesynth.{kind}"
            else:
                added.type = getattr(kinds, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"uesynth.{name}"))
        for name in _MESSAGES
    }


_OPTIONS = [("grpc.max_receive_message_length", -1)]


class Reference:
    """A client of grpcio's."""

    def __init__(self, target: str) -> None:
        import grpc

        self._grpc = grpc
        self._target = target
        self._messages = _classes()

    def _method(self, channel: Any, name: str, request: str, reply: str) -> Any:
        return channel.unary_unary(
            _SERVICE + name,
            request_serializer=self._messages[request].SerializeToString,
            response_deserializer=self._messages[reply].FromString,
        )

    def _pose(self, x: float) -> Any:
        messages = self._messages
        return messages["SetCameraTransformRequest"](
            camera_name="", transform=messages["Transform"](location=messages["Vector3"](x=x))
        )

    def commands(self, count: int) -> float:
        """Poses set one after the other with grpc.aio: seconds."""

        async def run() -> float:
            async with self._grpc.aio.insecure_channel(self._target, options=_OPTIONS) as channel:
                method = self._method(
                    channel, "SetCameraTransform", "SetCameraTransformRequest", "CommandResponse"
                )
                await method(self._pose(0))
                begin = time.perf_counter()
                for number in range(count):
                    await method(self._pose(number))
                return time.perf_counter() - begin

        return asyncio.run(run())

    def latencies(self, count: int) -> List[float]:
        """Poses set one after the other with the blocking grpcio: seconds of each."""
        found = []
        with self._grpc.insecure_channel(self._target, options=_OPTIONS) as channel:
            method = self._method(
                channel, "SetCameraTransform", "SetCameraTransformRequest", "CommandResponse"
            )
            method(self._pose(0))
            for number in range(count):
                begin = time.perf_counter()
                method(self._pose(number))
                found.append(time.perf_counter() - begin)
        return found

    def frames(self, seconds: float, width: int, height: int) -> float:
        """Pictures captured one after the other with grpc.aio, as arrays: how many a second."""
        import numpy as np

        async def run() -> float:
            async with self._grpc.aio.insecure_channel(self._target, options=_OPTIONS) as channel:
                method = self._method(channel, "CaptureRgbImage", "CaptureRequest", "ImageResponse")
                request = self._messages["CaptureRequest"](width=width, height=height)
                await method(request)
                count, begin = 0, time.perf_counter()
                while time.perf_counter() - begin < seconds:
                    reply = await method(request)
                    data = np.frombuffer(reply.image_data, np.uint8)
                    data.reshape(reply.height, reply.width, 4)
                    count += 1
                return count / (time.perf_counter() - begin)

        return asyncio.run(run())
