"""The library against a stock server: every action by every route, statuses and messages."""

import time

import pytest

import abi
from wire import BY_KIND, STREAMED

ROUTES = {"auto": abi.ROUTE_AUTO, "stream": abi.ROUTE_STREAM, "direct": abi.ROUTE_DIRECT}
POSE = abi.Transform((1.5, -2.25, 300), (-10, 20, 30), (1, 2, 0.5))
SUCCESS, TRANSFORM = abi.REPLY_SUCCESS, abi.REPLY_TRANSFORM

# Each action with its members and what the stock server makes of them: flags and message. The order
# matters: later ones lean on earlier ones.
SCRIPT = [
    (abi.SET_CAMERA_TRANSFORM, {"name": "", "transform": POSE}, SUCCESS, ""),
    (abi.GET_CAMERA_TRANSFORM, {"name": ""}, TRANSFORM, ""),
    (abi.CREATE_CAMERA, {"name": "second", "transform": POSE}, SUCCESS, "created second"),
    (abi.GET_CAMERA_TRANSFORM, {"name": "second"}, TRANSFORM, ""),
    (abi.SET_RESOLUTION, {"name": "second", "width": 48, "height": 32}, SUCCESS, ""),
    (abi.SET_OBJECT_TRANSFORM, {"name": "cube", "transform": POSE}, SUCCESS, ""),
    (abi.GET_OBJECT_TRANSFORM, {"name": "cube"}, SUCCESS | TRANSFORM, ""),
    (
        abi.SPAWN_OBJECT,
        {"name": "Würfel", "asset_path": "/Engine/Cube.Cube", "transform": POSE},
        SUCCESS,
        "/Engine/Cube.Cube",
    ),
    (abi.GET_OBJECT_TRANSFORM, {"name": "Würfel"}, SUCCESS | TRANSFORM, ""),
    (
        abi.SET_MATERIAL,
        {"name": "cube", "material_property": "color", "material_value": "#ff0000"},
        SUCCESS,
        "color=#ff0000",
    ),
    (
        abi.SET_LIGHTING,
        {"name": "sun", "intensity": 2.5, "color": abi.Vector3(1, 0.5, 0.25), "transform": POSE},
        SUCCESS,
        "2.5 1.0 0.5 0.25 1.5",
    ),
    (abi.LIST_OBJECTS, {}, 0, ""),
    (abi.DESTROY_OBJECT, {"name": "Würfel"}, SUCCESS, ""),
    (abi.DESTROY_CAMERA, {"name": "second"}, SUCCESS, ""),
]


@pytest.mark.parametrize("route", ROUTES)
def test_every_action(stock, client_of, route):
    client = client_of(stock)
    for number, (kind, members, flags, message) in enumerate(SCRIPT):
        outcome = client.call(kind, route=ROUTES[route], cookie=number, **members)
        if flags == 0 and message:
            assert (outcome.status, outcome.reply) == (abi.UNKNOWN, None)
            assert message in outcome.message
            continue
        assert (outcome.status, outcome.message) == (abi.OK, ""), (kind, outcome)
        assert (outcome.action, outcome.cookie, outcome.picture) == (kind, number, None)
        assert outcome.reply["flags"] == flags, kind
        assert outcome.reply["message"] == message
        if flags & TRANSFORM:
            assert outcome.reply["transform"] == POSE.values()
        if kind == abi.LIST_OBJECTS:
            assert outcome.reply["names"] == ["Würfel", "cube", "sphere"]
    for kind in range(4, 9):
        outcome = client.call(kind, route=ROUTES[route], name="", width=32, height=16)
        assert (outcome.status, outcome.reply) == (abi.OK, None)
        assert (outcome.picture.width, outcome.picture.height) == (32, 16)

    # Poses that the library asks for by itself are no concern here.
    log = [(kind, way) for kind, way, _ in stock.control.log()]
    done = [kind for kind, _, _, _ in SCRIPT] + list(range(4, 9))
    for kind in done:
        way = {"stream": "stream", "direct": "unary"}.get(
            route, "stream" if kind in STREAMED else "unary"
        )
        assert (kind, way) in log, (kind, way)
    assert {kind for kind, _ in log} == set(BY_KIND)


def test_the_commonest_calls(stock, client_of, library):
    client = client_of(stock, timeout_ms=500)
    found = abi.Transform()
    client.check(library.client_set_camera_transform(client.handle, b"", POSE))
    client.check(library.client_get_camera_transform(client.handle, None, found))
    assert found.values() == POSE.values()
    found = abi.Transform()
    client.check(library.client_set_object_transform(client.handle, b"cube", POSE))
    client.check(library.client_get_object_transform(client.handle, b"cube", found))
    assert found.values() == POSE.values()
    assert library.client_get_object_transform(client.handle, b"none", found) != abi.OK
    assert found.values() == POSE.values()


CODES = [name for name, value in abi.STATUS.items() if 1 <= value <= 16]


@pytest.mark.parametrize("name", CODES)
def test_a_status_of_the_server_arrives_with_its_words(stock, client_of, name):
    client = client_of(stock)
    outcome = client.call(abi.CAPTURE_RGB, name=f"?fail={name}", route=abi.ROUTE_DIRECT)
    assert outcome.status == abi.STATUS[name]
    assert "Failed to capture image" in outcome.message
    assert outcome.picture is None and outcome.reply is None
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_last_error_is_the_last_failing_calls(stock, client_of, library):
    client = client_of(stock, timeout_ms=500)
    assert library.client_get_object_transform(client.handle, b"none", abi.Transform()) != abi.OK
    said = library.last_error().decode()
    assert said
    client.check(library.client_set_camera_transform(client.handle, b"", POSE))
    library.frame_release(None)
    library.client_free(None)
    assert library.last_error().decode() == said


def test_a_command_that_did_not_succeed_is_told(stock, client_of):
    outcome = client_of(stock).call(abi.SET_OBJECT_TRANSFORM, name="nothing")
    assert (outcome.status, outcome.reply) == (abi.UNKNOWN, None)
    assert "SetObjectTransform" in outcome.message
    assert "Object not found: nothing" in outcome.message


@pytest.mark.parametrize("route", [abi.ROUTE_STREAM, abi.ROUTE_DIRECT])
def test_a_deadline_is_kept(stock, client_of, route):
    client = client_of(stock)
    client.check(client.table.client_connect(client.handle, 5000))
    began = time.monotonic()
    outcome = client.call(abi.CAPTURE_RGB, name="?slow=2", timeout_ms=200, route=route)
    took = time.monotonic() - began
    assert outcome.status == abi.DEADLINE_EXCEEDED
    assert outcome.message
    assert 0.15 < took < 1.5
    stats = client.stats()
    assert stats["completed_deadline_exceeded"] == 1


def test_the_clients_timeout_is_the_default(stock, client_of):
    client = client_of(stock, timeout_ms=300)
    began = time.monotonic()
    assert client.call(abi.LIST_OBJECTS).status == abi.OK
    outcome = client.call(abi.GET_CAMERA_TRANSFORM, name="?slow=2")
    assert outcome.status == abi.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 1.9


def test_a_late_reply_is_counted_and_harms_nobody(stock, client_of):
    client = client_of(stock)
    outcome = client.call(
        abi.GET_CAMERA_TRANSFORM, name="?slow=0.5", timeout_ms=100, route=abi.ROUTE_STREAM
    )
    assert outcome.status == abi.DEADLINE_EXCEEDED
    assert client.call(abi.LIST_OBJECTS, route=abi.ROUTE_STREAM).status == abi.OK
    stats = client.stats()
    assert (stats["late_replies"], stats["unknown_replies"]) == (1, 0)


def test_a_plugin_that_drops_what_its_stream_does_not_know(plugin, client_of):
    """AUTO never asks a stream for what it does not answer."""
    client = client_of(plugin, timeout_ms=3000)
    for kind in BY_KIND:
        outcome = client.call(kind, name="cube" if kind in (9, 10) else "")
        expected = abi.ALREADY_EXISTS if kind == abi.CREATE_CAMERA else abi.OK
        assert outcome.status == expected, (kind, outcome)


def test_a_stream_that_drops_a_request_gives_no_answer(plugin, client_of):
    """A serial server that answers a later request has dropped the earlier one: no wait for the
    deadline."""
    client = client_of(plugin, timeout_ms=8000)
    client.check(client.table.client_connect(client.handle, 5000))
    began = time.monotonic()
    dropped = client.submit(
        abi.SET_LIGHTING, name="sun", route=abi.ROUTE_STREAM, flags=abi.SUBMIT_ORDER_NONE
    )
    kept = client.submit(abi.LIST_OBJECTS, route=abi.ROUTE_STREAM, flags=abi.SUBMIT_ORDER_NONE)
    found = {outcome.request_id: outcome.status for outcome in client.collect(2)}
    assert found == {dropped: abi.NO_ANSWER, kept: abi.OK}
    assert time.monotonic() - began < 4
    assert client.stats()["completed_no_answer"] == 1


def test_two_clients_share_a_runtime(stock, library, client_of):
    from host import runtime

    roles = []
    started = abi.ThreadFunction(lambda role, index, _: roles.append((role, index)))
    with runtime(library, loop_threads=2, thread_started=started) as shared:
        first, second = client_of(stock, runtime=shared), client_of(stock, runtime=shared)
        assert first.call(abi.LIST_OBJECTS).status == abi.OK
        assert second.call(abi.LIST_OBJECTS).status == abi.OK
        first.free(), second.free()
    assert sorted(index for role, index in roles if role == abi.THREAD_LOOP) == [0, 1]


def test_unix_socket(stock, client_of):
    assert client_of(stock.unix).call(abi.LIST_OBJECTS).reply["names"] == ["cube", "sphere"]


@pytest.mark.parametrize(
    "form",
    [
        "127.0.0.1:{}",
        "localhost:{}",
        "ipv4:127.0.0.1:{}",
        "dns:///localhost:{}",
        "dns:localhost:{}",
    ],
)
def test_targets(stock, client_of, form):
    client = client_of(form.format(stock.port))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK
