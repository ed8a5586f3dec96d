"""Memory that is ready before the first picture: against a stock server."""

import ctypes

import pytest

import abi

SIZE = 64 * 64 * 4
MIB = 1 << 20


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def prewarm(client, size, count):
    return client.table.client_prewarm(client.handle, size, count)


def test_no_buffer_is_mapped_after_it(stock, client_of):
    client = client_of(stock)
    assert prewarm(client, SIZE, 4) == abi.OK
    before = client.stats()
    assert before["pool_bytes"] == 4 * SIZE
    assert (before["pool_hits"], before["pool_misses"]) == (0, 0)
    for _ in range(10):
        assert client.call(abi.CAPTURE_RGB, width=64, height=64).status == abi.OK
    after = client.stats()
    assert (after["pool_hits"], after["pool_misses"]) == (10, 0)
    assert after["pool_bytes"] == 4 * SIZE


def test_what_is_free_counts(stock, client_of):
    client = client_of(stock)
    for count in (4, 2, 6):
        assert prewarm(client, SIZE, count) == abi.OK
    assert client.stats()["pool_bytes"] == 6 * SIZE


def test_its_pages_are_there(stock, client_of):
    client = client_of(stock)
    before = resident()
    assert prewarm(client, 8 * MIB, 8) == abi.OK
    assert resident() - before > 60 * MIB


@pytest.mark.parametrize("size, count", [(0, 4), (SIZE, 0), (SIZE, 65), (2**63, 1), (2**64 - 1, 2)])
def test_what_makes_no_sense(stock, client_of, size, count):
    client = client_of(stock)
    assert prewarm(client, size, count) == abi.MISUSE
    assert client.stats()["pool_bytes"] == 0


def test_more_than_the_pool_keeps(stock, client_of, library):
    client = client_of(stock)
    for size, count in ((8 * MIB, 33), (257 * MIB, 1), (2**62, 64)):
        assert prewarm(client, size, count) == abi.RESOURCE_EXHAUSTED
        assert b"256 MiB" in library.last_error()
    assert client.stats()["pool_bytes"] == 0


def test_a_client_with_an_allocator(stock, client_of, library):
    hook = abi.Allocator(
        allocate=abi.AllocateFunction(lambda size, alignment, user_data: None),
        deallocate=abi.DeallocateFunction(lambda memory, size, user_data: None),
    )
    client = client_of(stock, allocator=ctypes.pointer(hook))
    assert prewarm(client, SIZE, 1) == abi.MISUSE
    assert b"allocator" in library.last_error()
