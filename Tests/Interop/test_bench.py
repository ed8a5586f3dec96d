"""uesynthctl bench: what it prints, and the counts that hold on any machine."""

import json
import subprocess

import pytest
import servers

MEMBERS = (
    "mode memory w h depth lanes clients loops busy_poll_us compressed per_s MB_s p50_us p99_us p999_us cpu_s "
    "cpu_s_per_GB copied_fraction allocs_per_op peak_rss_MB steal"
).split()


def bench(*options, status=0):
    command = [servers.simulator_path(), "bench", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stderr
    return done


def row(*options):
    return json.loads(bench("--seconds", "0.2", "--json", *options).stdout)


@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("sync-cmd", ("--busy-poll", "50")),
        ("stream-cmd", ("--depth", "64")),
        ("sync-rgb", ("--size", "64x48")),
        ("direct-rgb", ("--size", "64x48", "--depth", "8")),
        ("stream-rgb", ("--size", "64x48", "--depth", "8", "--lanes", "2")),
        ("loaded-cmd", ("--size", "64x48", "--depth", "4")),
    ],
)
def test_each_mode_measures(mode, more):
    found = row("--mode", mode, *more)
    assert list(found) == MEMBERS
    assert found["mode"] == mode
    assert found["per_s"] > 10
    assert 0 < found["p50_us"] <= found["p99_us"] <= found["p999_us"]
    assert found["peak_rss_MB"] > 1
    if mode in ("sync-cmd", "stream-cmd"):
        assert found["w"] == found["MB_s"] == 0
        assert found["copied_fraction"] is None
    else:
        assert (found["w"], found["h"]) == (64, 48)
        assert found["MB_s"] > 0


def test_a_table_without_a_mode():
    lines = bench("--seconds", "0.01").stdout.splitlines()
    assert lines[0].split()[:2] == ["mode", "size"]
    assert len(lines) == 15
    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize("memory", ["pool", "allocator", "ring", "mmap"])
@pytest.mark.parametrize("mode", ["direct-rgb", "stream-rgb"])
def test_pictures_lie_where_the_host_wants_them_and_are_not_copied(mode, memory):
    found = row("--mode", mode, "--size", "640x480", "--depth", "4", "--memory", memory)
    assert found["memory"] == memory
    assert found["per_s"] > 10
    assert found["copied_fraction"] <= 0.02


@pytest.mark.parametrize("mode", ["direct-rgb", "stream-rgb"])
def test_compressed_pictures(mode):
    found = row("--mode", mode, "--size", "640x480", "--depth", "4", "--compressed")
    assert found["compressed"] == 1
    assert found["per_s"] > 10
    # What the first chunk of a message holds is copied, the rest inflated in its place.
    assert 0.01 < found["copied_fraction"] < 0.1


@pytest.mark.parametrize("loops", [0, 2])
@pytest.mark.parametrize("mode", ["direct-rgb", "stream-rgb", "stream-cmd"])
def test_several_clients_in_one_process(mode, loops):
    options = ("--size", "64x48", "--depth", "4", "--clients", "5", "--loops", str(loops))
    found = row("--mode", mode, *options)
    assert (found["clients"], found["loops"]) == (5, loops)
    assert found["per_s"] > 10


def test_of_repeats_the_median_is_shown():
    found = bench("--mode", "sync-cmd", "--seconds", "0.02", "--json", "--repeats", "3").stdout
    assert len(found.splitlines()) == 1


def test_commands_take_nothing_from_the_heap():
    assert row("--mode", "sync-cmd")["allocs_per_op"] < 0.01
    assert row("--mode", "stream-cmd", "--depth", "64")["allocs_per_op"] < 0.01


def test_large_frames_are_not_copied():
    found = row("--mode", "stream-rgb", "--size", "1920x1080", "--depth", "4")
    assert found["copied_fraction"] <= 0.02


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--target", "127.0.0.1:1"), "127.0.0.1:1"),
        (("--target", "nonsense::"), "nonsense::"),
        (("--target", "127.0.0.1:1", "--replay"), "exclude"),
        (("--mode", "fast"), "fast"),
        (("--mode", "sync-rgb", "--size", "0x5"), "--size"),
        (("--depth", "0"), "--depth"),
        (("--mode", "stream-cmd", "--memory", "ring"), "--memory"),
        (("--memory", "ring"), "--memory"),
        (("--mode", "sync-cmd", "--clients", "2"), "--clients"),
        (("--clients", "0"), "--clients"),
    ],
)
def test_mistakes_are_named(options, text):
    command = [servers.simulator_path(), "bench", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert text in done.stderr
    assert not done.stdout
