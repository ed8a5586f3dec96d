"""Statistics by name and as text, latencies by stage, rates: against a stock server."""

import ctypes
import re
import time

import pytest

import abi
from host import Recorder

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
STAGES = {
    abi.LATENCY_WAITING: "waiting",
    abi.LATENCY_FIRST_BYTE: "first_byte",
    abi.LATENCY_TRANSFER: "transfer",
    abi.LATENCY_DELIVERY: "delivery",
    abi.LATENCY_TOTAL: "total",
}
MS = 1_000_000


def latency(client, action, stage, percentile=50):
    ns, count = ctypes.c_int64(-1), ctypes.c_uint64(99)
    client.check(
        client.table.client_latency(client.handle, action, stage, percentile, ns, count)
    )
    return ns.value, count.value


def names(library):
    return [library.stat_name(index).decode() for index in range(library.stat_count())]


def values(client):
    found = (ctypes.c_double * client.table.stat_count())()
    client.check(client.table.client_stat_values(client.handle, found, len(found)))
    return dict(zip(names(client.table), found))


def text(client, labels=None):
    size = ctypes.c_size_t()
    client.check(client.table.client_stats_text(client.handle, labels, None, 0, size))
    buffer = ctypes.create_string_buffer(size.value)
    client.check(client.table.client_stats_text(client.handle, labels, buffer, len(buffer), size))
    assert len(buffer.value) == size.value
    return buffer.value.decode()


def samples(page):
    """The lines of a page as {(name, labels): value}; anything else in it is an error."""
    found, typed = {}, {}
    for line in page.splitlines():
        if line.startswith("# HELP "):
            continue
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in typed
            typed[name] = kind
            continue
        name, labels, value = re.fullmatch(r"([a-z0-9_]+)(?:\{(.*)\})? (\S+)", line).groups()
        base = re.sub(r"_(sum|count)$", "", name)
        assert name in typed or typed[base] == "summary"
        labels = dict(re.findall(r'([a-z_]+)="([^"]*)"', labels or ""))
        key = name, tuple(sorted(labels.items()))
        assert key not in found
        found[key] = float(value)
    return found


def test_names_are_the_members_of_the_struct_and_unique(library):
    assert names(library) == [name for name, _ in abi.Stats._fields_[1:]]
    assert library.stat_name(library.stat_count()) is None
    assert library.stat_name(2**64 - 1) is None


def test_values_by_name_are_those_of_the_struct(stock, client_of):
    client = client_of(stock)
    assert client.call(abi.CAPTURE_RGB, width=64, height=48).status == abi.OK
    assert client.call(abi.SET_MATERIAL, name="?fail=INTERNAL", route=DIRECT).status == abi.INTERNAL
    time.sleep(0.05)
    before, found, after = client.stats(), values(client), client.stats()
    steady = [name for name in before if before[name] == after[name]]
    assert len(steady) > 35
    for name in steady:
        assert found[name] == before[name], name
        one = ctypes.c_double()
        client.check(client.table.client_stat_value(client.handle, name.encode(), one))
        assert one.value == before[name], name
    assert (found["completed_ok"], found["completed_other"]) == (1, 1)
    assert found["pool_misses"] == 1 and found["pool_hits"] == 0
    assert 0 < found["connected_since_ns"] < time.monotonic_ns()
    assert found["copies_per_frame"] == found["image_bytes_copied"] / found["image_bytes"]


def test_what_cannot_be_asked(stock, client_of, library):
    client = client_of(stock)
    number, handle = ctypes.c_double(7), client.handle
    assert library.client_stat_value(handle, b"nonsense", number) == abi.NOT_FOUND
    assert b"nonsense" in library.last_error()
    assert library.client_stat_value(handle, None, number) == abi.NOT_FOUND
    assert library.client_stat_value(handle, b"connects", None) == abi.MISUSE
    assert library.client_stat_value(None, b"connects", number) == abi.MISUSE
    assert library.client_stat_values(handle, None, 1) == abi.MISUSE
    assert library.client_stat_values(handle, None, 0) == abi.OK
    assert number.value == 7
    two = (ctypes.c_double * 4)(9, 9, 9, 9)
    assert library.client_stat_values(handle, two, 2) == abi.OK
    assert list(two) == [abi.STATE_IDLE, 0, 9, 9]
    ns = ctypes.c_int64(7)
    for action, stage, percentile in [
        (1, 1, 50),
        (19, 1, 50),
        (4, 0, 50),
        (4, 6, 50),
        (4, 1, -0.1),
        (4, 1, 100.1),
        (4, 1, float("nan")),
    ]:
        status = library.client_latency(handle, action, stage, percentile, ns, None)
        assert status == abi.MISUSE, (action, stage, percentile)
    assert library.client_latency(handle, 4, 1, 50, None, None) == abi.MISUSE
    assert ns.value == 7
    assert library.client_latency(handle, 4, 1, 50, ns, None) == abi.OK
    assert ns.value == 0
    size = ctypes.c_size_t(7)
    assert library.client_stats_text(handle, None, None, 0, None) == abi.MISUSE
    assert library.client_stats_text(handle, None, None, 5, size) == abi.MISUSE
    assert library.client_stats_text(handle, b"a\nb", None, 0, size) == abi.MISUSE
    assert size.value == 7
    small = ctypes.create_string_buffer(b"x" * 9)
    assert library.client_stats_text(handle, None, small, 10, size) == abi.BUFFER_TOO_SMALL
    assert small.raw == b"x" * 9 + b"\0" and size.value > 1000


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_stages_are_where_the_time_goes(stock, client_of, route):
    """The server takes 150 ms, the host another 200 until it polls."""
    client = client_of(stock)
    client.check(client.table.client_connect(client.handle, 5000))
    client.submit(abi.CAPTURE_RGB, name="?slow=0.15", route=route, width=32, height=24)
    while client.stats()["events_queued"] == 0:
        time.sleep(0.01)
    assert latency(client, abi.CAPTURE_RGB, abi.LATENCY_DELIVERY) == (0, 0)
    time.sleep(0.2)
    [outcome] = client.poll()
    picture = outcome.picture
    found = {stage: latency(client, abi.CAPTURE_RGB, stage) for stage in STAGES}
    assert {count for _, count in found.values()} == {1}
    found = {stage: ns for stage, (ns, _) in found.items()}
    assert 140 * MS < found[abi.LATENCY_FIRST_BYTE] < 1000 * MS
    assert 195 * MS < found[abi.LATENCY_DELIVERY] < 1000 * MS
    assert found[abi.LATENCY_WAITING] < 100 * MS
    # A single value is exact, so the histograms say what the frame's own times say.
    times = [
        picture.submitted_ns,
        picture.sent_ns,
        picture.first_byte_ns,
        picture.completed_ns,
        picture.delivered_ns,
    ]
    assert times == sorted(times)
    stages = list(STAGES)[:4]
    assert [found[stage] for stage in stages] == [b - a for a, b in zip(times, times[1:])]
    assert found[abi.LATENCY_TOTAL] == times[-1] - times[0]
    assert latency(client, abi.CAPTURE_DEPTH, abi.LATENCY_TOTAL) == (0, 0)


def test_delivery_counts_from_the_reply_to_the_poll_that_waited_for_it(stock, client_of):
    """A poll that waits 300 ms hands over what has only just come."""
    client = client_of(stock)
    client.submit(abi.CAPTURE_RGB, name="?slow=0.3", width=8, height=8)
    [outcome] = client.poll()
    assert outcome.picture.completed_ns <= outcome.picture.delivered_ns
    assert latency(client, abi.CAPTURE_RGB, abi.LATENCY_DELIVERY)[0] < 200 * MS
    assert latency(client, abi.CAPTURE_RGB, abi.LATENCY_TOTAL)[0] >= 290 * MS


def test_every_way_of_delivery_counts_once(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    size = {"width": 16, "height": 16}

    def counts():
        delivery = latency(client, abi.CAPTURE_RGB, abi.LATENCY_DELIVERY)[1]
        assert delivery == latency(client, abi.CAPTURE_RGB, abi.LATENCY_TOTAL)[1]
        assert delivery == client.stats()["frames_delivered"]
        return latency(client, abi.CAPTURE_RGB, abi.LATENCY_TRANSFER)[1], delivery

    client.call(abi.CAPTURE_RGB, **size)
    assert counts() == (1, 1)
    client.submit(abi.CAPTURE_RGB, **size)
    client.collect(1)
    assert counts() == (2, 2)
    client.submit(abi.CAPTURE_RGB, recorder, **size)
    recorder.wait(1)
    assert counts() == (3, 3)
    number = client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NOTIFY_ONLY, **size)
    client.collect(1)
    assert counts() == (4, 3)
    assert client.take(number)[0] == abi.OK
    assert counts() == (4, 4)
    number = client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NO_EVENT, **size)
    assert client.table.client_take_frame(client.handle, number, 5000, ctypes.c_void_p()) == abi.OK
    assert counts() == (5, 5)
    assert client.latest()[0] == abi.NO_FRAME
    client.latest(peek=1)
    assert counts() == (5, 5)
    for way in range(3):
        if way == 0:
            client.call(abi.LIST_OBJECTS)
        elif way == 1:
            client.submit(abi.LIST_OBJECTS)
            client.collect(1)
        else:
            client.submit(abi.LIST_OBJECTS, recorder)
            recorder.wait(2)
    assert {latency(client, abi.LIST_OBJECTS, stage)[1] for stage in STAGES} == {3}
    assert {latency(client, 0, stage)[1] for stage in STAGES} == {8}
    everything = latency(client, 0, abi.LATENCY_TOTAL, 100)[0]
    kinds = [latency(client, kind, abi.LATENCY_TOTAL, 100)[0] for kind in abi.ACTIONS.values()]
    assert everything == max(kinds)


def test_what_failed_has_no_latency(stock, client_of):
    client = client_of(stock)
    client.call(abi.LIST_OBJECTS)
    assert client.call(abi.CAPTURE_RGB, name="?fail=INTERNAL", route=DIRECT).status == abi.INTERNAL
    number = client.submit(abi.CAPTURE_RGB, name="?slow=1", route=DIRECT)
    client.check(client.table.client_cancel(client.handle, number))
    client.collect(1)
    for stage in STAGES:
        assert latency(client, abi.CAPTURE_RGB, stage) == (0, 0)
        assert latency(client, 0, stage)[1] == 1


def test_the_text_says_what_the_struct_says(stock, client_of):
    client = client_of(stock)
    for _ in range(3):
        client.call(abi.CAPTURE_RGB, width=16, height=16)
    client.call(abi.LIST_OBJECTS)
    client.submit(abi.CAPTURE_RGB, name="?fail=INTERNAL", route=DIRECT)
    client.collect(1)
    stats, found = client.stats(), samples(text(client))
    plain = {name: value for (name, labels), value in found.items() if not labels}
    assert plain["uesynth_requests_submitted_total"] == stats["requests_submitted"] == 5
    assert plain["uesynth_image_bytes_total"] == stats["image_bytes"]
    assert plain["uesynth_state"] == abi.STATE_READY
    for name, value in stats.items():
        if name.startswith("completed_"):
            status = name.removeprefix("completed_")
            assert found["uesynth_completed_total", (("status", status),)] == value
        if name.startswith("frames_dropped_"):
            cause = name.removeprefix("frames_dropped_")
            assert found["uesynth_frames_dropped_total", (("cause", cause),)] == value
    for stage, word in STAGES.items():
        labels = ("action", "capture_rgb"), ("stage", word)
        assert found["uesynth_latency_seconds_count", labels] == 3
        assert found["uesynth_latency_seconds_sum", labels] >= 0
        for percent in 50, 90, 99, 99.9:
            quantile = "quantile", f"{percent / 100:g}"
            seconds = found["uesynth_latency_seconds", (labels[0], quantile, labels[1])]
            assert seconds == latency(client, abi.CAPTURE_RGB, stage, percent)[0] / 1e9
    actions = {dict(labels).get("action") for _, labels in found} - {None}
    assert actions == {"capture_rgb", "list_objects"}


def test_labels_stand_in_every_line(stock, client_of):
    client = client_of(stock)
    client.call(abi.LIST_OBJECTS)
    plain, labelled = samples(text(client)), samples(text(client, b'client="left",rank="3"'))
    mine = {("client", "left"), ("rank", "3")}
    assert all(mine <= set(labels) for _, labels in labelled)
    stripped = {(name, tuple(sorted(set(labels) - mine))) for name, labels in labelled}
    assert stripped == set(plain)


def test_rates(stock, client_of):
    client = client_of(stock)
    client.call(abi.LIST_OBJECTS)
    time.sleep(1.2)
    assert client.stats()["frames_per_second"] == 0
    began = time.monotonic()
    for _ in range(20):
        client.call(abi.CAPTURE_RGB, width=16, height=16)
        client.call(abi.LIST_OBJECTS)
        client.latest(peek=1)
    stats, seconds = client.stats(), time.monotonic() - began
    if seconds < 0.9:  # all of it within the window of a second
        assert 20 / 1.11 < stats["frames_per_second"] < 20 / 0.99
        assert 20 / 1.11 < stats["commands_per_second"] < 20 / 0.99
        assert stats["bytes_received_per_second"] > 20 * 16 * 16 * 4 / 1.11
        assert stats["bytes_sent_per_second"] > 0
    time.sleep(1.2)
    stats = client.stats()
    assert (stats["frames_per_second"], stats["commands_per_second"]) == (0, 0)


def test_wakeups_and_the_pool(stock, client_of):
    client = client_of(stock)
    client.call(abi.LIST_OBJECTS)
    before = client.stats()
    for _ in range(10):
        time.sleep(0.01)
        client.call(abi.CAPTURE_RGB, width=64, height=64)
    after = client.stats()
    assert 1 <= after["loop_wakeups"] - before["loop_wakeups"] <= 30
    # One is on its way while the one before is kept as the latest.
    assert after["pool_misses"] <= 3
    assert after["pool_hits"] + after["pool_misses"] == 10
    assert after["frame_bytes_kept"] == 64 * 64 * 4
    assert client.stats()["frames_queued"] == 0


def test_connection_events(stock_server, client_of, library):
    client = client_of(stock_server)
    assert client.stats()["connected_since_ns"] == 0
    client.check(library.client_connect(client.handle, 5000))
    now = time.monotonic_ns()
    assert now - 5_000_000_000 < client.stats()["connected_since_ns"] <= now
    library.client_close(client.handle)
    time.sleep(0.2)
    assert client.stats()["connected_since_ns"] == 0


def test_percentiles_ascend_under_load(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    for _ in range(300):
        client.submit(abi.LIST_OBJECTS, recorder, route=STREAM)
    recorder.wait(300)
    for stage in STAGES:
        found = [latency(client, abi.LIST_OBJECTS, stage, p)[0] for p in (0, 10, 50, 90, 99, 100)]
        assert found == sorted(found)
        assert latency(client, abi.LIST_OBJECTS, stage)[1] == 300
