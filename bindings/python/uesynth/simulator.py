"""A simulated UESynth server on a free port, for trying things out and for test suites."""

from __future__ import annotations

import atexit
import contextlib
import os
import selectors
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Iterator, List, Optional, Type

from .errors import StatusCode, UESynthError

_READY = b"listening on "


def tool_candidates() -> List[Path]:
    """Where uesynthctl is looked for, in order. UESYNTHCTL, if it is set, is the only place."""
    named = os.environ.get("UESYNTHCTL")
    if named:
        return [Path(named)]
    package = Path(__file__).resolve().parent
    places = [package / "bin" / "uesynthctl"]
    if len(package.parents) > 2:
        build = package.parents[2] / ".build"
        places += [build / kind / "uesynthctl" for kind in ("release", "debug")]
    found = shutil.which("uesynthctl")
    return places + ([Path(found)] if found else [])


def tool() -> Path:
    """The path of uesynthctl."""
    places = tool_candidates()
    for place in places:
        if os.access(place, os.X_OK) and place.is_file():
            return place
    where = ", ".join(map(str, places)) or "nowhere"
    raise UESynthError(
        "uesynthctl, the simulator, was not found. Build it with `make` in the checkout, install the "
        f"wheel, or set UESYNTHCTL to its path. It was looked for here: {where}",
        StatusCode.NOT_FOUND,
    )


class Simulator:
    """A running `uesynthctl sim`; ends when it is closed, leaves its `with` block, or the program ends.

    Attributes:
        target: where it listens, "127.0.0.1:40123": give it to a client.
        pid: of its process.
    """

    def __init__(self, *options: str, timeout: float = 20.0) -> None:
        command = [str(tool()), "sim"]
        if "--port" not in options and "--unix" not in options:
            command += ["--port", "0"]
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            command + [str(option) for option in options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Ctrl-C is for the program, which then ends the simulator.
            start_new_session=True,
        )
        atexit.register(self.close)
        try:
            self.target = self._address(timeout)
        except BaseException:
            self.close()
            raise

    def _address(self, timeout: float) -> str:
        output: Optional[IO[bytes]] = self._process.stdout
        assert output is not None
        deadline = time.monotonic() + timeout
        text = b""
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while b"\n" not in text:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(min(left, 0.1)):
                    if left <= 0:
                        raise UESynthError(
                            f"the simulator is not ready after {timeout} s",
                            StatusCode.DEADLINE_EXCEEDED,
                        )
                    continue
                chunk = os.read(output.fileno(), 4096)
                if not chunk:
                    raise UESynthError(
                        f"the simulator ended at once (exit code {self._process.wait(5)}); what it said "
                        "is on standard error",
                        StatusCode.UNAVAILABLE,
                    )
                text += chunk
        line = text.split(b"\n")[0].decode()
        return line[line.index(_READY.decode()) + len(_READY) :].strip()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Ends it."""
        atexit.unregister(self.close)
        process = self._process
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        if process.stdout is not None:
            process.stdout.close()

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "running" if self.is_running else "ended"
        return f"<uesynth.Simulator {self.target} {state}>"


@contextlib.contextmanager
def sim(*options: str, timeout: float = 20.0) -> Iterator[Simulator]:
    """A simulator on a free port for the time of a `with` block:

        with uesynth.sim("--tick-hz", "60") as server, uesynth.UESynthClient(server.target) as client:
            frame = client.capture.rgb(width=320, height=240)

    The options are those of `uesynthctl sim --help`.
    """
    simulator = Simulator(*options, timeout=timeout)
    try:
        yield simulator
    finally:
        simulator.close()
