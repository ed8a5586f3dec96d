"""One end of a connection: takes in what the client sends, keeps it, and sends what a script says.
When the script is over it serves the client well, on the streams that are open and on new ones."""

import collections
import select
import socket
import struct
import time

import hpack

import http2
import replies
from call import Call

PATIENCE = 8  # seconds for a client to do what a script waits for


class Gone(Exception):
    """The client has closed the connection, or the test is over."""


class Peer:
    def __init__(self, connection, log, ended, answers):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection, self.log, self.ended = connection, log, ended
        self.answers = answers
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        # A dynamic table would make header blocks depend on each other.
        self.encoder.header_table_size = 0
        self.input, self.has_preface = b"", False
        self.frames = []  # (type, flags, stream, payload), as they came
        self.calls = {}
        self.call = None  # the one that the script is about
        self.is_done = False  # with its script
        self.acknowledged = collections.Counter()  # by type of frame
        self.acknowledges = True  # SETTINGS and PING, once this end has introduced itself
        self.is_introduced = False
        self.holds_back = False  # a frame is half sent
        self.held_back = b""
        self.goaway = None
        self.settings = {}
        self.credit = {0: 65535}

    # ---- Output

    def send(self, payload):
        if payload[3:5] == bytes([http2.SETTINGS, 0]) and not self.is_introduced:
            self.is_introduced = True
            payload, self.held_back = payload + self.held_back, b""
        try:
            while payload:
                if self.ended.is_set():
                    raise Gone
                _, writable, _ = select.select([], [self.connection], [], 0.1)
                if writable:
                    payload = payload[self.connection.send(payload) :]
        except OSError as error:
            raise Gone from error

    def reply(self, payload):
        """What is sent besides the script, at the next moment that is right for it."""
        self.held_back += payload
        self.release()

    def release(self):
        if self.is_introduced and not self.holds_back and self.held_back:
            payload, self.held_back = self.held_back, b""
            self.send(payload)

    def block(self, fields):
        return self.encoder.encode(fields, huffman=False)

    # ---- Input

    def receive(self, seconds):
        """One more frame; None if none came in time."""
        deadline = time.monotonic() + seconds
        while True:
            found = self._take()
            if found is not None:
                self._note(*found)
                return found
            if self.ended.is_set():
                raise Gone
            wait = min(0.1, max(0, deadline - time.monotonic()))
            try:
                readable, _, _ = select.select([self.connection], [], [], wait)
                if not readable:
                    if time.monotonic() >= deadline:
                        return None
                    continue
                more = self.connection.recv(1 << 18)
            except (OSError, ValueError) as error:
                raise Gone from error
            if not more:
                raise Gone
            self.input += more

    def _take(self):
        if not self.has_preface:
            if len(self.input) < len(http2.PREFACE):
                return None
            assert self.input.startswith(http2.PREFACE), self.input[:40]
            self.input, self.has_preface = self.input[len(http2.PREFACE) :], True
        if len(self.input) < 9:
            return None
        length = int.from_bytes(self.input[:3], "big")
        if len(self.input) < 9 + length:
            return None
        kind, flags, stream = struct.unpack(">BBI", self.input[3:9])
        payload, self.input = self.input[9 : 9 + length], self.input[9 + length :]
        return kind, flags, stream, payload

    def _note(self, kind, flags, stream, payload):
        self.frames.append((kind, flags, stream, payload))
        self.acknowledged[kind] += kind in (http2.SETTINGS, http2.PING) and flags & http2.ACK
        if kind == http2.HEADERS:
            assert flags & http2.END_HEADERS
            fields = self.decoder.decode(payload)
            self.calls[stream] = Call(stream, [(str(n), str(v)) for n, v in fields])
            self.calls[stream].ended = bool(flags & http2.END_STREAM)
            self.log.append(self.calls[stream])
        elif kind == http2.DATA:
            self._take_data(self.calls[stream], flags, payload)
        elif kind == http2.RST_STREAM and stream in self.calls:
            self.calls[stream].reset = int.from_bytes(payload, "big")
        elif kind == http2.GOAWAY:
            self.goaway = int.from_bytes(payload[4:8], "big")
        elif kind == http2.SETTINGS and not flags & http2.ACK:
            for place in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[place : place + 6])
                self.settings[name] = value
            if self.acknowledges:
                self.reply(http2.settings(ack=True))
        elif kind == http2.PING and not flags & http2.ACK and self.acknowledges:
            self.reply(http2.ping(payload, ack=True))
        elif kind == http2.WINDOW_UPDATE:
            increment = int.from_bytes(payload, "big")
            self.credit[stream] = self.credit.get(stream, 0) + increment

    def _take_data(self, call, flags, payload):
        call.buffer += payload
        call.ended = call.ended or bool(flags & http2.END_STREAM)
        while len(call.buffer) >= 5:
            length = int.from_bytes(call.buffer[1:5], "big")
            if len(call.buffer) < 5 + length:
                break
            assert call.buffer[0] == 0, "the client compresses"
            call.messages.append(call.buffer[5 : 5 + length])
            call.buffer = call.buffer[5 + length :]
        if call.messages:  # credit, as a good server gives it
            self.reply(http2.window_update(0, max(1, len(payload))))

    def until(self, condition, seconds=PATIENCE):
        """Takes in frames until it holds. The time limit is an error of the client's."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0 or self.receive(left) is None:
                raise AssertionError(f"the client did not do what the script waits for: {self!r}")

    def take_in(self, seconds=0.0):
        """Takes in what comes in so much time."""
        deadline = time.monotonic() + seconds
        while self.receive(max(0, deadline - time.monotonic())) is not None:
            pass

    def pending(self):
        return next((call for call in self.calls.values() if call.is_complete), None)

    def __repr__(self):
        seen = [f"{http2.TYPE_NAMES.get(k, k)}:{f:x}:{s}" for k, f, s, _ in self.frames]
        return f"<received {' '.join(seen[-12:])}>"

    # ---- Serving well

    def serve(self):
        """Answers everything, until the client goes."""
        self.acknowledges, self.holds_back = True, False
        self.release()
        while True:
            call = self.pending()
            if call is None:
                self.receive(3600)
            else:
                self.answer(call)

    def answer(self, call):
        payload = self.answers.answer(call)
        self.answers.carry_out(call)
        call.answered += 1
        out = b""
        if not call.has_headers:
            call.has_headers = True
            out = http2.headers(call.number, self.block(replies.HEADERS))
        message = http2.message(payload)
        for place in range(0, len(message), 16384):
            out += http2.data(call.number, message[place : place + 16384])
        if call.is_unary:
            call.is_over = True
            out += http2.headers(call.number, self.block(replies.TRAILERS), end=True)
        self.send(out)
        if call.ended and not call.is_unary and not call.is_complete:
            call.is_over = True
            self.send(http2.headers(call.number, self.block(replies.TRAILERS), end=True))
