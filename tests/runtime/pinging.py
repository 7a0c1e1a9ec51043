"""A ping that runs beside what is done to the network, and what it lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time

from tests.project import Project


class pings:  # noqa: N801 -- reads as a statement
    """A 100 Hz ping while the block runs; `lost` tells what it lost."""

    def __init__(self, lab: Project, node: str, address: str) -> None:
        self._argv = lab.argv("exec", node, "ping", "-i", "0.01", address)
        self._folder = lab.folder
        self.output = ""

    def __enter__(self) -> pings:
        self._process = subprocess.Popen(
            self._argv, cwd=self._folder, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        time.sleep(0.8)
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(0.3)
        os.killpg(self._process.pid, signal.SIGINT)
        self.output = self._process.communicate(timeout=10)[0]


def lost(ping: pings) -> int:
    found = re.search(r"(\d+) packets transmitted, (\d+) received", ping.output)
    assert found, ping.output
    sent, received = map(int, found.groups())
    assert sent > 50
    return max(0, sent - received - 1)  # the last may be under way when the ping is ended
