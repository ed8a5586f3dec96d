"""A TCP proxy that passes on what the server sends at a bounded rate."""

import contextlib
import socket
import threading
import time


class SlowProxy:
    """proxy.target leads to a server; from there so many bytes a second come at most."""

    def __init__(self, target, rate):
        host, port = target.rsplit(":", 1)
        self.upstream, self.rate = (host, int(port)), rate
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.target = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.open, self.ended = [], threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.upstream)
                # Small buffers, or they would swallow what is to come slowly.
                near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
                self.open += [near, far]
                for source, sink, rate in (near, far, None), (far, near, self.rate):
                    arguments = source, sink, rate
                    threading.Thread(target=self._pass, args=arguments, daemon=True).start()

    def _pass(self, source, sink, rate):
        piece = max(1024, rate // 200) if rate else 65536
        due = time.monotonic()
        with contextlib.suppress(OSError):
            while not self.ended.is_set():
                data = source.recv(piece)
                if not data:
                    break
                if rate:
                    due = max(due, time.monotonic() - 0.01) + len(data) / rate
                    time.sleep(max(0, due - time.monotonic()))
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.listener.close()
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
