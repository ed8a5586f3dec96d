"""The command uesynthctl of an installed wheel."""

from __future__ import annotations

import os
import sys

from .errors import UESynthError
from .simulator import tool


def main() -> None:
    """Becomes the program."""
    try:
        path = str(tool())
    except UESynthError as failure:
        sys.exit(str(failure.details))
    os.execv(path, ["uesynthctl", *sys.argv[1:]])
