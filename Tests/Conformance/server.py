"""Listens, and runs a script for each connection."""

import contextlib
import socket
import threading

import http2
import replies
from peer import Gone, Peer


class Server:
    """Listens. The first connections run the scripts given, in their order; those after them, and
    these when their script is over, serve well. A script is a list of steps: bytes, or functions of
    the peer that may return bytes."""

    def __init__(self, *scripts, address=("127.0.0.1", 0)):
        self.scripts, self.failures, self.calls = scripts, [], []
        self.peers, self.accepted = [], 0
        self.forgets = False  # what it has seen of connections that are over
        self.answers = replies.Answers()
        self.listener = socket.create_server(address)
        self.port = self.listener.getsockname()[1]
        self.target = f"127.0.0.1:{self.port}"
        self.ended, self.threads, self.open = threading.Event(), [], []
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:  # stop() has shut it down
                return
            connection.setblocking(False)
            script = self.scripts[self.accepted] if self.accepted < len(self.scripts) else []
            self.accepted += 1
            thread = threading.Thread(target=self._serve, args=(connection, script), daemon=True)
            if not self.forgets:
                self.open.append(connection)
                self.threads.append(thread)
            thread.start()

    def _serve(self, connection, script):
        peer = Peer(connection, [] if self.forgets else self.calls, self.ended, self.answers)
        if not self.forgets:
            self.peers.append(peer)
        try:
            if not script:
                peer.send(http2.settings())
            for step in script:
                out = step(peer) if callable(step) else step
                if out:
                    peer.send(out)
            peer.is_done = True
            peer.serve()
        except Gone:
            pass
        except Exception as error:  # told by the test, which looks here
            self.failures.append(error)
        finally:
            peer.is_done = True
            connection.close()

    def stop(self):
        self.ended.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join(5)
        for thread in self.threads:
            thread.join(5)
        self.listener.close()
        for connection in self.open:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
