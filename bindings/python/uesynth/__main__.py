"""python -m uesynth info [TARGET]: what is installed, and what the server at TARGET says."""

from __future__ import annotations

import argparse
import platform
import sys
from typing import List, Optional

import numpy

from . import UESynthClient, UESynthError, __version__
from ._library import LibraryNotFoundError, candidates, library
from .simulator import tool


def info(target: Optional[str]) -> int:
    print(
        f"uesynth     {__version__}, Python {platform.python_version()}, numpy {numpy.__version__}"
    )
    try:
        found = library()
        print(f"libuesynth  {found.version} at {found.path}")
    except LibraryNotFoundError as failure:
        print(f"libuesynth  {failure}")
        return 1
    try:
        print(f"simulator   {tool()}")
    except UESynthError as failure:
        print(f"simulator   {failure.details}")
    if target is None:
        print("server      say which: python -m uesynth info localhost:50051")
        return 0
    return _server(target)


def _server(target: str) -> int:
    try:
        with_timeout = UESynthClient(target, timeout=5)
    except UESynthError as failure:
        print(f"server      {failure}")
        return 1
    try:
        with_timeout.connect()
        milliseconds = min(with_timeout.ping() for _ in range(3))
        print(f"server      {target} answers in {milliseconds:.1f} ms")
        names = with_timeout.objects.list_all()
        print(f"objects     {len(names)}: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}")
        for name, frame in with_timeout.capture.all_modalities().items():
            print(f"{name:13}{frame!r}")
    except UESynthError as failure:
        print(f"server      {failure}")
        return 1
    finally:
        with_timeout.disconnect()
    return 0


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m uesynth", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("info", help="what is installed, and what a server says")
    command.add_argument("target", nargs="?", help="a server: localhost:50051")
    command = commands.add_parser("where", help="where the library is looked for")
    chosen = parser.parse_args(arguments)
    if chosen.command == "where":
        for place in candidates():
            print(place)
        return 0
    return info(chosen.target)


if __name__ == "__main__":
    sys.exit(main())
