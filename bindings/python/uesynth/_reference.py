"""The reference of the benchmark: what a plain user of grpcio writes, for the same interface.

The messages are described here as far as the benchmark needs them, so that no generated code is needed.
"""

from __future__ import annotations

import asyncio
import statistics
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
    """Slices of time with grpcio."""

    def __init__(self, target: str, seconds: float, width: int, height: int) -> None:
        import grpc
        import grpc.aio

        self._grpc = grpc
        self._target, self._seconds = target, seconds
        self._messages = _classes()
        self._capture = self._messages["CaptureRequest"](width=width, height=height)

    def _method(self, channel: Any, name: str, request: str, reply: str) -> Any:
        return channel.unary_unary(
            _SERVICE + name,
            request_serializer=self._messages[request].SerializeToString,
            response_deserializer=self._messages[reply].FromString,
        )

    def _set_pose(self, channel: Any) -> Any:
        return self._method(
            channel, "SetCameraTransform", "SetCameraTransformRequest", "CommandResponse"
        )

    def _pose(self, x: float) -> Any:
        messages = self._messages
        return messages["SetCameraTransformRequest"](
            camera_name="", transform=messages["Transform"](location=messages["Vector3"](x=x))
        )

    def commands(self) -> float:
        """Poses a second, set one after the other with grpc.aio."""
        return self._poses(1)

    def gathered(self) -> float:
        """Poses a second, set 64 at a time with grpc.aio and asyncio.gather."""
        return self._poses(64)

    def _poses(self, at_a_time: int) -> float:
        async def run() -> float:
            async with self._grpc.aio.insecure_channel(self._target, options=_OPTIONS) as channel:
                method = self._set_pose(channel)
                await method(self._pose(0))
                count, begin = 0, time.perf_counter()
                while time.perf_counter() - begin < self._seconds:
                    if at_a_time == 1:
                        await method(self._pose(count))
                    else:
                        calls = (method(self._pose(count + more)) for more in range(at_a_time))
                        await asyncio.gather(*calls)
                    count += at_a_time
                return count / (time.perf_counter() - begin)

        return asyncio.run(run())

    def latency(self) -> float:
        """The median of poses set one after the other with the blocking grpcio, in seconds."""
        found: List[float] = []
        with self._grpc.insecure_channel(self._target, options=_OPTIONS) as channel:
            method = self._set_pose(channel)
            method(self._pose(0))
            end = time.perf_counter() + self._seconds
            while not found or time.perf_counter() < end:
                begin = time.perf_counter()
                method(self._pose(len(found)))
                found.append(time.perf_counter() - begin)
        return statistics.median(found)

    def frames(self) -> float:
        """Pictures a second, captured one after the other with grpc.aio, as arrays."""
        import numpy as np

        async def run() -> float:
            async with self._grpc.aio.insecure_channel(self._target, options=_OPTIONS) as channel:
                method = self._method(channel, "CaptureRgbImage", "CaptureRequest", "ImageResponse")
                await method(self._capture)
                count, begin = 0, time.perf_counter()
                while time.perf_counter() - begin < self._seconds:
                    reply = await method(self._capture)
                    data = np.frombuffer(reply.image_data, np.uint8)
                    data.reshape(reply.height, reply.width, 4)
                    count += 1
                return count / (time.perf_counter() - begin)

        return asyncio.run(run())
