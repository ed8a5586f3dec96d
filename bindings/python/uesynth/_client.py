"""What both clients say of themselves."""

from __future__ import annotations

from typing import Any, Dict, Optional, Protocol, Tuple, Type, TypeVar

from ._core import STATES, Core, closed
from .errors import UESynthError
from .options import ClientOptions
from .results import Stats

_Client = TypeVar("_Client", bound="AnyClient")


class AnySession(Protocol):
    """What is asked of a client's session."""

    options: ClientOptions
    is_disconnected: bool

    @property
    def core(self) -> Optional[Core]: ...

    def open(self) -> Core: ...


class AnyClient:
    """Configuration, state and statistics of a client."""

    def _set_up(self, chosen: ClientOptions) -> None:
        raise NotImplementedError

    @property
    def _any(self) -> AnySession:
        raise NotImplementedError

    @property
    def options(self) -> ClientOptions:
        """All that the client was made with."""
        return self._any.options

    @property
    def host(self) -> str:
        return self.options.host

    @property
    def port(self) -> int:
        return self.options.port

    @property
    def ssl_enabled(self) -> bool:
        """Does it use TLS?"""
        return self.options.enable_ssl

    @property
    def ignored_grpc_options(self) -> Tuple[str, ...]:
        """Those of the given grpc_options that have no effect here."""
        return self.options.ignored_grpc_options

    def stats(self) -> Stats:
        """Counters since the client was made (see `uesynth.Stats`)."""
        return self._core().stats()

    def latency(
        self, percentile: float = 50.0, stage: str = "total", action: Optional[str] = None
    ) -> float:
        """Seconds that a stage of a request took, as a percentile over all that succeeded.

        Args:
            percentile: 0 (the shortest) to 100 (the longest).
            stage: "waiting" (submitted until sent), "first_byte" (until the reply begins), "transfer"
                (until its last byte), "delivery" (until it is handed over) or "total".
            action: "capture_rgb", "set_camera_transform" …; None: all together.
        """
        return self._core().latency(stage, percentile, action)[0]

    def stats_text(self, labels: Optional[Dict[str, str]] = None) -> str:
        """The statistics as text for Prometheus, with these labels on every line."""
        return self._core().stats_text(labels)

    def _core(self) -> Core:
        session = self._any
        core = session.core
        if core is None and session.is_disconnected:
            raise closed(self.options.target)
        return core or session.open()

    def __reduce__(self) -> Any:
        """Pickles as its configuration: what comes out is not connected."""
        return _made, (type(self), self.options)

    def __repr__(self) -> str:
        return f"<uesynth.{type(self).__name__} {self.options.target} {_state(self._any)}>"


def _made(kind: Type[_Client], chosen: ClientOptions) -> _Client:
    client = kind.__new__(kind)
    client._set_up(chosen)
    return client


def _state(session: AnySession) -> str:
    if session.is_disconnected:
        return "disconnected"
    if session.core is None:
        return "not connected yet"
    try:
        return STATES[session.core.state]
    except UESynthError as failure:
        return failure.code.name.lower()
