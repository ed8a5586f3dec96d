"""HTTP/2 frames made by hand (RFC 9113 sections 4 and 6), right ones and wrong ones alike."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = 0, 1, 2, 3, 4
PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 5, 6, 7, 8, 9
NAMES = (
    "DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE CONTINUATION"
)
TYPE_NAMES = dict(enumerate(NAMES.split()))

END_STREAM, ACK = 0x1, 0x1
END_HEADERS, PADDED, PRIORITY_FLAG = 0x4, 0x8, 0x20

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS = 1, 2, 3
INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = 4, 5, 6

# Error codes by number (section 7).
ERRORS = (
    "NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED "
    "FRAME_SIZE_ERROR REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM "
    "INADEQUATE_SECURITY HTTP_1_1_REQUIRED"
).split()
NO_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 0, 7, 8, 11


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    """`length` is what the header says, if that is not the truth."""
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(*pairs, ack=False):
    body = b"".join(struct.pack(">HI", name, value) for name, value in pairs)
    return frame(SETTINGS, ACK if ack else 0, 0, body)


def data(stream, payload, end=False, pad=None):
    flags = END_STREAM if end else 0
    if pad is not None:
        flags, payload = flags | PADDED, bytes([pad]) + payload + bytes(pad)
    return frame(DATA, flags, stream, payload)


def headers(stream, block, end=False, pieces=1, pad=None, priority=False):
    """A header block, in one HEADERS frame or with CONTINUATION frames behind it."""
    size = max(1, -(-len(block) // pieces))
    parts = [block[i : i + size] for i in range(0, len(block), size)] or [b""]
    flags, first = END_STREAM if end else 0, parts[0]
    if priority:
        flags, first = flags | PRIORITY_FLAG, struct.pack(">IB", 0, 15) + first
    if pad is not None:
        flags, first = flags | PADDED, bytes([pad]) + first + bytes(pad)
    frames = [frame(HEADERS, flags | (END_HEADERS if len(parts) == 1 else 0), stream, first)]
    for place, part in enumerate(parts[1:], 2):
        last = END_HEADERS if place == len(parts) else 0
        frames.append(frame(CONTINUATION, last, stream, part))
    return b"".join(frames)


def rst_stream(stream, code):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def goaway(last, code=NO_ERROR, debug=b""):
    return frame(GOAWAY, 0, 0, struct.pack(">II", last, code) + debug)


def ping(opaque=bytes(8), ack=False):
    return frame(PING, ACK if ack else 0, 0, opaque)


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def push_promise(stream, promised, block):
    return frame(PUSH_PROMISE, END_HEADERS, stream, struct.pack(">I", promised) + block)


def message(payload, flag=0, length=None):
    """A gRPC message; `length` is what its prefix says, if that is not the truth."""
    return struct.pack(">BI", flag, len(payload) if length is None else length) + payload
