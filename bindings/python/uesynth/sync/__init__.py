"""The blocking client and its groups of methods."""

from .client import UESynthClient

__all__ = ["UESynthClient"]
