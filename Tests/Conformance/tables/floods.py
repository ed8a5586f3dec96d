"""Floods: the same cheap thing over and over. FLOODS make frames by the count; a few thousand of
each are scenarios, test_floods.py sends many more and looks at memory and processor time."""

import dataclasses

from abi import INTERNAL, OK, UNAVAILABLE
from wire import pb

import http2
from http2 import INITIAL_WINDOW_SIZE
from scenario import DIRECT, STREAM, Scenario
from script import OK as GOOD
from script import START, close, frame, headers, message, render, repeated, trailers, wait


@dataclasses.dataclass
class Flood:
    name: str
    piece: object  # bytes, or a step: what is sent again and again
    accepts: object = frozenset({OK})
    before: tuple = (headers(),)
    after: tuple = (message(), trailers())
    reads: bool = True  # the server takes in what the client answers,
    waits: object = None  # and waits for such frames, one for each
    route: int = DIRECT

    def script(self, count):
        if self.reads:
            flood = repeated(count, self.piece, answers=self.waits)
        else:
            flood = unread(count, self.piece)
        return [*START, *self.before, flood, *self.after]


def unread(count, piece):
    """As `repeated`, but nothing is taken in before the end."""

    def step(peer):
        out = render(piece, peer)
        for done in range(0, count, 64):
            peer.send(out * min(64, count - done))

    return step


def nobody(number):
    reply = pb.FrameResponse(request_id=str(number))
    reply.command_response.success = True
    return message(reply.SerializeToString())


BLOCK = b"\x88\x5f\x10application/grpc"
EITHER = frozenset({OK, UNAVAILABLE})
ENDS = frozenset({UNAVAILABLE})

FLOODS = [
    Flood("PING", http2.ping(), waits=http2.PING),
    Flood("PING that nobody reads the answers of", http2.ping(), EITHER, reads=False),
    Flood("answers to PING", http2.ping(ack=True)),
    Flood("SETTINGS", http2.settings((INITIAL_WINDOW_SIZE, 65535)), waits=http2.SETTINGS),
    Flood(
        "SETTINGS that nobody reads the answers of",
        http2.settings((INITIAL_WINDOW_SIZE, 65535)),
        EITHER,
        reads=False,
    ),
    Flood("empty SETTINGS", http2.settings(), EITHER),
    Flood("empty DATA", frame(http2.DATA)),
    Flood("DATA of padding", lambda peer: http2.data(peer.call.number, b"", pad=255)),
    Flood("credit of one byte for a stream", lambda peer: http2.window_update(peer.call.number, 1)),
    Flood("credit of one byte for the connection", http2.window_update(0, 1)),
    Flood("PRIORITY", frame(http2.PRIORITY, payload=b"\0\0\0\0\1")),
    Flood("frames of unknown types", frame(0x77, payload=b"?" * 64)),
    Flood("frames of unknown types, 16 KiB each", frame(0x77, payload=bytes(16384))),
    Flood("1xx header blocks", headers(fields=[(":status", "103")]), before=(), after=(*GOOD,)),
    Flood(
        "empty CONTINUATION",
        frame(http2.CONTINUATION),
        ENDS,
        (frame(http2.HEADERS, payload=BLOCK),),
        (close,),
    ),
    Flood(
        "CONTINUATION of 16 KiB",
        frame(http2.CONTINUATION, payload=b"\x00\x01a\x7e" + b"b" * 126),
        ENDS,
        (frame(http2.HEADERS, payload=BLOCK),),
        (close,),
    ),
    Flood("GOAWAY", lambda peer: http2.goaway(peer.call.number), EITHER),
    Flood(
        "RST_STREAM of a stream that is over",
        frame(http2.RST_STREAM, payload=b"\0\0\0\2"),
        EITHER,
        (*GOOD,),
        (wait(0.1),),
    ),
    Flood(
        "DATA on a stream that is over",
        frame(http2.DATA, payload=b"late"),
        EITHER,
        (*GOOD,),
        (wait(0.1),),
    ),
    Flood(
        "HEADERS on a stream that is over",
        frame(http2.HEADERS, 5, payload=BLOCK),
        EITHER,
        (*GOOD,),
        (wait(0.1),),
    ),
    Flood("replies to nobody", nobody(1 << 60), after=(message(),), route=STREAM),
    Flood(
        "empty messages", message(b""), frozenset({OK, INTERNAL}), after=(message(),), route=STREAM
    ),
    Flood(
        "empty messages of a unary call",
        message(b""),
        frozenset({INTERNAL}),
        after=(trailers(),),
    ),
    Flood(
        "PUSH_PROMISE",
        lambda peer: http2.push_promise(peer.call.number, 2, BLOCK),
        ENDS,
        (),
        (close,),
    ),
]

SCENARIOS = [
    Scenario(
        f"a flood of {flood.name}",
        "floods",
        flood.script(2000),
        set(flood.accepts),
        route=flood.route,
        seconds=15,
    )
    for flood in FLOODS
]
