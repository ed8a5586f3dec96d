"""What compression makes of the simulator's scene at 1080p, as the library counts it: a table for the
README. Run it as `.venv/bin/python Tests/Interop/ratios.py` (Tests/run/venv.sh makes .venv)."""

import abi
import servers
from host import Client

KINDS = [
    ("RGB (RGBA8)", abi.CAPTURE_RGB),
    ("depth (float32)", abi.CAPTURE_DEPTH),
    ("instance ids (uint32)", abi.CAPTURE_SEGMENTATION),
    ("normals (3 x float32)", abi.CAPTURE_NORMALS),
]


def measure(table, target, kind):
    options = {"compression": abi.COMPRESSION_ON, "timeout_ms": 60000}
    with Client(table, target, **options) as client:
        outcome = client.call(kind, width=1920, height=1080, route=abi.ROUTE_DIRECT)
        assert outcome.status == abi.OK, outcome
        stats = client.stats()
        if not stats["compressed_messages"]:
            return None
        return (
            stats["inflated_bytes"],
            stats["compressed_bytes"],
            stats["inflated_bytes_per_second"],
        )


def main():
    table = abi.load(abi.library_path())
    print("| picture, 1080p | bytes | gzip | saved | deflate | saved | inflating |")
    print("|---|---|---|---|---|---|---|")
    with (
        servers.simulator("--compress", "gzip") as gzip,
        servers.simulator("--compress", "deflate") as deflate,
    ):
        for name, kind in KINDS:
            cells, rate, plain = [], 0, 0
            for server in gzip, deflate:
                found = measure(table, server.target, kind)
                if found is None:
                    cells += ["as it is", "0 %"]
                    continue
                plain, packed, rate = found
                cells += [f"{packed:,}", f"{100 - 100 * packed / plain:.0f} %"]
            speed = f"{rate / 1e6:.0f} MB/s" if rate else ""
            print(f"| {name} | {plain:,} | {' | '.join(cells)} | {speed} |")


main()
