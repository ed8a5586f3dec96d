"""Replies in every legal shape, and broken ones: one status, never a wrong picture, and the next call
works."""

import pytest

import abi
import odd_messages
import pictures

ROUTES = {"stream": abi.ROUTE_STREAM, "direct": abi.ROUTE_DIRECT}
SIZE = {"width": 64, "height": 48}
EXPECTED = pictures.picture(pictures.RGB, 64, 48)


@pytest.fixture(params=ROUTES)
def route(request):
    return ROUTES[request.param]


def capture(client, shape, route):
    return client.call(
        abi.CAPTURE_RGB, name=f"?shape={shape}", route=route, timeout_ms=2000, **SIZE
    )


@pytest.mark.parametrize("shape", odd_messages.LEGAL)
def test_legal_shapes(stock, client_of, route, shape):
    outcome = capture(client_of(stock), shape, route)
    assert outcome.status == abi.OK, outcome
    assert outcome.picture.data == EXPECTED
    assert (outcome.picture.format_name, outcome.picture.flag_names) == ("RGBA8", set())
    assert outcome.picture.claimed_format == b"rgba"


@pytest.mark.parametrize("shape", ["merged", "id_last", "other_first"])
def test_legal_shapes_of_a_frame_response(stock, client_of, shape):
    outcome = capture(client_of(stock), shape, abi.ROUTE_STREAM)
    assert outcome.status == abi.OK, outcome
    assert (outcome.picture.data, outcome.picture.flag_names) == (EXPECTED, set())


@pytest.mark.parametrize("shape", odd_messages.BROKEN)
def test_broken_shapes(stock, client_of, route, shape):
    client = client_of(stock)
    outcome = capture(client, shape, route)
    # A stream's reply that cannot be read may have lost its request id with the rest.
    allowed = (abi.INTERNAL, abi.NO_ANSWER, abi.DEADLINE_EXCEEDED, abi.UNAVAILABLE)
    assert outcome.status in (allowed if route == abi.ROUTE_STREAM else (abi.INTERNAL,)), outcome
    assert outcome.message and outcome.picture is None
    again = client.call(abi.CAPTURE_RGB, route=route, **SIZE)
    assert (again.status, again.picture.data) == (abi.OK, EXPECTED)
    stats = client.stats()
    assert (stats["requests_in_flight"], stats["frames_queued"]) == (0, 0)


def test_a_frame_response_that_lies_about_its_image(stock, client_of):
    client = client_of(stock)
    assert capture(client, "lying_frame", abi.ROUTE_STREAM).status != abi.OK
    assert client.call(abi.CAPTURE_RGB, **SIZE).picture.data == EXPECTED


@pytest.mark.parametrize("shape", ["nothing", "no_data"])
def test_an_image_without_bytes_is_empty(stock, client_of, route, shape):
    outcome = capture(client_of(stock), shape, route)
    assert outcome.status == abi.OK, outcome
    assert (outcome.picture.size, outcome.picture.flag_names) == (0, {"EMPTY"})


def test_an_image_without_a_size(stock, client_of, route):
    picture = capture(client_of(stock), "only_data", route).picture
    assert (picture.width, picture.height, picture.data) == (0, 0, EXPECTED)
    assert "SIZE_MISMATCH" in picture.flag_names


def test_a_label_that_is_not_utf8(stock, client_of, route):
    outcome = capture(client_of(stock), "not_utf8", route)
    if outcome.status == abi.OK:
        outcome.picture.claimed_format.decode()
        assert outcome.picture.data == EXPECTED
    else:
        assert outcome.message
