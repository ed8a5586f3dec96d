"""State changes and log records as events."""

import servers

import abi
from host import Flag, Recorder, wait_until

IDLE, CONNECTING, READY, BACKOFF, CLOSED = range(5)


def states(outcomes):
    return [outcome.action for outcome in outcomes if outcome.type == abi.EVENT_STATE]


def test_states_come_in_their_order(stock, client_of):
    client = client_of(stock)
    client.watch(cookie=7)
    assert client.call(abi.LIST_OBJECTS).status == abi.OK
    client.check(client.table.client_close(client.handle))
    seen = []
    while (more := client.poll()) is not None:
        seen += more
    assert states(seen) == [CONNECTING, READY, CLOSED]
    assert {outcome.cookie for outcome in seen} == {7}
    assert all(outcome.status == abi.OK for outcome in seen)
    assert [outcome.message for outcome in seen] == ["connecting", "connected", "closed"]


def test_a_lost_server_is_told_with_the_reason(client_of):
    with servers.stock() as server:
        client = client_of(server)
        recorder = Recorder(client.table)
        client.watch(recorder, log_level=abi.LOG_INFO)
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
        server.kill()
        wait_until(lambda: IDLE in states(recorder.outcomes))
        assert client.call(abi.LIST_OBJECTS).status == abi.UNAVAILABLE
        wait_until(lambda: BACKOFF in states(recorder.outcomes))
    assert states(recorder.outcomes) == [CONNECTING, READY, IDLE, CONNECTING, BACKOFF]
    lost, refused = recorder.outcomes[-3:][0], recorder.outcomes[-1]
    for outcome in recorder.outcomes:
        if outcome.type == abi.EVENT_STATE and outcome.action in (IDLE, BACKOFF):
            assert outcome.status == abi.UNAVAILABLE
            assert server.target in outcome.message
    assert lost and refused
    logs = [o for o in recorder.outcomes if o.type == abi.EVENT_LOG]
    assert [log.action for log in logs] == [abi.LOG_INFO, abi.LOG_WARNING, abi.LOG_WARNING]
    assert "connected to" in logs[0].message
    assert "cannot connect" in logs[2].message
    assert len(recorder.threads) == 1


def test_the_log_level_bounds_what_comes(client_of):
    port = servers.free_port()
    for level, expected in (abi.LOG_NONE, 0), (abi.LOG_ERROR, 0), (abi.LOG_WARNING, 1):
        client = client_of(f"127.0.0.1:{port}")
        client.watch(states=0, log_level=level)
        assert client.call(abi.LIST_OBJECTS).status == abi.UNAVAILABLE
        assert len(client.poll(timeout_ms=0)) == expected


def test_what_nobody_takes_is_bounded_and_counted(client_of):
    client = client_of(f"127.0.0.1:{servers.free_port()}")
    client.watch()
    for _ in range(600):
        client.table.client_connect(client.handle, 2000)
    # CONNECTING, a warning and BACKOFF each time.
    wait_until(lambda: client.stats()["watch_events_dropped"] == 600 * 3 - 1024)
    assert client.stats()["events_queued"] == 1024
    assert len(client.collect(1024)) == 1024
    client.table.client_connect(client.handle, 2000)
    assert len(client.collect(3)) == 3


def test_a_watch_ends_with_the_next_one_and_with_the_client(stock, client_of):
    client = client_of(stock)
    recorder, first, second = Recorder(client.table), Flag(), Flag()
    client.watch(recorder, first)
    client.watch(recorder, second, states=1, log_level=abi.LOG_NONE)
    assert first.wait() == 1
    assert client.call(abi.LIST_OBJECTS).status == abi.OK
    recorder.wait(2)
    client.free()
    assert second.wait() == 1
    assert first.count == 1
    assert states(recorder.outcomes)[:2] == [CONNECTING, READY]


def test_wrong_options_are_refused(stock, client_of):
    client = client_of(stock)
    flag = Flag()
    for options in {"states": 2}, {"log_level": 5}, {"reserved": 1}:
        status = client.table.client_watch(
            client.handle,
            abi.WatchOptions(**options),
            abi.EventFunction(),
            None,
            client.keep(abi.DestroyFunction(flag)),
        )
        assert status == abi.MISUSE
        assert next(iter(options)) in client.table.last_error().decode()
    assert flag.count == 3
