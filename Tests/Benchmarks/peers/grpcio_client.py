"""What users of Python have today: the stock grpcio client.

    grpcio_client.py MODE TARGET [WIDTH HEIGHT DEPTH SECONDS]

UESYNTH_PROTO_PATH names the folder where protoc's Python output lies."""

import json
import os
import queue
import resource
import sys
import threading
import time

sys.path.insert(0, os.environ["UESYNTH_PROTO_PATH"])

import grpc  # noqa: E402
import uesynth_pb2 as pb  # noqa: E402
import uesynth_pb2_grpc as rpc  # noqa: E402

WARM_UP = 0.3


class Meter:
    def __init__(self, mode, width, height, depth, seconds):
        self.head = {"mode": mode, "w": width, "h": height, "depth": depth, "lanes": 1}
        self.seconds, self.warm = seconds, time.monotonic() + WARM_UP
        self.began, self.operations, self.bytes, self.latencies = 0, 0, 0, []

    def done(self, sent, size):
        now = time.monotonic()
        self.latencies.append(now - sent)
        if not self.began:
            if now >= self.warm:
                self.began, self.cpu = now, time.process_time()
            return True
        self.operations += 1
        self.bytes += size
        self.ended = now
        return now - self.began < self.seconds

    def row(self):
        elapsed, cpu = self.ended - self.began, time.process_time() - self.cpu
        self.latencies.sort()
        at = lambda percent: self.latencies[int(percent / 100 * (len(self.latencies) - 1))] * 1e6
        return {
            **self.head,
            "per_s": round(self.operations / elapsed, 1),
            "MB_s": round(self.bytes / elapsed / 1e6, 1),
            "p50_us": round(at(50), 1),
            "p99_us": round(at(99), 1),
            "cpu_s": round(cpu, 3),
            "cpu_s_per_GB": round(cpu / (self.bytes / 1e9), 3) if self.bytes else None,
            "peak_rss_MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        }


def capture_request(width, height):
    return pb.CaptureRequest(width=width, height=height)


def command(number):
    transform = pb.Transform(location=pb.Vector3(x=1), scale=pb.Vector3(x=1))
    return pb.SetObjectTransformRequest(object_name=f"bench{number}", transform=transform)


def sync(stub, meter, width, height, pictures):
    while True:
        sent = time.monotonic()
        if pictures:
            size = len(stub.CaptureRgbImage(capture_request(width, height)).image_data)
        else:
            stub.SetObjectTransform(command(0))
            size = 0
        if not meter.done(sent, size):
            return


def direct(stub, meter, width, height, depth):
    over = queue.SimpleQueue()

    def start():
        sent = time.monotonic()
        call = stub.CaptureRgbImage.future(capture_request(width, height))
        call.add_done_callback(lambda call: over.put((sent, call)))

    for _ in range(depth):
        start()
    while True:
        sent, call = over.get()
        if not meter.done(sent, len(call.result().image_data)):
            return
        start()


def stream(stub, meter, width, height, depth, pictures):
    room, sent, ends = threading.Semaphore(depth), queue.SimpleQueue(), threading.Event()

    def requests():
        number = 0
        while True:
            room.acquire()
            if ends.is_set():
                return
            number += 1
            sent.put(time.monotonic())
            if pictures:
                action = {"capture_rgb": capture_request(width, height)}
            else:
                action = {"set_object_transform": command(number % depth)}
            yield pb.ActionRequest(request_id=str(number), **action)

    call = stub.ControlStream(requests())
    for reply in call:
        goes_on = meter.done(sent.get(), len(reply.image_response.image_data))
        if not goes_on:
            ends.set()
            room.release()
            call.cancel()
            return
        room.release()


def main():
    mode, target = sys.argv[1:3]
    width, height, depth = (int(word) for word in (sys.argv[3:6] or (0, 0, 1)))
    seconds = float(sys.argv[6]) if len(sys.argv) > 6 else 1
    options = [("grpc.max_receive_message_length", -1)]
    meter = Meter(mode, width, height, depth, seconds)
    with grpc.insecure_channel(target, options=options) as channel:
        stub = rpc.UESynthServiceStub(channel)
        if mode.startswith("sync"):
            sync(stub, meter, width, height, mode == "sync-rgb")
        elif mode == "direct-rgb":
            direct(stub, meter, width, height, depth)
        else:
            stream(stub, meter, width, height, depth, mode == "stream-rgb")
        print(json.dumps(meter.row()))


if __name__ == "__main__":
    main()
