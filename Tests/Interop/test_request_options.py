"""Every option of a request, a subscription, a sequence, a frameset and a save does something that can be
seen. What other files show is named beside the option.

    submit_options        flags: test_client_edges, test_client_order; route, cookie: here; timeout_ms:
                          test_options_effects; destination...: test_client_frames
    frameset_options      settle_captures, settle_ms, verify: test_render_lag; the others: here
    sequence_options      ahead, route, camera: test_client_sequence; the others: here
    subscription_options  rate_hz, depth: test_client_subscription; the others: here
    save_options          flags, timeout_ms: test_saves; the others: here
"""

import collections
import ctypes
import time

import pytest

import abi
import pictures
from host import Recorder
from test_client_sequence import Sequence, path, seed_of
from test_client_subscription import subscribe

STREAM, DIRECT, AUTO = abi.ROUTE_STREAM, abi.ROUTE_DIRECT, abi.ROUTE_AUTO
ROUTES = {STREAM: "stream", DIRECT: "unary", AUTO: "stream"}


def routes(stock, kind):
    return {route for done, route, _ in stock.control.log() if done == kind}


# ---- Requests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_route_and_cookie_of_a_request(stock, client_of, route):
    client = client_of(stock)
    client.submit(abi.CAPTURE_RGB, route=route, cookie=2**64 - 1, width=8, height=8)
    [outcome] = client.collect(1)
    assert outcome.cookie == outcome.picture.cookie == 2**64 - 1
    assert routes(stock, abi.CAPTURE_RGB) == {ROUTES[route]}


def test_auto_sends_by_unary_call_what_streams_do_not_answer(stock, client_of):
    client = client_of(stock)
    client.call(abi.SET_LIGHTING, name="sun", route=AUTO)
    assert routes(stock, abi.SET_LIGHTING) == {"unary"}


# ---- Subscriptions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("modality", pictures.LABELS)
def test_what_a_subscription_captures(stock, client_of, library, modality):
    client, recorder = client_of(stock), Recorder(library)
    options = {"modality": modality, "camera": b"left", "width": 12, "height": 7, "cookie": 5}
    subscription = subscribe(client, recorder, rate_hz=100, route=DIRECT, **options)
    outcome = recorder.wait(2)[1]
    library.subscription_close(subscription)
    assert outcome.picture.data == pictures.picture(modality, 12, 7)
    assert (outcome.picture.camera, outcome.cookie) == (b"left", 5)
    assert routes(stock, 3 + modality) == {"unary"}


@pytest.mark.parametrize("route", ROUTES)
def test_the_route_of_a_subscription(stock, client_of, library, route):
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(client, recorder, rate_hz=100, route=route, width=8, height=8)
    recorder.wait(2)
    library.subscription_close(subscription)
    assert routes(stock, abi.CAPTURE_RGB) == {ROUTES[route]}


@pytest.mark.parametrize("depth", [1, 5])
def test_the_depth_of_a_subscription(stock, client_of, library, depth):
    """So many are under way but for the moments in which one follows another."""
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(client, recorder, depth=depth, camera=b"?slow=0.1", route=DIRECT)
    seen = collections.Counter()
    while len(recorder.outcomes) < 2 * depth + 2:
        seen[client.stats()["requests_in_flight"]] += 1
        time.sleep(0.002)
    library.subscription_close(subscription)
    assert seen.most_common(1)[0][0] == depth


def test_a_subscription_that_is_polled(stock, client_of, library):
    """Without a callback: events without frames, which stay with the client."""
    client, handle = client_of(stock), ctypes.c_void_p()
    options = abi.SubscriptionOptions(width=8, height=8, rate_hz=100, cookie=6)
    nothing = abi.EventFunction(), None, abi.DestroyFunction()
    client.check(library.client_subscribe(client.handle, options, handle, *nothing))
    outcomes = []
    while len(outcomes) < 3:
        outcomes += client.poll()
    for outcome in outcomes[:3]:
        assert (outcome.status, outcome.cookie, outcome.picture) == (abi.OK, 6, None)
        assert client.take(outcome.request_id)[1].data == pictures.picture(pictures.RGB, 8, 8)
    library.subscription_close(handle)


# ---- Sequences --------------------------------------------------------------------------------------


@pytest.mark.parametrize("modality", pictures.LABELS)
def test_what_a_sequence_captures(stock, client_of, modality):
    with Sequence(client_of(stock), path(5), modality=modality, width=9, height=11) as sequence:
        for x, outcome in enumerate(sequence.all()):
            assert outcome.picture.data == pictures.picture(modality, 9, 11, x)


def test_the_camera_and_route_of_a_sequence(stock, client_of):
    options = {"camera": "left", "route": DIRECT, "modality": abi.DEPTH}
    with Sequence(client_of(stock), path(3, 40), **options) as sequence:
        assert [seed_of(outcome.picture) for outcome in sequence.all()] == [40, 41, 42]
    # What other tests gave up may still be carried out.
    own = abi.SET_CAMERA_TRANSFORM, abi.CAPTURE_DEPTH
    log = [entry for entry in stock.control.log() if entry[0] in own]
    assert len(log) == 6 and {tuple(entry[1:]) for entry in log} == {("unary", "left")}


def test_the_timeout_of_a_sequence(stock, client_of):
    client = client_of(stock, timeout_ms=20000)
    with Sequence(client, path(2), camera="?slow=0.5", timeout_ms=100, route=DIRECT) as sequence:
        outcomes = sequence.all()
    assert [outcome.status for outcome in outcomes] == [abi.DEADLINE_EXCEEDED] * 2


# ---- Framesets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_route_and_timeout_of_a_frameset(stock, client_of, route):
    client = client_of(stock, timeout_ms=20000)
    parts = [(abi.RGB, "", 8, 8), (abi.DEPTH, "", 8, 8)]
    outcome = client.frameset(parts, transform=abi.Transform((1, 0, 0)), route=route, cookie=3)
    assert (outcome.status, outcome.cookie) == (abi.OK, 3)
    own = abi.SET_CAMERA_TRANSFORM, abi.CAPTURE_RGB, abi.CAPTURE_DEPTH
    assert {found for kind, found, _ in stock.control.log() if kind in own} == {ROUTES[route]}
    began = time.monotonic()
    outcome = client.frameset([(abi.RGB, "?slow=0.6", 8, 8)], route=route, timeout_ms=100)
    assert outcome.set.statuses == [abi.DEADLINE_EXCEEDED]
    assert time.monotonic() - began < 0.5


def test_the_camera_that_a_frameset_moves_and_those_it_looks_through(stock, client_of):
    client = client_of(stock)
    parts = [(abi.RGB, "left", 8, 8), (abi.RGB, "", 8, 8), (abi.DEPTH, "left", 4, 2)]
    outcome = client.frameset(parts, camera="left", transform=abi.Transform((9, 0, 0)))
    found = [picture.data for picture in outcome.set.pictures]
    wanted = [(abi.RGB, 8, 8, 9), (abi.RGB, 8, 8, 0), (abi.DEPTH, 4, 2, 9)]
    assert found == [pictures.picture(*what) for what in wanted]


def test_a_frameset_that_moves_nothing(stock, client_of):
    """Nothing settles and nothing is read back then."""
    client = client_of(stock)
    options = {"settle_captures": 3, "settle_ms": 5000, "verify": 1}
    began = time.monotonic()
    outcome = client.frameset([(abi.RGB, "", 8, 8)], **options)
    assert time.monotonic() - began < 4
    assert (outcome.status, outcome.set.settled, outcome.set.flags) == (abi.OK, 0, 0)
    assert client.stats()["requests_submitted"] == 1


# ---- Saves ------------------------------------------------------------------------------------------


@pytest.fixture
def frame(stock, client_of, library):
    found = ctypes.c_void_p()
    client = client_of(stock)
    client.check(library.client_capture(client.handle, abi.RGB, b"", 64, 48, found))
    yield found
    library.frame_release(found)


def test_cookie_and_picture_of_a_save(stock, client_of, library, frame, tmp_path):
    """The worse quality makes the smaller file."""
    client, sizes = client_of(stock), []
    for quality in 5, 95:
        picture = abi.PictureOptions(quality=quality)
        path = tmp_path / f"{quality}.jpg"
        options = abi.SaveOptions(cookie=quality, picture=ctypes.pointer(picture))
        nothing = abi.EventFunction(), None, abi.DestroyFunction()
        name = str(path).encode()
        client.check(library.client_save(client.handle, frame, name, options, *nothing))
        [outcome] = client.collect(1)
        assert (outcome.status, outcome.cookie, outcome.message) == (abi.OK, quality, str(path))
        sizes.append(path.stat().st_size)
    assert sizes[0] < sizes[1]
