"""A simulator that is asked at its end what it did: `sim --verbose` prints its counters then."""

import re
import subprocess

import servers


class Counted(servers.Server):
    """counts() ends it. With --plugin-quirks it waits for open streams: free its clients before."""

    def __init__(self, *options):
        command = [servers.simulator_path(), "sim", "--port", "0", "--verbose", *options]
        super().__init__(command, stderr=subprocess.PIPE)
        self._report = None

    def counts(self):
        if self._report is None:
            self.process.terminate()
            self._report = self.process.communicate(timeout=20)[1].decode()
        found = {}
        for number, name in re.findall(r"(\d+) (streams|ticks|pictures|actions)", self._report):
            found[name] = int(number)
        for name, number in re.findall(r"^  (\w+): (\d+)$", self._report, re.MULTILINE):
            found[name] = int(number)
        return found

    def stop(self):
        super().stop()
        self.process.stderr.close()
