"""A UESynth server on stock grpcio, written apart from the simulator and from the library.

    python stock_server.py --port 0 [--unix PATH] [--plugin]

prints "listening on 127.0.0.1:PORT". The scene is a dictionary; a camera's pictures follow from its
last pose (pictures.py), so that a test can tell which poses a capture has seen.

A request says by the name of its camera, object or light how it is to be answered: "main?slow=0.5&cut=7".
The name itself is what stands before the "?".

    every request   slow=SECONDS  wait first
                    alone=SECONDS wait while no other request is worked at
                    fail=CODE     unary: that gRPC code; stream: no answer
    streams         silent=1      no answer
                    anonymous=1   an answer without request_id
                    alien=1       an answer to an id that was never asked, then the right one
                    hold=1        answered after the next request's answer
                    twice=1       two answers
                    hangup=CODE   the stream ends with that gRPC code
    captures        label=TEXT    claim this format
                    cut=N, add=N  N bytes fewer, or more
                    zeros=1       the plugin's placeholder
                    empty=1       no bytes
                    claim=WxH     claim this size
                    first=HEX     begin with these bytes
                    file=png      a PNG file, labelled png
                    bytes=PATH    what that file holds
                    huge=N        N bytes
                    shape=NAME    encoded as odd_messages.py says
"""

import argparse
import concurrent.futures
import json
import pathlib
import signal
import struct
import threading
import time
import urllib.parse
import zlib

import grpc

import odd_messages
import pictures
from wire import BY_KIND, REQUESTS, STREAMED, UNLIMITED, pb

KIND_OF_FIELD = {field: kind for kind, (field, _) in BY_KIND.items()}
RESPONSE_FIELDS = {
    pb.CommandResponse: "command_response",
    pb.GetCameraTransformResponse: "camera_transform",
    pb.ImageResponse: "image_response",
    pb.GetObjectTransformResponse: "object_transform",
    pb.ListObjectsResponse: "objects_list",
}


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def png_file(width, height):
    def chunk(kind, body):
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes(width)) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def directives(request):
    """The bare name and what stands behind its "?"."""
    for field in "camera_name", "object_name", "light_name":
        name = getattr(request, field, None)
        if name is not None:
            bare, _, query = name.partition("?")
            return bare, dict(urllib.parse.parse_qsl(query))
    return "", {}


class Scene:
    """What the actions act on, and a log of them in the order in which they were done."""

    def __init__(self, journal=None):
        self.lock = threading.Lock()
        self.journal = open(journal, "ab", buffering=0) if journal else None  # noqa: SIM115
        self.reset()

    def reset(self):
        with self.lock:
            self.cameras = {"": pb.Transform()}
            self.objects = {"cube": pb.Transform(), "sphere": pb.Transform()}
            self.resolutions, self.materials, self.lights = {}, {}, {}
            self.log, self.streams = [], 0

    def do(self, kind, request, route):
        name, how = directives(request)
        if "slow" in how:
            time.sleep(float(how["slow"]))
        with self.lock:
            self.log.append([kind, route, name])
            if "alone" in how:
                time.sleep(float(how["alone"]))
            if "fail" in how:
                raise Failure(grpc.StatusCode[how["fail"]], "Failed to capture image")
            action = getattr(self, BY_KIND[kind][0], None) or self.capture
            return action(kind, name, request, how)

    def set_camera_transform(self, kind, name, request, how):
        self.cameras[name] = request.transform
        return pb.CommandResponse(success=True)

    def get_camera_transform(self, kind, name, request, how):
        if name not in self.cameras:
            raise Failure(grpc.StatusCode.NOT_FOUND, f"no camera {name}")
        # As the plugin does: the pose is right, success is not set.
        return pb.GetCameraTransformResponse(transform=self.cameras[name])

    def set_object_transform(self, kind, name, request, how):
        if name not in self.objects:
            return pb.CommandResponse(success=False, message=f"Object not found: {name}")
        self.objects[name] = request.transform
        return pb.CommandResponse(success=True)

    def get_object_transform(self, kind, name, request, how):
        if name not in self.objects:
            raise Failure(grpc.StatusCode.NOT_FOUND, f"no object {name}")
        return pb.GetObjectTransformResponse(transform=self.objects[name], success=True)

    def create_camera(self, kind, name, request, how):
        if name in self.cameras:
            raise Failure(grpc.StatusCode.ALREADY_EXISTS, f"camera {name} exists")
        self.cameras[name] = request.initial_transform
        return pb.CommandResponse(success=True, message=f"created {name}")

    def destroy_camera(self, kind, name, request, how):
        found = self.cameras.pop(name, None) is not None
        return pb.CommandResponse(success=found, message="" if found else "no such camera")

    def set_resolution(self, kind, name, request, how):
        self.resolutions[name] = (request.width, request.height)
        return pb.CommandResponse(success=True)

    def spawn_object(self, kind, name, request, how):
        self.objects[name] = request.initial_transform
        if self.journal:
            self.journal.write(f"{name}\n".encode())
        return pb.CommandResponse(success=True, message=request.asset_path)

    def destroy_object(self, kind, name, request, how):
        found = self.objects.pop(name, None) is not None
        return pb.CommandResponse(success=found, message="" if found else "no such object")

    def set_material(self, kind, name, request, how):
        self.materials[name] = (request.material_property, request.value)
        return pb.CommandResponse(
            success=True, message=f"{request.material_property}={request.value}"
        )

    def list_objects(self, kind, name, request, how):
        return pb.ListObjectsResponse(object_names=sorted(self.objects))

    def set_lighting(self, kind, name, request, how):
        self.lights[name] = request
        color, place = request.color, request.transform.location
        words = f"{request.intensity} {color.x} {color.y} {color.z} {place.x}"
        return pb.CommandResponse(success=True, message=words)

    def capture(self, kind, name, request, how):
        modality = kind - 3
        default = self.resolutions.get(name, (320, 240))
        width, height = request.width or default[0], request.height or default[1]
        if "huge" in how:
            return pb.ImageResponse(
                image_data=bytes(int(how["huge"])), width=width, height=height, format="raw"
            )
        label = how.get("label", pictures.LABELS[modality])
        if "zeros" in how:
            data = bytes(width * height * pictures.PLACEHOLDER_CHANNELS.get(modality, 4))
            label = how.get("label", "png")
        elif how.get("file") == "png":
            data, label = png_file(width, height), "png"
        elif "bytes" in how:
            with open(how["bytes"], "rb") as file:
                data = file.read()
        elif "empty" in how:
            data = b""
        else:
            pose = self.cameras.get(name, self.cameras[""])
            data = pictures.picture(modality, width, height, int(pose.location.x) % 65536)
        if "first" in how:
            first = bytes.fromhex(how["first"])
            data = first + data[len(first) :]
        if "cut" in how:
            data = data[: max(0, len(data) - int(how["cut"]))]
        data += bytes(int(how.get("add", 0)))
        if "claim" in how:
            width, height = map(int, how["claim"].split("x"))
        return pb.ImageResponse(image_data=data, width=width, height=height, format=label)


def serialized(reply):
    return reply if isinstance(reply, bytes) else reply.SerializeToString()


class Service:
    def __init__(self, plugin, journal=None):
        self.scene, self.plugin = Scene(journal), plugin
        # Of each call, in the order of their beginning: its method, and the pairs that came with it.
        self.metadata = []

    def note(self, method, context):
        pairs = [
            [key, value if isinstance(value, str) else {"hex": value.hex()}]
            for key, value in context.invocation_metadata()
        ]
        with self.scene.lock:
            self.metadata.append([method, pairs])

    def ControlStream(self, requests, context):
        """Strictly serial, as the plugin is."""
        with self.scene.lock:
            self.scene.streams += 1
        self.note("ControlStream", context)
        held = []
        for action in requests:
            kind = KIND_OF_FIELD.get(action.WhichOneof("action"))
            if kind is None or (self.plugin and kind not in STREAMED):
                continue
            request = getattr(action, BY_KIND[kind][0])
            _, how = directives(request)
            if "hangup" in how:
                context.abort(grpc.StatusCode[how["hangup"]], "the stream was hung up")
            try:
                response = self.scene.do(kind, request, "stream")
            except Failure:
                continue
            if "silent" in how:
                continue
            reply = pb.FrameResponse(request_id=action.request_id)
            getattr(reply, RESPONSE_FIELDS[type(response)]).CopyFrom(response)
            if "anonymous" in how:
                reply.request_id = ""
            if "shape" in how:
                reply = odd_messages.frame(how["shape"], action.request_id, response)
            if "alien" in how:
                alien = pb.FrameResponse(request_id="9999999")
                alien.command_response.success = True
                yield alien
            if "hold" in how:
                held.append(reply)
                continue
            yield reply
            if "twice" in how:
                yield reply
            yield from held
            held.clear()

    def unary(self, kind):
        def serve(request, context):
            self.note(BY_KIND[kind][1], context)
            try:
                response = self.scene.do(kind, request, "unary")
            except Failure as failure:
                context.abort(failure.code, failure.message)
            _, how = directives(request)
            return odd_messages.image(how["shape"], response) if "shape" in how else response

        return serve

    def handlers(self):
        found = {
            "ControlStream": grpc.stream_stream_rpc_method_handler(
                self.ControlStream, pb.ActionRequest.FromString, serialized
            )
        }
        for kind, (_, method) in BY_KIND.items():
            found[method] = grpc.unary_unary_rpc_method_handler(
                self.unary(kind), REQUESTS[kind].FromString, serialized
            )
        return found


def control_handlers(service):
    """A second service, for the tests: Log returns what was done, Streams how many ControlStreams were
    opened, Reset forgets everything."""

    def log(request, context):
        with service.scene.lock:
            return json.dumps(service.scene.log).encode()

    def streams(request, context):
        return str(service.scene.streams).encode()

    def reset(request, context):
        service.scene.reset()
        service.metadata.clear()
        return b""

    def metadata(request, context):
        with service.scene.lock:
            return json.dumps(service.metadata).encode()

    return {
        "Log": grpc.unary_unary_rpc_method_handler(log),
        "Metadata": grpc.unary_unary_rpc_method_handler(metadata),
        "Streams": grpc.unary_unary_rpc_method_handler(streams),
        "Reset": grpc.unary_unary_rpc_method_handler(reset),
    }


def add_service(server, name, handlers):
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--unix")
    parser.add_argument("--plugin", action="store_true", help="streams answer 8 of the 17 actions")
    parser.add_argument("--workers", type=int, default=24)
    parser.add_argument("--argument", action="append", default=[], help="grpc.NAME=NUMBER")
    parser.add_argument("--keepalive-ms", type=int, help="ping, and close if that is not answered")
    parser.add_argument("--compress", choices=["gzip", "deflate"], help="every reply")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    parser.add_argument("--client-ca", help="take only clients that it has signed")
    parser.add_argument("--journal", help="a file for the names of objects that were spawned")
    options = parser.parse_args()
    compression = {"gzip": grpc.Compression.Gzip, "deflate": grpc.Compression.Deflate}

    pool = concurrent.futures.ThreadPoolExecutor(options.workers)
    given = [(name, int(value)) for name, value in (a.split("=") for a in options.argument)]
    settings = [*UNLIMITED, ("grpc.so_reuseport", 0), *given]
    if options.keepalive_ms:
        settings += [
            ("grpc.keepalive_time_ms", options.keepalive_ms),
            ("grpc.keepalive_timeout_ms", options.keepalive_ms),
            ("grpc.http2.max_pings_without_data", 0),
            ("grpc.keepalive_permit_without_calls", 1),
        ]
    server = grpc.server(
        pool, options=settings, compression=compression.get(options.compress)
    )
    service = Service(options.plugin, options.journal)
    add_service(server, "uesynth.UESynthService", service.handlers())
    add_service(server, "test.Stock", control_handlers(service))
    if options.tls:
        certificate, key = (pathlib.Path(path).read_bytes() for path in options.tls)
        authorities = pathlib.Path(options.client_ca).read_bytes() if options.client_ca else None
        credentials = grpc.ssl_server_credentials(
            [(key, certificate)], authorities, require_client_auth=authorities is not None
        )
        port = server.add_secure_port(f"127.0.0.1:{options.port}", credentials)
    else:
        port = server.add_insecure_port(f"127.0.0.1:{options.port}")
    if options.unix:
        server.add_insecure_port(f"unix:{options.unix}")

    ended = threading.Event()
    for number in signal.SIGTERM, signal.SIGINT:
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    ended.wait()
    server.stop(0)


if __name__ == "__main__":
    main()
