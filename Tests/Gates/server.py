"""server.py COUNT [WIDTH HEIGHT [DATA]]: answers when COUNT requests have come, all of them with one
send: commands with success, or pictures, cut into DATA frames of at most DATA bytes. What it answers is
the same each time but for the ids. A client that waits for answers before it has sent so many
(write-ahead) gets them when it has been silent for a while, until it trusts the server with all. Prints
"listening on ADDRESS"."""

import pathlib
import select
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Conformance"))
import http2  # noqa: E402

SILENCE = 0.005
WINDOW = 0x7F000000
# HPACK, nothing indexed: ":status: 200", "content-type: application/grpc"; "grpc-status: 0".
HEAD = b"\x88\x0f\x10\x10application/grpc"
TRAILERS = b"\x00\x0bgrpc-status\x010"


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def picture(width, height):
    sizes = b"\x10" + varint(width) + b"\x18" + varint(height)
    return field(1, bytes([0x55]) * (width * height * 4)) + sizes + field(4, b"rgba")


class Connection:
    def __init__(self, connection, count, reply, is_picture, longest):
        self.connection, self.count = connection, count
        self.reply, self.is_picture, self.longest = reply, is_picture, longest
        self.input = b""
        self.messages = {}  # by stream: what has come of the next message
        self.waiting = []  # (stream, id, whether it is a call of its own)
        self.opened = set()
        self.initial, self.credit = 65535, {0: 65535}

    def exactly(self, count):
        while len(self.input) < count:
            if self.waiting and not select.select([self.connection], [], [], SILENCE)[0]:
                self.answer()
            more = self.connection.recv(1 << 18)
            if not more:
                raise EOFError
            self.input += more
        taken, self.input = self.input[:count], self.input[count:]
        return taken

    def frame(self):
        length = int.from_bytes(self.exactly(3), "big")
        kind, flags, stream = struct.unpack(">BBI", self.exactly(6))
        payload = self.exactly(length)
        if kind == http2.SETTINGS and not flags & http2.ACK:
            for place in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[place : place + 6])
                if name == http2.INITIAL_WINDOW_SIZE:
                    self.initial = value
            self.connection.sendall(http2.settings(ack=True))
        elif kind == http2.PING and not flags & http2.ACK:
            self.connection.sendall(http2.ping(payload, ack=True))
        elif kind == http2.WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            self.credit[stream] = self.credit.get(stream, self.initial) + more
        elif kind == http2.DATA:
            self.take(stream, payload, bool(flags & http2.END_STREAM))

    def take(self, stream, payload, is_call):
        data = self.messages.get(stream, b"") + payload
        while len(data) >= 5:
            end = 5 + int.from_bytes(data[1:5], "big")
            if len(data) < end:
                break
            message, data = data[5:end], data[end:]
            # The id is the first field of an ActionRequest.
            request_id = b"" if is_call else message[2 : 2 + message[1]]
            self.waiting.append((stream, request_id, is_call))
        self.messages[stream] = data

    def answer(self):
        out, used = [], {0: 0}
        for stream, request_id, is_call in self.waiting:
            body = self.reply
            if not is_call:
                body = field(1, request_id) + field(4 if self.is_picture else 2, body)
            message = http2.message(body)
            if stream not in self.opened:
                self.opened.add(stream)
                out.append(http2.headers(stream, HEAD))
            for start in range(0, len(message), self.longest):
                out.append(http2.data(stream, message[start : start + self.longest]))
            used[stream] = used.get(stream, 0) + len(message)
            used[0] += len(message)
            if is_call:
                out.append(http2.headers(stream, TRAILERS, end=True))
        self.waiting = []
        while any(self.credit.get(stream, self.initial) < need for stream, need in used.items()):
            self.frame()
        for stream, need in used.items():
            self.credit[stream] = self.credit.get(stream, self.initial) - need
        self.connection.sendall(b"".join(out))

    def serve(self):
        settings = ((http2.INITIAL_WINDOW_SIZE, WINDOW), (http2.MAX_CONCURRENT_STREAMS, 1000))
        self.connection.sendall(http2.settings(*settings) + http2.window_update(0, WINDOW))
        self.exactly(len(http2.PREFACE))
        while True:
            self.frame()
            if len(self.waiting) == self.count:
                self.answer()


def main():
    count, *rest = (int(word) for word in sys.argv[1:])
    is_picture = len(rest) >= 2
    reply = picture(rest[0], rest[1]) if is_picture else b"\x08\x01"
    longest = rest[2] if len(rest) > 2 else 16777215
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            try:
                Connection(connection, count, reply, is_picture, longest).serve()
            except (EOFError, OSError):
                pass


if __name__ == "__main__":
    main()
