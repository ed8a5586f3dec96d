"""The steps that scripts are made of: functions of the peer, some of which return bytes to send.

A script begins with START (settings, and a request has come) where nothing else is its point. From
`request` on, steps are about the stream of that call; `peer.good` is the right reply to it.
"""

import socket
import struct

import http2
import replies
from peer import Gone

# ---- Receiving


def request(peer):
    """Waits for a whole request on any stream."""
    # Under load a call may have been given up by the time that it is seen.
    peer.until(lambda: any(call.is_whole for call in peer.calls.values()))
    peer.call = next(call for call in peer.calls.values() if call.is_whole)
    peer.good = peer.answers.answer(peer.call)
    peer.call.answered += 1


def requests(count):
    """Waits for so many; the last one is what the script goes on about."""

    def step(peer):
        for _ in range(count):
            request(peer)

    return step


def opened(peer):
    """Waits for the headers of a call, whose message may never come."""
    peer.until(lambda: any(not call.is_over for call in peer.calls.values()))
    peer.call = next(call for call in peer.calls.values() if not call.is_over)


def expects(condition, seconds=8):
    return lambda peer: peer.until(lambda: condition(peer), seconds)


def expects_reset(code):
    """The client resets the stream, with this code."""

    def step(peer):
        peer.until(lambda: peer.call.reset is not None)
        assert peer.call.reset == code, http2.ERRORS[peer.call.reset]

    return step


def expects_goaway(code):
    def step(peer):
        peer.until(lambda: peer.goaway is not None)
        assert peer.goaway == code, http2.ERRORS[peer.goaway]

    return step


def expects_nothing(condition, seconds=0.3):
    """In so much time it does not come to hold."""

    def step(peer):
        peer.take_in(seconds)
        assert not condition(peer), repr(peer)

    return step


def wait(seconds):
    return lambda peer: peer.take_in(seconds)


def hush(peer):
    """No acknowledgement of SETTINGS and PING from here on."""
    peer.acknowledges = False


def hang(peer):
    """Reads, and says nothing more, until the client goes."""
    peer.is_done = True
    while True:
        peer.receive(3600)


def blind(peer):
    """Neither reads nor writes until the test is over."""
    peer.is_done = True
    peer.ended.wait(60)
    raise Gone


# ---- Sending


def settings(*pairs):
    return http2.settings(*pairs)


def frame(kind, flags=0, stream=None, payload=b"", length=None):
    """`stream` None is that of the call."""
    return lambda peer: http2.frame(
        kind, flags, peer.call.number if stream is None else stream, payload, length
    )


def headers(*more, fields=None, status="200", content_type="application/grpc", end=False, **how):
    """The response's headers. fields: instead of the usual ones."""
    chosen = fields
    if chosen is None:
        chosen = [(":status", status)] if status is not None else []
        if content_type is not None:
            chosen = [*chosen, ("content-type", content_type)]
    chosen = [*chosen, *more]

    def step(peer):
        peer.call.has_headers = True
        return http2.headers(peer.call.number, peer.block(chosen), end=end, **how)

    return step


def trailers(code="0", message=None, *more, end=True, **how):
    """code None: no grpc-status."""
    fields = [("grpc-status", code)] if code is not None else []
    if message is not None:
        fields.append(("grpc-message", message))

    def step(peer):
        peer.call.is_over = True
        block = peer.block([*fields, *more])
        return http2.headers(peer.call.number, block, end=end, **how)

    return step


def trailers_only(code="0", message=None, *more, status="200", content_type="application/grpc"):
    fields = [("grpc-status", code)] if code is not None else []
    if message is not None:
        fields.append(("grpc-message", message))
    send = headers(*fields, *more, status=status, content_type=content_type, end=True)

    def step(peer):
        peer.call.is_over = True
        return send(peer)

    return step


def data(payload, end=False, pad=None, times=1):
    def step(peer):
        if end:
            peer.call.is_over = True
        return http2.data(peer.call.number, payload, end, pad) * times

    return step


def message(payload=None, flag=0, length=None, cut=0, end=False, pad=None, sizes=None):
    """A message in DATA; payload None: the right reply, or a function of it. cut: bytes that are
    left out at its end. sizes: lengths of its DATA frames in turn, again and again."""

    def step(peer):
        if payload is None:
            peer.call.answered -= 1
            peer.answers.carry_out(peer.call)
            peer.call.answered += 1
        body = peer.good if payload is None else payload
        if callable(body):
            body = body(peer.good)
        whole = http2.message(body, flag, length)
        whole = whole[: len(whole) - cut]
        if end:
            peer.call.is_over = True
        if sizes is None:
            return http2.data(peer.call.number, whole, end, pad)
        out, place, turn = b"", 0, 0
        while place < len(whole):
            size = sizes[turn % len(sizes)]
            turn += 1
            out += http2.data(peer.call.number, whole[place : place + size], False, pad)
            place += size
        return out

    return step


def rst(code):
    def step(peer):
        peer.call.is_over = True
        return http2.rst_stream(peer.call.number, code)

    return step


def goaway(code=http2.NO_ERROR, debug=b"", last=None, behind=0):
    """`last` None: the call's stream, or `behind` streams before it."""
    return lambda peer: http2.goaway(
        peer.call.number - 2 * behind if last is None else last, code, debug
    )


def window(increment, stream=None):
    return lambda peer: http2.window_update(
        peer.call.number if stream is None else stream, increment
    )


def together(*steps):
    """All of it in one send."""
    return lambda peer: b"".join(render(step, peer) for step in steps)


def sliced(size, *steps):
    """In pieces of so many bytes, each a packet of its own."""

    def step(peer):
        whole = b"".join(render(part, peer) for part in steps)
        for place in range(0, len(whole), size):
            peer.send(whole[place : place + size])

    return step


def halves(at, *steps, seconds=0.5):
    """The first bytes of it, a pause, the rest."""

    def step(peer):
        whole = together(*steps)(peer)
        peer.holds_back = True
        peer.send(whole[:at])
        peer.take_in(seconds)
        peer.send(whole[at:])
        peer.holds_back = False
        peer.release()
        peer.take_in(0.05)

    return step


def paced(body):
    """These bytes in DATA, as the client grants credit; a function of the peer may give them."""

    def step(peer):
        number, payload, place = peer.call.number, body(peer) if callable(body) else body, 0
        windows = {number: peer.settings[http2.INITIAL_WINDOW_SIZE], 0: peer.credit[0]}
        peer.credit = {0: 0, number: 0}
        while place < len(payload) and peer.call.reset is None:
            for key in windows:
                windows[key] += peer.credit.get(key, 0)
                peer.credit[key] = 0
            size = min(16384, len(payload) - place, *windows.values())
            if size <= 0:
                assert peer.receive(5) is not None, f"no credit came after {place} bytes"
                continue
            peer.send(http2.data(number, payload[place : place + size]))
            place += size
            for key in windows:
                windows[key] -= size
            peer.take_in(0)

    return step


def repeated(count, step, batch=64, answers=None):
    """As often as that, and reading in between. answers: a type of frame of which one must come for
    each."""

    def run(peer):
        piece = render(step, peer)
        for done in range(0, count, batch):
            now = min(batch, count - done)
            before = peer.acknowledged[answers]
            peer.send(piece * now)
            peer.take_in(0)
            if answers is not None:
                peer.until(lambda wanted=before + now: peer.acknowledged[answers] >= wanted)

    return run


def render(step, peer):
    return (step(peer) or b"") if callable(step) else step


# ---- Ending


def close(peer):
    """FIN, both ways."""
    peer.connection.close()
    raise Gone


def half_close(peer):
    peer.connection.shutdown(socket.SHUT_WR)


def abort(peer):
    """A TCP RST."""
    linger = struct.pack("ii", 1, 0)
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    close(peer)


# ---- Phrases

START = [settings(), request]
OK = [headers(), message(), trailers()]
HEADERS, TRAILERS = replies.HEADERS, replies.TRAILERS
