"""The asyncio client and its groups of methods."""

from .client import AsyncUESynthClient
from .stream import FrameStream

__all__ = ["AsyncUESynthClient", "FrameStream"]
