"""Each example is brought up as its own comments say, and asked by a real ping."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces
EXAMPLES = Path(__file__).parents[1] / "examples"


@contextmanager
def example(*files: str) -> Iterator[Project]:
    with project(EXAMPLES, files=files) as lab:
        lab.up()
        yield lab


def test_every_example_is_checked_here() -> None:
    named = Path(__file__).read_text()
    assert all(path.name in named for path in EXAMPLES.glob("*.yaml"))


def test_test1_routes_between_three_switches() -> None:
    with example("test1-compose.yaml") as lab:
        assert lab.addresses("r0", "eth-s2") == {"172.16.0.1/12"}
        for target in ("172.16.0.100", "10.0.0.100", "h3"):
            assert "1 received" in lab.inside("h1", "ping", "-c1", "-W2", target)
        assert "nothing to do" in lab.plan()


def test_test1_has_one_process_that_bears_a_hosts_name() -> None:
    with example("test1-compose.yaml") as lab:
        pids = [pid for pid in _holders("mininet:h1") if _is_of(pid, lab)]
        assert len(pids) == 1
        join = ["-U", "--preserve-credentials"] if os.geteuid() else []
        subprocess.run(
            ["nsenter", *join, "-n", "-t", str(pids[0]), "ping", "-c1", "-W2", "10.0.0.100"],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def test_test2_reaches_8_8_8_8_and_its_program_waited_by_itself() -> None:
    with example("test2-compose.yaml") as lab:
        assert "1 received" in lab.inside("node2", "ping", "-c1", "-W2", "8.8.8.8")
        assert "1 received" in lab.inside("node1", "ping", "-c1", "-W2", "node2")
        eventually(lambda: "bytes from 8.8.8.8" in lab.run("logs", "node2").stdout)


def test_test3_is_for_docker() -> None:
    with project(EXAMPLES, files=("test3-network.yaml",)) as lab:
        done = lab.run("check", check=False, env={**os.environ, "NODE": "ZZZ_node"})
        assert done.returncode == 1
        assert done.stderr.count("error[unknown-container]") == 2


def test_wires_pings_across_three_routers_in_v4_and_v6() -> None:
    with example("wires-compose.yaml") as lab:
        # A default TTL of 64 loses one at each of r2, r3 and r4 on the way, none on the way back.
        for target in ("10.0.45.1", "fd00:45::1"):
            assert "1 received" in lab.inside("r1", "ping", "-c1", "-W2", target)
            near = lab.inside("r1", "ping", "-c1", "-W2", "-t", "3", target, check=False)
            assert "exceeded" in near, "r4 is the third to take one off"
        (address,) = {a for a in lab.addresses("r1", "east") if "." in a}
        assert address == "10.0.12.0/31"


def _holders(text: str) -> list[int]:
    done = subprocess.run(["pgrep", "-f", text], capture_output=True, text=True, check=False)
    return [int(word) for word in done.stdout.split()]


def _is_of(pid: int, lab: Project) -> bool:
    """Another test may have an h1 of its own at the same time: which project's is it?"""
    parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]
    return lab.name in Path(f"/proc/{parent}/cmdline").read_text()
