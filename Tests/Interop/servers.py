"""Servers as child processes: started on a free port, ended by their pid."""

import contextlib
import os
import pathlib
import selectors
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORDS = "listening on "


class Server:
    """A program that prints "listening on ADDRESS"."""

    def __init__(self, command, seconds=20, stderr=None):
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=stderr,
            stdin=subprocess.DEVNULL,
        )
        try:
            self.target = self._address(seconds)
        except BaseException:
            self.stop()
            raise

    def _address(self, seconds):
        text, deadline = "", time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(max(0, deadline - time.monotonic())):
                    raise TimeoutError(f"{self.process.args}: does not listen; it said {text!r}")
                more = os.read(self.process.stdout.fileno(), 4096).decode()
                text += more
                if WORDS in text and "\n" in text.split(WORDS, 1)[1]:
                    return text.split(WORDS, 1)[1].split()[0].rstrip(",")
                if not more:
                    raise RuntimeError(f"{self.process.args}: ended; it said {text!r}")

    @property
    def port(self):
        return int(self.target.rsplit(":", 1)[1])

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.process.wait(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def stock(*options):
    return Server([sys.executable, HERE / "stock_server.py", *options])


def simulator_path():
    named = os.environ.get("UESYNTHCTL")
    if named:
        return pathlib.Path(named)
    for kind in "release", "debug":
        path = ROOT / ".build" / kind / "uesynthctl"
        if path.exists():
            return path
    return None


def simulator(*options):
    path = simulator_path()
    if path is None:
        raise FileNotFoundError("no uesynthctl in .build/release or .build/debug: swift build")
    return Server([path, "sim", "--port", "0", *options])


def free_port():
    """A port where nobody listens, for a moment at least."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def socket_server(serve):
    """Listens, and runs serve(connection) for each that comes. Yields the target."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        ended, open_connections, threads = threading.Event(), [], []

        def work(connection):
            with contextlib.suppress(OSError):
                serve(connection)

        def accept():
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    continue
                connection.settimeout(10)
                open_connections.append(connection)
                threads.append(threading.Thread(target=work, args=(connection,), daemon=True))
                threads[-1].start()

        acceptor = threading.Thread(target=accept, daemon=True)
        acceptor.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            acceptor.join(5)
            for connection in open_connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            for thread in threads:
                thread.join(5)


class Relay:
    """Hands bytes to and fro between its connections and a server, until they are cut; the next
    connection is relayed again."""

    def __init__(self, port):
        self.port, self.pairs, self.served = port, [], socket_server(self._serve)

    def __enter__(self):
        self.target = self.served.__enter__()
        return self

    def __exit__(self, *error):
        self.cut()
        self.served.__exit__(*error)

    def _serve(self, connection):
        upstream = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(None)
        self.pairs.append((connection, upstream))
        back = threading.Thread(target=self._pump, args=(upstream, connection), daemon=True)
        back.start()
        self._pump(connection, upstream)
        back.join(5)
        upstream.close()

    @staticmethod
    def _pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in source, sink:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
