"""Whoever listens there speaks no gRPC."""

import random

from abi import UNAVAILABLE

import http2
from scenario import STREAM, Scenario
from script import close, hang, settings, wait


def row(name, greeting, says="", ending=hang, **more):
    return Scenario(name, "not-grpc", [greeting, ending], UNAVAILABLE, says, **more)


def after_preface(step):
    """Reads what the client says first."""

    def run(peer):
        peer.take_in(0.05)
        return step

    return run


def echo(peer):
    """Sends back what the client has sent: its own preface first."""
    peer.take_in(0.05)
    return http2.PREFACE + settings() + peer.input


HTTP1 = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 5\r\n\r\nnope\n"

SCENARIOS = [
    row("an SSH server", b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH-2.0"),
    row("an HTTP/1.1 server", after_preface(HTTP1), "HTTP/1.1 400"),
    row("an HTTP/1.1 server that hangs up", after_preface(HTTP1), "HTTP/1.1 400", close),
    row("an HTTP/1.1 server, for a ControlStream", HTTP1, "HTTP/1.1 400", route=STREAM),
    row("a mail server", b"220 mail.example.org ESMTP Postfix\r\n", "220 mail"),
    row("a TLS server", after_preface(b"\x15\x03\x01\x00\x02\x02\x46"), ending=close),
    row("an echo", echo),
    row("zeros", bytes(5000)),
    row("one letter, then the end", b"x", ending=close),
    row("the end at once", b"", ending=close),
    row("the end a little later", b"", ending=lambda peer: (wait(0.1)(peer), close(peer))),
    *[
        row(f"random bytes, {seed}", random.Random(seed).randbytes(3000), ending=close)
        for seed in range(1, 6)
    ],
    row("a gRPC server that begins with HEADERS", http2.frame(http2.HEADERS, 4, 1, b"\x88")),
]
