"""Raw calls that a server does not look at: they are sent once more, and no more than that."""

import contextlib

import pytest
from raw import Raw

import abi
from host import Client
from scenario import OPTIONS
from script import OK as GOOD
from script import START, close, expects, goaway, hang, opened, request, rst, settings
from server import Server

METHOD = "/uesynth.UESynthService/GetCameraTransform"
REFUSED = 7


@contextlib.contextmanager
def served(table, *scripts):
    with Server(*scripts) as server:
        client = Client(table, server.target, **OPTIONS)
        try:
            yield server, Raw(client)
        finally:
            client.free()
    assert not server.failures, server.failures


def asked(server):
    return sum(len(peer.calls) for peer in server.peers)


def test_a_refused_call_is_sent_again(library):
    with served(library, [*START, rst(REFUSED), request, *GOOD, hang]) as (server, raw):
        assert raw.call(METHOD).status == abi.OK
        assert asked(server) == 2


def test_but_once_only(library):
    script = [*START, rst(REFUSED), request, rst(REFUSED), hang]
    with served(library, script) as (server, raw):
        assert raw.call(METHOD).status == abi.UNAVAILABLE
        assert asked(server) == 2


def test_a_refused_stream_is_sent_again_once(library):
    script = [settings(), opened, rst(REFUSED), opened, rst(REFUSED), hang]
    with served(library, script) as (server, raw):
        with raw.stream(METHOD) as stream:
            assert stream.read() == abi.OUT_OF_RANGE
            assert stream.finish().status == abi.UNAVAILABLE
        assert asked(server) == 2


def test_what_was_let_go_is_not_sent_again(library):
    """The second message shows that the first one is gone."""
    script = [settings(), opened, expects(lambda peer: len(peer.call.messages) == 2), rst(REFUSED), hang]
    with served(library, script) as (server, raw):
        with raw.stream(METHOD) as stream:
            assert stream.write(b"") == stream.write(b"") == abi.OK
            assert stream.read() == abi.OUT_OF_RANGE
            assert stream.finish().status == abi.UNAVAILABLE
        assert asked(server) == 1


@pytest.mark.parametrize("times, status", [(1, abi.OK), (2, abi.UNAVAILABLE)])
def test_a_call_above_the_last_stream_waits_for_the_next_connection(library, times, status):
    above = [*START, goaway(last=0), close]
    with served(library, *[above] * times) as (server, raw):
        assert raw.call(METHOD).status == status
        assert server.accepted == 2
