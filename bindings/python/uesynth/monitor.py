"""How fast a loop is."""

from __future__ import annotations

import time
from collections import deque
from typing import Deque, Dict, Optional, Union


class PerformanceMonitor:
    """Frame rate over the last frames of a loop.

    monitor = uesynth.PerformanceMonitor(window_size=100)
    while running:
        monitor.start_frame()
        ...
        monitor.end_frame()
    print(monitor.get_stats()["fps"])
    """

    def __init__(self, window_size: int = 100) -> None:
        self.frame_times: Deque[float] = deque(maxlen=window_size)
        self.request_times: Deque[float] = deque(maxlen=window_size)
        self.start_time: Optional[float] = None

    def start_frame(self) -> None:
        """A turn of the loop begins."""
        self.start_time = time.perf_counter()

    def end_frame(self) -> None:
        """The turn that was begun is over."""
        if self.start_time is not None:
            self.frame_times.append(time.perf_counter() - self.start_time)
            self.start_time = None

    def record_request(self, request_time: float) -> None:
        """Notes how long a request took, in seconds."""
        self.request_times.append(request_time)

    def get_stats(self) -> Dict[str, Union[int, float]]:
        """fps, avg_frame_time in milliseconds and total_frames (in the window); {} before the first frame.
        With recorded requests also avg_request_time in milliseconds."""
        if not self.frame_times:
            return {}
        average = sum(self.frame_times) / len(self.frame_times)
        stats: Dict[str, Union[int, float]] = {
            "fps": 1.0 / average if average > 0 else 0.0,
            "avg_frame_time": average * 1000,
            "total_frames": len(self.frame_times),
        }
        if self.request_times:
            stats["avg_request_time"] = sum(self.request_times) / len(self.request_times) * 1000
        return stats
