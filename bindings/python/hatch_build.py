"""Puts libuesynth.so into the wheel.

UESYNTH_WHEEL_ROOT names a folder with lib/, bin/ and licenses/ (Tests/run/wheel.sh makes one); without it the
build of the checkout that this file lies in is taken. Editable installations find that build by themselves.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-linux_{platform.machine()}"
        if version == "editable":
            return
        for path, place in self._files():
            build_data["force_include"][str(path)] = f"uesynth/{place}"

    def _files(self) -> list[tuple[Path, str]]:
        named = os.environ.get("UESYNTH_WHEEL_ROOT")
        if named:
            root = Path(named)
            return [
                (path, str(path.relative_to(root)))
                for path in sorted(root.rglob("*"))
                if path.is_file()
            ]
        build = Path(self.root).resolve().parents[1] / ".build" / "release"
        library = build / "libuesynth.so"
        if not library.exists():
            raise FileNotFoundError(
                f"{library} is not there: build it first (`make` in the checkout), or make a wheel with "
                "`make wheel`"
            )
        found = [(library, "lib/libuesynth.so")]
        tool = build / "uesynthctl"
        if tool.exists():
            found.append((tool, "bin/uesynthctl"))
        return found
