"""A scenario is a row of a table: what a server sends, and how the calls that meet it must end."""

import dataclasses
import gc
import os
import time

import abi
from host import Client, wait_until

import replies
from server import Server

DIRECT, STREAM = abi.ROUTE_DIRECT, abi.ROUTE_STREAM
ROUTE_NAMES = {DIRECT: "unary", STREAM: "stream", abi.ROUTE_AUTO: "any"}
STATUS_NAMES = {value: name for name, value in abi.STATUS.items()}

# A failed attempt to connect is followed by the next one soon.
OPTIONS = {"initial_backoff_ms": 20, "max_backoff_ms": 40}


@dataclasses.dataclass
class Scenario:
    name: str
    rule: str  # of rules.py
    script: list  # of the first connection,
    accepts: object  # a status or a set of them
    says: str = ""  # what the message must contain
    route: int = DIRECT
    kind: int = abi.GET_CAMERA_TRANSFORM
    members: object = dataclasses.field(default_factory=dict)  # or a function of the call's number
    calls: int = 1
    more: list = dataclasses.field(default_factory=list)  # scripts of the connections after it
    options: dict = dataclasses.field(default_factory=dict)
    good_route: object = None  # of the good call; None: as that of the calls
    cancels: bool = False  # the host cancels the calls
    timeout_ms: int = 20000
    connects: bool = False  # the calls begin when there is a connection
    seconds: float = 6  # from submit to the last completion
    then: object = None  # function(outcomes, server, client): what else is to be looked at

    @property
    def statuses(self):
        return self.accepts if isinstance(self.accepts, (set, frozenset)) else {self.accepts}

    @property
    def status_text(self):
        return " or ".join(STATUS_NAMES[status] for status in sorted(self.statuses))


def census():
    """Descriptors and threads of this process."""
    return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))


def run(table, scenario):
    """Runs one; an AssertionError says what was wrong. Returns the outcomes."""
    before = census()
    with Server(scenario.script, *scenario.more) as server:
        client = Client(table, server.target, **{**OPTIONS, **scenario.options})
        try:
            outcomes = _calls(client, scenario, server)
            good = _good_call(client, scenario)
            assert client.poll(timeout_ms=0) == [], "a second completion"
            # What a script still expects of the client is looked at before that goes.
            wait_until(lambda: all(peer.is_done for peer in server.peers), 15)
            stats = client.stats()
            assert stats["requests_in_flight"] == 0, stats
            assert stats["requests_submitted"] == scenario.calls + good, stats
        except AssertionError as error:
            raise AssertionError(f"{error}; the script: {server.failures}") from error
        finally:
            client.free()
    assert not server.failures, server.failures
    gc.collect(0)
    wait_until(lambda: census() <= before, 5)
    return outcomes


def _calls(client, scenario, server):
    if scenario.connects:
        client.check(client.table.client_connect(client.handle, 10000))
    began = time.monotonic()
    submitted = []
    for number in range(scenario.calls):
        members = scenario.members
        request_id = client.submit(
            scenario.kind,
            route=scenario.route,
            timeout_ms=scenario.timeout_ms,
            **(members(number) if callable(members) else members),
        )
        submitted.append(request_id)
    if scenario.cancels:
        # Under way on the wire, where that can be seen.
        wait_until(lambda: any(peer.call for peer in server.peers))
        for request_id in submitted:
            client.check(client.table.client_cancel(client.handle, request_id))
    outcomes = client.collect(scenario.calls, timeout_ms=30000)
    took = time.monotonic() - began
    assert {outcome.request_id for outcome in outcomes} == set(submitted)
    for outcome in outcomes:
        assert outcome.status in scenario.statuses, outcome
        assert scenario.says in outcome.message, outcome
        assert bool(outcome.message) == (outcome.status != abi.OK), outcome
    assert took < scenario.seconds, took
    if scenario.then:
        scenario.then(outcomes, server, client)
    return outcomes


def _good_call(client, scenario):
    """A call that goes well on the same client. Where the connection is just ending it may take a
    second one. Returns how many it took."""
    route = scenario.route if scenario.good_route is None else scenario.good_route
    for count in range(1, 6):
        client.submit(
            abi.GET_CAMERA_TRANSFORM,
            route=route,
            timeout_ms=10000,
            flags=abi.SUBMIT_WAIT_FOR_READY,
        )
        [outcome] = client.collect(1)
        if outcome.status == abi.UNAVAILABLE:
            continue
        assert outcome.status == abi.OK, f"the good call: {outcome}"
        assert outcome.reply["transform"][:3] == replies.PLACE, outcome.reply
        return count
    raise AssertionError(f"no good call: {outcome}")
