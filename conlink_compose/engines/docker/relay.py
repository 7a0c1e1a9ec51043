"""Standard input and output, joined to the runtime's socket: `python -m` this by `docker exec`.

So the command line reaches the runtime wherever the engine runs, without a shared path or a port.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys

from conlink_compose.engines.docker.place import SOCKET

_AT_A_TIME = 64 << 10  # bytes


def main() -> int:
    """Until either side ends. The exit status is 1 where no runtime listens."""
    runtime = socket.socket(socket.AF_UNIX)
    try:
        runtime.connect(str(SOCKET))
    except OSError as error:
        print(f"the runtime does not listen yet ({error.strerror})", file=sys.stderr)
        return 1
    waiting = selectors.DefaultSelector()
    waiting.register(0, selectors.EVENT_READ)
    waiting.register(runtime, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fd == 0:
                data = os.read(0, _AT_A_TIME)
                runtime.sendall(data)
            else:
                data = runtime.recv(_AT_A_TIME)
                _write(data)
            if not data:
                return 0


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    sys.exit(main())
