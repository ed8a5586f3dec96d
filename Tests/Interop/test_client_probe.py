"""The probe finds out what a server really does, and leaves the scene as it was."""

import pytest

import abi

WORKS, STUB, PLACEHOLDER, UNIMPLEMENTED, SILENT = 1, 2, 3, 4, 5
NO, YES = 1, 2
SCALES, CROPS = 1, 2
READS = [3, 4, 5, 6, 7, 8, 10, 17]
STREAMED = [2, 3, 4, 5, 6, 9, 10, 17]


def probe(client, flags=0, timeout_ms=3000):
    report = abi.ProbeReport()
    client.check(client.table.client_probe(client.handle, flags, timeout_ms, report))
    return report


def scene(client):
    names = client.call(abi.LIST_OBJECTS).reply["names"]
    camera = client.call(abi.GET_CAMERA_TRANSFORM).reply["transform"]
    objects = {
        name: client.call(abi.GET_OBJECT_TRANSFORM, name=name).reply["transform"]
        for name in names[:20]
    }
    picture = client.call(abi.CAPTURE_RGB, width=64, height=48).picture.data
    return names, camera, objects, picture


def test_an_honest_server(simulators, client_of):
    client = client_of(simulators())
    before = scene(client)
    report = probe(client)
    assert [report.direct[kind] for kind in READS] == [WORKS] * 8
    assert [report.stream[kind] for kind in READS] == [WORKS] * 8
    assert report.direct[2] == report.view_follows_camera == 0
    assert (report.camera_names_matter, report.size) == (YES, SCALES)
    report = probe(client, abi.PROBE_MAY_CHANGE)
    assert set(report.direct[2:19]) == set(report.stream[2:19]) == {WORKS}
    assert report.view_follows_camera == YES
    assert scene(client) == before


def test_a_server_like_the_plugin(simulators, client_of):
    client = client_of(simulators("--plugin-quirks"))
    before = scene(client)
    report = probe(client, abi.PROBE_MAY_CHANGE, 500)
    assert report.direct[4] == report.stream[4] == WORKS
    for kind in 5, 6, 7, 8:
        assert report.direct[kind] == PLACEHOLDER, kind
    silent = [kind for kind in range(2, 19) if report.stream[kind] == SILENT]
    assert silent == [kind for kind in range(2, 19) if kind not in STREAMED]
    assert (report.camera_names_matter, report.size) == (NO, CROPS)
    stubs = [kind for kind in range(2, 19) if report.direct[kind] == STUB]
    assert stubs == [11, 12, 13, 14, 15, 16, 18]
    assert [report.direct[kind] for kind in (2, 3, 9, 10, 17)] == [WORKS] * 5
    assert scene(client) == before


def test_wrong_arguments(stock, client_of, library):
    client, report = client_of(stock), abi.ProbeReport()
    assert library.client_probe(client.handle, 2, 1000, report) == abi.MISUSE
    assert library.client_probe(client.handle, 0, 0, report) == abi.MISUSE
    assert library.client_probe(client.handle, 0, 1000, None) == abi.MISUSE
