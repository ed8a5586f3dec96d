"""A TCP proxy that delays, slices, stalls and cuts, by rules for each way."""

import contextlib
import dataclasses
import select
import socket
import struct
import threading


@dataclasses.dataclass
class Rule:
    """What becomes of the bytes of one way."""

    delay: float = 0  # seconds, before each piece
    piece: int = 1 << 16  # bytes that are passed on at once
    stall: int = -1  # after so many bytes nothing more is passed on,
    stall_seconds: float = 1e9  # for so long
    cut: int = -1  # after so many bytes both connections end,
    resets: bool = False  # by RST instead of FIN


@dataclasses.dataclass
class Treatment:
    """Of one connection."""

    up: Rule = dataclasses.field(default_factory=Rule)
    down: Rule = dataclasses.field(default_factory=Rule)


class Proxy:
    """Treats the first connections by `treatments`, in order; those after them pass untouched."""

    def __init__(self, target, *treatments):
        host, port = target.rsplit(":", 1)
        self.upstream, self.treatments = (host, int(port)), list(treatments)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.target = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.accepted, self.passed = 0, {"up": 0, "down": 0}
        self.ended, self.threads, self.open = threading.Event(), [], []
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.upstream)
            for one in near, far:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open += [near, far]
            first = self.accepted < len(self.treatments)
            how = self.treatments[self.accepted] if first else Treatment()
            self.accepted += 1
            for source, sink, rule, way in (near, far, how.up, "up"), (far, near, how.down, "down"):
                thread = threading.Thread(
                    target=self._pass, args=(source, sink, rule, way, near, far), daemon=True
                )
                self.threads.append(thread)
                thread.start()

    def _pass(self, source, sink, rule, way, near, far):
        count = 0
        with contextlib.suppress(OSError, ValueError):
            while not self.ended.is_set():
                if rule.cut == count:
                    return self._cut(rule, near, far)
                if rule.stall == count:
                    self.ended.wait(min(rule.stall_seconds, 3600))
                    rule = dataclasses.replace(rule, stall=-1)
                readable, _, _ = select.select([source], [], [], 0.02)
                if not readable:
                    continue
                size = min([rule.piece, *(n - count for n in (rule.cut, rule.stall) if n > count)])
                data = source.recv(size)
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return None
                if rule.delay:
                    self.ended.wait(rule.delay)
                sink.sendall(data)
                count += len(data)
                self.passed[way] += len(data)
        return None

    def _cut(self, rule, near, far):
        if rule.resets:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            near.close()
        else:
            near.shutdown(socket.SHUT_RDWR)
        far.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join(5)
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(5)
        for one in [self.listener, *self.open]:
            one.close()
