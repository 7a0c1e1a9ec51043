"""Whether all that is running is linked: the network service's health check, run by `python -m`."""

from __future__ import annotations

import socket
import sys

from conlink_compose.engines.docker.place import SOCKET
from conlink_compose.ipc.connection import Connection
from conlink_compose.ipc.message import Message

PATIENCE = 3.0
"""Seconds for an answer."""


class _Asking(Connection):
    def unreachable(self) -> Exception:
        return OSError("the runtime does not answer")

    def refused(self, answer: Message) -> Exception:
        return OSError(answer["error"])


def main() -> int:
    """0 where nothing is left to do and nothing stands in the way; else 1, and why."""
    try:
        runtime = socket.socket(socket.AF_UNIX)
        runtime.connect(str(SOCKET))
        with _Asking(runtime, PATIENCE) as asking:
            progress = asking.ask({"verb": "progress"})
    except OSError as error:
        print(error)
        return 1
    for problem in progress["problems"]:
        print(problem["message"])
    print(f"{progress['up']} of {progress['links']} links")
    return 0 if progress["settled"] and not progress["problems"] else 1


if __name__ == "__main__":
    sys.exit(main())
