"""A pacer: beats on their grid, what is missed, its descriptor, its end."""

import ctypes
import math
import select
import threading
import time

import pytest

import abi

MS = 1_000_000


@pytest.fixture
def pacer_of(library):
    made = []

    def make(rate):
        handle = ctypes.c_void_p()
        assert library.pacer_new(rate, handle) == abi.OK, library.last_error()
        made.append(handle)
        return handle

    yield make
    for handle in made:
        library.pacer_free(handle)


def take(library, pacer, timeout_ms=-1):
    beat = abi.Beat()
    status = library.pacer_wait(pacer, timeout_ms, beat)
    return beat if status == abi.OK else status


def stats(library, pacer):
    found = abi.PacerStats()
    assert library.pacer_get_stats(pacer, found) == abi.OK
    return found


def late(library, pacer, percentile):
    ns = ctypes.c_int64()
    assert library.pacer_late(pacer, percentile, ns) == abi.OK
    return ns.value


def test_beats_are_on_their_grid(library, pacer_of):
    pacer = pacer_of(100)
    assert stats(library, pacer).started_ns == 0
    began = time.monotonic_ns()
    beats = [take(library, pacer) for _ in range(30)]
    assert beats[0].actual_ns - began < 500 * MS
    start = beats[0].intended_ns
    assert began <= start
    expected = 0
    for beat in beats:
        assert beat.number == expected + beat.missed_before
        expected = beat.number + 1
        assert beat.intended_ns == start + beat.number * 10 * MS
        assert beat.actual_ns >= beat.intended_ns
    found = stats(library, pacer)
    assert (found.rate_hz, found.started_ns, found.beats) == (100, start, 30)
    assert found.beats_missed == sum(beat.missed_before for beat in beats)
    lateness = [beat.actual_ns - beat.intended_ns for beat in beats]
    if found.beats_missed == 0:
        assert found.late_max_ns == max(lateness) == late(library, pacer, 100)
        assert late(library, pacer, 0) == min(lateness)
    percentiles = [found.late_p50_ns, found.late_p90_ns, found.late_p99_ns, found.late_max_ns]
    assert percentiles == sorted(percentiles)
    assert percentiles[:3] == [late(library, pacer, p) for p in (50, 90, 99)]


def test_who_is_slow_misses_beats_and_looks_slow(library, pacer_of):
    """No coordinated omission: a pause of 300 ms is seen as 30 beats that were late, not as one."""
    pacer = pacer_of(100)
    for _ in range(10):
        take(library, pacer, 1000)
    time.sleep(0.3)
    beat = take(library, pacer, 0)
    assert beat.missed_before >= 28
    assert beat.actual_ns - beat.intended_ns < 10 * MS + 1 * MS * 50
    found = stats(library, pacer)
    assert found.beats == 11
    assert found.beats_missed >= 28
    # Most of all beats were late by up to 300 ms.
    assert found.late_p50_ns > 50 * MS
    assert 250 * MS < found.late_max_ns


def test_nothing_is_due(library, pacer_of):
    pacer = pacer_of(1)
    assert take(library, pacer, 0).number == 0
    began = time.monotonic()
    assert take(library, pacer, 0) == abi.WOULD_BLOCK
    assert time.monotonic() - began < 0.5
    assert take(library, pacer, 100) == abi.WOULD_BLOCK
    assert 0.09 < time.monotonic() - began < 0.9
    assert take(library, pacer, -1).number == 1
    assert time.monotonic() - began > 0.5


def test_the_descriptor(library, pacer_of):
    pacer, fd = pacer_of(20), ctypes.c_int(-1)
    assert library.pacer_fd(pacer, fd) == abi.OK
    same = ctypes.c_int(-1)
    assert library.pacer_fd(pacer, same) == abi.OK and same.value == fd.value >= 0
    poller = select.poll()
    poller.register(fd.value, select.POLLIN)
    for number in range(6):
        assert poller.poll(2000), f"beat {number} is not shown"
        # Level-triggered: until it is taken.
        assert poller.poll(0)
        beat = take(library, pacer, 0)
        assert beat.number == number + sum([beat.missed_before])
        if time.monotonic_ns() < beat.intended_ns + 40 * MS:
            assert not poller.poll(0)
            assert take(library, pacer, 0) == abi.WOULD_BLOCK
        if beat.missed_before:
            break


def test_a_descriptor_after_the_first_beat(library, pacer_of):
    pacer, fd = pacer_of(5), ctypes.c_int(-1)
    assert take(library, pacer).number == 0
    assert library.pacer_fd(pacer, fd) == abi.OK
    began = time.monotonic()
    assert select.select([fd.value], [], [], 2)[0]
    assert 0.1 < time.monotonic() - began < 1
    assert take(library, pacer, 0).number == 1


def test_each_beat_goes_to_one_thread(library, pacer_of):
    pacer, numbers = pacer_of(500), []

    def work():
        for _ in range(50):
            beat = take(library, pacer)
            numbers.append((beat.number, beat.missed_before))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert len({number for number, _ in numbers}) == 200
    last = max(number for number, _ in numbers)
    assert last + 1 == 200 + sum(missed for _, missed in numbers)


def test_free_sends_waiting_threads_away(library):
    handle, found = ctypes.c_void_p(), []
    assert library.pacer_new(0.001, handle) == abi.OK
    take(library, handle)
    threads = [
        threading.Thread(target=lambda: found.append(take(library, handle))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    library.pacer_free(handle)
    for thread in threads:
        thread.join(10)
    assert found == [abi.CLOSED] * 3


def test_what_is_refused(library, pacer_of):
    handle = ctypes.c_void_p()
    for rate in 0, -1, 0.0009, 100_001, math.inf, math.nan:
        assert library.pacer_new(rate, handle) == abi.MISUSE
    assert library.pacer_new(1, None) == abi.MISUSE
    assert handle.value is None
    pacer = pacer_of(1000)
    beat, ns = abi.Beat(), ctypes.c_int64(7)
    beat.struct_size = 8
    assert library.pacer_wait(pacer, 0, beat) == abi.MISUSE
    assert stats(library, pacer).beats == 0
    assert library.pacer_wait(pacer, 0, None) == abi.OK
    assert library.pacer_fd(pacer, None) == abi.MISUSE
    assert library.pacer_get_stats(pacer, None) == abi.MISUSE
    for percentile in -1, 101, math.nan:
        assert library.pacer_late(pacer, percentile, ns) == abi.MISUSE
    assert library.pacer_late(pacer, 50, None) == abi.MISUSE
    assert ns.value == 7
    library.pacer_free(None)
