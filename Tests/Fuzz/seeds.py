#!/usr/bin/env python3
"""seeds.py FOLDER: writes a seed corpus for each target, from the messages of Tests/Fixtures and from
frames put together here. The first bytes choose what the target does (see its file)."""

import gzip
import hashlib
import pathlib
import struct
import sys
import zlib

VECTORS = pathlib.Path(__file__).parent.parent / "Fixtures" / "wire_vectors.txt"
LONGEST = 2000  # longer messages teach the fuzzer nothing but slowness
OF_A_KIND = 40

SHAPES = {"frame": [0], "image": [1], "reply": [2, 3, 4, 5]}
BODIES = 4
REQUESTS = {"request", "stream", "action"}


def vectors():
    """Yields (kind, message) of at most so many of a kind, the various ones first."""
    counts = {}
    for line in VECTORS.read_text().splitlines():
        fields = line.split(" ")
        for field in fields[1:]:
            if field and len(field) % 2 == 0 and set(field) <= set("0123456789abcdef"):
                if len(field) < 4 or len(field) > 2 * LONGEST:
                    continue
                message = bytes.fromhex(field)
                counts[fields[0]] = counts.get(fields[0], 0) + 1
                if counts[fields[0]] <= OF_A_KIND:
                    yield fields[0], message
                break


def framed(message, flag=0):
    return bytes([flag]) + struct.pack(">I", len(message)) + message


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def image(length):
    pixels = bytes(range(256)) * (length // 256) + b"p" * (length % 256)
    return field(1, pixels) + b"\x10\x08\x18\x04" + field(4, b"raw_rgba")


def string(text):
    return varint(len(text)) + text if len(text) < 127 else b"\x7f" + varint(len(text) - 127) + text


def block(*fields):
    """HPACK, literals without indexing (RFC 7541, section 6.2.2)."""
    return b"".join(b"\x00" + string(name) + string(value) for name, value in fields)


def frame(kind, flags, stream, payload=b""):
    length = struct.pack(">I", len(payload))[1:]
    return length + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def step(kind, flags, stream, payload=b""):
    """A frame in the words of SessionTarget."""
    return bytes([kind, flags, stream, len(payload)]) + payload


HEADERS = block((b":status", b"200"), (b"content-type", b"application/grpc"))
GZIPPED = HEADERS + block((b"grpc-encoding", b"gzip"))
TRAILERS = block((b"grpc-status", b"0"), (b"grpc-message", b"a%20b"), (b"x-bin", b"AAEC"))


class Corpus:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def add(self, target, seed):
        folder = self.folder / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha1(seed).hexdigest()[:16]).write_bytes(seed)


def messages(corpus):
    for index, (kind, message) in enumerate(vectors()):
        pieces = bytes([index & 255])
        if kind in REQUESTS:
            corpus.add("deframer", b"\x00" + pieces + framed(message) * 2)
            corpus.add("deframer", b"\x01" + pieces + framed(gzip.compress(message, mtime=0), 1))
            corpus.add("deframer",
                       b"\x02" + pieces + framed(zlib.compress(message), 1) + framed(message))
            corpus.add("request", bytes([index % 17]) + message)
        if kind == "reply":
            for body in range(BODIES):
                corpus.add("decoder", bytes([body]) + message)
        for shape in SHAPES.get(kind, []):
            manner = bytes([index & 13])
            corpus.add("reader", bytes([shape]) + pieces + manner + framed(message) * 2)
            zipped = framed(gzip.compress(message, mtime=0), 1)
            corpus.add("reader", bytes([shape | 8]) + pieces + manner + zipped * 2)
    for length in (0, 9, 300, 9000):
        for manner in (0, 1, 4, 8):
            plain = framed(field(1, b"\x37") + field(4, image(length)))
            corpus.add("reader", bytes([0, 6, manner]) + plain + framed(field(1, b"\x38")))
            zipped = framed(zlib.compress(image(length)), 1)
            corpus.add("reader", bytes([1 | 16, 7, manner]) + zipped * 2)
    # Longer than the chunk in which a message begins to be inflated, and over the limit.
    for length in (70_000, 300_000):
        zipped = framed(gzip.compress(image(length), mtime=0), 1)
        corpus.add("reader", bytes([1 | 8, 8, 4]) + zipped * 2)


def responses(corpus):
    def known(name, value):
        return bytes([1, name, len(value)]) + value

    opening = b"\x00" + known(0, b"200") + known(5, b"application/grpc+proto") + \
        known(3, b"gzip") + known(4, b"identity, deflate,gzip") + b"\x03"
    closing = b"\x00" + known(1, b"0") + known(2, b"%E2%82%ac%") + known(7, b"AA, BB==") + b"\x04"
    foreign = b"\x00" + known(0, b"503") + known(5, b"text/html") + \
        b"\x03\x05\x09<p>\xff</p>x\x06"
    own = b"\x00\x02\x05x-own\x03abc"
    for relay in (b"\x00", b"\x01"):
        corpus.add("response", relay + opening + b"\x05\x03abc" + closing)
        corpus.add("response", relay + foreign)
        corpus.add("response", relay + own + opening + b"\x07\x08")
        early = b"\x00" + known(0, b"100") + b"\x03"
        corpus.add("response", relay + early + opening + closing + closing)
        corpus.add("response", relay + b"\x00" + known(1, b"17") + known(1, b"x") + b"\x04\x07\x18")


def sessions(corpus):
    reply = framed(field(1, b"\x37") + field(2, b"\x08\x01"))
    picture = framed(field(1, b"\x37") + field(4, image(180)))
    begin = frame(4, 0, 0, struct.pack(">HI", 3, 100)) + frame(4, 1, 0)
    answer = frame(1, 4, 1, HEADERS) + frame(0, 0, 1, reply + picture) + frame(1, 5, 1, TRAILERS)
    zipped = frame(1, 4, 1, GZIPPED) + frame(0, 0, 1, framed(gzip.compress(reply, mtime=0), 1))
    padded = frame(1, 4, 1, HEADERS) + frame(0, 8, 1, b"\x03" + reply + b"\x00" * 3)
    continued = frame(1, 0, 3, HEADERS[:9]) + frame(9, 4, 3, HEADERS[9:]) + frame(0, 1, 3, picture)
    rest = [frame(3, 0, 1, b"\x00\x00\x00\x08"), frame(6, 0, 0, b"12345678"),
            frame(8, 0, 0, b"\x00\x00\x10\x00"), frame(2, 0, 1, b"\x00\x00\x00\x00\x10"),
            frame(7, 0, 0, b"\x00\x00\x00\x01\x00\x00\x00\x00bye"),
            frame(5, 4, 1, b"\x00\x00\x00\x02" + HEADERS), frame(10, 0, 0, b"\x00\x00"),
            b"HTTP/1.1 400 Bad\r\n\r\n"]
    for start in (b"\x00\x00", b"\x03\x03", b"\x07\x04", b"\x04\x00"):
        for tail in [answer, zipped, padded, continued, answer + continued]:
            corpus.add("session", start + begin + tail)
        for tail in rest:
            corpus.add("session", start + begin + tail + answer)
    for start in (b"\x08\x00", b"\x0b\x02", b"\x0f\x05"):
        opened = start + step(1, 4, 1, HEADERS)
        corpus.add("session", opened + step(0, 0, 1, reply) + step(0, 0, 1, picture[:200]) +
                   step(0, 0, 1, picture[200:]) + step(1, 5, 1, TRAILERS))
        corpus.add("session",
                   opened + b"\xa0\x00\xa2\xa1\xa3\x00" + step(3, 0, 1, b"\x00\x00\x00\x07"))
        corpus.add("session",
                   opened + step(7, 0, 0, b"\x00" * 8) + b"\xa2\xa4" + step(0, 1, 1, reply))
        corpus.add("session", start + step(4, 0, 0, struct.pack(">HI", 4, 0)) + b"\xa3\x00\xa5" +
                   step(8, 0, 0, b"\x00\x00\x00\x09") + step(0, 1, 1, reply))


def main():
    corpus = Corpus(sys.argv[1])
    messages(corpus)
    responses(corpus)
    sessions(corpus)


main()
