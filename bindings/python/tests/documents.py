"""The programs in the documentation: documents.py --write FOLDER makes a file of each."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
FILES = [HERE.parent / "README.md", *sorted((HERE.parent / "docs").glob("*.md"))]


def programs():
    """(name, text) of each block of Python."""
    found = []
    for path in FILES:
        blocks = re.findall(r"^```python\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE)
        stem = path.stem.lower().replace("-", "_")
        found += [(f"{stem}_{number}", block) for number, block in enumerate(blocks, 1)]
    return found


def write(folder):
    """A file of each, and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.py"):
        old.unlink()
    for name, text in programs():
        (folder / f"{name}.py").write_text(text)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[sys.argv.index("--write") + 1]))
