"""The runtime's side: a small program in its place that opens every gate through `Sandbox`."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conlink_compose.workload import Workload

from .conftest import Lab

Make = Callable[..., Workload]
GATEKEEPER = """
import select, subprocess, sys
from pathlib import Path
from conlink_compose.engines.sandbox.client.engine import Sandbox
engine = Sandbox(Path(sys.argv[1]))
print("begun", flush=True)
while True:
    engine.drain()
    for node in (node for node in engine.nodes() if node.life):
        if "conlink:ready" not in subprocess.run(
            ["nsenter", f"--net={node.life.netns}", "ip", "link", "show", "lo"],
            capture_output=True, text=True, check=True,
        ).stdout:
            engine.run(node, ["echo", "linked", node.name])
            subprocess.run(
                ["nsenter", f"--net={node.life.netns}", "ip", "link", "set", "lo", "alias",
                 "conlink:ready"], check=True)
    select.select([engine], [], [])
"""


@pytest.fixture
def runtime(lab: Lab) -> Callable[[], int]:
    """Start the lab with the gatekeeper; its pid."""
    program = [sys.executable, "-c", GATEKEEPER, str(lab.folder)]

    def begin() -> int:
        lab.start(program)
        return _find(str(lab.folder))

    return begin


def test_the_runtime_sees_the_nodes_and_opens_their_gates(
    lab: Lab, shell: Make, host: Make, runtime: Callable[[], int]
) -> None:
    runtime()
    lab.apply(shell("web", "echo up; exec sleep 1000", replicas=2), host("h1"))
    lab.wait(lambda: all(status.state == "running" for status in lab.control.nodes()))
    lab.wait_for_text("linked web-2")
    lab.wait(lambda: [c.exit_code for c in lab.status("web-2").commands] == [0])
    assert lab.status("web-2").commands[0].argv == ("echo", "linked", "web-2")


def test_a_killed_runtime_comes_back_and_no_node_notices(
    lab: Lab, host: Make, runtime: Callable[[], int]
) -> None:
    first = runtime()
    lab.apply(host("h1"))
    before = lab.wait_for("h1", "running").life
    os.kill(first, signal.SIGKILL)
    lab.wait(lambda: (lab.folder / "runtime.log").read_text().count("begun") == 2)
    assert _find(str(lab.folder)) != first
    assert lab.status("h1").life == before
    lab.control.restart(["h1"])
    lab.wait(lambda: lab.state("h1") == "running" and lab.status("h1").life != before)


def _find(folder: str) -> int:
    """The pid of the gatekeeper of `folder`, by its command line."""
    while True:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if words[1:2] == [b"-c"] and folder.encode() in words:
                return int(path.parent.name)
