"""A project of its own for each test, as whoever runs pytest: root, or a user without any right."""

import os
import re
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from conlink_compose.engines import Changes, NodeStatus, Wanted
from conlink_compose.engines.sandbox.client.control import Control
from conlink_compose.engines.sandbox.client.down import down
from conlink_compose.engines.sandbox.client.start import start
from conlink_compose.engines.sandbox.folder import make_state_folder
from conlink_compose.state import READY
from conlink_compose.topology import Owner
from conlink_compose.workload import Workload
from tests.engines.sandbox.supervisor import supervisor_pid


class Lab:
    def __init__(self) -> None:
        self.name = f"t{uuid.uuid4().hex[:12]}"
        self.folder = make_state_folder(self.name)
        self.control = Control(self.folder)

    def start(self, runtime_argv: Sequence[str] = ()) -> None:
        start(self.name, runtime_argv)

    def apply(self, *workloads: Workload, hosts: Mapping[str, str] | None = None) -> Changes:
        return self.control.apply(Wanted(workloads, hosts or {}))

    def up(self, *workloads: Workload, hosts: Mapping[str, str] | None = None) -> None:
        """Until every node has left the gate."""
        self.start()
        self.apply(*workloads, hosts=hosts)
        self.open_gates()

    def open_gates(self) -> None:
        settled: set[str] = set()

        def all_left() -> bool:
            for status in self.control.nodes():
                if status.state == "waiting" and status.name not in settled:
                    self.open_gate(status.name)
                    settled.add(status.name)
            return all(s.state not in ("created", "waiting") for s in self.control.nodes())

        self.wait(all_left)

    def open_gate(self, node: str) -> None:
        # From outside its pid namespace: a node that ends at once must not take this with it.
        change = ["ip", "link", "set", "lo", "alias", READY]
        subprocess.run([*self.nsenter(self.machine_pid(node)), "-n", *change], check=True)

    def status(self, node: str) -> NodeStatus:
        return next(status for status in self.control.nodes() if status.name == node)

    def state(self, node: str) -> str:
        return self.status(node).state

    def wait_for(self, node: str, state: str) -> NodeStatus:
        self.wait(lambda: self.state(node) == state)
        return self.status(node)

    def wait(self, condition: Callable[[], bool], seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.control.nodes()
            time.sleep(0.01)

    def machine_pid(self, node: str) -> int:
        """The pid of a node's first process as this test sees it."""
        entrance = self.control.enter(node)
        info = Path(f"/proc/self/fdinfo/{entrance.pidfd}").read_text()
        os.close(entrance.pidfd)
        found = re.search(r"^Pid:\s*(\d+)$", info, re.MULTILINE)
        assert found
        return int(found[1])

    def inside(self, node: str, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a node by nsenter(1), not by what is under test."""
        command = [*self.nsenter(self.machine_pid(node)), "-n", "-m", "-u", "-i", "-p", *argv]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def nsenter(self, pid: int) -> list[str]:
        """nsenter(1) into what belongs to this project's user, root or not."""
        rights = [] if os.geteuid() == 0 else ["-U", "--preserve-credentials"]
        return ["nsenter", "-t", str(pid), *rights]

    def texts(self, node: str | None = None, stream: str | None = None) -> list[str]:
        return [
            line.text
            for line in self.control.logs()
            if node in (None, line.node) and stream in (None, line.stream)
        ]

    def wait_for_text(self, text: str) -> None:
        self.wait(lambda: text in self.texts())

    def kill_supervisor(self) -> None:
        pidfd = os.pidfd_open(supervisor_pid(self.control))
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.close(pidfd)


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    try:
        yield lab
    finally:
        down(lab.name, timeout=0)
    assert not lab.folder.exists()


@pytest.fixture
def shell() -> Callable[..., Workload]:
    """A service that runs a shell script."""

    def make(name: str, script: str, **fields: object) -> Workload:
        return Workload(Owner("service", name), argv=("sh", "-c", script), **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def host() -> Callable[[str], Workload]:
    return lambda name: Workload(Owner("host", name))
