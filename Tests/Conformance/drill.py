"""The restart drill: calls at a steady rate while their server is killed and started again."""

import collections
import pathlib
import tempfile
import threading
import time

import abi
import servers
from host import Client

import memory

RATE = 50
OPTIONS = {"initial_backoff_ms": 100, "max_backoff_ms": 800, "timeout_ms": 5000}
# The longest pause, its jitter, and what a loaded machine needs to connect.
RECOVERY = 0.8 * 1.2 + 3


class Drill:
    """Counts what becomes of the calls; `problems` says what was not as it should be."""

    def __init__(self, library, restarts):
        self.library, self.restarts = library, restarts
        self.statuses, self.spawned, self.problems = collections.Counter(), {}, []
        self.names, self.recoveries, self.memory = {}, [], []
        self.completions, self.last_ok = collections.Counter(), 0
        self.ended = threading.Event()

    def run(self):
        with tempfile.TemporaryDirectory() as folder:
            self.journal = pathlib.Path(folder) / "journal"
            self.journal.touch()
            server = servers.stock("--journal", self.journal)
            try:
                with Client(self.library, server.target, **OPTIONS) as client:
                    server = self._drill(client, server)
            finally:
                server.stop()
            self._judge(self.journal.read_text().split())
        return self

    def _drill(self, client, server):
        port = str(server.port)
        caller = threading.Thread(target=self._call, args=(client,))
        listener = threading.Thread(target=self._listen, args=(client,))
        caller.start()
        listener.start()
        try:
            self._await_success(time.monotonic())
            for _ in range(self.restarts):
                time.sleep(0.5)
                server.kill()
                time.sleep(0.2)
                server = servers.stock("--port", port, "--journal", self.journal)
                self._await_success(time.monotonic())
                self.memory.append((memory.resident(), memory.allocated()))
            time.sleep(0.5)
        finally:
            self.ended.set()
            caller.join()
            listener.join()
        stats = client.stats()
        if stats["connects"] < self.restarts + 1 or stats["requests_in_flight"]:
            self.problems.append(stats)
        return server

    def _await_success(self, since):
        while self.last_ok <= since:
            if time.monotonic() > since + 20:
                self.problems.append("no call succeeds any more")
                return
            time.sleep(0.005)
        self.recoveries.append(self.last_ok - since)

    def _call(self, client):
        """Every third call spawns an object of a new name, which may not happen twice."""
        due, count = time.monotonic(), 0
        while not self.ended.is_set():
            if count % 3 == 0:
                name = f"object{count}"
                number = client.submit(
                    abi.SPAWN_OBJECT, name=name, asset_path="/Engine/Cube", route=abi.ROUTE_DIRECT
                )
                self.names[number] = name
            elif count % 3 == 1:
                client.submit(abi.GET_CAMERA_TRANSFORM, route=abi.ROUTE_STREAM)
            else:
                client.submit(abi.CAPTURE_RGB, width=16, height=16)
            count += 1
            due += 1 / RATE
            time.sleep(max(0, due - time.monotonic()))
        self.submitted = count

    def _listen(self, client):
        while not self.ended.is_set() or client.stats()["requests_in_flight"]:
            for outcome in client.poll(timeout_ms=100):
                self._note(outcome)
        for outcome in client.poll(timeout_ms=0):
            self._note(outcome)

    def _note(self, outcome):
        self.completions[outcome.request_id] += 1
        self.statuses[outcome.status] += 1
        if outcome.status == abi.OK:
            self.last_ok = time.monotonic()
            if outcome.action == abi.SPAWN_OBJECT:
                self.spawned[outcome.request_id] = True
        elif outcome.status != abi.UNAVAILABLE:
            self.problems.append(outcome)

    def _judge(self, journal):
        carried_out = collections.Counter(journal)
        twice = [name for name, count in carried_out.items() if count > 1]
        if twice:
            self.problems.append(f"carried out twice: {twice}")
        missing = [
            n for number, n in self.names.items() if number in self.spawned and n not in carried_out
        ]
        if missing:
            self.problems.append(f"said to be carried out, and was not: {missing}")
        if set(self.completions.values()) != {1} or len(self.completions) != self.submitted:
            self.problems.append(f"{len(self.completions)} of {self.submitted} calls completed")
        if max(self.recoveries) > RECOVERY:
            self.problems.append(f"recovered in {self.recoveries}")
        if not self.statuses[abi.UNAVAILABLE]:
            self.problems.append("no call met a gap: nothing was drilled")

    @property
    def growth(self):
        """Resident and allocated bytes, from the third restart to the last."""
        first, last = self.memory[2], self.memory[-1]
        return last[0] - first[0], last[1] - first[1]

    def __str__(self):
        resident, allocated = self.growth
        return (
            f"{self.restarts} restarts under {self.submitted} calls: {self.statuses[abi.OK]} OK, "
            f"{self.statuses[abi.UNAVAILABLE]} UNAVAILABLE, "
            f"{sum(self.spawned.values())} objects spawned; the first success after a restart came "
            f"in {1000 * max(self.recoveries):.0f} ms at most; {resident >> 10} KiB more resident, "
            f"{allocated} bytes more allocated"
        )
