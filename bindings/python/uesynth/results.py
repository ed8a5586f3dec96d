"""What commands and lists give back."""

from __future__ import annotations

from typing import NamedTuple


class CommandResult(NamedTuple):
    """A command that the server says it has carried out; one that it has not is an exception.

    Attributes:
        success: True.
        message: the server's words, often "".
    """

    success: bool = True
    message: str = ""

    def __bool__(self) -> bool:
        return self.success


class ObjectName(str):
    """An object of the scene: its name as a string, also as `.name`. `.class_name` is "": the interface
    does not tell it."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return str(self)

    @property
    def class_name(self) -> str:
        return ""


class Stats(NamedTuple):
    """Counters since the client was made, all of one moment.

    requests_submitted is requests_in_flight plus all completed_…; frames_received is frames_delivered
    plus frames_queued plus all frames_dropped_….
    """

    state: str
    requests_submitted: int
    requests_in_flight: int
    completed_ok: int
    completed_cancelled: int
    completed_deadline_exceeded: int
    completed_unavailable: int
    completed_no_answer: int
    completed_closed: int
    completed_other: int
    retries: int
    late_replies: int
    unknown_replies: int
    frames_received: int
    frames_delivered: int
    frames_queued: int
    frames_dropped_superseded: int
    frames_dropped_oldest: int
    frames_dropped_newest: int
    frames_dropped_latest: int
    frames_dropped_expired: int
    frames_dropped_abandoned: int
    frames_dropped_settling: int
    bytes_sent: int
    bytes_received: int
    image_bytes: int
    image_bytes_copied: int
    buffer_bytes: int
    buffer_bytes_peak: int
    host_frame_bytes: int
    pool_bytes: int
    events_queued: int
    connects: int
    connect_failures: int
    disconnects: int
    subscription_beats_missed: int
    frame_bytes_kept: int
    loop_wakeups: int
    pool_hits: int
    pool_misses: int
    connected_since_ns: int
    frames_per_second: float
    commands_per_second: float
    bytes_received_per_second: float
    bytes_sent_per_second: float
    copies_per_frame: float
    watch_events_dropped: int
    compressed_messages: int
    compressed_bytes: int
    inflated_bytes: int
    compression_offers: int
    compression_offered: int
    link_bytes_per_second: float
    inflated_bytes_per_second: float

    @property
    def frames_dropped(self) -> int:
        """Of all causes together."""
        return (
            self.frames_dropped_superseded
            + self.frames_dropped_oldest
            + self.frames_dropped_newest
            + self.frames_dropped_latest
            + self.frames_dropped_expired
            + self.frames_dropped_abandoned
            + self.frames_dropped_settling
        )
