"""The stock grpcio client of a UESynth server, by the ABI's numbers of the actions."""

import json
import queue
import threading

import grpc

from wire import BY_KIND, REQUESTS, UNLIMITED, pb, rpc


def transform(location=(0, 0, 0), rotation=(0, 0, 0), scale=(1, 1, 1)):
    x, y, z = location
    pitch, yaw, roll = rotation
    return pb.Transform(
        location=pb.Vector3(x=x, y=y, z=z),
        rotation=pb.Rotator(pitch=pitch, yaw=yaw, roll=roll),
        scale=pb.Vector3(x=scale[0], y=scale[1], z=scale[2]),
    )


def values(pose):
    """A pb.Transform as nine numbers."""
    place, turn, size = pose.location, pose.rotation, pose.scale
    turned = (turn.pitch, turn.yaw, turn.roll)
    return (place.x, place.y, place.z, *turned, size.x, size.y, size.z)


class Stream:
    """One ControlStream. send() returns at once; receive() is the next reply."""

    def __init__(self, stub):
        self.requests, self.replies = queue.Queue(), queue.Queue()
        self.call = stub.ControlStream(iter(self.requests.get, None))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        try:
            for reply in self.call:
                self.replies.put(reply)
            self.replies.put(None)
        except grpc.RpcError as error:
            self.replies.put(error)

    def send(self, request_id, kind, **members):
        action = pb.ActionRequest(request_id=request_id)
        getattr(action, BY_KIND[kind][0]).CopyFrom(REQUESTS[kind](**members))
        if kind == 17:
            action.list_objects.SetInParent()
        self.requests.put(action)

    def receive(self, seconds=10):
        """A FrameResponse, None at the end of the stream, or a grpc.RpcError; queue.Empty if
        nothing came."""
        return self.replies.get(timeout=seconds)

    def half_close(self):
        self.requests.put(None)

    def close(self):
        self.half_close()
        self.call.cancel()
        self.reader.join(5)


class StockClient:
    def __init__(self, target, credentials=None, compression=None, options=()):
        options = [*UNLIMITED, *options]
        if credentials:
            self.channel = grpc.secure_channel(
                target, credentials, options=options, compression=compression
            )
        else:
            self.channel = grpc.insecure_channel(
                target, options=options, compression=compression
            )
        self.stub = rpc.UESynthServiceStub(self.channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def call(self, kind, seconds=10, **members):
        return getattr(self.stub, BY_KIND[kind][1])(REQUESTS[kind](**members), timeout=seconds)

    def future(self, kind, seconds=10, **members):
        method = getattr(self.stub, BY_KIND[kind][1])
        return method.future(REQUESTS[kind](**members), timeout=seconds)

    def stream(self):
        return Stream(self.stub)

    # The stock server's second service.

    def log(self):
        method = self.channel.unary_unary("/test.Stock/Log")
        return [tuple(line) for line in json.loads(method(b"", timeout=10))]

    def streams(self):
        return int(self.channel.unary_unary("/test.Stock/Streams")(b"", timeout=10))

    def metadata(self):
        """Of each call since the last reset: (method, {key: value})."""
        found = json.loads(self.channel.unary_unary("/test.Stock/Metadata")(b"", timeout=10))
        return [(method, dict(pairs)) for method, pairs in found]

    def reset(self):
        self.channel.unary_unary("/test.Stock/Reset")(b"", timeout=10)
