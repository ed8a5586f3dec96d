"""Servers of this folder as a process of their own, so that what they take is not the client's.

    python child.py flood NAME COUNT     a flood, then good answers
    python child.py ending               ends each connection after one good answer, in three ways

prints "listening on ADDRESS"."""

import pathlib
import signal
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

import script  # noqa: E402
from server import Server  # noqa: E402

ENDINGS = ([script.close], [script.abort], [script.goaway(), script.close])


class Endings:
    """The script of each connection in turn."""

    def __len__(self):
        return sys.maxsize

    def __getitem__(self, place):
        return [*script.START, script.together(*script.OK), *ENDINGS[place % len(ENDINGS)]]


def flood(name, count):
    from tables.floods import FLOODS

    [found] = [one for one in FLOODS if one.name == name]
    return Server(found.script(int(count)))


def ending():
    server = Server()
    server.scripts = Endings()
    server.forgets = True
    return server


def main(kind, *arguments):
    ended = threading.Event()
    for number in signal.SIGTERM, signal.SIGINT:
        signal.signal(number, lambda *_: ended.set())
    with {"flood": flood, "ending": ending}[kind](*arguments) as server:
        print(f"listening on {server.target}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
