"""How far a server may send ahead."""

import abi
import pytest
from host import Client

import http2
from scenario import OPTIONS
from script import half_close, headers, message, request, settings, trailers
from server import Server


@pytest.mark.parametrize("lanes", [1, 4])
@pytest.mark.parametrize("megabytes", [8, 64, 512])
def test_a_lane_takes_more_than_the_settings_say(library, megabytes, lanes):
    """As soon as the server has answered on it, so that a picture is not stopped halfway."""
    window = min(16 << 20, max((megabytes << 20) // 16 // lanes, 64 << 10))
    found = []

    def widened(peer):
        peer.until(lambda: peer.credit.get(peer.call.number, 0) > 0)
        found.append(peer.settings[http2.INITIAL_WINDOW_SIZE] + peer.credit[peer.call.number])

    script = [settings(), request, headers(), widened, message(), trailers(), half_close]
    options = {"stream_buffer_bytes": megabytes << 20, "lanes": lanes}
    with Server(script) as server, Client(library, server.target, **OPTIONS, **options) as client:
        outcome = client.call(abi.GET_CAMERA_TRANSFORM, route=abi.ROUTE_STREAM)
        assert outcome.status == abi.OK, outcome
    assert not server.failures
    assert found == [window]
