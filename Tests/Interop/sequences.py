"""A sequence as a host in Python would write it."""

import ctypes

import abi
from host import Outcome

SIZE = {"width": 16, "height": 12}


class Sequence:
    def __init__(self, client, poses, camera="", **options):
        self.client, self.table, self.handle = client, client.table, ctypes.c_void_p()
        self.poses = (abi.Transform * len(poses))(*poses)
        options = {**SIZE, **options}
        chosen = abi.SequenceOptions(camera=camera.encode(), **options)
        client.check(
            self.table.sequence_new(client.handle, chosen, self.poses, len(poses), self.handle)
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.free()

    def free(self):
        self.table.sequence_free(self.handle)
        self.handle = ctypes.c_void_p()

    def next(self, timeout_ms=10000):
        """An outcome, or the status that there was none."""
        event = abi.Event()
        status = self.table.sequence_next(self.handle, timeout_ms, event)
        if status != abi.OK:
            assert event.type == 0
            return status
        outcome = Outcome(self.table, event)
        self.table.events_release(event, 1, ctypes.sizeof(event))
        return outcome

    def all(self, between=lambda: None):
        outcomes = []
        while isinstance(found := self.next(), Outcome):
            assert found.cookie == len(outcomes)
            outcomes.append(found)
            between()
        assert found == abi.OUT_OF_RANGE
        return outcomes

    def stats(self):
        found = abi.SequenceStats()
        self.client.check(self.table.sequence_get_stats(self.handle, found))
        return found
