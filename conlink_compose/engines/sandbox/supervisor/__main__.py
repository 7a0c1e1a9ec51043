"""PID 1 of a project: `python -m conlink_compose.engines.sandbox.supervisor STATE_FOLDER`.

`conlink_compose.engines.sandbox.client.start` runs this. It reads its settings from stdin, moves
into namespaces of its own, and says on stdout, once, in a line of JSON, whether it stands. From
then on the kernel ends every process of the project with it, however it ends.
"""

from __future__ import annotations

from conlink_compose.engines.sandbox.supervisor import no_fork_hooks  # noqa: F401 -- see there

# isort: split
import gc
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.folder import (
    clear,
    keep_from_cleaners,
    remove,
    socket_address,
    take_lock,
)
from conlink_compose.engines.sandbox.protocol import EVERYTHING, LOG, NAMESPACES
from conlink_compose.engines.sandbox.supervisor.context import Context
from conlink_compose.engines.sandbox.supervisor.hub import SUPERVISOR_LOG, become_first_process
from conlink_compose.engines.sandbox.supervisor.nodes import Nodes
from conlink_compose.engines.sandbox.supervisor.runtime_process import RuntimeProcess
from conlink_compose.engines.sandbox.supervisor.verbs import Verbs
from conlink_compose.ipc.loop import Loop
from conlink_compose.ipc.server import Client, Server, listening_socket
from conlink_compose.linux.limits import raise_file_limit
from conlink_compose.log import configure

_log = logging.getLogger("conlink_compose.engines.sandbox.supervisor")


class Supervisor:
    """Ties the parts together, and ends them in order."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self._folder = folder
        self._loop = Loop()
        self._loop.on_signal(signal.SIGCHLD, self._loop.reap)
        self._topics: set[str] = set()
        self._stoppers: list[Client] = []
        self._remaining: set[str] = set()
        context = Context(
            loop=self._loop,
            folder=folder,
            changed=self._changed,
            wrote=lambda: self._topics.add(LOG),
            own_pidfd=os.pidfd_open(os.getpid()),
            home=os.environ.get("HOME", "/"),
            nofile=raise_file_limit(),
        )
        self._nodes = Nodes(context)
        self._runtime = RuntimeProcess(settings["runtime_argv"], folder, self._loop)
        verbs = Verbs(self._nodes, self._stop, folder)
        with socket_address(folder) as address:
            listener = listening_socket(address)
        self._server = Server(self._loop, listener, verbs.handle, log=SUPERVISOR_LOG)

    def run(self) -> None:
        """Until it is stopped, and nothing of the project is left but this process."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._loop.on_signal(signal.SIGTERM, lambda: self._begin_stop(None))
        self._loop.after_turn = self._tell
        _log.info("project %s stands in %s", self._folder.name, self._folder)
        self._runtime.start()
        gc.freeze()  # the collector would otherwise unshare these pages in every fork
        self._loop.run()
        _end_all()
        remove(self._folder)
        for client in self._stoppers:
            client.reply(stopped=True)

    def _changed(self, namespaces: bool) -> None:
        self._topics |= {EVERYTHING, NAMESPACES} if namespaces else {EVERYTHING}

    def _tell(self) -> None:
        if self._topics:
            topics, self._topics = self._topics, set()
            self._server.wake(*topics)

    def _stop(self, grace: float | None, client: Client) -> float:
        self._stoppers.append(client)
        return self._begin_stop(grace)

    def _begin_stop(self, grace: float | None) -> float:
        if not self._remaining:
            _log.info("the project is being stopped")
            self._remaining = {"nodes", "runtime"}
            self._runtime.stop(lambda: self._ended("runtime"))
        return self._nodes.stop_all(grace, lambda: self._ended("nodes"))

    def _ended(self, what: str) -> None:
        self._remaining.discard(what)
        if not self._remaining:
            self._loop.end()


def _end_all() -> None:
    """From PID 1 the kernel sends this to everything in its pid namespace but PID 1 itself."""
    try:
        os.kill(-1, signal.SIGKILL)
        while True:
            os.waitpid(-1, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def main() -> None:
    folder = Path(sys.argv[1])
    settings = json.load(sys.stdin)
    report = os.dup(1)  # not inheritable: no child shall hold it open
    try:
        if not _hold(folder):
            os.write(report, b'{"held": true}')
            return
        keep_from_cleaners(folder)
        clear(folder)
        become_first_process(folder)
        configure("info")
        supervisor = Supervisor(folder, settings)
    except (SandboxError, OSError) as error:
        os.write(report, json.dumps({"problem": str(error)}).encode())
        sys.exit(1)
    os.write(report, b'{"ready": true}')
    os.close(report)
    supervisor.run()


def _hold(folder: Path) -> bool:
    """Whether the folder is this process's, for as long as it lives. Not where another holds it,
    for good or only to see whether anybody does, and not where a `down` has removed it."""
    try:
        return take_lock(folder) is not None
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    main()
