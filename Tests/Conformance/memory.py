"""What a process takes."""

import ctypes
import gc


class Mallinfo2(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
        ).split()
    ]


_libc = ctypes.CDLL(None)
_libc.mallinfo2.restype = Mallinfo2


def allocated():
    """Bytes that malloc has handed out and not got back, in all its arenas."""
    gc.collect()
    found = _libc.mallinfo2()
    return found.uordblks + found.hblkhd


def resident():
    """Bytes of the process in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def forget_peak():
    """What `peak` tells begins anew."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak():
    """The most that was resident since then."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
