"""The runtime of a sandbox project: `python -m conlink_compose.runtime STATE_FOLDER`.

It runs in the project's own namespaces, so its network namespace is the hub. The composition
root: here, and only here, an engine, a kernel and a topology meet.
"""

from __future__ import annotations

import sys
from pathlib import Path

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox.client.control import Sandbox
from conlink_compose.engines.sandbox.folder import RUNTIME_LOG, TOPOLOGY, socket_address
from conlink_compose.kernel import Kernel, mark_of
from conlink_compose.runtime.client import SOCKET
from conlink_compose.runtime.controller import Controller
from conlink_compose.runtime.loop import Loop
from conlink_compose.topology import Topology
from conlink_compose.topology_json import load

HUB_PATH = "/proc/self/ns/net"


def main(folder: Path) -> int:
    """Serve until the engine ends. Returns an exit status."""

    def declared() -> Topology:
        try:
            return load((folder / TOPOLOGY).read_text(encoding="utf-8"))
        except FileNotFoundError:  # nothing has been handed over yet
            return Topology(folder.name)

    try:
        engine = Sandbox(folder)
        kernel = Kernel(HUB_PATH, mark_of(folder.name))
        with socket_address(folder, SOCKET) as address:
            controller = Controller(engine, kernel, declared)
            loop = Loop(controller, engine, kernel, address, RUNTIME_LOG)
        loop.run()
    except EngineUnreachableError as gone:
        print(f"the runtime ends: {gone}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
