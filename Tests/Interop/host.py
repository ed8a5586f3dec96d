"""A host program in a few lines: what the tests write over the bare table of abi.py."""

import contextlib
import ctypes
import threading
import time

import abi


class Picture:
    """A frame's facts and a copy of its bytes."""

    def __init__(self, table, frame):
        info = abi.FrameInfo()
        assert table.frame_view(frame, info) == abi.OK, table.last_error()
        for name, _ in info._fields_[2:]:
            setattr(self, name, getattr(info, name))
        self.modality = info.modality
        self.data = ctypes.string_at(info.data, info.size)
        self.address = info.data
        self.flag_names = {name for name, bit in abi.FRAME_FLAGS.items() if info.flags & bit}
        # Not a flaw: the pose that the frame has is told apart.
        self.pose = info.pose if "HAS_POSE" in self.flag_names else None
        self.flag_names.discard("HAS_POSE")
        self.format_name = {value: name for name, value in abi.FORMATS.items()}[info.format]


class FramesetOutcome:
    """A copy of a frameset."""

    def __init__(self, table, value):
        for name in "flags", "pose_status", "settled", "spread_ns":
            setattr(self, name, getattr(value, name))
        self.read_back = value.read_back.values()
        results = [value.results[i] for i in range(value.result_count)]
        self.statuses = [result.status for result in results]
        self.messages = [result.message.decode() for result in results]
        self.modalities = [result.modality for result in results]
        self.pictures = [Picture(table, r.frame) if r.frame else None for r in results]


class Outcome:
    """A copy of an event, so that the event itself can go."""

    def __init__(self, table, event):
        for name in "type", "request_id", "cookie", "status", "action":
            setattr(self, name, getattr(event, name))
        self.message = event.message.decode()
        self.picture = Picture(table, event.frame) if event.frame else None
        self.set = FramesetOutcome(table, event.frameset.contents) if event.frameset else None
        self.reply = None
        if event.reply:
            reply = event.reply.contents
            self.reply = {
                "flags": reply.flags,
                "transform": reply.transform.values(),
                "message": reply.message.decode(),
                "names": [reply.names[i].decode() for i in range(reply.name_count)],
            }

    def __repr__(self):
        return f"<{self.action} #{self.request_id}: {self.status} {self.message}>"


def action(kind, **members):
    for name, value in members.items():
        if isinstance(value, str):
            members[name] = value.encode()
    return abi.Action(kind=kind, **members)


SUBMIT_MEMBERS = {name for name, _ in abi.SubmitOptions._fields_}


def split(members):
    """Keyword arguments as (members of the action, submit options or None)."""
    chosen = {name: members.pop(name) for name in list(members) if name in SUBMIT_MEMBERS}
    return members, abi.SubmitOptions(**chosen) if chosen else None


class Client:
    """One client; a context manager. Members of uesynth_action and of uesynth_submit_options are both
    given as keywords."""

    def __init__(self, table, target, **options):
        self.table = table
        self.handle = ctypes.c_void_p()
        self.kept = [options]
        chosen = abi.ClientOptions(**options) if options else None
        self.check(table.client_new(target.encode(), chosen, self.handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.free()

    def free(self):
        self.table.client_free(self.handle)
        self.handle = ctypes.c_void_p()

    def check(self, status):
        assert status == abi.OK, (status, self.table.last_error())

    def call(self, kind, **members):
        members, options = split(members)
        event = abi.Event()
        status = self.table.client_call(self.handle, action(kind, **members), options, event)
        if not event.type:
            assert status != abi.OK
            refused = Outcome(self.table, abi.Event(status=status, message=b""))
            refused.message = self.table.last_error().decode()
            return refused
        assert event.status == status
        outcome = Outcome(self.table, event)
        self.table.events_release(event, 1, ctypes.sizeof(event))
        return outcome

    def submit(self, kind, callback=None, destroy=None, **members):
        members, options = split(members)
        number = ctypes.c_uint64()
        self.check(
            self.table.client_submit(
                self.handle,
                action(kind, **members),
                options,
                number,
                self.keep(abi.EventFunction(callback) if callback else abi.EventFunction()),
                None,
                self.keep(abi.DestroyFunction(destroy) if destroy else abi.DestroyFunction()),
            )
        )
        return number.value

    def frameset(self, parts, callback=None, wait=True, **options):
        """Runs a frameset: parts are (modality, camera, width, height). Its outcome, or its id."""
        array = (abi.FramesetPart * len(parts))(
            *(abi.FramesetPart(m, w, h, 0, camera.encode()) for m, camera, w, h in parts)
        )
        if "transform" in options:
            options["transform"] = ctypes.pointer(options["transform"])
        options["camera"] = options.get("camera", "").encode()
        asked = abi.FramesetOptions(parts=array, part_count=len(parts), **options)
        if wait:
            event = abi.Event()
            status = self.table.client_capture_set(self.handle, asked, event)
            assert event.type == abi.EVENT_FRAMESET, self.table.last_error()
            assert event.status == status
            outcome = Outcome(self.table, event)
            self.table.events_release(event, 1, ctypes.sizeof(event))
            return outcome
        number = ctypes.c_uint64()
        function = self.keep(abi.EventFunction(callback) if callback else abi.EventFunction())
        self.check(
            self.table.client_submit_set(
                self.handle, asked, number, function, None, abi.DestroyFunction()
            )
        )
        return number.value

    def keep(self, function):
        """ctypes lets a callback go with its object, the library knows nothing of that."""
        self.kept.append(function)
        return function

    def watch(self, callback=None, destroy=None, **options):
        self.check(
            self.table.client_watch(
                self.handle,
                abi.WatchOptions(**options) if options else None,
                self.keep(abi.EventFunction(callback) if callback else abi.EventFunction()),
                None,
                self.keep(abi.DestroyFunction(destroy) if destroy else abi.DestroyFunction()),
            )
        )

    def poll(self, capacity=64, timeout_ms=10000):
        """Outcomes, [] if none came in time, None if the client is closed."""
        events, count = (abi.Event * capacity)(), ctypes.c_size_t()
        size = ctypes.sizeof(abi.Event)
        status = self.table.client_poll(self.handle, events, capacity, size, timeout_ms, count)
        if status == abi.WOULD_BLOCK:
            return []
        if status == abi.CLOSED:
            return None
        self.check(status)
        assert 1 <= count.value <= capacity
        outcomes = [Outcome(self.table, events[i]) for i in range(count.value)]
        self.table.events_release(events, count, size)
        return outcomes

    def collect(self, count, timeout_ms=20000):
        """Polls until so many events have come. More than that many is an error too."""
        outcomes = []
        while len(outcomes) < count:
            more = self.poll(timeout_ms=timeout_ms)
            assert more, f"{len(outcomes)} of {count} events came"
            outcomes += more
        assert self.poll(timeout_ms=0) in ([], None)
        return outcomes

    def take(self, number, timeout_ms=0):
        frame = ctypes.c_void_p()
        status = self.table.client_take_frame(self.handle, number, timeout_ms, frame)
        return status, self.release(frame) if status == abi.OK else None

    def latest(self, modality=abi.RGB, camera="", peek=0):
        frame = ctypes.c_void_p()
        status = self.table.client_latest_frame(self.handle, modality, camera.encode(), peek, frame)
        return status, self.release(frame) if status == abi.OK else None

    def release(self, frame):
        picture = Picture(self.table, frame)
        self.table.frame_release(frame)
        return picture

    def state(self):
        state = ctypes.c_uint32()
        self.check(self.table.client_state(self.handle, state))
        return state.value

    def stats(self):
        """The counters; both laws of the header are checked on every call."""
        stats = abi.Stats()
        self.check(self.table.client_stats(self.handle, stats))
        found = stats.as_dict()
        completed = sum(value for name, value in found.items() if name.startswith("completed_"))
        assert found["requests_submitted"] == found["requests_in_flight"] + completed, found
        dropped = sum(value for name, value in found.items() if name.startswith("frames_dropped_"))
        assert (
            found["frames_received"] == found["frames_delivered"] + found["frames_queued"] + dropped
        ), found
        return found


class Recorder:
    """A callback that keeps what it was told, and says when so many events have come."""

    def __init__(self, table):
        self.table, self.outcomes, self.threads = table, [], set()
        self.changed = threading.Condition()

    def __call__(self, event, _):
        outcome = Outcome(self.table, event.contents)
        with self.changed:
            self.outcomes.append(outcome)
            self.threads.add(threading.get_native_id())
            self.changed.notify_all()

    def wait(self, count, seconds=20):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.outcomes) >= count, seconds), (
                f"{len(self.outcomes)} of {count} events came"
            )
            return list(self.outcomes)


class Flag:
    """Counts how often a destroy-notify has run."""

    def __init__(self):
        self.count, self.changed = 0, threading.Condition()

    def __call__(self, _):
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def wait(self, seconds=10):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count, seconds), "destroy has not run"
            return self.count


@contextlib.contextmanager
def runtime(table, **options):
    handle = ctypes.c_void_p()
    assert table.runtime_new(abi.RuntimeOptions(**options), handle) == abi.OK, table.last_error()
    try:
        yield handle
    finally:
        table.runtime_free(handle)


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.002)
